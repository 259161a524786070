/* SPDX-License-Identifier: Apache-2.0 */
/* The small parts of ingest: scanning, addresses, sources, the keys of a batch. */
#include <stdio.h>
#include <string.h>

#include "common/memory/keyring_memory.h"
#include "common/runtime/bus.h"
#include "core/address.h"
#include "core/scan.h"
#include "shelf.h"
#include "sources.h"

#include "tests/support/check.h"

/* ---- scanning ---- */

static void depth_and_number_of_values_are_bounded(void **state)
{
    static char many[2 * SCAN_VALUES_MAX + 10];
    size_t at = 0;

    (void)state;
    assert_int_equal(scan_bounds(rlc_span_of("[[[[[[[[1]]]]]]]]"), &at), SCAN_FITS);
    assert_int_equal(scan_bounds(rlc_span_of("{\"a\":[[[[[[[[1]]]]]]]]}"), &at), SCAN_TOO_DEEP);
    assert_int_equal(at, 12);
    /* Brackets inside a string are text. */
    assert_int_equal(scan_bounds(rlc_span_of("\"[[[[[[[[[[\\\"[[\""), &at), SCAN_FITS);
    memset(many, ',', sizeof(many) - 1);
    assert_int_equal(scan_bounds(rlc_span_of(many), &at), SCAN_TOO_MANY);
}

static bool any_name(struct rlc_span name)
{
    return !rlc_span_equal(name, rlc_span_of("secret"));
}

static void an_offset_lies_in_a_place(void **state)
{
    static const struct {
        const char *text;
        const char *mark; /* the offset is where this begins */
        const char *path;
    } CASES[] = {
        { "{\"a\": 1, \"b\": @}", "@", "b" },
        { "{\"a\": {\"x\": 1}, \"b\": [7, {\"c\": @", "@", "b[1].c" },
        { "{\"a\": [[1],[2,@", "@", "a[1][1]" },
        { "{\"a\": {\"secret\": {\"b\": @", "@", "a" },
        { "{\"a\": \"}{\\\"[\", \"b\": @", "@", "b" },
        { "@", "@", "" },
        { "]]@", "@", "" },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASES); i++) {
        struct rlc_span text = rlc_span_of(CASES[i].text);
        char path[64] = "unset";

        scan_place(text, (size_t)(strstr(CASES[i].text, CASES[i].mark) - CASES[i].text), any_name,
                   path, sizeof(path));
        assert_string_equal(path, CASES[i].path);
    }
}

/* ---- addresses ---- */

static void addresses_are_checked_by_their_channel(void **state)
{
    static const struct {
        enum rlc_channel channel;
        const char *address;
        bool valid;
    } CASES[] = {
        { RLC_CHANNEL_EMAIL, "a.b@c.example", true },
        { RLC_CHANNEL_EMAIL, "a@b.example\nBcc: x@y.example", false },
        { RLC_CHANNEL_EMAIL, "Claire <a@b.example>", false },
        { RLC_CHANNEL_REGISTERED_EMAIL, "+33140000000", false },
        { RLC_CHANNEL_SMS, "+33612345678", true },
        { RLC_CHANNEL_SMS, "+33 6 12 34 56 78", false },
        { RLC_CHANNEL_CALL, "+0612345678", false },
        { RLC_CHANNEL_CALL, "+1234567890123456", false },
        { RLC_CHANNEL_CALL, "+123456", false },
        { RLC_CHANNEL_LETTER, "A\nB\nC\nD\nE\nF", true },
        { RLC_CHANNEL_LETTER, "A\nB\nC\nD\nE\nF\nG", false },
        { RLC_CHANNEL_LETTER, "A\n\nB", false },
        { RLC_CHANNEL_LETTER, "A\r\nB", false },
        { RLC_CHANNEL_LETTER, "", false },
        { RLC_CHANNEL_MEETING, "Room 4", true },
        { RLC_CHANNEL_WEBHOOK, "https://a.example", true },
        { RLC_CHANNEL_WEBHOOK, "https://a.example:8443/x?y=1#z", true },
        { RLC_CHANNEL_WEBHOOK, "https://user@a.example/", false },
        { RLC_CHANNEL_WEBHOOK, "https://a.example@b.example/", false },
        { RLC_CHANNEL_WEBHOOK, "https://localhost/", false },
        { RLC_CHANNEL_WEBHOOK, "https://a..example/", false },
        { RLC_CHANNEL_WEBHOOK, "https://a.example/ x", false },
        { RLC_CHANNEL_WEBHOOK, "https://a.example/\r\nHost: b", false },
        { RLC_CHANNEL_WEBHOOK, "https://a.example:port/", false },
        { RLC_CHANNEL_PORTAL, "http://a.example/", false },
        { RLC_CHANNEL_PORTAL, "javascript:alert(1)", false },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASES); i++) {
        if (address_valid(CASES[i].channel, rlc_span_of(CASES[i].address)) != CASES[i].valid)
            fail_msg("'%s'", CASES[i].address);
    }
}

static void a_zone_looks_like_its_name(void **state)
{
    (void)state;
    assert_true(zone_name_valid(rlc_span_of("America/Argentina/Buenos_Aires")));
    assert_true(zone_name_valid(rlc_span_of("Etc/GMT+5")));
    assert_false(zone_name_valid(rlc_span_of("../etc/passwd")));
    assert_false(zone_name_valid(rlc_span_of("Europe/Paris ")));
    assert_false(zone_name_valid(rlc_span_of("")));
}

