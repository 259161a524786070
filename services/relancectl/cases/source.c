/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/source.h"

#include "common/runtime/memory.h"
#include "common/wire/debtor_event.h"
#include "scan.h"

#define ASK_MS 5000

struct asking {
    struct rlc_arena arena;
    char *topic;
};

static bool take(void *context, const struct rlc_record *record)
{
    struct asking *asking = context;
    struct rlc_debtor_event event;
    struct rlc_fault fault;

    rlc_arena_reset(&asking->arena);
    if (rlc_debtor_event_decode(record->value, &asking->arena, &event, &fault) == RLC_OK) {
        struct rlc_span topic = event.envelope.causation.at.topic;

        (void)snprintf(asking->topic, RLC_TOPIC_NAME_MAX, "%.*s", (int)topic.size,
                       topic.size ? (const char *)topic.data : "");
    }
    return true;
}

/* Topics of events are emptied from their beginning after a time. */
static bool is_kept(struct ctl *ctl, const char *topic, const struct rlc_coordinates *at)
{
    const char *topics[] = { topic };
    struct rlc_bus_config config = { .topics = topics, .topic_count = 1 };
    struct rlc_error error = { .text = "" };
    struct rlc_bus *bus = NULL;
    int64_t low = 0;
    int64_t high = 0;
    enum rlc_status status = rlc_kafka_bus_open(&config, &ctl->kafka, &bus, &error);

    if (status == RLC_OK)
        status = bus->ops->watermarks(bus, 0, at->partition, ASK_MS, &low, &high, &error);
    if (bus)
        bus->ops->close(bus, true);
    return status == RLC_OK && low <= at->offset && at->offset < high;
}

static const struct rlc_coordinates *last_event(const struct dossier_case *found)
{
    const struct rlc_coordinates *at = NULL;

    for (const struct dossier_move *move = found->moves; move; move = move->next) {
        if (move->fact && move->fact->envelope.causation.at.topic.size > 0)
            at = &move->fact->envelope.causation.at;
    }
    return at;
}

bool ctl_case_source(struct ctl *ctl, const struct dossier_case *found,
                     char ret_topic[RLC_TOPIC_NAME_MAX])
{
    const struct rlc_coordinates *at = last_event(found);
    char name[RLC_TOPIC_NAME_MAX];
    struct asking asking = { .topic = ret_topic };
    struct ctl_scan scan = { .topic = name, .take = take, .context = &asking };
    int code;

    ret_topic[0] = '\0';
    if (!at || !ctl_topic(ctl, rlc_topic_row(RLC_TOPIC_DEBTOR_EVENTS)->suffix, name) ||
        !is_kept(ctl, name, at) || rlc_arena_map(&asking.arena, RLC_DECODE_BYTES_MAX) != RLC_OK)
        return false;
    scan.partition = at->partition;
    scan.offset = at->offset;
    code = ctl_scan(ctl, &scan);
    rlc_arena_unmap(&asking.arena);
    return code == CTL_OK && ret_topic[0] != '\0';
}
