/* SPDX-License-Identifier: Apache-2.0 */
/* Consumer groups of the broker in memory: static members, eager rebalances, the range assignor,
 * and committed offsets with those that are still pending. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory/broker.h"
#include "common/runtime/error.h"

/* ---- members ---- */

struct rlc_memory_member *rlc_memory_member_find(struct rlc_memory_group *group,
                                                 const char *instance)
{
    for (size_t i = 0; i < group->member_count; i++) {
        if (strcmp(group->members[i].instance, instance) == 0)
            return &group->members[i];
    }
    return NULL;
}

static void start_rebalance(struct rlc_memory_group *group)
{
    group->rebalancing = true;
    for (size_t i = 0; i < group->member_count; i++)
        group->members[i].rejoined = false;
}

static void member_clear(struct rlc_memory_member *member)
{
    for (size_t i = 0; member->topics && i < member->topic_count; i++)
        free(member->topics[i]);
    free(member->topics);
    free(member->instance);
}

static bool member_init(struct rlc_memory_member *member, const struct rlc_bus_config *config)
{
    *member = (struct rlc_memory_member){ .instance = strdup(config->member),
                                          .topic_count = config->input_count };
    member->topics = calloc(config->input_count, sizeof(char *));
    if (!member->instance || !member->topics)
        return false;
    for (size_t i = 0; i < config->input_count; i++) {
        member->topics[i] = strdup(config->topics[i]);
        if (!member->topics[i])
            return false;
    }
    return true;
}

/* Keeps the members ordered by instance id, as the assignor sorts them. */
static struct rlc_memory_member *insert_member(struct rlc_memory_group *group,
                                               const struct rlc_memory_member *member)
{
    size_t at = 0;

    while (at < group->member_count && strcmp(group->members[at].instance, member->instance) < 0)
        at++;
    memmove(&group->members[at + 1], &group->members[at],
            (group->member_count - at) * sizeof(*member));
    group->members[at] = *member;
    group->member_count++;
    return &group->members[at];
}

static struct rlc_memory_member *add_member(struct rlc_memory_group *group,
                                            const struct rlc_bus_config *config)
{
    struct rlc_memory_member *members = rlc_memory_grow(group->members, &group->member_capacity,
                                                        group->member_count + 1, sizeof(*members));
    struct rlc_memory_member member;

    if (!members)
        return NULL;
    group->members = members;
    if (!member_init(&member, config)) {
        member_clear(&member);
        return NULL;
    }
    return insert_member(group, &member);
}

static bool subscribes(const struct rlc_memory_member *member, const char *topic)
{
    for (size_t i = 0; i < member->topic_count; i++) {
        if (strcmp(member->topics[i], topic) == 0)
            return true;
    }
    return false;
}

static bool same_subscription(const struct rlc_memory_member *member,
                              const struct rlc_bus_config *config)
{
    if (member->topic_count != config->input_count)
        return false;
    for (size_t i = 0; i < config->input_count; i++) {
        if (!subscribes(member, config->topics[i]))
            return false;
    }
    return true;
}

struct rlc_memory_member *rlc_memory_member_join(struct rlc_memory_group *group,
                                                 const struct rlc_bus_config *config)
{
    struct rlc_memory_member *member = rlc_memory_member_find(group, config->member);

    /* A static member that comes back takes its old place: no rebalance, the same generation. */
    if (member && !same_subscription(member, config)) {
        rlc_memory_member_remove(group, member);
        member = NULL;
    }
    if (!member) {
        member = add_member(group, config);
        if (!member)
            return NULL;
        start_rebalance(group);
    }
    member->rejoined = true;
    (void)snprintf(member->id, sizeof(member->id), "%llu-%s", (unsigned long long)++group->joins,
                   config->member);
    return member;
}

void rlc_memory_member_remove(struct rlc_memory_group *group, struct rlc_memory_member *member)
{
    size_t at = (size_t)(member - group->members);

    member_clear(member);
    group->member_count--;
    memmove(member, member + 1, (group->member_count - at) * sizeof(*member));
    start_rebalance(group);
    rlc_memory_group_settle(group);
}

void rlc_memory_group_settle(struct rlc_memory_group *group)
{
    if (!group->rebalancing)
        return;
    for (size_t i = 0; i < group->member_count; i++) {
        if (!group->members[i].rejoined)
            return;
    }
    group->rebalancing = false;
    group->generation++;
}

int32_t rlc_memory_group_range(const struct rlc_memory_group *group,
                               const struct rlc_memory_member *member,
                               const struct rlc_memory_topic *topic, int32_t *ret_first)
{
    int32_t sharers = 0, before = 0, share, larger;

    for (size_t i = 0; i < group->member_count; i++) {
        if (!subscribes(&group->members[i], topic->name))
            continue;
        before += &group->members[i] < member;
        sharers++;
    }
    if (!subscribes(member, topic->name))
        return 0;
    assert(sharers > 0);
    share = topic->partitions / sharers;
    larger = topic->partitions % sharers; /* the first so many members get one more */
    *ret_first = before * share + (before < larger ? before : larger);
    return share + (before < larger);
}

