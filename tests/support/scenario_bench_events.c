/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/scenario_bench_inner.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- time ---- */

rlc_day bench_day(const char *date)
{
    rlc_day day;

    if (!rlc_day_parse(rlc_span_of(date), &day))
        abort();
    return day;
}

rlc_ms bench_instant(const char *date, int hour, int minute)
{
    return bench_day(date) * RLC_DAY_MS + (hour * 60 + minute) * RLC_MINUTE_MS;
}

void bench_at(struct scenario_bench *bench, rlc_ms now_ms)
{
    bench->now_ms = now_ms;
}

void bench_tick(struct scenario_bench *bench, rlc_ms now_ms)
{
    struct scenario_event due = { .due_ms = now_ms };

    bench_flush(bench);
    bench->now_ms = now_ms;
    bench_push_debtors(bench, &due, now_ms);
    bench_flush(bench);
}

void bench_days_until(struct scenario_bench *bench, const char *date, bool answers)
{
    rlc_ms last_ms = bench_instant(date, 10, 0);
    rlc_ms next_ms = (bench->now_ms / RLC_DAY_MS) * RLC_DAY_MS + 600 * RLC_MINUTE_MS;

    if (next_ms <= bench->now_ms)
        next_ms += RLC_DAY_MS;
    for (; next_ms <= last_ms; next_ms += RLC_DAY_MS) {
        size_t answered = bench->request_count;

        bench_tick(bench, next_ms);
        for (; answers && answered < bench->request_count; answered++) {
            const struct rlc_contact_request *request = bench->requests[answered];
            struct rlc_debtor_event outcome = { .kind = RLC_EVENT_KIND_OUTCOME };

            if (request->body.part > 0)
                continue;
            outcome.envelope.debtor = request->envelope.debtor;
            outcome.envelope.creditor = request->envelope.creditor;
            outcome.outcome = (struct rlc_outcome){ .action = request->body.action,
                                                    .request_number = request->body.request_number,
                                                    .result = RLC_OUTCOME_RESULT_ACCEPTED,
                                                    .attempted_at_ms = bench->now_ms,
                                                    .content_hash = { { 7 } } };
            bench_send(bench, &outcome);
        }
        bench_flush(bench);
    }
}

/* ---- events ---- */

static void complete(struct scenario_bench *bench, struct rlc_debtor_event *event)
{
    struct rlc_envelope *envelope = &event->envelope;
    char id[32];

    if (envelope->tenant.size == 0)
        envelope->tenant = rlc_span_of(BENCH_TENANT);
    if (envelope->source.size == 0)
        envelope->source = rlc_span_of("test");
    if (envelope->source_event_id.size == 0) {
        (void)snprintf(id, sizeof(id), "e%llu", (unsigned long long)++bench->next_id);
        envelope->source_event_id = rlc_arena_copy(&bench->log, rlc_span_of(id));
    }
    if (envelope->occurred_at_ms == 0)
        envelope->occurred_at_ms = bench->now_ms;
    if (envelope->ingested_at_ms == 0)
        envelope->ingested_at_ms = bench->now_ms;
}

/* Stands for the hash that ingest computes over the payload. */
static struct rlc_hash hash_payload(struct scenario_bench *bench,
                                    const struct rlc_debtor_event *event)
{
    struct rlc_debtor_event bare = *event;
    struct rlc_hash hash = { { 1 } };
    uint64_t digest = UINT64_C(14695981039346656037);
    struct rlc_span bytes;

    bare.envelope = (struct rlc_envelope){ .tenant = event->envelope.tenant,
                                           .debtor = event->envelope.debtor,
                                           .creditor = event->envelope.creditor };
    bytes = rlc_debtor_event_encode(&bare, &bench->log);
    for (size_t i = 0; i < bytes.size; i++)
        digest = (digest ^ bytes.data[i]) * UINT64_C(1099511628211);
    memcpy(hash.bytes + 8, &digest, sizeof(digest));
    return hash;
}

void bench_send(struct scenario_bench *bench, const struct rlc_debtor_event *event)
{
    struct rlc_debtor_event sent = *event;
    struct rlc_debtor_event *read = rlc_arena_alloc(&bench->log, sizeof(*read));
    bool about_tenant = event->kind == RLC_EVENT_KIND_COMMAND_ISSUED &&
                        (int)event->command_issued.kind >= RLC_COMMAND_KIND_SCOPE_FIRST;
    struct rlc_span bytes;
    struct rlc_fault fault;

    complete(bench, &sent);
    if (!about_tenant && sent.envelope.debtor.size == 0 &&
        event->kind != RLC_EVENT_KIND_SOURCE_STALE &&
        event->kind != RLC_EVENT_KIND_SOURCE_RECOVERED)
        sent.envelope.debtor = rlc_span_of(BENCH_DEBTOR);
    if (sent.envelope.debtor.size > 0 && sent.envelope.creditor.size == 0)
        sent.envelope.creditor = rlc_span_of(BENCH_CREDITOR);
    sent.envelope.body_hash = hash_payload(bench, &sent);
    bytes = rlc_debtor_event_encode(&sent, &bench->log);
    assert(bytes.data && read);
    if (rlc_debtor_event_decode(bytes, &bench->log, read, &fault) != RLC_OK) {
        (void)fprintf(stderr, "event refused: %s at %s\n", fault.code, fault.path);
        abort();
    }
    bench_push(bench, &(struct scenario_event){ .record = read });
}

