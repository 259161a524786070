/* SPDX-License-Identifier: Apache-2.0 */
/* What `try` has found, for programs and for people. */
#ifndef RELANCECTL_TRY_SHEET_H
#define RELANCECTL_TRY_SHEET_H

#include "dues.h"
#include "forecast.h"

struct ctl_try {
    const char *path;    /* of the balance */
    const char *mapping; /* of its mapping */
    const char *bundle;  /* folder of the policies */
    struct rlc_span title;
    rlc_day on;
    struct ctl_balance balance;
    struct ctl_dues dues;
    struct ctl_forecast forecast;
};

/* The whole as one new object. */
json_t *ctl_try_json(const struct ctl_try *found);

/* One screen. */
void ctl_try_print(FILE *out, const struct ctl_try *found);

#endif
