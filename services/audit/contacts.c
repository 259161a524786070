/* SPDX-License-Identifier: Apache-2.0 */
#include "contacts.h"

#include "chain.h"
#include "common/postgres/trail.h"
#include "common/runtime/error.h"
#include "common/runtime/memory.h"
#include "common/wire/words.h"

/* Records read at a time. The arena serves one record: the longest takes eight times its size once
 * decoded. */
#define PAGE_RECORDS 2000
#define RECORD_ARENA ((size_t)16 << 20)

/* A plan that sorts the trail for every page is the wrong one: the primary key is in order. */
static const char BEGIN_SNAPSHOT[] =
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL enable_sort = off; "
    "SET LOCAL enable_seqscan = off";

struct reading {
    struct rlc_postgres *postgres;
    struct lot *lot;
    struct rlc_arena arena;
    int32_t partition;             /* of the lot; -1 = it has no record yet */
    struct rlc_trail_cursor taken; /* the last record of the notifier in a lot */
    struct rlc_trail_cursor told;  /* the last fact that could not be read */
    bool done;                     /* with what is being read */
    struct lot_verdict *verdict;
    enum rlc_status status;
    struct rlc_error *reterr;
};

/* What was stored a second time has been taken the first time. */
static bool is_repeated(const struct rlc_trail_stored *stored)
{
    return rlc_span_equal(stored->flaw, rlc_span_of(CHAIN_FLAWS[CHAIN_REPEATED]));
}

static void tell_unreadable(struct reading *reading, const char *worker,
                            const struct rlc_trail_stored *stored)
{
    lot_tell(reading->verdict, &(struct lot_finding){ .fault = LOT_UNREADABLE,
                                                      .worker = worker,
                                                      .partition = stored->partition,
                                                      .off = stored->off,
                                                      .known_off = -1 });
}

/* A kind that only a newer version knows says nothing here. */
static bool is_newer(const struct rlc_trail_stored *stored, enum rlc_vocabulary vocabulary)
{
    struct rlc_link link;

    return rlc_link_read(stored->raw, &link) && !rlc_word(vocabulary, link.kind);
}

static void fail(struct reading *reading)
{
    reading->status = rlc_error_set(reading->reterr, RLC_FATAL, "contacts", 0, "out of memory");
}

static bool read_contact(struct reading *reading, const struct rlc_trail_stored *stored,
                         struct rlc_audit_record *ret_record, bool tell)
{
    struct rlc_fault ignored;
    enum rlc_status status;

    if (is_repeated(stored))
        return false;
    rlc_arena_reset(&reading->arena);
    status = rlc_audit_record_decode(stored->raw, &reading->arena, ret_record, &ignored);
    if (status == RLC_RETRY)
        fail(reading);
    else if (status != RLC_OK && tell && !is_newer(stored, RLC_VOCABULARY_AUDIT_KIND))
        tell_unreadable(reading, "notifier", stored);
    return status == RLC_OK;
}

/* ---- filling a lot ---- */

static void fill(void *context, const struct rlc_trail_stored *stored)
{
    struct reading *reading = context;
    struct rlc_audit_record record;

    if (reading->done || reading->status != RLC_OK)
        return;
    if (reading->partition < 0) {
        reading->partition = stored->partition;
        lot_begin(reading->lot, stored->partition);
    }
    reading->done = stored->partition != reading->partition;
    if (!reading->done && read_contact(reading, stored, &record, true))
        reading->done = !lot_add(reading->lot, &record, stored->off);
    if (!reading->done)
        reading->taken =
            (struct rlc_trail_cursor){ .partition = stored->partition, .off = stored->off };
}

/* ---- the records that a lot is held against ---- */

static void take_contact(void *context, const struct rlc_trail_stored *stored)
{
    struct reading *reading = context;
    struct rlc_audit_record record;

    reading->done = reading->done || stored->partition != reading->partition ||
                    lot_has_passed_contacts(reading->lot);
    if (!reading->done && reading->status == RLC_OK &&
        read_contact(reading, stored, &record, false))
        lot_take_contact(reading->lot, &record, stored->off);
}

