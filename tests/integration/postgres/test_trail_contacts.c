/* SPDX-License-Identifier: Apache-2.0 */
/* Contacts judged from a trail on a real PostgreSQL: whatever is behind a known payment is found,
 * wherever it stands, and nothing else. */
#include <stdio.h>
#include <string.h>

#include "common/postgres/trail.h"
#include "common/runtime/genesis.h"
#include "contacts.h"
#include "tests/support/check.h"
#include "tests/support/tale.h"
#include "tests/support/test_db.h"

enum { ROWS = 200, RECORD_SIZE = 4096, FOUND_MAX = 16 };

static struct test_db db;
static struct rlc_postgres *writer;
static struct rlc_postgres *reader;

/* A chain on its way into the trail. */
struct teller {
    const char *worker;
    int32_t partition;
    struct rlc_trail_end end;
    struct rlc_chain chain;
    size_t count; /* rows that wait */
    struct rlc_trail_row rows[ROWS];
    uint8_t memory[ROWS][RECORD_SIZE];
};

static struct tale tale;
static struct teller facts;
static struct teller contacts;

struct found {
    enum lot_fault fault;
    int32_t partition;
    int64_t off;
    int64_t known_off;
};

static struct found found[FOUND_MAX];
static size_t found_count;

/* ---- telling ---- */

static void teller_begin(struct teller *teller, const char *worker, int32_t partition)
{
    struct rlc_hash genesis = { { 1 } };
    struct rlc_error error;

    *teller = (struct teller){ .worker = worker, .partition = partition };
    assert_int_equal(rlc_trail_end(writer, worker, partition, &genesis, &teller->end, &error),
                     RLC_OK);
    teller->chain = (struct rlc_chain){ .sequence = 1, .previous = teller->end.head };
}

/* Records have their number as offset. */
static void teller_flush(struct teller *teller)
{
    struct rlc_trail_move move = { .worker = teller->worker, .partition = teller->partition };
    struct rlc_trail_batch batch = {
        .moves = &move, .move_count = 1, .rows = teller->rows, .row_count = teller->count
    };
    struct rlc_error error = { .text = "" };
    enum rlc_status status;

    if (teller->count == 0)
        return;
    move.from = teller->end;
    move.to = (struct rlc_trail_end){ .next_off = teller->chain.sequence - 1,
                                      .seq = teller->chain.sequence - 1,
                                      .head = teller->chain.previous };
    status = rlc_trail_store(writer, &batch, &error);
    if (status != RLC_OK)
        print_error("%s\n", error.text);
    assert_int_equal(status, RLC_OK);
    teller->end = move.to;
    teller->count = 0;
}

static void teller_add(struct teller *teller, struct rlc_span bytes)
{
    static char words[ROWS][RLC_KIND_WORD_MAX];
    struct rlc_trail_row *row = &teller->rows[teller->count];
    uint8_t *copy = teller->memory[teller->count];
    struct rlc_link link;

    assert_true(bytes.data && bytes.size <= RECORD_SIZE);
    memcpy(copy, bytes.data, bytes.size);
    bytes = rlc_span_from(copy, bytes.size);
    assert_true(rlc_link_read(bytes, &link));
    *row = (struct rlc_trail_row){ .worker = teller->worker,
                                   .partition = teller->partition,
                                   .seq = link.chain.sequence,
                                   .off = link.chain.sequence - 1,
                                   .at_ms = link.at_ms,
                                   .tenant = link.tenant,
                                   .debtor = link.debtor,
                                   .leaf = rlc_sha256(bytes),
                                   .raw = bytes };
    row->kind =
        rlc_span_of(rlc_link_kind(rlc_span_of(teller->worker), link.kind, words[teller->count]));
    row->head = rlc_link_head(&teller->chain.previous, &row->leaf);
    teller->chain.previous = row->head;
    teller->chain.sequence++;
    if (++teller->count == ROWS)
        teller_flush(teller);
}

