/* SPDX-License-Identifier: Apache-2.0 */
#include "core/dunning.h"

#include "core/cash.h"
#include "core/due.h"
#include "core/evidence.h"
#include "core/ledger.h"
#include "core/litigation.h"
#include "core/proposal.h"
#include "core/scope.h"
#include "core/speech.h"
#include "core/standing.h"
#include "core/store.h"
#include "core/tasks.h"
#include "core/touches.h"

/* ---- one receivable ---- */

static bool has_open_step(const struct rlc_receivable_record *receivable)
{
    for (size_t i = 0; i < receivable->step_count; i++) {
        if (step_is_open(&receivable->steps[i]))
            return true;
    }
    return false;
}

/* An account that fits no choice of the bundle is not forgotten: once something is overdue, a task
 * asks. Of creditors that the bundle does not know nothing is expected. */
static bool lacks_scenario(const struct decision *decision, const struct holding *holding,
                           const struct policy_scenario *scenario)
{
    return !scenario && !holding->account->unserved &&
           policy_creditor(decision->policy, holding->creditor);
}

static rlc_ms overdue_at(const struct decision *decision, const struct holding *holding)
{
    return rlc_zone_instant(decision->zone, holding->receivable->terms.due_on, RLC_MINUTES_PER_DAY);
}

static void ask_for_scenario(struct decision *decision, const struct holding *holding)
{
    struct task_about about = { .creditor = holding->creditor,
                                .object = rlc_span_of("NO_SCENARIO"),
                                .number = (uint64_t)holding->account->epoch };

    if (overdue_at(decision, holding) > decision->now_ms)
        return;
    (void)task_open(decision, RLC_TASK_KIND_REVIEW, &about);
    holding->account->unserved = true;
}

static rlc_ms next_of(const struct decision *decision, const struct holding *holding,
                      const struct ladder *ladder)
{
    const struct rlc_receivable_record *receivable = holding->receivable;
    const struct policy_scenario *scenario =
        steps_scenario(decision, holding->creditor, holding->account);
    rlc_ms next_ms = lacks_scenario(decision, holding, scenario)
                         ? overdue_at(decision, holding)
                         : steps_next(decision, holding, scenario, ladder);

    return timer_min(next_ms,
                     standing_next(receivable->blocks, receivable->block_count, decision->now_ms));
}

/* What the debtor disputes, or was conceded: cash on account is not for that. */
int64_t dunning_disputed(const struct decision *decision,
                         const struct rlc_receivable_record *receivable)
{
    struct rlc_money open = ledger_open(receivable);
    int64_t disputed =
        standing_disputed(receivable->blocks, receivable->block_count, decision->now_ms, open) +
        ledger_conceded(receivable);

    return disputed < open.minor ? disputed : open.minor;
}

void dunning_arm(struct decision *decision, const struct holding *holding,
                 struct rlc_page_item *item)
{
    const struct rlc_receivable_record *receivable = holding->receivable;
    struct ladder ladder;

    item->disputed_minor = dunning_disputed(decision, receivable);
    if (ledger_open(receivable).minor == 0) {
        item->state = RLC_ITEM_STATE_IDLE;
        item->wake_ms = decision_timer(
            decision, standing_next(receivable->blocks, receivable->block_count, decision->now_ms));
        return;
    }
    if (has_open_step(receivable)) {
        item->wake_ms = decision_soon(decision);
        return;
    }
    item->state = RLC_ITEM_STATE_IDLE;
    ladder_init(decision, holding, &ladder);
    item->wake_ms = decision_timer(decision, next_of(decision, holding, &ladder));
}

void dunning_paid(struct decision *decision, const struct holding *holding)
{
    struct rlc_receivable_record *receivable = holding->receivable;

    for (size_t i = 0; i < receivable->step_count; i++) {
        if (step_is_open(&receivable->steps[i]) && !receivable->steps[i].asked)
            steps_close(decision, holding, &receivable->steps[i], RLC_STEP_RESULT_PAID, NULL);
    }
}

