/* SPDX-License-Identifier: Apache-2.0 */
/* The algebra: blocks in force at an instant, folded into one answer. Folding takes the weightiest
 * reason, the latest end and the sum of the parts held back, so the order of the blocks cannot
 * matter. */
#include "core/standing.h"

/* Which reason speaks when several do: the one that ends the discussion. */
static int weight(enum rlc_suppression reason)
{
    static const enum rlc_suppression RISING[] = {
        RLC_SUPPRESSION_PROVISIONAL, RLC_SUPPRESSION_DISPUTED,       RLC_SUPPRESSION_PROMISED,
        RLC_SUPPRESSION_ON_PLAN,     RLC_SUPPRESSION_CASH_SUSPECTED, RLC_SUPPRESSION_ON_HOLD,
        RLC_SUPPRESSION_INSOLVENT,
    };

    for (size_t i = 0; i < RLC_COUNT(RISING); i++) {
        if (RISING[i] == reason)
            return (int)i + 1;
    }
    return 0;
}

static bool in_force(const struct rlc_block *block, rlc_ms now_ms)
{
    return block->from_ms <= now_ms && (block->until_ms == 0 || now_ms < block->until_ms);
}

static bool is_partial(const struct rlc_block *block)
{
    return block->amount.currency[0] != '\0';
}

static bool speaks_before(const struct rlc_block *block, const struct standing *answer)
{
    int difference = weight(block->reason) - weight(answer->reason);

    if (difference != 0)
        return difference > 0;
    return rlc_span_compare(block->id, answer->object) < 0;
}

/* The later of two ends, 0 being an open one. */
static rlc_ms later_end(rlc_ms a, rlc_ms b)
{
    if (a == 0 || b == 0)
        return 0;
    return a > b ? a : b;
}

static void fold_whole(const struct rlc_block *block, struct standing *answer)
{
    bool first = answer->reason == RLC_SUPPRESSION_UNSPECIFIED;

    answer->until_ms = first ? block->until_ms : later_end(answer->until_ms, block->until_ms);
    if (first || speaks_before(block, answer)) {
        answer->reason = block->reason;
        answer->object = block->id;
    }
}

static bool is_part_in(const struct rlc_block *block, const char *currency)
{
    return is_partial(block) && memcmp(block->amount.currency, currency, RLC_CURRENCY_SIZE) == 0;
}

void standing_fold(const struct rlc_block *blocks, size_t count, rlc_ms now_ms,
                   const char *currency, struct standing *answer)
{
    for (size_t i = 0; i < count; i++) {
        const struct rlc_block *block = &blocks[i];

        /* A block without reason only watches over a promise. What was conceded is held back until
         * the ledger has it (ledger_conceded). */
        if (!in_force(block, now_ms) || block->reason == RLC_SUPPRESSION_UNSPECIFIED ||
            (block->conceded && is_part_in(block, currency)))
            continue;
        /* A part in another currency cannot be weighed: all of it is held back. */
        if (is_part_in(block, currency))
            answer->held_minor += block->amount.minor;
        else
            fold_whole(block, answer);
    }
}

struct standing standing_of_account(const struct decision *decision,
                                    const struct rlc_account_record *account)
{
    const struct rlc_debtor_record *debtor = decision->debtor;
    struct standing answer = { 0 };

    standing_fold(debtor->blocks, debtor->block_count, decision->now_ms, "", &answer);
    standing_fold(account->blocks, account->block_count, decision->now_ms, "", &answer);
    return answer;
}

int64_t standing_disputed(const struct rlc_block *blocks, size_t count, rlc_ms now_ms,
                          struct rlc_money open)
{
    int64_t disputed = 0;

    for (size_t i = 0; i < count; i++) {
        const struct rlc_block *block = &blocks[i];
        bool part = is_part_in(block, open.currency);

        if (block->kind != RLC_AGREEMENT_KIND_DISPUTE || !in_force(block, now_ms) ||
            (block->conceded && part))
            continue;
        if (!part)
            return open.minor;
        disputed += block->amount.minor;
    }
    return disputed;
}

bool standing_rests_on(const struct standing *answer, const struct rlc_block *block, rlc_ms now_ms,
                       const char *currency)
{
    if (!in_force(block, now_ms) || block->reason == RLC_SUPPRESSION_UNSPECIFIED)
        return false;
    if (answer->object.size == 0)
        return is_part_in(block, currency);
    return block->reason == answer->reason && rlc_span_equal(block->id, answer->object) &&
           !is_part_in(block, currency);
}

rlc_ms standing_next(const struct rlc_block *blocks, size_t count, rlc_ms now_ms)
{
    rlc_ms next_ms = RLC_MS_NONE;

    for (size_t i = 0; i < count; i++) {
        if (blocks[i].from_ms > now_ms)
            next_ms = timer_min(next_ms, blocks[i].from_ms);
        else
            next_ms = timer_min(next_ms, blocks[i].until_ms);
    }
    return next_ms;
}
