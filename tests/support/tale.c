/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/tale.h"

#include "tests/support/check.h"

static struct rlc_money euro(int64_t minor)
{
    return (struct rlc_money){ .minor = minor, .currency = "EUR" };
}

void tale_begin(struct tale *tale, int32_t partition)
{
    *tale = (struct tale){ .partition = partition, .debtor = "D1", .epochs = { 1, 1, 1 } };
}

static struct rlc_envelope envelope_of(const struct tale *tale, int64_t at)
{
    return (struct rlc_envelope){
        .tenant = rlc_span_of("acme"),
        .debtor = rlc_span_of(tale->debtor),
        .creditor = rlc_span_of("FR"),
        .source = rlc_span_of("scenario"),
        .ingested_at_ms = TALE_MS,
        .causation = { .at = { rlc_span_of("relance.debtor-events"), tale->partition, at },
                       .record_hash = { { 1 } } },
        .epochs = tale->epochs,
    };
}

struct rlc_debtor_fact *tale_fact(struct tale *tale, int64_t at, enum rlc_fact_kind kind)
{
    struct rlc_debtor_fact *fact = &tale->facts[tale->fact_count++];

    assert_true(tale->fact_count <= TALE_MAX);
    *fact = (struct rlc_debtor_fact){ .envelope = envelope_of(tale, at),
                                      .decided_at_ms = TALE_MS,
                                      .kind = kind };
    return fact;
}

void tale_issued(struct tale *tale, int64_t at, const char *document, int64_t open_minor)
{
    tale_fact(tale, at, RLC_FACT_KIND_RECEIVABLE_OPENED)->receivable_opened =
        (struct rlc_receivable_fact){ .document = rlc_span_of(document),
                                      .type = RLC_DOCUMENT_TYPE_INVOICE,
                                      .cause = RLC_RECEIVABLE_CAUSE_ISSUED,
                                      .total = euro(open_minor),
                                      .open = euro(open_minor) };
}

void tale_moved(struct tale *tale, int64_t at, const char *document, int64_t open_minor,
                enum rlc_receivable_cause cause, const char *cause_id)
{
    tale->epochs.account++;
    tale_fact(tale, at,
              open_minor > 0 ? RLC_FACT_KIND_RECEIVABLE_CHANGED : RLC_FACT_KIND_RECEIVABLE_CLOSED)
        ->receivable_changed = (struct rlc_receivable_fact){ .document = rlc_span_of(document),
                                                             .type = RLC_DOCUMENT_TYPE_INVOICE,
                                                             .cause = cause,
                                                             .cause_id = rlc_span_of(cause_id),
                                                             .total = euro(99900),
                                                             .open_before = euro(99900),
                                                             .open = euro(open_minor) };
}

struct rlc_agreement_fact *tale_agreement(struct tale *tale, int64_t at, enum rlc_fact_kind fact,
                                          enum rlc_agreement_kind kind, const char *id,
                                          const char *document)
{
    struct rlc_document_ref *reference = &tale->documents[tale->fact_count];
    struct rlc_debtor_fact *told;

    tale->epochs.debtor++;
    told = tale_fact(tale, at, fact);
    reference->document = rlc_span_of(document);
    if (!document)
        told->envelope.creditor = (struct rlc_span){ 0 };
    told->agreement_opened =
        (struct rlc_agreement_fact){ .agreement = rlc_span_of(id),
                                     .kind = kind,
                                     .reach = document ? RLC_REACH_DOCUMENT : RLC_REACH_DEBTOR,
                                     .from_ms = TALE_MS,
                                     .documents = reference,
                                     .document_count = document ? 1 : 0 };
    return &told->agreement_opened;
}

static struct rlc_audit_record *record_of(struct tale *tale, enum rlc_audit_kind kind)
{
    struct rlc_audit_record *record = &tale->records[tale->record_count++];

    assert_true(tale->record_count <= TALE_MAX);
    *record = (struct rlc_audit_record){ .envelope = envelope_of(tale, 0),
                                         .decided_at_ms = TALE_MS,
                                         .kind = kind };
    record->envelope.source = rlc_span_of("notifier");
    return record;
}

static struct rlc_action_id action_of(uint8_t number)
{
    return (struct rlc_action_id){ .bytes = { number, 1 } };
}

struct rlc_audit_record *tale_attempt(struct tale *tale, uint8_t action, int64_t watermark,
                                      const char *document, int64_t minor)
{
    struct rlc_attempt_line *line = &tale->lines[tale->record_count];
    struct rlc_audit_record *record = record_of(tale, RLC_AUDIT_KIND_ATTEMPTED);

    *line = (struct rlc_attempt_line){ .creditor = rlc_span_of("FR"),
                                       .document = rlc_span_of(document),
                                       .open = euro(minor) };
    record->attempted = (struct rlc_attempted){
        .action = action_of(action),
        .request_number = 1,
        .channel = RLC_CHANNEL_EMAIL,
        .message_id = rlc_span_of("<1@acme.test>"),
        .content_hash = { { 1 } },
        .attempted_at_ms = TALE_MS,
        .look = { .watermark = watermark, .asked_at_ms = TALE_MS, .epochs = tale->epochs },
        .lines = line,
        .line_count = 1,
    };
    return record;
}

void tale_ended(struct tale *tale, uint8_t action, enum rlc_outcome_result result)
{
    record_of(tale, RLC_AUDIT_KIND_CONTACT_ENDED)->contact_ended =
        (struct rlc_outcome){ .action = action_of(action), .request_number = 1, .result = result };
}

void tale_transfer(struct tale *tale, uint8_t action, enum rlc_outcome_result result)
{
    record_of(tale, RLC_AUDIT_KIND_LOCAL_EVENT)->local_event =
        (struct rlc_local_event){ .event = RLC_LOCAL_EVENT_KIND_TRANSFER_FINISHED,
                                  .action = action_of(action),
                                  .request_number = 1,
                                  .at_ms = TALE_MS,
                                  .result = result };
}
