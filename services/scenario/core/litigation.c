/* SPDX-License-Identifier: Apache-2.0 */
#include "core/litigation.h"

#include "core/book.h"
#include "core/dunning.h"
#include "core/evidence.h"
#include "core/ledger.h"
#include "core/proposal.h"
#include "core/question.h"
#include "core/standing.h"
#include "core/store.h"

/* ---- cases of an account ---- */

/* Place of the case among the account's, or where it belongs. */
static size_t case_place(const struct rlc_account_record *account, struct rlc_span case_id,
                         bool *ret_found)
{
    size_t i = 0;

    while (i < account->case_count && rlc_span_compare(account->cases[i].case_id, case_id) < 0)
        i++;
    *ret_found = i < account->case_count && rlc_span_equal(account->cases[i].case_id, case_id);
    return i;
}

bool litigation_knows(const struct rlc_account_record *account, struct rlc_span case_id)
{
    bool found;

    (void)case_place(account, case_id, &found);
    return found;
}

static bool in_case(const struct holding *holding)
{
    return holding->receivable->case_id.size > 0 &&
           litigation_knows(holding->account, holding->receivable->case_id);
}

/* ---- what stands in the way ---- */

bool litigation_holds(const struct decision *decision, const struct holding *holding,
                      struct refusal *ret_refusal)
{
    (void)decision;
    if (!in_case(holding))
        return false;
    *ret_refusal = (struct refusal){ .reason = RLC_SUPPRESSION_IN_LITIGATION,
                                     .rule = "case.open",
                                     .object = holding->receivable->case_id };
    return true;
}

static bool is_natural_person(const struct rlc_debtor_record *debtor)
{
    return debtor->kind == RLC_PARTY_KIND_SOLE_TRADER || debtor->kind == RLC_PARTY_KIND_CONSUMER;
}

/* When the delay of the notice is over, on the debtor's clocks. */
static rlc_ms delay_ends(const struct decision *decision, const struct candidate *candidate)
{
    rlc_day notice_on = candidate->holding.receivable->notice_on;

    return rlc_zone_instant(decision->zone, notice_on + candidate->step->notice_days,
                            candidate->step->at_minute);
}

/* A notice of which nobody can show what it said proves nothing. */
static bool is_kept(const struct rlc_hash *hash)
{
    static const struct rlc_hash NONE;

    return memcmp(hash, &NONE, sizeof(NONE)) != 0;
}

static struct refusal demand(const struct decision *decision, const struct candidate *candidate)
{
    const struct rlc_receivable_record *receivable = candidate->holding.receivable;
    struct refusal refusal = { .reason = RLC_SUPPRESSION_UNSPECIFIED };

    if (!version_known(&decision->debtor->version)) {
        refusal = (struct refusal){ .reason = RLC_SUPPRESSION_CONDITION, .rule = "refer.debtor" };
    } else if (is_natural_person(decision->debtor)) {
        refusal = (struct refusal){ .reason = RLC_SUPPRESSION_WAITING_HUMAN,
                                    .rule = "refer.natural_person" };
    } else if (candidate->disputed.minor > 0) {
        refusal = (struct refusal){ .reason = RLC_SUPPRESSION_DISPUTED, .rule = "refer.disputed" };
        refusal.next_at_ms =
            standing_next(receivable->blocks, receivable->block_count, decision->now_ms);
    } else if (receivable->notice_on == 0 || !is_kept(&receivable->notice_hash)) {
        refusal = (struct refusal){ .reason = RLC_SUPPRESSION_CONDITION, .rule = "refer.notice" };
    } else if (delay_ends(decision, candidate) > decision->now_ms) {
        refusal =
            (struct refusal){ .reason = RLC_SUPPRESSION_CONDITION, .rule = "refer.notice_days" };
        refusal.next_at_ms = delay_ends(decision, candidate);
    }
    return refusal;
}

bool litigation_refuses(const struct decision *decision, const struct candidate *candidate,
                        struct refusal *ret_refusal)
{
    if (candidate->step->refer.size == 0)
        return false;
    *ret_refusal = demand(decision, candidate);
    if (ret_refusal->reason == RLC_SUPPRESSION_UNSPECIFIED)
        return false;
    evidence_version(decision, ret_refusal, &candidate->holding.receivable->version);
    return true;
}

void litigation_noticed(const struct decision *decision, struct rlc_receivable_record *receivable,
                        const struct rlc_outcome *outcome)
{
    receivable->notice_on = outcome->attempted_at_ms > 0
                                ? rlc_zone_day(decision->zone, outcome->attempted_at_ms)
                                : decision->today;
    receivable->notice_hash = outcome->content_hash;
}