/* Writes the tale into the trail and forgets it. */
static void tell(void)
{
    uint8_t memory[4 * RECORD_SIZE];
    struct rlc_arena arena;

    for (size_t i = 0; i < tale.fact_count; i++) {
        rlc_arena_init(&arena, memory, sizeof(memory));
        tale.facts[i].chain = facts.chain;
        teller_add(&facts, rlc_debtor_fact_encode(&tale.facts[i], &arena));
    }
    for (size_t i = 0; i < tale.record_count; i++) {
        rlc_arena_init(&arena, memory, sizeof(memory));
        tale.records[i].chain = contacts.chain;
        teller_add(&contacts, rlc_audit_record_encode(&tale.records[i], &arena));
    }
    tale.fact_count = 0;
    tale.record_count = 0;
}

static void begin_partition(int32_t partition)
{
    tale_begin(&tale, partition);
    teller_begin(&facts, "scenario", partition);
    teller_begin(&contacts, "notifier", partition);
}

static void end_partition(void)
{
    tell();
    teller_flush(&facts);
    teller_flush(&contacts);
}

/* ---- judging ---- */

static void on_finding(void *context, const struct lot_finding *finding)
{
    (void)context;
    if (found_count < FOUND_MAX)
        found[found_count] =
            (struct found){ finding->fault, finding->partition, finding->off, finding->known_off };
    found_count++;
}

static struct lot_verdict judge(bool at_rest)
{
    struct lot_verdict verdict = { .at_rest = at_rest, .on_finding = on_finding };
    struct rlc_error error = { .text = "" };
    enum rlc_status status;

    found_count = 0;
    status = audit_contacts(reader, &verdict, &error);
    if (status != RLC_OK)
        print_error("%s\n", error.text);
    assert_int_equal(status, RLC_OK);
    return verdict;
}

static void assert_found(size_t place, enum lot_fault fault, int64_t off, int64_t known_off)
{
    assert_true(place < found_count);
    assert_string_equal(lot_fault_name(found[place].fault), lot_fault_name(fault));
    assert_int_equal(found[place].off, off);
    assert_int_equal(found[place].known_off, known_off);
}

static int begin(void **state)
{
    (void)state;
    test_db_run(&db, "DELETE FROM audit_log; DELETE FROM audit_part");
    begin_partition(2);
    tale_issued(&tale, 10, "F1", 10000);
    return 0;
}

/* ---- tests ---- */

static void a_trail_without_contacts_is_clean(void **state)
{
    struct lot_verdict verdict;

    (void)state;
    end_partition();
    verdict = judge(true);
    assert_int_equal(verdict.attempts, 0);
    assert_int_equal(found_count, 0);
}

static void a_contact_and_a_payment_behind_its_watermark_are_clean(void **state)
{
    struct lot_verdict verdict;

    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    tale_ended(&tale, 1, RLC_OUTCOME_RESULT_ACCEPTED);
    tale_moved(&tale, 20, "F1", 0, RLC_RECEIVABLE_CAUSE_PAID, "P1");
    end_partition();
    verdict = judge(true);
    assert_int_equal(verdict.attempts, 1);
    assert_int_equal(found_count, 0);
}

static void a_payment_below_the_watermark_is_found(void **state)
{
    struct lot_verdict verdict;

    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    tale_moved(&tale, 19, "F1", 0, RLC_RECEIVABLE_CAUSE_PAID, "P1");
    end_partition();
    verdict = judge(true);
    assert_int_equal(verdict.behind, 1);
    assert_int_equal(found_count, 1);
    assert_int_equal(found[0].partition, 2);
    assert_found(0, LOT_BEHIND_PAYMENT, 0, 19);
}

static void a_part_payment_leaves_the_rest_to_be_asked_for(void **state)
{
    (void)state;
    tale_moved(&tale, 12, "F1", 4000, RLC_RECEIVABLE_CAUSE_PAID, "P1");
    (void)tale_attempt(&tale, 1, 20, "F1", 4000);
    (void)tale_attempt(&tale, 2, 20, "F1", 10000);
    end_partition();
    (void)judge(true);
    assert_int_equal(found_count, 1);
    assert_found(0, LOT_BEHIND_PAYMENT, 1, 12);
}