/* ---- sources ---- */

static void a_source_is_a_topic_with_options(void **state)
{
    struct source source;

    (void)state;
    assert_null(source_parse("  bank.feed  tenant=acme live=yes start=42 ", &source));
    assert_string_equal(source.topic, "bank.feed");
    assert_string_equal(source.tenant, "acme");
    assert_int_equal(source.start, 42);
    assert_true(source.live);
    assert_null(source_parse("billing", &source));
    assert_string_equal(source.tenant, "");
    assert_int_equal(source.start, RLC_OFFSET_NONE);
    assert_false(source.live);
    assert_null(source_parse("billing start=earliest", &source));
    assert_int_equal(source.start, RLC_OFFSET_BEGIN);
}

static void a_source_that_cannot_be_read_is_refused(void **state)
{
    static const char *const WRONG[] = { "",
                                         "  ",
                                         "a/b",
                                         "a tenant=ACME",
                                         "a tenant=",
                                         "a start=latest",
                                         "a start=-1",
                                         "a start=1.5",
                                         "a live=true",
                                         "a colour=green",
                                         "a live=yes b" };
    struct source source;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(WRONG); i++)
        assert_non_null(source_parse(WRONG[i], &source));
}

/* ---- keys ---- */

static void a_subject_has_one_key_however_often_it_is_named(void **state)
{
    enum { SUBJECTS = 1000 };
    static char name[SUBJECTS][16];
    struct rlc_keyring *keyring = rlc_keyring_memory_new(1);
    struct shelf *shelf = shelf_new(keyring, SUBJECTS);
    struct rlc_span acme = rlc_span_of("acme");
    struct rlc_error error;

    (void)state;
    assert_true(keyring && shelf);
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < SUBJECTS; i++) {
            (void)snprintf(name[i], sizeof(name[i]), "s%zu", i);
            assert_int_equal(shelf_want(shelf, acme, rlc_span_of(name[i])), i);
        }
    }
    assert_int_equal(shelf_open(shelf, &error), RLC_OK);
    assert_int_equal(rlc_keyring_memory_count(keyring), SUBJECTS);
    assert_ptr_equal(shelf_find(shelf, acme, rlc_span_of("s7")), shelf_key(shelf, 7));
    assert_null(shelf_find(shelf, rlc_span_of("globex"), rlc_span_of("s7")));
    shelf_free(shelf);
    keyring->ops->close(keyring);
}

static void keys_are_overwritten_when_the_next_batch_begins(void **state)
{
    static const struct rlc_seal_key NOTHING;
    struct rlc_keyring *keyring = rlc_keyring_memory_new(1);
    struct shelf *shelf = shelf_new(keyring, 4);
    const struct rlc_data_key *key;
    struct rlc_error error;

    (void)state;
    (void)shelf_want(shelf, rlc_span_of("acme"), rlc_span_of("s"));
    assert_int_equal(shelf_open(shelf, &error), RLC_OK);
    key = shelf_key(shelf, 0);
    assert_memory_not_equal(&key->key, &NOTHING, sizeof(NOTHING));
    shelf_begin(shelf);
    assert_memory_equal(&key->key, &NOTHING, sizeof(NOTHING));
    assert_null(shelf_find(shelf, rlc_span_of("acme"), rlc_span_of("s")));
    shelf_free(shelf);
    keyring->ops->close(keyring);
}

/* A keyring that knows no tenant. */
static enum rlc_status open_nothing(struct rlc_keyring *keyring, const struct rlc_key_want *wants,
                                    size_t count, bool create_missing,
                                    struct rlc_data_key *ret_keys, struct rlc_error *reterr)
{
    (void)keyring;
    (void)wants;
    (void)create_missing;
    (void)reterr;
    for (size_t i = 0; i < count; i++)
        ret_keys[i] = (struct rlc_data_key){ .state = RLC_KEY_NO_TENANT };
    return RLC_OK;
}

static void a_missing_tenant_key_is_waited_for_and_named(void **state)
{
    static const struct rlc_keyring_ops OPS = { .open = open_nothing };
    struct rlc_keyring keyring = { &OPS };
    struct shelf *shelf = shelf_new(&keyring, 4);
    struct rlc_error error;

    (void)state;
    (void)shelf_want(shelf, rlc_span_of("acme"), rlc_span_of("s"));
    assert_int_equal(shelf_open(shelf, &error), RLC_RETRY);
    assert_non_null(strstr(error.text, "tenant 'acme' is missing"));
    shelf_free(shelf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(depth_and_number_of_values_are_bounded),
        cmocka_unit_test(an_offset_lies_in_a_place),
        cmocka_unit_test(addresses_are_checked_by_their_channel),
        cmocka_unit_test(a_zone_looks_like_its_name),
        cmocka_unit_test(a_source_is_a_topic_with_options),
        cmocka_unit_test(a_source_that_cannot_be_read_is_refused),
        cmocka_unit_test(a_subject_has_one_key_however_often_it_is_named),
        cmocka_unit_test(keys_are_overwritten_when_the_next_batch_begins),
        cmocka_unit_test(a_missing_tenant_key_is_waited_for_and_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
