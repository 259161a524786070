/* SPDX-License-Identifier: Apache-2.0 */
/* The notifier's records keep what they are given, and what is none of them is not read. */
#include "state.h"

#include <string.h>

#include "tests/support/check.h"

static const struct rlc_action_id ACTION = { { 1, 2, 3 } };

struct bench {
    uint8_t memory[1 << 18];
    struct rlc_arena arena;
    struct notifier_key contact;
    struct notifier_key annex;
    struct rlc_waiting_contact record;
};

static struct rlc_hash hash_of(uint8_t byte)
{
    struct rlc_hash hash;

    memset(hash.bytes, byte, sizeof(hash.bytes));
    return hash;
}

static int open_bench(void **state)
{
    static const struct rlc_account_part account = { .creditor = { (const uint8_t *)"FR", 2 },
                                                     .account_epoch = 5 };
    static const struct rlc_recipient recipient = {
        .subject = { (const uint8_t *)"C-1", 3 },
        .number = 1,
        .address = { { (const uint8_t *)"k", 1 }, { (const uint8_t *)"sealed", 6 } }
    };
    static struct bench bench;

    memset(&bench, 0, sizeof(bench));
    rlc_arena_init(&bench.arena, bench.memory, sizeof(bench.memory));
    notifier_key_contact(rlc_span_of("acme/C-1"), &ACTION, &bench.contact);
    notifier_key_annex(rlc_span_of("acme/C-1"), &ACTION, 1, &bench.annex);
    bench.record = (struct rlc_waiting_contact){
        .format = NOTIFIER_FORMAT,
        .phase = RLC_CONTACT_PHASE_WAITING,
        .request = { .envelope = { .tenant = rlc_span_of("acme"),
                                   .debtor = rlc_span_of("C-1"),
                                   .creditor = rlc_span_of("FR"),
                                   .source = rlc_span_of("scenario"),
                                   .occurred_at_ms = 7,
                                   .ingested_at_ms = 8,
                                   .epochs = { 3, 5, 2 } },
                     .body = { .action = ACTION,
                               .request_number = 2,
                               .part_count = 1,
                               .scenario = rlc_span_of("standard"),
                               .step = rlc_span_of("first"),
                               .occurrence = 1,
                               .channel = RLC_CHANNEL_EMAIL,
                               .tone = RLC_TONE_FRIENDLY,
                               .template_name = rlc_span_of("reminder"),
                               .sender = rlc_span_of("sender"),
                               .language = rlc_span_of("fr"),
                               .zone = rlc_span_of("UTC"),
                               .unknown_policy = RLC_UNKNOWN_POLICY_ASK_AGAIN,
                               .decided_at_ms = 9,
                               .not_after_ms = 10,
                               .as_of_on = 20000,
                               .accounts = &account,
                               .account_count = 1,
                               .recipients = &recipient,
                               .recipient_count = 1 } },
        .at = { rlc_span_of("contact-requests"), 3, 40 },
        .record_hash = hash_of(5),
        .parts = 1,
    };
    *state = &bench;
    return 0;
}

static struct rlc_waiting_contact *round_trip(struct bench *bench)
{
    struct rlc_span bytes =
        notifier_state_encode(bench->contact.span, &bench->record, &bench->arena);

    assert_non_null(bytes.data);
    return notifier_state_decode(bench->contact.span, bytes, &bench->arena);
}

static void a_contact_that_waits_comes_back_as_it_was(void **state)
{
    struct bench *bench = *state;
    struct rlc_waiting_contact *read = round_trip(bench);

    assert_non_null(read);
    assert_int_equal(read->phase, RLC_CONTACT_PHASE_WAITING);
    assert_int_equal(read->parts, 1);
    assert_int_equal(read->at.partition, 3);
    assert_int_equal(read->at.offset, 40);
    assert_memory_equal(&read->record_hash, &bench->record.record_hash, sizeof(struct rlc_hash));
    assert_memory_equal(&read->request.body.action, &ACTION, sizeof(ACTION));
    assert_int_equal(read->request.body.request_number, 2);
    assert_int_equal(read->request.body.not_after_ms, 10);
    assert_int_equal(read->request.envelope.epochs.debtor, 3);
    assert_int_equal(read->request.body.accounts->account_epoch, 5);
    assert_int_equal(read->request.body.recipients->number, 1);
    assert_int_equal(read->attempted_at_ms, RLC_MS_NONE);
    assert_int_equal(read->message_id.size, 0);
}

static void an_attempt_comes_back_with_whose_it_is(void **state)
{
    struct bench *bench = *state;
    struct rlc_waiting_contact *read;

    bench->record.phase = RLC_CONTACT_PHASE_ATTEMPTED;
    bench->record.attempted_at_ms = 11;
    bench->record.owner = (struct rlc_action_id){ { 9, 8 } };
    bench->record.message_id = rlc_span_of("<1@creditor.example>");
    bench->record.content_hash = hash_of(6);
    bench->record.look = (struct rlc_look_taken){ 77, 78, 79, { 3, 5, 2 } };
    read = round_trip(bench);
    assert_non_null(read);
    assert_int_equal(read->phase, RLC_CONTACT_PHASE_ATTEMPTED);
    assert_int_equal(read->attempted_at_ms, 11);
    assert_memory_equal(&read->owner, &bench->record.owner, sizeof(read->owner));
    assert_true(rlc_span_equal(read->message_id, bench->record.message_id));
    assert_memory_equal(&read->content_hash, &bench->record.content_hash, sizeof(struct rlc_hash));
    assert_memory_equal(&read->look, &bench->record.look, sizeof(read->look));
}

