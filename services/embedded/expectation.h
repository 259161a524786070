/* SPDX-License-Identifier: Apache-2.0 */
/* What must come of a portfolio, as whoever made it knows it: lines NAME=VALUE, such as
 * `relancectl sample --expect` prints. */
#ifndef EMBEDDED_EXPECTATION_H
#define EMBEDDED_EXPECTATION_H

#include <stdio.h>

#include "common/pure/status.h"

enum { EXPECTATION_MAX = 64, EXPECTATION_TEXT = 64 };

struct expectation {
    struct {
        char name[EXPECTATION_TEXT];
        char value[EXPECTATION_TEXT];
    } line[EXPECTATION_MAX];
    size_t count;
};

/* A name is one of expectation_names(), or EXPECTATION_OPEN and a currency, of which nothing may be
 * owed. */
#define EXPECTATION_OPEN "open_"

/* The names that something can be expected of, for people: "debtors, invoices, ...". */
const char *expectation_names(void);

/* RLC_REJECT: the file cannot be read, or has a line that is none of those, or a name that nothing
 * is counted under: it would be held against nothing. */
RLC_NODISCARD enum rlc_status expectation_read(struct expectation *expectation, const char *path,
                                               struct rlc_error *reterr);

/* The value of a name; NULL: nothing is expected of it. */
const char *expectation_of(const struct expectation *expectation, const char *name);

#endif