static int64_t limit_in(const struct policy_amount *amounts, size_t count, const char *currency,
                        int64_t otherwise)
{
    for (size_t i = 0; i < count; i++) {
        if (memcmp(amounts[i].amount.currency, currency, RLC_CURRENCY_SIZE) == 0)
            return amounts[i].amount.minor;
    }
    return otherwise;
}

/* A debtor without a score is in no band. */
static bool band_says_no(const struct decision *decision, const struct policy_step *step)
{
    for (size_t i = 0; i < step->band_count; i++) {
        if (rlc_span_equal(step->bands[i], decision->debtor->score.band))
            return false;
    }
    return step->band_count > 0;
}

/* What the step itself asks of the receivable and of the debtor's risk. */
static bool condition_says_no(const struct decision *decision, const struct candidate *candidate,
                              struct refusal *ret_refusal)
{
    const struct policy_step *step = candidate->step;
    rlc_day due_on = candidate->holding.receivable->terms.due_on;
    const char *currency = candidate->amount.currency;

    if (candidate->amount.minor <
        limit_in(step->at_least, step->at_least_count, currency, INT64_MIN)) {
        *ret_refusal =
            (struct refusal){ .reason = RLC_SUPPRESSION_BELOW_AMOUNT, .rule = "step.at_least" };
        return true;
    }
    if (candidate->amount.minor >= limit_in(step->below, step->below_count, currency, INT64_MAX)) {
        *ret_refusal =
            (struct refusal){ .reason = RLC_SUPPRESSION_CONDITION, .rule = "step.below" };
        return true;
    }
    if (band_says_no(decision, step)) {
        *ret_refusal =
            (struct refusal){ .reason = RLC_SUPPRESSION_CONDITION, .rule = "step.bands" };
        evidence_version(decision, ret_refusal, &decision->debtor->score.version);
        return true;
    }
    if (step->age_days_min == INT32_MIN || decision->today - due_on >= step->age_days_min)
        return false;
    *ret_refusal = (struct refusal){
        .reason = RLC_SUPPRESSION_CONDITION,
        .rule = "step.age",
        .next_at_ms = rlc_zone_instant(decision->zone, due_on + step->age_days_min, step->at_minute)
    };
    return true;
}

/* An amount is too small because of its invoice and of whatever holds back or covers a part. */
static void name_what_lowers(const struct decision *decision, const struct candidate *candidate,
                             struct refusal *refusal)
{
    static const struct standing PARTS = { 0 };
    const struct rlc_receivable_record *receivable = candidate->holding.receivable;
    const char *currency = candidate->amount.currency;

    evidence_blocks(decision, refusal, &PARTS, receivable->blocks, receivable->block_count,
                    currency);
    if (candidate->amount.minor + candidate->disputed.minor < ledger_open(receivable).minor)
        evidence_credit(decision, refusal, candidate->holding.account, currency);
}

static bool condition_refuses(const struct decision *decision, const struct candidate *candidate,
                              struct refusal *ret_refusal)
{
    if (!condition_says_no(decision, candidate, ret_refusal))
        return false;
    evidence_version(decision, ret_refusal, &candidate->holding.receivable->version);
    if (ret_refusal->reason == RLC_SUPPRESSION_BELOW_AMOUNT)
        name_what_lowers(decision, candidate, ret_refusal);
    return true;
}

/* The first of the agreements that hold back a part each, for people. */
static struct rlc_span first_in_the_way(const struct decision *decision,
                                        const struct candidate *candidate,
                                        const struct standing *answer)
{
    const struct rlc_receivable_record *receivable = candidate->holding.receivable;

    for (size_t i = 0; i < receivable->block_count; i++) {
        if (standing_rests_on(answer, &receivable->blocks[i], decision->now_ms,
                              candidate->amount.currency))
            return receivable->blocks[i].id;
    }
    return (struct rlc_span){ 0 };
}

