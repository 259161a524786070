/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/random.h"
#include "tests/support/scenario_bench.h"

static const struct policy *const STANDARD[] = { &BENCH_POLICY };

static struct scenario_bench *fresh(void)
{
    return bench_new(STANDARD, 1, 1);
}

static int64_t open_of(struct scenario_bench *bench, const char *document)
{
    const struct rlc_receivable_record *receivable = bench_receivable(bench, document);

    assert_non_null(receivable);
    return ledger_open(receivable).minor;
}

static int64_t on_account(struct scenario_bench *bench)
{
    const struct rlc_account_record *account = bench_account(bench);

    assert_true(account->credit_count <= 1);
    return account->credit_count ? account->credits[0].minor : 0;
}

static struct rlc_money eur(int64_t minor)
{
    return (struct rlc_money){ .minor = minor, .currency = "EUR" };
}

static struct rlc_debtor_event invoice_event(const char *document, int64_t minor, int64_t revision)
{
    struct rlc_debtor_event event = { .kind = revision > 1 ? RLC_EVENT_KIND_INVOICE_AMENDED
                                                           : RLC_EVENT_KIND_INVOICE_ISSUED,
                                      .envelope.entity_revision = revision };

    event.invoice_issued = (struct rlc_invoice){ .document = rlc_span_of(document),
                                                 .type = RLC_DOCUMENT_TYPE_INVOICE,
                                                 .total = eur(minor),
                                                 .issued_on = bench_day("2025-01-01"),
                                                 .due_on = bench_day("2025-01-31") };
    return event;
}

static void reverse(struct scenario_bench *bench, const char *payment, int64_t minor)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PAYMENT_REVERSED };

    event.payment_reversed =
        (struct rlc_payment_reversed){ .payment = rlc_span_of(payment),
                                       .reversed_on = bench_day("2025-02-10") };
    if (minor > 0)
        event.payment_reversed.amount = eur(minor);
    bench_send(bench, &event);
}

static void cancel(struct scenario_bench *bench, const char *document, int64_t revision)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_INVOICE_CANCELLED,
                                      .envelope.entity_revision = revision };

    event.invoice_cancelled =
        (struct rlc_invoice_cancelled){ .document = rlc_span_of(document),
                                        .cancelled_on = bench_day("2025-02-10") };
    bench_send(bench, &event);
}

static void credit(struct scenario_bench *bench, const char *note, int64_t minor,
                   const char *document)
{
    struct rlc_allocation allocation = { .document = rlc_span_of(document), .amount = eur(minor) };
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_CREDIT_NOTE_ISSUED };

    event.credit_note_issued = (struct rlc_credit_note){ .document = rlc_span_of(note),
                                                         .total = eur(minor),
                                                         .issued_on = bench_day("2025-02-10"),
                                                         .allocations = &allocation,
                                                         .allocation_count = 1 };
    bench_send(bench, &event);
}

/* ---- rules ---- */

static void an_invoice_is_open_until_it_is_paid(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 120000, "2025-01-31");
    assert_int_equal(open_of(bench, "F-1"), 120000);
    bench_payment(bench, "P-1", 50000, "F-1");
    assert_int_equal(open_of(bench, "F-1"), 70000);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_RECEIVABLE_CHANGED), 1);
    bench_payment(bench, "P-2", 70000, "F-1");
    assert_int_equal(open_of(bench, "F-1"), 0);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_RECEIVABLE_CLOSED), 1);
    assert_int_equal(bench_account(bench)->page_count, 0);
    bench_free(bench);
}

static void a_payment_before_its_invoice_waits_for_it(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_payment(bench, "P-1", 50000, "F-1");
    assert_int_equal(on_account(bench), 0);
    bench_invoice(bench, "F-1", 120000, "2025-01-31");
    assert_int_equal(open_of(bench, "F-1"), 70000);
    bench_free(bench);
}

