/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/dossier_book.h"

#include <string.h>

#include "common/pure/calendar.h"
#include "tests/support/check.h"

#define MEMORY (1 << 20)

rlc_day book_day(const char *text)
{
    rlc_day day = 0;

    assert_true(rlc_day_parse(rlc_span_of(text), &day));
    return day;
}

struct rlc_money book_euro(int64_t minor)
{
    return (struct rlc_money){ .minor = minor, .currency = "EUR" };
}

static uint8_t memory[MEMORY];

struct book book_open(void)
{
    struct book book = { .facts = { 1, { { 7 } } }, .audits = { 1, { { 8 } } } };

    rlc_arena_init(&book.arena, memory, sizeof(memory));
    assert_true(dossier_trail_init(&book.trail, rlc_span_of("acme"), rlc_span_of("C-1")));
    book.now_ms = book_day("2025-06-01") * RLC_DAY_MS;
    return book;
}

static bool add_row(struct book *book, const char *worker, struct rlc_chain *chain,
                    struct rlc_span raw)
{
    char word[RLC_KIND_WORD_MAX];
    struct rlc_hash leaf = rlc_sha256(raw);
    struct rlc_hash head = rlc_link_head(&chain->previous, &leaf);
    struct rlc_history_row row = { .worker = worker, .record.off = book->off++ };
    struct rlc_link link;

    assert_true(rlc_link_read(raw, &link));
    row.record.seq = link.chain.sequence;
    row.record.at_ms = link.at_ms;
    row.record.leaf = rlc_span_from(leaf.bytes, sizeof(leaf.bytes));
    row.record.head = rlc_span_from(head.bytes, sizeof(head.bytes));
    row.record.tenant = link.tenant;
    row.record.debtor = link.debtor;
    row.record.kind = rlc_span_of(rlc_link_kind(rlc_span_of(worker), link.kind, word));
    row.record.raw = raw;
    *chain = (struct rlc_chain){ chain->sequence + 1, head };
    return dossier_trail_add(&book->trail, &row);
}

void book_fact(struct book *book, struct rlc_debtor_fact fact, const char *creditor, int64_t cause)
{
    fact.envelope = (struct rlc_envelope){
        .tenant = rlc_span_of("acme"),
        .debtor = rlc_span_of("C-1"),
        .creditor = rlc_span_of(creditor),
        .source = rlc_span_of("scenario"),
        .ingested_at_ms = book->now_ms,
        .causation = { { rlc_span_of("relance.debtor-events"), 0, cause }, { { 1 } } },
        .rules = { { { 2 } }, 1 },
        .actor = rlc_span_of("u-7"),
    };
    fact.chain = book->facts;
    fact.decided_at_ms = book->now_ms;
    assert_true(
        add_row(book, "scenario", &book->facts, rlc_debtor_fact_encode(&fact, &book->arena)));
}

static void put_audit(struct book *book, struct rlc_audit_record record)
{
    record.envelope = (struct rlc_envelope){
        .tenant = rlc_span_of("acme"),
        .debtor = rlc_span_of("C-1"),
        .creditor = rlc_span_of("FR"),
        .source = rlc_span_of("legal-escalation"),
        .ingested_at_ms = book->now_ms,
        .causation = { { rlc_span_of("relance.legal-inbox"), 0, 1 }, { { 1 } } },
        .rules = { { { 3 } }, 1 },
    };
    record.chain = book->audits;
    record.decided_at_ms = book->now_ms;
    assert_true(add_row(book, "legal-escalation", &book->audits,
                        rlc_audit_record_encode(&record, &book->arena)));
}

void book_move_of(struct book *book, const char *creditor, struct book_move move)
{
    bool opens = move.cause == RLC_RECEIVABLE_CAUSE_ISSUED;
    struct rlc_receivable_fact fact = { .document = rlc_span_of("F-1"),
                                        .type = RLC_DOCUMENT_TYPE_INVOICE,
                                        .cause = move.cause,
                                        .cause_id = rlc_span_of(move.id),
                                        .total = book_euro(100000),
                                        .open = book_euro(move.open),
                                        .issued_on = book_day("2025-05-02"),
                                        .due_on = book_day("2025-06-01"),
                                        .value_on = book_day(move.value_on) };

    if (!opens)
        fact.open_before = book_euro(move.before);
    book_fact(book,
              (struct rlc_debtor_fact){ .kind = opens ? RLC_FACT_KIND_RECEIVABLE_OPENED
                                                      : RLC_FACT_KIND_RECEIVABLE_CHANGED,
                                        .receivable_changed = fact },
              creditor, move.event);
}

void book_move(struct book *book, struct book_move move)
{
    book_move_of(book, "FR", move);
}

void book_issue(struct book *book)
{
    book_move(book,
              (struct book_move){ RLC_RECEIVABLE_CAUSE_ISSUED, "", 0, 100000, "2025-05-05", 1 });
}

