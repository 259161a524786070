/* SPDX-License-Identifier: Apache-2.0 */
/* Rows on their way into a table, described by data: collected in an arena, one per key, then
 * written at once inside an open transaction.
 *
 * A table that merges takes one row per key: what is collected later counts more. Its rows go
 * through a temporary table into INSERT ... ON CONFLICT DO UPDATE. A table that does not merge
 * takes rows whose keys are new by construction; they are copied straight into it. */
#ifndef RLC_POSTGRES_STAGE_H
#define RLC_POSTGRES_STAGE_H

#include "common/postgres/connection.h"
#include "common/pure/arena.h"

enum rlc_cell_type {
    RLC_CELL_TEXT, /* valid UTF-8 without NUL */
    RLC_CELL_BYTES,
    RLC_CELL_I32,
    RLC_CELL_I64,
    RLC_CELL_BOOL,
    RLC_CELL_DAY, /* rlc_day into a date */
    RLC_CELL_MS   /* rlc_ms into a timestamptz */
};

/* What a row does to the one that is there. */
enum rlc_cell_rule {
    RLC_CELL_KEY,
    RLC_CELL_LATEST, /* its value counts, NULL included */
    RLC_CELL_KEEP    /* its value counts unless it is NULL */
};

struct rlc_cell_column {
    const char *name;
    enum rlc_cell_type type;
    enum rlc_cell_rule rule; /* keys come first */
};

struct rlc_stage_table {
    const char *name;
    const struct rlc_cell_column *columns;
    size_t column_count; /* <= RLC_STAGE_COLUMNS_MAX */
    size_t key_count;
    bool merges;
};

#define RLC_STAGE_COLUMNS_MAX 32

/* One value. All zero is NULL. */
struct rlc_cell {
    bool set;
    int64_t number;       /* I32, I64, BOOL, DAY, MS */
    struct rlc_span span; /* TEXT, BYTES: borrowed until the stage is written */
};

static inline struct rlc_cell rlc_cell_number(int64_t number)
{
    return (struct rlc_cell){ .set = true, .number = number };
}

/* A text or bytes as they are; the empty span is NULL. */
static inline struct rlc_cell rlc_cell_span(struct rlc_span span)
{
    return (struct rlc_cell){ .set = span.size > 0, .span = span };
}

struct rlc_stage_row;

struct rlc_stage {
    const struct rlc_stage_table *table;
    struct rlc_arena *arena;
    struct rlc_stage_row *first;
    struct rlc_stage_row *last;
    struct rlc_stage_row **slots; /* by hash of the key; NULL for a table that does not merge */
    size_t slot_count;            /* a power of two */
    size_t count;
};

/* An empty stage whose rows will live in `arena`; expects up to about `expected` rows. False when
 * the arena is full. */
RLC_NODISCARD bool rlc_stage_init(struct rlc_stage *stage, const struct rlc_stage_table *table,
                                  struct rlc_arena *arena, size_t expected);

/* Whether there is room for so many new rows. */
bool rlc_stage_fits(const struct rlc_stage *stage, size_t rows);

/* The cells of the row with these keys (copied; their bytes are borrowed), made if it is not there;
 * a new one has its other cells NULL. NULL when the arena is full. */
struct rlc_cell *rlc_stage_row(struct rlc_stage *stage, const struct rlc_cell *keys);

/* Writes all rows. The stage stays as it is; reset the arena and init it anew. */
RLC_NODISCARD enum rlc_status rlc_stage_write(const struct rlc_stage *stage,
                                              struct rlc_postgres *postgres,
                                              struct rlc_error *reterr);

#endif