/* ---- the claim ---- */

struct rlc_money litigation_principal(const struct decision *decision,
                                      const struct rlc_receivable_record *receivable)
{
    struct rlc_money principal = ledger_open(receivable);

    principal.minor -= dunning_disputed(decision, receivable);
    return principal;
}

/* Absent where nothing is disputed. */
static struct rlc_money disputed_of(const struct decision *decision,
                                    const struct rlc_receivable_record *receivable)
{
    struct rlc_money disputed = ledger_open(receivable);

    disputed.minor = dunning_disputed(decision, receivable);
    return disputed.minor > 0 ? disputed : (struct rlc_money){ .minor = 0 };
}

/* What lies on the receivable, disputes apart: those lower its principal. */
static enum rlc_suppression held_of(const struct decision *decision,
                                    const struct rlc_receivable_record *receivable)
{
    struct standing answer = { 0 };

    standing_fold(receivable->blocks, receivable->block_count, decision->now_ms,
                  ledger_open(receivable).currency, &answer);
    return answer.reason == RLC_SUPPRESSION_DISPUTED ? RLC_SUPPRESSION_UNSPECIFIED : answer.reason;
}

static struct rlc_claim_line line_of(const struct decision *decision, const struct holding *holding)
{
    const struct rlc_receivable_record *receivable = holding->receivable;
    const struct rlc_invoice *terms = &receivable->terms;

    return (struct rlc_claim_line){
        .document = holding->document,
        .number = terms->number,
        .issued_on = terms->issued_on,
        .due_on = terms->due_on,
        .total = terms->total,
        .principal = litigation_principal(decision, receivable),
        .terms_version = terms->terms_version,
        .disputed = disputed_of(decision, receivable),
        .held = held_of(decision, receivable),
    };
}

static struct rlc_proof proof_of(const struct holding *holding)
{
    return (struct rlc_proof){ .kind = RLC_PROOF_KIND_FORMAL_NOTICE,
                               .document = holding->document,
                               .content_hash = holding->receivable->notice_hash,
                               .dated_on = holding->receivable->notice_on };
}

void litigation_tell(struct decision *decision, struct rlc_span creditor,
                     const struct rlc_legal_inbox *message)
{
    *(struct rlc_legal_inbox *)decision_output(decision, SCENARIO_OUTPUT_LEGAL, creditor,
                                               sizeof(*message)) = *message;
}

/* ---- referring ---- */

/* The oldest first: it gives the case its currency. */
static bool comes_before(const struct candidate *a, const struct candidate *b)
{
    rlc_day a_due = a->holding.receivable->terms.due_on;
    rlc_day b_due = b->holding.receivable->terms.due_on;

    return a_due < b_due ||
           (a_due == b_due && rlc_span_compare(a->holding.document, b->holding.document) < 0);
}

static const struct candidate *oldest(const struct speech *speech)
{
    const struct candidate *found = NULL;

    for (size_t i = 0; i < speech->count; i++) {
        const struct candidate *candidate = &speech->candidates[i];

        if (candidate->step == speech->lead && (!found || comes_before(candidate, found)))
            found = candidate;
    }
    return found;
}

/* Keeps in the speech what goes into this case; the others are looked at again. */
static void choose(struct decision *decision, struct speech *speech)
{
    struct refusal later = { .reason = RLC_SUPPRESSION_HIGHER_TONE,
                             .rule = "refer.apart",
                             .next_at_ms = decision_soon(decision) };
    struct rlc_money unit = oldest(speech)->amount;
    size_t kept = 0;

    for (size_t i = 0; i < speech->count; i++) {
        struct candidate *candidate = &speech->candidates[i];

        if (candidate->step == speech->lead && kept < CASE_LINES_MAX &&
            rlc_money_same_currency(candidate->amount, unit)) {
            speech->candidates[kept++] = *candidate;
            continue;
        }
        candidate->item->wake_ms = timer_min(candidate->item->wake_ms, later.next_at_ms);
        steps_refuse(decision, &candidate->holding, candidate->state, &later);
    }
    speech->count = kept;
}

/* The referral is the act of its step. */
static void hand_over(struct decision *decision, struct candidate *candidate,
                      const struct rlc_action_id *action, struct rlc_span case_id)
{
    struct rlc_step_closed closed = { .action = *action };

    steps_close(decision, &candidate->holding, candidate->state, RLC_STEP_RESULT_ACTED, &closed);
    candidate->holding.receivable->case_id = case_id;
    dunning_arm(decision, &candidate->holding, candidate->item);
}

