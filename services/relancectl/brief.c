/* SPDX-License-Identifier: Apache-2.0 */
#include "brief.h"

#include <string.h>

#include "common/pure/calendar.h"
#include "reasons.h"
#include "story_inner.h"
#include "text.h"

#define ACTION_SIZE 33
#define NAME_SIZE   512

void ctl_brief_init(struct ctl_brief *brief, const char *document)
{
    *brief = (struct ctl_brief){ .document = document,
                                 .entries = json_array(),
                                 .asked = json_object(),
                                 .said = json_object(),
                                 .cases = json_object(),
                                 .due_on = RLC_DAY_NONE };
}

void ctl_brief_clear(struct ctl_brief *brief)
{
    json_decref(brief->entries);
    json_decref(brief->asked);
    json_decref(brief->said);
    json_decref(brief->cases);
    *brief = (struct ctl_brief){ .document = NULL };
}

/* ---- what lines share ---- */

static bool is_it(const struct ctl_brief *brief, struct rlc_span document)
{
    return rlc_span_equal(document, rlc_span_of(brief->document));
}

static const char *amount(struct rlc_money money, char text[NAME_SIZE])
{
    char digits[RLC_MONEY_SIZE];

    text[0] = '\0';
    if (rlc_money_format(money, RLC_MONEY_CANONICAL, digits, sizeof(digits)))
        (void)snprintf(text, NAME_SIZE, "%s %s", digits, money.currency);
    return text;
}

static void tell(struct ctl_brief *brief, const struct ctl_past_fact *taken, const char *kind,
                 const char *sentence)
{
    json_t *entry = ctl_story_entry(taken, kind);

    ctl_put_text(entry, "document", brief->document);
    ctl_put_text(entry, "sentence", sentence);
    (void)json_array_append_new(brief->entries, entry);
}

/* ---- what is owed ---- */

static void take_opened(struct ctl_brief *brief, const struct ctl_past_fact *taken)
{
    const struct rlc_receivable_fact *opened = &taken->fact->receivable_opened;
    char due[RLC_DAY_SIZE] = "?";
    char total[NAME_SIZE];
    char sentence[NAME_SIZE * 2];

    if (!is_it(brief, opened->document))
        return;
    brief->due_on = opened->due_on;
    (void)rlc_day_format(opened->due_on, due, sizeof(due));
    (void)snprintf(sentence, sizeof(sentence), "invoice %s, %s, due %s", brief->document,
                   amount(opened->total, total), due);
    tell(brief, taken, "INVOICE", sentence);
}

static const char *cause_word(enum rlc_receivable_cause cause)
{
    static const char *const WORDS[] = {
        [RLC_RECEIVABLE_CAUSE_AMENDED] = "amended",
        [RLC_RECEIVABLE_CAUSE_CANCELLED] = "cancelled",
        [RLC_RECEIVABLE_CAUSE_CREDITED] = "credited",
        [RLC_RECEIVABLE_CAUSE_PAID] = "paid",
        [RLC_RECEIVABLE_CAUSE_PAYMENT_UNDONE] = "payment taken back",
        [RLC_RECEIVABLE_CAUSE_WRITTEN_OFF] = "written off",
        [RLC_RECEIVABLE_CAUSE_SET_OFF] = "set off",
    };
    size_t number = (size_t)cause;

    return number < RLC_COUNT(WORDS) && WORDS[number] ? WORDS[number] : "changed";
}

static void take_moved(struct ctl_brief *brief, const struct ctl_past_fact *taken)
{
    const struct rlc_receivable_fact *moved = &taken->fact->receivable_changed;
    struct rlc_money by = moved->open_before;
    char change[NAME_SIZE];
    char open[NAME_SIZE];
    char sentence[NAME_SIZE * 3];

    brief->due_on = is_it(brief, moved->document) ? moved->due_on : brief->due_on;
    if (!is_it(brief, moved->document) || moved->open_before.minor == moved->open.minor)
        return;
    by.minor = moved->open_before.minor > moved->open.minor
                   ? moved->open_before.minor - moved->open.minor
                   : moved->open.minor - moved->open_before.minor;
    (void)snprintf(sentence, sizeof(sentence), "%s: %s%s%.*s, %s open", cause_word(moved->cause),
                   amount(by, change), moved->cause_id.size ? " by " : "",
                   (int)moved->cause_id.size, (const char *)moved->cause_id.data,
                   moved->open.minor ? amount(moved->open, open) : "nothing is");
    tell(brief, taken, "MOVED", sentence);
}

