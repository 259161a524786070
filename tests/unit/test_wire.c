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

/* protobuf takes the last value of a field and merges messages, so a suffix breaks a good record.
 */
static void a_broken_record_is_refused_with_code_and_place(void **state)
{
    static const struct {
        const char *suffix;
        size_t size;
        const char *code;
        const char *path;
    } CASES[] = {
        { "\x0a", 1, "NOT_PROTOBUF", "" },
        { "\x0a\x7f", 2, "NOT_PROTOBUF", "" },
        { "\x10\x00", 2, "MISSING_FIELD", "kind" },
        { "\x10\x63", 2, "UNKNOWN_VALUE", "kind" },
        { "\x10\x01", 2, "MISSING_FIELD", "tick" },
        { "\xaa\x06\x02\x08\x01", 5, "WRONG_PAYLOAD", "tick" },
        { "\x0a\x02\x0a\x00", 4, "MISSING_FIELD", "envelope.tenant" },
        { "\x0a\x02\x12\x00", 4, "MISSING_FIELD", "envelope.debtor" },
        { "\x0a\x02\x1a\x00", 4, "MISSING_FIELD", "envelope.creditor" },
        { "\x0a\x03\x0a\x01/", 5, "BAD_TEXT", "envelope.tenant" },
        { "\x0a\x05\x12\x03\x41\x00\x42", 7, "BAD_TEXT", "envelope.debtor" },
        { "\x0a\x03\x12\x01|", 5, "BAD_TEXT", "envelope.debtor" },
        { "\x0a\x03\x22\x01\x80", 5, "BAD_TEXT", "envelope.source" },
        { "\x0a\x04\x22\x02\x0d\x0a", 6, "BAD_TEXT", "envelope.source" },
        { "\x0a\x03\x3a\x01\x01", 5, "BAD_LENGTH", "envelope.body_hash" },
        { "\x0a\x04\x5a\x02\x08\x00", 6, "NOT_CANONICAL", "" }, /* an epoch, written as absent */
        { "\x0a\x04\x42\x02ok", 6, "NOT_PROTOBUF", "" },        /* a text where a number is */
        { "\x0a\x0d\x5a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 15, "OUT_OF_RANGE",
          "envelope.epochs.debtor" },
        { "\xf8\x7f\x01", 3, NULL, NULL }, /* an unknown field is read over */
    };
    struct rlc_arena arena = new_arena(ARENA_BYTES);
    struct rlc_debtor_event event = payment_event();
    struct rlc_span good = rlc_debtor_event_encode(&event, &arena);
    uint8_t bytes[1024];

    (void)state;
    memcpy(bytes, good.data, good.size);
    for (size_t i = 0; i < RLC_COUNT(CASES); i++) {
        struct rlc_fault fault = { 0 };
        struct rlc_debtor_event read;

        memcpy(bytes + good.size, CASES[i].suffix, CASES[i].size);

        enum rlc_status status = rlc_debtor_event_decode(
            rlc_span_from(bytes, good.size + CASES[i].size), &arena, &read, &fault);

        if (CASES[i].code == NULL) {
            assert_int_equal(status, RLC_OK);
            continue;
        }
        if (status != RLC_REJECT || strcmp(fault.code, CASES[i].code) != 0 ||
            strcmp(fault.path, CASES[i].path) != 0)
            fail_msg("case %zu: %d %s at '%s'", i, (int)status, fault.code, fault.path);
        assert_true(fault.remedy[0] != '\0');
        assert_int_equal(read.kind, RLC_EVENT_KIND_UNSPECIFIED);
    }
    free(arena.base);
}

/* Payloads of a payment, each complete: id, amount, method, value date. */
#define PAYMENT_ID "\x0a\x01P"
#define PAYMENT_AMOUNT                                                                             \
    "\x12\x07\x08\x64\x12\x03"                                                                     \
    "EUR"
#define PAYMENT_METHOD "\x18\x01"
#define PAYMENT_DAY    "\x20\x8c\xa1\x01"