static void tell_referred(struct decision *decision, const struct speech *speech,
                          struct rlc_span case_id, struct rlc_claim_line *lines)
{
    struct rlc_document_ref *documents =
        decision_alloc(decision, speech->count * sizeof(*documents));
    struct rlc_referred *referred =
        decision_fact(decision, RLC_FACT_KIND_REFERRED, speech->creditor, sizeof(*referred));

    *referred = (struct rlc_referred){ .case_id = case_id,
                                       .open = lines[0].principal,
                                       .documents = documents,
                                       .document_count = speech->count };
    referred->open.minor = 0;
    for (size_t i = 0; i < speech->count; i++) {
        referred->open.minor += lines[i].principal.minor;
        documents[i].document = lines[i].document;
    }
}

static void refer_case(struct decision *decision, const struct speech *speech,
                       struct rlc_span case_id)
{
    struct rlc_claim_line *lines = decision_alloc(decision, speech->count * sizeof(*lines));
    struct rlc_proof *proofs = decision_alloc(decision, speech->count * sizeof(*proofs));
    const struct rlc_debtor *debtor = book_debtor_of(decision);

    for (size_t i = 0; i < speech->count; i++) {
        lines[i] = line_of(decision, &speech->candidates[i].holding);
        proofs[i] = proof_of(&speech->candidates[i].holding);
    }
    litigation_tell(decision, speech->creditor,
                    &(struct rlc_legal_inbox){
                        .kind = RLC_LEGAL_INBOX_KIND_CASE_REFERRED,
                        .case_referred = { .case_id = case_id,
                                           .procedure = speech->lead->refer,
                                           .claim = { .computed_on = decision->today,
                                                      .lines = lines,
                                                      .line_count = speech->count,
                                                      .proofs = proofs,
                                                      .proof_count = speech->count },
                                           .debtor = *debtor,
                                           .segment = speech->account->terms.segment } });
    tell_referred(decision, speech, case_id, lines);
}

/* In the currency of the case. */
static struct rlc_money nothing_of(const struct speech *speech)
{
    struct rlc_money nothing = speech->candidates[0].amount;

    nothing.minor = 0;
    return nothing;
}

void litigation_refer(struct decision *decision, struct speech *speech)
{
    struct rlc_account_record *account = speech->account;
    struct rlc_action_id action;
    struct rlc_span case_id;
    size_t place;
    bool found;

    choose(decision, speech);
    action = message_refer(decision, speech);
    case_id = decision_hex(decision, &action);
    refer_case(decision, speech, case_id);
    for (size_t i = 0; i < speech->count; i++)
        hand_over(decision, &speech->candidates[i], &action, case_id);
    place = case_place(account, case_id, &found);
    *LIST_INSERT(decision, account->cases, account->case_count, account->case_capacity, place) =
        (struct rlc_case_entry){ .case_id = case_id, .on_account = nothing_of(speech) };
    decision_raise_account(decision, account);
    account_review(decision, speech->creditor, account, RLC_REVIEW_READY);
}

/* ---- what changes afterwards ---- */

static void tell_changed(struct decision *decision, const struct holding *holding,
                         const char *reason)
{
    struct rlc_claim_line *line;

    if (!in_case(holding))
        return;
    line = decision_alloc(decision, sizeof(*line));
    *line = line_of(decision, holding);
    holding->receivable->case_held = line->held;
    decision->claims_told = true;
    litigation_tell(
        decision, holding->creditor,
        &(struct rlc_legal_inbox){
            .kind = RLC_LEGAL_INBOX_KIND_CLAIM_CHANGED,
            .claim_changed = {
                .case_id = holding->receivable->case_id,
                .claim = { .computed_on = decision->today, .lines = line, .line_count = 1 },
                .document = holding->document,
                .reason = rlc_span_of(reason) } });
}

void litigation_moved(struct decision *decision, const struct holding *holding,
                      enum rlc_receivable_cause cause)
{
    static const char *const REASONS[] = {
        [RLC_RECEIVABLE_CAUSE_ISSUED] = "AMENDED",
        [RLC_RECEIVABLE_CAUSE_AMENDED] = "AMENDED",
        [RLC_RECEIVABLE_CAUSE_CANCELLED] = "CANCELLED",
        [RLC_RECEIVABLE_CAUSE_CREDITED] = "CREDITED",
        [RLC_RECEIVABLE_CAUSE_PAID] = "PAID",
        [RLC_RECEIVABLE_CAUSE_PAYMENT_UNDONE] = "REOPENED",
        [RLC_RECEIVABLE_CAUSE_WRITTEN_OFF] = "WRITTEN_OFF",
        [RLC_RECEIVABLE_CAUSE_OPENING] = "AMENDED",
        [RLC_RECEIVABLE_CAUSE_REALLOCATED] = "PAID",
        [RLC_RECEIVABLE_CAUSE_MOVED] = "AMENDED",
        [RLC_RECEIVABLE_CAUSE_SET_OFF] = "PAID",
    };

