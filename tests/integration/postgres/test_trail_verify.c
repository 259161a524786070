/* SPDX-License-Identifier: Apache-2.0 */
/* The trail tampered with as superuser: every change is named, and an untouched trail never is. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/postgres/verify.h"
#include "tests/integration/postgres/trail_writer.h"
#include "tests/support/check.h"
#include "tests/support/random.h"
#include "tests/support/test_db.h"

enum { CHAINS = 3, RECORDS = 120, TAMPERINGS = 100, SECOND_OPINION_EVERY = 7, ARGS_MAX = 4096 };

static struct test_db db;
static struct trail_topic topics[CHAINS];
static struct rlc_postgres *reader;

/* What was done, and where it must be found. */
struct crime {
    int32_t partition;
    int64_t seq;
};

/* A record that is neither the first nor the last two: its neighbours bear witness. */
static int64_t some_seq(struct random *random)
{
    return 2 + (int64_t)random_below(random, RECORDS - 4);
}

#define WHERE_SEQ "WHERE partition = %d AND off = %" PRId64

static void change_byte(struct random *random, struct crime *crime)
{
    static const char *const COLUMN[] = { "raw", "raw", "raw", "leaf", "head" };
    const char *column = COLUMN[random_below(random, RLC_COUNT(COLUMN))];
    int64_t size = strcmp(column, "raw") == 0
                       ? (int64_t)topics[crime->partition].records[crime->seq - 1].size
                       : 32;
    int64_t at = (int64_t)random_below(random, (uint64_t)size);

    test_db_run(&db,
                "UPDATE audit_log SET %s = set_byte(%s, %" PRId64 ", get_byte(%s, %" PRId64
                ") # %d) " WHERE_SEQ,
                column, column, at, column, at, 1 << random_below(random, 8), crime->partition,
                crime->seq - 1);
}

static void change_column(struct random *random, struct crime *crime)
{
    static const char *const CHANGE[] = {
        "at_ms = at_ms + 1", "debtor = debtor || 'x'", "tenant = NULL", "kind = 'EVENT_IGNORED'",
        "seq = seq + 1000",  "flaw = 'GAP'",           "raw = ''",
    };

    test_db_run(&db, "UPDATE audit_log SET %s " WHERE_SEQ,
                CHANGE[random_below(random, RLC_COUNT(CHANGE))], crime->partition, crime->seq - 1);
}

static void delete_rows(struct random *random, struct crime *crime)
{
    int64_t count = 1 + (int64_t)random_below(random, 2);

    if (random_below(random, 6) == 0)
        crime->seq = 1;
    test_db_run(
        &db, "DELETE FROM audit_log WHERE partition = %d AND off >= %" PRId64 " AND off < %" PRId64,
        crime->partition, crime->seq - 1, crime->seq - 1 + count);
}

static void swap_rows(struct random *random, struct crime *crime)
{
    int64_t other =
        crime->seq + 1 + (int64_t)random_below(random, (uint64_t)(RECORDS - crime->seq));

    test_db_run(&db,
                "UPDATE audit_log a SET seq = b.seq, at_ms = b.at_ms, leaf = b.leaf, head = b.head,"
                " tenant = b.tenant, debtor = b.debtor, kind = b.kind, raw = b.raw"
                " FROM audit_log b WHERE a.partition = %d AND b.partition = %d"
                " AND (a.off, b.off) IN ((%" PRId64 ", %" PRId64 "), (%" PRId64 ", %" PRId64 "))",
                crime->partition, crime->partition, crime->seq - 1, other - 1, other - 1,
                crime->seq - 1);
}

static void cut_tail(struct random *random, struct crime *crime)
{
    (void)random;
    test_db_run(&db, "DELETE FROM audit_log WHERE partition = %d AND off >= %" PRId64,
                crime->partition, crime->seq - 1);
    test_db_run(&db,
                "UPDATE audit_part p SET next_off = l.off + 1, seq = l.seq, head = l.head"
                " FROM audit_log l WHERE l.partition = %d AND p.partition = l.partition"
                " AND l.seq = %" PRId64,
                crime->partition, crime->seq - 1);
}

static void cut_everything(struct random *random, struct crime *crime)
{
    (void)random;
    crime->seq = 1;
    test_db_run(&db, "DELETE FROM audit_log WHERE partition = %d", crime->partition);
    test_db_run(&db, "DELETE FROM audit_part WHERE partition = %d", crime->partition);
}

static void change_position(struct random *random, struct crime *crime)
{
    static const char *const CHANGE[] = { "next_off = next_off + 1", "seq = seq - 1",
                                          "head = set_byte(head, 3, get_byte(head, 3) # 1)" };

    crime->seq = RECORDS;
    test_db_run(&db, "UPDATE audit_part SET %s WHERE partition = %d",
                CHANGE[random_below(random, RLC_COUNT(CHANGE))], crime->partition);
}

