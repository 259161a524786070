/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/contact_request.h"
#include "common/wire/dead_letter.h"
#include "common/wire/debtor_event.h"
#include "common/wire/words.h"
#include "tests/support/death.h"

enum { ARENA_BYTES = 3 * RLC_DECODE_BYTES_MAX, BYTES_MAX = RLC_RECORD_BYTES_MAX + 16 };

static struct rlc_arena new_arena(size_t size)
{
    struct rlc_arena arena;
    void *memory = malloc(size);

    assert_non_null(memory);
    rlc_arena_init(&arena, memory, size);
    return arena;
}

static const struct rlc_allocation ALLOCATIONS[] = {
    { { (const uint8_t *)"FA1", 3 }, { 105000, "EUR" } },
    { { (const uint8_t *)"FA2", 3 }, { 1, "EUR" } },
};

static struct rlc_debtor_event payment_event(void)
{
    return (struct rlc_debtor_event){
        .envelope = {
            .tenant = rlc_span_of("acme"),
            .debtor = rlc_span_of("C-10442"),
            .creditor = rlc_span_of("acme-fr"),
            .source = rlc_span_of("bank-fr"),
            .source_event_id = rlc_span_of("bank-77120"),
            .occurred_at_ms = INT64_C(1776151800000),
            .ingested_at_ms = INT64_C(1776151801234),
            .causation = { .at = { rlc_span_of("billing.events"), 3, 0 },
                           .record_hash = { { 1, 2, 3 } } },
        },
        .kind = RLC_EVENT_KIND_PAYMENT_RECEIVED,
        .payment_received = {
            .payment = rlc_span_of("BNP-31"),
            .amount = { 110000, "EUR" },
            .method = RLC_PAYMENT_METHOD_TRANSFER,
            .received_on = 20557,
            .allocations = ALLOCATIONS,
            .allocation_count = RLC_COUNT(ALLOCATIONS),
        },
    };
}

static bool same_text(struct rlc_span span, const char *text)
{
    return rlc_span_equal(span, rlc_span_of(text));
}

static void a_payment_keeps_its_amounts_and_allocations(void **state)
{
    struct rlc_arena arena = new_arena(ARENA_BYTES);
    struct rlc_debtor_event event = payment_event();
    struct rlc_debtor_event read;
    struct rlc_fault fault = { 0 };
    struct rlc_span bytes = rlc_debtor_event_encode(&event, &arena);

    (void)state;
    assert_int_equal(rlc_debtor_event_decode(bytes, &arena, &read, &fault), RLC_OK);
    assert_int_equal(read.kind, RLC_EVENT_KIND_PAYMENT_RECEIVED);
    assert_true(same_text(read.envelope.debtor, "C-10442"));
    assert_true(same_text(read.envelope.causation.at.topic, "billing.events"));
    assert_int_equal(read.envelope.causation.at.partition, 3);
    assert_memory_equal(&read.envelope.causation.record_hash, &event.envelope.causation.record_hash,
                        32);
    assert_int_equal(read.envelope.occurred_at_ms, INT64_C(1776151800000));
    assert_int_equal(read.payment_received.amount.minor, 110000);
    assert_string_equal(read.payment_received.amount.currency, "EUR");
    assert_int_equal(read.payment_received.received_on, 20557);
    assert_int_equal(read.payment_received.allocation_count, 2);
    assert_true(same_text(read.payment_received.allocations[1].document, "FA2"));
    assert_int_equal(read.payment_received.allocations[1].amount.minor, 1);
    assert_int_equal(read.payment_received.remittance.key_id.size, 0);
    free(arena.base);
}

static void a_tick_is_nine_bytes_that_never_change(void **state)
{
    /* kind (2) = 1; tick (101) = { now_ms (1) = 60000 } */
    static const uint8_t EXPECTED[] = { 0x10, 0x01, 0xaa, 0x06, 0x04, 0x08, 0xe0, 0xd4, 0x03 };
    struct rlc_arena arena = new_arena(4096);
    struct rlc_debtor_event tick = { .kind = RLC_EVENT_KIND_TICK, .tick.now_ms = 60000 };
    struct rlc_span bytes = rlc_debtor_event_encode(&tick, &arena);

    (void)state;
    assert_int_equal(bytes.size, sizeof(EXPECTED));
    assert_memory_equal(bytes.data, EXPECTED, sizeof(EXPECTED));
    free(arena.base);
}

