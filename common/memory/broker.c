/* SPDX-License-Identifier: Apache-2.0 */
#include "common/memory/broker.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/runtime/error.h"

struct rlc_memory_broker *rlc_memory_broker_new(struct rlc_clock clock)
{
    struct rlc_memory_broker *broker = calloc(1, sizeof(*broker));

    if (broker)
        broker->clock = clock;
    return broker;
}

static void topic_free(struct rlc_memory_topic *topic)
{
    if (!topic)
        return;
    for (int32_t i = 0; topic->logs && i < topic->partitions; i++)
        rlc_memory_log_clear(&topic->logs[i]);
    free(topic->logs);
    free(topic->name);
    free(topic);
}

static void writer_free(struct rlc_memory_writer *writer)
{
    free(writer->open.logs);
    free(writer->id);
    free(writer);
}

void rlc_memory_broker_free(struct rlc_memory_broker *broker)
{
    if (!broker)
        return;
    assert(broker->buses == 0);
    for (size_t i = 0; i < broker->topic_count; i++)
        topic_free(broker->topics[i]);
    for (size_t i = 0; i < broker->writer_count; i++)
        writer_free(broker->writers[i]);
    for (size_t i = 0; i < broker->group_count; i++)
        rlc_memory_group_free(broker->groups[i]);
    free(broker->topics);
    free(broker->writers);
    free(broker->groups);
    free(broker->markers);
    free(broker);
}

/* ---- topics ---- */

struct rlc_memory_topic *rlc_memory_topic_find(const struct rlc_memory_broker *broker,
                                               const char *name)
{
    for (size_t i = 0; i < broker->topic_count; i++) {
        if (strcmp(broker->topics[i]->name, name) == 0)
            return broker->topics[i];
    }
    return NULL;
}

static struct rlc_memory_topic *topic_new(const struct rlc_memory_topic_config *config)
{
    struct rlc_memory_topic *topic = calloc(1, sizeof(*topic));

    if (!topic)
        return NULL;
    topic->name = strdup(config->name);
    topic->partitions = config->partitions;
    topic->compacted = config->compacted;
    topic->log_append_time = config->log_append_time;
    topic->logs = calloc((size_t)config->partitions, sizeof(*topic->logs));
    if (!topic->name || !topic->logs) {
        topic_free(topic);
        return NULL;
    }
    return topic;
}

enum rlc_status rlc_memory_broker_add_topic(struct rlc_memory_broker *broker,
                                            const struct rlc_memory_topic_config *config,
                                            struct rlc_error *reterr)
{
    struct rlc_memory_topic **topics;
    struct rlc_memory_topic *topic;

    assert(config->partitions > 0);
    if (rlc_memory_topic_find(broker, config->name))
        return rlc_error_set(reterr, RLC_REJECT, "create_topic", 0, "topic %s exists",
                             config->name);
    topics = rlc_memory_grow(broker->topics, &broker->topic_capacity, broker->topic_count + 1,
                             sizeof(struct rlc_memory_topic *));
    if (topics)
        broker->topics = topics;
    topic = topics ? topic_new(config) : NULL;
    if (!topic)
        return rlc_error_set(reterr, RLC_FATAL, "create_topic", 0, "out of memory");
    topics[broker->topic_count++] = topic;
    return RLC_OK;
}

enum rlc_status rlc_memory_broker_compact(struct rlc_memory_broker *broker, const char *topic_name,
                                          bool drop_tombstones, struct rlc_error *reterr)
{
    struct rlc_memory_topic *topic = rlc_memory_topic_find(broker, topic_name);

    if (!topic)
        return rlc_error_set(reterr, RLC_REJECT, "compact", 0, "no topic %s", topic_name);
    for (int32_t i = 0; i < topic->partitions; i++) {
        if (!rlc_memory_log_compact(&topic->logs[i], drop_tombstones))
            return rlc_error_set(reterr, RLC_FATAL, "compact", 0, "out of memory");
    }
    return RLC_OK;
}

enum rlc_status rlc_memory_broker_delete_before(struct rlc_memory_broker *broker,
                                                const char *topic_name, int32_t partition,
                                                int64_t offset, struct rlc_error *reterr)
{
    struct rlc_memory_topic *topic = rlc_memory_topic_find(broker, topic_name);
    struct rlc_memory_log *log;

    if (!topic || partition < 0 || partition >= topic->partitions)
        return rlc_error_set(reterr, RLC_REJECT, "delete_records", 0, "no partition %d of %s",
                             partition, topic_name);
    log = &topic->logs[partition];
    rlc_memory_log_delete_before(log, offset < log->next ? offset : log->next);
    return RLC_OK;
}

/* ---- writers and groups ---- */

static struct rlc_memory_writer *writer_new(const char *id)
{
    struct rlc_memory_writer *writer = calloc(1, sizeof(*writer));

    if (!writer)
        return NULL;
    writer->id = strdup(id);
    writer->epoch = -1;
    if (writer->id)
        return writer;
    free(writer);
    return NULL;
}

struct rlc_memory_writer *rlc_memory_writer_get(struct rlc_memory_broker *broker, const char *id)
{
    struct rlc_memory_writer **writers;
    struct rlc_memory_writer *writer;

    for (size_t i = 0; i < broker->writer_count; i++) {
        if (strcmp(broker->writers[i]->id, id) == 0)
            return broker->writers[i];
    }
    writers = rlc_memory_grow(broker->writers, &broker->writer_capacity, broker->writer_count + 1,
                              sizeof(struct rlc_memory_writer *));
    if (!writers)
        return NULL;
    broker->writers = writers;
    writer = writer_new(id);
    if (writer)
        writers[broker->writer_count++] = writer;
    return writer;
}

static struct rlc_memory_group *group_new(const char *name)
{
    struct rlc_memory_group *group = calloc(1, sizeof(*group));

    if (!group)
        return NULL;
    group->name = strdup(name);
    if (group->name)
        return group;
    free(group);
    return NULL;
}

struct rlc_memory_group *rlc_memory_group_get(struct rlc_memory_broker *broker, const char *name)
{
    struct rlc_memory_group **groups;
    struct rlc_memory_group *group;

    for (size_t i = 0; i < broker->group_count; i++) {
        if (strcmp(broker->groups[i]->name, name) == 0)
            return broker->groups[i];
    }
    groups = rlc_memory_grow(broker->groups, &broker->group_capacity, broker->group_count + 1,
                             sizeof(struct rlc_memory_group *));
    if (!groups)
        return NULL;
    broker->groups = groups;
    group = group_new(name);
    if (group)
        groups[broker->group_count++] = group;
    return group;
}

bool rlc_memory_broker_expire_member(struct rlc_memory_broker *broker, const char *group_name,
                                     const char *member_name)
{
    for (size_t i = 0; i < broker->group_count; i++) {
        struct rlc_memory_group *group = broker->groups[i];
        struct rlc_memory_member *member;

        if (strcmp(group->name, group_name) != 0)
            continue;
        member = rlc_memory_member_find(group, member_name);
        if (!member)
            return false;
        rlc_memory_member_remove(group, member);
        return true;
    }
    return false;
}
