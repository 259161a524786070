/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/seal.h"

#include "tests/support/check.h"

static uint8_t memory[1 << 16];

static struct rlc_arena fresh_arena(void)
{
    struct rlc_arena arena;

    rlc_arena_init(&arena, memory, sizeof(memory));
    return arena;
}

static struct rlc_seal_key key_of(uint8_t first)
{
    struct rlc_seal_key key;

    for (size_t i = 0; i < sizeof(key.bytes); i++)
        key.bytes[i] = (uint8_t)(first + i);
    return key;
}

static const char NAME[] = "Dupont & Fils, 3 rue des Lilas";

static struct rlc_span sealed_name(struct rlc_arena *arena, const char *tenant, const char *key_id)
{
    struct rlc_seal_key key = key_of(1);

    return rlc_seal(&key, rlc_span_of(tenant), rlc_span_of(key_id), rlc_span_of(NAME), arena);
}

static void what_was_sealed_opens_again(void **state)
{
    struct rlc_arena arena = fresh_arena();
    struct rlc_seal_key key = key_of(1);
    struct rlc_span sealed = sealed_name(&arena, "acme", "k1");
    struct rlc_span plain;

    (void)state;
    assert_int_equal(
        rlc_unseal(&key, rlc_span_of("acme"), rlc_span_of("k1"), sealed, &arena, &plain), RLC_OK);

    assert_int_equal(sealed.size, sizeof(NAME) - 1 + RLC_SEAL_TAG_SIZE);
    assert_true(rlc_span_equal(plain, rlc_span_of(NAME)));
}

static void the_same_value_gives_the_same_bytes(void **state)
{
    struct rlc_arena arena = fresh_arena();

    (void)state;
    assert_true(
        rlc_span_equal(sealed_name(&arena, "acme", "k1"), sealed_name(&arena, "acme", "k1")));
    assert_false(
        rlc_span_equal(sealed_name(&arena, "acme", "k1"), sealed_name(&arena, "acme", "k2")));
}

static void another_tenant_key_id_or_key_does_not_open_it(void **state)
{
    struct rlc_arena arena = fresh_arena();
    struct rlc_span sealed = sealed_name(&arena, "acme", "k1");
    struct rlc_seal_key right = key_of(1);
    struct rlc_seal_key wrong = key_of(2);
    struct rlc_span plain;

    (void)state;
    assert_int_equal(
        rlc_unseal(&right, rlc_span_of("bcme"), rlc_span_of("k1"), sealed, &arena, &plain),
        RLC_REJECT);
    assert_int_equal(
        rlc_unseal(&right, rlc_span_of("acme"), rlc_span_of("k2"), sealed, &arena, &plain),
        RLC_REJECT);
    assert_int_equal(
        rlc_unseal(&wrong, rlc_span_of("acme"), rlc_span_of("k1"), sealed, &arena, &plain),
        RLC_REJECT);
    assert_null(plain.data);
}

static void any_changed_byte_is_noticed(void **state)
{
    struct rlc_arena arena = fresh_arena();
    struct rlc_seal_key key = key_of(1);
    struct rlc_span sealed = sealed_name(&arena, "acme", "k1");
    uint8_t copy[128];
    struct rlc_span plain;

    (void)state;
    assert_true(sealed.size <= sizeof(copy));
    for (size_t i = 0; i < sealed.size; i++) {
        memcpy(copy, sealed.data, sealed.size);
        copy[i] ^= 1;
        assert_int_equal(rlc_unseal(&key, rlc_span_of("acme"), rlc_span_of("k1"),
                                    rlc_span_from(copy, sealed.size), &arena, &plain),
                         RLC_REJECT);
    }
}

static void a_cut_value_is_refused(void **state)
{
    struct rlc_arena arena = fresh_arena();
    struct rlc_seal_key key = key_of(1);
    struct rlc_span sealed = sealed_name(&arena, "acme", "k1");
    struct rlc_span plain;

    (void)state;
    for (size_t size = 1; size < sealed.size; size++) {
        assert_int_equal(rlc_unseal(&key, rlc_span_of("acme"), rlc_span_of("k1"),
                                    rlc_span_from(sealed.data, size), &arena, &plain),
                         RLC_REJECT);
    }
}

static void nothing_stays_nothing(void **state)
{
    struct rlc_arena arena = fresh_arena();
    struct rlc_seal_key key = key_of(1);
    struct rlc_span empty = { NULL, 0 };
    struct rlc_span plain;

    (void)state;
    assert_int_equal(rlc_seal(&key, rlc_span_of("acme"), rlc_span_of("k1"), empty, &arena).size, 0);
    assert_int_equal(
        rlc_unseal(&key, rlc_span_of("acme"), rlc_span_of("k1"), empty, &arena, &plain), RLC_OK);
}

static void new_keys_differ(void **state)
{
    struct rlc_seal_key a;
    struct rlc_seal_key b;

    (void)state;
    assert_int_equal(rlc_seal_key_new(&a), RLC_OK);
    assert_int_equal(rlc_seal_key_new(&b), RLC_OK);
    assert_memory_not_equal(a.bytes, b.bytes, sizeof(a.bytes));
    rlc_seal_key_forget(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sealed_opens_again),
        cmocka_unit_test(the_same_value_gives_the_same_bytes),
        cmocka_unit_test(another_tenant_key_id_or_key_does_not_open_it),
        cmocka_unit_test(any_changed_byte_is_noticed),
        cmocka_unit_test(a_cut_value_is_refused),
        cmocka_unit_test(nothing_stays_nothing),
        cmocka_unit_test(new_keys_differ),
    };

    return cmocka_run_group_tests_name("seal", tests, NULL, NULL);
}
