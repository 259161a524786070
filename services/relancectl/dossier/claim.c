/* SPDX-License-Identifier: Apache-2.0 */
#include "dossier/claim.h"

#include <string.h>

#include "core/claim.h"

/* The days on which a claim may have been computed: that of its referral and of each change. */
#define DAYS_MAX 64

/* ---- rebuilding ---- */

static const struct dossier_move *last_move(const struct dossier_case *found,
                                            struct rlc_span document)
{
    const struct dossier_move *last = NULL;

    for (const struct dossier_move *move = found->moves; move; move = move->next) {
        if (rlc_span_equal(move->fact->receivable_opened.document, document) &&
            dossier_was_known(found, move))
            last = move;
    }
    return last;
}

/* The receivable in a message; NULL if it does not speak of it. */
static const struct dossier_line *line_in(const struct dossier_message *message,
                                          struct rlc_span document)
{
    const struct dossier_line *line = message->lines;

    while (line && !rlc_span_equal(line->document, document))
        line = line->next;
    return line;
}

/* The terms of sale stand in messages, not in the ledger's facts. */
static struct rlc_span terms_of(const struct dossier_case *found, struct rlc_span document)
{
    struct rlc_span terms = { NULL, 0 };

    for (const struct dossier_message *message = found->messages; message;
         message = message->next) {
        const struct dossier_line *line = line_in(message, document);

        if (line && line->terms_version.size > 0)
            terms = line->terms_version;
    }
    return terms;
}

static bool is_notice(const struct dossier_message *message)
{
    return message->request->contact_requested.tone == RLC_TONE_FORMAL_NOTICE &&
           dossier_has_left(message) && message->outcome && message->answered &&
           message->outcome->result == RLC_OUTCOME_RESULT_ACCEPTED;
}

/* The day of a notice is that of whoever noted it: scenario's before the referral, the law's then.
 */
static struct rlc_proof proof_of(const struct dossier_case *found,
                                 const struct legal_policy *policy,
                                 const struct dossier_message *notice, struct rlc_span document,
                                 bool before)
{
    const struct rlc_zone *zone = before ? &found->zone.zone : &policy->zone;
    rlc_ms at_ms = notice->outcome->attempted_at_ms ? notice->outcome->attempted_at_ms
                                                    : notice->answered->at_ms;

    return (struct rlc_proof){ .kind = RLC_PROOF_KIND_FORMAL_NOTICE,
                               .document = document,
                               .content_hash = notice->outcome->content_hash,
                               .dated_on = rlc_zone_day(zone, at_ms) };
}

/* What was proved before the referral is its latest notice; what came after it is added. */
static void add_notices(const struct dossier_case *found, const struct legal_policy *policy,
                        struct rlc_span document, struct rlc_proof *proofs, size_t *count)
{
    size_t first = *count;

    for (const struct dossier_message *message = found->messages; message;
         message = message->next) {
        bool before;

        if (!is_notice(message) || !line_in(message, document))
            continue;
        before = message->answered->at_ms <= found->referral->at_ms;
        if (before)
            *count = first;
        if (*count < RLC_PROOFS_MAX)
            proofs[(*count)++] = proof_of(found, policy, message, document, before);
    }
}

/* Whether it is the last word about its dispute. */
static bool is_last(const struct dossier_move *dispute)
{
    struct rlc_span id = dispute->fact->agreement_opened.agreement;

    for (const struct dossier_move *later = dispute->next; later; later = later->next) {
        if (rlc_span_equal(later->fact->agreement_opened.agreement, id))
            return false;
    }
    return true;
}

static bool names(const struct rlc_agreement_fact *agreement, struct rlc_span document)
{
    for (size_t i = 0; i < agreement->document_count; i++) {
        if (rlc_span_equal(agreement->documents[i].document, document))
            return true;
    }
    return false;
}

/* What of the open amount is disputed now. */
static int64_t disputed_of(const struct dossier_case *found, struct rlc_span document,
                           int64_t open_minor)
{
    int64_t sum_minor = 0;

    for (const struct dossier_move *move = found->disputes; move; move = move->next) {
        const struct rlc_agreement_fact *dispute = &move->fact->agreement_opened;
        int64_t minor = dispute->amount.minor;

        if (move->fact->kind == RLC_FACT_KIND_AGREEMENT_CLOSED || !is_last(move) ||
            !names(dispute, document))
            continue;
        if (minor <= 0 || minor > open_minor - sum_minor)
            return open_minor;
        sum_minor += minor;
    }
    return sum_minor;
}

static struct rlc_claim_line line_of(const struct dossier_case *found, struct rlc_span document)
{
    const struct dossier_move *move = last_move(found, document);
    struct rlc_claim_line line = { .document = document,
                                   .terms_version = terms_of(found, document) };

    if (move) {
        const struct rlc_receivable_fact *fact = &move->fact->receivable_opened;

        line.number = fact->number;
        line.issued_on = fact->issued_on;
        line.due_on = fact->due_on;
        line.total = fact->total;
        line.principal = fact->open;
        line.principal.minor -= disputed_of(found, document, fact->open.minor);
        line.disputed = fact->open;
        line.disputed.minor -= line.principal.minor;
    }
    return line;
}

