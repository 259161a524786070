/* SPDX-License-Identifier: Apache-2.0 */
/* The consumer's side of the bus: membership, assignment, polling. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory/handle.h"
#include "common/runtime/error.h"

/* ---- membership ---- */

/* The eager protocol: everything owned is given up before the group decides anew. */
static void revoke(struct rlc_memory_bus *bus, bool *ret_changed)
{
    if (bus->generation < 0)
        return;
    *ret_changed = *ret_changed || bus->owned.count > 0;
    bus->owned.count = 0;
    bus->assignments++;
}

static bool add_partition(struct rlc_memory_bus *bus, int32_t topic, int32_t partition)
{
    struct rlc_memory_log *log = rlc_memory_bus_log(bus, topic, partition, "poll", NULL);
    struct rlc_memory_fetch fetch = { .topic = topic,
                                      .partition = partition,
                                      .log = log,
                                      .next = log->next,
                                      .position = RLC_OFFSET_NONE,
                                      .last_end = RLC_OFFSET_NONE,
                                      .paused = true };

    return rlc_memory_fetch_add(&bus->owned, &fetch);
}

static bool adopt(struct rlc_memory_bus *bus, const struct rlc_memory_member *member)
{
    bus->owned.count = 0;
    bus->owned.turn = 0;
    bus->generation = bus->group->generation;
    bus->assignments++;
    for (size_t i = 0; i < bus->config.input_count; i++) {
        const struct rlc_memory_topic *topic = rlc_memory_bus_topic(bus, (int32_t)i);
        int32_t first = 0;
        int32_t count = topic ? rlc_memory_group_range(bus->group, member, topic, &first) : 0;

        for (int32_t p = 0; p < count; p++) {
            if (!add_partition(bus, (int32_t)i, first + p))
                return false;
        }
    }
    return true;
}

/* Our place in the group: found, taken, or lost to another process with our instance id. */
static enum rlc_status find_place(struct rlc_memory_bus *bus, bool *ret_changed,
                                  struct rlc_memory_member **ret_member, struct rlc_error *reterr)
{
    struct rlc_memory_member *member = rlc_memory_member_find(bus->group, bus->config.member);

    if (bus->member_id[0] && member && strcmp(member->id, bus->member_id) != 0)
        return rlc_memory_bus_finish(bus, "another process joined the group as this member",
                                     reterr);
    if (bus->member_id[0] && !member) { /* the session timed out */
        revoke(bus, ret_changed);
        bus->member_id[0] = '\0';
        bus->generation = -1;
    }
    if (!bus->member_id[0]) {
        member = rlc_memory_member_join(bus->group, &bus->config);
        if (!member)
            return rlc_error_set(reterr, RLC_FATAL, "poll", 0, "out of memory");
        memcpy(bus->member_id, member->id, sizeof(bus->member_id));
    }
    *ret_member = member;
    return RLC_OK;
}

/* Takes part in the group's life; `*ret_changed` tells that the assignment is another one. */
static enum rlc_status attend(struct rlc_memory_bus *bus, bool *ret_changed,
                              struct rlc_error *reterr)
{
    struct rlc_memory_member *member = NULL;
    enum rlc_status status = find_place(bus, ret_changed, &member, reterr);

    if (status != RLC_OK)
        return status;
    assert(member);
    if (bus->group->rebalancing && !member->rejoined) {
        revoke(bus, ret_changed);
        member->rejoined = true;
    }
    rlc_memory_group_settle(bus->group);
    if (bus->group->rebalancing || bus->generation == bus->group->generation)
        return RLC_OK;
    *ret_changed = true;
    if (!adopt(bus, member))
        return rlc_error_set(reterr, RLC_FATAL, "poll", 0, "out of memory");
    return RLC_OK;
}

/* ---- polling ---- */

static enum rlc_status lend(struct rlc_memory_bus *bus, struct rlc_memory_entry *entry,
                            struct rlc_error *reterr)
{
    struct rlc_memory_entry **lent = rlc_memory_grow(
        bus->lent, &bus->lent_capacity, bus->lent_count + 1, sizeof(struct rlc_memory_entry *));

    if (!lent) {
        free(entry);
        return rlc_error_set(reterr, RLC_FATAL, "poll", 0, "out of memory");
    }
    bus->lent = lent;
    lent[bus->lent_count++] = entry;
    return RLC_OK;
}

enum rlc_status rlc_memory_poll(struct rlc_bus *base, int32_t timeout_ms,
                                struct rlc_bus_event *ret_event, struct rlc_error *reterr)
{
    struct rlc_memory_bus *bus = rlc_memory_bus_of(base);
    struct rlc_memory_entry *entry = NULL;
    bool changed = false;
    enum rlc_status status = rlc_memory_enter(bus, "poll", reterr);