static struct rlc_money eur(int64_t minor)
{
    return (struct rlc_money){ .minor = minor, .currency = "EUR" };
}

static struct rlc_sealed sealed(const char *text)
{
    return (struct rlc_sealed){ .key_id = rlc_span_of("key"), .bytes = rlc_span_of(text) };
}

void bench_debtor(struct scenario_bench *bench, const char *zone, const char *calendar)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_DEBTOR_UPSERTED };

    event.debtor_upserted = (struct rlc_debtor){ .kind = RLC_PARTY_KIND_COMPANY,
                                                 .status = RLC_PARTY_STATUS_ACTIVE,
                                                 .country = rlc_span_of("FR"),
                                                 .zone = rlc_span_of(zone),
                                                 .language = rlc_span_of("fr"),
                                                 .calendar = rlc_span_of(calendar),
                                                 .name = sealed("name") };
    bench_send(bench, &event);
}

void bench_contact(struct scenario_bench *bench, const char *contact, enum rlc_channel channel)
{
    struct rlc_contact_channel address = { .channel = channel, .address = sealed("address") };
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_CONTACT_UPSERTED };

    event.contact_upserted = (struct rlc_contact){ .contact = rlc_span_of(contact),
                                                   .subject = rlc_span_of(contact),
                                                   .roles = RLC_CONTACT_ROLE_BILLING,
                                                   .channels = &address,
                                                   .channel_count = 1 };
    bench_send(bench, &event);
}

void bench_invoice(struct scenario_bench *bench, const char *document, int64_t minor,
                   const char *due)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_INVOICE_ISSUED };

    event.invoice_issued = (struct rlc_invoice){ .document = rlc_span_of(document),
                                                 .type = RLC_DOCUMENT_TYPE_INVOICE,
                                                 .total = eur(minor),
                                                 .issued_on = bench_day(due) - 30,
                                                 .due_on = bench_day(due) };
    bench_send(bench, &event);
}

void bench_payment(struct scenario_bench *bench, const char *payment, int64_t minor,
                   const char *document)
{
    struct rlc_allocation allocation = { .document = rlc_span_of(document), .amount = eur(minor) };
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_PAYMENT_RECEIVED };

    event.payment_received =
        (struct rlc_payment){ .payment = rlc_span_of(payment),
                              .amount = eur(minor),
                              .method = RLC_PAYMENT_METHOD_TRANSFER,
                              .received_on = (rlc_day)(bench->now_ms / RLC_DAY_MS),
                              .allocations = &allocation,
                              .allocation_count = document ? 1 : 0 };
    bench_send(bench, &event);
}

void bench_command(struct scenario_bench *bench, const struct rlc_command *command)
{
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_COMMAND_ISSUED,
                                      .command_issued = *command };
    char id[32];

    if (event.command_issued.command.size == 0) {
        (void)snprintf(id, sizeof(id), "c%llu", (unsigned long long)++bench->next_id);
        event.command_issued.command = rlc_arena_copy(&bench->log, rlc_span_of(id));
    }
    event.command_issued.actor = rlc_span_of("anna");
    if (event.command_issued.issued_at_ms == 0)
        event.command_issued.issued_at_ms = bench->now_ms;
    bench_send(bench, &event);
}

void bench_answer(struct scenario_bench *bench, enum rlc_outcome_result result)
{
    const struct rlc_contact_request *request = bench_last_request(bench);
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_OUTCOME };

    event.outcome = (struct rlc_outcome){ .action = request->body.action,
                                          .request_number = request->body.request_number,
                                          .result = result,
                                          .attempted_at_ms = bench->now_ms,
                                          .content_hash = { { 7 } },
                                          .contact_number = 1 };
    if (result == RLC_OUTCOME_RESULT_DEFERRED)
        event.outcome.until_ms = bench->now_ms + 2 * RLC_DAY_MS;
    bench_send(bench, &event);
    bench_flush(bench);
}

void bench_return(struct scenario_bench *bench, enum rlc_return_reason reason)
{
    const struct rlc_contact_request *request = bench_last_request(bench);
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_RETURNED };

    event.returned = (struct rlc_returned){ .action = request->body.action,
                                            .request_number = request->body.request_number,
                                            .reason = reason,
                                            .contact_number = 1 };
    bench_send(bench, &event);
    bench_flush(bench);
}
