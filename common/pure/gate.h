/* SPDX-License-Identifier: Apache-2.0 */
/* The gates of the last look, pure. A gate says: everything that stood in one partition of
 * `debtor-events` when its end was asked for has been decided by scenario. It is shared by all
 * contacts that wait for that partition.
 *
 * Order matters: the tenant's gate opens first, then the debtor's end is asked for, so that a kill
 * switch that was committed before the debtor's question is known (model/last_look.pml). */
#ifndef RLC_PURE_GATE_H
#define RLC_PURE_GATE_H

#include "common/pure/base.h"

/* The message begins to leave within 2 s of the older of its two questions, or is looked at again
 * (architecture 5). */
#define RLC_GATE_VALID_NS (UINT64_C(2) * 1000000000u)
/* A question of this age is asked anew: the commit of the attempt and the first byte need the rest.
 */
#define RLC_GATE_FRESH_NS (UINT64_C(1) * 1000000000u)

/* A question about where a partition ends, and how far it is answered. Zero: not asked. */
struct rlc_gate {
    uint64_t asked_ns; /* before the question was sent; boot-time clock; 0 = not asked */
    rlc_ms asked_at_ms;
    int64_t watermark;
    uint64_t opened_ns; /* when scenario was first seen to be past it; 0 = not yet */
};

/* Whether the gate has a question that may still be used, opened or not. */
static inline bool rlc_gate_is_asked(const struct rlc_gate *gate, uint64_t now_ns)
{
    return gate->asked_ns && now_ns - gate->asked_ns < RLC_GATE_FRESH_NS;
}

/* Scenario's `seen` of the partition, from a whole slice. */
static inline void rlc_gate_look(struct rlc_gate *gate, int64_t seen, uint64_t now_ns)
{
    if (gate->asked_ns && !gate->opened_ns && seen >= gate->watermark)
        gate->opened_ns = now_ns;
}

static inline bool rlc_gate_is_open(const struct rlc_gate *gate, uint64_t now_ns)
{
    return rlc_gate_is_asked(gate, now_ns) && gate->opened_ns;
}

/* Whether the debtor's question may be used together with the tenant's: it was asked behind the
 * tenant's gate. */
static inline bool rlc_gate_follows(const struct rlc_gate *debtor, const struct rlc_gate *tenant)
{
    return tenant->opened_ns && debtor->asked_ns >= tenant->opened_ns;
}

/* Whether the question covers the record that the request follows from. An older one would do for
 * safety, since the epochs are compared later, but the trail would show less than was known. */
static inline bool rlc_gate_covers(const struct rlc_gate *gate, int64_t offset)
{
    return gate->watermark > offset;
}

/* The instant before which the first byte of the message must leave. */
static inline uint64_t rlc_gates_valid_until_ns(const struct rlc_gate *debtor,
                                                const struct rlc_gate *tenant)
{
    uint64_t older = debtor->asked_ns < tenant->asked_ns ? debtor->asked_ns : tenant->asked_ns;

    return older + RLC_GATE_VALID_NS;
}

#endif