/* A record from its parts: the content of the envelope, whatever lies between, the content of the
 * payload. */
struct parts {
    const char *envelope;
    size_t envelope_size;
    const char *between;
    size_t between_size;
    const char *payload;
    size_t payload_size;
    const char *code; /* NULL: it is read */
    const char *path;
};

/* clang-format off */
#define TENANT   "\x0a\x04" "acme"
#define DEBTOR   "\x12\x01" "C"
#define CREDITOR "\x1a\x02" "fr"
#define NAMED    TENANT DEBTOR CREDITOR
#define KIND     "\x10\x22" /* 34, PAYMENT_RECEIVED */
#define ID       "\x0a\x01" "P"
#define AMOUNT   "\x12\x07\x08\x64\x12\x03" "EUR"
#define METHOD   "\x18\x01"
#define DAY      "\x20\x8c\xa1\x01"
#define PAID     ID AMOUNT METHOD DAY
#define ZEROS    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define PARTS(envelope, between, payload, code, path)                                              \
    { envelope, sizeof(envelope) - 1, between, sizeof(between) - 1,                                \
      payload, sizeof(payload) - 1, code, path }
#define PAYMENT(payload, code, path) PARTS(NAMED, KIND, payload, code, "payment_received" path)
/* clang-format on */

static struct rlc_span join(const struct parts *parts, uint8_t *buffer)
{
    size_t size = 0;

    buffer[size++] = 0x0a;
    buffer[size++] = (uint8_t)parts->envelope_size;
    memcpy(buffer + size, parts->envelope, parts->envelope_size);
    size += parts->envelope_size;
    memcpy(buffer + size, parts->between, parts->between_size);
    size += parts->between_size;
    if (parts->payload_size > 0) {
        buffer[size++] = 0xb2; /* payment_received, 134 */
        buffer[size++] = 0x08;
        buffer[size++] = (uint8_t)parts->payload_size;
        memcpy(buffer + size, parts->payload, parts->payload_size);
        size += parts->payload_size;
    }
    return rlc_span_from(buffer, size);
}

static void expect_all(const struct parts *cases, size_t count)
{
    struct rlc_arena arena = new_arena(ARENA_BYTES);
    uint8_t buffer[512];

    for (size_t i = 0; i < count; i++) {
        struct rlc_fault fault = { 0 };
        struct rlc_debtor_event read;
        enum rlc_status status =
            rlc_debtor_event_decode(join(&cases[i], buffer), &arena, &read, &fault);

        if (cases[i].code == NULL) {
            assert_int_equal(status, RLC_OK);
            continue;
        }
        if (status != RLC_REJECT || strcmp(fault.code, cases[i].code) != 0 ||
            strcmp(fault.path, cases[i].path) != 0)
            fail_msg("case %zu: %d %s at '%s'", i, (int)status, fault.code, fault.path);
        assert_true(fault.remedy[0] != '\0');
        assert_int_equal(read.kind, RLC_EVENT_KIND_UNSPECIFIED);
    }
    free(arena.base);
}

