/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/scenario_life.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/random.h"

static struct rlc_money money(int64_t minor, const char *currency)
{
    struct rlc_money money = { .minor = minor };

    memcpy(money.currency, currency, sizeof(money.currency));
    return money;
}

static struct rlc_debtor_event invoice_event(struct rlc_span document, struct rlc_money total,
                                             int64_t revision)
{
    struct rlc_debtor_event event = { .kind = revision > 1 ? RLC_EVENT_KIND_INVOICE_AMENDED
                                                           : RLC_EVENT_KIND_INVOICE_ISSUED,
                                      .envelope.entity_revision = revision };

    event.invoice_issued = (struct rlc_invoice){ .document = document,
                                                 .type = RLC_DOCUMENT_TYPE_INVOICE,
                                                 .total = total,
                                                 .issued_on = bench_day("2025-01-01"),
                                                 .due_on = bench_day("2025-01-31") };
    return event;
}

static struct rlc_span name_of(struct life *life, size_t index)
{
    return rlc_span_of(life->names[index]);
}

static void allocate(struct life *life, struct random *random, size_t i, struct rlc_money left,
                     size_t *ret_count)
{
    *ret_count = random_below(random, 4);
    for (size_t k = 0; k < *ret_count; k++) {
        int64_t share = (int64_t)random_below(random, (uint64_t)left.minor / 2 + 1) + 1;

        life->allocation[i][k].document = name_of(life, random_below(random, LIFE_DOCUMENTS));
        life->allocation[i][k].amount = money(share, left.currency);
        left.minor -= share;
    }
}

/* What one event of a life is made of. */
struct lot {
    struct life *life;
    struct random *random;
    size_t i;
    size_t document;
    int64_t amount;
    struct rlc_debtor_event *event;
};

/* A settlement keeps its currency for life; an invoice may be corrected in another. */
static struct rlc_money of_settlement(const struct lot *lot, size_t index)
{
    return money(lot->amount, lot->life->wide && index % 3 == 0 ? "USD" : "EUR");
}

static struct rlc_money of_invoice(const struct lot *lot)
{
    return money(lot->amount * 3,
                 lot->life->wide && random_below(lot->random, 4) == 0 ? "USD" : "EUR");
}

static size_t settlement_of(const struct lot *lot, size_t first)
{
    return first + random_below(lot->random, LIFE_PAYMENTS);
}

static size_t shares_of(const struct lot *lot, struct rlc_money amount)
{
    size_t count;

    amount.minor -= 4;
    allocate(lot->life, lot->random, lot->i, amount, &count);
    return count;
}

static void make_invoice(const struct lot *lot)
{
    *lot->event =
        invoice_event(name_of(lot->life, lot->document), of_invoice(lot), (int64_t)lot->i + 1);
    lot->event->invoice_issued.due_on += (rlc_day)random_below(lot->random, 60);
}

static void make_cancellation(const struct lot *lot)
{
    lot->event->kind = RLC_EVENT_KIND_INVOICE_CANCELLED;
    lot->event->envelope.entity_revision = (int64_t)lot->i + 1;
    lot->event->invoice_cancelled.document = name_of(lot->life, lot->document);
    lot->event->invoice_cancelled.cancelled_on = bench_day("2025-02-01");
}

static void make_payment(const struct lot *lot)
{
    size_t index = settlement_of(lot, LIFE_DOCUMENTS);
    struct rlc_money amount = of_settlement(lot, index);

    lot->event->kind = RLC_EVENT_KIND_PAYMENT_RECEIVED;
    lot->event->envelope.entity_revision = (int64_t)lot->i + 1;
    lot->event->payment_received =
        (struct rlc_payment){ .payment = name_of(lot->life, index),
                              .amount = amount,
                              .method = RLC_PAYMENT_METHOD_TRANSFER,
                              .received_on = bench_day("2025-02-05"),
                              .allocations = lot->life->allocation[lot->i],
                              .allocation_count = shares_of(lot, amount) };
}

static void make_reversal(const struct lot *lot)
{
    size_t index = settlement_of(lot, LIFE_DOCUMENTS);
    struct rlc_money amount = of_settlement(lot, index);

    amount.minor /= 4;
    lot->event->kind = RLC_EVENT_KIND_PAYMENT_REVERSED;
    lot->event->payment_reversed.payment = name_of(lot->life, index);
    lot->event->payment_reversed.reversed_on = bench_day("2025-02-09");
    if (random_below(lot->random, 2))
        lot->event->payment_reversed.amount = amount;
}

