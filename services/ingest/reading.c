/* SPDX-License-Identifier: Apache-2.0 */
#include "reading.h"

#include <stdlib.h>

#include "common/runtime/loop/worker.h"

/* How often everybody is told again which sources there are: a store that lost it holds all
 * contacts back, and lines count as stale after 10 s. */
#define EXPECT_MS 5000

/* We look once a second. After a longer silence (stopped, or a server was away) nobody knows since
 * when a partition is behind; shorter than the 10 s after which our last word counts no more, so
 * that contacts which began to wait go on waiting. */
#define WATCHED_MS 5000
/* ... and it counts as behind for ever, until it is read to its end once. */
#define BEHIND_FOR_EVER 1

struct watched_part {
    int32_t topic;
    int32_t partition;
    rlc_ms behind_since_ms; /* RLC_MS_NONE: it is not */
};

struct watched {
    struct watched_part part[RLC_PARTS_MAX];
    size_t count;
    rlc_ms looked_ms;   /* when these were */
    rlc_ms expected_ms; /* when it was last told which sources there are */
};

struct watched *reading_new(void)
{
    return calloc(1, sizeof(struct watched));
}

void reading_free(struct watched *watched)
{
    free(watched);
}

/* NULL: it was not watched until now, or is read again after somebody else. */
static const struct watched_part *part_before(const struct watched *watched,
                                              const struct rlc_reading *reading, rlc_ms now_ms)
{
    if (now_ms < watched->looked_ms || now_ms - watched->looked_ms > WATCHED_MS)
        return NULL;
    for (size_t i = 0; i < watched->count; i++) {
        if (watched->part[i].topic == reading->topic &&
            watched->part[i].partition == reading->partition)
            return &watched->part[i];
    }
    return NULL;
}

static rlc_ms behind_since(const struct watched *watched, const struct rlc_reading *reading,
                           rlc_ms now_ms)
{
    const struct watched_part *before = part_before(watched, reading, now_ms);

    if (reading->position >= reading->watermark)
        return RLC_MS_NONE;
    if (!before)
        return BEHIND_FOR_EVER;
    return before->behind_since_ms ? before->behind_since_ms : now_ms;
}

static void tell_sources(struct intake *intake, rlc_ms now_ms)
{
    struct rlc_error ignored;

    if (now_ms >= intake->watched->expected_ms && now_ms - intake->watched->expected_ms < EXPECT_MS)
        return;
    if (intake->freshness->ops->expect(intake->freshness, intake->live, intake->live_count,
                                       &ignored) == RLC_OK)
        intake->watched->expected_ms = now_ms;
}

void reading_publish(struct intake *intake, const struct rlc_reading *readings, size_t count)
{
    rlc_ms now_ms = rlc_clock_now_ms(&intake->clock);
    struct watched next = { .looked_ms = now_ms };

    if (!intake->freshness)
        return;
    tell_sources(intake, now_ms);
    next.expected_ms = intake->watched->expected_ms;
    for (size_t i = 0; i < count && i < RLC_PARTS_MAX; i++) {
        const struct rlc_reading *reading = &readings[i];
        const struct source *source = &intake->sources[reading->topic];
        struct rlc_freshness_line line = {
            .position = reading->position,
            .watermark = reading->watermark,
            .behind_since_ms = behind_since(intake->watched, reading, now_ms),
            .at_ms = now_ms,
        };
        struct rlc_error ignored;

        next.part[next.count++] =
            (struct watched_part){ reading->topic, reading->partition, line.behind_since_ms };
        if (source->live &&
            intake->freshness->ops->publish(intake->freshness, rlc_span_of(source->topic),
                                            reading->partition, &line, &ignored) != RLC_OK)
            break;
    }
    *intake->watched = next;
}
