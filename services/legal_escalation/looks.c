/* SPDX-License-Identifier: Apache-2.0 */
#include "looks.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/gate.h"
#include "common/pure/murmur2.h"

/* The loop, whose thread this is, has other partitions to serve than one whose leader does not
 * answer within this time. */
#define ASK_MS 500

/* Tenants share a slot by hash: sharing one only asks more often. */
#define STALE_SLOTS 64u

struct legal_looks {
    struct legal_looks_config config;
    struct rlc_gate tenant[RLC_PARTITIONS_MAX]; /* open before ... */
    struct rlc_gate debtor[RLC_PARTITIONS_MAX]; /* ... this is asked, open before ... */
    struct rlc_gate inbox[RLC_PARTITIONS_MAX];  /* ... this is */
    uint64_t stale_ns[STALE_SLOTS];             /* when a tenant's intake was last found behind */
    struct rlc_freshness_state intake;
};

struct legal_looks *legal_looks_new(const struct legal_looks_config *config)
{
    struct legal_looks *looks = calloc(1, sizeof(*looks));

    assert(config->partitions > 0 && config->partitions <= RLC_PARTITIONS_MAX);
    if (looks)
        looks->config = *config;
    return looks;
}

void legal_looks_free(struct legal_looks *looks)
{
    free(looks);
}

static uint64_t now_ns(const struct legal_looks *looks)
{
    return rlc_clock_monotonic_ns(&looks->config.clock);
}

void legal_looks_begin(struct legal_looks *looks, struct rlc_arena *arena)
{
    struct rlc_freshness *freshness = looks->config.freshness;
    struct rlc_error ignored;

    if (freshness->ops->read(freshness, arena, &looks->intake, &ignored) != RLC_OK)
        looks->intake = (struct rlc_freshness_state){ .known = false };
}

static bool is_fresh(struct legal_looks *looks, struct rlc_span tenant, uint64_t *ret_stale_ns)
{
    uint64_t *stale_ns = &looks->stale_ns[(uint32_t)rlc_murmur2(tenant) % STALE_SLOTS];
    bool fresh = rlc_freshness_holds(&looks->intake, tenant, rlc_clock_now_ms(&looks->config.clock),
                                     looks->config.stepped);

    if (!fresh)
        *stale_ns = now_ns(looks);
    *ret_stale_ns = *stale_ns + 1;
    return fresh;
}

/* The time is taken before the question leaves: what is committed before it is in the answer. */
static void ask(struct legal_looks *looks, struct rlc_gate *gate, int32_t topic, int32_t partition)
{
    struct rlc_bus *bus = looks->config.bus;
    struct rlc_gate asked = { .asked_ns = now_ns(looks),
                              .asked_at_ms = rlc_clock_now_ms(&looks->config.clock) };
    struct rlc_error ignored;
    int64_t low;

    *gate = (struct rlc_gate){ .asked_ns = 0 };
    if (bus->ops->watermarks(bus, topic, partition, ASK_MS, &low, &asked.watermark, &ignored) ==
        RLC_OK)
        *gate = asked;
}

/* How far the owner of a slice has looked, and that the slice shows all of it. */
static void look(struct legal_looks *looks, struct rlc_gate *gate, struct rlc_view *view,
                 int32_t partition)
{
    struct rlc_look found;
    struct rlc_error ignored;

    if (!gate->opened_ns && view->ops->look(view, partition, &found, &ignored) == RLC_OK &&
        rlc_look_is_whole(&found, looks->config.installation) && found.seen_present &&
        found.seen.base <= found.fence.next_in)
        rlc_gate_look(gate, found.seen.seen, now_ns(looks));
}

/* A gate whose question came from behind `after_ns`, asked anew if it did not. */
struct passage {
    struct rlc_gate *gate;
    int32_t topic;
    struct rlc_view *view;
    int32_t partition;
};

static bool passes(struct legal_looks *looks, const struct passage *passage, uint64_t after_ns)
{
    struct rlc_gate *gate = passage->gate;

    if (!rlc_gate_is_asked(gate, now_ns(looks)) || gate->asked_ns < after_ns)
        ask(looks, gate, passage->topic, passage->partition);
    look(looks, gate, passage->view, passage->partition);
    return rlc_gate_is_open(gate, now_ns(looks)) && gate->asked_ns >= after_ns;
}

bool legal_looks_take(struct legal_looks *looks, struct rlc_span tenant, int32_t partition,
                      struct rlc_look_taken *ret_taken)
{
    const struct legal_looks_config *config = &looks->config;
    int32_t outer = rlc_partition_of(tenant, config->partitions);
    const struct passage passages[] = {
        { &looks->tenant[outer], config->events_topic, config->scenario, outer },
        { &looks->debtor[partition], config->events_topic, config->scenario, partition },
        { &looks->inbox[partition], config->inbox_topic, config->own, partition },
    };
    uint64_t after_ns;

    if (!is_fresh(looks, tenant, &after_ns))
        return false;
    /* Each question is asked behind the answer to the one before. */
    for (size_t i = 0; i < RLC_COUNT(passages); i++) {
        if (!passes(looks, &passages[i], after_ns))
            return false;
        after_ns = passages[i].gate->opened_ns;
    }
    *ret_taken = (struct rlc_look_taken){ .watermark = looks->debtor[partition].watermark,
                                          .tenant_watermark = looks->tenant[outer].watermark,
                                          .asked_at_ms = looks->debtor[partition].asked_at_ms };
    return true;
}