static void what_is_paid_beyond_the_claim_is_on_account(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_payment(bench, "P-1", 130000, "F-1");
    assert_int_equal(open_of(bench, "F-1"), 0);
    assert_int_equal(on_account(bench), 30000);
    bench_free(bench);
}

static void a_payment_without_document_is_on_account(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_payment(bench, "P-1", 130000, NULL);
    assert_int_equal(on_account(bench), 130000);
    bench_free(bench);
}

static void the_same_event_twice_counts_once(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event event = invoice_event("F-1", 100000, 0);
    int64_t epoch;

    (void)state;
    event.envelope.source_event_id = rlc_span_of("once");
    bench_send(bench, &event);
    bench_flush(bench);
    epoch = bench_account(bench)->epoch;
    bench_send(bench, &event);
    bench_flush(bench);
    assert_int_equal(bench_account(bench)->epoch, epoch);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_RECEIVABLE_OPENED), 1);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_EVENT_IGNORED), 1);
    bench_free(bench);
}

static void a_reversed_payment_opens_its_invoice_again(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_payment(bench, "P-1", 100000, "F-1");
    reverse(bench, "P-1", 0);
    assert_int_equal(open_of(bench, "F-1"), 100000);
    assert_int_equal(bench_account(bench)->page_count, 1);
    bench_free(bench);
}

static void a_reversal_before_its_payment_holds(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    reverse(bench, "P-1", 40000);
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_payment(bench, "P-1", 100000, "F-1");
    assert_int_equal(open_of(bench, "F-1"), 40000);
    bench_free(bench);
}

static void a_cancelled_invoice_owes_nothing_and_its_payment_is_on_account(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_payment(bench, "P-1", 30000, "F-1");
    cancel(bench, "F-1", 0);
    assert_int_equal(open_of(bench, "F-1"), 0);
    assert_int_equal(on_account(bench), 30000);
    bench_free(bench);
}

static void an_amendment_after_the_cancellation_opens_it_again(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event amended = invoice_event("F-1", 80000, 3);

    (void)state;
    cancel(bench, "F-1", 2);
    bench_send(bench, &amended);
    assert_int_equal(open_of(bench, "F-1"), 80000);
    bench_free(bench);
}

static void an_older_revision_changes_nothing(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event newer = invoice_event("F-1", 80000, 2);
    struct rlc_debtor_event older = invoice_event("F-1", 100000, 1);

    (void)state;
    bench_send(bench, &newer);
    bench_send(bench, &older);
    assert_int_equal(open_of(bench, "F-1"), 80000);
    bench_free(bench);
}

static void the_same_id_with_another_body_is_a_conflict_and_silences_the_debtor(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event one = invoice_event("F-1", 100000, 1);
    struct rlc_debtor_event other = invoice_event("F-1", 90000, 1);

    (void)state;
    bench_contact(bench, "ap", RLC_CHANNEL_EMAIL);
    bench_send(bench, &one);
    bench_send(bench, &other);
    assert_int_equal(open_of(bench, "F-1"), 100000);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_CONFLICT_FOUND), 1);
    assert_int_equal(bench_count(bench, RLC_FACT_KIND_TASK_OPENED), 1);
    bench_days_until(bench, "2025-02-03", true);
    assert_int_equal(bench_requests(bench), 0);
    assert_int_equal(bench_silences(bench, RLC_SUPPRESSION_QUARANTINED), 1);
    bench_free(bench);
}

static void a_credit_note_reduces_what_is_owed(void **state)
{
    struct scenario_bench *bench = fresh();

    (void)state;
    credit(bench, "C-1", 20000, "F-1");
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    assert_int_equal(open_of(bench, "F-1"), 80000);
    bench_free(bench);
}

