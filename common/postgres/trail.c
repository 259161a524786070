/* SPDX-License-Identifier: Apache-2.0 */
#include "common/postgres/trail.h"

#include <stdlib.h>
#include <string.h>

#include "common/postgres/copy.h"
#include "common/postgres/internal.h"
#include "common/postgres/stage.h"
#include "common/runtime/error.h"
#include "common/runtime/keyring.h"

#define LOG_COLUMNS 12
static const char COPY_LOG[] =
    "COPY audit_log (worker, partition, seq, off, at_ms, leaf, head, tenant, debtor, kind, flaw, "
    "raw) FROM STDIN (FORMAT binary)";

static const char CLAIM[] = "INSERT INTO installation (uuid) VALUES ($1) ON CONFLICT DO NOTHING";
static const char READ_CLAIM[] = "SELECT uuid FROM installation";

static const char READ_END[] =
    "SELECT next_off, seq, head FROM audit_part WHERE worker = $1 AND partition = $2";

static const char MAKE_END[] = "INSERT INTO audit_part (worker, partition, next_off, seq, head) "
                               "VALUES ($1, $2, -1, 0, $3) ON CONFLICT DO NOTHING";

static const char MOVE_END[] =
    "UPDATE audit_part SET next_off = $4, seq = $5, head = $6, unreported = unreported + $7 "
    "WHERE worker = $1 AND partition = $2 AND next_off = $3";

static const char READ_PAGE[] = "SELECT partition, off, flaw, raw FROM audit_log WHERE worker = $1 "
                                "AND (partition, off) > ($2, $3) ORDER BY partition, off LIMIT $4";

static const char ERASE_KEY[] =
    "INSERT INTO data_key (key_id, tenant, subject, erased_at) VALUES ($1, $2, $3, now()) "
    "ON CONFLICT (key_id) DO UPDATE SET wrapped = NULL, erased_at = excluded.erased_at "
    "WHERE data_key.erased_at IS NULL";

static struct rlc_span hash_span(const struct rlc_hash *hash)
{
    return rlc_span_from(hash->bytes, sizeof(hash->bytes));
}

/* ---- whose it is ---- */

static enum rlc_status read_claim(struct rlc_postgres *postgres, struct rlc_span uuid,
                                  bool *ret_found, struct rlc_error *reterr)
{
    RLC_CLEANUP(rlc_result_clear) PGresult *result = NULL;
    struct rlc_query query = { .sql = READ_CLAIM };
    enum rlc_status status = rlc_query_run(postgres, &query, &result, reterr);

    *ret_found = status == RLC_OK && PQntuples(result) == 1;
    if (!*ret_found || rlc_span_equal(rlc_result_span(result, 0, 0), uuid))
        return status;
    return rlc_error_set(reterr, RLC_FATAL, "trail_claim", 0,
                         "this database holds the trail of another installation: give each "
                         "installation a database of its own");
}

enum rlc_status rlc_trail_claim(struct rlc_postgres *postgres,
                                const uint8_t installation[RLC_UUID_SIZE], struct rlc_error *reterr)
{
    struct rlc_span uuid = rlc_span_from(installation, RLC_UUID_SIZE);
    struct rlc_query query = { .sql = CLAIM };
    bool found = false;
    enum rlc_status status = read_claim(postgres, uuid, &found, reterr);

    if (status != RLC_OK || found)
        return status;
    rlc_query_span(&query, RLC_OID_UUID, uuid);
    status = rlc_query_run(postgres, &query, NULL, reterr);
    return status == RLC_OK ? read_claim(postgres, uuid, &found, reterr) : status;
}

/* ---- where it ends ---- */

static enum rlc_status read_end(struct rlc_postgres *postgres, const char *worker,
                                int32_t partition, struct rlc_trail_end *ret_end, bool *ret_found,
                                struct rlc_error *reterr)
{
    RLC_CLEANUP(rlc_result_clear) PGresult *result = NULL;
    struct rlc_query query = { .sql = READ_END };
    enum rlc_status status;
    struct rlc_span head;

    rlc_query_span(&query, RLC_OID_TEXT, rlc_span_of(worker));
    rlc_query_i32(&query, partition);
    status = rlc_query_run(postgres, &query, &result, reterr);
    *ret_found = status == RLC_OK && PQntuples(result) == 1;
    if (!*ret_found)
        return status;
    ret_end->next_off = rlc_result_i64(result, 0, 0);
    ret_end->seq = rlc_result_i64(result, 0, 1);
    head = rlc_result_span(result, 0, 2);
    /* Somebody else's work: the next record will not fit and says so; verification names it. */
    ret_end->head = (struct rlc_hash){ { 0 } };
    if (head.size == sizeof(ret_end->head.bytes))
        memcpy(ret_end->head.bytes, head.data, head.size);
    return RLC_OK;
}

static enum rlc_status make_end(struct rlc_postgres *postgres, const char *worker,
                                int32_t partition, const struct rlc_hash *genesis,
                                struct rlc_error *reterr)
{
    struct rlc_query query = { .sql = MAKE_END };

