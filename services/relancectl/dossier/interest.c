/* SPDX-License-Identifier: Apache-2.0 */
#include "dossier/interest.h"

#include <assert.h>

/* The next day after `day` on whose end the amount may change, or the counting stops. */
static rlc_day next_end(const struct dossier_debt *debt, rlc_day day)
{
    rlc_day end_on = debt->until_on;

    if (debt->computed_on > day && debt->computed_on < end_on)
        end_on = debt->computed_on;
    for (size_t i = 0; i < debt->payment_count; i++) {
        rlc_day paid_on = debt->payments[i].value_on;

        if (paid_on > day && paid_on < end_on)
            end_on = paid_on;
    }
    return end_on;
}

/* False where it does not fit. */
static bool owed_on(const struct dossier_debt *debt, rlc_day day, struct rlc_money *ret_owed)
{
    *ret_owed = debt->principal;
    for (size_t i = 0; i < debt->payment_count; i++) {
        struct rlc_money paid = debt->principal;

        paid.minor = debt->payments[i].minor;
        if (debt->payments[i].value_on >= day && !rlc_money_add(*ret_owed, paid, ret_owed))
            return false;
    }
    return true;
}

/* The days behind `before_on` up to `end_on`, on one amount: the interest up to the end without
 * that of the days before. So a rate that is fixed at the start stays that of the start. */
static bool add_days(const struct rlc_late_law *law, const struct dossier_debt *debt,
                     rlc_day before_on, rlc_day end_on, struct dossier_stretch *stretches,
                     size_t *count)
{
    struct rlc_late_stretch whole[RLC_LATE_STRETCHES_MAX];
    struct rlc_late_stretch before[RLC_LATE_STRETCHES_MAX];
    struct rlc_money owed;
    size_t whole_count;
    size_t before_count;

    if (!owed_on(debt, end_on, &owed) ||
        !rlc_late_stretches(law, owed, debt->due_on, end_on, whole, &whole_count) ||
        !rlc_late_stretches(law, owed, debt->due_on, before_on, before, &before_count))
        return false;
    for (size_t i = 0; i < whole_count; i++) {
        struct dossier_stretch *stretch = &stretches[*count];

        if (whole[i].to_on <= before_on)
            continue;
        assert(*count < DOSSIER_STRETCHES_MAX);
        *stretch = (struct dossier_stretch){ .from_on = whole[i].from_on,
                                             .to_on = whole[i].to_on,
                                             .base = owed,
                                             .known = whole[i].known,
                                             .rate_ppm = whole[i].rate_ppm,
                                             .interest = whole[i].interest };
        if (stretch->from_on <= before_on)
            stretch->from_on = before_on + 1;
        if (i < before_count)
            stretch->interest.minor -= before[i].interest.minor;
        (*count)++;
    }
    return true;
}

bool dossier_interest(const struct rlc_late_law *law, const struct dossier_debt *debt,
                      struct dossier_stretch *ret_stretches, size_t *ret_count)
{
    rlc_day before_on = debt->due_on;

    assert(debt->payment_count <= DOSSIER_PAYMENTS_MAX);
    for (*ret_count = 0; before_on < debt->until_on;) {
        rlc_day end_on = next_end(debt, before_on);

        if (!add_days(law, debt, before_on, end_on, ret_stretches, ret_count))
            return false;
        before_on = end_on;
    }
    return true;
}
