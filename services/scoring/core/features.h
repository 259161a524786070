/* SPDX-License-Identifier: Apache-2.0 */
/* A profile on a day as the integers that a model weighs. */
#ifndef SCORING_CORE_FEATURES_H
#define SCORING_CORE_FEATURES_H

#include "core/records.h"

enum scoring_feature {
    /* how the debtor has paid */
    SCORING_SETTLED,
    SCORING_LATE_SHARE,
    SCORING_LATE_10,
    SCORING_LATE_30,
    SCORING_LATE_RECENT,
    SCORING_DELAY_RECENT,
    SCORING_DELAY_SLOW,
    SCORING_DELAY_WEIGHTED,
    SCORING_DELAY_LAST,
    SCORING_PAID_AGO,
    /* what it owes */
    SCORING_OPEN,
    SCORING_EXPOSURE,
    SCORING_OVERDUE,
    SCORING_OVERDUE_SHARE,
    SCORING_OLDEST_OVERDUE,
    /* how it has behaved */
    SCORING_BROKEN_PROMISES,
    SCORING_DISPUTES,
    SCORING_RETURNED_PAYMENTS,
    SCORING_UNANSWERED,
    SCORING_REACTION,
    /* the document, when one is scored */
    SCORING_AMOUNT_USUAL,
    SCORING_TERM,
    SCORING_DUE_WEEKDAY,
    SCORING_DUE_MONTHDAY,
    SCORING_LATE_WEEKDAY,
    SCORING_FEATURES
};

/* A value that is not known: it counts as the usual one. */
#define SCORING_ABSENT INT32_MIN

/* The largest count, share or number of days a value says; a model's points end far below. */
enum { SCORING_COUNT_MAX = 1000, SCORING_RATIO_MAX = 10000, SCORING_EXPOSURE_MAX = 100000 };

struct scoring_values {
    int32_t value[SCORING_FEATURES];
};

/* A document on the day it is issued. */
struct scoring_document {
    struct rlc_money amount;
    rlc_day issued_on;
    rlc_day due_on;
};

struct scoring_feature_name {
    const char *name;   /* in the model's file */
    const char *reason; /* code in a score's reasons */
    const char *help;   /* what the value is, for people */
};

extern const struct scoring_feature_name SCORING_FEATURE[SCORING_FEATURES];

/* The values of a debtor on day `today`; of one of its documents too, unless `document` is NULL.
 * Amounts are those of the document's currency, else of the currency with the most documents. */
void scoring_values(const struct rlc_profile *profile, rlc_day today,
                    const struct scoring_document *document, struct scoring_values *ret_values);

#endif
