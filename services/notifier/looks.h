/* SPDX-License-Identifier: Apache-2.0 */
/* The last look at a contact before it is sent (architecture, section 5): intake is fresh, the
 * tenant's gate is open, then the debtor's, then everything the request rests on is read at one
 * instant and compared. All I/O of it is here; the rules are common/pure/gate.h and core/look.h. */
#ifndef NOTIFIER_LOOKS_H
#define NOTIFIER_LOOKS_H

#include "common/runtime/bus.h"
#include "common/runtime/clock.h"
#include "common/runtime/freshness.h"
#include "common/runtime/view.h"

#include "common/pure/gate.h"
#include "core/look.h"

/* Everything is borrowed. */
struct looks_config {
    struct rlc_bus *bus;   /* asks where partitions end; uncommitted records included */
    int32_t events_topic;  /* number of `debtor-events` on it */
    struct rlc_view *view; /* scenario's hot state */
    struct rlc_freshness *freshness;
    struct rlc_clock clock;
    uint8_t installation[RLC_UUID_SIZE];
    int32_t partitions;
    bool stepped;
};

/* Why a contact does not leave yet, for metrics and people. */
enum look_wait {
    LOOK_WAITS_FOR_NOTHING,
    LOOK_WAITS_FOR_INTAKE,  /* a payment source is not read to its end */
    LOOK_WAITS_FOR_TENANT,  /* scenario is behind in the tenant's partition: a command may wait */
    LOOK_WAITS_FOR_DEBTOR,  /* ... in the debtor's: a payment may wait */
    LOOK_WAITS_FOR_RECORDS, /* scenario's hot state is not whole */
    LOOK_WAITS
};

/* One contact to look at, and what was found. */
struct look {
    const struct rlc_contact_request *request;

    enum look_wait wait;           /* when it waits: nothing else is set */
    enum rlc_return_reason reason; /* UNSPECIFIED: send */
    struct rlc_look_taken taken;
    uint64_t start_before_ns; /* the message must begin to leave before; monotonic clock */
};

struct looks;

/* NULL when memory is short. */
RLC_NODISCARD struct looks *looks_new(const struct looks_config *config);
void looks_free(struct looks *looks);

/* Looks at all of them. Blocks for a few round trips; a server that is away lets them wait. */
void looks_take(struct looks *looks, struct look *look, size_t count, struct rlc_arena *arena);

#endif
