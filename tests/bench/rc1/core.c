/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/rc1/core.h"

#include <assert.h>

#define DAY_MS    INT64_C(86400000)
#define FNV_PRIME UINT64_C(1099511628211)
/* What the action id of a command begins with: every contender has this number. */
#define ACTION_BASE UINT64_C(1469598103934665603)

enum {
    SCORE_BASE = 600,
    BAND_WIDTH = 50,
    SEED = 7,
    POINTS_RANGE = 41, /* -20 to 20 */
    POINTS_LEAST = -20,
    BUCKET_DAYS = 30,
    LAST_BUCKET_DAYS = (RC1_BUCKETS - 2) * BUCKET_DAYS, /* behind so many */
    AGEING_SHARE = 8,                                   /* an eighth of each bucket becomes older */
    LINK_SIZE = 34, /* of the audit record's last field, its head included */
    ONE_BYTE_LENGTH = 128
};

/* Kinds of fields, as protobuf numbers them. */
enum { VARINT = 0, FIXED64 = 1, BYTES = 2 };

/* ---- tables ---- */

static uint32_t draw(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 24;
}

void rc1_tables_fill(struct rc1_tables *ret_tables)
{
    uint32_t seed = SEED;

    for (int i = 0; i < RC1_FEATURES; i++) {
        for (int j = 0; j < RC1_BINS; j++)
            ret_tables->points[i][j] = (int16_t)((int)(draw(&seed) % POINTS_RANGE) + POINTS_LEAST);
    }
    for (int step = 0; step < RC1_STEPS; step++) {
        for (int kind = 0; kind < RC1_KINDS; kind++) {
            for (int band = 0; band < RC1_BANDS; band++)
                ret_tables->next[step][kind][band] = draw(&seed) & 31;
        }
    }
}

/* ---- reading ---- */

struct reader {
    const uint8_t *at;
    const uint8_t *end;
};

static bool read_varint(struct reader *reader, uint64_t *ret_value)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
        uint8_t byte = *reader->at++;

        value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) {
            *ret_value = value;
            return true;
        }
    }
    return false;
}

static void take_number(struct rc1_event *event, uint64_t field, int64_t value)
{
    int64_t *numbers[] = { NULL,          &event->kind,         NULL,
                           NULL,          &event->amount_minor, &event->due_day,
                           &event->at_ms, &event->sequence };

    if (field < RLC_COUNT(numbers) && numbers[field])
        *numbers[field] = value;
}

static bool take_bytes(struct rc1_event *event, uint64_t field, struct reader *reader,
                       uint64_t size)
{
    struct rlc_span span;

    if (size > (uint64_t)(reader->end - reader->at))
        return false;
    span = rlc_span_from(reader->at, size);
    reader->at += size;
    if (field == 2)
        event->debtor = span;
    else if (field == 3)
        event->document = span;
    else if (field == 8)
        event->filler = span;
    return true;
}

bool rc1_event_decode(struct rlc_span bytes, struct rc1_event *ret_event)
{
    struct reader reader = { bytes.data, bytes.data + bytes.size };

    *ret_event = (struct rc1_event){ .kind = 0 };
    while (reader.at < reader.end) {
        uint64_t tag, value;

        if (!read_varint(&reader, &tag) || !read_varint(&reader, &value))
            return false;
        if ((tag & 7) == VARINT)
            take_number(ret_event, tag >> 3, (int64_t)value);
        else if ((tag & 7) != BYTES || !take_bytes(ret_event, tag >> 3, &reader, value))
            return false;
    }
    return ret_event->kind >= 1 && ret_event->kind <= RC1_KINDS && ret_event->debtor.size > 0 &&
           ret_event->debtor.size <= RC1_NAME_MAX && ret_event->document.size <= RC1_NAME_MAX &&
           ret_event->filler.size > 0;
}

/* ---- deciding ---- */

