/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/overlay.h"

#include <stdio.h>

#include "tests/support/check.h"

static uint8_t memory[1 << 18];

struct number {
    int64_t value;
};

static struct rlc_span span(const char *text)
{
    return rlc_span_of(text);
}

static void open_overlay(struct rlc_overlay *overlay, struct rlc_arena *arena)
{
    rlc_arena_init(arena, memory, sizeof(memory));
    assert_true(rlc_overlay_init(overlay, arena, 2));
}

static void find_number(struct rlc_overlay *overlay, const char *key, struct number *number)
{
    assert_false(rlc_overlay_want(overlay, span(key)));
    rlc_overlay_found(overlay, rlc_overlay_find(overlay, span(key)), span("bytes"), number);
}

static void a_key_is_wanted_until_it_is_read(void **state)
{
    struct rlc_arena arena;
    struct rlc_overlay overlay;
    struct number number = { 7 };

    (void)state;
    open_overlay(&overlay, &arena);
    assert_false(rlc_overlay_want(&overlay, span("d|a/1")));
    assert_false(rlc_overlay_want(&overlay, span("d|a/1")));
    assert_int_equal(overlay.wanted, 1);
    rlc_overlay_found(&overlay, rlc_overlay_find(&overlay, span("d|a/1")), span("x"), &number);

    assert_true(rlc_overlay_want(&overlay, span("d|a/1")));
    assert_int_equal(overlay.wanted, 0);
    assert_ptr_equal(rlc_overlay_get(&overlay, span("d|a/1")), &number);
}

static void an_absent_record_is_known_and_null(void **state)
{
    struct rlc_arena arena;
    struct rlc_overlay overlay;

    (void)state;
    open_overlay(&overlay, &arena);
    find_number(&overlay, "d|a/1", NULL);

    assert_true(rlc_overlay_want(&overlay, span("d|a/1")));
    assert_null(rlc_overlay_get(&overlay, span("d|a/1")));
    assert_null(rlc_overlay_change(&overlay, span("d|a/1")));
    assert_false(rlc_overlay_find(&overlay, span("d|a/1"))->dirty);
}

static void only_what_changes_is_dirty(void **state)
{
    struct rlc_arena arena;
    struct rlc_overlay overlay;
    struct number number = { 7 };

    (void)state;
    open_overlay(&overlay, &arena);
    find_number(&overlay, "d|a/1", &number);
    (void)rlc_overlay_get(&overlay, span("d|a/1"));
    assert_false(rlc_overlay_find(&overlay, span("d|a/1"))->dirty);

    (void)rlc_overlay_change(&overlay, span("d|a/1"));
    assert_true(rlc_overlay_find(&overlay, span("d|a/1"))->dirty);
}

static void a_new_record_needs_no_reading(void **state)
{
    struct rlc_arena arena;
    struct rlc_overlay overlay;
    struct number *number;

    (void)state;
    open_overlay(&overlay, &arena);
    number = rlc_overlay_put(&overlay, span("r|a/1|c|7"), sizeof(*number));

    assert_int_equal(number->value, 0);
    assert_true(rlc_overlay_want(&overlay, span("r|a/1|c|7")));
    assert_int_equal(overlay.wanted, 0);
    assert_true(rlc_overlay_find(&overlay, span("r|a/1|c|7"))->dirty);
}

static void the_second_event_sees_the_deletion_of_the_first(void **state)
{
    struct rlc_arena arena;
    struct rlc_overlay overlay;
    struct number number = { 7 };

    (void)state;
    open_overlay(&overlay, &arena);
    find_number(&overlay, "d|a/1", &number);
    rlc_overlay_delete(&overlay, span("d|a/1"));

    assert_null(rlc_overlay_get(&overlay, span("d|a/1")));
    assert_true(rlc_overlay_find(&overlay, span("d|a/1"))->dirty);
    assert_int_equal(rlc_overlay_find(&overlay, span("d|a/1"))->state, RLC_SLOT_ABSENT);
}

static void deleting_what_is_not_there_writes_nothing(void **state)
{
    struct rlc_arena arena;
    struct rlc_overlay overlay;

    (void)state;
    open_overlay(&overlay, &arena);
    find_number(&overlay, "d|a/1", NULL);
    rlc_overlay_delete(&overlay, span("d|a/1"));

    assert_false(rlc_overlay_find(&overlay, span("d|a/1"))->dirty);
}

