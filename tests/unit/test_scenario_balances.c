/* SPDX-License-Identifier: Apache-2.0 */
/* The facts alone give the balances: what is open, what was applied, what is on account, per
 * currency, after any life; and they say what the state says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/scenario_bench.h"
#include "tests/support/scenario_life.h"

#include "core/ledger.h"

static const struct policy *const STANDARD[] = { &BENCH_POLICY };
static const char *const CURRENCIES[] = { "EUR", "USD" };

enum { CURRENCY_COUNT = 2, FOLDED_MAX = 128, LIVES = 40 };

/* ---- the fold ---- */

/* A document or settlement as the latest fact about it says. */
struct folded {
    struct rlc_span id;
    bool credit_note;
    const struct rlc_receivable_fact *receivable; /* NULL: a settlement */
    const struct rlc_settlement_fact *settlement;
    int64_t written_off[CURRENCY_COUNT]; /* of a document, as its facts said one by one */
};

struct books {
    struct folded entry[FOLDED_MAX];
    size_t count;
};

static struct folded *entry_of(struct books *books, bool document, bool credit_note,
                               struct rlc_span id)
{
    for (size_t i = 0; i < books->count; i++) {
        struct folded *entry = &books->entry[i];

        if ((entry->receivable != NULL) == document && entry->credit_note == credit_note &&
            rlc_span_equal(entry->id, id))
            return entry;
    }
    assert_true(books->count < FOLDED_MAX);
    books->entry[books->count] = (struct folded){ .id = id, .credit_note = credit_note };
    return &books->entry[books->count++];
}

static size_t number_of(const char *currency)
{
    return strcmp(currency, CURRENCIES[0]) == 0 ? 0 : 1;
}

static void fold_receivable(struct books *books, const struct rlc_receivable_fact *fact)
{
    struct folded *entry = entry_of(books, true, false, fact->document);

    entry->receivable = fact;
    if (fact->cause == RLC_RECEIVABLE_CAUSE_WRITTEN_OFF)
        entry->written_off[number_of(fact->open.currency)] +=
            fact->open_before.minor - fact->open.minor;
}

static void fold(struct scenario_bench *bench, struct books *ret_books)
{
    memset(ret_books, 0, sizeof(*ret_books));
    for (size_t i = 0; i < bench_facts(bench); i++) {
        const struct rlc_debtor_fact *fact = bench_fact(bench, i);

        switch ((int)fact->kind) {
        case RLC_FACT_KIND_RECEIVABLE_OPENED:
        case RLC_FACT_KIND_RECEIVABLE_CHANGED:
        case RLC_FACT_KIND_RECEIVABLE_CLOSED:
            fold_receivable(ret_books, &fact->receivable_opened);
            break;
        case RLC_FACT_KIND_PAYMENT_RECORDED:
        case RLC_FACT_KIND_PAYMENT_UNDONE:
        case RLC_FACT_KIND_CREDIT_RECORDED:
            entry_of(ret_books, false, fact->kind == RLC_FACT_KIND_CREDIT_RECORDED,
                     fact->payment_recorded.settlement)
                ->settlement = &fact->payment_recorded;
            break;
        default:
            break;
        }
    }
}

/* ---- sums of the books ---- */

static bool is_in(struct rlc_money amount, const char *currency)
{
    return strcmp(amount.currency, currency) == 0;
}

static int64_t kept_on_account(const struct rlc_receivable_fact *fact, const char *currency)
{
    for (size_t i = 0; i < fact->on_account_count; i++) {
        if (is_in(fact->on_account[i], currency))
            return fact->on_account[i].minor;
    }
    return 0;
}

/* What the latest facts of all settlements gave to a document. */
static int64_t applied_to(const struct books *books, struct rlc_span document, const char *currency)
{
    int64_t sum = 0;

    for (size_t i = 0; i < books->count; i++) {
        const struct rlc_settlement_fact *fact = books->entry[i].settlement;

        for (size_t k = 0; fact && k < fact->applied_count; k++) {
            if (rlc_span_equal(fact->applied[k].document, document) &&
                is_in(fact->applied[k].amount, currency))
                sum += fact->applied[k].amount.minor;
        }
    }
    return sum;
}