static void a_broken_payment_is_refused_with_code_and_place(void **state)
{
    static const struct {
        const char *payload;
        size_t size;
        const char *code;
        const char *path;
    } CASES[] = {
#define CASE(payload, code, path) { payload, sizeof(payload) - 1, code, path }
        CASE(PAYMENT_ID PAYMENT_AMOUNT PAYMENT_METHOD PAYMENT_DAY, NULL, NULL),
        CASE(PAYMENT_AMOUNT PAYMENT_METHOD PAYMENT_DAY, "MISSING_FIELD", ".payment"),
        CASE(PAYMENT_ID PAYMENT_METHOD PAYMENT_DAY, "MISSING_FIELD", ".amount"),
        CASE(PAYMENT_ID PAYMENT_AMOUNT "\x18\x63" PAYMENT_DAY, "UNKNOWN_VALUE", ".method"),
        CASE(PAYMENT_ID PAYMENT_AMOUNT PAYMENT_DAY, "MISSING_FIELD", ".method"),
        CASE(PAYMENT_ID PAYMENT_AMOUNT PAYMENT_METHOD "\x20\xff\xff\xff\x7f", "OUT_OF_RANGE",
             ".received_on"),
        CASE(PAYMENT_ID "\x12\x05\x12\x03"
                        "EUR",
             "OUT_OF_RANGE", ".amount.minor"),
        CASE(PAYMENT_ID "\x12\x02\x08\x64", "MISSING_FIELD", ".amount.currency"),
        CASE(PAYMENT_ID "\x12\x07\x08\x64\x12\x03"
                        "XQZ",
             "BAD_CURRENCY", ".amount.currency"),
        CASE(PAYMENT_ID "\x12\x06\x08\x64\x12\x02"
                        "EU",
             "BAD_CURRENCY", ".amount.currency"),
        CASE(PAYMENT_ID PAYMENT_AMOUNT PAYMENT_METHOD PAYMENT_DAY "\x4a\x00", "MISSING_FIELD",
             ".allocations[0].document"),
        CASE(PAYMENT_ID PAYMENT_AMOUNT PAYMENT_METHOD PAYMENT_DAY "\x4a\x03\x0a\x01X",
             "MISSING_FIELD", ".allocations[0].amount"),
        CASE(PAYMENT_ID PAYMENT_AMOUNT PAYMENT_METHOD PAYMENT_DAY PAYMENT_METHOD, "NOT_CANONICAL",
             NULL),
#undef CASE
    };
    struct rlc_arena arena = new_arena(ARENA_BYTES);
    struct rlc_debtor_event event = payment_event();
    struct rlc_span good = rlc_debtor_event_encode(&event, &arena);
    size_t head = good.size - rlc_debtor_event_encode_body(&event, &arena).size - 1;
    uint8_t bytes[1024];

    (void)state;
    memcpy(bytes, good.data, head); /* envelope, kind and the payload's tag */
    for (size_t i = 0; i < RLC_COUNT(CASES); i++) {
        struct rlc_fault fault = { 0 };
        struct rlc_debtor_event read;
        char path[64] = "";

        bytes[head] = (uint8_t)CASES[i].size;
        memcpy(bytes + head + 1, CASES[i].payload, CASES[i].size);
        if (CASES[i].path != NULL)
            snprintf(path, sizeof(path), "payment_received%s", CASES[i].path);

        enum rlc_status status = rlc_debtor_event_decode(
            rlc_span_from(bytes, head + 1 + CASES[i].size), &arena, &read, &fault);

        if (CASES[i].code == NULL) {
            assert_int_equal(status, RLC_OK);
        } else if (status != RLC_REJECT || strcmp(fault.code, CASES[i].code) != 0 ||
                   strcmp(fault.path, path) != 0) {
            fail_msg("case %zu: %d %s at '%s'", i, (int)status, fault.code, fault.path);
        }
    }
    free(arena.base);
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
    size_t body = 4u + head;         /* the body: tag, length in two bytes */
    uint8_t *bytes = malloc(BYTES_MAX);
    size_t size = good.size;

    (void)state;
    assert_non_null(bytes);
    assert_true(good.data[head] == 0x12 && good.data[head + 1] >= 0x80);
    memcpy(bytes, good.data, head + 1);
    memcpy(bytes + body, good.data + head + 3, good.size - head - 3);
    size++;
    for (int i = 0; i < RLC_REQUEST_LINES_MAX; i++) {
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

static void a_record_that_expands_without_end_is_refused_within_its_cap(void **state)
{
    struct rlc_arena arena = new_arena(ARENA_BYTES);
    struct rlc_debtor_event read;
    struct rlc_fault fault = { 0 };
    uint8_t *bytes = malloc(BYTES_MAX);

    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i + 1 < BYTES_MAX; i += 2) {
        bytes[i] = 0x10;
        bytes[i + 1] = 0x01;
    }
    assert_int_equal(
        rlc_debtor_event_decode(rlc_span_from(bytes, RLC_RECORD_BYTES_MAX), &arena, &read, &fault),
        RLC_REJECT);
    assert_string_equal(fault.code, "TOO_LARGE");
    assert_int_equal(arena.used, 0);
    assert_int_equal(arena.cap, ARENA_BYTES);
    assert_int_equal(rlc_debtor_event_decode(rlc_span_from(bytes, RLC_RECORD_BYTES_MAX + 2), &arena,
                                             &read, &fault),
                     RLC_REJECT);
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

        assert_int_equal(status, room < 2048 ? RLC_RETRY : RLC_OK);
        if (status == RLC_RETRY) {
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

static void the_signed_bytes_of_a_command_leave_the_signature_out(void **state)
{
    struct rlc_arena arena = new_arena(ARENA_BYTES);
    struct rlc_command command = { .command = rlc_span_of("cmd-1"),
                                   .kind = RLC_COMMAND_KIND_KILL_SWITCH,
                                   .actor = rlc_span_of("u-2"),
                                   .issued_at_ms = 1,
                                   .kill_switch.on = true };
    struct rlc_span bare = rlc_command_encode_unsigned(&command, &arena);

    (void)state;
    command.signing_key = rlc_span_of("k1");
    command.signature = rlc_span_of("signature");
    assert_true(rlc_span_equal(bare, rlc_command_encode_unsigned(&command, &arena)));
    command.kill_switch.on = false;
    assert_false(rlc_span_equal(bare, rlc_command_encode_unsigned(&command, &arena)));
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
        cmocka_unit_test(a_record_that_expands_without_end_is_refused_within_its_cap),
        cmocka_unit_test(an_arena_that_is_nearly_full_asks_for_another_try),
        cmocka_unit_test(a_record_that_no_reader_accepts_is_never_written),
        cmocka_unit_test(the_body_of_an_event_does_not_depend_on_its_envelope),
        cmocka_unit_test(the_signed_bytes_of_a_command_leave_the_signature_out),
        cmocka_unit_test(a_dead_letter_holds_a_raw_record_of_any_length_up_to_its_cut),
        cmocka_unit_test(words_and_numbers_translate_both_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
