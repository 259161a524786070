/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/key.h"

#include "tests/support/check.h"
#include "tests/support/death.h"

static uint8_t memory[1024];

static struct rlc_arena fresh_arena(void)
{
    struct rlc_arena arena;

    rlc_arena_init(&arena, memory, sizeof(memory));
    return arena;
}

static void assert_span(struct rlc_span span, const char *text)
{
    assert_true(rlc_span_equal(span, rlc_span_of(text)));
}

static void a_partition_key_names_tenant_and_debtor(void **state)
{
    struct rlc_arena arena = fresh_arena();
    struct rlc_span tenant;
    struct rlc_span debtor;
    struct rlc_span key = rlc_key_of_debtor(&arena, rlc_span_of("acme"), rlc_span_of("FR/00 12"));

    (void)state;
    assert_span(key, "acme/FR/00 12");
    assert_true(rlc_key_split_debtor(key, &tenant, &debtor));
    assert_span(tenant, "acme");
    assert_span(debtor, "FR/00 12");
}

static void half_a_partition_key_is_none(void **state)
{
    static const char *const refused[] = { "", "/", "acme", "acme/", "/42" };
    struct rlc_span tenant;
    struct rlc_span debtor;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(refused); i++)
        assert_false(rlc_key_split_debtor(rlc_span_of(refused[i]), &tenant, &debtor));
}

static const struct {
    const char *text;
    char kind;
    size_t count;
    const char *part[RLC_KEY_PARTS_MAX];
    const char *debtor; /* NULL: a key that belongs to no debtor */
} KEYS[] = {
    { "d|acme/42", 'd', 1, { "acme/42" }, "acme/42" },
    { "a|acme/42|FR01", 'a', 2, { "acme/42", "FR01" }, "acme/42" },
    { "o|acme/42|FR01|17", 'o', 3, { "acme/42", "FR01", "17" }, "acme/42" },
    { "r|acme/42|FR01|INV 7/2", 'r', 3, { "acme/42", "FR01", "INV 7/2" }, "acme/42" },
    { "p|acme/42|bank:9|x|y", 'p', 4, { "acme/42", "bank:9", "x", "y" }, "acme/42" },
    { "k|acme/42|call|3|y", 'k', 4, { "acme/42", "call", "3", "y" }, "acme/42" },
    { "s|acme", 's', 1, { "acme" }, NULL },
    { "z|9", 'z', 1, { "9" }, NULL },
};

static void a_state_key_is_built_from_its_parts_and_taken_apart_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(KEYS); i++) {
        struct rlc_arena arena = fresh_arena();
        struct rlc_span part[RLC_KEY_PARTS_MAX];
        struct rlc_key parsed;

        for (size_t p = 0; p < KEYS[i].count; p++)
            part[p] = rlc_span_of(KEYS[i].part[p]);
        assert_span(rlc_key_build(&arena, KEYS[i].kind, part, KEYS[i].count), KEYS[i].text);

        assert_true(rlc_key_parse(rlc_span_of(KEYS[i].text), &parsed));
        assert_int_equal(parsed.kind, KEYS[i].kind);
        assert_int_equal(parsed.count, KEYS[i].count);
        for (size_t p = 0; p < KEYS[i].count; p++)
            assert_span(parsed.part[p], KEYS[i].part[p]);
    }
}

static void a_state_key_says_which_debtor_it_belongs_to(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(KEYS); i++) {
        struct rlc_span debtor = rlc_key_debtor(rlc_span_of(KEYS[i].text));

        if (KEYS[i].debtor)
            assert_span(debtor, KEYS[i].debtor);
        else
            assert_int_equal(debtor.size, 0);
    }
}

static void what_is_no_state_key_is_refused(void **state)
{
    static const char *const refused[] = {
        "",           "d",       "d|",   "|acme/42",      "D|acme/42", "dx|acme/42",
        "d|acme/42|", "a||FR01", "ckpt", "p|a/b|1|2|3|4", "1|a/b",
    };
    struct rlc_key parsed = { .kind = '?' };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(refused); i++) {
        assert_false(rlc_key_parse(rlc_span_of(refused[i]), &parsed));
        assert_null(rlc_key_debtor(rlc_span_of(refused[i])).data);
    }
    assert_int_equal(parsed.kind, '?');
}

static void build_with_a_separator_inside(void)
{
    struct rlc_arena arena = fresh_arena();
    struct rlc_span part[] = { rlc_span_of("acme/42"), rlc_span_of("FR01|INV1") };

    (void)rlc_key_build(&arena, 'a', part, RLC_COUNT(part));
}

static void build_with_an_empty_part(void)
{
    struct rlc_arena arena = fresh_arena();
    struct rlc_span part[] = { rlc_span_of("acme/42"), { NULL, 0 } };

    (void)rlc_key_build(&arena, 'a', part, RLC_COUNT(part));
}

static void build_with_a_slash_in_the_tenant(void)
{
    struct rlc_arena arena = fresh_arena();

    (void)rlc_key_of_debtor(&arena, rlc_span_of("ac/me"), rlc_span_of("42"));
}

static void a_key_that_could_be_read_in_two_ways_stops_the_worker(void **state)
{
    (void)state;
    assert_aborts(build_with_a_separator_inside);
    assert_aborts(build_with_an_empty_part);
    assert_aborts(build_with_a_slash_in_the_tenant);
}

static void numbers_in_keys_have_no_leading_zeros(void **state)
{
    struct rlc_arena arena = fresh_arena();

    (void)state;
    assert_span(rlc_key_u64(&arena, 0), "0");
    assert_span(rlc_key_u64(&arena, 320), "320");
    assert_span(rlc_key_u64(&arena, UINT64_MAX), "18446744073709551615");
}

static void a_full_arena_gives_no_key(void **state)
{
    struct rlc_arena arena = fresh_arena();
    struct rlc_span part = rlc_span_of("acme/42");

    (void)state;
    rlc_arena_cap(&arena, 4);
    assert_null(rlc_key_build(&arena, 'd', &part, 1).data);
    assert_null(rlc_key_of_debtor(&arena, rlc_span_of("acme"), rlc_span_of("42")).data);
    assert_null(rlc_key_u64(&arena, 12345).data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_partition_key_names_tenant_and_debtor),
        cmocka_unit_test(half_a_partition_key_is_none),
        cmocka_unit_test(a_state_key_is_built_from_its_parts_and_taken_apart_again),
        cmocka_unit_test(a_state_key_says_which_debtor_it_belongs_to),
        cmocka_unit_test(what_is_no_state_key_is_refused),
        cmocka_unit_test(a_key_that_could_be_read_in_two_ways_stops_the_worker),
        cmocka_unit_test(numbers_in_keys_have_no_leading_zeros),
        cmocka_unit_test(a_full_arena_gives_no_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
