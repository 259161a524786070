/* SPDX-License-Identifier: Apache-2.0 */
/* The trail of an installation in memory, verified as `relancectl audit verify --at-rest` verifies
 * one in a database: by the same walk over each chain and the same judgement of each contact. */
#ifndef EMBEDDED_PROOF_H
#define EMBEDDED_PROOF_H

#include "embedded.h"

struct proof {
    int64_t records;
    int64_t chains;
    int64_t flaws;        /* chains that are not whole, or do not end where the log says */
    int64_t attempts;     /* contacts judged */
    int64_t behind;       /* ... behind something that was known: a payment, a hold */
    int64_t out_of_order; /* ... out of order */
    char first[256];      /* the first thing that was found; empty: nothing */
};

/* False when it could not be verified: memory is short. */
RLC_NODISCARD bool proof_take(const struct embedded *embedded, struct proof *ret_proof);

/* Nothing was found. */
bool proof_is_clean(const struct proof *proof);

#endif