/* A forger who knows how hashes are made: another debtor in the record, leaf and head to match. */
static void forge_record(struct random *random, struct crime *crime)
{
    (void)random;
    test_db_run(&db,
                "UPDATE audit_log SET raw = convert_to('', 'UTF8') || overlay(raw placing 'Z' from"
                " position('D'::bytea in raw)), debtor = 'Z' || substr(debtor, 2) " WHERE_SEQ,
                crime->partition, crime->seq - 1);
    test_db_run(&db, "UPDATE audit_log SET leaf = sha256(raw) " WHERE_SEQ, crime->partition,
                crime->seq - 1);
    test_db_run(&db,
                "UPDATE audit_log l SET head = sha256(b.head || l.leaf) FROM audit_log b"
                " WHERE l.partition = %d AND l.off = %" PRId64
                " AND b.partition = l.partition AND b.off = l.off - 1",
                crime->partition, crime->seq - 1);
}

static void repeat_row(struct random *random, struct crime *crime)
{
    (void)random;
    test_db_run(&db,
                "INSERT INTO audit_log SELECT worker, partition, seq, off + 100000, at_ms, leaf,"
                " head, tenant, debtor, kind, flaw, raw FROM audit_log " WHERE_SEQ,
                crime->partition, crime->seq - 1);
    crime->seq = RECORDS + 1;
}

static const struct {
    const char *name;
    void (*commit)(struct random *random, struct crime *crime);
} CRIMES[] = {
    { "change a byte", change_byte },
    { "change a column", change_column },
    { "delete rows", delete_rows },
    { "swap rows", swap_rows },
    { "cut the tail and its head", cut_tail },
    { "cut everything", cut_everything },
    { "change the position", change_position },
    { "forge a record", forge_record },
    { "repeat a row", repeat_row },
};

static void keep(void)
{
    test_db_run(&db, "CREATE TABLE keep_log AS TABLE audit_log");
    test_db_run(&db, "CREATE TABLE keep_part AS TABLE audit_part");
}

static void repair(void)
{
    test_db_run(
        &db, "DELETE FROM audit_log; DELETE FROM audit_part; INSERT INTO audit_log TABLE keep_log;"
             "INSERT INTO audit_part TABLE keep_part");
}

/* ---- the second opinion ---- */

static void put_hex(char *text, const struct rlc_hash *hash)
{
    for (size_t i = 0; i < sizeof(hash->bytes); i++)
        (void)snprintf(text + 2 * i, 3, "%02x", hash->bytes[i]);
}

/* First line of verify_trail.py. */
static void second_opinion(char *line, size_t size)
{
    char command[ARGS_MAX];
    size_t used =
        (size_t)snprintf(command, sizeof(command), "%s %s", RLC_VERIFY_TRAIL, db.read_dsn);
    FILE *output;

    for (int i = 0; i < CHAINS; i++) {
        struct rlc_trail_anchor anchor = trail_anchor(&topics[i]);
        char head[65], genesis[65];

        put_hex(head, &anchor.head);
        put_hex(genesis, &anchor.genesis);
        used += (size_t)snprintf(command + used, sizeof(command) - used,
                                 " scenario:%d:%" PRId64 ":%s:%s", i, anchor.seq, head, genesis);
    }
    output = popen(command, "r"); /* NOLINT(cert-env33-c): the test's own script */
    assert_non_null(output);
    assert_non_null(fgets(line, (int)size, output));
    while (fgetc(output) != EOF)
        continue;
    (void)pclose(output);
}

/* ---- tests ---- */

static void an_untouched_trail_has_no_findings(void **state)
{
    char line[256];

    (void)state;
    assert_int_equal(trail_verify(reader, topics, CHAINS, NULL), 0);
    second_opinion(line, sizeof(line));
    assert_string_equal(line, "360 records, 0 chains at fault\n");
}

static void check_crime(int number, struct random *random)
{
    size_t kind = (size_t)number % RLC_COUNT(CRIMES);
    struct crime crime = { (int32_t)random_below(random, CHAINS), some_seq(random) };
    struct rlc_trail_finding finding = { .text = "" };
    char line[256], expected[64];
    int64_t findings;

    CRIMES[kind].commit(random, &crime);
    findings = trail_verify(reader, topics, CHAINS, &finding);
    if (findings != 1 || finding.partition != crime.partition || finding.seq != crime.seq) {
        print_error("%d: %s in %d at %" PRId64 ": %" PRId64 " findings, %d at %" PRId64 ": %s %s\n",
                    number, CRIMES[kind].name, crime.partition, crime.seq, findings,
                    finding.partition, finding.seq, rlc_trail_fault_name(finding.fault),
                    finding.text);
    }
    assert_int_equal(findings, 1);
    assert_string_equal(finding.worker, "scenario");
    assert_int_equal(finding.partition, crime.partition);
    assert_int_equal(finding.seq, crime.seq);
    if (number % SECOND_OPINION_EVERY == 0 && finding.fault != RLC_TRAIL_UNREADABLE) {
        second_opinion(line, sizeof(line));
        (void)snprintf(expected, sizeof(expected), "scenario/%d %" PRId64 " ", crime.partition,
                       crime.seq);
        if (strncmp(line, expected, strlen(expected)) != 0)
            print_error("%d: %s: second opinion: %s", number, CRIMES[kind].name, line);
        assert_memory_equal(line, expected, strlen(expected));
    }
    repair();
}

