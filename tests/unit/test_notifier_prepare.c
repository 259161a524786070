/* SPDX-License-Identifier: Apache-2.0 */
/* From a contact that waits to its mail: what is opened for whom, what makes it wait, what returns
 * it, and that nothing personal is said on the way. */
#include "prepare.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory/keyring_memory.h"
#include "common/message/message.h"
#include "common/runtime/error.h"

#include "tests/support/bundle_feed.h"
#include "tests/support/check.h"

#define TENANT  "acme"
#define DEBTOR  "C-1"
#define PERSON  "P-1"
#define NAME    "Zebulon Quetzalcoatl"
#define PEOPLE  "Xylophone Limited"
#define ADDRESS "quetzal@zebulon.example"
#define QUOTED  "PO-ZEBULON-7"

enum { NUMBER = 4, LINES = 2, ANNEX = 3 };

struct bench {
    struct rlc_arena arena;
    struct rlc_bundles *catalog;
    struct rlc_keyring *keyring;
    struct prepare_config config;
    struct rlc_waiting_contact contact;
    struct rlc_recipient recipients[2];
    struct rlc_line lines[LINES];
    struct rlc_line annex[ANNEX];
    struct rlc_total total;
    struct preparing preparing;
    struct rlc_error error;
    bool address_key_is_away;
    struct rlc_bundles *catalog_to_come; /* handed out by the next refresh */
    size_t refreshes;
};

static enum rlc_status address_key(void *context, struct rlc_span tenant,
                                   struct rlc_seal_key *ret_key, struct rlc_error *reterr)
{
    const struct bench *bench = context;

    assert_true(rlc_span_equal(tenant, rlc_span_of(TENANT)));
    if (bench->address_key_is_away)
        return rlc_error_set(reterr, RLC_RETRY, "key", 0, "no key is mounted");
    memset(ret_key->bytes, 0x21, sizeof(ret_key->bytes));
    return RLC_OK;
}

static enum rlc_status refresh(void *context, struct rlc_error *reterr)
{
    struct bench *bench = context;

    (void)reterr;
    bench->refreshes++;
    bench->config.catalog.bundles = bench->catalog_to_come;
    return RLC_OK;
}

static struct rlc_sealed seal(struct bench *bench, const char *subject, const char *plain)
{
    struct rlc_key_want want = { rlc_span_of(TENANT), rlc_span_of(subject) };
    struct rlc_data_key key;
    struct rlc_span id;

    assert_int_equal(bench->keyring->ops->open(bench->keyring, &want, 1, true, &key, NULL), RLC_OK);
    id = rlc_arena_copy(&bench->arena, rlc_span_of(key.id));
    return (struct rlc_sealed){ id, rlc_seal(&key.key, want.tenant, id, rlc_span_of(plain),
                                             &bench->arena) };
}

static struct rlc_line line_of(const char *document, int64_t minor)
{
    return (struct rlc_line){ .document = rlc_span_of(document),
                              .issued_on = 20454,
                              .due_on = 20485,
                              .total = { minor, "EUR" },
                              .open = { minor, "EUR" } };
}

static void open_request(struct bench *bench)
{
    static const char *const documents[] = { "F-A", "F-B", "F-C" };
    struct rlc_contact_body *body = &bench->contact.request.body;

    bench->contact.request.envelope.tenant = rlc_span_of(TENANT);
    bench->contact.request.envelope.debtor = rlc_span_of(DEBTOR);
    bench->contact.request.envelope.creditor = rlc_span_of("ACME-UK");
    bench->lines[0] = line_of("F-1", 10000);
    bench->lines[0].number = rlc_span_of("2026-0001");
    bench->lines[1] = line_of("F-2", 2345);
    for (size_t i = 0; i < ANNEX; i++)
        bench->annex[i] = line_of(documents[i], 100);
    bench->total = (struct rlc_total){ .open = { 12345, "EUR" }, .line_count = LINES };
    bench->recipients[0] = (struct rlc_recipient){ .subject = rlc_span_of(PERSON),
                                                   .number = NUMBER,
                                                   .name = seal(bench, PERSON, NAME),
                                                   .address = seal(bench, PERSON, ADDRESS) };
    *body = (struct rlc_contact_body){ .action = { { 1, 2 } },
                                       .request_number = 1,
                                       .part_count = 1,
                                       .template_name = rlc_span_of("reminder"),
                                       .sender = rlc_span_of("acme-en"),
                                       .language = rlc_span_of("en"),
                                       .decided_at_ms = 1770000000000,
                                       .as_of_on = 20500,
                                       .debtor_name = seal(bench, DEBTOR, PEOPLE),
                                       .account_reference = seal(bench, DEBTOR, QUOTED),
                                       .recipients = bench->recipients,
                                       .recipient_count = 1,
                                       .lines = bench->lines,
                                       .line_count = LINES,
                                       .totals = &bench->total,
                                       .total_count = 1 };
}