static void take_closed(struct ctl_brief *brief, const struct ctl_past_fact *taken)
{
    char sentence[NAME_SIZE];
    char late[64] = "in time";
    int days;

    take_moved(brief, taken);
    if (!is_it(brief, taken->fact->receivable_closed.document))
        return;
    days = (int)(taken->on - brief->due_on);
    if (days > 0)
        (void)snprintf(late, sizeof(late), "%d %s late", days, days == 1 ? "day" : "days");
    (void)snprintf(sentence, sizeof(sentence), "settled %s, after %d %s", late, brief->contacts,
                   brief->contacts == 1 ? "contact" : "contacts");
    tell(brief, taken, "SETTLED", sentence);
}

/* ---- contacts ---- */

static void take_request(struct ctl_brief *brief, const struct ctl_past_fact *taken)
{
    const struct rlc_contact_body *body = &taken->fact->contact_requested;
    const char *channel = rlc_word(RLC_VOCABULARY_CHANNEL, (int32_t)body->channel);
    char action[ACTION_SIZE];
    char open[NAME_SIZE];
    char what[NAME_SIZE * 2];

    for (size_t i = 0; i < body->line_count; i++) {
        if (!is_it(brief, body->lines[i].document))
            continue;
        ctl_hex(body->action.bytes, sizeof(body->action.bytes), action);
        (void)snprintf(what, sizeof(what), "%.*s by %s about %s", (int)body->step.size,
                       (const char *)body->step.data, channel ? channel : "?",
                       amount(body->lines[i].open, open));
        ctl_put(brief->asked, action, json_string(what));
    }
}

static void tell_answer(struct ctl_brief *brief, const struct ctl_past_fact *taken,
                        const struct rlc_action_id *action, const char *became)
{
    char name[ACTION_SIZE];
    char sentence[NAME_SIZE * 3];
    const char *what;

    ctl_hex(action->bytes, sizeof(action->bytes), name);
    what = json_string_value(json_object_get(brief->asked, name));
    if (!what)
        return;
    (void)snprintf(sentence, sizeof(sentence), "%s %s", what, became);
    tell(brief, taken, "CONTACT", sentence);
    brief->contacts += taken->fact->kind == RLC_FACT_KIND_CONTACT_OUTCOME &&
                       taken->fact->contact_outcome.result == RLC_OUTCOME_RESULT_ACCEPTED;
}

static void take_outcome(struct ctl_brief *brief, const struct ctl_past_fact *taken)
{
    const struct rlc_outcome *outcome = &taken->fact->contact_outcome;
    const char *became = ctl_outcome_sentence(outcome->result);
    char text[NAME_SIZE];

    (void)snprintf(text, sizeof(text), "%s%s%.*s%s", became ? became : "had an unknown outcome",
                   outcome->code.size ? " (" : "", (int)outcome->code.size,
                   (const char *)outcome->code.data, outcome->code.size ? ")" : "");
    tell_answer(brief, taken, &outcome->action, text);
}

static void take_return(struct ctl_brief *brief, const struct ctl_past_fact *taken)
{
    const struct rlc_returned *returned = &taken->fact->contact_returned;
    const char *why = ctl_return_sentence(returned->reason);
    char text[NAME_SIZE];

    (void)snprintf(text, sizeof(text), "came back unsent: %s", why ? why : "unknown reason");
    tell_answer(brief, taken, &returned->action, text);
}

/* ---- silences ---- */

/* What a silence names is not told twice. */
static void forget_agreement(struct ctl_brief *brief, struct rlc_span object)
{
    for (size_t i = json_array_size(brief->entries); object.size && i-- > 0;) {
        const json_t *known = json_object_get(json_array_get(brief->entries, i), "object");

        if (rlc_span_equal(object, rlc_span_of(json_string_value(known))))
            (void)json_array_remove(brief->entries, i);
    }
}

static void take_silence(struct ctl_brief *brief, const struct ctl_past_fact *taken)
{
    const struct rlc_suppressed *silence = &taken->fact->suppressed;
    const struct rlc_step_instance *instance = &silence->instance;
    const char *word = rlc_word(RLC_VOCABULARY_SUPPRESSION, (int32_t)silence->reason);
    const char *why = ctl_reason_sentence(silence->reason);
    char key[NAME_SIZE];
    char sentence[NAME_SIZE * 2];

    if (!is_it(brief, instance->document))
        return;
    (void)snprintf(key, sizeof(key), "%.*s|%u|%d", (int)instance->step.size,
                   (const char *)instance->step.data, instance->occurrence, (int)silence->reason);
    if (json_object_get(brief->said, key))
        return;
    ctl_put(brief->said, key, json_true());
    forget_agreement(brief, silence->object);
    (void)snprintf(sentence, sizeof(sentence), "no %.*s: %s, %s%s%.*s%s", (int)instance->step.size,
                   (const char *)instance->step.data, word ? word : "?",
                   why ? why : "unknown reason", silence->object.size ? " (" : "",
                   (int)silence->object.size, (const char *)silence->object.data,
                   silence->object.size ? ")" : "");
    tell(brief, taken, "SILENCE", sentence);
}

