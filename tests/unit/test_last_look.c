/* SPDX-License-Identifier: Apache-2.0 */
/* What a last look reads of scenario's records: the same numbers that scenario wrote, whatever else
 * stands beside them. */
#include "common/wire/last_look.h"

#include "core/store.h"
#include "state.h"

#include "tests/support/check.h"

enum { ROOM = 16384 };

struct bench {
    uint8_t memory[ROOM];
    struct rlc_arena arena;
};

static int open_bench(void **state)
{
    static struct bench bench;

    rlc_arena_init(&bench.arena, bench.memory, sizeof(bench.memory));
    *state = &bench;
    return 0;
}

static void the_epoch_of_a_debtor_is_the_one_that_scenario_wrote(void **state)
{
    struct bench *bench = *state;
    struct rlc_account_entry accounts[] = { { .creditor = rlc_span_of("ACME-FR"), .wake_ms = 12 } };
    struct rlc_debtor_record record = { .format = RECORD_FORMAT,
                                        .epoch = 7,
                                        .version = { .source = rlc_span_of("erp"), .revision = 3 },
                                        .zone = rlc_span_of("Europe/Paris"),
                                        .accounts = accounts,
                                        .account_count = 1,
                                        .wake_ms = 1700000000000 };
    struct store_key key;
    int64_t epoch;

    store_key_debtor(rlc_span_of("acme/C-1"), &key);
    assert_true(
        rlc_span_equal(rlc_epoch_key_debtor(&bench->arena, rlc_span_of("acme/C-1")), key.span));
    assert_true(rlc_epoch_read(scenario_state_encode(key.span, &record, &bench->arena),
                               &bench->arena, &epoch));
    assert_int_equal(epoch, 7);
}

static void the_epoch_of_an_account_is_the_one_that_scenario_wrote(void **state)
{
    struct bench *bench = *state;
    struct rlc_account_record record = { .format = RECORD_FORMAT,
                                         .epoch = 9,
                                         .terms = { .language = rlc_span_of("fr") } };
    struct store_key key;
    int64_t epoch;

    store_key_account(rlc_span_of("acme/C-1"), rlc_span_of("ACME-FR"), &key);
    assert_true(rlc_span_equal(
        rlc_epoch_key_account(&bench->arena, rlc_span_of("acme/C-1"), rlc_span_of("ACME-FR")),
        key.span));
    assert_true(rlc_epoch_read(scenario_state_encode(key.span, &record, &bench->arena),
                               &bench->arena, &epoch));
    assert_int_equal(epoch, 9);
}

static void the_revision_of_a_scope_is_the_one_that_scenario_wrote(void **state)
{
    struct bench *bench = *state;
    struct rlc_scope_record record = {
        .format = RECORD_FORMAT,
        .scope = { .revision = 4, .bundle_hash = { { 1, 2, 3 } }, .kill_switch = true },
        .bundle_revision = 2,
    };
    struct store_key key;
    int64_t revision;

    store_key_scope(rlc_span_of("acme"), &key);
    assert_true(rlc_span_equal(rlc_revision_key(&bench->arena, rlc_span_of("acme")), key.span));
    assert_true(rlc_revision_read(scenario_state_encode(key.span, &record, &bench->arena),
                                  &bench->arena, &revision));
    assert_int_equal(revision, 4);
}

/* A later scenario may write another format: what it means then nobody here knows. */
static void a_record_of_another_format_is_not_read(void **state)
{
    struct bench *bench = *state;
    struct rlc_debtor_record record = { .format = RECORD_FORMAT + 1, .epoch = 7 };
    struct store_key key;
    int64_t epoch = -1;

    store_key_debtor(rlc_span_of("acme/C-1"), &key);
    assert_false(rlc_epoch_read(scenario_state_encode(key.span, &record, &bench->arena),
                                &bench->arena, &epoch));
    assert_false(rlc_epoch_read(rlc_span_of("\xff\xff"), &bench->arena, &epoch));
    assert_int_equal(epoch, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_epoch_of_a_debtor_is_the_one_that_scenario_wrote, open_bench),
        cmocka_unit_test_setup(the_epoch_of_an_account_is_the_one_that_scenario_wrote, open_bench),
        cmocka_unit_test_setup(the_revision_of_a_scope_is_the_one_that_scenario_wrote, open_bench),
        cmocka_unit_test_setup(a_record_of_another_format_is_not_read, open_bench),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