static int open_bench(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    size_t room = RLC_MESSAGE_ARENA_BYTES + (1 << 20);

    assert_non_null(bench);
    rlc_arena_init(&bench->arena, malloc(room), room);
    bench->keyring = rlc_keyring_memory_new(7);
    bench->catalog =
        bundle_catalog(RLC_SOURCE_DIR "/deploy/bundles/demo",
                       &bench->contact.request.envelope.rules.bundle_hash, &bench->error);
    assert_non_null(bench->catalog);
    bench->config = (struct prepare_config){ .keyring = bench->keyring,
                                             .catalog = { .bundles = bench->catalog },
                                             .address_key = address_key,
                                             .address_key_context = bench };
    open_request(bench);
    *state = bench;
    return 0;
}

static int close_bench(void **state)
{
    struct bench *bench = *state;

    prepared_free(bench->preparing.prepared);
    bench->keyring->ops->close(bench->keyring);
    rlc_bundles_free(bench->catalog);
    free(bench->arena.base);
    free(bench);
    return 0;
}

static bool holds(struct rlc_span bytes, const char *text)
{
    size_t size = strlen(text);

    for (size_t i = 0; i + size <= bytes.size; i++) {
        if (memcmp(bytes.data + i, text, size) == 0)
            return true;
    }
    return false;
}

static void assert_says_nothing_personal(const char *text)
{
    static const char *const secrets[] = { "ebulon", "uetzal", "ylophone", "PO-", "EBULON" };

    for (size_t i = 0; i < RLC_COUNT(secrets); i++) {
        if (strstr(text, secrets[i]))
            fail_msg("'%s' is said in: %s", secrets[i], text);
    }
}

static void prepare(struct bench *bench)
{
    prepared_free(bench->preparing.prepared);
    bench->preparing.prepared = NULL;
    bench->preparing.reason = RLC_RETURN_REASON_UNSPECIFIED;
    bench->preparing.contact_number = 0;
    bench->preparing.detail[0] = '\0';
    bench->preparing.contact = &bench->contact;
    assert_int_equal(
        prepare_all(&bench->config, &bench->preparing, 1, &bench->arena, &bench->error), RLC_OK);
    assert_says_nothing_personal(bench->preparing.detail);
}

static void assert_waits(struct bench *bench, const char *why)
{
    prepare(bench);
    assert_null(bench->preparing.prepared);
    assert_int_equal(bench->preparing.reason, RLC_RETURN_REASON_UNSPECIFIED);
    if (!strstr(bench->preparing.detail, why))
        fail_msg("'%s' does not say '%s'", bench->preparing.detail, why);
}

static void assert_returns(struct bench *bench, enum rlc_return_reason reason, uint32_t number,
                           const char *why)
{
    prepare(bench);
    assert_null(bench->preparing.prepared);
    assert_int_equal(bench->preparing.reason, reason);
    assert_int_equal(bench->preparing.contact_number, number);
    if (!strstr(bench->preparing.detail, why))
        fail_msg("'%s' does not say '%s'", bench->preparing.detail, why);
}

static const struct prepared *assert_prepared(struct bench *bench)
{
    prepare(bench);
    if (!bench->preparing.prepared)
        fail_msg("%s", bench->preparing.detail);
    assert_int_equal(bench->preparing.reason, RLC_RETURN_REASON_UNSPECIFIED);
    return bench->preparing.prepared;
}

/* ---- mails ---- */

static void a_mail_says_what_was_sealed_to_whom_it_was_sealed(void **state)
{
    struct bench *bench = *state;
    const struct prepared *prepared = assert_prepared(bench);
    struct rlc_seal_key key;

    memset(key.bytes, 0x21, sizeof(key.bytes));
    assert_true(rlc_span_equal(prepared->to, rlc_span_of(ADDRESS)));
    assert_true(rlc_span_equal(prepared->from, rlc_span_of("accounts@acme.example")));
    assert_true(holds(prepared->message, NAME));
    assert_true(holds(prepared->message, "<" ADDRESS ">"));
    assert_true(holds(prepared->message, QUOTED));
    assert_true(holds(prepared->message, "Subject: Acme UK Ltd: open invoices\r\n"));
    assert_true(holds(prepared->message, "2026-0001"));
    assert_true(holds(prepared->message, "F-2")); /* it has no number of its own */
    assert_true(holds(prepared->message, prepared->message_id));
    assert_int_equal(prepared->contact_number, NUMBER);
    assert_memory_equal(prepared->content_hash.bytes, rlc_sha256(prepared->message).bytes,
                        sizeof(struct rlc_hash));
    assert_memory_equal(prepared->address_digest.bytes,
                        rlc_address_digest(&key, rlc_span_of(ADDRESS)).bytes,
                        sizeof(struct rlc_hash));
}