static int64_t on_account(const struct books *books, const char *currency)
{
    int64_t sum = 0;

    for (size_t i = 0; i < books->count; i++) {
        const struct folded *entry = &books->entry[i];

        if (entry->receivable)
            sum += kept_on_account(entry->receivable, currency);
        else if (is_in(entry->settlement->unapplied, currency))
            sum += entry->settlement->unapplied.minor;
    }
    return sum;
}

/* ---- against the state ---- */

static const void *record_of(struct scenario_bench *bench, const char *prefix, struct rlc_span id)
{
    char key[128];

    (void)snprintf(key, sizeof(key), "%s%.*s", prefix, (int)id.size, (const char *)id.data);
    return bench_record(bench, key);
}

/* claim = open + settled; what is settled is what was applied and is not on account. */
static void check_document(struct scenario_bench *bench, const struct books *books,
                           const struct folded *entry)
{
    const struct rlc_receivable_record *record =
        record_of(bench, "r|" BENCH_TENANT "/" BENCH_DEBTOR "|" BENCH_CREDITOR "|", entry->id);
    struct rlc_receivable_record bare = *record;
    const char *currency = record->terms.total.currency;
    int64_t open = ledger_open(record).minor;
    int64_t written_off = entry->written_off[number_of(currency)];
    int64_t settled, claim;

    bare.settled_count = 0;
    claim = ledger_open(&bare).minor;
    settled = applied_to(books, entry->id, currency) - kept_on_account(entry->receivable, currency);
    assert_int_equal(entry->receivable->open.minor, open);
    assert_true(is_in(entry->receivable->open, currency));
    /* Of what was written off the claim takes no more than it needs. */
    assert_true(claim - open - settled >= 0);
    assert_true(claim - open - settled <= written_off);
    if (open > 0)
        assert_int_equal(claim, open + settled + written_off);
    for (size_t i = 0; i < CURRENCY_COUNT; i++) {
        if (strcmp(CURRENCIES[i], currency) != 0)
            assert_int_equal(applied_to(books, entry->id, CURRENCIES[i]),
                             kept_on_account(entry->receivable, CURRENCIES[i]));
    }
}

static int64_t effective_minor(const struct rlc_settlement_record *record)
{
    int64_t left = record->amount.minor;

    for (size_t i = 0; i < record->reversal_count; i++) {
        if (record->reversals[i].amount.currency[0] == '\0')
            return 0;
        left -= record->reversals[i].amount.minor;
    }
    return left > 0 ? left : 0;
}

/* What is in force of a settlement = applied + on account. */
static void check_settlement(struct scenario_bench *bench, const struct folded *entry)
{
    const struct rlc_settlement_record *record = record_of(
        bench,
        entry->credit_note ? "p|" BENCH_TENANT "/" BENCH_DEBTOR "|" BENCH_CREDITOR "|credit|"
                           : "p|" BENCH_TENANT "/" BENCH_DEBTOR "|" BENCH_CREDITOR "|payment|",
        entry->id);
    int64_t applied = 0;

    for (size_t i = 0; i < entry->settlement->applied_count; i++)
        applied += entry->settlement->applied[i].amount.minor;
    assert_int_equal(entry->settlement->unapplied.minor, record->unapplied_minor);
    assert_int_equal(applied + entry->settlement->unapplied.minor, effective_minor(record));
}

static void check_account(struct scenario_bench *bench, const struct books *books)
{
    const struct rlc_account_record *account = bench_account(bench);

    for (size_t i = 0; i < CURRENCY_COUNT; i++) {
        int64_t credit = 0;

        for (size_t k = 0; k < account->credit_count; k++) {
            assert_true(account->credits[k].minor > 0);
            if (is_in(account->credits[k], CURRENCIES[i]))
                credit = account->credits[k].minor;
        }
        assert_int_equal(on_account(books, CURRENCIES[i]), credit);
    }
}

static void check_books(struct scenario_bench *bench)
{
    static struct books books;

    fold(bench, &books);
    for (size_t i = 0; i < books.count; i++) {
        if (books.entry[i].receivable)
            check_document(bench, &books, &books.entry[i]);
        else
            check_settlement(bench, &books.entry[i]);
    }
    check_account(bench, &books);
}