/* A partition's facts are walked for each of its lots, and told about once. */
static void note_unreadable(struct reading *reading, const struct rlc_trail_stored *stored)
{
    bool told = reading->told.partition == stored->partition && reading->told.off >= stored->off;

    if (told || is_newer(stored, RLC_VOCABULARY_FACT_KIND))
        return;
    tell_unreadable(reading, "scenario", stored);
    reading->told = (struct rlc_trail_cursor){ .partition = stored->partition, .off = stored->off };
}

static void take_fact(void *context, const struct rlc_trail_stored *stored)
{
    struct reading *reading = context;
    struct rlc_debtor_fact fact;
    struct rlc_fault ignored;
    enum rlc_status status;

    reading->done = reading->done || stored->partition != reading->partition ||
                    lot_has_passed_facts(reading->lot);
    if (reading->done || reading->status != RLC_OK || is_repeated(stored))
        return;
    rlc_arena_reset(&reading->arena);
    status = rlc_debtor_fact_decode(stored->raw, &reading->arena, &fact, &ignored);
    if (status == RLC_REJECT)
        note_unreadable(reading, stored);
    else if (status != RLC_OK || !lot_take_fact(reading->lot, &fact))
        fail(reading);
}

/* ---- all of it ---- */

/* Hands a worker's records behind `cursor` to `take` until it is done or there are no more. */
static enum rlc_status walk(struct reading *reading, const char *worker,
                            struct rlc_trail_cursor cursor,
                            void (*take)(void *context, const struct rlc_trail_stored *stored))
{
    const struct rlc_trail_taker taker = { take, reading };
    enum rlc_status status = RLC_OK;
    size_t rows = PAGE_RECORDS;

    reading->done = false;
    reading->status = RLC_OK;
    while (status == RLC_OK && !reading->done && rows == PAGE_RECORDS) {
        status = rlc_trail_read(reading->postgres, worker, &cursor, PAGE_RECORDS, &taker, &rows,
                                reading->reterr);
        if (status == RLC_OK)
            status = reading->status;
    }
    return status;
}

static enum rlc_status judge_lot(struct reading *reading)
{
    const struct rlc_trail_cursor begin = { .partition = reading->partition, .off = -1 };
    enum rlc_status status;

    if (lot_is_empty(reading->lot))
        return RLC_OK;
    if (!lot_close(reading->lot))
        return rlc_error_set(reading->reterr, RLC_FATAL, "contacts", 0, "out of memory");
    status = walk(reading, "notifier", begin, take_contact);
    if (status == RLC_OK)
        status = walk(reading, "scenario", begin, take_fact);
    if (status == RLC_OK)
        lot_judge(reading->lot, reading->verdict);
    return status;
}

static enum rlc_status judge_all(struct reading *reading)
{
    enum rlc_status status = rlc_postgres_run(reading->postgres, BEGIN_SNAPSHOT, reading->reterr);

    reading->taken = (struct rlc_trail_cursor){ .partition = -1, .off = -1 };
    reading->told = reading->taken;
    while (status == RLC_OK) {
        reading->partition = -1;
        status = walk(reading, "notifier", reading->taken, fill);
        if (status != RLC_OK || reading->partition < 0)
            return status;
        status = judge_lot(reading);
    }
    return status;
}

enum rlc_status audit_contacts(struct rlc_postgres *postgres, struct lot_verdict *verdict,
                               struct rlc_error *reterr)
{
    struct reading reading = {
        .postgres = postgres, .lot = lot_new(), .verdict = verdict, .reterr = reterr
    };
    enum rlc_status status = RLC_FATAL;

    if (!reading.lot || rlc_arena_map(&reading.arena, RECORD_ARENA) != RLC_OK) {
        (void)rlc_error_set(reterr, RLC_FATAL, "contacts", 0, "out of memory");
    } else {
        status = rlc_postgres_begin(postgres, reterr);
        if (status == RLC_OK)
            status = judge_all(&reading);
        rlc_postgres_rollback(postgres);
    }
    rlc_arena_unmap(&reading.arena);
    lot_free(reading.lot);
    return status;
}