static void the_same_contact_is_the_same_mail(void **state)
{
    struct bench *bench = *state;
    struct rlc_hash first = assert_prepared(bench)->content_hash;

    bench->contact.request.body.request_number = 2;
    assert_memory_equal(assert_prepared(bench)->content_hash.bytes, first.bytes, sizeof(first));
}

static void the_lines_of_further_parts_are_the_annex(void **state)
{
    struct bench *bench = *state;
    const struct prepared *prepared;

    bench->total.line_count = LINES + ANNEX;
    bench->total.open.minor += 300;
    bench->preparing.annex = bench->annex;
    bench->preparing.annex_count = ANNEX;
    prepared = assert_prepared(bench);
    assert_true(holds(prepared->message, "annex.csv"));
    assert_true(holds(prepared->message, "3 of the 5 invoices"));
    bench->preparing.annex = NULL;
    bench->preparing.annex_count = 0;
    bench->total.line_count = LINES;
    assert_false(holds(assert_prepared(bench)->message, "annex.csv"));
}

static void who_has_no_name_is_written_to_by_address_alone(void **state)
{
    struct bench *bench = *state;

    const struct prepared *prepared;

    bench->recipients[0].name = (struct rlc_sealed){ .key_id = { NULL, 0 } };
    prepared = assert_prepared(bench);
    assert_true(rlc_span_equal(prepared->to, rlc_span_of(ADDRESS)));
    assert_true(holds(prepared->message, ADDRESS));
    assert_false(holds(prepared->message, NAME));
}

/* ---- erased ---- */

static void a_contact_person_who_was_erased_returns_the_request(void **state)
{
    struct bench *bench = *state;

    assert_true(rlc_keyring_memory_erase(bench->keyring, rlc_span_of(TENANT), rlc_span_of(PERSON)));
    assert_returns(bench, RLC_RETURN_REASON_ERASED, NUMBER, "erased");
}

static void a_debtor_that_was_erased_returns_the_request(void **state)
{
    struct bench *bench = *state;

    assert_true(rlc_keyring_memory_erase(bench->keyring, rlc_span_of(TENANT), rlc_span_of(DEBTOR)));
    assert_returns(bench, RLC_RETURN_REASON_ERASED, 0, "erased");
}

/* ---- keys ---- */

static void a_key_that_does_not_open_it_makes_it_wait(void **state)
{
    struct bench *bench = *state;
    struct rlc_seal_key other;

    memset(other.bytes, 0x22, sizeof(other.bytes));
    assert_true(
        rlc_keyring_memory_put(bench->keyring, rlc_span_of(TENANT), rlc_span_of(PERSON), &other));
    assert_waits(bench, "KEY does not open it");
}

static void what_was_sealed_for_another_subject_is_not_opened(void **state)
{
    struct bench *bench = *state;

    bench->recipients[0].address = seal(bench, "P-2", ADDRESS);
    assert_waits(bench, "KEY does not open it");
    bench->recipients[0].address = seal(bench, PERSON, ADDRESS);
    bench->contact.request.body.debtor_name = seal(bench, "C-2", PEOPLE);
    assert_waits(bench, "KEY does not open it");
}

static void what_was_sealed_for_another_tenant_is_not_opened(void **state)
{
    struct bench *bench = *state;

    bench->contact.request.envelope.tenant = rlc_span_of("other");
    assert_waits(bench, "KEY does not open it");
}

static void bytes_that_were_changed_are_not_opened(void **state)
{
    struct bench *bench = *state;
    struct rlc_span *bytes = &bench->recipients[0].address.bytes;
    uint8_t *changed = rlc_arena_alloc(&bench->arena, bytes->size);

    memcpy(changed, bytes->data, bytes->size);
    changed[bytes->size - 1] ^= 1;
    *bytes = rlc_span_from(changed, bytes->size);
    assert_waits(bench, "KEY does not open it");
}