static void a_broken_record_is_refused_with_code_and_place(void **state)
{
    static const struct parts CASES[] = {
        PARTS(NAMED, KIND, PAID, NULL, NULL),
        PARTS(NAMED, "", PAID, "MISSING_FIELD", "kind"),
        PARTS(NAMED, "\x10\x00", PAID, "NOT_CANONICAL", "kind"),
        PARTS(NAMED, "\x10\x63", PAID, "UNKNOWN_VALUE", "kind"),
        PARTS(NAMED, "\x10\x01", PAID, "MISSING_FIELD", "tick"),
        PARTS(NAMED, "\x10\xa2\x80\x80\x80\x10", PAID, "OUT_OF_RANGE", "kind"),
        PARTS(NAMED, KIND, "", "MISSING_FIELD", "payment_received"),
        PARTS(NAMED, KIND "\xaa\x06\x02\x08\x01", PAID, "WRONG_PAYLOAD", "tick"),
        PARTS(NAMED, KIND KIND, PAID, "NOT_CANONICAL", ""),
        PARTS(NAMED, "\x10", "", "NOT_PROTOBUF", "kind"),
        PARTS(NAMED, "\x10\xa2\x00", PAID, "NOT_PROTOBUF", "kind"), /* 34 in two bytes */
        PARTS(NAMED, "\x12\x01\x22", PAID, "NOT_PROTOBUF", "kind"), /* a text for a number */
        PARTS(NAMED, KIND "\x1a\x7f", "", "NOT_PROTOBUF", ""),      /* longer than the record */
        PARTS(NAMED, KIND "\x1b", "", "NOT_PROTOBUF", ""),          /* a group */
        PARTS(NAMED, KIND "\x1a\x02ok", PAID, NULL, NULL),          /* fields of a newer schema */
        PARTS(NAMED, KIND "\x18\x05\x25\x01\x02\x03\x04", PAID, NULL, NULL),
        PARTS("", KIND, PAID, "MISSING_FIELD", "envelope.tenant"),
        PARTS(NAMED, "\x10\x23\xba\x08\x0b" ID "\x12\x02\x08\x01\x18\x8c\xa1\x01", "",
              "MISSING_FIELD", "payment_reversed.amount.currency"),
        PARTS(DEBTOR CREDITOR, KIND, PAID, "MISSING_FIELD", "envelope.tenant"),
        PARTS(TENANT CREDITOR, KIND, PAID, "MISSING_FIELD", "envelope.debtor"),
        PARTS(TENANT DEBTOR, KIND, PAID, "MISSING_FIELD", "envelope.creditor"),
        PARTS("\x0a\x01/" DEBTOR CREDITOR, KIND, PAID, "BAD_TEXT", "envelope.tenant"),
        PARTS(TENANT "\x12\x03\x41\x00\x42" CREDITOR, KIND, PAID, "BAD_TEXT", "envelope.debtor"),
        PARTS(TENANT "\x12\x01|" CREDITOR, KIND, PAID, "BAD_TEXT", "envelope.debtor"),
        PARTS(TENANT "\x12\x00" CREDITOR, KIND, PAID, "NOT_CANONICAL", "envelope.debtor"),
        PARTS(NAMED "\x22\x01\x80", KIND, PAID, "BAD_TEXT", "envelope.source"),
        PARTS(NAMED "\x22\x02\x0d\x0a", KIND, PAID, "BAD_TEXT", "envelope.source"),
        PARTS(NAMED "\x3a\x01\x01", KIND, PAID, "BAD_LENGTH", "envelope.body_hash"),
        PARTS(NAMED "\x3a\x20" ZEROS, KIND, PAID, "NOT_CANONICAL", "envelope.body_hash"),
        PARTS(NAMED "\x5a\x02\x08\x01", KIND, PAID, NULL, NULL),
        PARTS(NAMED "\x5a\x0b\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02", KIND, PAID,
              "NOT_PROTOBUF", "envelope.epochs.debtor"), /* 65 bits */
        PARTS(NAMED "\x5a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", KIND, PAID,
              "OUT_OF_RANGE", "envelope.epochs.debtor"),
        PARTS(NAMED "\x52\x02\x12\x00", KIND, PAID, "MISSING_FIELD", "envelope.causation.at"),
    };

    (void)state;
    expect_all(CASES, RLC_COUNT(CASES));
}