/* ---- offsets ---- */

static enum rlc_status refuse(struct rlc_error *reterr, const char *name)
{
    return rlc_error_set(reterr, RLC_ABORT, "send_offsets", 0, "%s", name);
}

enum rlc_status rlc_memory_group_check(struct rlc_memory_group *group,
                                       const struct rlc_memory_metadata *metadata,
                                       struct rlc_error *reterr)
{
    const struct rlc_memory_member *member = NULL;

    /* The broker's hole: whoever says nothing about itself is not fenced at all. */
    if (metadata->generation < 0 && metadata->member[0] == '\0' && !metadata->instance)
        return RLC_OK;
    if (metadata->instance) {
        member = rlc_memory_member_find(group, metadata->instance);
        if (member && strcmp(member->id, metadata->member) != 0)
            return refuse(reterr, "FENCED_INSTANCE_ID");
    }
    for (size_t i = 0; !member && !metadata->instance && i < group->member_count; i++) {
        if (strcmp(group->members[i].id, metadata->member) == 0)
            member = &group->members[i];
    }
    if (!member)
        return refuse(reterr, "UNKNOWN_MEMBER_ID");
    if (metadata->generation != group->generation)
        return refuse(reterr, "ILLEGAL_GENERATION");
    return RLC_OK;
}

static struct rlc_memory_committed *committed_find(const struct rlc_memory_group *group,
                                                   const struct rlc_memory_topic *topic,
                                                   int32_t partition)
{
    for (size_t i = 0; i < group->committed_count; i++) {
        if (group->committed[i].topic == topic && group->committed[i].partition == partition)
            return &group->committed[i];
    }
    return NULL;
}

static struct rlc_memory_committed *committed_get(struct rlc_memory_group *group,
                                                  const struct rlc_memory_topic *topic,
                                                  int32_t partition)
{
    struct rlc_memory_committed *found = committed_find(group, topic, partition);
    struct rlc_memory_committed *committed;

    if (found)
        return found;
    committed = rlc_memory_grow(group->committed, &group->committed_capacity,
                                group->committed_count + 1, sizeof(*committed));
    if (!committed)
        return NULL;
    group->committed = committed;
    found = &committed[group->committed_count++];
    *found = (struct rlc_memory_committed){ .topic = topic,
                                            .partition = partition,
                                            .offset = RLC_OFFSET_NONE };
    return found;
}

bool rlc_memory_group_put_pending(struct rlc_memory_group *group,
                                  const struct rlc_memory_topic *topic, int32_t partition,
                                  uint64_t transaction, int64_t offset)
{
    struct rlc_memory_committed *committed = committed_get(group, topic, partition);
    struct rlc_memory_pending *pending;

    if (!committed)
        return false;
    for (size_t i = 0; i < committed->pending_count; i++) {
        if (committed->pending[i].transaction != transaction)
            continue;
        committed->pending[i].offset = offset;
        return true;
    }
    pending = rlc_memory_grow(committed->pending, &committed->pending_capacity,
                              committed->pending_count + 1, sizeof(*pending));
    if (!pending)
        return false;
    committed->pending = pending;
    pending[committed->pending_count++] = (struct rlc_memory_pending){ transaction, offset };
    return true;
}

static void decide_one(struct rlc_memory_committed *committed, uint64_t transaction, bool commit)
{
    for (size_t i = 0; i < committed->pending_count; i++) {
        struct rlc_memory_pending *pending = &committed->pending[i];

        if (pending->transaction != transaction)
            continue;
        if (commit)
            committed->offset = pending->offset;
        *pending = committed->pending[--committed->pending_count];
        return;
    }
}

void rlc_memory_group_decide(struct rlc_memory_group *group, uint64_t transaction, bool commit)
{
    for (size_t i = 0; i < group->committed_count; i++)
        decide_one(&group->committed[i], transaction, commit);
}

enum rlc_status rlc_memory_group_committed(const struct rlc_memory_group *group,
                                           const struct rlc_memory_topic *topic, int32_t partition,
                                           int64_t *ret_offset, struct rlc_error *reterr)
{
    const struct rlc_memory_committed *committed =
        topic ? committed_find(group, topic, partition) : NULL;

    *ret_offset = RLC_OFFSET_NONE;
    if (committed && committed->pending_count) {
        return rlc_error_set(reterr, RLC_RETRY, "committed", 0,
                             "an undecided transaction carries an offset of partition %d",
                             partition);
    }
    if (committed)
        *ret_offset = committed->offset;
    return RLC_OK;
}

void rlc_memory_group_free(struct rlc_memory_group *group)
{
    for (size_t i = 0; i < group->member_count; i++)
        member_clear(&group->members[i]);
    for (size_t i = 0; i < group->committed_count; i++)
        free(group->committed[i].pending);
    free(group->members);
    free(group->committed);
    free(group->name);
    free(group);
}