static void a_subject_whose_key_was_never_made_makes_it_wait(void **state)
{
    struct bench *bench = *state;

    bench->keyring->ops->close(bench->keyring);
    bench->keyring = rlc_keyring_memory_new(7);
    bench->config.keyring = bench->keyring;
    assert_waits(bench, "KEY does not open it");
    assert_int_equal(rlc_keyring_memory_count(bench->keyring), 0);
}

/* The keyring in memory always has a tenant's key. */
static enum rlc_status open_without_tenant(struct rlc_keyring *keyring,
                                           const struct rlc_key_want *wants, size_t count,
                                           bool create_missing, struct rlc_data_key *ret_keys,
                                           struct rlc_error *reterr)
{
    (void)keyring;
    (void)wants;
    (void)create_missing;
    (void)reterr;
    for (size_t i = 0; i < count; i++)
        ret_keys[i] = (struct rlc_data_key){ .state = RLC_KEY_NO_TENANT };
    return RLC_OK;
}

static void a_tenants_key_that_is_not_mounted_makes_it_wait(void **state)
{
    static const struct rlc_keyring_ops ops = { .open = open_without_tenant };
    static struct rlc_keyring keyring = { .ops = &ops };
    struct bench *bench = *state;

    bench->config.keyring = &keyring;
    assert_waits(bench, "KEY of the tenant is not mounted");
}

static void a_store_of_keys_that_is_away_prepares_nothing(void **state)
{
    struct bench *bench = *state;

    rlc_keyring_memory_set_away(bench->keyring, true);
    bench->preparing.contact = &bench->contact;
    assert_int_equal(
        prepare_all(&bench->config, &bench->preparing, 1, &bench->arena, &bench->error), RLC_RETRY);
    assert_null(bench->preparing.prepared);
}

static void without_the_key_of_addresses_it_waits(void **state)
{
    struct bench *bench = *state;

    bench->address_key_is_away = true;
    assert_waits(bench, "no key is mounted");
    bench->address_key_is_away = false;
    (void)assert_prepared(bench);
}

/* ---- bad input ---- */

static void a_request_to_none_or_two_is_not_rendered(void **state)
{
    struct bench *bench = *state;

    bench->contact.request.body.recipient_count = 0;
    assert_returns(bench, RLC_RETURN_REASON_NOT_RENDERED, 0, "one recipient");
    bench->recipients[1] = bench->recipients[0];
    bench->contact.request.body.recipient_count = 2;
    assert_returns(bench, RLC_RETURN_REASON_NOT_RENDERED, 0, "one recipient");
}

static void an_address_that_must_not_stand_in_an_envelope_is_the_contacts(void **state)
{
    static const char *const addresses[] = {
        "quetzal",
        "@zebulon.example",
        "quetzal@",
        "quetzal@@zebulon.example",
        "Quetzal <quetzal@zebulon.example>",
        "quetzal@zebulon.example, quetzal@other.example",
        "quetzal@zebulon.example\r\nRCPT TO:<quetzal@other.example>",
        "quetzal@zebulon.example\n",
        "quetzal\x7f@zebulon.example",
        "qu\xc3\xa9tzal@zebulon.example",
        "quetzal@zebul\xc3\xb6n.example",
        "quetzal@zebulon.example>",
    };
    struct bench *bench = *state;

    for (size_t i = 0; i < RLC_COUNT(addresses); i++) {
        bench->recipients[0].address = seal(bench, PERSON, addresses[i]);
        assert_returns(bench, RLC_RETURN_REASON_BAD_ADDRESS, NUMBER, "BAD_ADDRESS to.address");
    }
}

static void an_address_of_ten_kilobytes_is_the_contacts(void **state)
{
    struct bench *bench = *state;
    char *address = calloc(1, 10300);

    memset(address, 'q', 10240);
    memcpy(address + 10240, "@zebulon.example", sizeof("@zebulon.example"));
    bench->recipients[0].address = seal(bench, PERSON, address);
    free(address);
    assert_returns(bench, RLC_RETURN_REASON_BAD_ADDRESS, NUMBER, "TOO_LONG to.address");
}

static void a_contact_without_an_address_is_the_contacts(void **state)
{
    struct bench *bench = *state;

    bench->recipients[0].address = (struct rlc_sealed){ .key_id = { NULL, 0 } };
    assert_returns(bench, RLC_RETURN_REASON_BAD_ADDRESS, NUMBER, "MISSING_FIELD to.address");
}