static int bucket_of(int64_t days_late)
{
    if (days_late <= 0)
        return 0;
    return days_late > LAST_BUCKET_DAYS ? RC1_BUCKETS - 1
                                        : (int)(1 + (days_late - 1) / BUCKET_DAYS);
}

static void invoice(struct rc1_state *state, const struct rc1_event *event)
{
    state->bucket_minor[bucket_of(event->at_ms / DAY_MS - event->due_day)] += event->amount_minor;
    state->open_minor += event->amount_minor;
    state->next_due_day = (int32_t)event->due_day;
}

/* The oldest first; what exceeds the open amount is only counted as paid. */
static void payment(struct rc1_state *state, const struct rc1_event *event)
{
    int64_t left = event->amount_minor;

    for (int i = RC1_BUCKETS - 1; i >= 0; i--) {
        int64_t taken = left < state->bucket_minor[i] ? left : state->bucket_minor[i];

        state->bucket_minor[i] -= taken;
        left -= taken;
    }
    state->open_minor -= event->amount_minor - left;
    state->paid_minor += event->amount_minor;
}

static void ageing(struct rc1_state *state, const struct rc1_event *event)
{
    (void)event;
    for (int i = RC1_BUCKETS - 1; i >= 1; i--) {
        int64_t moved = state->bucket_minor[i - 1] / AGEING_SHARE;

        state->bucket_minor[i] += moved;
        state->bucket_minor[i - 1] -= moved;
    }
}

static void dispute(struct rc1_state *state, const struct rc1_event *event)
{
    int64_t disputed = state->disputed_minor + event->amount_minor;

    state->disputed_minor = disputed < state->open_minor ? disputed : state->open_minor;
}

static void remember(struct rc1_state *state, const struct rc1_event *event)
{
    state->overdue_minor = 0;
    for (int i = 1; i < RC1_BUCKETS; i++)
        state->overdue_minor += state->bucket_minor[i];
    state->count[event->kind - 1]++;
    state->delay_days[state->epoch % RC1_HISTORY] =
        (int32_t)(event->at_ms / DAY_MS - event->due_day);
    state->epoch++;
    state->last_sequence = event->sequence;
    state->last_ms = event->at_ms;
    state->last_amount_minor = event->amount_minor;
}

static void list_features(const struct rc1_state *state, int64_t feature[RC1_FEATURES])
{
    int64_t sum = 0, longest = 0;
    size_t count = 0;

    for (int i = 0; i < RC1_HISTORY; i++) {
        sum += state->delay_days[i];
        longest = state->delay_days[i] > longest ? state->delay_days[i] : longest;
    }
    for (int i = 0; i < RC1_BUCKETS; i++)
        feature[count++] = state->bucket_minor[i];
    feature[count++] = state->open_minor;
    feature[count++] = state->overdue_minor;
    feature[count++] = state->paid_minor;
    feature[count++] = state->disputed_minor;
    feature[count++] = state->last_amount_minor;
    for (int i = 0; i < RC1_KINDS; i++)
        feature[count++] = state->count[i];
    feature[count++] = sum;
    feature[count++] = longest;
    feature[count++] = state->epoch;
    feature[count++] = state->open_minor - state->overdue_minor;
    feature[count++] = state->step;
    assert(count == RC1_FEATURES);
}

/* Half of the number of its bits: each bin is four times as wide as the one before. */
static uint8_t bin_of(int64_t feature)
{
    int bin = feature <= 0 ? 0 : (64 - __builtin_clzll((uint64_t)feature)) / 2;

    return (uint8_t)(bin < RC1_BINS ? bin : RC1_BINS - 1);
}

static int32_t score_of(const struct rc1_tables *tables, const struct rc1_state *state,
                        uint8_t bin[RC1_FEATURES])
{
    int64_t feature[RC1_FEATURES];
    int32_t score = SCORE_BASE;

    list_features(state, feature);
    for (int i = 0; i < RC1_FEATURES; i++) {
        bin[i] = bin_of(feature[i]);
        score += tables->points[i][bin[i]];
    }
    return score;
}