static void a_broken_payment_is_refused_with_code_and_place(void **state)
{
    static const struct parts CASES[] = {
        PAYMENT(AMOUNT METHOD DAY, "MISSING_FIELD", ".payment"),
        PAYMENT(ID METHOD DAY, "MISSING_FIELD", ".amount"),
        PAYMENT(ID AMOUNT "\x18\x63" DAY, "UNKNOWN_VALUE", ".method"),
        PAYMENT(ID AMOUNT DAY, "MISSING_FIELD", ".method"),
        PAYMENT(ID AMOUNT METHOD "\x20\xff\xff\xff\x7f", "OUT_OF_RANGE", ".received_on"),
        PAYMENT(ID AMOUNT METHOD, "MISSING_FIELD", ".received_on"),
        PAYMENT(ID "\x12\x05\x12\x03\x45\x55\x52", "OUT_OF_RANGE", ".amount.minor"),
        PAYMENT(ID "\x12\x02\x08\x64", "MISSING_FIELD", ".amount.currency"),
        PAYMENT(ID "\x12\x07\x08\x64\x12\x03\x58\x51\x5a", "BAD_CURRENCY", ".amount.currency"),
        PAYMENT(ID "\x12\x06\x08\x64\x12\x02\x45\x55", "BAD_CURRENCY", ".amount.currency"),
        PAYMENT(ID AMOUNT AMOUNT METHOD DAY, "NOT_CANONICAL", ""),
        PAYMENT(METHOD ID AMOUNT DAY, "MISSING_FIELD", ".payment"),
        PAYMENT(ID METHOD AMOUNT DAY, "MISSING_FIELD", ".amount"),
        PAYMENT(PAID "\x4a\x00", "MISSING_FIELD", ".allocations[0].document"),
        PAYMENT(PAID "\x4a\x03\x0a\x01X", "MISSING_FIELD", ".allocations[0].amount"),
        PAYMENT(PAID "\x4a\x0c\x0a\x01X" AMOUNT "\x4a\x03\x0a\x01X", "MISSING_FIELD",
                ".allocations[1].amount"),
        PAYMENT(PAID "\x4a\x0d\x0a\x01X" AMOUNT, "NOT_PROTOBUF", ".allocations"),
    };

    (void)state;
    expect_all(CASES, RLC_COUNT(CASES));
}

static struct rlc_contact_request request_of(const struct rlc_line *lines, size_t count)
{
    return (struct rlc_contact_request){
        .envelope = { .tenant = rlc_span_of("acme"),
                      .debtor = rlc_span_of("C"),
                      .creditor = rlc_span_of("acme-fr") },
        .body = { .action = { { 1 } },
                  .request_number = 1,
                  .part_count = 1,
                  .scenario = rlc_span_of("default"),
                  .step = rlc_span_of("reminder-1"),
                  .occurrence = 1,
                  .channel = RLC_CHANNEL_EMAIL,
                  .tone = RLC_TONE_FRIENDLY,
                  .template_name = rlc_span_of("reminder-1"),
                  .unknown_policy = RLC_UNKNOWN_POLICY_ASK_AGAIN,
                  .decided_at_ms = INT64_C(1776151800000),
                  .not_after_ms = INT64_C(1776238200000),
                  .as_of_on = 20557,
                  .lines = lines,
                  .line_count = count },
    };
}

static void a_request_of_five_hundred_full_lines_fits_one_record(void **state)
{
    static struct rlc_line lines[RLC_REQUEST_LINES_MAX];
    struct rlc_arena arena = new_arena(ARENA_BYTES);
    char id[RLC_ID_MAX];
    struct rlc_fault fault = { 0 };
    struct rlc_contact_request read;

    (void)state;
    memset(id, 'x', sizeof(id));
    for (size_t i = 0; i < RLC_COUNT(lines); i++) {
        lines[i] = (struct rlc_line){
            .creditor = rlc_span_from(id, sizeof(id)),
            .document = rlc_span_from(id, sizeof(id)),
            .number = rlc_span_from(id, RLC_NUMBER_BYTES_MAX),
            .issued_on = 20500,
            .due_on = 20530,
            .total = { INT64_MAX, "EUR" },
            .open = { INT64_MAX, "EUR" },
            .disputed = { INT64_MAX, "EUR" },
            .interest = { INT64_MAX, "EUR" },
            .interest_as_of_on = 20557,
            .indemnity = { 4000, "EUR" },
            .terms_version = rlc_span_from(id, RLC_CODE_BYTES_MAX),
            .instance = { rlc_span_from(id, sizeof(id)), rlc_span_from(id, RLC_CODE_BYTES_MAX),
                          rlc_span_from(id, RLC_CODE_BYTES_MAX), 1 },
        };
    }

    struct rlc_contact_request request = request_of(lines, RLC_COUNT(lines));
    struct rlc_span bytes = rlc_contact_request_encode(&request, &arena);

    assert_non_null(bytes.data);
    assert_true(bytes.size < RLC_RECORD_BYTES_MAX / 2);
    assert_int_equal(rlc_contact_request_decode(bytes, &arena, &read, &fault), RLC_OK);
    assert_int_equal(read.body.line_count, RLC_REQUEST_LINES_MAX);
    free(arena.base);
}