static void a_name_that_is_no_clean_text_is_not_rendered(void **state)
{
    static const char *const names[] = { "Zebulon\r\nBcc: quetzal@other.example", "Zebulon\n",
                                         "Zebulon \xe2\x80\xae", "Zebulon \xff" };
    struct bench *bench = *state;

    for (size_t i = 0; i < RLC_COUNT(names); i++) {
        bench->recipients[0].name = seal(bench, PERSON, names[i]);
        assert_returns(bench, RLC_RETURN_REASON_NOT_RENDERED, 0, "");
    }
}

static void a_template_or_a_sender_that_is_not_there_is_not_rendered(void **state)
{
    struct bench *bench = *state;

    bench->contact.request.body.template_name = rlc_span_of("threat");
    assert_returns(bench, RLC_RETURN_REASON_NOT_RENDERED, 0, "NO_TEMPLATE");
    bench->contact.request.body.template_name = rlc_span_of("reminder");
    bench->contact.request.body.sender = rlc_span_of("nobody");
    assert_returns(bench, RLC_RETURN_REASON_NOT_RENDERED, 0, "NO_SENDER");
}

/* ---- bundles ---- */

static void a_bundle_that_is_not_here_is_asked_for_and_waited_for(void **state)
{
    struct bench *bench = *state;
    struct rlc_bundles *empty = rlc_bundles_new();

    bench->config.catalog.bundles = empty;
    assert_waits(bench, "BUNDLE");
    bench->config.catalog.refresh = refresh;
    bench->config.catalog.context = bench;
    bench->catalog_to_come = empty;
    assert_waits(bench, "BUNDLE");
    bench->catalog_to_come = bench->catalog;
    (void)assert_prepared(bench);
    assert_int_equal(bench->refreshes, 2);
    (void)assert_prepared(bench);
    assert_int_equal(bench->refreshes, 2);
    rlc_bundles_free(empty);
}

/* ---- several ---- */

static void what_is_wrong_with_one_contact_is_not_the_others_matter(void **state)
{
    struct bench *bench = *state;
    struct rlc_waiting_contact wrong = bench->contact;
    struct preparing both[] = { { .contact = &wrong }, { .contact = &bench->contact } };

    wrong.request.body.template_name = rlc_span_of("threat");
    assert_int_equal(prepare_all(&bench->config, both, 2, &bench->arena, &bench->error), RLC_OK);
    assert_int_equal(both[0].reason, RLC_RETURN_REASON_NOT_RENDERED);
    assert_non_null(both[1].prepared);
    assert_int_equal(both[1].reason, RLC_RETURN_REASON_UNSPECIFIED);
    prepared_free(both[1].prepared);
}

static void what_was_opened_does_not_stay_in_memory(void **state)
{
    struct bench *bench = *state;
    size_t used;

    (void)assert_prepared(bench);
    used = bench->arena.used;
    assert_false(holds(rlc_span_from((uint8_t *)bench->arena.base + used,
                                     RLC_MESSAGE_ARENA_BYTES + (1 << 20) - used),
                       ADDRESS));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_mail_says_what_was_sealed_to_whom_it_was_sealed),
        TEST(the_same_contact_is_the_same_mail),
        TEST(the_lines_of_further_parts_are_the_annex),
        TEST(who_has_no_name_is_written_to_by_address_alone),
        TEST(a_contact_person_who_was_erased_returns_the_request),
        TEST(a_debtor_that_was_erased_returns_the_request),
        TEST(a_key_that_does_not_open_it_makes_it_wait),
        TEST(what_was_sealed_for_another_subject_is_not_opened),
        TEST(what_was_sealed_for_another_tenant_is_not_opened),
        TEST(bytes_that_were_changed_are_not_opened),
        TEST(a_subject_whose_key_was_never_made_makes_it_wait),
        TEST(a_tenants_key_that_is_not_mounted_makes_it_wait),
        TEST(a_store_of_keys_that_is_away_prepares_nothing),
        TEST(without_the_key_of_addresses_it_waits),
        TEST(a_request_to_none_or_two_is_not_rendered),
        TEST(an_address_that_must_not_stand_in_an_envelope_is_the_contacts),
        TEST(an_address_of_ten_kilobytes_is_the_contacts),
        TEST(a_contact_without_an_address_is_the_contacts),
        TEST(a_name_that_is_no_clean_text_is_not_rendered),
        TEST(a_template_or_a_sender_that_is_not_there_is_not_rendered),
        TEST(a_bundle_that_is_not_here_is_asked_for_and_waited_for),
        TEST(what_is_wrong_with_one_contact_is_not_the_others_matter),
        TEST(what_was_opened_does_not_stay_in_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
