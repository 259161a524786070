/* SPDX-License-Identifier: Apache-2.0 */
/* Lives of random events: any order, each event twice, any batches. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/random.h"
#include "tests/support/scenario_bench.h"
#include "tests/support/scenario_life.h"

#include "core/ledger.h"

static const struct policy *const STANDARD[] = { &BENCH_POLICY };

static int64_t on_account(struct scenario_bench *bench)
{
    const struct rlc_account_record *account = bench_account(bench);

    assert_true(account->credit_count <= 1);
    return account->credit_count ? account->credits[0].minor : 0;
}

/* ---- any order, each event twice: one state ---- */

enum { VIEW = 64 * 1024 };

static void shuffle(size_t *order, size_t count, struct random *random)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = random_below(random, i);
        size_t kept = order[i - 1];

        order[i - 1] = order[other];
        order[other] = kept;
    }
}

/* What must not depend on the order, as text; checks the conservation of money on the way. */
static void view_of(struct scenario_bench *bench, char *view)
{
    const char *receivables = "r|" BENCH_TENANT "/" BENCH_DEBTOR;
    const char *settlements = "p|" BENCH_TENANT "/" BENCH_DEBTOR;
    int64_t surplus = 0;
    int64_t unapplied = 0;
    size_t size = 0;

    for (size_t i = 0; i < bench_records(bench); i++) {
        struct rlc_span span = bench_key(bench, i);
        char key[256] = "";

        memcpy(key, span.data, span.size);
        if (strncmp(key, receivables, strlen(receivables)) == 0) {
            const struct rlc_receivable_record *receivable = bench_record(bench, key);
            int64_t open = ledger_open(receivable).minor;
            int64_t given = 0;

            for (size_t k = 0; k < receivable->settled_count; k++)
                given += receivable->settled[k].paid.minor + receivable->settled[k].credited_minor;
            assert_true(given >= 0 && open >= 0);
            assert_true(ledger_is_listed(receivable) == (receivable->page > 0));
            assert_true(open == 0 || receivable->page > 0);
            if (ledger_issued(receivable) && open == 0) {
                struct rlc_receivable_record bare = *receivable;

                bare.settled_count = 0;
                surplus += given - ledger_open(&bare).minor;
            }
            size += (size_t)snprintf(view + size, VIEW - size,
                                     "%s open %lld given %lld receipts %zu blocks %zu\n", key,
                                     (long long)open, (long long)given, receivable->receipt_count,
                                     receivable->block_count);
        } else if (strncmp(key, settlements, strlen(settlements)) == 0) {
            const struct rlc_settlement_record *settlement = bench_record(bench, key);

            unapplied += settlement->unapplied_minor;
            size += (size_t)snprintf(view + size, VIEW - size, "%s unapplied %lld\n", key,
                                     (long long)settlement->unapplied_minor);
        }
    }
    assert_true(size < VIEW);
    assert_int_equal(on_account(bench), surplus + unapplied);
}

/* ---- what was ended and never began ---- */

static int by_text(const void *left, const void *right)
{
    return strcmp(left, right);
}

/* What keeps the debtor in quarantine; which and how many records said it depends on the order. */
static void tell_unknown(struct scenario_bench *bench, char *view)
{
    const struct rlc_debtor_record *debtor = bench_debtor_record(bench);
    char objects[QUARANTINE_MAX][128] = { "" };
    size_t size = strlen(view);

    assert_int_equal(debtor->waiting_count, debtor->quarantine_count);
    assert_true(debtor->waiting_count < QUARANTINE_MAX);
    for (size_t i = 0; i < debtor->waiting_count; i++)
        memcpy(objects[i], debtor->waiting[i].object.data, debtor->waiting[i].object.size);
    qsort(objects, debtor->waiting_count, sizeof(objects[0]), by_text);
    for (size_t i = 0; i < debtor->waiting_count; i++) {
        if (i == 0 || strcmp(objects[i - 1], objects[i]) != 0)
            size += (size_t)snprintf(view + size, VIEW - size, "unknown %s\n", objects[i]);
    }
    assert_true(size < VIEW);
}

static void drop_unknown(struct scenario_bench *bench)
{
    while (bench_debtor_record(bench)->quarantine_count > 0) {
        struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_QUARANTINE_RELEASED };

        event.quarantine_released.at = bench_debtor_record(bench)->quarantine[0];
        bench_send(bench, &event);
    }
}