static void money_of_another_currency_never_pays_an_invoice(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_allocation allocation = { .document = rlc_span_of("F-1"),
                                         .amount = { 100000, "USD" } };
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PAYMENT_RECEIVED };

    (void)state;
    event.payment_received = (struct rlc_payment){ .payment = rlc_span_of("P-1"),
                                                   .amount = { 100000, "USD" },
                                                   .method = RLC_PAYMENT_METHOD_TRANSFER,
                                                   .received_on = bench_day("2025-02-01"),
                                                   .allocations = &allocation,
                                                   .allocation_count = 1 };
    bench_send(bench, &event);
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    assert_int_equal(open_of(bench, "F-1"), 100000);
    assert_int_equal(bench_account(bench)->credits[0].minor, 100000);
    assert_string_equal(bench_account(bench)->credits[0].currency, "USD");
    bench_free(bench);
}

static void a_payment_named_anew_moves_to_the_other_document(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_allocation allocation = { .document = rlc_span_of("F-2"), .amount = eur(60000) };
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PAYMENT_RECEIVED,
                                      .envelope.entity_revision = 2 };

    (void)state;
    bench_invoice(bench, "F-1", 100000, "2025-01-31");
    bench_invoice(bench, "F-2", 100000, "2025-01-31");
    bench_payment(bench, "P-1", 60000, "F-1");
    event.payment_received = (struct rlc_payment){ .payment = rlc_span_of("P-1"),
                                                   .amount = eur(60000),
                                                   .method = RLC_PAYMENT_METHOD_TRANSFER,
                                                   .received_on = bench_day("2025-02-01"),
                                                   .allocations = &allocation,
                                                   .allocation_count = 1 };
    bench_send(bench, &event);
    assert_int_equal(open_of(bench, "F-1"), 100000);
    assert_int_equal(open_of(bench, "F-2"), 40000);
    bench_free(bench);
}

static void an_opening_item_owes_what_is_left_of_it(void **state)
{
    struct scenario_bench *bench = fresh();
    struct rlc_debtor_event invoice = invoice_event("F-1", 100000, 0);
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_OPENING_ITEM };

    (void)state;
    event.opening_item =
        (struct rlc_opening_item){ .invoice = invoice.invoice_issued, .open = eur(25000) };
    bench_send(bench, &event);
    assert_int_equal(open_of(bench, "F-1"), 25000);
    assert_int_equal(on_account(bench), 0);
    bench_free(bench);
}

static void a_payment_touches_what_it_names_and_not_the_whole_debtor(void **state)
{
    struct scenario_bench *bench = fresh();
    char document[32];

    (void)state;
    for (int i = 0; i < 2000; i++) {
        (void)snprintf(document, sizeof(document), "F-%04d", i);
        bench_invoice(bench, document, 100000, "2025-01-31");
    }
    assert_int_equal(bench_account(bench)->page_count, 63);
    (void)bench_reads(bench);
    bench_payment(bench, "P-1", 100000, "F-1234");
    /* Scope, debtor, account, payment, receivable, page. */
    assert_true(bench_reads(bench) <= 6);
    bench_free(bench);
}

static void pages_are_filled_again_where_items_left(void **state)
{
    struct scenario_bench *bench = fresh();
    char name[32];

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 100; i++) {
            (void)snprintf(name, sizeof(name), "F-%d-%d", round, i);
            bench_invoice(bench, name, 1000, "2025-01-31");
        }
        for (int i = 0; i < 90; i++) {
            (void)snprintf(name, sizeof(name), "F-%d-%d", round, i);
            bench_payment(bench, name, 1000, name);
        }
    }
    bench_flush(bench);
    assert_true(bench_account(bench)->page_count <= 5);
    for (size_t i = 0, sum = 0; i < bench_account(bench)->page_count; i++) {
        sum += bench_account(bench)->pages[i].count;
        if (i + 1 == bench_account(bench)->page_count)
            assert_int_equal(sum, 30);
    }
    bench_free(bench);
}

/* ---- any order, each event twice: one state ---- */