static void one_line_too_many_is_refused_by_name(void **state)
{
    struct rlc_arena arena = new_arena(ARENA_BYTES);
    struct rlc_line line = { .document = rlc_span_of("FA1"),
                             .due_on = 20530,
                             .total = { 1, "EUR" },
                             .open = { 1, "EUR" },
                             .instance = { rlc_span_of("FA1"), rlc_span_of("s"), rlc_span_of("t"),
                                           1 } };
    struct rlc_contact_request request = request_of(&line, 1);
    struct rlc_span good = rlc_contact_request_encode(&request, &arena);
    struct rlc_contact_request read;
    struct rlc_fault fault = { 0 };
    static const uint8_t LINE[] = { 0xca, 0x01, 0x00 }; /* lines (25) {} */
    size_t head = 2u + good.data[1]; /* the envelope: tag, length, less than 128 bytes */
    size_t body = head + 4;          /* the body in `bytes`: tag, length in three bytes */
    uint8_t *bytes = malloc(BYTES_MAX);
    size_t old_body = head + (good.data[head + 1] < 0x80 ? 2 : 3);
    size_t size = body + good.size - old_body;

    (void)state;
    assert_non_null(bytes);
    memcpy(bytes, good.data, head + 1);
    memcpy(bytes + body, good.data + old_body, good.size - old_body);
    for (int i = 0; i < RLC_REQUEST_LINES_MAX * 34; i++) { /* the length needs three bytes */
        memcpy(bytes + size, LINE, sizeof(LINE));
        size += sizeof(LINE);
    }
    bytes[head + 1] = (uint8_t)(((size - body) & 0x7f) | 0x80);
    bytes[head + 2] = (uint8_t)(((size - body) >> 7 & 0x7f) | 0x80);
    bytes[head + 3] = (uint8_t)((size - body) >> 14);
    assert_int_equal(rlc_contact_request_decode(rlc_span_from(bytes, size), &arena, &read, &fault),
                     RLC_REJECT);
    assert_string_equal(fault.code, "TOO_MANY");
    assert_string_equal(fault.path, "body.lines");
    free(bytes);
    free(arena.base);
}

static void a_record_beyond_its_size_is_refused(void **state)
{
    struct rlc_arena arena = new_arena(ARENA_BYTES);
    struct rlc_debtor_event read;
    struct rlc_fault fault = { 0 };
    uint8_t *bytes = calloc(1, BYTES_MAX);

    (void)state;
    assert_non_null(bytes);
    assert_int_equal(rlc_debtor_event_decode(rlc_span_from(bytes, RLC_RECORD_BYTES_MAX + 1), &arena,
                                             &read, &fault),
                     RLC_REJECT);
    assert_string_equal(fault.code, "TOO_LARGE");
    assert_int_equal(arena.used, 0);
    assert_int_equal(arena.cap, ARENA_BYTES);
    free(bytes);
    free(arena.base);
}

static void an_arena_that_is_nearly_full_asks_for_another_try(void **state)
{
    struct rlc_arena arena = new_arena(ARENA_BYTES);
    struct rlc_debtor_event event = payment_event();
    struct rlc_debtor_event read;
    struct rlc_fault fault = { 0 };
    struct rlc_span bytes = rlc_debtor_event_encode(&event, &arena);

    (void)state;
    for (size_t room = 1; room <= 65536; room *= 2) {
        size_t mark = rlc_arena_mark(&arena);

        rlc_arena_cap(&arena, room);

        enum rlc_status status = rlc_debtor_event_decode(bytes, &arena, &read, &fault);

        assert_int_equal(status, room < 512 ? RLC_RETRY : RLC_OK);
        if (room < bytes.size) {
            assert_int_equal(rlc_arena_mark(&arena), mark);
            assert_null(rlc_debtor_event_encode(&event, &arena).data);
            assert_int_equal(rlc_arena_mark(&arena), mark);
        }
        rlc_arena_rewind(&arena, mark);
        rlc_arena_cap(&arena, 0);
    }
    free(arena.base);
}

