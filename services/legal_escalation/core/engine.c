/* SPDX-License-Identifier: Apache-2.0 */
/* The procedure engine: states, moves, deadlines. */
#include <assert.h>
#include <string.h>

#include "core/case_hold.h"
#include "core/decision.h"

/* A case that falls through more states than a procedure has would turn for ever: it goes on in the
 * next minute. */
#define MOVES_AT_ONCE_MAX LEGAL_STATES_MAX

/* ---- dates ---- */

static rlc_day date_of(const struct rlc_case_record *record, struct rlc_span word)
{
    for (size_t i = 0; i < record->date_count; i++) {
        if (rlc_span_equal(record->dates[i].word, word))
            return record->dates[i].on;
    }
    return RLC_DAY_NONE;
}

/* The last date of each word counts; beyond LEGAL_DATES_MAX words nothing more is kept. */
static void note_date(struct decision *decision, struct rlc_span word, rlc_day on)
{
    struct rlc_case_record *record = decision->record;
    size_t count = record->date_count;
    struct rlc_case_date *dates = case_alloc(decision, (count + 1) * sizeof(*dates));
    size_t place = 0;

    if (count > 0)
        memcpy(dates, record->dates, count * sizeof(*dates));
    while (place < count && !rlc_span_equal(dates[place].word, word))
        place++;
    if (place == LEGAL_DATES_MAX)
        return;
    dates[place] = (struct rlc_case_date){ .word = word, .on = on };
    record->dates = dates;
    record->date_count = place == count ? count + 1 : count;
}

/* ---- entering a state ---- */

/* NULL, or why there is no deadline where one should be. */
static const char *set_deadline(struct decision *decision)
{
    const struct legal_time *time = &decision->state->time;
    struct rlc_case_record *record = decision->record;
    const struct rlc_deadline_rule *rule;
    struct rlc_deadline deadline;
    rlc_day from_on;
    rlc_day law_on;

    if (time->rule.size == 0)
        return NULL;
    from_on = date_of(record, time->from);
    law_on = time->law_of.size ? date_of(record, time->law_of) : from_on;
    if (from_on == RLC_DAY_NONE || law_on == RLC_DAY_NONE)
        return "DEADLINE_DATE";
    rule =
        rlc_deadline_rule(decision->policy->rule, decision->policy->rule_count, time->rule, law_on);
    if (!rule || !rlc_deadline_of(rule, decision->procedure->calendar, from_on, &deadline))
        return "DEADLINE_RULE";
    record->deadline_on = deadline.end_on;
    return NULL;
}

void engine_unapprove(struct decision *decision)
{
    struct rlc_case_record *record = decision->record;

    record->asked = (struct rlc_hash){ { 0 } };
    record->approval = (struct rlc_case_approval){ .command = { NULL, 0 } };
    record->held = (struct rlc_span){ NULL, 0 };
    record->held_until_ms = RLC_MS_NONE;
}

static void leave_state(struct decision *decision)
{
    struct rlc_case_record *record = decision->record;

    engine_unapprove(decision);
    record->proposed = false;
    record->blocked = (struct rlc_span){ NULL, 0 };
    record->deadline_on = RLC_DAY_NONE;
    record->warned = 0;
}

/* A deadline that cannot be computed is a person's business, and must not pass unseen. */
static void say_no_deadline(struct decision *decision, const char *why)
{
    decision->record->blocked = rlc_span_of(why);
    case_milestone(decision, rlc_span_of("BLOCKED"))->rule = decision->record->blocked;
}

/* Enters the state without a word of its own; `word` and `on` led there. */
static void enter(struct decision *decision, struct rlc_span state, struct rlc_span word,
                  rlc_day on)
{
    const char *why;

    leave_state(decision);
    decision->record->state = state;
    /* That a time is over is no act: what was done before is still to be recorded. */
    if (!rlc_span_equal(word, rlc_span_of(LEGAL_WORD_DEADLINE)))
        decision->record->since_on = on;
    case_place(decision);
    why = decision->state ? set_deadline(decision) : "STATE_GONE";
    case_milestone(decision, word)->on = on;
    if (why)
        say_no_deadline(decision, why);
}

void engine_begin(struct decision *decision, struct rlc_span procedure)
{
    struct rlc_case_record *record = decision->record;

    record->procedure = procedure;
    case_place(decision);
    if (!decision->procedure) {
        engine_close(decision, rlc_span_of("NO_PROCEDURE"));
        return;
    }
    record->claim.interest_rule = decision->procedure->interest
                                      ? rlc_span_of(decision->procedure->interest->code)
                                      : (struct rlc_span){ NULL, 0 };
    record->claim.claim_hash =
        claim_hash_of(&record->claim, decision->world->sha256, decision->arena);
    enter(decision, decision->procedure->state[0].name, rlc_span_of("OPENED"), decision->today);
}

/* ---- leaving ---- */