/* What lies on the receivable itself, and what is left to remind of. */
static bool document_refuses(const struct decision *decision, struct candidate *candidate,
                             struct refusal *ret_refusal)
{
    const struct rlc_receivable_record *receivable = candidate->holding.receivable;
    struct standing answer = { 0 };

    standing_fold(receivable->blocks, receivable->block_count, decision->now_ms,
                  candidate->amount.currency, &answer);
    answer.held_minor += ledger_conceded(receivable);
    if (answer.reason == RLC_SUPPRESSION_UNSPECIFIED &&
        answer.held_minor >= candidate->amount.minor) {
        answer.reason = RLC_SUPPRESSION_DISPUTED;
        answer.until_ms =
            standing_next(receivable->blocks, receivable->block_count, decision->now_ms);
    }
    *ret_refusal = (struct refusal){ .reason = answer.reason,
                                     .rule = "standing.document",
                                     .next_at_ms = answer.until_ms,
                                     .object = answer.object };
    evidence_blocks(decision, ret_refusal, &answer, receivable->blocks, receivable->block_count,
                    candidate->amount.currency);
    if (answer.object.size == 0)
        ret_refusal->object = first_in_the_way(decision, candidate, &answer);
    candidate->disputed.minor = answer.held_minor;
    candidate->amount.minor -= answer.held_minor;
    return answer.reason != RLC_SUPPRESSION_UNSPECIFIED;
}

/* What lies on debtor and account speaks for itself (gates.c): the ladder may wait for its end. */
static bool is_under_hold(const struct decision *decision, const struct rlc_account_record *account)
{
    return standing_of_account(decision, account).reason != RLC_SUPPRESSION_UNSPECIFIED;
}

static bool is_early(const struct decision *decision, const struct candidate *candidate,
                     const struct ladder *ladder, struct refusal *ret_refusal)
{
    if (is_under_hold(decision, candidate->holding.account) ||
        !steps_is_early(decision, ladder, candidate->state, candidate->step, ret_refusal))
        return false;
    evidence_version(decision, ret_refusal, &candidate->holding.receivable->version);
    return true;
}

static bool lacks_notice(const struct decision *decision, const struct candidate *candidate,
                         const struct policy_scenario *scenario, struct refusal *ret_refusal)
{
    if (!steps_lacks_notice(decision, &candidate->holding, scenario, candidate->step, ret_refusal))
        return false;
    evidence_version(decision, ret_refusal, &candidate->holding.receivable->version);
    return true;
}

/* Evaluates one receivable; true if it may be spoken about, as `ret_candidate`. */
static bool evaluate(struct decision *decision, const struct due_account *due,
                     const struct holding *holding, struct rlc_page_item *item,
                     struct candidate *ret_candidate)
{
    struct ladder ladder;
    struct refusal refusal = { 0 };

    (void)standing_expire_receivable(decision, holding);
    if (ledger_open(holding->receivable).minor == 0) {
        dunning_arm(decision, holding, item);
        return false;
    }
    if (item->disputed_minor != dunning_disputed(decision, holding->receivable) ||
        litigation_is_behind(decision, holding))
        litigation_agreed(decision, holding);
    item->disputed_minor = dunning_disputed(decision, holding->receivable);
    ladder_init(decision, holding, &ladder);
    steps_advance(decision, holding, due->scenario, &ladder);
    if (lacks_scenario(decision, holding, due->scenario))
        ask_for_scenario(decision, holding);
    *ret_candidate = (struct candidate){ .holding = *holding,
                                         .item = item,
                                         .amount = ledger_open(holding->receivable),
                                         .disputed = ledger_open(holding->receivable) };
    item->wake_ms = next_of(decision, holding, &ladder);
    ret_candidate->state = steps_current(holding, due->scenario, &ret_candidate->step);
    if (!ret_candidate->state) {
        item->state =
            has_open_step(holding->receivable) ? RLC_ITEM_STATE_ASKED : RLC_ITEM_STATE_IDLE;
        return false;
    }
    item->state = RLC_ITEM_STATE_READY;
    if (!litigation_holds(decision, holding, &refusal) &&
        !document_refuses(decision, ret_candidate, &refusal) &&
        !is_early(decision, ret_candidate, &ladder, &refusal) &&
        !lacks_notice(decision, ret_candidate, due->scenario, &refusal) &&
        !litigation_refuses(decision, ret_candidate, &refusal))
        return true;
    item->state = RLC_ITEM_STATE_BLOCKED;
    item->wake_ms = timer_min(item->wake_ms, refusal.next_at_ms);
    steps_refuse(decision, holding, ret_candidate->state, &refusal);
    return false;
}

