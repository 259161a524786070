/* SPDX-License-Identifier: Apache-2.0 */
#include "common/postgres/verify.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/postgres/copy.h"
#include "common/postgres/internal.h"
#include "common/postgres/walk.h"
#include "common/runtime/error.h"

/* A plan that sorts ten million rows on disk is the wrong one: the primary key is in order. */
static const char BEGIN_SNAPSHOT[] =
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL enable_sort = off; "
    "SET LOCAL enable_seqscan = off; SET LOCAL max_parallel_workers_per_gather = 0";

/* All chains there are, without reading all rows: the next one is looked up behind the last. */
static const char LIST_CHAINS[] =
    "WITH RECURSIVE chain (worker, partition) AS ("
    " (SELECT worker, partition FROM audit_log ORDER BY worker, partition LIMIT 1)"
    " UNION ALL"
    " SELECT n.worker, n.partition FROM chain, LATERAL ("
    "  SELECT l.worker, l.partition FROM audit_log l"
    "   WHERE (l.worker, l.partition) > (chain.worker, chain.partition)"
    "   ORDER BY l.worker, l.partition LIMIT 1) n) "
    "SELECT c.worker, c.partition, p.next_off, p.seq, p.head"
    " FROM (SELECT worker, partition FROM chain UNION SELECT worker, partition FROM audit_part"
    "       UNION SELECT a.worker COLLATE \"C\", a.partition"
    "       FROM unnest($1, $2) a (worker, partition)) c (worker, partition)"
    " LEFT JOIN audit_part p USING (worker, partition) ORDER BY 1, 2";

#define SQL_MAX    512
#define WORKER_MAX 64
static const char READ_CHAIN[] =
    "COPY (SELECT " RLC_WALK_COLUMNS " FROM audit_log "
    "WHERE worker = %s AND partition = %d ORDER BY off) TO STDOUT (FORMAT binary)";

static const char *const FAULTS[RLC_TRAIL_FAULT_COUNT] = {
    [RLC_TRAIL_BYTES_CHANGED] = "BYTES_CHANGED",
    [RLC_TRAIL_COLUMN_CHANGED] = "COLUMN_CHANGED",
    [RLC_TRAIL_RECORD_CHANGED] = "RECORD_CHANGED",
    [RLC_TRAIL_MISSING] = "MISSING",
    [RLC_TRAIL_SWAPPED] = "SWAPPED",
    [RLC_TRAIL_REPEATED] = "REPEATED",
    [RLC_TRAIL_UNREADABLE] = "UNREADABLE",
    [RLC_TRAIL_TAIL_MISSING] = "TAIL_MISSING",
    [RLC_TRAIL_HEAD_DIFFERS] = "HEAD_DIFFERS",
    [RLC_TRAIL_BEYOND] = "BEYOND",
    [RLC_TRAIL_POSITION] = "POSITION",
    [RLC_TRAIL_UNKNOWN] = "UNKNOWN",
};

const char *rlc_trail_fault_name(enum rlc_trail_fault fault)
{
    assert(fault >= 0 && fault < RLC_TRAIL_FAULT_COUNT);
    return FAULTS[fault];
}

static const struct rlc_trail_anchor *find_anchor(const struct rlc_verify *verify,
                                                  const char *worker, int32_t partition)
{
    for (size_t i = 0; i < verify->anchor_count; i++) {
        const struct rlc_trail_anchor *anchor = &verify->anchors[i];

        if (anchor->partition == partition && strcmp(anchor->worker, worker) == 0)
            return anchor;
    }
    return NULL;
}

/* ---- one chain ---- */

static bool take_row(void *context, const struct rlc_span *fields, size_t count)
{
    struct rlc_walk_row row;

    assert(count == RLC_WALK_COLUMN_COUNT);
    row = rlc_walk_row_of(fields);
    rlc_walk_row(context, &row);
    return true;
}

static enum rlc_status read_chain(struct rlc_postgres *postgres, struct rlc_walk *walk,
                                  struct rlc_error *reterr)
{
    char sql[SQL_MAX];
    char *worker = PQescapeLiteral(postgres->connection, walk->worker, strlen(walk->worker));
    int size;