void engine_recall(struct decision *decision, struct rlc_span reason, struct rlc_span document)
{
    struct rlc_case_record *record = decision->record;

    if (record->filing.size == 0)
        return;
    case_output(decision, RLC_AUDIT_KIND_RECALLED)->recalled =
        (struct rlc_recalled){ .filing = record->filing,
                               .case_id = record->case_id,
                               .reason = reason,
                               .document = document,
                               .recalled_at_ms = decision->now_ms,
                               .open = case_open(record) };
    record->filing = (struct rlc_span){ NULL, 0 };
}

void engine_close(struct decision *decision, struct rlc_span code)
{
    struct rlc_milestone *milestone = case_milestone(decision, code);

    milestone->on = decision->today;
    milestone->deadline_on = RLC_DAY_NONE;
    milestone->holds = false;
    rlc_overlay_delete(decision->overlay, decision->key);
    decision->record = NULL;
}

/* What the state is for, if it is for nothing else. */
static bool pass_through(struct decision *decision)
{
    struct rlc_span end = decision->state->end;
    struct rlc_span procedure = decision->state->procedure;

    if (end.size > 0) {
        engine_close(decision, end);
        return true;
    }
    if (procedure.size == 0)
        return false;
    engine_begin(decision, procedure);
    return true;
}

bool engine_say(struct decision *decision, struct rlc_span word, rlc_day on)
{
    const struct legal_move *move = decision->state ? legal_move_find(decision->state, word) : NULL;

    if (!move)
        return false;
    note_date(decision, word, on);
    enter(decision, move->to, word, on);
    return true;
}

/* ---- what a state does ---- */

static void propose(struct decision *decision)
{
    struct rlc_case_record *record = decision->record;
    const struct legal_contact *contact = &decision->state->contact;
    struct rlc_document_ref *documents =
        case_alloc(decision, record->claim.line_count * sizeof(*documents));
    size_t count = 0;

    for (size_t i = 0; i < record->claim.line_count; i++) {
        if (record->claim.lines[i].principal.minor > 0)
            documents[count++].document = record->claim.lines[i].document;
    }
    record->proposed = true;
    record->occurrence++;
    case_output(decision, RLC_AUDIT_KIND_CONTACT_PROPOSED)->contact_proposed =
        (struct rlc_contact_proposed){ .case_id = record->case_id,
                                       .step = record->state,
                                       .occurrence = record->occurrence,
                                       .channel = contact->channel,
                                       .tone = contact->tone,
                                       .template_name = contact->template_name,
                                       .not_after_ms = rlc_zone_instant(
                                           &decision->policy->zone,
                                           decision->today + contact->within_days + 1, 0),
                                       .claim_hash = record->claim.claim_hash,
                                       .documents = documents,
                                       .document_count = count };
}

/* What the procedure costs, in the currency of the claim; absent where nobody said it. */
static struct rlc_money cost_of(const struct decision *decision)
{
    const struct legal_procedure *procedure = decision->procedure;
    const struct rlc_money *cost = legal_amount_in(procedure->cost, procedure->cost_count,
                                                   claim_principal(&decision->record->claim));

    return cost ? *cost : (struct rlc_money){ .minor = 0 };
}

/* Says once what stands in the way of the act. */
static void block(struct decision *decision, const struct legal_gap *gap)
{
    struct rlc_case_record *record = decision->record;
    struct rlc_span rule = rlc_span_of(gap->rule);
    struct rlc_document_ref *document;
    struct rlc_milestone *milestone;

    engine_unapprove(decision);
    if (rlc_span_equal(record->blocked, rule))
        return;
    record->blocked = rule;
    milestone = case_milestone(decision, rlc_span_of("BLOCKED"));
    document = case_alloc(decision, sizeof(*document));
    document->document = gap->document;
    milestone->act = decision->state->act;
    milestone->rule = rule;
    milestone->cost = cost_of(decision);
    milestone->documents = document;
    milestone->document_count = gap->document.size > 0;
}

void engine_hold(struct decision *decision, const struct legal_hold *hold)
{
    struct rlc_case_record *record = decision->record;
    struct rlc_span rule = rlc_span_of(hold->rule);
    struct rlc_milestone *milestone;

    record->held_until_ms = hold->until_ms;
    if (rlc_span_equal(record->held, rule))
        return;
    record->held = rule;
    milestone = case_milestone(decision, rlc_span_of("ON_HOLD"));
    milestone->act = decision->state->act;
    milestone->rule = rule;
}

static void ask(struct decision *decision)
{
    struct rlc_case_record *record = decision->record;
    struct rlc_milestone *milestone;

    record->blocked = (struct rlc_span){ NULL, 0 };
    if (memcmp(&record->asked, &record->claim.claim_hash, sizeof(record->asked)) == 0)
        return;
    engine_unapprove(decision);
    record->asked = record->claim.claim_hash;
    milestone = case_milestone(decision, rlc_span_of("APPROVAL_ASKED"));
    milestone->act = decision->state->act;
    milestone->cost = cost_of(decision);
}