/* Newest first; of very many the oldest are left out. */
static size_t days_of(const struct dossier_case *found, rlc_day days[DAYS_MAX])
{
    size_t count = 0;

    for (const struct dossier_act *act = found->acts; act; act = act->next) {
        bool changes = act->fact ||
                       (act->audit->kind == RLC_AUDIT_KIND_CASE_MOVED &&
                        rlc_span_equal(act->audit->case_moved.code, rlc_span_of("CLAIM_CHANGED")));

        if (!changes)
            continue;
        memmove(&days[1], days, (count < DAYS_MAX ? count : DAYS_MAX - 1) * sizeof(*days));
        days[0] = rlc_zone_day(&found->zone.zone, act->record->at_ms);
        count += count < DAYS_MAX;
    }
    return count;
}

/* The trail holds the claim's hash: the day that gives it is the one it was computed on. */
static void date_claim(const struct dossier_case *found, struct dossier_claim *claim)
{
    rlc_day days[DAYS_MAX] = { RLC_DAY_NONE };
    size_t count = days_of(found, days);

    for (size_t i = 0; i < count; i++) {
        claim->claim.computed_on = days[i];
        claim->hash = claim_hash_of(&claim->claim, rlc_sha256, &found->trail->arena);
        if (dossier_claim_agrees(claim))
            return;
    }
    claim->claim.computed_on = days[0];
    claim->hash = claim_hash_of(&claim->claim, rlc_sha256, &found->trail->arena);
}

static bool rebuild(const struct dossier_case *found, const struct legal_policy *policy,
                    struct dossier_claim *ret_claim)
{
    struct rlc_arena *arena = &found->trail->arena;
    const struct legal_procedure *procedure = legal_procedure_find(policy, found->procedure);
    size_t count = found->referred->document_count;
    struct rlc_claim_line *lines = rlc_arena_array(arena, count + 1, sizeof(*lines));
    struct rlc_proof *proofs = rlc_arena_array(arena, RLC_PROOFS_MAX, sizeof(*proofs));
    struct rlc_claim referred = { .lines = lines, .line_count = count, .proofs = proofs };

    if (!lines || !proofs)
        return false;
    for (size_t i = 0; i < count; i++) {
        lines[i] = line_of(found, found->referred->documents[i].document);
        add_notices(found, policy, lines[i].document, proofs, &referred.proof_count);
    }
    if (procedure && procedure->interest)
        referred.interest_rule = rlc_span_of(procedure->interest->code);
    *ret_claim = (struct dossier_claim){ .said = found->claim_hash };
    claim_take(&referred, rlc_sha256, arena, &ret_claim->claim);
    date_claim(found, ret_claim);
    ret_claim->until_on = ret_claim->claim.computed_on;
    return true;
}

/* ---- finding ---- */

bool dossier_claim_agrees(const struct dossier_claim *claim)
{
    return rlc_hash_equal(&claim->hash, &claim->said);
}

bool dossier_claim_find(const struct dossier_case *found, const struct legal_policy *policy,
                        struct dossier_claim *ret_claim)
{
    if (found->claimed) {
        const struct rlc_filed *filed = &found->claimed->filed;

        *ret_claim = (struct dossier_claim){ .claim = filed->claim,
                                             .said = filed->claim.claim_hash,
                                             .filed = true };
        ret_claim->hash = claim_hash_of(&filed->claim, rlc_sha256, &found->trail->arena);
        ret_claim->until_on = rlc_zone_day(&policy->zone, filed->filed_at_ms);
    } else if (!rebuild(found, policy, ret_claim)) {
        return false;
    }
    ret_claim->law = rlc_late_law(ret_claim->claim.interest_rule);
    return true;
}

/* ---- payments ---- */

/* A payment that came back was none: the latest of its id loses what was undone. */
static void undo(struct dossier_payment *payments, const struct rlc_span *ids, size_t count,
                 struct rlc_span id, int64_t minor)
{
    for (size_t i = count; i > 0 && minor > 0; i--) {
        int64_t taken = payments[i - 1].minor < minor ? payments[i - 1].minor : minor;

        if (!rlc_span_equal(ids[i - 1], id))
            continue;
        payments[i - 1].minor -= taken;
        minor -= taken;
    }
}

bool dossier_payments(const struct dossier_case *found, struct rlc_span document,
                      struct dossier_payment *ret_payments, size_t *ret_count)
{
    struct rlc_span ids[DOSSIER_PAYMENTS_MAX];

    *ret_count = 0;
    for (const struct dossier_move *move = found->moves; move; move = move->next) {
        const struct rlc_receivable_fact *fact = &move->fact->receivable_opened;
        int64_t paid = fact->open_before.minor - fact->open.minor;
        bool is_cash = fact->cause == RLC_RECEIVABLE_CAUSE_PAID ||
                       fact->cause == RLC_RECEIVABLE_CAUSE_REALLOCATED ||
                       fact->cause == RLC_RECEIVABLE_CAUSE_SET_OFF;

        if (!rlc_span_equal(fact->document, document) || !dossier_was_known(found, move))
            continue;
        if (fact->cause == RLC_RECEIVABLE_CAUSE_PAYMENT_UNDONE ||
            (fact->cause == RLC_RECEIVABLE_CAUSE_REALLOCATED && paid < 0)) {
            undo(ret_payments, ids, *ret_count, fact->cause_id, -paid);
        } else if (is_cash && paid > 0 && move->fact->kind != RLC_FACT_KIND_RECEIVABLE_OPENED) {
            if (*ret_count == DOSSIER_PAYMENTS_MAX)
                return false;
            ids[*ret_count] = fact->cause_id;
            ret_payments[(*ret_count)++] =
                (struct dossier_payment){ .value_on = fact->value_on, .minor = paid };
        }
    }
    return true;
}
