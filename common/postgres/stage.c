/* SPDX-License-Identifier: Apache-2.0 */
#include "common/postgres/stage.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/postgres/copy.h"
#include "common/postgres/internal.h"
#include "common/runtime/error.h"

/* The longest statement names every column three times. */
#define SQL_MAX 4096
/* PostgreSQL counts days and microseconds from 2000-01-01. */
#define EPOCH_DAYS INT64_C(10957)
#define EPOCH_MS   (EPOCH_DAYS * RLC_DAY_MS)
#define US_PER_MS  1000

struct rlc_stage_row {
    struct rlc_stage_row *next;
    uint64_t hash;
    struct rlc_cell cells[]; /* of all columns */
};

/* ---- collecting ---- */

bool rlc_stage_init(struct rlc_stage *stage, const struct rlc_stage_table *table,
                    struct rlc_arena *arena, size_t expected)
{
    assert(table->column_count <= RLC_STAGE_COLUMNS_MAX && table->key_count > 0);
    *stage = (struct rlc_stage){ .table = table, .arena = arena, .slot_count = 16 };
    if (!table->merges)
        return true;
    while (stage->slot_count < 2 * expected)
        stage->slot_count *= 2;
    stage->slots = rlc_arena_array(arena, stage->slot_count, sizeof(struct rlc_stage_row *));
    return stage->slots != NULL;
}

static bool is_span(enum rlc_cell_type type)
{
    return type == RLC_CELL_TEXT || type == RLC_CELL_BYTES;
}

/* FNV-1a. */
static uint64_t mix(uint64_t hash, const void *data, size_t size)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

static uint64_t hash_of(const struct rlc_stage_table *table, const struct rlc_cell *keys)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < table->key_count; i++) {
        if (is_span(table->columns[i].type))
            hash = mix(hash, keys[i].span.data, keys[i].span.size);
        hash = mix(hash, &keys[i].number, sizeof(keys[i].number));
    }
    return hash;
}

static bool same_key(const struct rlc_stage_table *table, const struct rlc_cell *a,
                     const struct rlc_cell *b)
{
    for (size_t i = 0; i < table->key_count; i++) {
        if (a[i].number != b[i].number || !rlc_span_equal(a[i].span, b[i].span))
            return false;
    }
    return true;
}

static size_t row_size(const struct rlc_stage_table *table)
{
    return sizeof(struct rlc_stage_row) + table->column_count * sizeof(struct rlc_cell);
}

static struct rlc_cell *append(struct rlc_stage *stage, const struct rlc_cell *keys, uint64_t hash)
{
    const struct rlc_stage_table *table = stage->table;
    struct rlc_stage_row *row = rlc_arena_alloc(stage->arena, row_size(table));

    if (!row)
        return NULL;
    row->hash = hash;
    memcpy(row->cells, keys, table->key_count * sizeof(*keys));
    for (size_t i = 0; i < table->key_count; i++)
        row->cells[i].set = true;
    if (stage->last)
        stage->last->next = row;
    else
        stage->first = row;
    stage->last = row;
    stage->count++;
    return row->cells;
}

/* An arena hands out multiples of this. */
#define ARENA_STEP 16

bool rlc_stage_fits(const struct rlc_stage *stage, size_t rows)
{
    size_t room = stage->arena->size - stage->arena->used;

    if (stage->slots && (stage->count + rows) * 4 > stage->slot_count * 3)
        return false;
    return rows * (row_size(stage->table) + ARENA_STEP) + ARENA_STEP <= room;
}

struct rlc_cell *rlc_stage_row(struct rlc_stage *stage, const struct rlc_cell *keys)
{
    uint64_t hash;
    size_t slot;
    struct rlc_cell *cells;

    if (!stage->slots)
        return append(stage, keys, 0);
    if (!rlc_stage_fits(stage, 1))
        return NULL;
    hash = hash_of(stage->table, keys);
    for (slot = hash & (stage->slot_count - 1); stage->slots[slot];
         slot = (slot + 1) & (stage->slot_count - 1)) {
        struct rlc_stage_row *row = stage->slots[slot];

        if (row->hash == hash && same_key(stage->table, row->cells, keys))
            return row->cells;
    }
    cells = append(stage, keys, hash);
    if (cells)
        stage->slots[slot] = stage->last;
    return cells;
}

/* ---- statements ---- */

struct sql {
    char text[SQL_MAX];
    size_t used;
};

static void put(struct sql *sql, const char *format, ...) RLC_PRINTF(2, 3);

