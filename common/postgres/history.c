/* SPDX-License-Identifier: Apache-2.0 */
#include "common/postgres/history.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/postgres/copy.h"
#include "common/postgres/internal.h"
#include "common/pure/key.h"
#include "common/pure/murmur2.h"
#include "common/pure/text.h"
#include "common/runtime/error.h"

/* Two identifiers, every character of them escaped, and the statement. */
#define SQL_MAX (4 * (RLC_ID_MAX + RLC_TENANT_MAX) + 512)

/* As many partitions as there are, where the audit worker has met all of them. */
static const char COUNT_PARTITIONS[] = "SELECT max(partition) + 1 FROM audit_part "
                                       "WHERE worker = 'scenario'";
static const char READ_RECORDS[] =
    "COPY (SELECT " RLC_WALK_COLUMNS ", partition "
    "FROM audit_log WHERE worker = '%s' AND "
    "partition BETWEEN %d AND %d AND tenant = %s AND debtor = %s AND at_ms <= %" PRId64 " "
    "ORDER BY partition, off) TO STDOUT (FORMAT binary)";
static const char READ_LINKS[] =
    "COPY (SELECT off, seq, leaf, head FROM audit_log WHERE worker = '%s' AND partition = %d AND "
    "off BETWEEN %" PRId64 " AND %" PRId64 " ORDER BY off) TO STDOUT (FORMAT binary)";

/* A snapshot: what one worker says of another's record is there if the record is. */
static const char ONE_SNAPSHOT[] = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";

#define RECORD_COLUMNS (RLC_WALK_COLUMN_COUNT + 1)
#define LINK_COLUMNS   4

static const char *const SCENARIO[] = { "scenario" };

struct reading {
    const struct rlc_history *history;
    const char *worker;
    int64_t rows;
};

static bool take_row(void *context, const struct rlc_span *fields, size_t count)
{
    struct reading *reading = context;
    struct rlc_history_row row;

    assert(count == RECORD_COLUMNS);
    reading->rows++;
    row = (struct rlc_history_row){ .worker = reading->worker,
                                    .partition = rlc_copy_field_i32(fields[RLC_WALK_COLUMN_COUNT]),
                                    .record = rlc_walk_row_of(fields) };
    return reading->history->on_row(reading->history->context, &row);
}

static char *literal(struct rlc_postgres *postgres, struct rlc_span text)
{
    return PQescapeLiteral(postgres->connection, (const char *)text.data, text.size);
}

static enum rlc_status read_between(struct rlc_postgres *postgres, struct reading *reading,
                                    int32_t first, int32_t last, struct rlc_error *reterr)
{
    const struct rlc_history *history = reading->history;
    char *tenant = literal(postgres, history->tenant);
    char *debtor = literal(postgres, history->debtor);
    char sql[SQL_MAX];
    int size = 0;

    if (tenant && debtor)
        size = snprintf(sql, sizeof(sql), READ_RECORDS, reading->worker, first, last, tenant,
                        debtor, history->until_ms ? history->until_ms : INT64_MAX);
    PQfreemem(tenant);
    PQfreemem(debtor);
    if (size <= 0 || (size_t)size >= sizeof(sql))
        return rlc_error_set(reterr, RLC_REJECT, "history", 0, "that cannot be a debtor's id");
    return rlc_copy_out(postgres, sql, take_row, reading, reterr);
}

/* The partition that the debtor's key leads to; -1 where nobody knows. */
static enum rlc_status find_partition(struct rlc_postgres *postgres,
                                      const struct rlc_history *history, int32_t *ret_partition,
                                      struct rlc_error *reterr)
{
    uint8_t memory[RLC_ID_MAX + RLC_TENANT_MAX + 64];
    struct rlc_arena arena;
    char text[32];
    struct rlc_span key;
    long count;
    enum rlc_status status =
        rlc_postgres_value(postgres, COUNT_PARTITIONS, text, sizeof(text), reterr);

    rlc_arena_init(&arena, memory, sizeof(memory));
    key = rlc_key_of_debtor(&arena, history->tenant, history->debtor);
    count = status == RLC_OK ? strtol(text, NULL, 10) : 0;
    *ret_partition = count > 0 && key.data ? rlc_partition_of(key, (int32_t)count) : -1;
    return status;
}

static enum rlc_status read_workers(struct rlc_postgres *postgres, struct reading *reading,
                                    int32_t first, int32_t last, struct rlc_error *reterr)
{
    const struct rlc_history *history = reading->history;
    const char *const *workers = history->worker_count ? history->workers : SCENARIO;
    size_t count = history->worker_count ? history->worker_count : RLC_COUNT(SCENARIO);
    enum rlc_status status = RLC_OK;

    for (size_t i = 0; status == RLC_OK && i < count; i++) {
        reading->worker = workers[i];
        status = read_between(postgres, reading, first, last, reterr);
    }
    return status;
}

enum rlc_status rlc_history_read(struct rlc_postgres *postgres, const struct rlc_history *history,
                                 struct rlc_error *reterr)
{
    struct reading reading = { .history = history };
    int32_t partition = -1;
    enum rlc_status status = rlc_postgres_begin(postgres, reterr);

    if (status == RLC_OK)
        status = rlc_postgres_run(postgres, ONE_SNAPSHOT, reterr);
    if (status == RLC_OK)
        status = find_partition(postgres, history, &partition, reterr);
    if (status == RLC_OK && partition >= 0)
        status = read_workers(postgres, &reading, partition, partition, reterr);
    if (status == RLC_OK && reading.rows == 0)
        status = read_workers(postgres, &reading, 0, INT32_MAX, reterr);
    rlc_postgres_rollback(postgres);
    return status;
}

bool rlc_history_is_whole(const struct rlc_history_row *row, struct rlc_trail_finding *ret_finding)
{
    return rlc_walk_alone(row->worker, row->partition, &row->record, ret_finding);
}

/* ---- links ---- */

static bool take_link(void *context, const struct rlc_span *fields, size_t count)
{
    const struct rlc_history_stretch *stretch = context;
    struct rlc_history_link link;

    assert(count == LINK_COLUMNS);
    link = (struct rlc_history_link){ .off = rlc_copy_field_i64(fields[0]),
                                      .seq = rlc_copy_field_i64(fields[1]),
                                      .leaf = fields[2],
                                      .head = fields[3] };
    return stretch->on_link(stretch->context, &link);
}

enum rlc_status rlc_history_links(struct rlc_postgres *postgres,
                                  const struct rlc_history_stretch *stretch,
                                  struct rlc_error *reterr)
{
    struct rlc_history_stretch wanted = *stretch;
    char sql[SQL_MAX];
    int size = snprintf(sql, sizeof(sql), READ_LINKS, stretch->worker, stretch->partition,
                        stretch->first_off, stretch->last_off);
    enum rlc_status status = rlc_postgres_begin(postgres, reterr);

    assert(size > 0 && (size_t)size < sizeof(sql));
    if (status == RLC_OK)
        status = rlc_copy_out(postgres, sql, take_link, &wanted, reterr);
    rlc_postgres_rollback(postgres);
    return status;
}