static void each_of_a_hundred_tamperings_is_named_by_worker_partition_and_sequence(void **state)
{
    struct random random = { 2026 };

    (void)state;
    for (int i = 0; i < TAMPERINGS; i++)
        check_crime(i, &random);
    assert_int_equal(trail_verify(reader, topics, CHAINS, NULL), 0);
}

/* The whole rest of a chain written anew by somebody who knows everything but the log. */
static void a_rewritten_rest_is_given_away_by_the_head_in_the_log(void **state)
{
    struct trail_topic forged = trail_topic_make(1, RECORDS);
    struct trail_topic truth = topics[1];
    struct rlc_postgres *audit = test_db_connect(db.audit_dsn, "forger");
    struct rlc_trail_finding finding;

    (void)state;
    forged.count = RECORDS - 1;
    test_db_run(&db, "DELETE FROM audit_log WHERE partition = 1;"
                     "DELETE FROM audit_part WHERE partition = 1");
    assert_int_equal(trail_write_all(audit, &forged, 50), 0);
    test_db_run(&db, "UPDATE audit_part SET next_off = %d WHERE partition = 1", RECORDS - 1);
    assert_int_equal(trail_verify(reader, topics, CHAINS, &finding), 1);
    assert_int_equal(finding.fault, RLC_TRAIL_TAIL_MISSING);
    assert_int_equal(finding.seq, RECORDS);

    topics[1].end.previous.bytes[0] ^= 1;
    repair();
    assert_int_equal(trail_verify(reader, topics, CHAINS, &finding), 1);
    assert_int_equal(finding.fault, RLC_TRAIL_HEAD_DIFFERS);
    assert_int_equal(finding.seq, RECORDS);
    topics[1] = truth;
    rlc_postgres_free(audit);
    forged.count = RECORDS;
    trail_topic_free(&forged);
}

static void a_chain_that_the_log_does_not_know_is_named(void **state)
{
    struct rlc_trail_finding finding;

    (void)state;
    test_db_run(&db, "INSERT INTO audit_log SELECT 'notifier', 9, seq, off, at_ms, leaf, head,"
                     " tenant, debtor, kind, flaw, raw FROM audit_log WHERE partition = 0");
    assert_int_equal(trail_verify(reader, topics, CHAINS, &finding), 1);
    assert_int_equal(finding.partition, 9);
    assert_string_not_equal(finding.worker, "scenario");
    repair();
}

static void a_trail_that_is_ahead_of_older_anchors_is_fine_while_workers_write(void **state)
{
    struct trail_topic older = topics[2];
    struct rlc_trail_anchor anchors[CHAINS];
    struct rlc_verify verify = { .anchors = anchors, .anchor_count = CHAINS };
    struct rlc_verified verified;
    struct rlc_error error;
    struct rlc_link link;

    (void)state;
    for (int i = 0; i < CHAINS; i++)
        anchors[i] = trail_anchor(&topics[i]);
    assert_true(rlc_link_read(older.records[49], &link));
    anchors[2].seq = 49;
    anchors[2].head = link.chain.previous;
    assert_int_equal(rlc_trail_verify(reader, &verify, &verified, &error), RLC_OK);
    assert_int_equal(verified.findings, 0);
    assert_int_equal(verified.records, (int64_t)CHAINS * RECORDS);
    assert_int_equal(verified.chains, CHAINS);
    verify.at_rest = true;
    assert_int_equal(rlc_trail_verify(reader, &verify, &verified, &error), RLC_OK);
    assert_int_equal(verified.findings, 1);
}

static int set_up(void **state)
{
    struct rlc_postgres *audit = test_db_connect(db.audit_dsn, "writer");

    (void)state;
    for (int i = 0; i < CHAINS; i++) {
        topics[i] = trail_topic_make(i, RECORDS);
        assert_int_equal(trail_write_all(audit, &topics[i], 50), 0);
    }
    rlc_postgres_free(audit);
    reader = test_db_connect(db.read_dsn, "verifier");
    keep();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (int i = 0; i < CHAINS; i++)
        trail_topic_free(&topics[i]);
    rlc_postgres_free(reader);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_untouched_trail_has_no_findings),
        cmocka_unit_test(each_of_a_hundred_tamperings_is_named_by_worker_partition_and_sequence),
        cmocka_unit_test(a_rewritten_rest_is_given_away_by_the_head_in_the_log),
        cmocka_unit_test(a_chain_that_the_log_does_not_know_is_named),
        cmocka_unit_test(a_trail_that_is_ahead_of_older_anchors_is_fine_while_workers_write),
    };
    int result;

    if (!test_db_open(&db))
        return TEST_DB_SKIPPED;
    result = cmocka_run_group_tests(tests, set_up, tear_down);
    test_db_close(&db);
    return result;
}
