/* SPDX-License-Identifier: Apache-2.0 */
#include "stepped.h"

#include "common/runtime/memory.h"
#include "common/runtime/topics.h"
#include "common/wire/debtor_event.h"
#include "scan.h"

/* Behind the newest record of a partition stand at most a few markers of transactions. */
#define TAIL 256

struct latest {
    struct rlc_arena arena;
    rlc_ms now_ms;
};

/* A tick reaches every partition, so the newest record of any shows the time of all. */
static bool take(void *context, const struct rlc_record *record)
{
    struct latest *latest = context;
    struct rlc_debtor_event event;
    struct rlc_fault fault;

    rlc_arena_reset(&latest->arena);
    if (rlc_debtor_event_decode(record->value, &latest->arena, &event, &fault) == RLC_OK &&
        event.envelope.ingested_at_ms > latest->now_ms)
        latest->now_ms = event.envelope.ingested_at_ms;
    return true;
}

int ctl_stepped_now(struct ctl *ctl, rlc_ms *ret_now_ms)
{
    char name[RLC_TOPIC_NAME_MAX];
    struct latest latest = { .now_ms = 0 };
    struct ctl_scan scan = { .topic = name,
                             .partition = RLC_PARTITION_NONE,
                             .offset = RLC_OFFSET_BEGIN,
                             .tail = TAIL,
                             .take = take,
                             .context = &latest };
    struct rlc_installation_facts facts;
    int code = ctl_installation(ctl, &facts);

    *ret_now_ms = 0;
    if (code != CTL_OK || !facts.stepped)
        return code;
    if (!ctl_topic(ctl, rlc_topic_row(RLC_TOPIC_DEBTOR_EVENTS)->suffix, name))
        return CTL_CONFIG;
    if (rlc_arena_map(&latest.arena, RLC_DECODE_BYTES_MAX) != RLC_OK)
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    code = ctl_scan(ctl, &scan);
    rlc_arena_unmap(&latest.arena);
    if (code == CTL_OK && latest.now_ms == 0)
        return ctl_fail(ctl, CTL_USAGE,
                        "this installation has a stepped clock, and it has not begun: say --time");
    *ret_now_ms = latest.now_ms;
    return code;
}
