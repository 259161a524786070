/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/parity_row.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One attempt on a real broker; in memory it is over at once. */
#define ATTEMPT_MS 20
#define ASK_MS     500

/* ---- handles ---- */

const char *parity_member_name(struct parity_row *row, int who, char *buffer, size_t size)
{
    (void)snprintf(buffer, size, "%s.member-%d", row->world->group, who);
    return buffer;
}

const char *parity_writer_name(struct parity_row *row, int who, char *buffer, size_t size)
{
    (void)snprintf(buffer, size, "%s.writer-%d", row->world->group, who);
    return buffer;
}

static struct rlc_bus *open_bus(struct parity_row *row, int who, bool subscribed, bool writes)
{
    size_t at = row->opened_count++;
    struct rlc_bus_config *config;
    struct rlc_error error = { .text = "" };

    assert(at < PARITY_BUSES);
    config = &row->opened[at].config;
    *config = (struct rlc_bus_config){ .topics = row->world->topics, .topic_count = PARITY_NAMES };
    if (subscribed) {
        config->input_count = 1;
        config->group = row->world->group;
        config->member =
            parity_member_name(row, who, row->opened[at].member, sizeof(row->opened[at].member));
    }
    if (writes)
        config->transactional_id =
            parity_writer_name(row, who, row->opened[at].writer, sizeof(row->opened[at].writer));
    parity_expect(row, row->world->open(row->world->context, config, &row->opened[at].bus, &error),
                  RLC_OK, &error);
    assert(row->opened[at].bus);
    return row->opened[at].bus;
}

struct rlc_bus *parity_member(struct parity_row *row, int who)
{
    return open_bus(row, who, true, true);
}

struct rlc_bus *parity_writer(struct parity_row *row, int who)
{
    return open_bus(row, who, false, true);
}

struct rlc_bus *parity_tool(struct parity_row *row)
{
    return open_bus(row, 0, false, false);
}

void parity_close(struct parity_row *row, struct rlc_bus *bus, bool clean)
{
    for (size_t i = 0; i < row->opened_count; i++) {
        if (row->opened[i].bus == bus)
            row->opened[i].bus = NULL;
    }
    bus->ops->close(bus, clean);
}

/* ---- saying ---- */

const char *parity_status(enum rlc_status status)
{
    static const char *const names[] = { "OK", "RETRY", "ABORT", "REJECT", "FATAL" };

    return names[status];
}

void parity_expect(struct parity_row *row, enum rlc_status status, enum rlc_status expected,
                   const struct rlc_error *error)
{
    if (status != expected)
        answer_say(&row->answer, "[%s: %.80s]", parity_status(status), error->text);
}

void parity_say(struct parity_row *row, const char *call, enum rlc_status status)
{
    answer_say(&row->answer, "%s %s", call, parity_status(status));
}

/* ---- writing ---- */

void parity_begin(struct parity_row *row, struct rlc_bus *bus)
{
    struct rlc_error error = { .text = "" };
    enum rlc_status status = bus->ops->begin(bus, &error);

    for (int i = 0; status == RLC_RETRY && i < row->world->patience; i++) {
        row->world->pause(row->world->context);
        status = bus->ops->begin(bus, &error);
    }
    parity_expect(row, status, RLC_OK, &error);
}

void parity_put_key(struct parity_row *row, struct rlc_bus *bus, int32_t topic, const char *key,
                    const char *value)
{
    struct rlc_error error = { .text = "" };
    struct rlc_outgoing outgoing = { .topic = topic,
                                     .key = rlc_span_of(key),
                                     .value = rlc_span_of(value) };

    parity_expect(row, bus->ops->produce(bus, &outgoing, &error), RLC_OK, &error);
}

void parity_put(struct parity_row *row, struct rlc_bus *bus, int32_t topic, const char *value)
{
    parity_put_key(row, bus, topic, NULL, value);
}

void parity_commit(struct parity_row *row, struct rlc_bus *bus)
{
    struct rlc_error error = { .text = "" };

    parity_expect(row, bus->ops->commit(bus, &error), RLC_OK, &error);
}

void parity_abort(struct parity_row *row, struct rlc_bus *bus)
{
    struct rlc_error error = { .text = "" };

    parity_expect(row, bus->ops->abort(bus, &error), RLC_OK, &error);
}