enum { LIFE = 200, DOCUMENTS = 24, PAYMENTS = 30, VIEW = 64 * 1024 };

struct life {
    struct rlc_debtor_event event[LIFE];
    struct rlc_allocation allocation[LIFE][3];
    char id[LIFE][8];
    char names[DOCUMENTS + PAYMENTS * 2][8];
};

static struct rlc_span name_of(struct life *life, size_t index)
{
    return rlc_span_of(life->names[index]);
}

static void allocate(struct life *life, struct random *random, size_t i, int64_t *left,
                     size_t *ret_count)
{
    *ret_count = random_below(random, 4);
    for (size_t k = 0; k < *ret_count; k++) {
        int64_t share = (int64_t)random_below(random, (uint64_t)*left / 2 + 1) + 1;

        life->allocation[i][k].document = name_of(life, random_below(random, DOCUMENTS));
        life->allocation[i][k].amount = eur(share);
        *left -= share;
    }
}

static void make_event(struct life *life, struct random *random, size_t i)
{
    struct rlc_debtor_event *event = &life->event[i];
    size_t document = random_below(random, DOCUMENTS);
    struct rlc_span payment = name_of(life, DOCUMENTS + random_below(random, PAYMENTS));
    int64_t amount = (int64_t)random_below(random, 100000) + 10;
    int64_t left = amount - 4;
    size_t count = 0;

    *event = (struct rlc_debtor_event){ 0 };
    switch (random_below(random, 10)) {
    case 0:
    case 1:
    case 2:
        *event = invoice_event(life->names[document], amount * 3, (int64_t)i + 1);
        event->invoice_issued.due_on += (rlc_day)random_below(random, 60);
        break;
    case 3:
        event->kind = RLC_EVENT_KIND_INVOICE_CANCELLED;
        event->envelope.entity_revision = (int64_t)i + 1;
        event->invoice_cancelled.document = name_of(life, document);
        event->invoice_cancelled.cancelled_on = bench_day("2025-02-01");
        break;
    case 4:
    case 5:
    case 6:
        allocate(life, random, i, &left, &count);
        event->kind = RLC_EVENT_KIND_PAYMENT_RECEIVED;
        event->envelope.entity_revision = (int64_t)i + 1;
        event->payment_received = (struct rlc_payment){ .payment = payment,
                                                        .amount = eur(amount),
                                                        .method = RLC_PAYMENT_METHOD_TRANSFER,
                                                        .received_on = bench_day("2025-02-05"),
                                                        .allocations = life->allocation[i],
                                                        .allocation_count = count };
        break;
    case 7:
        event->kind = RLC_EVENT_KIND_PAYMENT_REVERSED;
        event->payment_reversed.payment = payment;
        event->payment_reversed.reversed_on = bench_day("2025-02-09");
        if (random_below(random, 2))
            event->payment_reversed.amount = eur(amount / 4);
        break;
    case 8:
        allocate(life, random, i, &left, &count);
        event->kind = RLC_EVENT_KIND_CREDIT_NOTE_ISSUED;
        event->envelope.entity_revision = (int64_t)i + 1;
        event->credit_note_issued = (struct rlc_credit_note){
            .document = name_of(life, DOCUMENTS + PAYMENTS + random_below(random, PAYMENTS)),
            .total = eur(amount),
            .issued_on = bench_day("2025-02-05"),
            .allocations = life->allocation[i],
            .allocation_count = count
        };
        break;
    default:
        event->kind = random_below(random, 2) ? RLC_EVENT_KIND_DISPUTE_OPENED
                                              : RLC_EVENT_KIND_DISPUTE_RESOLVED;
        if (event->kind == RLC_EVENT_KIND_DISPUTE_OPENED) {
            event->envelope.entity_revision = (int64_t)document + 1;
            event->dispute_opened = (struct rlc_dispute){ .dispute = name_of(life, document),
                                                          .document = name_of(life, document),
                                                          .reason = RLC_DISPUTE_REASON_PRICE,
                                                          .opened_on = bench_day("2025-02-01"),
                                                          .expires_on = bench_day("2025-12-01") };
        } else {
            event->dispute_resolved =
                (struct rlc_dispute_resolved){ .dispute = name_of(life, document),
                                               .result = RLC_DISPUTE_RESULT_REJECTED,
                                               .resolved_on = bench_day("2025-02-03") };
        }
    }
}