    (void)timeout_ms; /* nobody else runs meanwhile: waiting would bring nothing */
    *ret_event = (struct rlc_bus_event){ .kind = RLC_BUS_NOTHING };
    if (status != RLC_OK)
        return status;
    if (!bus->group)
        return rlc_error_set(reterr, RLC_FATAL, "poll", 0, "this bus has no input topics");
    if (bus->finished.status == RLC_FATAL)
        return rlc_error_set(reterr, RLC_FATAL, "poll", 0, "%s", bus->finished.text);
    status = attend(bus, &changed, reterr);
    if (status != RLC_OK)
        return status;
    if (changed) {
        ret_event->kind = RLC_BUS_REBALANCED;
        return RLC_OK;
    }
    status = rlc_memory_fetch_next(&bus->owned, ret_event, &entry, reterr);
    if (status == RLC_OK && entry)
        status = lend(bus, entry, reterr);
    if (status == RLC_REJECT) /* nobody may skip what the log no longer holds */
        status = rlc_memory_bus_finish(bus, "the next offset is not in the log", reterr);
    return status;
}

void rlc_memory_release(struct rlc_bus *base)
{
    struct rlc_memory_bus *bus = rlc_memory_bus_of(base);

    for (size_t i = 0; i < bus->lent_count; i++)
        free(bus->lent[i]);
    bus->lent_count = 0;
}

size_t rlc_memory_assignment(struct rlc_bus *base, struct rlc_position *ret_owned, size_t max,
                             uint64_t *ret_epoch)
{
    const struct rlc_memory_bus *bus = rlc_memory_bus_of(base);

    for (size_t i = 0; i < bus->owned.count && i < max; i++) {
        ret_owned[i] = (struct rlc_position){ bus->owned.items[i].topic,
                                              bus->owned.items[i].partition, RLC_OFFSET_NONE };
    }
    *ret_epoch = bus->assignments;
    return bus->owned.count;
}

enum rlc_status rlc_memory_snapshot(struct rlc_bus *base, struct rlc_error *reterr)
{
    struct rlc_memory_bus *bus = rlc_memory_bus_of(base);
    int32_t generation = bus->forged ? bus->forged_generation : bus->generation;
    const char *member = bus->forged ? bus->forged_member : bus->member_id;

    bus->snapshot_taken = false;
    if (generation < 0 || member[0] == '\0')
        return rlc_error_set(reterr, RLC_RETRY, "snapshot", 0,
                             "the consumer is not a member of a generation of its group");
    bus->snapshot_taken = true;
    bus->snapshot_epoch = bus->assignments;
    bus->snapshot_generation = generation;
    (void)snprintf(bus->snapshot_member, sizeof(bus->snapshot_member), "%s", member);
    return RLC_OK;
}

/* ---- one partition ---- */

int64_t rlc_memory_position(struct rlc_bus *base, int32_t topic, int32_t partition)
{
    const struct rlc_memory_fetch *fetch =
        rlc_memory_fetch_find(&rlc_memory_bus_of(base)->owned, topic, partition);

    return fetch ? fetch->position : RLC_OFFSET_NONE;
}

static struct rlc_memory_fetch *owned(struct rlc_bus *base, int32_t topic, int32_t partition,
                                      const char *origin, struct rlc_error *reterr)
{
    struct rlc_memory_fetch *fetch =
        rlc_memory_fetch_find(&rlc_memory_bus_of(base)->owned, topic, partition);

    if (!fetch)
        (void)rlc_error_set(reterr, RLC_ABORT, origin, 0, "partition %d is not assigned",
                            partition);
    return fetch;
}

enum rlc_status rlc_memory_seek(struct rlc_bus *base, int32_t topic, int32_t partition,
                                int64_t offset, struct rlc_error *reterr)
{
    enum rlc_status status = rlc_memory_enter(rlc_memory_bus_of(base), "seek", reterr);
    struct rlc_memory_fetch *fetch = owned(base, topic, partition, "seek", reterr);

    if (status != RLC_OK)
        return status;
    if (!fetch)
        return RLC_ABORT;
    if (offset < 0)
        return rlc_error_set(reterr, RLC_FATAL, "seek", 0, "%lld is not an offset",
                             (long long)offset);
    fetch->open = true;
    fetch->next = offset;
    fetch->position = RLC_OFFSET_NONE;
    fetch->last_end = RLC_OFFSET_NONE;
    return RLC_OK;
}

static enum rlc_status set_paused(struct rlc_bus *base, int32_t topic, int32_t partition,
                                  bool paused, struct rlc_error *reterr)
{
    struct rlc_memory_fetch *fetch =
        owned(base, topic, partition, paused ? "pause" : "resume", reterr);

    if (!fetch)
        return RLC_ABORT;
    if (!paused && !fetch->open)
        return rlc_error_set(reterr, RLC_ABORT, "resume", 0,
                             "the partition has no offset yet: seek first");
    fetch->paused = paused;
    return RLC_OK;
}

enum rlc_status rlc_memory_pause(struct rlc_bus *base, int32_t topic, int32_t partition,
                                 struct rlc_error *reterr)
{
    return set_paused(base, topic, partition, true, reterr);
}

enum rlc_status rlc_memory_resume(struct rlc_bus *base, int32_t topic, int32_t partition,
                                  struct rlc_error *reterr)
{
    return set_paused(base, topic, partition, false, reterr);
}
