/* SPDX-License-Identifier: Apache-2.0 */
#include "tail.h"

#include "common/runtime/clock.h"

#define ASK_MS  5000
#define POLL_MS 100
#define WAIT_NS (UINT64_C(10) * 1000 * 1000 * 1000)

static enum rlc_status add_ends(struct ctl_tail *tail, int32_t topic, struct rlc_error *error)
{
    const struct rlc_bus_ops *ops = tail->bus->ops;
    int32_t partitions = 0;
    enum rlc_status status = ops->partitions(tail->bus, topic, &partitions, error);

    for (int32_t i = 0; status == RLC_OK && i < partitions && i < RLC_PARTITIONS_MAX; i++) {
        int64_t low;
        int64_t high;

        status = ops->watermarks(tail->bus, topic, i, ASK_MS, &low, &high, error);
        tail->from[tail->from_count++] = (struct rlc_position){ topic, i, high };
    }
    return status;
}

int ctl_tail_open(struct ctl_tail *tail, struct ctl *ctl, const enum rlc_topic_use *uses,
                  size_t count)
{
    struct rlc_error error = { .text = "" };
    enum rlc_status status;

    *tail = (struct ctl_tail){ .ctl = ctl, .count = count };
    for (size_t i = 0; i < count; i++) {
        tail->topics[i] = tail->names[i];
        if (!ctl_topic(ctl, rlc_topic_row(uses[i])->suffix, tail->names[i]))
            return CTL_CONFIG;
    }
    tail->config = (struct rlc_bus_config){ .topics = tail->topics, .topic_count = count };
    status = rlc_kafka_bus_open(&tail->config, &ctl->kafka, &tail->bus, &error);
    for (size_t i = 0; status == RLC_OK && i < count; i++)
        status = add_ends(tail, (int32_t)i, &error);
    if (status == RLC_REJECT)
        return ctl_fail(ctl, CTL_NOT_THERE, "no installation '%s': run 'relancectl topics create'",
                        ctl->settings.installation.topic_prefix);
    if (status == RLC_OK)
        status = tail->bus->ops->read(tail->bus, tail->from, tail->from_count, &error);
    return status == RLC_OK ? CTL_OK : ctl_fail_error(ctl, "answers", &error);
}

int ctl_tail_wait(struct ctl_tail *tail,
                  enum ctl_tail_word (*take)(void *context, const struct rlc_record *record),
                  void *context)
{
    struct rlc_clock clock = rlc_clock_system();
    uint64_t until_ns = rlc_clock_monotonic_ns(&clock) + WAIT_NS;
    enum ctl_tail_word word = CTL_TAIL_OTHER;
    struct rlc_error error = { .text = "" };
    enum rlc_status status = RLC_OK;

    while (status == RLC_OK && word != CTL_TAIL_DONE && rlc_clock_monotonic_ns(&clock) < until_ns) {
        struct rlc_bus_event event;

        status = tail->bus->ops->read_poll(tail->bus, POLL_MS, &event, &error);
        word = CTL_TAIL_OTHER;
        if (status == RLC_OK && event.kind == RLC_BUS_RECORD)
            word = take(context, &event.record);
        if (word == CTL_TAIL_MINE)
            until_ns = rlc_clock_monotonic_ns(&clock) + WAIT_NS;
    }
    return status == RLC_OK ? CTL_OK : ctl_fail_error(tail->ctl, "answers", &error);
}

void ctl_tail_close(struct ctl_tail *tail)
{
    if (tail->bus)
        tail->bus->ops->close(tail->bus, true);
    tail->bus = NULL;
}
