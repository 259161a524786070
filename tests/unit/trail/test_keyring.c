/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/keyring.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/memory/keyring_memory.h"
#include "tests/support/check.h"

static struct rlc_key_want want(const char *tenant, const char *subject)
{
    return (struct rlc_key_want){ rlc_span_of(tenant), rlc_span_of(subject) };
}

static bool all_zero(const struct rlc_seal_key *key)
{
    for (size_t i = 0; i < sizeof(key->bytes); i++) {
        if (key->bytes[i])
            return false;
    }
    return true;
}

/* ---- ids and wrapping ---- */

static void a_key_id_follows_from_tenant_and_subject(void **state)
{
    char id[RLC_KEY_ID_SIZE + 1], other[RLC_KEY_ID_SIZE + 1];

    (void)state;
    rlc_data_key_id(rlc_span_of("acme"), rlc_span_of("D1"), id);
    assert_string_equal(id, "6b2e5fc61c59778915be0049f912bcb9");
    rlc_data_key_id(rlc_span_of("acm"), rlc_span_of("eD1"), other);
    assert_string_not_equal(id, other);
}

static void a_wrapped_key_opens_with_its_tenants_key_only(void **state)
{
    _Alignas(16) uint8_t memory[1024];
    struct rlc_arena arena;
    struct rlc_seal_key tenant_key, other_key;
    struct rlc_data_key key = { 0 }, opened = { 0 };
    struct rlc_span wrapped;

    (void)state;
    rlc_arena_init(&arena, memory, sizeof(memory));
    assert_int_equal(rlc_seal_key_new(&tenant_key), RLC_OK);
    assert_int_equal(rlc_seal_key_new(&other_key), RLC_OK);
    assert_int_equal(rlc_seal_key_new(&key.key), RLC_OK);
    rlc_data_key_id(rlc_span_of("acme"), rlc_span_of("D1"), key.id);
    memcpy(opened.id, key.id, sizeof(key.id));
    wrapped = rlc_data_key_wrap(&tenant_key, rlc_span_of("acme"), &key, &arena);
    assert_int_equal(wrapped.size, RLC_WRAPPED_KEY_SIZE);

    rlc_data_key_unwrap(&other_key, rlc_span_of("acme"), wrapped, &opened);
    assert_int_equal(opened.state, RLC_KEY_UNREADABLE);
    assert_true(all_zero(&opened.key));
    rlc_data_key_unwrap(&tenant_key, rlc_span_of("other"), wrapped, &opened);
    assert_int_equal(opened.state, RLC_KEY_UNREADABLE);
    rlc_data_key_unwrap(&tenant_key, rlc_span_of("acme"), rlc_span_of("short"), &opened);
    assert_int_equal(opened.state, RLC_KEY_UNREADABLE);
    rlc_data_key_unwrap(&tenant_key, rlc_span_of("acme"), wrapped, &opened);
    assert_int_equal(opened.state, RLC_KEY_OPEN);
    assert_memory_equal(opened.key.bytes, key.key.bytes, RLC_SEAL_KEY_SIZE);
}

/* ---- tenants' keys in files ---- */

struct folder {
    char path[64];
    char file[128];
};

static int make_folder(void **state)
{
    static struct folder folder;

    (void)snprintf(folder.path, sizeof(folder.path), "/tmp/rlc_keyring_XXXXXX");
    if (!mkdtemp(folder.path))
        return -1;
    (void)snprintf(folder.file, sizeof(folder.file), "%s/acme.key", folder.path);
    *state = &folder;
    return 0;
}

static int remove_folder(void **state)
{
    struct folder *folder = *state;

    (void)unlink(folder->file);
    return rmdir(folder->path);
}

static void write_key(const struct folder *folder, const char *text, mode_t mode)
{
    int file = open(folder->file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(file, mode), 0);
    (void)close(file);
}

#define SIXTEEN    "000102030405060708090a0b0c0d0e0f"
#define KEY_DIGITS SIXTEEN SIXTEEN SIXTEEN "f0F1f2f3f4f5f6f7f8f9fafbfcfdfeff"

static void a_tenants_key_is_read_from_its_file(void **state)
{
    static const char *const GOOD[] = { KEY_DIGITS, KEY_DIGITS "\n", "  " KEY_DIGITS " \r\n" };

    for (size_t i = 0; i < RLC_COUNT(GOOD); i++) {
        struct rlc_seal_key key = { { 0 } };
        struct rlc_error error;

        write_key(*state, GOOD[i], 0640);
        assert_int_equal(
            rlc_tenant_key_read(((struct folder *)*state)->path, rlc_span_of("acme"), &key, &error),
            RLC_OK);
        assert_int_equal(key.bytes[1], 0x01);
        assert_int_equal(key.bytes[63], 0xff);
        assert_int_equal(key.bytes[49], 0xf1);
    }
}

