/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl contact show: the message of a contact, made again out of the trail. */
#include "commands.h"

#include <string.h>

#include "common/pure/text.h"
#include "common/runtime/memory.h"
#include "mail_out.h"
#include "past.h"
#include "remake.h"
#include "text.h"

#define KEPT_SIZE   ((size_t)CTL_REMAKE_PARTS_MAX * RLC_RECORD_BYTES_MAX)
#define NUMBER_MAX  UINT32_MAX
#define ACTION_SIZE (2 * sizeof(struct rlc_action_id) + 1)

const struct ctl_option CTL_CONTACT_SHOW_OPTIONS[] = {
    { "tenant-keys", "FOLDER", "the tenants' keys: the message holds personal data (required)" },
    { "action", "ID", "this contact, as 'explain --json' names it (default: the latest)" },
    { "request", "N", "its request of this number (default: the latest)" },
    { "out", "FILE", "where the message goes (default: standard output)" },
    { NULL, NULL, NULL },
};

/* The request that is looked for, and what became of it. */
struct finding {
    const char *action; /* NULL: any */
    int64_t number;     /* 0: any */

    char found[ACTION_SIZE];
    uint32_t found_number;
    struct rlc_arena kept;
    struct rlc_span parts[CTL_REMAKE_PARTS_MAX]; /* facts, whole */
    size_t part_count;
    json_t *answer;       /* NULL: there is none yet */
    struct rlc_hash sent; /* of what left; all zero: nothing did */
};

/* ---- finding ---- */

static void name_action(const struct rlc_action_id *action, char name[ACTION_SIZE])
{
    ctl_hex(action->bytes, sizeof(action->bytes), name);
}

static bool is_found(const struct finding *finding, const struct rlc_action_id *action,
                     uint32_t number)
{
    char name[ACTION_SIZE];

    name_action(action, name);
    return finding->part_count > 0 && number == finding->found_number &&
           strcmp(name, finding->found) == 0;
}

static void begin(struct finding *finding, const struct rlc_contact_body *body)
{
    json_decref(finding->answer);
    finding->answer = NULL;
    memset(&finding->sent, 0, sizeof(finding->sent));
    rlc_arena_reset(&finding->kept);
    finding->part_count = 0;
    finding->found_number = body->request_number;
    name_action(&body->action, finding->found);
}

static void take_request(struct finding *finding, const struct ctl_past_fact *taken)
{
    const struct rlc_contact_body *body = &taken->fact->contact_requested;
    char name[ACTION_SIZE];

    name_action(&body->action, name);
    if ((finding->action && strcmp(finding->action, name) != 0) ||
        (finding->number && finding->number != body->request_number))
        return;
    if (body->part == 0)
        begin(finding, body);
    else if (!is_found(finding, &body->action, body->request_number))
        return;
    if (finding->part_count < CTL_REMAKE_PARTS_MAX)
        finding->parts[finding->part_count++] = rlc_arena_copy(&finding->kept, taken->raw);
}

static void answer(struct finding *finding, const struct ctl_past_fact *taken, const char *word)
{
    json_decref(finding->answer);
    finding->answer = json_object();
    ctl_put_ms(finding->answer, "at", taken->fact->decided_at_ms);
    ctl_put_text(finding->answer, "word", word);
}

static void take_outcome(struct finding *finding, const struct ctl_past_fact *taken)
{
    const struct rlc_outcome *outcome = &taken->fact->contact_outcome;

    if (!is_found(finding, &outcome->action, outcome->request_number))
        return;
    answer(finding, taken, rlc_word(RLC_VOCABULARY_OUTCOME_RESULT, (int32_t)outcome->result));
    ctl_put_span(finding->answer, "code", outcome->code);
    finding->sent = outcome->content_hash;
}

static void take_return(struct finding *finding, const struct ctl_past_fact *taken)
{
    const struct rlc_returned *returned = &taken->fact->contact_returned;

    if (!is_found(finding, &returned->action, returned->request_number))
        return;
    answer(finding, taken, "RETURNED");
    ctl_put_word(finding->answer, "reason", RLC_VOCABULARY_RETURN_REASON,
                 (int32_t)returned->reason);
}

static void take(void *context, const struct ctl_past_fact *taken)
{
    enum rlc_fact_kind kind = taken->fact->kind;

    if (kind == RLC_FACT_KIND_CONTACT_REQUESTED)
        take_request(context, taken);
    else if (kind == RLC_FACT_KIND_CONTACT_OUTCOME)
        take_outcome(context, taken);
    else if (kind == RLC_FACT_KIND_CONTACT_RETURNED)
        take_return(context, taken);
}

