/* SPDX-License-Identifier: Apache-2.0 */
/* The log of one partition in memory: data records, and the control records (markers) that end a
 * transaction, each with its offset. Inside of common/memory. */
#ifndef RLC_MEMORY_LOG_H
#define RLC_MEMORY_LOG_H

#include "common/pure/base.h"
#include "common/runtime/bus.h"

#define RLC_MEMORY_NO_TRANSACTION UINT64_C(0)

enum rlc_memory_kind {
    RLC_MEMORY_DATA,
    RLC_MEMORY_MARKER /* a control record: takes an offset, is never handed out */
};

enum rlc_memory_fate {
    RLC_MEMORY_COMMITTED, /* or written without a transaction */
    RLC_MEMORY_OPEN,      /* its transaction has no marker in this partition yet */
    RLC_MEMORY_ABORTED
};

struct rlc_memory_entry {
    int64_t offset;
    uint64_t transaction; /* RLC_MEMORY_NO_TRANSACTION, or its number */
    rlc_ms append_ms;
    enum rlc_memory_kind kind;
    enum rlc_memory_fate fate;
    struct rlc_span key;   /* in the entry's own allocation, as all its bytes */
    struct rlc_span value; /* data == NULL: a tombstone */
    struct rlc_header *header;
    size_t header_count;
};

/* A transaction without marker in this partition. */
struct rlc_memory_undecided {
    uint64_t transaction;
    int64_t first; /* offset of its first record */
};

struct rlc_memory_log {
    struct rlc_memory_entry **entries; /* by offset, with gaps where the cleaner was */
    size_t count;
    size_t capacity;
    int64_t low;                            /* oldest offset kept */
    int64_t next;                           /* offset of the next entry: the high watermark */
    struct rlc_memory_undecided *undecided; /* by `first` */
    size_t undecided_count;
    size_t undecided_capacity;
};

/* Grows an array so that `need` elements of `size` bytes fit. NULL when the system has no memory:
 * the old array is then as it was. */
RLC_NODISCARD void *rlc_memory_grow(void *array, size_t *capacity, size_t need, size_t size);

/* Appends a copy of a record; its offset, or RLC_OFFSET_NONE when there is no memory. */
int64_t rlc_memory_log_append(struct rlc_memory_log *log, const struct rlc_outgoing *outgoing,
                              uint64_t transaction, rlc_ms append_ms);

/* Ends a transaction in this partition: appends its marker and settles its records. False when
 * there is no memory. */
RLC_NODISCARD bool rlc_memory_log_decide(struct rlc_memory_log *log, uint64_t transaction,
                                         bool commit, rlc_ms append_ms);

/* The last stable offset: everything below it is decided. */
int64_t rlc_memory_log_stable(const struct rlc_memory_log *log);

/* Index of the first entry at or after `offset`; `count` if there is none. */
size_t rlc_memory_log_find(const struct rlc_memory_log *log, int64_t offset);

/* What the cleaner may leave below the last stable offset: the newest committed record of each key,
 * at its old offset, and the very last entry. With `drop_tombstones` deletions and markers go too,
 * as they do once `delete.retention.ms` has passed. False when there is no memory. */
RLC_NODISCARD bool rlc_memory_log_compact(struct rlc_memory_log *log, bool drop_tombstones);

/* Forgets what lies below `offset` (at most the high watermark), as retention does. */
void rlc_memory_log_delete_before(struct rlc_memory_log *log, int64_t offset);

/* A copy that lives on its own, for free(); NULL when there is no memory. */
struct rlc_memory_entry *rlc_memory_entry_copy(const struct rlc_memory_entry *entry);

void rlc_memory_log_clear(struct rlc_memory_log *log);

#endif
