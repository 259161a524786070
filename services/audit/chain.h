/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a record continues its chain. */
#ifndef AUDIT_CHAIN_H
#define AUDIT_CHAIN_H

#include "common/runtime/trail.h"

/* What is wrong with a link. */
enum chain_flaw {
    CHAIN_WHOLE = 0,
    CHAIN_GAP,        /* sequences are missing before it */
    CHAIN_REPEATED,   /* its sequence was there before */
    CHAIN_BROKEN,     /* it names another head than that of the record before it */
    CHAIN_UNREADABLE, /* its bytes carry no link */
    CHAIN_FLAW_COUNT
};

/* As written into audit_log.flaw; NULL for CHAIN_WHOLE. */
extern const char *const CHAIN_FLAWS[CHAIN_FLAW_COUNT];

/* Moves `end` over the record at offset `off` and returns its flaw. `link` is NULL for a record
 * without one. A flawed record is never skipped: the chain goes on from what it says about itself
 * (a GAP, a BROKEN one), or as if it were not there (a REPEATED, an UNREADABLE one), so that one
 * flaw is told once. */
enum chain_flaw chain_step(struct rlc_trail_end *end, const struct rlc_link *link,
                           const struct rlc_hash *leaf, int64_t off);

#endif