static struct life *make_life(uint64_t seed)
{
    struct life *life = calloc(1, sizeof(*life));
    struct random random = { seed };

    assert_non_null(life);
    for (size_t i = 0; i < RLC_COUNT(life->names); i++)
        (void)snprintf(life->names[i], sizeof(life->names[i]), "N%zu", i);
    for (size_t i = 0; i < LIFE; i++) {
        make_event(life, &random, i);
        (void)snprintf(life->id[i], sizeof(life->id[i]), "L%zu", i);
        life->event[i].envelope.source_event_id = rlc_span_of(life->id[i]);
        life->event[i].envelope.occurred_at_ms =
            bench_instant("2025-01-15", 0, 0) + (rlc_ms)i * RLC_MINUTE_MS;
    }
    return life;
}

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
            assert_true((open > 0) == (receivable->page > 0));
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

/* What the debtor is asked for in the end. */
static void ask(struct scenario_bench *bench, char *view)
{
    size_t size = strlen(view);

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

static void a_life_permuted_and_doubled_gives_one_state(void **state)
{
    static char expected[VIEW];
    static char actual[VIEW];
    uint64_t seed = getenv("RLC_SEED") ? strtoull(getenv("RLC_SEED"), NULL, 10) : 20250131;
    struct random random = { seed };
    struct life *life = make_life(seed);
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
        if (strcmp(expected, actual) != 0)
            print_message("round %d\n--- in order\n%s--- permuted\n%s", round, expected, actual);
        assert_string_equal(expected, actual);
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
    struct life *life = make_life(7);
    uint64_t digest = digest_of(life, 1);

    (void)state;
    assert_true(digest_of(life, 7) == digest);
    assert_true(digest_of(life, 10000) == digest);
    free(life);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_invoice_is_open_until_it_is_paid),
        cmocka_unit_test(a_payment_before_its_invoice_waits_for_it),
        cmocka_unit_test(what_is_paid_beyond_the_claim_is_on_account),
        cmocka_unit_test(a_payment_without_document_is_on_account),
        cmocka_unit_test(the_same_event_twice_counts_once),
        cmocka_unit_test(a_reversed_payment_opens_its_invoice_again),
        cmocka_unit_test(a_reversal_before_its_payment_holds),
        cmocka_unit_test(a_cancelled_invoice_owes_nothing_and_its_payment_is_on_account),
        cmocka_unit_test(an_amendment_after_the_cancellation_opens_it_again),
        cmocka_unit_test(an_older_revision_changes_nothing),
        cmocka_unit_test(the_same_id_with_another_body_is_a_conflict_and_silences_the_debtor),
        cmocka_unit_test(a_credit_note_reduces_what_is_owed),
        cmocka_unit_test(money_of_another_currency_never_pays_an_invoice),
        cmocka_unit_test(a_payment_named_anew_moves_to_the_other_document),
        cmocka_unit_test(an_opening_item_owes_what_is_left_of_it),
        cmocka_unit_test(a_payment_touches_what_it_names_and_not_the_whole_debtor),
        cmocka_unit_test(pages_are_filled_again_where_items_left),
        cmocka_unit_test(a_life_permuted_and_doubled_gives_one_state),
        cmocka_unit_test(the_same_log_in_other_batches_gives_the_same_bytes),
    };

    return cmocka_run_group_tests_name("scenario ledger", tests, NULL, NULL);
}