/* ---- one account ---- */

/* Whether what is left to ask for, once it is covered, is asked for. */
static bool rest_refuses(const struct decision *decision, const struct candidate *candidate,
                         struct refusal *ret_refusal)
{
    if (candidate->amount.minor > 0)
        return condition_refuses(decision, candidate, ret_refusal);
    *ret_refusal = (struct refusal){ .reason = RLC_SUPPRESSION_PAID, .rule = "cash.on_account" };
    evidence_credit(decision, ret_refusal, candidate->holding.account, candidate->amount.currency);
    return true;
}

/* What a condition holds back waits on the receivable alone, unless cash has a part in it. */
static void refuse_rest(struct decision *decision, const struct candidate *candidate,
                        const struct refusal *refusal, int64_t covered_minor)
{
    if (covered_minor == 0)
        candidate->item->state = RLC_ITEM_STATE_BLOCKED;
    candidate->item->wake_ms = timer_min(candidate->item->wake_ms, refusal->next_at_ms);
    steps_refuse(decision, &candidate->holding, candidate->state, refusal);
}

/* Cash on account counts before anybody is reminded: what it covers is not asked for, and what it
 * leaves must still be worth a word. */
static void take_cover(struct decision *decision, struct speech *speech,
                       const struct cash_cover *cover)
{
    size_t kept = 0;

    for (size_t i = 0; i < speech->count; i++) {
        struct candidate *candidate = &speech->candidates[i];
        int64_t covered_minor = cash_covered_minor(cover, candidate->item);
        struct refusal refusal;

        candidate->amount.minor -= covered_minor;
        if (rest_refuses(decision, candidate, &refusal))
            refuse_rest(decision, candidate, &refusal, covered_minor);
        else
            speech->candidates[kept++] = *candidate;
    }
    speech->count = kept;
}

/* A claim of what is overdue is no place for what is not, nor a legal word for what had no notice.
 */
static bool rides_along(const struct decision *decision, const struct speech *speech,
                        const struct candidate *candidate)
{
    const struct policy_step *lead = speech->lead;
    struct refusal refusal;

    if (lead->alone)
        return rlc_span_equal(candidate->step->name, lead->name);
    if (candidate->step == lead || lead->tone < RLC_TONE_FIRM)
        return true;
    return candidate->holding.receivable->terms.due_on < decision->today &&
           !steps_lacks_notice(decision, &candidate->holding, speech->scenario, lead, &refusal);
}

/* Who does not ride along has a message of its own, once this one is answered. A referral gets no
 * answer: then it is the next minute's. */