void book_refer(struct book *book, const char *case_id)
{
    static const struct rlc_document_ref DOCUMENT = { .document = { (const uint8_t *)"F-1", 3 } };

    book_fact(book,
              (struct rlc_debtor_fact){ .kind = RLC_FACT_KIND_REFERRED,
                                        .referred = { .case_id = rlc_span_of(case_id),
                                                      .open = book_euro(70000),
                                                      .documents = &DOCUMENT,
                                                      .document_count = 1 } },
              "FR", 20);
}

void book_say(struct book *book, const char *case_id, const char *code, bool holds)
{
    put_audit(book, (struct rlc_audit_record){ .kind = RLC_AUDIT_KIND_CASE_MOVED,
                                               .case_moved = { .case_id = rlc_span_of(case_id),
                                                               .procedure = rlc_span_of("order"),
                                                               .code = rlc_span_of(code),
                                                               .claim_hash = { { 9 } },
                                                               .holds = holds } });
}

void book_file(struct book *book)
{
    struct rlc_claim_line line = { .document = rlc_span_of("F-1"),
                                   .number = rlc_span_of("=1+1"),
                                   .due_on = book_day("2025-06-01"),
                                   .total = book_euro(100000),
                                   .principal = book_euro(70000),
                                   .interest = book_euro(1000),
                                   .evidence_hash = { { 5 } } };

    put_audit(book, (struct rlc_audit_record){
                        .kind = RLC_AUDIT_KIND_FILED,
                        .filed = { .filing = rlc_span_of("f1"),
                                   .case_id = rlc_span_of("K"),
                                   .procedure = rlc_span_of("order"),
                                   .act = rlc_span_of("FILE_PAYMENT_ORDER"),
                                   .claim = { .claim_hash = { { 9 } },
                                              .interest_rule = rlc_span_of("FR"),
                                              .computed_on = book_day("2025-07-11"),
                                              .lines = &line,
                                              .line_count = 1 },
                                   .filed_at_ms = book_day("2025-07-15") * RLC_DAY_MS,
                                   .approver = rlc_span_of("anna"),
                                   .approval = rlc_span_of("a5"),
                                   .look = { .watermark = BOOK_WATERMARK } } });
}

void book_recall(struct book *book)
{
    put_audit(book, (struct rlc_audit_record){ .kind = RLC_AUDIT_KIND_RECALLED,
                                               .recalled = { .filing = rlc_span_of("f1"),
                                                             .case_id = rlc_span_of("K"),
                                                             .reason = rlc_span_of("PAID"),
                                                             .recalled_at_ms = book->now_ms,
                                                             .open = book_euro(100) } });
}

/* A formal notice that was accepted on that day. */
void book_notice(struct book *book, uint8_t name, const char *on)
{
    struct rlc_account_part account = { rlc_span_of("FR"), 1 };
    struct rlc_line line = { .document = rlc_span_of("F-1"),
                             .number = rlc_span_of("F-1"),
                             .issued_on = book_day("2025-05-02"),
                             .due_on = book_day("2025-06-01"),
                             .total = book_euro(100000),
                             .open = book_euro(100000),
                             .terms_version = rlc_span_of("T7"),
                             .instance = { rlc_span_of("F-1"), rlc_span_of("s"),
                                           rlc_span_of("notice"), 1 } };
    struct rlc_total total = { .open = book_euro(100000), .line_count = 1 };
    struct rlc_contact_body body = { .action = { { name } },
                                     .request_number = 1,
                                     .part_count = 1,
                                     .scenario = rlc_span_of("s"),
                                     .step = rlc_span_of("notice"),
                                     .occurrence = 1,
                                     .channel_ordinal = 1,
                                     .channel = RLC_CHANNEL_EMAIL,
                                     .tone = RLC_TONE_FORMAL_NOTICE,
                                     .template_name = rlc_span_of("notice"),
                                     .sender = rlc_span_of("acme"),
                                     .language = rlc_span_of("fr"),
                                     .zone = rlc_span_of("UTC"),
                                     .unknown_policy = RLC_UNKNOWN_POLICY_WAIT_FOR_HUMAN,
                                     .decided_at_ms = book_day(on) * RLC_DAY_MS,
                                     .not_after_ms = (book_day(on) + 1) * RLC_DAY_MS,
                                     .as_of_on = book_day(on),
                                     .accounts = &account,
                                     .account_count = 1,
                                     .lines = &line,
                                     .line_count = 1,
                                     .totals = &total,
                                     .total_count = 1 };
    struct rlc_outcome outcome = { .action = body.action,
                                   .request_number = 1,
                                   .result = RLC_OUTCOME_RESULT_ACCEPTED,
                                   .attempted_at_ms = book_day(on) * RLC_DAY_MS,
                                   .content_hash = { { name } } };

    book_fact(book,
              (struct rlc_debtor_fact){ .kind = RLC_FACT_KIND_CONTACT_REQUESTED,
                                        .contact_requested = body },
              "FR", 5);
    book_fact(book,
              (struct rlc_debtor_fact){ .kind = RLC_FACT_KIND_CONTACT_OUTCOME,
                                        .contact_outcome = outcome },
              "FR", 6);
}
