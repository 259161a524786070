/* SPDX-License-Identifier: Apache-2.0 */
#include "common/memory/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_FIRST 16u

void *rlc_memory_grow(void *array, size_t *capacity, size_t need, size_t size)
{
    size_t grown = *capacity ? *capacity : CAPACITY_FIRST;
    void *larger;

    if (array && need <= *capacity)
        return array;
    while (grown < need)
        grown *= 2;
    larger = realloc(array, grown * size);
    if (larger)
        *capacity = grown;
    return larger;
}

/* ---- entries ---- */

static size_t bytes_of(struct rlc_span key, struct rlc_span value, const struct rlc_header *header,
                       size_t header_count)
{
    size_t size = sizeof(struct rlc_memory_entry) + header_count * sizeof(*header);

    size += key.size + value.size;
    for (size_t i = 0; i < header_count; i++)
        size += strlen(header[i].name) + 1 + header[i].value.size;
    return size;
}

/* An empty span stays what it is: NULL (none at all) or not (there, but empty). */
static struct rlc_span take(uint8_t **cursor, struct rlc_span source)
{
    struct rlc_span copy = { source.data ? *cursor : NULL, source.size };

    if (source.data && source.size)
        memcpy(*cursor, source.data, source.size);
    *cursor += source.size;
    return copy;
}

static struct rlc_memory_entry *entry_new(struct rlc_span key, struct rlc_span value,
                                          const struct rlc_header *header, size_t header_count)
{
    /* One byte more, so that an empty span at the end still points into the allocation. */
    struct rlc_memory_entry *entry = malloc(bytes_of(key, value, header, header_count) + 1);
    uint8_t *cursor;

    if (!entry)
        return NULL;
    *entry = (struct rlc_memory_entry){ .header_count = header_count };
    entry->header = (struct rlc_header *)(entry + 1);
    cursor = (uint8_t *)(entry->header + header_count);
    entry->key = take(&cursor, key);
    entry->value = take(&cursor, value);
    for (size_t i = 0; i < header_count; i++) {
        size_t name_size = strlen(header[i].name) + 1;

        entry->header[i].name = (const char *)cursor;
        memcpy(cursor, header[i].name, name_size);
        cursor += name_size;
        entry->header[i].value = take(&cursor, header[i].value);
    }
    return entry;
}

struct rlc_memory_entry *rlc_memory_entry_copy(const struct rlc_memory_entry *entry)
{
    struct rlc_memory_entry *copy =
        entry_new(entry->key, entry->value, entry->header, entry->header_count);

    if (!copy)
        return NULL;
    copy->offset = entry->offset;
    copy->transaction = entry->transaction;
    copy->append_ms = entry->append_ms;
    copy->kind = entry->kind;
    copy->fate = entry->fate;
    return copy;
}

/* ---- the log ---- */

static bool add_entry(struct rlc_memory_log *log, struct rlc_memory_entry *entry)
{
    struct rlc_memory_entry **entries = rlc_memory_grow(
        log->entries, &log->capacity, log->count + 1, sizeof(struct rlc_memory_entry *));

    if (!entries)
        return false;
    log->entries = entries;
    entry->offset = log->next++;
    entries[log->count++] = entry;
    return true;
}

/* Offsets only grow, so appending keeps the list ordered by `first`. */
static bool note_undecided(struct rlc_memory_log *log, uint64_t transaction)
{
    struct rlc_memory_undecided *undecided;

    for (size_t i = 0; i < log->undecided_count; i++) {
        if (log->undecided[i].transaction == transaction)
            return true;
    }
    undecided = rlc_memory_grow(log->undecided, &log->undecided_capacity, log->undecided_count + 1,
                                sizeof(*undecided));
    if (!undecided)
        return false;
    log->undecided = undecided;
    undecided[log->undecided_count++] =
        (struct rlc_memory_undecided){ .transaction = transaction, .first = log->next };
    return true;
}

int64_t rlc_memory_log_append(struct rlc_memory_log *log, const struct rlc_outgoing *outgoing,
                              uint64_t transaction, rlc_ms append_ms)
{
    struct rlc_memory_entry *entry =
        entry_new(outgoing->key, outgoing->value, outgoing->header, outgoing->header_count);

    if (!entry)
        return RLC_OFFSET_NONE;
    entry->transaction = transaction;
    entry->append_ms = append_ms;
    if (transaction != RLC_MEMORY_NO_TRANSACTION)
        entry->fate = RLC_MEMORY_OPEN;
    if ((entry->fate == RLC_MEMORY_OPEN && !note_undecided(log, transaction)) ||
        !add_entry(log, entry)) {
        free(entry);
        return RLC_OFFSET_NONE;
    }
    return entry->offset;
}

static int64_t forget_undecided(struct rlc_memory_log *log, uint64_t transaction)
{
    for (size_t i = 0; i < log->undecided_count; i++) {
        int64_t first = log->undecided[i].first;

        if (log->undecided[i].transaction != transaction)
            continue;
        log->undecided_count--;
        memmove(&log->undecided[i], &log->undecided[i + 1],
                (log->undecided_count - i) * sizeof(log->undecided[0]));
        return first;
    }
    return log->next;
}