static void put(struct sql *sql, const char *format, ...)
{
    va_list values;
    int size;

    va_start(values, format);
    size = vsnprintf(sql->text + sql->used, sizeof(sql->text) - sql->used, format, values);
    va_end(values);
    assert(size >= 0 && (size_t)size < sizeof(sql->text) - sql->used);
    sql->used += (size_t)size;
}

static void put_columns(struct sql *sql, const struct rlc_stage_table *table, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put(sql, "%s%s", i ? ", " : "", table->columns[i].name);
}

static void copy_statement(struct sql *sql, const struct rlc_stage_table *table)
{
    put(sql, "COPY %s%s (", table->merges ? "stage_" : "", table->name);
    put_columns(sql, table, table->column_count);
    put(sql, ") FROM STDIN (FORMAT binary)");
}

static void merge_statement(struct sql *sql, const struct rlc_stage_table *table)
{
    put(sql, "INSERT INTO %s AS old (", table->name);
    put_columns(sql, table, table->column_count);
    put(sql, ") SELECT ");
    put_columns(sql, table, table->column_count);
    put(sql, " FROM stage_%s ON CONFLICT (", table->name);
    put_columns(sql, table, table->key_count);
    put(sql, ") DO UPDATE SET ");
    for (size_t i = table->key_count; i < table->column_count; i++) {
        const struct rlc_cell_column *column = &table->columns[i];
        const char *name = column->name;

        put(sql, "%s%s = ", i > table->key_count ? ", " : "", name);
        if (column->rule == RLC_CELL_KEEP)
            put(sql, "coalesce(excluded.%s, old.%s)", name, name);
        else
            put(sql, "excluded.%s", name);
    }
}

/* ---- writing ---- */

static void copy_cell(struct rlc_copy *copy, const struct rlc_cell_column *column,
                      const struct rlc_cell *cell)
{
    if (!cell->set) {
        rlc_copy_null(copy);
        return;
    }
    switch (column->type) {
    case RLC_CELL_TEXT:
    case RLC_CELL_BYTES:
        rlc_copy_span(copy, cell->span.data ? cell->span : rlc_span_of(""));
        break;
    case RLC_CELL_I32:
        rlc_copy_i32(copy, (int32_t)cell->number);
        break;
    case RLC_CELL_I64:
        rlc_copy_i64(copy, cell->number);
        break;
    case RLC_CELL_BOOL:
        rlc_copy_bool(copy, cell->number != 0);
        break;
    case RLC_CELL_DAY:
        rlc_copy_i32(copy, (int32_t)(cell->number - EPOCH_DAYS));
        break;
    case RLC_CELL_MS:
        rlc_copy_i64(copy, (cell->number - EPOCH_MS) * US_PER_MS);
        break;
    }
}

static enum rlc_status copy_rows(const struct rlc_stage *stage, struct rlc_postgres *postgres,
                                 struct rlc_error *reterr)
{
    const struct rlc_stage_table *table = stage->table;
    struct sql sql = { .used = 0 };
    struct rlc_copy copy;
    enum rlc_status status;

    copy_statement(&sql, table);
    status = rlc_copy_begin(&copy, postgres, sql.text, reterr);
    if (status != RLC_OK)
        return status;
    for (const struct rlc_stage_row *row = stage->first; row; row = row->next) {
        rlc_copy_row(&copy, (int16_t)table->column_count);
        for (size_t i = 0; i < table->column_count; i++)
            copy_cell(&copy, &table->columns[i], &row->cells[i]);
    }
    return rlc_copy_end(&copy, reterr);
}

static enum rlc_status prepare_stage(const struct rlc_stage_table *table,
                                     struct rlc_postgres *postgres, struct rlc_error *reterr)
{
    struct sql sql = { .used = 0 };

    /* Emptied besides: a transaction may write a table more than once. */
    put(&sql,
        "CREATE TEMP TABLE IF NOT EXISTS stage_%s (LIKE %s) ON COMMIT DELETE ROWS; "
        "TRUNCATE stage_%s",
        table->name, table->name, table->name);
    return rlc_postgres_run(postgres, sql.text, reterr);
}

enum rlc_status rlc_stage_write(const struct rlc_stage *stage, struct rlc_postgres *postgres,
                                struct rlc_error *reterr)
{
    struct sql sql = { .used = 0 };
    enum rlc_status status = RLC_OK;

    if (stage->count == 0)
        return RLC_OK;
    if (stage->table->merges)
        status = prepare_stage(stage->table, postgres, reterr);
    if (status == RLC_OK)
        status = copy_rows(stage, postgres, reterr);
    if (status != RLC_OK || !stage->table->merges)
        return status;
    merge_statement(&sql, stage->table);
    return rlc_postgres_run(postgres, sql.text, reterr);
}