static void an_annex_comes_back_as_it_was(void **state)
{
    struct bench *bench = *state;
    const struct rlc_line lines[] = { { .document = rlc_span_of("F1"),
                                        .due_on = 20000,
                                        .total = { 100, "EUR" },
                                        .open = { 100, "EUR" } },
                                      { .document = rlc_span_of("F2"),
                                        .due_on = 20000,
                                        .total = { 7, "JPY" },
                                        .open = { 7, "JPY" } } };
    struct rlc_waiting_annex annex = { .format = NOTIFIER_FORMAT, .lines = lines, .line_count = 2 };
    struct rlc_span bytes = notifier_state_encode(bench->annex.span, &annex, &bench->arena);
    struct rlc_waiting_annex *read = notifier_state_decode(bench->annex.span, bytes, &bench->arena);

    assert_non_null(read);
    assert_int_equal(read->line_count, 2);
    assert_true(rlc_span_equal(read->lines[1].document, rlc_span_of("F2")));
    assert_int_equal(read->lines[1].open.minor, 7);
    assert_string_equal(read->lines[1].open.currency, "JPY");
}

static void what_another_version_wrote_is_not_read(void **state)
{
    struct bench *bench = *state;
    struct rlc_waiting_annex annex = { .format = NOTIFIER_FORMAT + 1 };
    struct rlc_span bytes = notifier_state_encode(bench->annex.span, &annex, &bench->arena);

    assert_null(notifier_state_decode(bench->annex.span, bytes, &bench->arena));
    bench->record.format = NOTIFIER_FORMAT + 1;
    assert_null(round_trip(bench));
}

static void bytes_that_are_no_record_are_not_read(void **state)
{
    struct bench *bench = *state;
    struct rlc_span bytes =
        notifier_state_encode(bench->contact.span, &bench->record, &bench->arena);

    assert_null(notifier_state_decode(bench->contact.span, rlc_span_of("\xff\xff"), &bench->arena));
    assert_null(notifier_state_decode(bench->contact.span, rlc_span_of(""), &bench->arena));
    bytes.size--;
    assert_null(notifier_state_decode(bench->contact.span, bytes, &bench->arena));
    assert_null(notifier_state_decode(rlc_span_of("d|acme/C-1"), bytes, &bench->arena));
    assert_null(notifier_state_decode(rlc_span_of(""), bytes, &bench->arena));
}

/* Field 6, `parts`, is the last one of a contact that waits. */
static const struct rlc_waiting_contact *with_parts(struct bench *bench, uint8_t parts)
{
    struct rlc_span bytes =
        notifier_state_encode(bench->contact.span, &bench->record, &bench->arena);
    uint8_t *changed = rlc_arena_alloc(&bench->arena, bytes.size);

    memcpy(changed, bytes.data, bytes.size);
    assert_int_equal(changed[bytes.size - 2], 6 << 3);
    changed[bytes.size - 1] = parts;
    return notifier_state_decode(bench->contact.span, rlc_span_from(changed, bytes.size),
                                 &bench->arena);
}

static void a_contact_of_no_part_or_too_many_is_not_read(void **state)
{
    struct bench *bench = *state;
    struct rlc_span bytes;

    assert_int_equal(with_parts(bench, NOTIFIER_PARTS_MAX)->parts, NOTIFIER_PARTS_MAX);
    assert_null(with_parts(bench, NOTIFIER_PARTS_MAX + 1));
    assert_null(with_parts(bench, 0));
    bytes = notifier_state_encode(bench->contact.span, &bench->record, &bench->arena);
    bytes.size -= 2;
    assert_null(notifier_state_decode(bench->contact.span, bytes, &bench->arena));
}

static void keys_of_two_actions_and_of_two_parts_differ(void **state)
{
    static const struct rlc_action_id other = { { 1, 2, 4 } };
    struct notifier_key a, b, c;

    (void)state;
    notifier_key_contact(rlc_span_of("acme/C-1"), &ACTION, &a);
    notifier_key_contact(rlc_span_of("acme/C-1"), &other, &b);
    assert_false(rlc_span_equal(a.span, b.span));
    assert_true(rlc_span_equal(rlc_key_debtor(a.span), rlc_span_of("acme/C-1")));
    notifier_key_annex(rlc_span_of("acme/C-1"), &ACTION, 1, &b);
    notifier_key_annex(rlc_span_of("acme/C-1"), &ACTION, 2, &c);
    assert_false(rlc_span_equal(a.span, b.span));
    assert_false(rlc_span_equal(b.span, c.span));
    assert_true(rlc_span_equal(rlc_key_debtor(b.span), rlc_span_of("acme/C-1")));
}

static void only_contacts_are_listed_to_whoever_adopts(void **state)
{
    struct bench *bench = *state;

    assert_true(notifier_state_is_contact(bench->contact.span));
    assert_false(notifier_state_is_contact(bench->annex.span));
    assert_false(notifier_state_is_contact(rlc_span_of("")));
}

static void an_arena_that_is_full_gives_no_bytes(void **state)
{
    struct bench *bench = *state;
    struct rlc_arena small;

    rlc_arena_init(&small, bench->memory, 32);
    assert_null(notifier_state_encode(bench->contact.span, &bench->record, &small).data);
}

#define TEST(function) cmocka_unit_test_setup(function, open_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_contact_that_waits_comes_back_as_it_was),
        TEST(an_attempt_comes_back_with_whose_it_is),
        TEST(an_annex_comes_back_as_it_was),
        TEST(what_another_version_wrote_is_not_read),
        TEST(bytes_that_are_no_record_are_not_read),
        TEST(a_contact_of_no_part_or_too_many_is_not_read),
        TEST(keys_of_two_actions_and_of_two_parts_differ),
        TEST(only_contacts_are_listed_to_whoever_adopts),
        TEST(an_arena_that_is_full_gives_no_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