static int band_of(int32_t score)
{
    int band = 0;

    for (int32_t least = SCORE_BASE - BAND_WIDTH; band < RC1_BANDS - 1 && score >= least;
         least += BAND_WIDTH)
        band++;
    return band;
}

bool rc1_decide(const struct rc1_tables *tables, const struct rc1_event *event,
                struct rc1_state *state, struct rc1_decision *ret_decision)
{
    static void (*const effects[])(struct rc1_state *, const struct rc1_event *) = {
        [RC1_INVOICE] = invoice,
        [RC1_PAYMENT] = payment,
        [RC1_AGEING] = ageing,
        [RC1_DISPUTE] = dispute,
    };
    uint8_t next;

    if (event->sequence <= state->last_sequence)
        return false;
    effects[event->kind](state, event);
    remember(state, event);
    state->score = score_of(tables, state, ret_decision->bin);
    next = tables->next[state->step][event->kind - 1][band_of(state->score)];
    state->step = next % RC1_STEPS;
    ret_decision->channel = next / RC1_STEPS;
    return true;
}

/* ---- writing ---- */

struct writer {
    uint8_t *begin;
    uint8_t *at;
};

static void put_varint(struct writer *writer, uint64_t value)
{
    while (value >= 128) {
        *writer->at++ = (uint8_t)(value | 128);
        value >>= 7;
    }
    *writer->at++ = (uint8_t)value;
}

static void put_tag(struct writer *writer, int field, int kind)
{
    *writer->at++ = (uint8_t)(field << 3 | kind);
}

static void put_number(struct writer *writer, int field, int64_t value)
{
    put_tag(writer, field, VARINT);
    put_varint(writer, (uint64_t)value);
}

static void put_bytes(struct writer *writer, int field, struct rlc_span bytes)
{
    put_tag(writer, field, BYTES);
    put_varint(writer, bytes.size);
    if (bytes.size)
        memcpy(writer->at, bytes.data, bytes.size);
    writer->at += bytes.size;
}

/* Makes the record `size` bytes long by a field out of the filler, over and over; a record that
 * leaves less than three bytes for it stays as it is. */
static void put_filler(struct writer *writer, int field, size_t size, struct rlc_span filler)
{
    size_t used = (size_t)(writer->at - writer->begin);
    size_t left, part;

    if (used + 3 > size)
        return;
    left = size - used - 2;
    if (left >= ONE_BYTE_LENGTH)
        left--;
    put_tag(writer, field, BYTES);
    put_varint(writer, left);
    for (; left > 0; left -= part, writer->at += part) {
        part = left < filler.size ? left : filler.size;
        memcpy(writer->at, filler.data, part);
    }
}

static size_t written(const struct writer *writer)
{
    size_t size = (size_t)(writer->at - writer->begin);

    assert(size <= RC1_RECORD_MAX);
    return size;
}

size_t rc1_event_encode(const struct rc1_event *event, uint8_t bytes[RC1_RECORD_MAX])
{
    struct writer writer = { bytes, bytes };

    put_number(&writer, 1, event->kind);
    put_bytes(&writer, 2, event->debtor);
    put_bytes(&writer, 3, event->document);
    put_number(&writer, 4, event->amount_minor);
    put_number(&writer, 5, event->due_day);
    put_number(&writer, 6, event->at_ms);
    put_number(&writer, 7, event->sequence);
    put_filler(&writer, 8, RC1_EVENT_SIZE, event->filler);
    return written(&writer);
}

static void put_buckets(struct writer *writer, int field, const struct rc1_state *state)
{
    uint8_t packed[RC1_BUCKETS * 10]; /* a number takes up to ten bytes */
    struct writer inner = { packed, packed };

    for (int i = 0; i < RC1_BUCKETS; i++)
        put_varint(&inner, (uint64_t)state->bucket_minor[i]);
    put_bytes(writer, field, rlc_span_from(packed, (size_t)(inner.at - packed)));
}

