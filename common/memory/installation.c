/* SPDX-License-Identifier: Apache-2.0 */
#include "common/memory/installation.h"

#include <string.h>

#include "common/runtime/error.h"
#include "common/runtime/genesis.h"

/* The tool waits for nobody: in memory every answer is there at once. */
#define ASK_MS 1000

/* ---- topics ---- */

static bool is_input(const struct rlc_memory_setup *setup, const char *name)
{
    for (size_t s = 0; s < setup->service_count; s++) {
        const struct rlc_service *service = setup->services[s];

        for (size_t i = 0; i < service->input_count; i++) {
            if (strcmp(service->topics[i], name) == 0)
                return true;
        }
    }
    return false;
}

static bool is_state(const struct rlc_memory_setup *setup, const char *name)
{
    for (size_t s = 0; s < setup->service_count; s++) {
        const struct rlc_service *service = setup->services[s];

        if (service->state_topic != RLC_TOPIC_NONE &&
            strcmp(service->topics[service->state_topic], name) == 0)
            return true;
    }
    return false;
}

int32_t rlc_memory_installation_topic(const struct rlc_memory_installation *made, const char *name)
{
    for (size_t i = 0; i < made->topic_count; i++) {
        if (strcmp(made->topics[i], name) == 0)
            return (int32_t)i;
    }
    return RLC_TOPIC_NONE;
}

static enum rlc_status add_topic(struct rlc_memory_installation *made,
                                 const struct rlc_memory_setup *setup, const char *name,
                                 struct rlc_error *reterr)
{
    struct rlc_memory_topic_config config = { .name = name,
                                              .partitions = setup->facts.partitions,
                                              .compacted = is_state(setup, name),
                                              .log_append_time = is_input(setup, name) };

    if (rlc_memory_installation_topic(made, name) != RLC_TOPIC_NONE)
        return RLC_OK;
    if (made->topic_count == RLC_MEMORY_TOPICS_MAX)
        return rlc_error_set(reterr, RLC_FATAL, "topics", 0, "there are more than %d topics",
                             RLC_MEMORY_TOPICS_MAX);
    made->topics[made->topic_count++] = name;
    return rlc_memory_broker_add_topic(made->broker, &config, reterr);
}

static enum rlc_status add_topics(struct rlc_memory_installation *made,
                                  const struct rlc_memory_setup *setup, struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    for (size_t s = 0; s < setup->service_count; s++) {
        const struct rlc_service *service = setup->services[s];

        for (size_t i = 0; status == RLC_OK && i < service->topic_count; i++)
            status = add_topic(made, setup, service->topics[i], reterr);
    }
    return status;
}

/* Writes nothing where another worker's checkpoints stand. */
static enum rlc_status write_genesis(struct rlc_memory_installation *made,
                                     const struct rlc_memory_setup *setup, struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    for (size_t s = 0; status == RLC_OK && s < setup->service_count; s++) {
        const struct rlc_service *service = setup->services[s];
        int32_t written;

        if (service->state_topic == RLC_TOPIC_NONE)
            continue;
        status = rlc_genesis_checkpoints(
            made->tool, rlc_memory_installation_topic(made, service->topics[service->state_topic]),
            service->name, made->facts.partitions, made->facts.uuid, &written, reterr);
    }
    return status;
}

/* ---- building ---- */

enum rlc_status rlc_memory_installation_open(struct rlc_memory_installation *made,
                                             const struct rlc_memory_setup *setup,
                                             struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    *made = (struct rlc_memory_installation){ .facts = setup->facts };
    made->broker = rlc_memory_broker_new(setup->clock);
    made->store = rlc_memory_store_new();
    if (!made->broker || !made->store)
        status = rlc_error_set(reterr, RLC_FATAL, "installation", 0, "out of memory");
    if (status == RLC_OK)
        status = add_topics(made, setup, reterr);
    if (status == RLC_OK) {
        made->tool_config =
            (struct rlc_bus_config){ .topics = made->topics, .topic_count = made->topic_count };
        status = rlc_memory_bus_open(made->broker, &made->tool_config, &made->tool, reterr);
    }
    if (status == RLC_OK)
        status = write_genesis(made, setup, reterr);
    if (status != RLC_OK)
        rlc_memory_installation_close(made);
    return status;
}

void rlc_memory_installation_close(struct rlc_memory_installation *made)
{
    if (made->tool)
        made->tool->ops->close(made->tool, true);
    rlc_memory_store_free(made->store);
    rlc_memory_broker_free(made->broker);
    *made = (struct rlc_memory_installation){ .topic_count = 0 };
}

/* ---- looking ---- */

static bool partition_is_read(const struct rlc_memory_installation *made,
                              const struct rlc_service *service, struct rlc_view *view,
                              int32_t input, int32_t partition)
{
    bool state = service->role == RLC_ROLE_STATE;
    int32_t topic = rlc_memory_installation_topic(made, service->topics[input]);
    int32_t slot = state ? partition : input * RLC_SEEN_SLOTS_PER_TOPIC + partition;
    struct rlc_look look;
    struct rlc_error error;
    int64_t low, high;

    if (made->tool->ops->watermarks(made->tool, topic, partition, ASK_MS, &low, &high, &error) !=
            RLC_OK ||
        view->ops->look(view, slot, &look, &error) != RLC_OK || !look.seen_present ||
        look.seen.seen < high || look.seen.busy != 0)
        return false;
    /* A slice that is whole, and as far as what its owner has seen. */
    return !state ||
           (rlc_look_is_whole(&look, made->facts.uuid) && look.seen.base <= look.fence.next_in);
}

bool rlc_memory_installation_is_read(const struct rlc_memory_installation *made,
                                     const struct rlc_service *service, struct rlc_view *view)
{
    for (size_t i = 0; i < service->input_count; i++) {
        for (int32_t p = 0; p < made->facts.partitions; p++) {
            if (!partition_is_read(made, service, view, (int32_t)i, p))
                return false;
        }
    }
    return true;
}

static bool each_of_partition(const struct rlc_memory_installation *made, struct rlc_position from,
                              void (*see)(void *context, const struct rlc_record *record),
                              void *context)
{
    struct rlc_bus_event event;
    struct rlc_error error;

    if (made->tool->ops->read(made->tool, &from, 1, &error) != RLC_OK)
        return false;
    for (;;) {
        if (made->tool->ops->read_poll(made->tool, 0, &event, &error) != RLC_OK)
            return false;
        if (event.kind != RLC_BUS_RECORD)
            return true;
        see(context, &event.record);
    }
}

bool rlc_memory_installation_each(const struct rlc_memory_installation *made, int32_t topic,
                                  void (*see)(void *context, const struct rlc_record *record),
                                  void *context)
{
    bool read = topic != RLC_TOPIC_NONE;

    for (int32_t p = 0; read && p < made->facts.partitions; p++) {
        struct rlc_position from = { topic, p, RLC_OFFSET_BEGIN };

        read = each_of_partition(made, from, see, context);
    }
    (void)made->tool->ops->read(made->tool, NULL, 0, NULL);
    return read;
}
