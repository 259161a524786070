/* SPDX-License-Identifier: Apache-2.0 */
#include "core/case_hold.h"

#include "core/claim.h"

/* For people: the word of a reason. */
static const char *word_of(enum rlc_suppression reason)
{
    static const char *const WORDS[] = {
        [RLC_SUPPRESSION_PROMISED] = "PROMISED",
        [RLC_SUPPRESSION_ON_PLAN] = "ON_PLAN",
        [RLC_SUPPRESSION_ON_HOLD] = "ON_HOLD",
        [RLC_SUPPRESSION_QUARANTINED] = "QUARANTINED",
        [RLC_SUPPRESSION_CASH_SUSPECTED] = "CASH_SUSPECTED",
        [RLC_SUPPRESSION_INSOLVENT] = "INSOLVENT",
        [RLC_SUPPRESSION_PROVISIONAL] = "PROVISIONAL",
    };

    if (reason == RLC_SUPPRESSION_UNSPECIFIED)
        return NULL;
    return (size_t)reason < RLC_COUNT(WORDS) && WORDS[reason] ? WORDS[reason] : "AGREEMENT";
}

static enum rlc_suppression lies_on_a_line(const struct rlc_claim *claim)
{
    for (size_t i = 0; i < claim->line_count; i++) {
        if (claim->lines[i].principal.minor > 0 && claim->lines[i].held)
            return claim->lines[i].held;
    }
    return RLC_SUPPRESSION_UNSPECIFIED;
}

struct legal_hold case_holds(const struct rlc_case_record *record)
{
    enum rlc_suppression reason =
        record->standing ? record->standing : lies_on_a_line(&record->claim);
    const char *rule = word_of(reason);

    if (!rule && record->on_account.minor > 0)
        rule = "ON_ACCOUNT";
    return (struct legal_hold){ .rule = rule, .until_ms = RLC_MS_NONE };
}

struct rlc_money case_open(const struct rlc_case_record *record)
{
    struct rlc_money open = claim_principal(&record->claim);

    if (!rlc_money_same_currency(open, record->on_account))
        return open;
    open.minor -= record->on_account.minor < open.minor ? record->on_account.minor : open.minor;
    return open;
}