static void facts_add_up_to_the_state_in_any_life(void **state)
{
    const char *wish = getenv("RLC_SEED");
    uint64_t first = wish ? strtoull(wish, NULL, 10) : 20250131;

    (void)state;
    for (uint64_t seed = first; seed < first + LIVES; seed++) {
        struct life *life = life_make(seed, true);
        struct scenario_bench *bench = bench_new(STANDARD, 1, 7);

        print_message("seed %llu\n", (unsigned long long)seed);
        bench_at(bench, bench_instant("2025-01-20", 0, 0));
        for (size_t i = 0; i < LIFE; i++) {
            bench_send(bench, &life->event[i]);
            if (i % 40 == 39)
                check_books(bench);
        }
        check_books(bench);
        assert_true(bench_count(bench, RLC_FACT_KIND_COMMAND_ACCEPTED) > 0);
        bench_free(bench);
        free(life);
    }
}

/* ---- one by one ---- */

static void send(struct scenario_bench *bench, struct rlc_debtor_event event)
{
    bench_send(bench, &event);
}

static struct rlc_debtor_event cancellation(void)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_INVOICE_CANCELLED };

    event.invoice_cancelled =
        (struct rlc_invoice_cancelled){ .document = rlc_span_of("F-1"),
                                        .cancelled_on = bench_day("2025-02-10") };
    return event;
}

static void write_off(struct scenario_bench *bench)
{
    struct rlc_command command = { .kind = RLC_COMMAND_KIND_WRITE_OFF,
                                   .write_off.document = rlc_span_of("F-1") };

    bench_command(bench, &command);
}

static const struct rlc_receivable_fact *closed(struct scenario_bench *bench)
{
    bench_flush(bench);
    return &bench_last(bench, RLC_FACT_KIND_RECEIVABLE_CLOSED)->receivable_closed;
}

static void a_cancellation_says_what_it_puts_on_account(void **state)
{
    struct scenario_bench *bench = bench_new(STANDARD, 1, 1);

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_payment(bench, "P-1", 30000, "F-1");
    send(bench, cancellation());
    assert_int_equal(closed(bench)->cause, RLC_RECEIVABLE_CAUSE_CANCELLED);
    assert_int_equal(kept_on_account(closed(bench), "EUR"), 30000);
    check_books(bench);
    bench_free(bench);
}

static void the_cancellation_of_a_paid_invoice_says_it_too(void **state)
{
    struct scenario_bench *bench = bench_new(STANDARD, 1, 1);
    const struct rlc_receivable_fact *fact;

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_payment(bench, "P-1", 100000, "F-1");
    send(bench, cancellation());
    bench_flush(bench);
    fact = &bench_last(bench, RLC_FACT_KIND_RECEIVABLE_CHANGED)->receivable_changed;
    assert_int_equal(fact->cause, RLC_RECEIVABLE_CAUSE_CANCELLED);
    assert_int_equal(kept_on_account(fact, "EUR"), 100000);
    check_books(bench);
    bench_free(bench);
}

static void what_was_written_off_is_no_money(void **state)
{
    struct scenario_bench *bench = bench_new(STANDARD, 1, 1);

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_payment(bench, "P-1", 30000, "F-1");
    write_off(bench);
    bench_flush(bench);
    assert_int_equal(bench_account(bench)->credit_count, 0);
    send(bench, cancellation());
    bench_flush(bench);
    assert_int_equal(bench_account(bench)->credits[0].minor, 30000);
    check_books(bench);
    bench_free(bench);
}

static void money_that_comes_for_what_was_written_off_is_on_account(void **state)
{
    struct scenario_bench *bench = bench_new(STANDARD, 1, 1);

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    write_off(bench);
    bench_payment(bench, "P-1", 100000, "F-1");
    bench_flush(bench);
    assert_int_equal(bench_account(bench)->credits[0].minor, 100000);
    check_books(bench);
    bench_free(bench);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_add_up_to_the_state_in_any_life),
        cmocka_unit_test(a_cancellation_says_what_it_puts_on_account),
        cmocka_unit_test(the_cancellation_of_a_paid_invoice_says_it_too),
        cmocka_unit_test(what_was_written_off_is_no_money),
        cmocka_unit_test(money_that_comes_for_what_was_written_off_is_on_account),
    };

    return cmocka_run_group_tests_name("scenario balances", tests, NULL, NULL);
}
