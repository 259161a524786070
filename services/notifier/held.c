/* SPDX-License-Identifier: Apache-2.0 */
#include "held.h"

#include <assert.h>

#include "common/pure/key.h"
#include "common/pure/murmur2.h"

#include "turn.h"

#define NS_PER_MS UINT64_C(1000000)

static struct rlc_span tenant_of(const struct contact *contact)
{
    struct rlc_span tenant, debtor;
    bool split = rlc_key_split_debtor(rlc_key_debtor(contact_key(contact)), &tenant, &debtor);

    assert(split);
    (void)split;
    return tenant;
}

/* All debtor-keyed topics have the same partitions. */
static int32_t partition_of(const struct held *held, const struct contact *contact,
                            enum look_wait wait)
{
    return wait == LOOK_WAITS_FOR_TENANT ? rlc_partition_of(tenant_of(contact), held->partitions)
                                         : contact->partition;
}

static bool tenant_is_held(const struct held *held, const struct contact *contact, uint64_t now_ns)
{
    uint32_t hash = (uint32_t)rlc_murmur2(tenant_of(contact));
    uint32_t slot = hash % HELD_TENANTS_MAX;

    return held->tenant[slot].hash == hash && held->tenant[slot].until_ns > now_ns;
}

enum look_wait held_by(const struct held *held, const struct contact *contact, uint64_t now_ns)
{
    int32_t tenants = partition_of(held, contact, LOOK_WAITS_FOR_TENANT);

    if (tenant_is_held(held, contact, now_ns))
        return LOOK_WAITS_FOR_INTAKE;
    if (held->partition_until_ns[tenants] > now_ns)
        return LOOK_WAITS_FOR_TENANT;
    return held->partition_until_ns[contact->partition] > now_ns ? LOOK_WAITS_FOR_DEBTOR
                                                                 : LOOK_WAITS_FOR_NOTHING;
}

static int64_t wait_for_intake(struct held *held, const struct contact *contact, uint64_t now_ns)
{
    uint32_t hash = (uint32_t)rlc_murmur2(tenant_of(contact));
    uint32_t slot = hash % HELD_TENANTS_MAX;

    held->tenant[slot].hash = hash;
    held->tenant[slot].until_ns = now_ns + (uint64_t)TURN_RETRY_MS * NS_PER_MS;
    return TURN_RETRY_MS;
}

/* Scenario is behind, for some milliseconds as ever, or it stands still there: then the next ones
 * are tried for as long as one question may be used. */
static int64_t wait_for_scenario(struct held *held, const struct contact *contact,
                                 enum look_wait wait, uint64_t now_ns)
{
    uint64_t *until_ns = &held->partition_until_ns[partition_of(held, contact, wait)];

    if (now_ns - contact->ready_ns <= (*until_ns ? RLC_GATE_FRESH_NS : TURN_PATIENCE_NS))
        return 0;
    *until_ns = now_ns + (uint64_t)TURN_STILL_MS * NS_PER_MS;
    return TURN_STILL_MS;
}

int64_t held_note(struct held *held, const struct contact *contact, enum look_wait wait,
                  uint64_t now_ns)
{
    if (wait == LOOK_WAITS_FOR_INTAKE)
        return wait_for_intake(held, contact, now_ns);
    if (wait != LOOK_WAITS_FOR_NOTHING)
        return wait_for_scenario(held, contact, wait, now_ns);
    held->partition_until_ns[contact->partition] = 0;
    held->partition_until_ns[partition_of(held, contact, LOOK_WAITS_FOR_TENANT)] = 0;
    return 0;
}