bool rlc_memory_log_decide(struct rlc_memory_log *log, uint64_t transaction, bool commit,
                           rlc_ms append_ms)
{
    struct rlc_span none = { NULL, 0 };
    struct rlc_memory_entry *marker = entry_new(none, none, NULL, 0);
    size_t first;

    if (!marker)
        return false;
    marker->kind = RLC_MEMORY_MARKER;
    marker->transaction = transaction;
    marker->append_ms = append_ms;
    if (!add_entry(log, marker)) {
        free(marker);
        return false;
    }
    first = rlc_memory_log_find(log, forget_undecided(log, transaction));
    for (size_t i = first; i < log->count; i++) {
        struct rlc_memory_entry *entry = log->entries[i];

        if (entry->transaction == transaction && entry->fate == RLC_MEMORY_OPEN)
            entry->fate = commit ? RLC_MEMORY_COMMITTED : RLC_MEMORY_ABORTED;
    }
    return true;
}

int64_t rlc_memory_log_stable(const struct rlc_memory_log *log)
{
    return log->undecided_count ? log->undecided[0].first : log->next;
}

size_t rlc_memory_log_find(const struct rlc_memory_log *log, int64_t offset)
{
    size_t from = 0, to = log->count;

    /* Without gaps the place is known; a reader that follows the log is nearly always there. */
    if (log->count && offset >= log->entries[0]->offset) {
        size_t guess = (size_t)(offset - log->entries[0]->offset);

        if (guess < log->count && log->entries[guess]->offset == offset)
            return guess;
    }
    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (log->entries[middle]->offset < offset)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* ---- the cleaner ---- */

static int by_key_then_offset(const void *a, const void *b)
{
    const struct rlc_memory_entry *left = *(struct rlc_memory_entry *const *)a;
    const struct rlc_memory_entry *right = *(struct rlc_memory_entry *const *)b;
    int order = rlc_span_compare(left->key, right->key);

    if (order != 0)
        return order;
    return left->offset < right->offset ? -1 : left->offset > right->offset;
}

/* Marks superseded records by making them look aborted: both are removed alike. */
static void mark_superseded(struct rlc_memory_entry **sorted, size_t count)
{
    for (size_t i = 0; i + 1 < count; i++) {
        if (rlc_span_equal(sorted[i]->key, sorted[i + 1]->key))
            sorted[i]->fate = RLC_MEMORY_ABORTED;
    }
}

static bool removable(const struct rlc_memory_entry *entry, bool drop_tombstones)
{
    if (entry->fate == RLC_MEMORY_ABORTED)
        return true;
    return drop_tombstones && (entry->kind == RLC_MEMORY_MARKER || !entry->value.data);
}

static void remove_cleaned(struct rlc_memory_log *log, size_t below, bool drop_tombstones)
{
    size_t kept = 0;

    for (size_t i = 0; i < log->count; i++) {
        struct rlc_memory_entry *entry = log->entries[i];

        /* The last entry lies in the active segment, which the cleaner never touches. */
        if (i < below && i + 1 < log->count && removable(entry, drop_tombstones))
            free(entry);
        else
            log->entries[kept++] = entry;
    }
    log->count = kept;
}

bool rlc_memory_log_compact(struct rlc_memory_log *log, bool drop_tombstones)
{
    size_t below = rlc_memory_log_find(log, rlc_memory_log_stable(log));
    struct rlc_memory_entry **sorted = calloc(below ? below : 1, sizeof(struct rlc_memory_entry *));
    size_t count = 0;

    if (!sorted)
        return false;
    for (size_t i = 0; i < below; i++) {
        const struct rlc_memory_entry *entry = log->entries[i];

        if (entry->kind == RLC_MEMORY_DATA && entry->fate == RLC_MEMORY_COMMITTED)
            sorted[count++] = log->entries[i];
    }
    qsort(sorted, count, sizeof(struct rlc_memory_entry *), by_key_then_offset);
    mark_superseded(sorted, count);
    free(sorted);
    remove_cleaned(log, below, drop_tombstones);
    return true;
}

void rlc_memory_log_delete_before(struct rlc_memory_log *log, int64_t offset)
{
    size_t gone = rlc_memory_log_find(log, offset);

    assert(offset <= log->next);
    for (size_t i = 0; i < gone; i++)
        free(log->entries[i]);
    log->count -= gone;
    if (log->count)
        memmove(log->entries, log->entries + gone, log->count * sizeof(struct rlc_memory_entry *));
    if (offset > log->low)
        log->low = offset;
}

void rlc_memory_log_clear(struct rlc_memory_log *log)
{
    for (size_t i = 0; i < log->count; i++)
        free(log->entries[i]);
    free(log->entries);
    free(log->undecided);
    *log = (struct rlc_memory_log){ 0 };
}