static void a_contact_under_an_open_cash_suspicion_is_found(void **state)
{
    (void)state;
    tale_agreement(&tale, 15, RLC_FACT_KIND_AGREEMENT_OPENED, RLC_AGREEMENT_KIND_HOLD, "S1", NULL)
        ->reason = rlc_span_of("CASH_SUSPECTED");
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    (void)tale_agreement(&tale, 21, RLC_FACT_KIND_AGREEMENT_CLOSED, RLC_AGREEMENT_KIND_HOLD, "S1",
                         NULL);
    (void)tale_attempt(&tale, 2, 30, "F1", 10000);
    end_partition();
    (void)judge(true);
    assert_int_equal(found_count, 1);
    assert_found(0, LOT_BEHIND_SUSPENSION, 0, 15);
}

static void a_contact_that_ended_without_an_attempt_is_found(void **state)
{
    struct lot_verdict verdict;

    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    tale_ended(&tale, 1, RLC_OUTCOME_RESULT_ACCEPTED);
    tale_ended(&tale, 2, RLC_OUTCOME_RESULT_ACCEPTED);
    end_partition();
    verdict = judge(true);
    assert_int_equal(verdict.behind, 0);
    assert_int_equal(verdict.out_of_order, 1);
    assert_found(0, LOT_NO_ATTEMPT, 2, -1);
}

static void what_is_not_in_the_trail_yet_is_not_held_against_a_contact(void **state)
{
    struct lot_verdict verdict;

    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F2", 10000);
    end_partition();
    verdict = judge(false);
    assert_int_equal(verdict.under_way, 1);
    assert_int_equal(found_count, 0);
    (void)judge(true);
    assert_int_equal(found_count, 1);
}

static void a_record_that_came_twice_or_that_only_a_newer_version_knows_is_no_contact(void **state)
{
    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    end_partition();
    test_db_run(&db, "INSERT INTO audit_log SELECT worker, partition, seq, off + 100, at_ms, leaf,"
                     " head, tenant, debtor, kind, 'REPEATED', raw FROM audit_log");
    /* The kind stands behind the time of the decision, which is TALE_MS. */
    test_db_run(&db,
                "INSERT INTO audit_log SELECT worker, partition, seq, off + 200, at_ms, leaf,"
                " head, tenant, debtor, kind, NULL,"
                " set_byte(raw, position('\\x%s'::bytea in raw) + %d, 120)"
                " FROM audit_log WHERE off < 100",
                "1880b0d0dbb833", 7);
    (void)judge(true);
    assert_int_equal(found_count, 0);
}

static void a_record_of_a_known_kind_that_cannot_be_read_is_told_once(void **state)
{
    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    tale_moved(&tale, 12, "F9", 0, RLC_RECEIVABLE_CAUSE_PAID, "P1");
    (void)tale_attempt(&tale, 2, 20, "F1", 10000);
    tale.records[1].attempted.look.epochs = tale.epochs;
    end_partition();
    /* Only the link is left of each: envelope, chain, time and kind. */
    test_db_run(&db, "UPDATE audit_log SET raw = substr(raw, 1, length(raw) - 20) || '\\x00'::bytea"
                     " || substr(raw, length(raw) - 18) WHERE off = 1");
    (void)judge(true);
    assert_int_equal(found_count, 2);
    assert_found(0, LOT_UNREADABLE, 1, -1);
    assert_found(1, LOT_UNREADABLE, 1, -1);
}