static void part_ways(struct decision *decision, struct speech *speech)
{
    const struct refusal after = { .reason = RLC_SUPPRESSION_HIGHER_TONE,
                                   .rule = "speech.apart",
                                   .next_at_ms = speech->lead->refer.size > 0
                                                     ? decision_soon(decision)
                                                     : RLC_MS_NONE };
    size_t kept = 0;

    for (size_t i = 0; i < speech->count; i++) {
        struct candidate *candidate = &speech->candidates[i];

        if (rides_along(decision, speech, candidate)) {
            speech->candidates[kept++] = *candidate;
            continue;
        }
        candidate->item->wake_ms = timer_min(candidate->item->wake_ms, after.next_at_ms);
        steps_refuse(decision, &candidate->holding, candidate->state, &after);
    }
    speech->count = kept;
}

static void end_wait(const struct decision *decision, struct rlc_account_record *account)
{
    if (account->not_before_ms == RLC_MS_NONE || account->not_before_ms > decision->now_ms)
        return;
    account->wait_reason = RLC_SUPPRESSION_UNSPECIFIED;
    account->wait_object = (struct rlc_span){ 0 };
    account->not_before_ms = RLC_MS_NONE;
}

static void prepare_speech(struct decision *decision, struct due_account *due,
                           struct speech *ret_speech)
{
    struct cash_cover cover;

    *ret_speech = (struct speech){ .creditor = due->creditor,
                                   .account = due->account,
                                   .scenario = due->scenario };
    ret_speech->candidates =
        decision_alloc(decision, (due->count + 1) * sizeof(*ret_speech->candidates));
    for (size_t i = 0; i < due->count; i++) {
        struct due_item *item = &due->items[i];

        if (evaluate(decision, due, &item->holding, item->item,
                     &ret_speech->candidates[ret_speech->count]))
            ret_speech->count++;
    }
    cash_cover(decision, due->creditor, due->account, &cover);
    take_cover(decision, ret_speech, &cover);
    speech_choose_lead(ret_speech);
}

static void refuse_all(struct decision *decision, const struct speech *speech,
                       const struct refusal *refusal)
{
    for (size_t i = 0; i < speech->count; i++)
        steps_refuse(decision, &speech->candidates[i].holding, speech->candidates[i].state,
                     refusal);
    speech->account->wake_ms = timer_min(speech->account->wake_ms, refusal->next_at_ms);
}

/* What the channels of one step cannot do, those of another may. */
static bool is_of_channels(const struct refusal *refusal)
{
    return refusal->reason == RLC_SUPPRESSION_NO_ADDRESS ||
           refusal->reason == RLC_SUPPRESSION_OPTED_OUT ||
           refusal->reason == RLC_SUPPRESSION_ERASED || refusal->reason == RLC_SUPPRESSION_FROZEN;
}

/* The leading step has no way to speak: what is at another one goes on without it. */
static void go_without_lead(struct decision *decision, struct speech *speech,
                            const struct refusal *refusal)
{
    const struct policy_step *lead = speech->lead;
    struct speech mute = *speech;
    size_t kept = 0;

    mute.count = 0;
    mute.candidates = decision_alloc(decision, speech->count * sizeof(*mute.candidates));
    for (size_t i = 0; i < speech->count; i++) {
        if (speech->candidates[i].step == lead)
            mute.candidates[mute.count++] = speech->candidates[i];
        else
            speech->candidates[kept++] = speech->candidates[i];
    }
    speech->count = kept;
    speech->channel = RLC_CHANNEL_UNSPECIFIED;
    refuse_all(decision, &mute, refusal);
    speech_choose_lead(speech);
}

/* True when the speech has another lead now, and waits for its turn once more. */
static bool speak(struct decision *decision, struct speech *speech)
{
    struct refusal refusal;

    if (speech->count == 0)
        return false;
    if (!gate_refuses(decision, speech, &refusal)) {
        part_ways(decision, speech);
        (speech->lead->refer.size > 0 ? litigation_refer : message_ask)(decision, speech);
    } else if (is_of_channels(&refusal)) {
        go_without_lead(decision, speech, &refusal);
        return speech->count > 0;
    } else {
        refuse_all(decision, speech, &refusal);
    }
    return false;
}