/* What the debtor is asked for in the end. */
static void ask(struct scenario_bench *bench, char *view)
{
    size_t size;

    tell_unknown(bench, view);
    drop_unknown(bench);
    size = strlen(view);
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_at(bench, bench_instant("2025-03-01", 0, 0));
    bench_forget(bench);
    bench_days_until(bench, "2025-06-30", true);
    for (size_t i = 0; i < bench_requests(bench); i++) {
        const struct rlc_contact_body *body = &bench_request(bench, i)->body;

        size += (size_t)snprintf(view + size, VIEW - size, "asked %lld of %zu: %lld\n",
                                 (long long)body->as_of_on, body->line_count,
                                 (long long)body->totals[0].open.minor);
        assert_true(size < VIEW);
    }
    assert_true(bench_requests(bench) > 0);
}

static void live(struct life *life, const size_t *order, size_t count, size_t batch, char *view)
{
    struct scenario_bench *bench = bench_new(STANDARD, 1, batch);

    bench_at(bench, bench_instant("2025-01-20", 0, 0));
    for (size_t i = 0; i < count; i++)
        bench_send(bench, &life->event[order[i]]);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_CONFLICT_FOUND), 0);
    view_of(bench, view);
    ask(bench, view);
    bench_free(bench);
}

/* Shows the first line that differs: a view is long. */
static void assert_same_view(const char *expected, const char *actual, int round)
{
    while (*expected && *actual) {
        size_t left = strcspn(expected, "\n");
        size_t right = strcspn(actual, "\n");

        if (left != right || memcmp(expected, actual, left) != 0)
            break;
        expected += left + 1;
        actual += right + 1;
    }
    if (*expected || *actual)
        fail_msg("round %d: in order '%.*s', permuted '%.*s'", round, (int)strcspn(expected, "\n"),
                 expected, (int)strcspn(actual, "\n"), actual);
}

static void a_life_permuted_and_doubled_gives_one_state(void **state)
{
    static char expected[VIEW];
    static char actual[VIEW];
    const char *wish = getenv("RLC_SEED");
    uint64_t seed = wish ? strtoull(wish, NULL, 10) : 20250131;
    struct random random = { seed };
    struct life *life = life_make(seed, false);
    size_t order[LIFE + LIFE * 3 / 10];

    (void)state;
    print_message("seed %llu\n", (unsigned long long)seed);
    for (size_t i = 0; i < LIFE; i++)
        order[i] = i;
    live(life, order, LIFE, 1, expected);
    for (int round = 0; round < 12; round++) {
        for (size_t i = LIFE; i < RLC_COUNT(order); i++)
            order[i] = random_below(&random, LIFE);
        shuffle(order, RLC_COUNT(order), &random);
        live(life, order, RLC_COUNT(order), round % 2 ? 7 : 1000, actual);
        assert_same_view(expected, actual, round);
        for (size_t i = 0; i < LIFE; i++)
            order[i] = i;
    }
    free(life);
}

/* ---- nothing depends on where a batch ended ---- */

static uint64_t digest_of(struct life *life, size_t batch)
{
    struct scenario_bench *bench = bench_new(STANDARD, 1, batch);
    uint64_t digest;

    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_at(bench, bench_instant("2025-01-20", 0, 0));
    for (size_t i = 0; i < LIFE; i++) {
        bench_send(bench, &life->event[i]);
        if (i % 20 == 19)
            bench_tick(bench, bench_instant("2025-01-20", 10, 0) + (rlc_ms)i * 6 * 3600000);
    }
    bench_days_until(bench, "2025-05-30", true);
    digest = bench_digest(bench);
    bench_free(bench);
    return digest;
}

static void the_same_log_in_other_batches_gives_the_same_bytes(void **state)
{
    struct life *life = life_make(7, false);
    uint64_t digest = digest_of(life, 1);

    (void)state;
    assert_true(digest_of(life, 7) == digest);
    assert_true(digest_of(life, 10000) == digest);
    free(life);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_life_permuted_and_doubled_gives_one_state),
        cmocka_unit_test(the_same_log_in_other_batches_gives_the_same_bytes),
    };

    return cmocka_run_group_tests_name("scenario life", tests, NULL, NULL);
}