static int find(struct ctl *ctl, struct finding *finding)
{
    static struct ctl_past past; /* zones are large */
    int code;

    past = (struct ctl_past){ .until_on = RLC_DAY_NONE, .take = take, .context = finding };
    if (!ctl_debtor_argument(ctl, ctl->arguments[0], &past.tenant, &past.debtor))
        return CTL_USAGE;
    code = ctl_past_read(ctl, &past);
    if (code == CTL_OK && finding->part_count == 0)
        code = ctl_fail(ctl, CTL_NOT_THERE, "the trail knows no such contact of '%s'",
                        ctl->arguments[0]);
    return code;
}

/* ---- telling ---- */

static bool has_left(const struct finding *finding)
{
    static const struct rlc_hash NONE;

    return memcmp(&finding->sent, &NONE, sizeof(NONE)) != 0;
}

static bool is_as_sent(const struct finding *finding, struct rlc_span mail)
{
    struct rlc_hash hash = rlc_sha256(mail);

    return memcmp(&finding->sent, &hash, sizeof(hash)) == 0;
}

static json_t *about(const struct finding *finding, const struct rlc_contact_request *request,
                     struct rlc_span mail)
{
    const struct rlc_contact_body *body = &request->body;
    json_t *object = json_object();
    char hex[RLC_HASH_TEXT_SIZE];

    ctl_put_text(object, "action", finding->found);
    ctl_put(object, "request_number", json_integer(finding->found_number));
    ctl_put_span(object, "creditor", request->envelope.creditor);
    ctl_put_span(object, "scenario", body->scenario);
    ctl_put_span(object, "step", body->step);
    ctl_put_ms(object, "asked_at", body->decided_at_ms);
    if (finding->answer)
        ctl_put(object, "answer", json_incref(finding->answer));
    if (has_left(finding)) {
        rlc_hash_format(&finding->sent, hex);
        ctl_put_text(object, "content_hash", hex);
        ctl_put(object, "as_sent", json_boolean(is_as_sent(finding, mail)));
    }
    return object;
}

/* Beside the mail, so that a file or a pipe gets the mail alone. */
static void say(const struct finding *finding, const struct rlc_contact_request *request,
                struct rlc_span mail)
{
    const struct rlc_contact_body *body = &request->body;
    char word[32];
    char code[32];

    (void)fprintf(stderr, "contact %s, request %u, step %.*s/%.*s: %s", finding->found,
                  finding->found_number, (int)body->scenario.size,
                  (const char *)body->scenario.data, (int)body->step.size,
                  (const char *)body->step.data,
                  finding->answer ? ctl_text(finding->answer, "word", word) : "not answered yet");
    if (finding->answer && json_object_get(finding->answer, "code"))
        (void)fprintf(stderr, " (%s)", ctl_text(finding->answer, "code", code));
    if (finding->answer && json_object_get(finding->answer, "reason"))
        (void)fprintf(stderr, ", %s", ctl_text(finding->answer, "reason", code));
    if (has_left(finding)) {
        (void)fprintf(stderr, "; %s",
                      is_as_sent(finding, mail) ? "this is what was sent, byte for byte"
                                                : "what was sent differs from this");
    }
    (void)fputc('\n', stderr);
}

static int show(struct ctl *ctl, const struct finding *finding, const struct rlc_bundles *bundles,
                struct rlc_arena *arena)
{
    struct ctl_remade remade;
    int code = ctl_remake(ctl, finding->parts, finding->part_count, bundles, arena, &remade);

    if (code != CTL_OK)
        return ctl_fail(ctl, code, "%s", remade.why);
    if (!ctl->json)
        say(finding, &remade.request, remade.mail);
    code = ctl_mail_out(ctl, remade.mail, about(finding, &remade.request, remade.mail));
    return code == CTL_OK && has_left(finding) && !is_as_sent(finding, remade.mail) ? CTL_FOUND
                                                                                    : code;
}

int ctl_contact_show(struct ctl *ctl)
{
    struct finding finding = { .action = ctl_option(ctl, "action") };
    struct rlc_arena arena = { .size = 0 };
    struct rlc_bundles *bundles = NULL;
    int code = CTL_OK;

    if (!ctl_option(ctl, "tenant-keys"))
        return ctl_fail(ctl, CTL_USAGE, "name the tenants' keys: --tenant-keys FOLDER");
    if (!ctl_option_number(ctl, "request", 0, 1, NUMBER_MAX, &finding.number))
        return CTL_USAGE;
    if (rlc_arena_map(&finding.kept, KEPT_SIZE) != RLC_OK ||
        rlc_arena_map(&arena, CTL_REMAKE_ARENA_SIZE) != RLC_OK)
        code = ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    if (code == CTL_OK)
        code = find(ctl, &finding);
    if (code == CTL_OK)
        code = ctl_bundles(ctl, &bundles);
    if (code == CTL_OK)
        code = show(ctl, &finding, bundles, &arena);
    rlc_bundles_free(bundles);
    json_decref(finding.answer);
    rlc_arena_unmap(&arena);
    rlc_arena_unmap(&finding.kept);
    return code;
}