    rlc_query_span(&query, RLC_OID_TEXT, rlc_span_of(worker));
    rlc_query_i32(&query, partition);
    rlc_query_span(&query, RLC_OID_BYTEA, hash_span(genesis));
    return rlc_query_run(postgres, &query, NULL, reterr);
}

enum rlc_status rlc_trail_end(struct rlc_postgres *postgres, const char *worker, int32_t partition,
                              const struct rlc_hash *genesis, struct rlc_trail_end *ret_end,
                              struct rlc_error *reterr)
{
    bool found = false;
    enum rlc_status status = read_end(postgres, worker, partition, ret_end, &found, reterr);

    if (status != RLC_OK || found)
        return status;
    status = make_end(postgres, worker, partition, genesis, reterr);
    if (status == RLC_OK)
        status = read_end(postgres, worker, partition, ret_end, &found, reterr);
    if (status == RLC_OK && !found)
        status = rlc_error_set(reterr, RLC_RETRY, "trail_end", 0, "the position vanished again");
    return status;
}

/* ---- behind the table ---- */

struct postgres_trail {
    struct rlc_trail base;
    struct rlc_postgres *postgres;
};

static struct rlc_postgres *postgres_of(struct rlc_trail *trail)
{
    return ((struct postgres_trail *)trail)->postgres;
}

static enum rlc_status claim(struct rlc_trail *trail, const uint8_t installation[RLC_UUID_SIZE],
                             struct rlc_error *reterr)
{
    return rlc_trail_claim(postgres_of(trail), installation, reterr);
}

static enum rlc_status ask_end(struct rlc_trail *trail, const char *worker, int32_t partition,
                               const struct rlc_hash *genesis, struct rlc_trail_end *ret_end,
                               struct rlc_error *reterr)
{
    return rlc_trail_end(postgres_of(trail), worker, partition, genesis, ret_end, reterr);
}

static enum rlc_status store(struct rlc_trail *trail, const struct rlc_trail_batch *batch,
                             struct rlc_error *reterr)
{
    return rlc_trail_store(postgres_of(trail), batch, reterr);
}

static enum rlc_status erase_key(struct rlc_trail *trail, struct rlc_span tenant,
                                 struct rlc_span subject, struct rlc_error *reterr)
{
    return rlc_trail_erase_key(postgres_of(trail), tenant, subject, reterr);
}

static enum rlc_status report(struct rlc_trail *trail, const struct rlc_stage *stage,
                              struct rlc_error *reterr)
{
    return rlc_stage_write(stage, postgres_of(trail), reterr);
}

static void close_trail(struct rlc_trail *trail)
{
    rlc_postgres_free(postgres_of(trail));
    free(trail);
}

static const struct rlc_trail_ops OPS = { claim, ask_end, store, erase_key, report, close_trail };

struct rlc_trail *rlc_trail_postgres_new(const struct rlc_postgres_config *config,
                                         struct rlc_error *reterr)
{
    struct postgres_trail *trail = calloc(1, sizeof(*trail));

    if (!trail) {
        (void)rlc_error_set(reterr, RLC_FATAL, "trail", 0, "out of memory");
        return NULL;
    }
    trail->base.ops = &OPS;
    trail->postgres = rlc_postgres_new(config, reterr);
    if (trail->postgres)
        return &trail->base;
    free(trail);
    return NULL;
}

/* ---- storing ---- */

static int compare_places(const struct rlc_trail_move *a, const struct rlc_trail_move *b)
{
    int order = strcmp(a->worker, b->worker);

    return order ? order : (a->partition > b->partition) - (a->partition < b->partition);
}

/* The one that comes behind `last` (NULL: the first). */
static const struct rlc_trail_move *next_move(const struct rlc_trail_batch *batch,
                                              const struct rlc_trail_move *last)
{
    const struct rlc_trail_move *next = NULL;

    for (size_t i = 0; i < batch->move_count; i++) {
        const struct rlc_trail_move *move = &batch->moves[i];

        if ((!last || compare_places(move, last) > 0) && (!next || compare_places(move, next) < 0))
            next = move;
    }
    return next;
}

static enum rlc_status move_end(struct rlc_postgres *postgres, const struct rlc_trail_move *move,
                                struct rlc_error *reterr)
{
    RLC_CLEANUP(rlc_result_clear) PGresult *result = NULL;
    struct rlc_query query = { .sql = MOVE_END };
    enum rlc_status status;

    rlc_query_span(&query, RLC_OID_TEXT, rlc_span_of(move->worker));
    rlc_query_i32(&query, move->partition);
    rlc_query_i64(&query, move->from.next_off);
    rlc_query_i64(&query, move->to.next_off);
    rlc_query_i64(&query, move->to.seq);
    rlc_query_span(&query, RLC_OID_BYTEA, hash_span(&move->to.head));
    rlc_query_i64(&query, move->unreported);
    status = rlc_query_run(postgres, &query, &result, reterr);
    if (status != RLC_OK || rlc_result_changed(result) == 1)
        return status;
    return rlc_error_set(reterr, RLC_ABORT, "trail_store", 0,
                         "another process moved the trail of %s/%d", move->worker, move->partition);
}