void parity_write(struct parity_row *row, struct rlc_bus *bus, int32_t topic, const char *value,
                  bool commit)
{
    struct rlc_error error = { .text = "" };
    int64_t low = -1, high = -1;

    enum rlc_status status = bus->ops->watermarks(bus, topic, 0, ASK_MS, &low, &high, &error);

    for (int i = 0; status == RLC_RETRY && i < row->world->patience; i++) {
        row->world->pause(row->world->context); /* a new topic may have no leader yet */
        status = bus->ops->watermarks(bus, topic, 0, ASK_MS, &low, &high, &error);
    }
    parity_expect(row, status, RLC_OK, &error);
    parity_begin(row, bus);
    parity_put(row, bus, topic, value);
    if (commit) {
        parity_commit(row, bus);
        return;
    }
    /* What is aborted before it was sent never reaches the log. */
    parity_await_high(row, bus, topic, high + 1);
    parity_abort(row, bus);
}

void parity_try_commit(struct parity_row *row, struct rlc_bus *bus)
{
    struct rlc_error error = { .text = "" };

    parity_say(row, "commit", bus->ops->commit(bus, &error));
}

/* ---- reading ---- */

void parity_await_high(struct parity_row *row, struct rlc_bus *bus, int32_t topic, int64_t high)
{
    struct rlc_error error = { .text = "" };
    int64_t low = -1, now = -1;

    for (int i = 0; i < row->world->patience; i++) {
        if (bus->ops->watermarks(bus, topic, 0, ASK_MS, &low, &now, &error) == RLC_OK &&
            now == high)
            return;
        row->world->pause(row->world->context);
    }
    answer_say(&row->answer, "[high %" PRId64 " instead of %" PRId64 "]", now, high);
}

static void say_event(struct parity_row *row, const struct rlc_bus_event *event)
{
    const struct rlc_record *record = &event->record;

    switch (event->kind) {
    case RLC_BUS_NOTHING:
        answer_say(&row->answer, "nothing");
        break;
    case RLC_BUS_END:
        answer_say(&row->answer, "END %" PRId64, event->end.offset);
        break;
    case RLC_BUS_REVOKING:
        answer_say(&row->answer, "REVOKING");
        break;
    case RLC_BUS_REBALANCED:
        answer_say(&row->answer, "REBALANCED");
        break;
    case RLC_BUS_RECORD:
        answer_say(&row->answer, "%.*s@%" PRId64, record->value.data ? (int)record->value.size : 9,
                   record->value.data ? (const char *)record->value.data : "tombstone",
                   record->offset);
        break;
    }
}

/* The next event; NOTHING once patience is at its end. */
static struct rlc_bus_event next_event(struct parity_row *row, struct rlc_bus *bus,
                                       enum rlc_status (*poll)(struct rlc_bus *, int32_t,
                                                               struct rlc_bus_event *,
                                                               struct rlc_error *),
                                       int attempts)
{
    struct rlc_bus_event event = { .kind = RLC_BUS_NOTHING };
    struct rlc_error error = { .text = "" };

    for (int i = 0; event.kind == RLC_BUS_NOTHING && i < attempts; i++) {
        enum rlc_status status = poll(bus, ATTEMPT_MS, &event, &error);

        if (status == RLC_RETRY)
            row->world->pause(row->world->context);
        else if (status != RLC_OK) {
            parity_say(row, "poll", status);
            break;
        }
    }
    return event;
}

/* Reads up to the END at `end`; one that comes before shows only how far a real broker was. */
static void read_to(struct parity_row *row, struct rlc_bus *bus,
                    enum rlc_status (*poll)(struct rlc_bus *, int32_t, struct rlc_bus_event *,
                                            struct rlc_error *),
                    int64_t end)
{
    struct rlc_bus_event event;

    for (;;) {
        event = next_event(row, bus, poll, row->world->patience);
        if (event.kind == RLC_BUS_RECORD)
            say_event(row, &event);
        else if (event.kind != RLC_BUS_END || event.end.offset >= end)
            break;
    }
    say_event(row, &event);
}