static void encode_without_a_debtor(void)
{
    static uint8_t memory[65536];
    struct rlc_arena arena;
    struct rlc_debtor_event event = payment_event();

    rlc_arena_init(&arena, memory, sizeof(memory));
    event.envelope.debtor = rlc_span_of(NULL);
    (void)rlc_debtor_event_encode(&event, &arena);
}

static void encode_a_negative_payment(void)
{
    static uint8_t memory[65536];
    struct rlc_arena arena;
    struct rlc_debtor_event event = payment_event();

    rlc_arena_init(&arena, memory, sizeof(memory));
    event.payment_received.amount.minor = -1;
    (void)rlc_debtor_event_encode(&event, &arena);
}

static void a_record_that_no_reader_accepts_is_never_written(void **state)
{
    (void)state;
    assert_aborts(encode_without_a_debtor);
    assert_aborts(encode_a_negative_payment);
}

static void a_text_one_byte_too_long_is_refused(void **state)
{
    struct rlc_arena arena = new_arena(ARENA_BYTES);
    struct rlc_debtor_event event = payment_event();
    struct rlc_debtor_event read;
    struct rlc_fault fault = { 0 };
    char reference[RLC_REFERENCE_BYTES_MAX + 1];

    (void)state;
    memset(reference, 'x', sizeof(reference));
    event.payment_received.bank_reference = rlc_span_from(reference, RLC_REFERENCE_BYTES_MAX);
    event.payment_received.allocation_count = 0;

    struct rlc_span bytes = rlc_debtor_event_encode(&event, &arena);

    assert_int_equal(rlc_debtor_event_decode(bytes, &arena, &read, &fault), RLC_OK);

    /* The reference ends the record: one more byte in it, in its payload and in the record. */
    uint8_t *longer = malloc(bytes.size + 1);
    size_t text = bytes.size - RLC_REFERENCE_BYTES_MAX;
    size_t body = bytes.size - rlc_debtor_event_encode_body(&event, &arena).size;

    assert_non_null(longer);
    memcpy(longer, bytes.data, bytes.size);
    longer[bytes.size] = 'x';
    longer[text - 2]++;
    longer[body - 2]++;
    assert_int_equal(
        rlc_debtor_event_decode(rlc_span_from(longer, bytes.size + 1), &arena, &read, &fault),
        RLC_REJECT);
    assert_string_equal(fault.code, "TOO_LONG");
    assert_string_equal(fault.path, "payment_received.bank_reference");
    free(longer);
    free(arena.base);
}

static void a_payload_without_content_is_still_there(void **state)
{
    struct rlc_arena arena = new_arena(ARENA_BYTES);
    struct rlc_debtor_event read;
    struct rlc_fault fault = { 0 };
    struct rlc_debtor_event event = {
        .envelope = { .tenant = rlc_span_of("acme"), .debtor = rlc_span_of("C") },
        .kind = RLC_EVENT_KIND_COMMAND_ISSUED,
        .command_issued = { .command = rlc_span_of("cmd-1"),
                            .kind = RLC_COMMAND_KIND_CHOOSE_SCENARIO,
                            .actor = rlc_span_of("u-2"),
                            .issued_at_ms = 1 },
    };
    struct rlc_span bytes = rlc_debtor_event_encode(&event, &arena);

    (void)state;
    assert_int_equal(rlc_debtor_event_decode(bytes, &arena, &read, &fault), RLC_OK);
    assert_int_equal(read.command_issued.kind, RLC_COMMAND_KIND_CHOOSE_SCENARIO);
    free(arena.base);
}

static void the_body_of_an_event_does_not_depend_on_its_envelope(void **state)
{
    struct rlc_arena arena = new_arena(ARENA_BYTES);
    struct rlc_debtor_event one = payment_event();
    struct rlc_debtor_event other = payment_event();

    (void)state;
    other.envelope.ingested_at_ms++;
    other.envelope.source_event_id = rlc_span_of("bank-77121");

    struct rlc_span body = rlc_debtor_event_encode_body(&one, &arena);

    assert_true(body.size > 0);
    assert_true(rlc_span_equal(body, rlc_debtor_event_encode_body(&other, &arena)));
    other.payment_received.amount.minor++;
    assert_false(rlc_span_equal(body, rlc_debtor_event_encode_body(&other, &arena)));
    free(arena.base);
}

