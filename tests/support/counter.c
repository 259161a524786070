/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/counter.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/runtime/view.h"

enum { VALUE_MAX = 128 };

const char *const COUNTER_TOPIC[COUNTER_TOPICS] = {
    [COUNTER_INPUT] = "counter.events",
    [COUNTER_FACTS] = "counter.facts",
    [COUNTER_STATE] = "counter.state",
    [COUNTER_DEAD_LETTERS] = "counter.dead-letters",
};

/* What the shell hands to decide(). */
struct order {
    char verb[8];
    int64_t number;
};

static struct rlc_span subject_key(struct rlc_arena *arena, struct rlc_span subject)
{
    uint8_t *key = rlc_arena_alloc(arena, subject.size + 2);

    assert(key);
    key[0] = 'd';
    key[1] = '|';
    memcpy(key + 2, subject.data, subject.size);
    return rlc_span_from(key, subject.size + 2);
}

static enum rlc_status decode(void *self, const struct rlc_record *record, struct rlc_arena *arena,
                              struct rlc_event *ret_event, struct rlc_fault *ret_fault)
{
    struct order *order = rlc_arena_alloc(arena, sizeof(*order));
    char text[VALUE_MAX] = "";
    size_t verb_size;

    (void)self;
    assert(order);
    if (record->value.size >= sizeof(text) || !record->value.data)
        return rlc_fault_set(ret_fault, "TOO_LONG", "value", "send a short text");
    memcpy(text, record->value.data, record->value.size);
    verb_size = strcspn(text, " ");
    order->number = strtoll(text + verb_size, NULL, 10);
    (void)snprintf(order->verb, sizeof(order->verb), "%.*s", (int)verb_size, text);
    if (!order->verb[0] || strcmp(order->verb, "bad") == 0)
        return rlc_fault_set(ret_fault, "BAD_VERB", "value", "send add, wake, drop, tick or sweep");
    ret_event->at_ms = record->append_ms;
    ret_event->body = order;
    if (strcmp(order->verb, "tick") == 0) {
        ret_event->class = RLC_EVENT_TICK;
        ret_event->at_ms = order->number;
    } else if (strcmp(order->verb, "sweep") == 0) {
        ret_event->class = RLC_EVENT_SWEEP;
    } else {
        ret_event->subject = subject_key(arena, record->key);
    }
    return RLC_OK;
}

static void keys(void *self, const struct rlc_event *event, struct rlc_overlay *overlay)
{
    (void)self;
    if (event->class == RLC_EVENT_PLAIN || event->class == RLC_EVENT_DUE)
        (void)rlc_overlay_want(overlay, event->subject);
}

static void fact(struct rlc_turn *turn, struct rlc_span subject, const char *what)
{
    char *text = rlc_arena_alloc(turn->arena, VALUE_MAX);

    assert(text);
    (void)snprintf(text, VALUE_MAX, "%" PRId64 " %.*s %s", turn->chain->sequence,
                   (int)subject.size - 2, (const char *)subject.data + 2, what);
    rlc_turn_fact(turn, subject, rlc_span_of(text));
    rlc_turn_count(turn, rlc_series(0));
}

static void decide_due(const struct rlc_event *event, struct rlc_turn *turn)
{
    struct count *count = rlc_overlay_change(turn->overlay, event->subject);
    char what[VALUE_MAX];

    if (!count)
        return;
    if (event->sweeping) {
        if (count->swept != event->record->offset + 1)
            fact(turn, event->subject, "swept");
        count->swept = event->record->offset + 1;
        return;
    }
    (void)snprintf(what, sizeof(what), "woke at %" PRId64, turn->now_ms);
    fact(turn, event->subject, what);
    count->wake_ms = RLC_MS_NEVER;
}

static void decide(void *self, const struct rlc_event *event, struct rlc_turn *turn)
{
    const struct order *order = event->body;
    char what[VALUE_MAX];
    struct count *count;

    (void)self;
    if (event->class == RLC_EVENT_DUE) {
        decide_due(event, turn);
        return;
    }
    if (event->class != RLC_EVENT_PLAIN)
        return;
    if (strcmp(order->verb, "crash") == 0)
        abort();
    if (strcmp(order->verb, "drop") == 0) {
        rlc_overlay_delete(turn->overlay, event->subject);
        return;
    }
    count = rlc_overlay_change(turn->overlay, event->subject);
    if (!count) {
        count = rlc_overlay_put(turn->overlay, event->subject, sizeof(*count));
        count->wake_ms = RLC_MS_NEVER;
    }
    if (strcmp(order->verb, "wake") == 0) {
        count->wake_ms = order->number;
        return;
    }
    count->count++;
    count->sum += order->number;
    (void)snprintf(what, sizeof(what), "%" PRId64 ":%" PRId64, count->count, count->sum);
    fact(turn, event->subject, what);
}

static void *decode_record(void *self, struct rlc_span key, struct rlc_span bytes,
                           struct rlc_arena *arena)
{
    struct count *count = rlc_arena_alloc(arena, sizeof(*count));

    (void)self;
    (void)key;
    if (!count || bytes.size != sizeof(*count))
        return NULL;
    memcpy(count, bytes.data, sizeof(*count));
    return count;
}

static struct rlc_span encode_record(void *self, struct rlc_span key, const void *record,
                                     struct rlc_arena *arena)
{
    (void)self;
    (void)key;
    return rlc_arena_copy(arena, rlc_span_from(record, sizeof(struct count)));
}

static bool wake(void *self, struct rlc_span key, const void *record, rlc_ms *ret_wake_ms)
{
    (void)self;
    (void)key;
    *ret_wake_ms = ((const struct count *)record)->wake_ms;
    return true;
}

static void encode_tick(void *self, int32_t partition, rlc_ms now_ms, struct rlc_arena *arena,
                        struct rlc_span *ret_key, struct rlc_span *ret_value)
{
    char *text = rlc_arena_alloc(arena, VALUE_MAX);

    (void)self;
    (void)partition;
    assert(text);
    (void)snprintf(text, VALUE_MAX, "tick %" PRId64, now_ms);
    *ret_key = rlc_span_of("tick");
    *ret_value = rlc_span_of(text);
}

static const struct rlc_metric METRICS[] = {
    { .name = "counter_facts", .unit = "records", .help = "facts written" },
};

const struct rlc_service counter_service = {
    .name = "counter",
    .role = RLC_ROLE_STATE,
    .rules_version = 1,
    .topics = COUNTER_TOPIC,
    .topic_count = COUNTER_TOPICS,
    .input_count = 1,
    .state_topic = COUNTER_STATE,
    .chain_topic = COUNTER_FACTS,
    .dead_letter_topic = COUNTER_DEAD_LETTERS,
    .metrics = METRICS,
    .metric_count = RLC_COUNT(METRICS),
    .decode = decode,
    .keys = keys,
    .decide = decide,
    .decode_record = decode_record,
    .encode_record = encode_record,
    .wake = wake,
    .encode_tick = encode_tick,
};