/* What was listed for an agreement that has ended now. The last thing that is done to the pages:
 * items move. */
static void unlist_ended(struct decision *decision, const struct due_account *due)
{
    for (size_t i = 0; i < due->count; i++) {
        const struct holding *holding = &due->items[i].holding;

        if (ledger_is_listed(holding->receivable))
            continue;
        ledger_relist(decision, holding);
        ledger_forget(decision, holding);
    }
}

/* Brings pages, account and directory in line after the evaluation. */
static void settle_account(struct decision *decision, struct due_account *due)
{
    struct holding holding = { .creditor = due->creditor, .account = due->account };
    struct rlc_account_record *account = due->account;

    for (size_t i = 0; i < due->count; i++)
        due->items[i].item->wake_ms = decision_timer(decision, due->items[i].item->wake_ms);
    for (size_t i = 0; i < due->page_count; i++)
        page_settle(decision, &holding, due->pages[i]);
    unlist_ended(decision, due);
    account->wake_ms = timer_min(
        account->wake_ms, standing_next(account->blocks, account->block_count, decision->now_ms));
    account->wake_ms = decision_timer(decision, account->wake_ms);
    account_settle(decision, due->creditor, account);
}

/* ---- the debtor ---- */

/* The highest tone goes first: where a cap leaves room for one contact, it is the weightiest. */
static int by_tone(const void *left, const void *right)
{
    const struct speech *a = left;
    const struct speech *b = right;
    enum rlc_tone a_tone = a->lead ? a->lead->tone : RLC_TONE_UNSPECIFIED;
    enum rlc_tone b_tone = b->lead ? b->lead->tone : RLC_TONE_UNSPECIFIED;

    if (a_tone != b_tone)
        return a_tone > b_tone ? -1 : 1;
    return rlc_span_compare(a->creditor, b->creditor);
}

static void speak_by_tone(struct decision *decision, struct speech *speeches, size_t count)
{
    size_t i = 0;

    while (i < count) {
        list_sort(&speeches[i], count - i, sizeof(*speeches), by_tone);
        if (!speak(decision, &speeches[i]))
            i++;
    }
}

/* The debtor's one timer: the earliest below it. */
static void settle_debtor(struct decision *decision)
{
    struct rlc_debtor_record *debtor = decision->debtor;
    rlc_ms wake_ms = standing_next(debtor->blocks, debtor->block_count, decision->now_ms);

    for (size_t i = 0; i < debtor->account_count; i++)
        wake_ms = timer_min(wake_ms, debtor->accounts[i].wake_ms);
    debtor->review = RLC_REVIEW_UNSPECIFIED;
    debtor->wake_ms = decision_timer(decision, wake_ms);
    decision_debtor_changed(decision);
}

void dunning_due(struct decision *decision)
{
    struct due_account *due;
    struct speech *speeches;
    size_t count;

    touches_forget(decision);
    (void)standing_expire_debtor(decision);
    count = due_collect(decision, &due);
    speeches = decision_alloc(decision, (count + 1) * sizeof(*speeches));
    for (size_t i = 0; i < count; i++) {
        due[i].scenario = steps_scenario(decision, due[i].creditor, due[i].account);
        if (due[i].scenario)
            due[i].account->unserved = false;
        due[i].account->review = RLC_REVIEW_UNSPECIFIED;
        due[i].account->wake_ms = RLC_MS_NONE;
        (void)standing_expire_account(decision, due[i].creditor, due[i].account);
        end_wait(decision, due[i].account);
        prepare_speech(decision, &due[i], &speeches[i]);
    }
    /* What a procedure asks for comes before what is only amicable. */
    for (size_t i = 0; i < count; i++)
        proposal_speak(decision, due[i].creditor, due[i].account);
    speak_by_tone(decision, speeches, count);
    for (size_t i = 0; i < count; i++)
        settle_account(decision, &due[i]);
    settle_debtor(decision);
}