    if (!worker)
        return rlc_postgres_lost(postgres, "verify", reterr);
    size = snprintf(sql, sizeof(sql), READ_CHAIN, worker, walk->partition);
    PQfreemem(worker);
    assert(size > 0 && (size_t)size < sizeof(sql));
    return rlc_copy_out(postgres, sql, take_row, walk, reterr);
}

static int32_t chain_partition(const PGresult *chains, int row)
{
    return rlc_copy_field_i32(rlc_result_span(chains, row, 1));
}

static enum rlc_status walk_chain(struct rlc_postgres *postgres, const struct rlc_verify *verify,
                                  const PGresult *chains, int row, struct rlc_verified *verified,
                                  struct rlc_error *reterr)
{
    char worker[WORKER_MAX];
    struct rlc_span name = rlc_result_span(chains, row, 0);
    struct rlc_walk_end end = { .there = PQgetisnull(chains, row, 2) == 0 };
    struct rlc_walk walk;
    enum rlc_status status;

    (void)snprintf(worker, sizeof(worker), "%.*s", (int)name.size, (const char *)name.data);
    rlc_walk_begin(&walk, worker, chain_partition(chains, row),
                   find_anchor(verify, worker, chain_partition(chains, row)));
    status = read_chain(postgres, &walk, reterr);
    if (status != RLC_OK)
        return status;
    if (end.there) {
        end.next_off = rlc_result_i64(chains, row, 2);
        end.seq = rlc_result_i64(chains, row, 3);
        end.head = rlc_result_span(chains, row, 4);
    }
    rlc_walk_finish(&walk, &end, verify->at_rest);
    verified->chains++;
    verified->records += walk.records;
    verified->findings += walk.found;
    if (walk.found && verify->on_finding)
        verify->on_finding(verify->context, &walk.finding);
    return RLC_OK;
}

/* ---- all chains ---- */

static void put_anchors(const struct rlc_verify *verify, struct rlc_buffer *workers,
                        struct rlc_buffer *partitions)
{
    rlc_buffer_array(workers, RLC_OID_TEXT, verify->anchor_count);
    rlc_buffer_array(partitions, RLC_OID_INT4, verify->anchor_count);
    for (size_t i = 0; i < verify->anchor_count; i++) {
        rlc_buffer_field(workers, rlc_span_of(verify->anchors[i].worker));
        rlc_buffer_i32(partitions, 4);
        rlc_buffer_i32(partitions, verify->anchors[i].partition);
    }
}

static enum rlc_status list_chains(struct rlc_postgres *postgres, const struct rlc_verify *verify,
                                   PGresult **ret_chains, struct rlc_error *reterr)
{
    RLC_CLEANUP(rlc_buffer_clear) struct rlc_buffer workers = { 0 };
    RLC_CLEANUP(rlc_buffer_clear) struct rlc_buffer partitions = { 0 };
    struct rlc_query query = { .sql = LIST_CHAINS };

    put_anchors(verify, &workers, &partitions);
    if (workers.full || partitions.full)
        return rlc_error_set(reterr, RLC_RETRY, "verify", 0, "out of memory");
    rlc_query_span(&query, RLC_OID_TEXT_ARRAY, rlc_buffer_span(&workers));
    rlc_query_span(&query, RLC_OID_INT4_ARRAY, rlc_buffer_span(&partitions));
    return rlc_query_run(postgres, &query, ret_chains, reterr);
}

enum rlc_status rlc_trail_verify(struct rlc_postgres *postgres, const struct rlc_verify *verify,
                                 struct rlc_verified *ret_verified, struct rlc_error *reterr)
{
    RLC_CLEANUP(rlc_result_clear) PGresult *chains = NULL;
    enum rlc_status status = rlc_postgres_begin(postgres, reterr);

    *ret_verified = (struct rlc_verified){ 0 };
    if (status == RLC_OK)
        status = rlc_postgres_run(postgres, BEGIN_SNAPSHOT, reterr);
    if (status == RLC_OK)
        status = list_chains(postgres, verify, &chains, reterr);
    for (int row = 0; status == RLC_OK && row < PQntuples(chains); row++)
        status = walk_chain(postgres, verify, chains, row, ret_verified, reterr);
    rlc_postgres_rollback(postgres);
    return status;
}