static void a_file_that_is_no_key_is_refused_without_showing_it(void **state)
{
    static const struct {
        const char *text;
        mode_t mode;
        const char *why;
    } CASES[] = {
        { "", 0600, "does not hold 128" },
        { "secret", 0600, "does not hold 128" },
        { KEY_DIGITS "00", 0600, "does not hold 128" },
        { KEY_DIGITS "\n" KEY_DIGITS "\n" KEY_DIGITS, 0600, "does not hold 128" },
        { SIXTEEN SIXTEEN SIXTEEN "zz0102030405060708090a0b0c0d0e0f", 0600, "does not hold 128" },
        { KEY_DIGITS, 0644, "read by everybody" },
    };

    for (size_t i = 0; i < RLC_COUNT(CASES); i++) {
        struct rlc_seal_key key = { { 0 } };
        struct rlc_error error;

        write_key(*state, CASES[i].text, CASES[i].mode);
        assert_int_equal(
            rlc_tenant_key_read(((struct folder *)*state)->path, rlc_span_of("acme"), &key, &error),
            RLC_FATAL);
        assert_non_null(strstr(error.text, CASES[i].why));
        assert_non_null(strstr(error.text, "acme.key"));
        assert_null(strstr(error.text, "secret"));
        assert_null(strstr(error.text, "0102"));
        assert_true(all_zero(&key));
    }
}

static void a_tenant_without_a_file_is_told_apart_from_a_bad_file(void **state)
{
    static const char *const NAMES[] = { "nobody", "..", ".hidden", "a/b", "" };

    for (size_t i = 0; i < RLC_COUNT(NAMES); i++) {
        struct rlc_seal_key key;
        struct rlc_error error;

        assert_int_equal(rlc_tenant_key_read(((struct folder *)*state)->path, rlc_span_of(NAMES[i]),
                                             &key, &error),
                         RLC_REJECT);
    }
}

/* ---- the keyring in memory ---- */

static void the_same_seed_gives_the_same_keys(void **state)
{
    struct rlc_keyring *one = rlc_keyring_memory_new(1);
    struct rlc_keyring *same = rlc_keyring_memory_new(1);
    struct rlc_keyring *other = rlc_keyring_memory_new(2);
    struct rlc_key_want wants[] = { want("acme", "D1"), want("acme", "D2"), want("acme", "D1") };
    struct rlc_data_key a[3], b[3], c[3];
    struct rlc_error error;

    (void)state;
    assert_int_equal(one->ops->open(one, wants, 3, true, a, &error), RLC_OK);
    assert_int_equal(same->ops->open(same, wants, 3, true, b, &error), RLC_OK);
    assert_int_equal(other->ops->open(other, wants, 3, true, c, &error), RLC_OK);
    assert_int_equal(a[0].state, RLC_KEY_OPEN);
    assert_memory_equal(a, b, sizeof(a));
    assert_memory_not_equal(a[0].key.bytes, c[0].key.bytes, RLC_SEAL_KEY_SIZE);
    assert_memory_not_equal(a[0].key.bytes, a[1].key.bytes, RLC_SEAL_KEY_SIZE);
    assert_memory_not_equal(a[0].key.bytes, a[0].key.bytes + 32, 32);
    assert_memory_equal(&a[0], &a[2], sizeof(a[0]));
    assert_int_equal(rlc_keyring_memory_count(one), 2);
    one->ops->close(one);
    same->ops->close(same);
    other->ops->close(other);
}

static void a_key_that_is_missing_is_created_only_when_asked_for(void **state)
{
    struct rlc_keyring *keyring = rlc_keyring_memory_new(1);
    struct rlc_key_want wants[] = { want("acme", "D1") };
    struct rlc_data_key key;
    struct rlc_error error;

    (void)state;
    assert_int_equal(keyring->ops->open(keyring, wants, 1, false, &key, &error), RLC_OK);
    assert_int_equal(key.state, RLC_KEY_MISSING);
    assert_true(all_zero(&key.key));
    assert_int_equal(keyring->ops->open(keyring, wants, 1, true, &key, &error), RLC_OK);
    assert_int_equal(key.state, RLC_KEY_OPEN);
    keyring->ops->close(keyring);
}

static void an_erased_key_never_comes_back(void **state)
{
    struct rlc_keyring *keyring = rlc_keyring_memory_new(1);
    struct rlc_key_want wants[] = { want("acme", "D1"), want("acme", "never-made") };
    struct rlc_data_key keys[2];
    struct rlc_error error;

    (void)state;
    assert_int_equal(keyring->ops->open(keyring, wants, 1, true, keys, &error), RLC_OK);
    assert_true(rlc_keyring_memory_erase(keyring, rlc_span_of("acme"), rlc_span_of("D1")));
    assert_true(rlc_keyring_memory_erase(keyring, rlc_span_of("acme"), rlc_span_of("never-made")));
    assert_int_equal(keyring->ops->open(keyring, wants, 2, true, keys, &error), RLC_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(keys[i].state, RLC_KEY_ERASED);
        assert_true(all_zero(&keys[i].key));
    }
    rlc_keyring_memory_set_away(keyring, true);
    assert_int_equal(keyring->ops->open(keyring, wants, 2, true, keys, &error), RLC_RETRY);
    keyring->ops->close(keyring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_id_follows_from_tenant_and_subject),
        cmocka_unit_test(a_wrapped_key_opens_with_its_tenants_key_only),
        cmocka_unit_test_setup_teardown(a_tenants_key_is_read_from_its_file, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_key_is_refused_without_showing_it,
                                        make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_tenant_without_a_file_is_told_apart_from_a_bad_file,
                                        make_folder, remove_folder),
        cmocka_unit_test(the_same_seed_gives_the_same_keys),
        cmocka_unit_test(a_key_that_is_missing_is_created_only_when_asked_for),
        cmocka_unit_test(an_erased_key_never_comes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