/* The day on which the act may be possible; absent = nothing but an event helps. */
static rlc_day consider_act(struct decision *decision)
{
    struct legal_gap gap =
        claim_gap(&decision->record->claim, decision->procedure, decision->today);

    /* Nobody is asked to sign for what is there already. */
    if (!gap.rule && case_open(decision->record).minor == 0)
        gap.rule = "ON_ACCOUNT";
    if (gap.rule) {
        block(decision, &gap);
        return gap.until_on;
    }
    ask(decision);
    return RLC_DAY_NONE;
}

/* ---- time ---- */

/* Whether the state's deadline is over for the case, and leads on. */
static bool is_over(const struct decision *decision)
{
    rlc_day deadline_on = decision->record->deadline_on;

    return deadline_on != RLC_DAY_NONE &&
           decision->today > deadline_on + decision->state->time.grace_days &&
           legal_move_find(decision->state, rlc_span_of(LEGAL_WORD_DEADLINE));
}

/* Gives the warnings whose day has come: one, if several came together. */
static void warn(struct decision *decision)
{
    const struct legal_time *time = &decision->state->time;
    struct rlc_case_record *record = decision->record;
    uint32_t due = record->warned;

    if (record->deadline_on == RLC_DAY_NONE)
        return;
    while (due < time->warn_count && decision->today >= record->deadline_on - time->warn_days[due])
        due++;
    if (due == record->warned)
        return;
    record->warned = due;
    case_milestone(decision, rlc_span_of("DEADLINE_NEAR"))->rule = time->rule;
}

static rlc_day earlier(rlc_day a, rlc_day b)
{
    if (a == RLC_DAY_NONE || b == RLC_DAY_NONE)
        return a == RLC_DAY_NONE ? b : a;
    return a < b ? a : b;
}

/* The next day on which time alone changes something; absent = none. */
static rlc_day next_day(const struct decision *decision)
{
    const struct legal_time *time = &decision->state->time;
    const struct rlc_case_record *record = decision->record;
    rlc_day day = RLC_DAY_NONE;

    rlc_day over_on = record->deadline_on + time->grace_days + 1;

    if (record->deadline_on == RLC_DAY_NONE || decision->today >= over_on)
        return day;
    day = over_on;
    if (record->warned < time->warn_count)
        day = earlier(day, record->deadline_on - time->warn_days[record->warned]);
    return day;
}

/* A hold that ends is looked at again when it does. */
static void arm(struct decision *decision, rlc_day act_on)
{
    rlc_day day = earlier(next_day(decision), act_on);
    struct rlc_case_record *record = decision->record;

    record->wake_ms =
        day == RLC_DAY_NONE ? RLC_MS_NONE : rlc_zone_instant(&decision->policy->zone, day, 0);
    if (record->held_until_ms > decision->now_ms &&
        (record->wake_ms == RLC_MS_NONE || record->held_until_ms < record->wake_ms))
        record->wake_ms = record->held_until_ms;
}

/* ---- the review ---- */

/* A claim that is too small for the act of its state goes where the procedure says; where it says
 * nothing the case is blocked. */
static bool give_up(struct decision *decision)
{
    struct rlc_span word = rlc_span_of(LEGAL_WORD_TOO_SMALL);
    struct legal_output **here = decision->outputs->tail;
    const char *rule = decision->state->act.size > 0
                           ? claim_worth(&decision->record->claim, decision->procedure)
                           : NULL;
    struct rlc_money cost = cost_of(decision);

    if (!rule || !engine_say(decision, word, decision->today))
        return false;
    (*here)->case_moved.rule = rlc_span_of(rule);
    (*here)->case_moved.cost = cost;
    return true;
}

/* Moves on until the case has to wait, or is over. False: it did not come to rest. */
static bool move_on(struct decision *decision)
{
    for (size_t moves = 0; moves < MOVES_AT_ONCE_MAX; moves++) {
        if (!decision->record || !decision->state)
            return true;
        if (pass_through(decision) || give_up(decision))
            continue;
        if (!is_over(decision))
            return true;
        (void)engine_say(decision, rlc_span_of(LEGAL_WORD_DEADLINE), decision->record->deadline_on);
    }
    return false;
}

/* All that was claimed is paid, or disputed: then it is no more for this procedure. */
static bool is_settled(const struct decision *decision)
{
    return claim_principal(&decision->record->claim).minor == 0;
}

static void act(struct decision *decision)
{
    rlc_day act_on = RLC_DAY_NONE;

    warn(decision);
    if (decision->state->contact.channel && !decision->record->proposed)
        propose(decision);
    if (decision->state->act.size > 0)
        act_on = consider_act(decision);
    arm(decision, act_on);
}

void engine_review(struct decision *decision)
{
    bool disputed;
    bool rests;

    if (!decision->record)
        return;
    if (is_settled(decision)) {
        disputed = claim_disputed(&decision->record->claim).minor > 0;
        engine_close(decision, rlc_span_of(disputed ? "DISPUTED" : "SETTLED"));
        return;
    }
    rests = move_on(decision);
    if (!decision->record)
        return;
    decision->record->wake_ms =
        rests ? RLC_MS_NONE : (decision->now_ms / RLC_MINUTE_MS + 1) * RLC_MINUTE_MS;
    if (rests && decision->state)
        act(decision);
}