static void make_credit(const struct lot *lot)
{
    size_t index = settlement_of(lot, LIFE_DOCUMENTS + LIFE_PAYMENTS);
    struct rlc_money amount = of_settlement(lot, index);

    lot->event->kind = RLC_EVENT_KIND_CREDIT_NOTE_ISSUED;
    lot->event->envelope.entity_revision = (int64_t)lot->i + 1;
    lot->event->credit_note_issued =
        (struct rlc_credit_note){ .document = name_of(lot->life, index),
                                  .total = amount,
                                  .issued_on = bench_day("2025-02-05"),
                                  .allocations = lot->life->allocation[lot->i],
                                  .allocation_count = shares_of(lot, amount) };
}

static void make_dispute(const struct lot *lot)
{
    lot->event->kind = RLC_EVENT_KIND_DISPUTE_OPENED;
    lot->event->envelope.entity_revision = (int64_t)lot->document + 1;
    lot->event->dispute_opened =
        (struct rlc_dispute){ .dispute = name_of(lot->life, lot->document),
                              .document = name_of(lot->life, lot->document),
                              .reason = RLC_DISPUTE_REASON_PRICE,
                              .opened_on = bench_day("2025-02-01"),
                              .expires_on = bench_day("2025-12-01") };
}

static void make_resolution(const struct lot *lot)
{
    lot->event->kind = RLC_EVENT_KIND_DISPUTE_RESOLVED;
    lot->event->dispute_resolved =
        (struct rlc_dispute_resolved){ .dispute = name_of(lot->life, lot->document),
                                       .result = RLC_DISPUTE_RESULT_REJECTED,
                                       .resolved_on = bench_day("2025-02-03") };
}

static void make_opening(const struct lot *lot)
{
    struct rlc_debtor_event invoice =
        invoice_event(name_of(lot->life, lot->document), of_invoice(lot), 1);

    lot->event->kind = RLC_EVENT_KIND_OPENING_ITEM;
    lot->event->envelope.entity_revision = (int64_t)lot->i + 1;
    lot->event->opening_item.invoice = invoice.invoice_issued;
    lot->event->opening_item.open = invoice.invoice_issued.total;
    lot->event->opening_item.open.minor /= 1 + (int64_t)random_below(lot->random, 3);
}

static void make_write_off(const struct lot *lot)
{
    lot->event->kind = RLC_EVENT_KIND_COMMAND_ISSUED;
    lot->event->command_issued =
        (struct rlc_command){ .command = rlc_span_of(lot->life->id[lot->i]),
                              .kind = RLC_COMMAND_KIND_WRITE_OFF,
                              .actor = rlc_span_of("anna"),
                              .issued_at_ms = 1,
                              .write_off.document = name_of(lot->life, lot->document) };
}

static void make_event(struct life *life, struct random *random, size_t i)
{
    static void (*const MAKE[])(const struct lot *) = {
        make_invoice, make_invoice,    make_invoice,  make_cancellation, make_payment,
        make_payment, make_payment,    make_reversal, make_reversal,     make_credit,
        make_dispute, make_resolution, make_opening,  make_write_off,
    };
    size_t kinds = RLC_COUNT(MAKE) - (life->wide ? 0 : 2);
    struct lot lot = { .life = life,
                       .random = random,
                       .i = i,
                       .document = random_below(random, LIFE_DOCUMENTS),
                       .amount = (int64_t)random_below(random, 100000) + 10,
                       .event = &life->event[i] };

    *lot.event = (struct rlc_debtor_event){ 0 };
    MAKE[random_below(random, kinds)](&lot);
}

struct life *life_make(uint64_t seed, bool wide)
{
    struct life *life = calloc(1, sizeof(*life));
    struct random random = { seed };

    assert_non_null(life);
    life->wide = wide;
    for (size_t i = 0; i < RLC_COUNT(life->names); i++)
        (void)snprintf(life->names[i], sizeof(life->names[i]), "N%zu", i);
    for (size_t i = 0; i < LIFE; i++) {
        (void)snprintf(life->id[i], sizeof(life->id[i]), "L%zu", i);
        make_event(life, &random, i);
        life->event[i].envelope.source_event_id = rlc_span_of(life->id[i]);
        life->event[i].envelope.occurred_at_ms =
            bench_instant("2025-01-15", 0, 0) + (rlc_ms)i * RLC_MINUTE_MS;
    }
    return life;
}