    tell_changed(decision, holding, REASONS[cause]);
}

bool litigation_is_behind(const struct decision *decision, const struct holding *holding)
{
    return in_case(holding) &&
           held_of(decision, holding->receivable) != holding->receivable->case_held;
}

void litigation_agreed(struct decision *decision, const struct holding *holding)
{
    bool disputed = dunning_disputed(decision, holding->receivable) > 0;
    bool held = held_of(decision, holding->receivable) != RLC_SUPPRESSION_UNSPECIFIED;

    tell_changed(decision, holding, disputed ? "DISPUTED" : held ? "HELD" : "REOPENED");
}

void litigation_account_changed(struct decision *decision, struct rlc_span creditor,
                                const struct rlc_account_record *account)
{
    for (size_t i = 0; i < account->case_count; i++) {
        litigation_tell(
            decision, creditor,
            &(struct rlc_legal_inbox){ .kind = RLC_LEGAL_INBOX_KIND_PARTY_CHANGED,
                                       .party_changed = { .case_id = account->cases[i].case_id,
                                                          .debtor = *book_debtor_of(decision),
                                                          .segment = account->terms.segment } });
    }
}

void litigation_debtor_changed(struct decision *decision)
{
    for (size_t i = 0; i < decision->debtor->account_count; i++) {
        const struct rlc_account_entry *entry = &decision->debtor->accounts[i];
        struct store_key key;

        if (!entry->at_law)
            continue;
        store_key_account(decision->key, entry->creditor, &key);
        litigation_account_changed(decision, entry->creditor, store_get(decision->overlay, &key));
    }
}

/* ---- events and commands ---- */

void litigation_milestone(struct decision *decision, const struct rlc_milestone *milestone)
{
    struct rlc_span creditor = decision->envelope->creditor;
    struct rlc_account_record *account = account_change(decision, creditor);
    bool found = false;
    size_t place = account ? case_place(account, milestone->case_id, &found) : 0;

    if (!found) {
        decision_ignored(decision, "UNKNOWN_OBJECT", milestone->case_id);
        return;
    }
    *(struct rlc_milestone *)decision_fact(decision, RLC_FACT_KIND_CASE_MOVED, creditor,
                                           sizeof(*milestone)) = *milestone;
    question_note(decision, &account->cases[place], milestone);
    if (milestone->holds)
        return;
    LIST_REMOVE(account->cases, account->case_count, place);
    proposal_drop(account, milestone->case_id);
    message_forget(account, milestone->case_id);
    decision_raise_account(decision, account);
    account_review(decision, creditor, account, RLC_REVIEW_ALL);
}

static bool knows_case(struct decision *decision, struct rlc_span case_id)
{
    const struct rlc_account_record *account =
        account_change(decision, decision->envelope->creditor);

    return account && litigation_knows(account, case_id);
}

const char *litigation_recall(struct decision *decision, const struct rlc_command *command)
{
    const struct rlc_command_case *recall = &command->recall;

    if (!knows_case(decision, recall->case_id))
        return "UNKNOWN_OBJECT";
    litigation_tell(
        decision, decision->envelope->creditor,
        &(struct rlc_legal_inbox){
            .kind = RLC_LEGAL_INBOX_KIND_CASE_RECALLED,
            .case_recalled = { .case_id = recall->case_id, .reason = rlc_span_of("COMMAND") } });
    return NULL;
}

/* Whether it binds is for legal-escalation to say, by a milestone that names the command. */
static const char *pass_on(struct decision *decision, const struct rlc_command *command,
                           struct rlc_span case_id)
{
    if (!knows_case(decision, case_id))
        return "UNKNOWN_OBJECT";
    litigation_tell(decision, decision->envelope->creditor,
                    &(struct rlc_legal_inbox){ .kind = RLC_LEGAL_INBOX_KIND_COMMAND_ROUTED,
                                               .command_routed = *command });
    return NULL;
}

const char *litigation_approve(struct decision *decision, const struct rlc_command *command)
{
    return pass_on(decision, command, command->approve.case_id);
}

const char *litigation_record(struct decision *decision, const struct rlc_command *command)
{
    return pass_on(decision, command, command->record_act.case_id);
}
