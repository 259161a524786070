/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/loop/replay.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void rlc_replay_start(struct rlc_replay *replay, int64_t position, int64_t applied_off)
{
    replay->count = 0;
    replay->bytes_used = 0;
    replay->whole = 0;
    replay->whole_off = applied_off;
    replay->known = false;
    replay->checkpoint_off = RLC_OFFSET_NONE;
    replay->checkpoint_ms = 0;
    replay->applied_off = applied_off;
    replay->first = position;
    replay->whole_below = RLC_OFFSET_NONE;
    replay->position = position;
    replay->end = RLC_OFFSET_NONE;
}

void rlc_replay_again(struct rlc_replay *replay)
{
    assert(replay->known && replay->count == 0);
    replay->whole_off = replay->applied_off;
    replay->whole_below = replay->checkpoint_off;
    replay->position = replay->first;
    replay->end = RLC_OFFSET_NONE;
}

static bool reserve(void **memory, size_t *capacity, size_t need, size_t size)
{
    size_t grown = *capacity ? *capacity : 256;
    void *larger;

    if (need <= *capacity)
        return true;
    while (grown < need)
        grown *= 2;
    larger = realloc(*memory, grown * size);
    if (!larger)
        return false;
    *memory = larger;
    *capacity = grown;
    return true;
}

static size_t add_bytes(struct rlc_replay *replay, struct rlc_span span)
{
    size_t at = replay->bytes_used;

    if (span.size)
        memcpy(replay->bytes + at, span.data, span.size);
    replay->bytes_used += span.size;
    return at;
}

enum rlc_status rlc_replay_add(struct rlc_replay *replay, const struct rlc_record *record)
{
    struct rlc_replay_record *added;
    void *records = replay->records;
    void *bytes = replay->bytes;
    bool fits = reserve(&records, &replay->capacity, replay->count + 1, sizeof(*added));

    replay->records = records;
    fits = reserve(&bytes, &replay->bytes_capacity,
                   replay->bytes_used + record->key.size + record->value.size, 1) &&
           fits;
    replay->bytes = bytes;
    if (!fits)
        return RLC_FATAL;
    added = &replay->records[replay->count++];
    added->key_at = add_bytes(replay, record->key);
    added->key_size = record->key.size;
    added->value_at = add_bytes(replay, record->value);
    added->value_size = record->value.size;
    added->tombstone = record->value.data == NULL;
    if (record->offset < replay->whole_below) {
        replay->whole = replay->count;
        replay->whole_off = record->offset;
    }
    return RLC_OK;
}

bool rlc_replay_is_full(const struct rlc_replay *replay)
{
    return replay->whole >= RLC_REPLAY_CHUNK ||
           (replay->whole && replay->bytes_used >= RLC_REPLAY_CHUNK_BYTES);
}

void rlc_replay_checkpoint(struct rlc_replay *replay, const struct rlc_record *record,
                           const struct rlc_checkpoint *checkpoint)
{
    size_t size = checkpoint->writer.size;

    assert(size < sizeof(replay->writer)); /* decoded: bounded */
    replay->whole = replay->count;
    replay->whole_off = record->offset;
    replay->known = true;
    replay->checkpoint = *checkpoint;
    if (size)
        memcpy(replay->writer, checkpoint->writer.data, size);
    replay->writer[size] = '\0';
    replay->checkpoint.writer = rlc_span_from(replay->writer, size);
    replay->next_in = checkpoint->input_count ? checkpoint->inputs[0].next_in : 0;
    replay->checkpoint.inputs = NULL;
    replay->checkpoint.input_count = 0;
    replay->checkpoint_off = record->offset;
    replay->checkpoint_ms = record->append_ms;
}

void rlc_replay_applied(struct rlc_replay *replay)
{
    size_t left = replay->count - replay->whole;
    size_t keep_from = left ? replay->records[replay->whole].key_at : replay->bytes_used;

    if (left)
        memmove(replay->bytes, replay->bytes + keep_from, replay->bytes_used - keep_from);
    replay->bytes_used -= keep_from;
    for (size_t i = 0; i < left; i++) {
        replay->records[i] = replay->records[replay->whole + i];
        replay->records[i].key_at -= keep_from;
        replay->records[i].value_at -= keep_from;
    }
    replay->restored += (int64_t)replay->whole;
    replay->count = left;
    replay->whole = 0;
    replay->applied_off = replay->whole_off;
}

struct rlc_span rlc_replay_key(const struct rlc_replay *replay, size_t index)
{
    const struct rlc_replay_record *record = &replay->records[index];

    return rlc_span_from(replay->bytes + record->key_at, record->key_size);
}

struct rlc_span rlc_replay_value(const struct rlc_replay *replay, size_t index)
{
    const struct rlc_replay_record *record = &replay->records[index];

    if (record->tombstone)
        return (struct rlc_span){ NULL, 0 };
    return rlc_span_from(replay->bytes + record->value_at, record->value_size);
}

void rlc_replay_clear(struct rlc_replay *replay)
{
    free(replay->records);
    free(replay->bytes);
    memset(replay, 0, sizeof(*replay));
}