static void take_agreement(struct ctl_brief *brief, const struct ctl_past_fact *taken)
{
    const struct rlc_agreement_fact *agreement = &taken->fact->agreement_opened;
    const char *kind = rlc_word(RLC_VOCABULARY_AGREEMENT_KIND, (int32_t)agreement->kind);
    bool reaches = agreement->document_count == 0;
    char sentence[NAME_SIZE];
    json_t *entry;

    for (size_t i = 0; !reaches && i < agreement->document_count; i++)
        reaches = is_it(brief, agreement->documents[i].document);
    /* What reaches further stood in its way only once there was an invoice. */
    if (!reaches || json_array_size(brief->entries) == 0)
        return;
    (void)snprintf(sentence, sizeof(sentence), "%s %.*s holds it back", kind ? kind : "agreement",
                   (int)agreement->agreement.size, (const char *)agreement->agreement.data);
    tell(brief, taken, "AGREEMENT", sentence);
    entry = json_array_get(brief->entries, json_array_size(brief->entries) - 1);
    ctl_put_span(entry, "object", agreement->agreement);
}

static void name_case(struct rlc_span case_id, char key[NAME_SIZE])
{
    (void)snprintf(key, NAME_SIZE, "%.*s", (int)case_id.size, (const char *)case_id.data);
}

static void take_referral(struct ctl_brief *brief, const struct ctl_past_fact *taken)
{
    const struct rlc_referred *referred = &taken->fact->referred;
    char sentence[NAME_SIZE];
    char key[NAME_SIZE];

    for (size_t i = 0; i < referred->document_count; i++) {
        if (!is_it(brief, referred->documents[i].document))
            continue;
        (void)snprintf(sentence, sizeof(sentence), "referred to law as case %.*s",
                       (int)referred->case_id.size, (const char *)referred->case_id.data);
        tell(brief, taken, "REFERRED", sentence);
        name_case(referred->case_id, key);
        ctl_put(brief->cases, key, json_true());
    }
}

/* Its word, and what it is about: all that is said of the case is said of the document. */
static void take_case(struct ctl_brief *brief, const struct ctl_past_fact *taken)
{
    const struct rlc_milestone *milestone = &taken->fact->case_moved;
    char sentence[NAME_SIZE * 2];
    char key[NAME_SIZE];
    char on[RLC_DAY_SIZE] = "";

    name_case(milestone->case_id, key);
    if (!json_object_get(brief->cases, key))
        return;
    if (milestone->on != RLC_DAY_NONE)
        (void)rlc_day_format(milestone->on, on, sizeof(on));
    (void)snprintf(sentence, sizeof(sentence), "law: %.*s%s%.*s%s%.*s%s%s",
                   (int)milestone->code.size, (const char *)milestone->code.data,
                   milestone->act.size ? ", act " : "", (int)milestone->act.size,
                   (const char *)milestone->act.data, milestone->rule.size ? " because of " : "",
                   (int)milestone->rule.size, (const char *)milestone->rule.data,
                   on[0] ? " on " : "", on);
    tell(brief, taken, "CASE", sentence);
}

/* ---- the story ---- */

void ctl_brief_take(void *context, const struct ctl_past_fact *fact)
{
    static const struct {
        enum rlc_fact_kind kind;
        void (*take)(struct ctl_brief *brief, const struct ctl_past_fact *taken);
    } TAKERS[] = {
        { RLC_FACT_KIND_RECEIVABLE_OPENED, take_opened },
        { RLC_FACT_KIND_RECEIVABLE_CHANGED, take_moved },
        { RLC_FACT_KIND_RECEIVABLE_CLOSED, take_closed },
        { RLC_FACT_KIND_CONTACT_REQUESTED, take_request },
        { RLC_FACT_KIND_CONTACT_OUTCOME, take_outcome },
        { RLC_FACT_KIND_CONTACT_RETURNED, take_return },
        { RLC_FACT_KIND_SUPPRESSED, take_silence },
        { RLC_FACT_KIND_AGREEMENT_OPENED, take_agreement },
        { RLC_FACT_KIND_REFERRED, take_referral },
        { RLC_FACT_KIND_CASE_MOVED, take_case },
    };

    for (size_t i = 0; i < RLC_COUNT(TAKERS); i++) {
        if (TAKERS[i].kind == fact->fact->kind)
            TAKERS[i].take(context, fact);
    }
}
