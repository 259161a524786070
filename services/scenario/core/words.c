/* SPDX-License-Identifier: Apache-2.0 */
#include "core/words.h"

static struct rlc_span word(const char *const *words, size_t count, size_t number)
{
    return rlc_span_of(number < count ? words[number] : NULL);
}

struct rlc_span word_hold_reason(enum rlc_hold_reason reason)
{
    static const char *const WORDS[] = {
        [RLC_HOLD_REASON_MANUAL] = "MANUAL",
        [RLC_HOLD_REASON_INSOLVENCY] = "INSOLVENCY",
        [RLC_HOLD_REASON_MEDIATION] = "MEDIATION",
        [RLC_HOLD_REASON_CAMPAIGN] = "CAMPAIGN",
        [RLC_HOLD_REASON_HARDSHIP] = "HARDSHIP",
        [RLC_HOLD_REASON_LEGAL] = "LEGAL",
        [RLC_HOLD_REASON_INSURER] = "INSURER",
        [RLC_HOLD_REASON_PAYMENT_ANNOUNCED] = "PAYMENT_ANNOUNCED",
        [RLC_HOLD_REASON_CASH_SUSPECTED] = "CASH_SUSPECTED",
        [RLC_HOLD_REASON_FRAUD] = "FRAUD",
        [RLC_HOLD_REASON_DECEASED] = "DECEASED",
        [RLC_HOLD_REASON_MISSING_DOCUMENT] = "MISSING_DOCUMENT",
        [RLC_HOLD_REASON_COMMERCIAL] = "COMMERCIAL",
        [RLC_HOLD_REASON_OTHER] = "OTHER",
    };

    return word(WORDS, RLC_COUNT(WORDS), reason);
}

struct rlc_span word_dispute_reason(enum rlc_dispute_reason reason)
{
    static const char *const WORDS[] = {
        [RLC_DISPUTE_REASON_AMOUNT] = "AMOUNT",
        [RLC_DISPUTE_REASON_PRICE] = "PRICE",
        [RLC_DISPUTE_REASON_QUANTITY] = "QUANTITY",
        [RLC_DISPUTE_REASON_QUALITY] = "QUALITY",
        [RLC_DISPUTE_REASON_DELIVERY] = "DELIVERY",
        [RLC_DISPUTE_REASON_TAX] = "TAX",
        [RLC_DISPUTE_REASON_DUPLICATE] = "DUPLICATE",
        [RLC_DISPUTE_REASON_NO_ORDER] = "NO_ORDER",
        [RLC_DISPUTE_REASON_CONTRACT] = "CONTRACT",
        [RLC_DISPUTE_REASON_MISSING_DOCUMENT] = "MISSING_DOCUMENT",
        [RLC_DISPUTE_REASON_FORM] = "FORM",
        [RLC_DISPUTE_REASON_ROUTING] = "ROUTING",
        [RLC_DISPUTE_REASON_WRONG_PARTY] = "WRONG_PARTY",
        [RLC_DISPUTE_REASON_PAYMENT_DETAILS] = "PAYMENT_DETAILS",
        [RLC_DISPUTE_REASON_OTHER] = "OTHER",
    };

    return word(WORDS, RLC_COUNT(WORDS), reason);
}

struct rlc_span word_task_kind(enum rlc_task_kind kind)
{
    static const char *const WORDS[] = {
        [RLC_TASK_KIND_CALL] = "call",
        [RLC_TASK_KIND_APPROVAL] = "approval",
        [RLC_TASK_KIND_REPAIR_CONTACT] = "repair",
        [RLC_TASK_KIND_REPLY] = "reply",
        [RLC_TASK_KIND_QUARANTINE] = "quarantine",
        [RLC_TASK_KIND_UNKNOWN_OUTCOME] = "unknown",
        [RLC_TASK_KIND_DISPUTE] = "dispute",
        [RLC_TASK_KIND_CONFLICT] = "conflict",
        [RLC_TASK_KIND_UNAPPLIED_CASH] = "cash",
        [RLC_TASK_KIND_LIMITATION] = "limitation",
        [RLC_TASK_KIND_REVIEW] = "review",
    };

    return word(WORDS, RLC_COUNT(WORDS), kind);
}
