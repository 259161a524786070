/* SPDX-License-Identifier: Apache-2.0 */
#include "rebuild.h"

#include "chain.h"
#include "common/postgres/trail.h"
#include "common/runtime/error.h"
#include "common/runtime/memory.h"
#include "report.h"

/* Records read at a time: their facts and rows fit into the arenas below. */
#define PAGE_RECORDS 2000
/* The longest record takes eight times its size once decoded, and one always fits. */
#define FACT_ARENA   ((size_t)256 << 20)
#define REPORT_ARENA ((size_t)64 << 20)

/* Waits for the batch under way and holds back the next one; readers are not disturbed before the
 * commit. */
static const char EMPTY[] = "LOCK TABLE audit_part IN EXCLUSIVE MODE; "
                            "DELETE FROM receivable; DELETE FROM receivable_change; "
                            "DELETE FROM request; DELETE FROM request_line; "
                            "DELETE FROM step_instance; DELETE FROM silence; DELETE FROM task; "
                            "DELETE FROM law_case; "
                            "UPDATE audit_part SET unreported = 0";

struct rebuild {
    struct rlc_postgres *postgres;
    struct rlc_arena facts;
    struct rlc_arena rows;
    struct report_batch batch;
    int64_t count;
    enum rlc_status status;
    struct rlc_error *reterr;
};

static enum rlc_status write_out(struct rebuild *rebuild)
{
    enum rlc_status status = report_write(&rebuild->batch, rebuild->postgres, rebuild->reterr);

    report_batch_init(&rebuild->batch, &rebuild->rows, PAGE_RECORDS);
    return status;
}

static enum rlc_status decode(struct rebuild *rebuild, struct rlc_span raw,
                              struct rlc_debtor_fact **ret_fact)
{
    struct rlc_fault ignored;

    *ret_fact = rlc_arena_alloc(&rebuild->facts, sizeof(**ret_fact));
    return *ret_fact ? rlc_debtor_fact_decode(raw, &rebuild->facts, *ret_fact, &ignored)
                     : RLC_RETRY;
}

/* Rows borrow from facts: they are written before the facts' memory is used again. */
static enum rlc_status add(struct rebuild *rebuild, const struct rlc_trail_stored *stored)
{
    struct rlc_debtor_fact *fact;
    enum rlc_status status = decode(rebuild, stored->raw, &fact);

    if (status == RLC_RETRY ||
        (status == RLC_OK && !report_add(&rebuild->batch, fact, stored->off))) {
        status = write_out(rebuild);
        rlc_arena_reset(&rebuild->facts);
        if (status == RLC_OK)
            status = decode(rebuild, stored->raw, &fact);
        if (status == RLC_OK && !report_add(&rebuild->batch, fact, stored->off))
            status = rlc_error_set(rebuild->reterr, RLC_FATAL, "rebuild", 0, "out of memory");
    }
    /* A kind that only a newer version knows leaves no rows. */
    return status == RLC_REJECT ? RLC_OK : status;
}

static void take(void *context, const struct rlc_trail_stored *stored)
{
    struct rebuild *rebuild = context;

    rebuild->count++;
    if (rebuild->status == RLC_OK &&
        !rlc_span_equal(stored->flaw, rlc_span_of(CHAIN_FLAWS[CHAIN_REPEATED])))
        rebuild->status = add(rebuild, stored);
}

static enum rlc_status read_all(struct rebuild *rebuild)
{
    struct rlc_trail_cursor cursor = { .partition = -1, .off = -1 };
    const struct rlc_trail_taker taker = { take, rebuild };
    enum rlc_status status = RLC_OK;
    size_t rows = PAGE_RECORDS;

    while (status == RLC_OK && rows == PAGE_RECORDS) {
        rlc_arena_reset(&rebuild->facts);
        status = rlc_trail_read(rebuild->postgres, "scenario", &cursor, PAGE_RECORDS, &taker, &rows,
                                rebuild->reterr);
        if (status == RLC_OK)
            status = rebuild->status;
        if (status == RLC_OK)
            status = write_out(rebuild);
    }
    return status;
}

static enum rlc_status run(struct rebuild *rebuild)
{
    enum rlc_status status = rlc_postgres_begin(rebuild->postgres, rebuild->reterr);

    report_batch_init(&rebuild->batch, &rebuild->rows, PAGE_RECORDS);
    if (status == RLC_OK)
        status = rlc_postgres_run(rebuild->postgres, EMPTY, rebuild->reterr);
    if (status == RLC_OK)
        status = read_all(rebuild);
    if (status == RLC_OK)
        return rlc_postgres_commit(rebuild->postgres, rebuild->reterr);
    rlc_postgres_rollback(rebuild->postgres);
    return status;
}

enum rlc_status audit_rebuild(struct rlc_postgres *owner, int64_t *ret_facts,
                              struct rlc_error *reterr)
{
    struct rebuild rebuild = { .postgres = owner, .reterr = reterr };
    enum rlc_status status = RLC_FATAL;

    *ret_facts = 0;
    if (rlc_arena_map(&rebuild.facts, FACT_ARENA) == RLC_OK &&
        rlc_arena_map(&rebuild.rows, REPORT_ARENA) == RLC_OK)
        status = run(&rebuild);
    else
        (void)rlc_error_set(reterr, RLC_FATAL, "rebuild", 0, "out of memory");
    rlc_arena_unmap(&rebuild.facts);
    rlc_arena_unmap(&rebuild.rows);
    *ret_facts = rebuild.count;
    return status;
}