/* Always in the same order, so that two processes wait for each other in a row, not in a circle. */
static enum rlc_status move_ends(struct rlc_postgres *postgres, const struct rlc_trail_batch *batch,
                                 struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    for (const struct rlc_trail_move *move = next_move(batch, NULL); status == RLC_OK && move;
         move = next_move(batch, move))
        status = move_end(postgres, move, reterr);
    return status;
}

static struct rlc_span or_null(struct rlc_span text)
{
    return text.size ? text : (struct rlc_span){ NULL, 0 };
}

static void copy_row(struct rlc_copy *copy, const struct rlc_trail_row *row)
{
    rlc_copy_row(copy, LOG_COLUMNS);
    rlc_copy_span(copy, rlc_span_of(row->worker));
    rlc_copy_i32(copy, row->partition);
    rlc_copy_i64(copy, row->seq);
    rlc_copy_i64(copy, row->off);
    rlc_copy_i64(copy, row->at_ms);
    rlc_copy_span(copy, hash_span(&row->leaf));
    rlc_copy_span(copy, hash_span(&row->head));
    rlc_copy_span(copy, or_null(row->tenant));
    rlc_copy_span(copy, or_null(row->debtor));
    rlc_copy_span(copy, row->kind);
    rlc_copy_span(copy, rlc_span_of(row->flaw));
    rlc_copy_span(copy, row->raw.data ? row->raw : rlc_span_of(""));
}

static enum rlc_status copy_rows(struct rlc_postgres *postgres, const struct rlc_trail_batch *batch,
                                 struct rlc_error *reterr)
{
    struct rlc_copy copy;
    enum rlc_status status = rlc_copy_begin(&copy, postgres, COPY_LOG, reterr);

    if (status != RLC_OK)
        return status;
    for (size_t i = 0; i < batch->row_count; i++)
        copy_row(&copy, &batch->rows[i]);
    return rlc_copy_end(&copy, reterr);
}

enum rlc_status rlc_trail_store(struct rlc_postgres *postgres, const struct rlc_trail_batch *batch,
                                struct rlc_error *reterr)
{
    struct postgres_trail trail = { .base = { &OPS }, .postgres = postgres };
    enum rlc_status status = rlc_postgres_begin(postgres, reterr);

    if (status == RLC_OK)
        status = move_ends(postgres, batch, reterr);
    if (status == RLC_OK)
        status = copy_rows(postgres, batch, reterr);
    if (status == RLC_OK && batch->within)
        status = batch->within(batch->context, &trail.base, reterr);
    if (status == RLC_OK)
        return rlc_postgres_commit(postgres, reterr);
    rlc_postgres_rollback(postgres);
    return status;
}

/* ---- reading ---- */

static void hand_out(const PGresult *page, struct rlc_trail_cursor *cursor,
                     const struct rlc_trail_taker *taker)
{
    for (int row = 0; row < PQntuples(page); row++) {
        struct rlc_trail_stored stored = {
            .partition = rlc_copy_field_i32(rlc_result_span(page, row, 0)),
            .off = rlc_result_i64(page, row, 1),
            .flaw = rlc_result_span(page, row, 2),
            .raw = rlc_result_span(page, row, 3),
        };

        taker->take(taker->context, &stored);
        cursor->partition = stored.partition;
        cursor->off = stored.off;
    }
}

enum rlc_status rlc_trail_read(struct rlc_postgres *postgres, const char *worker,
                               struct rlc_trail_cursor *cursor, size_t max,
                               const struct rlc_trail_taker *taker, size_t *ret_count,
                               struct rlc_error *reterr)
{
    RLC_CLEANUP(rlc_result_clear) PGresult *page = NULL;
    struct rlc_query query = { .sql = READ_PAGE };
    enum rlc_status status;

    *ret_count = 0;
    rlc_query_span(&query, RLC_OID_TEXT, rlc_span_of(worker));
    rlc_query_i32(&query, cursor->partition);
    rlc_query_i64(&query, cursor->off);
    rlc_query_i64(&query, (int64_t)max);
    status = rlc_query_run(postgres, &query, &page, reterr);
    if (status != RLC_OK)
        return status;
    hand_out(page, cursor, taker);
    *ret_count = (size_t)PQntuples(page);
    return RLC_OK;
}

enum rlc_status rlc_trail_erase_key(struct rlc_postgres *postgres, struct rlc_span tenant,
                                    struct rlc_span subject, struct rlc_error *reterr)
{
    char id[RLC_KEY_ID_SIZE + 1];
    struct rlc_query query = { .sql = ERASE_KEY };

    rlc_data_key_id(tenant, subject, id);
    rlc_query_span(&query, RLC_OID_TEXT, rlc_span_of(id));
    rlc_query_span(&query, RLC_OID_TEXT, tenant);
    rlc_query_span(&query, RLC_OID_TEXT, subject);
    return rlc_query_run(postgres, &query, NULL, reterr);
}