size_t rc1_fact(const struct rc1_outcome *outcome, uint8_t bytes[RC1_RECORD_MAX])
{
    const struct rc1_event *event = outcome->event;
    const struct rc1_state *state = outcome->state;
    struct writer writer = { bytes, bytes };

    put_bytes(&writer, 1, event->debtor);
    put_bytes(&writer, 2, event->document);
    put_number(&writer, 3, event->kind);
    put_number(&writer, 4, state->step);
    put_number(&writer, 5, state->score);
    put_number(&writer, 6, state->open_minor);
    put_number(&writer, 7, state->overdue_minor);
    put_buckets(&writer, 8, state);
    put_number(&writer, 9, state->epoch);
    put_number(&writer, 10, event->at_ms);
    put_bytes(&writer, 11, rlc_span_from(outcome->decision->bin, RC1_FEATURES));
    put_number(&writer, 12, event->sequence);
    put_number(&writer, 13, outcome->partition);
    put_number(&writer, 14, outcome->offset);
    put_filler(&writer, 15, RC1_OUTPUT_SIZE, event->filler);
    return written(&writer);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    return (hash ^ value) * FNV_PRIME;
}

uint64_t rc1_fnv(uint64_t hash, struct rlc_span bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        hash = mix(hash, bytes.data[i]);
    return hash;
}

static void put_action_id(struct writer *writer, int field, const struct rc1_outcome *outcome)
{
    uint64_t id = rc1_fnv(ACTION_BASE, outcome->event->debtor);

    id = mix(id, (uint64_t)outcome->event->sequence);
    id = mix(id, (uint64_t)outcome->state->step);
    put_tag(writer, field, FIXED64);
    for (int i = 0; i < 8; i++)
        *writer->at++ = (uint8_t)(id >> 8 * i);
}

size_t rc1_command(const struct rc1_outcome *outcome, uint8_t bytes[RC1_RECORD_MAX])
{
    const struct rc1_event *event = outcome->event;
    const struct rc1_state *state = outcome->state;
    int32_t channel = outcome->decision->channel;
    struct writer writer = { bytes, bytes };

    put_bytes(&writer, 1, event->debtor);
    put_bytes(&writer, 2, event->document);
    put_number(&writer, 3, channel + 1);
    put_number(&writer, 4, state->step);
    put_number(&writer, 5, state->step * 4 + channel + 1); /* the template */
    put_number(&writer, 6, state->open_minor);
    put_number(&writer, 7, state->epoch);
    put_number(&writer, 8, event->at_ms);
    put_action_id(&writer, 9, outcome);
    put_filler(&writer, 15, RC1_OUTPUT_SIZE, event->filler);
    return written(&writer);
}

size_t rc1_audit_body(const struct rc1_outcome *outcome, uint8_t bytes[RC1_RECORD_MAX])
{
    const struct rc1_event *event = outcome->event;
    const struct rc1_state *state = outcome->state;
    struct writer writer = { bytes, bytes };

    put_number(&writer, 1, outcome->partition);
    put_number(&writer, 2, outcome->offset);
    put_bytes(&writer, 3, event->debtor);
    put_bytes(&writer, 4, event->document);
    put_number(&writer, 5, event->kind);
    put_number(&writer, 6, event->sequence);
    put_number(&writer, 7, state->step);
    put_number(&writer, 8, state->score);
    put_number(&writer, 9, state->overdue_minor);
    put_bytes(&writer, 10, rlc_span_from(outcome->decision->bin, RC1_FEATURES));
    put_number(&writer, 11, event->at_ms);
    put_filler(&writer, 14, RC1_OUTPUT_SIZE - LINK_SIZE, event->filler);
    return written(&writer);
}

size_t rc1_append_link(uint8_t bytes[RC1_RECORD_MAX], size_t size, const uint8_t link[32])
{
    struct writer writer = { bytes, bytes + size };

    put_bytes(&writer, 15, rlc_span_from(link, 32));
    return written(&writer);
}
