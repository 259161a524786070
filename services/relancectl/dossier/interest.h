/* SPDX-License-Identifier: Apache-2.0 */
/* Interest of one receivable as a court wants to see it: a line for each stretch in which neither
 * the rate nor the amount owed changed. Pure. */
#ifndef RELANCECTL_DOSSIER_INTEREST_H
#define RELANCECTL_DOSSIER_INTEREST_H

#include "common/pure/late_payment.h"

/* A part payment. Interest runs on what it paid through its day (C. com. L441-10). */
struct dossier_payment {
    rlc_day value_on;
    int64_t minor; /* > 0 */
};

enum {
    DOSSIER_PAYMENTS_MAX = 512, /* of one receivable: instalments over forty years are fewer */
    /* Every payment may cut a half-year in two, and so may the day of the computation. */
    DOSSIER_STRETCHES_MAX = DOSSIER_PAYMENTS_MAX + RLC_LATE_STRETCHES_MAX + 2
};

struct dossier_debt {
    struct rlc_money principal; /* what is claimed */
    rlc_day due_on;
    const struct dossier_payment *payments; /* before the claim; in any order */
    size_t payment_count;                   /* <= DOSSIER_PAYMENTS_MAX */
    rlc_day computed_on; /* no stretch goes over the end of this day; absent = no such day */
    rlc_day until_on;    /* the last day that is counted */
};

struct dossier_stretch {
    rlc_day from_on;
    rlc_day to_on;         /* the last day that is counted */
    struct rlc_money base; /* what was owed on each of its days */
    bool known;            /* false: the tables have no rate for it */
    int32_t rate_ppm;
    struct rlc_money interest;
};

/* The stretches, oldest first, at most DOSSIER_STRETCHES_MAX. What was owed on a day is the claimed
 * principal and what was paid on that day or later: what was credited or written off was never
 * owed. Within one amount rounding is that of rlc_late_stretches(), so without payments the sum is
 * that of rlc_late_interest(). False where amounts do not fit. */
RLC_NODISCARD bool dossier_interest(const struct rlc_late_law *law, const struct dossier_debt *debt,
                                    struct dossier_stretch *ret_stretches, size_t *ret_count);

#endif