static void slots_keep_the_order_in_which_they_were_named(void **state)
{
    static const char *const KEYS[] = { "d|z", "d|a", "d|m", "d|b", "d|y", "d|c", "d|x" };
    struct rlc_arena arena;
    struct rlc_overlay overlay;
    size_t i = 0;

    (void)state;
    open_overlay(&overlay, &arena);
    for (size_t k = 0; k < sizeof(KEYS) / sizeof(KEYS[0]); k++)
        (void)rlc_overlay_want(&overlay, span(KEYS[k]));
    (void)rlc_overlay_want(&overlay, span("d|m"));

    assert_int_equal(overlay.count, 7);
    for (struct rlc_slot *slot = overlay.first; slot; slot = slot->next, i++)
        assert_true(rlc_span_equal(slot->key, span(KEYS[i])));
}

/* Four buckets to begin with. */
static void a_thousand_records_are_all_found_and_no_bucket_is_long(void **state)
{
    struct rlc_arena arena;
    struct rlc_overlay overlay;
    size_t longest = 0;
    char key[16];

    (void)state;
    open_overlay(&overlay, &arena);
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(key, sizeof(key), "d|%d", i);
        assert_false(rlc_overlay_want(&overlay, span(key)));
    }

    for (int i = 0; i < 1000; i++) {
        size_t steps = 0;

        (void)snprintf(key, sizeof(key), "d|%d", i);
        assert_non_null(rlc_overlay_find(&overlay, span(key)));
        for (const struct rlc_slot *slot = overlay.bucket[(uint32_t)i & overlay.bucket_mask]; slot;
             slot = slot->next_in_bucket)
            steps++;
        longest = steps > longest ? steps : longest;
    }
    assert_int_equal(overlay.count, 1000);
    assert_true(longest < 10);
}

/* There is room for a fifth record, and not for eight buckets. */
static void without_room_to_grow_everything_is_still_found(void **state)
{
    static const char *const KEYS[] = { "d|a", "d|b", "d|c", "d|d", "d|e" };
    struct rlc_arena arena;
    struct rlc_overlay overlay;

    (void)state;
    open_overlay(&overlay, &arena);
    for (size_t i = 0; i < 4; i++)
        (void)rlc_overlay_want(&overlay, span(KEYS[i]));
    rlc_arena_cap(&arena, sizeof(struct rlc_slot) + 32);
    (void)rlc_overlay_want(&overlay, span(KEYS[4]));

    assert_false(overlay.full);
    assert_int_equal(overlay.bucket_mask, 3);
    for (size_t i = 0; i < 5; i++)
        assert_non_null(rlc_overlay_find(&overlay, span(KEYS[i])));
}

static size_t length_of(const struct rlc_slot_chain *chain)
{
    size_t length = 0;

    for (const struct rlc_slot *slot = chain->first; slot; slot = slot->next_in_chain)
        length++;
    return length;
}

static void a_chain_lists_what_was_first_named_while_it_was_looked_at(void **state)
{
    struct rlc_slot_chain first = { .first = NULL };
    struct rlc_slot_chain second = { .first = NULL };
    struct rlc_arena arena;
    struct rlc_overlay overlay;

    (void)state;
    open_overlay(&overlay, &arena);
    overlay.chain = &first;
    (void)rlc_overlay_want(&overlay, span("d|z"));
    overlay.chain = &second;
    (void)rlc_overlay_want(&overlay, span("d|m"));
    (void)rlc_overlay_want(&overlay, span("d|z"));
    overlay.chain = &first;
    (void)rlc_overlay_put(&overlay, span("d|a"), 8);
    (void)rlc_overlay_want(&overlay, span("d|b"));

    assert_int_equal(length_of(&first), 3);
    assert_true(rlc_span_equal(first.first->key, span("d|z")));
    assert_true(rlc_span_equal(first.first->next_in_chain->key, span("d|a")));
    assert_ptr_equal(first.first->next_in_chain->next_in_chain, first.last);
    assert_true(rlc_span_equal(first.last->key, span("d|b")));
    assert_int_equal(length_of(&second), 1);
    assert_true(rlc_span_equal(second.first->key, span("d|m")));
}

static void one_key_in_two_partitions_is_two_records(void **state)
{
    struct rlc_arena arena;
    struct rlc_overlay overlay;
    struct number three = { 3 };

    (void)state;
    open_overlay(&overlay, &arena);
    overlay.partition = 3;
    find_number(&overlay, "s|a", &three);
    overlay.partition = 4;

    assert_false(rlc_overlay_want(&overlay, span("s|a")));
    assert_int_equal(rlc_overlay_find(&overlay, span("s|a"))->partition, 4);
    overlay.partition = 3;
    assert_ptr_equal(rlc_overlay_get(&overlay, span("s|a")), &three);
    assert_int_equal(rlc_overlay_find(&overlay, span("s|a"))->partition, 3);
}

