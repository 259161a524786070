/* SPDX-License-Identifier: Apache-2.0 */
#include "publish.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "common/pure/murmur2.h"
#include "resume.h"

#define FLUSH_MS 10000
/* A full send queue drains within milliseconds while the broker answers. */
#define PRODUCE_TRIES    1000
#define PRODUCE_PAUSE_NS (10L * 1000 * 1000)

int ctl_publisher_open(struct ctl_publisher *publisher, struct ctl *ctl, const char *topic)
{
    struct rlc_error error = { .text = "" };
    enum rlc_status status;

    *publisher = (struct ctl_publisher){ .ctl = ctl };
    publisher->topics[0] = topic;
    publisher->config = (struct rlc_bus_config){ .topics = publisher->topics, .topic_count = 1 };
    status = rlc_kafka_bus_open(&publisher->config, &ctl->kafka, &publisher->bus, &error);
    if (status == RLC_OK)
        status = publisher->bus->ops->partitions(publisher->bus, 0, &publisher->partitions, &error);
    if (status == RLC_REJECT)
        return ctl_fail(ctl, CTL_NOT_THERE, "topic '%s' does not exist: name the source's topic",
                        topic);
    return status == RLC_OK ? CTL_OK : ctl_fail_error(ctl, topic, &error);
}

/* The member's text as it stands in the JSON; enough to choose a partition, and nothing else. */
static struct rlc_span key_of(struct rlc_span json, json_t **ret_event, char *buffer, size_t size)
{
    json_error_t ignored;
    const char *debtor;
    const char *tenant;

    *ret_event = json_loadb((const char *)json.data, json.size, 0, &ignored);
    debtor = json_string_value(json_object_get(*ret_event, "debtor"));
    tenant = json_string_value(json_object_get(*ret_event, "tenant"));
    (void)snprintf(buffer, size, "%s%s%s", tenant ? tenant : "", debtor ? "/" : "",
                   debtor ? debtor : "");
    return rlc_span_of(buffer);
}

int ctl_publish_record(struct ctl_publisher *publisher, int32_t partition, struct rlc_span key,
                       struct rlc_span value, rlc_ms now_ms)
{
    char now[32];
    struct rlc_header headers[2];
    struct rlc_error error = { .text = "" };
    struct rlc_outgoing outgoing = {
        .partition = partition, .key = key, .value = value, .header = headers
    };
    enum rlc_status status = RLC_RETRY;

    (void)snprintf(now, sizeof(now), "%" PRId64, now_ms);
    if (now_ms != 0)
        headers[outgoing.header_count++] =
            (struct rlc_header){ .name = "relance-now", .value = rlc_span_of(now) };
    if (publisher->label)
        headers[outgoing.header_count++] =
            (struct rlc_header){ .name = CTL_LINE_HEADER, .value = rlc_span_of(publisher->label) };
    publisher->last_partition = partition;
    for (int i = 0; status == RLC_RETRY && i < PRODUCE_TRIES; i++) {
        struct timespec pause = { 0, PRODUCE_PAUSE_NS };

        if (i)
            (void)nanosleep(&pause, NULL);
        status = publisher->bus->ops->produce(publisher->bus, &outgoing, &error);
    }
    publisher->published += status == RLC_OK;
    return status == RLC_OK ? CTL_OK : ctl_fail_error(publisher->ctl, "publish", &error);
}

int ctl_publish(struct ctl_publisher *publisher, struct rlc_span json, rlc_ms now_ms)
{
    char text[512];
    json_t *event = NULL;
    struct rlc_span key = key_of(json, &event, text, sizeof(text));
    int32_t partition =
        publisher->partition ? *publisher->partition : rlc_partition_of(key, publisher->partitions);

    json_decref(event);
    return ctl_publish_record(publisher, partition, key, json, now_ms);
}

int ctl_publisher_flush(struct ctl_publisher *publisher)
{
    struct rlc_error error = { .text = "" };

    if (publisher->bus->ops->flush(publisher->bus, FLUSH_MS, &error) == RLC_OK)
        return CTL_OK;
    return ctl_fail_error(publisher->ctl, "publish", &error);
}

void ctl_publisher_close(struct ctl_publisher *publisher)
{
    if (publisher->bus)
        publisher->bus->ops->close(publisher->bus, true);
    publisher->bus = NULL;
}