static void a_dead_letter_holds_a_raw_record_of_any_length_up_to_its_cut(void **state)
{
    struct rlc_arena arena = new_arena(ARENA_BYTES);
    uint8_t *raw = calloc(1, RLC_RAW_BYTES_MAX);
    struct rlc_fault fault = { 0 };
    struct rlc_dead_letter read;
    struct rlc_dead_letter letter = {
        .worker = rlc_span_of("ingest"),
        .at = { rlc_span_of("billing.events"), 0, 0 },
        .code = rlc_span_of("NOT_JSON"),
        .rejected_at_ms = 1,
        .record_hash = { { 9 } },
        .raw = { rlc_span_of("acme:2026-03"), rlc_span_from(raw, RLC_RAW_BYTES_MAX) },
    };

    (void)state;

    struct rlc_span bytes = rlc_dead_letter_encode(&letter, &arena);

    assert_non_null(bytes.data);
    assert_int_equal(rlc_dead_letter_decode(bytes, &arena, &read, &fault), RLC_OK);
    assert_int_equal(read.raw.bytes.size, RLC_RAW_BYTES_MAX);
    free(raw);
    free(arena.base);
}

static void words_and_numbers_translate_both_ways(void **state)
{
    int32_t number = -1;

    (void)state;
    assert_string_equal(rlc_word(RLC_VOCABULARY_SUPPRESSION, RLC_SUPPRESSION_CAP), "CAP");
    assert_string_equal(rlc_word(RLC_VOCABULARY_PARTY_KIND, 0), "UNSPECIFIED");
    assert_null(rlc_word(RLC_VOCABULARY_CHANNEL, 99));
    assert_true(rlc_word_parse(RLC_VOCABULARY_CHANNEL, rlc_span_of("registered_letter"), &number));
    assert_int_equal(number, RLC_CHANNEL_REGISTERED_LETTER);
    assert_true(rlc_word_parse(RLC_VOCABULARY_CHANNEL, rlc_span_of("SMS"), &number));
    assert_int_equal(number, RLC_CHANNEL_SMS);
    assert_false(rlc_word_parse(RLC_VOCABULARY_CHANNEL, rlc_span_of("UNSPECIFIED"), &number));
    assert_false(rlc_word_parse(RLC_VOCABULARY_CHANNEL, rlc_span_of("SM"), &number));
    assert_false(rlc_word_parse(RLC_VOCABULARY_CHANNEL, rlc_span_of(""), &number));
    for (int vocabulary = 0; vocabulary < RLC_VOCABULARY_COUNT; vocabulary++)
        assert_string_equal(rlc_word((enum rlc_vocabulary)vocabulary, 0), "UNSPECIFIED");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_payment_keeps_its_amounts_and_allocations),
        cmocka_unit_test(a_tick_is_nine_bytes_that_never_change),
        cmocka_unit_test(a_broken_record_is_refused_with_code_and_place),
        cmocka_unit_test(a_broken_payment_is_refused_with_code_and_place),
        cmocka_unit_test(a_request_of_five_hundred_full_lines_fits_one_record),
        cmocka_unit_test(one_line_too_many_is_refused_by_name),
        cmocka_unit_test(a_record_beyond_its_size_is_refused),
        cmocka_unit_test(an_arena_that_is_nearly_full_asks_for_another_try),
        cmocka_unit_test(a_record_that_no_reader_accepts_is_never_written),
        cmocka_unit_test(a_text_one_byte_too_long_is_refused),
        cmocka_unit_test(a_payload_without_content_is_still_there),
        cmocka_unit_test(the_body_of_an_event_does_not_depend_on_its_envelope),
        cmocka_unit_test(a_dead_letter_holds_a_raw_record_of_any_length_up_to_its_cut),
        cmocka_unit_test(words_and_numbers_translate_both_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
