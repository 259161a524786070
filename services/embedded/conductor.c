/* SPDX-License-Identifier: Apache-2.0 */
#include "conductor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/pure/calendar.h"
#include "common/runtime/error.h"

/* Time of day of the steps, UTC: the default of `relancectl replay`. */
#define STEP_OF_DAY_MS (600 * RLC_MINUTE_MS)

struct events {
    const char *path;
    FILE *file;
    char *line;
    size_t size;
    ssize_t length;
    rlc_ms line_ms; /* of the line that waits; RLC_MS_NEVER at the end */
};

/* An event without a readable time is somebody's mistake that ingest must judge: it goes with its
 * predecessor. */
static void read_time(struct events *events)
{
    json_t *event = json_loadb(events->line, (size_t)events->length, 0, NULL);
    const char *time = json_string_value(json_object_get(event, "time"));
    rlc_ms line_ms;

    if (!time || !rlc_ms_parse(rlc_span_of(time), &line_ms))
        line_ms = events->line_ms;
    json_decref(event);
    events->line_ms = line_ms;
}

static enum rlc_status next_line(struct events *events, struct rlc_error *reterr)
{
    do {
        errno = 0;
        events->length = getline(&events->line, &events->size, events->file);
    } while (events->length == 1);
    if (events->length < 0) {
        events->line_ms = RLC_MS_NEVER;
        if (ferror(events->file))
            return rlc_error_set(reterr, RLC_REJECT, "events", errno, "cannot read '%.200s': %s",
                                 events->path, strerror(errno));
        return RLC_OK;
    }
    if (events->line[events->length - 1] == '\n')
        events->length--;
    read_time(events);
    return RLC_OK;
}

static enum rlc_status open_events(struct events *events, struct rlc_error *reterr)
{
    enum rlc_status status;

    events->file = fopen(events->path, "rb");
    if (!events->file)
        return rlc_error_set(reterr, RLC_REJECT, "events", errno, "cannot open '%.200s': %s",
                             events->path, strerror(errno));
    status = next_line(events, reterr);
    if (status == RLC_OK && (events->line_ms == 0 || events->line_ms == RLC_MS_NEVER)) {
        return rlc_error_set(reterr, RLC_REJECT, "events", 0,
                             "'%.200s': the first line must be an event with a readable 'time'",
                             events->path);
    }
    return status;
}

static enum rlc_status publish_step(struct embedded *embedded, struct events *events,
                                    struct conducted *conducted, struct rlc_error *reterr)
{
    int64_t before = conducted->events;
    enum rlc_status status = RLC_OK;

    while (status == RLC_OK && events->line_ms <= conducted->step_ms) {
        struct rlc_span line = rlc_span_from(events->line, (size_t)events->length);

        status = embedded_publish(embedded, line, events->line_ms, reterr);
        conducted->events++;
        if (status == RLC_OK)
            status = next_line(events, reterr);
    }
    if (status == RLC_OK && conducted->events > before)
        status = embedded_settle(embedded, reterr);
    return status;
}

static enum rlc_status one_step(struct embedded *embedded, struct events *events,
                                struct conducted *conducted, struct rlc_error *reterr)
{
    enum rlc_status status = publish_step(embedded, events, conducted, reterr);

    conducted->days++;
    if (status != RLC_OK || embedded_next_due(embedded) > conducted->step_ms)
        return status;
    conducted->ticks++;
    return embedded_tick(embedded, conducted->step_ms, reterr);
}

static bool is_over(const struct conduct *how, const struct events *events,
                    const struct conducted *conducted)
{
    if (how->last_day == 0)
        return events->line_ms == RLC_MS_NEVER;
    return conducted->step_ms / RLC_DAY_MS >= (int64_t)how->last_day;
}

static enum rlc_status all_steps(struct embedded *embedded, const struct conduct *how,
                                 struct events *events, struct conducted *conducted,
                                 struct rlc_error *reterr)
{
    enum rlc_status status = open_events(events, reterr);
    rlc_ms midnight_ms = events->line_ms / RLC_DAY_MS * RLC_DAY_MS;

    if (status == RLC_OK)
        status = embedded_activate(embedded, how->begin_ms ? how->begin_ms : midnight_ms, reterr);
    conducted->step_ms = midnight_ms + STEP_OF_DAY_MS;
    while (status == RLC_OK) {
        status = one_step(embedded, events, conducted, reterr);
        if (how->progress)
            how->progress(how->context, conducted);
        if (status != RLC_OK || is_over(how, events, conducted))
            break;
        conducted->step_ms += RLC_DAY_MS;
    }
    return status;
}

enum rlc_status conduct(struct embedded *embedded, const struct conduct *how,
                        struct conducted *ret_conducted, struct rlc_error *reterr)
{
    struct events events = { .path = how->events };
    enum rlc_status status;

    *ret_conducted = (struct conducted){ .events = 0 };
    status = all_steps(embedded, how, &events, ret_conducted, reterr);
    free(events.line);
    if (events.file)
        (void)fclose(events.file);
    return status;
}