void parity_read(struct parity_row *row, struct rlc_bus *bus, int32_t topic, int64_t from,
                 int64_t end)
{
    struct rlc_position position = { topic, 0, from };
    struct rlc_error error = { .text = "" };

    parity_expect(row, bus->ops->read(bus, &position, 1, &error), RLC_OK, &error);
    read_to(row, bus, bus->ops->read_poll, end);
}

void parity_poll(struct parity_row *row, struct rlc_bus *bus, int64_t end)
{
    read_to(row, bus, bus->ops->poll, end);
    bus->ops->release(bus);
}

void parity_poll_one(struct parity_row *row, struct rlc_bus *bus)
{
    struct rlc_bus_event event = next_event(row, bus, bus->ops->poll, row->world->patience);

    say_event(row, &event);
    bus->ops->release(bus);
}

void parity_quiet(struct parity_row *row, struct rlc_bus *bus)
{
    struct rlc_bus_event event = next_event(row, bus, bus->ops->poll, row->world->quiet);

    if (event.kind == RLC_BUS_NOTHING)
        answer_say(&row->answer, "quiet");
    else
        say_event(row, &event);
    bus->ops->release(bus);
}

void parity_position(struct parity_row *row, struct rlc_bus *bus)
{
    answer_say(&row->answer, "position %" PRId64, bus->ops->position(bus, PARITY_IN, 0));
}

/* ---- the group ---- */

static bool owns(struct parity_row *row, struct rlc_bus *bus, size_t count)
{
    struct rlc_position owned[PARITY_PARTITIONS];
    struct rlc_bus_event event;
    struct rlc_error error = { .text = "" };
    uint64_t epoch;

    if (!bus)
        return true;
    if (bus->ops->poll(bus, ATTEMPT_MS, &event, &error) == RLC_FATAL)
        answer_say(&row->answer, "[poll: %.80s]", error.text);
    return bus->ops->assignment(bus, owned, PARITY_PARTITIONS, &epoch) == count;
}

void parity_settle(struct parity_row *row, struct rlc_bus *bus, size_t count, struct rlc_bus *other,
                   size_t other_count)
{
    for (int i = 0; i < row->world->patience; i++) {
        bool first = owns(row, bus, count);
        bool second = owns(row, other, other_count);

        if (first && second)
            return;
    }
    answer_say(&row->answer, "[not settled]");
}

void parity_owned(struct parity_row *row, struct rlc_bus *bus)
{
    struct rlc_position owned[PARITY_PARTITIONS];
    uint64_t epoch;
    size_t count = bus->ops->assignment(bus, owned, PARITY_PARTITIONS, &epoch);

    answer_say(&row->answer, "owns");
    for (size_t i = 0; i < count; i++)
        answer_say(&row->answer, "%d", owned[i].partition);
}

void parity_start(struct parity_row *row, struct rlc_bus *bus, int32_t partition, int64_t offset)
{
    struct rlc_error error = { .text = "" };

    parity_expect(row, bus->ops->seek(bus, PARITY_IN, partition, offset, &error), RLC_OK, &error);
    parity_expect(row, bus->ops->resume(bus, PARITY_IN, partition, &error), RLC_OK, &error);
}

enum rlc_status parity_snapshot(struct parity_row *row, struct rlc_bus *bus)
{
    struct rlc_error error = { .text = "" };
    enum rlc_status status = bus->ops->snapshot(bus, &error);

    parity_expect(row, status, RLC_OK, &error);
    return status;
}

enum rlc_status parity_send(struct rlc_bus *bus, int32_t partition, int64_t offset)
{
    struct rlc_position next = { PARITY_IN, partition, offset };
    struct rlc_error error = { .text = "" };

    return bus->ops->send_offsets(bus, &next, 1, &error);
}

void parity_committed(struct parity_row *row, struct rlc_bus *bus, int32_t partition)
{
    struct rlc_error error = { .text = "" };
    int64_t offset = -1;
    enum rlc_status status = RLC_RETRY;

    for (int i = 0; status == RLC_RETRY && i < row->world->patience; i++)
        status = bus->ops->committed(bus, PARITY_IN, partition, ASK_MS, &offset, &error);
    parity_expect(row, status, RLC_OK, &error);
    answer_say(&row->answer, "committed %" PRId64, offset);
}
