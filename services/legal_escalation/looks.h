/* SPDX-License-Identifier: Apache-2.0 */
/* The last look at an approved act before it is filed. Nothing is filed behind a payment that
 * somebody could have known:
 *
 *   0. intake is fresh: the tenant's live payment sources are read to their end;
 *   1. the tenant's gate: scenario has looked past where its partition of `debtor-events` ends;
 *   2. the debtor's gate, asked behind it;
 *   3. the inbox: whatever scenario told of it lies in `legal-inbox` now; its end is asked for, and
 *      the act is filed when this worker has decided all below it and the claim is still the same.
 */
#ifndef LEGAL_LOOKS_H
#define LEGAL_LOOKS_H

#include "common/runtime/bus.h"
#include "common/runtime/clock.h"
#include "common/runtime/freshness.h"
#include "common/runtime/view.h"
#include "common/wire/contact.h"

/* Everything is borrowed. */
struct legal_looks_config {
    struct rlc_bus *bus;       /* asks where partitions end; uncommitted records included */
    int32_t events_topic;      /* number of `debtor-events` on it */
    int32_t inbox_topic;       /* number of `legal-inbox` on it */
    struct rlc_view *scenario; /* scenario's hot state */
    struct rlc_view *own;      /* that of this worker, a second handle on it */
    struct rlc_freshness *freshness;
    struct rlc_clock clock;
    uint8_t installation[RLC_UUID_SIZE];
    int32_t partitions;
    bool stepped;
};

struct legal_looks;

/* NULL when memory is short. */
RLC_NODISCARD struct legal_looks *legal_looks_new(const struct legal_looks_config *config);
void legal_looks_free(struct legal_looks *looks);

/* What intake says now; once for all looks of a round. */
void legal_looks_begin(struct legal_looks *looks, struct rlc_arena *arena);

/* Whether an act about a debtor of the tenant may be filed now, the case being as all messages
 * below this instant made it. False: not yet. Blocks for a few round trips. */
RLC_NODISCARD bool legal_looks_take(struct legal_looks *looks, struct rlc_span tenant,
                                    int32_t partition, struct rlc_look_taken *ret_taken);

#endif