/* Some pages of each topic, in several partitions, a payment known to one contact in each. */
static void in_a_longer_trail_each_contact_at_fault_is_found_once(void **state)
{
    enum { PARTITIONS = 3, DEBTORS = 3000, FIRST = 4 };
    struct lot_verdict verdict;

    (void)state;
    end_partition();
    for (int32_t p = FIRST; p < FIRST + PARTITIONS; p++) {
        begin_partition(p);
        for (int64_t i = 0; i < DEBTORS; i++) {
            char name[16];

            (void)snprintf(name, sizeof(name), "D%d", (int)i);
            tale.debtor = name;
            tale.epochs = (struct rlc_epochs){ 1, 1, 1 };
            tale_issued(&tale, 10 * i, "F1", 10000);
            (void)tale_attempt(&tale, 1, 10 * i + 5, "F1", 10000);
            tale.records[0].attempted.request_number = (uint32_t)i + 1;
            tale_moved(&tale, 10 * i + (i == INT64_C(1000) * (p - FIRST) ? 4 : 5), "F1", 0,
                       RLC_RECEIVABLE_CAUSE_PAID, "P1");
            tell();
        }
        end_partition();
    }
    verdict = judge(true);
    assert_int_equal(verdict.attempts, (int64_t)PARTITIONS * DEBTORS);
    assert_int_equal(found_count, PARTITIONS);
    for (size_t i = 0; i < PARTITIONS; i++) {
        assert_int_equal(found[i].partition, FIRST + (int32_t)i);
        assert_found(i, LOT_BEHIND_PAYMENT, 1000 * (int64_t)i, 10000 * (int64_t)i + 4);
    }
}

/* What came before a lot, in the notifier's records and in the facts, counts for it. */
static void a_contact_beyond_the_first_lot_is_judged_by_all_that_came_before_it(void **state)
{
    struct lot_verdict verdict;

    (void)state;
    (void)tale_attempt(&tale, 1, 20, "F1", 10000);
    tale_moved(&tale, 25, "F1", 4000, RLC_RECEIVABLE_CAUSE_PAID, "P1");
    tell();
    for (uint32_t i = 1; i < LOT_ENTRIES_MAX; i++) {
        (void)tale_attempt(&tale, 2, 30, "F1", 4000);
        tale.records[0].attempted.request_number = i;
        tell();
    }
    (void)tale_attempt(&tale, 1, 30, "F1", 4000);
    (void)tale_attempt(&tale, 3, 30, "F1", 4001);
    end_partition();
    verdict = judge(true);
    assert_int_equal(verdict.attempts, LOT_ENTRIES_MAX + 2);
    assert_int_equal(found_count, 2);
    assert_found(0, LOT_ATTEMPTED_AGAIN, LOT_ENTRIES_MAX, -1);
    assert_found(1, LOT_BEHIND_PAYMENT, LOT_ENTRIES_MAX + 1, 25);
}

static int set_up(void **state)
{
    (void)state;
    writer = test_db_connect(db.audit_dsn, "writer");
    reader = test_db_connect(db.read_dsn, "verifier");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rlc_postgres_free(writer);
    rlc_postgres_free(reader);
    return 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
    const struct CMUnitTest tests[] = {
        TEST(a_trail_without_contacts_is_clean),
        TEST(a_contact_and_a_payment_behind_its_watermark_are_clean),
        TEST(a_payment_below_the_watermark_is_found),
        TEST(a_part_payment_leaves_the_rest_to_be_asked_for),
        TEST(a_contact_under_an_open_cash_suspicion_is_found),
        TEST(a_contact_that_ended_without_an_attempt_is_found),
        TEST(what_is_not_in_the_trail_yet_is_not_held_against_a_contact),
        TEST(a_record_that_came_twice_or_that_only_a_newer_version_knows_is_no_contact),
        TEST(a_record_of_a_known_kind_that_cannot_be_read_is_told_once),
        TEST(in_a_longer_trail_each_contact_at_fault_is_found_once),
        TEST(a_contact_beyond_the_first_lot_is_judged_by_all_that_came_before_it),
    };
    int result;

    if (!test_db_open(&db))
        return TEST_DB_SKIPPED;
    result = cmocka_run_group_tests(tests, set_up, tear_down);
    test_db_close(&db);
    return result;
}