static void what_has_to_be_read_is_counted(void **state)
{
    struct rlc_arena arena;
    struct rlc_overlay overlay;
    struct number three = { 3 };

    (void)state;
    open_overlay(&overlay, &arena);
    (void)rlc_overlay_want(&overlay, span("d|a"));
    (void)rlc_overlay_want(&overlay, span("d|a"));
    assert_int_equal(overlay.missed, 2);
    find_number(&overlay, "d|b", &three);
    assert_int_equal(overlay.missed, 3);
    (void)rlc_overlay_want(&overlay, span("d|b"));
    assert_int_equal(overlay.missed, 3);
}

/* A record of subject 1, one of subject 2, and one that both have named. */
static void open_two_subjects(struct rlc_overlay *overlay, struct rlc_arena *arena)
{
    static struct number number = { 3 };

    open_overlay(overlay, arena);
    for (overlay->subject = 1; overlay->subject <= 2; overlay->subject++) {
        if (overlay->subject == 1)
            find_number(overlay, "s|both", &number);
        (void)rlc_overlay_want(overlay, span("s|both"));
        find_number(overlay, overlay->subject == 1 ? "d|1" : "d|2", &number);
    }
    overlay->subject = 2;
}

static void a_change_of_its_own_record_disturbs_nobody(void **state)
{
    struct rlc_arena arena;
    struct rlc_overlay overlay;

    (void)state;
    open_two_subjects(&overlay, &arena);
    (void)rlc_overlay_change(&overlay, span("d|2"));
    (void)rlc_overlay_put(&overlay, span("d|2|new"), sizeof(struct number));
    rlc_overlay_delete(&overlay, span("d|2"));
    assert_false(overlay.disturbed);
}

static void a_change_of_what_another_subject_named_disturbs(void **state)
{
    static const char *const KEYS[] = { "d|1", "s|both" };

    (void)state;
    for (size_t i = 0; i < sizeof(KEYS) / sizeof(KEYS[0]); i++) {
        for (int act = 0; act < 3; act++) {
            struct rlc_arena arena;
            struct rlc_overlay overlay;

            open_two_subjects(&overlay, &arena);
            if (act == 0)
                (void)rlc_overlay_change(&overlay, span(KEYS[i]));
            else if (act == 1)
                (void)rlc_overlay_put(&overlay, span(KEYS[i]), sizeof(struct number));
            else
                rlc_overlay_delete(&overlay, span(KEYS[i]));
            assert_true(overlay.disturbed);
        }
    }
}

static void a_full_arena_is_told_and_wants_nothing(void **state)
{
    uint8_t little[256];
    struct rlc_arena arena;
    struct rlc_overlay overlay;

    (void)state;
    rlc_arena_init(&arena, little, sizeof(little));
    assert_true(rlc_overlay_init(&overlay, &arena, 2));
    (void)rlc_overlay_want(&overlay, span("d|a"));
    (void)rlc_overlay_want(&overlay, span("d|b"));
    (void)rlc_overlay_want(&overlay, span("d|c"));

    assert_true(overlay.full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_wanted_until_it_is_read),
        cmocka_unit_test(an_absent_record_is_known_and_null),
        cmocka_unit_test(only_what_changes_is_dirty),
        cmocka_unit_test(a_new_record_needs_no_reading),
        cmocka_unit_test(the_second_event_sees_the_deletion_of_the_first),
        cmocka_unit_test(deleting_what_is_not_there_writes_nothing),
        cmocka_unit_test(slots_keep_the_order_in_which_they_were_named),
        cmocka_unit_test(a_thousand_records_are_all_found_and_no_bucket_is_long),
        cmocka_unit_test(without_room_to_grow_everything_is_still_found),
        cmocka_unit_test(a_chain_lists_what_was_first_named_while_it_was_looked_at),
        cmocka_unit_test(one_key_in_two_partitions_is_two_records),
        cmocka_unit_test(what_has_to_be_read_is_counted),
        cmocka_unit_test(a_change_of_its_own_record_disturbs_nobody),
        cmocka_unit_test(a_change_of_what_another_subject_named_disturbs),
        cmocka_unit_test(a_full_arena_is_told_and_wants_nothing),
    };

    return cmocka_run_group_tests_name("overlay", tests, NULL, NULL);
}
