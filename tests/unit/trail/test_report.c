/* SPDX-License-Identifier: Apache-2.0 */
/* Facts as rows of the reporting tables, before any database sees them. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "common/runtime/memory.h"
#include "tests/support/check.h"

static struct rlc_arena arena;
static struct report_batch batch;

static int set_up(void **state)
{
    (void)state;
    report_batch_init(&batch, &arena, 100);
    return 0;
}

static struct rlc_money money(int64_t minor, const char *currency)
{
    struct rlc_money amount = { .minor = minor };

    memcpy(amount.currency, currency, 4);
    return amount;
}

static struct rlc_debtor_fact fact_of(enum rlc_fact_kind kind, rlc_ms at_ms)
{
    struct rlc_debtor_fact fact = { .kind = kind, .decided_at_ms = at_ms };

    fact.envelope.tenant = rlc_span_of("acme");
    fact.envelope.debtor = rlc_span_of("D1");
    fact.envelope.creditor = rlc_span_of("FR");
    return fact;
}

static struct rlc_cell text(const char *value)
{
    return rlc_cell_span(rlc_span_of(value));
}

/* The cell of a column by its name, in the row with these keys; fails if there is no such row. */
static struct rlc_cell cell(enum report_table table, const struct rlc_cell *keys, const char *name)
{
    struct rlc_stage *stage = &batch.stages[table];
    size_t count = stage->count;
    struct rlc_cell *row = rlc_stage_row(stage, keys);

    assert_non_null(row);
    assert_int_equal(stage->count, count);
    for (size_t i = 0; i < stage->table->column_count; i++) {
        if (strcmp(stage->table->columns[i].name, name) == 0)
            return row[i];
    }
    fail_msg("no column %s", name);
    return (struct rlc_cell){ 0 };
}

static void assert_text(struct rlc_cell found, const char *expected)
{
    assert_true(found.set);
    assert_true(rlc_span_equal(found.span, rlc_span_of(expected)));
}

/* ---- receivables ---- */

static struct rlc_debtor_fact receivable(enum rlc_fact_kind kind, rlc_ms at_ms, int64_t open)
{
    struct rlc_debtor_fact fact = fact_of(kind, at_ms);

    /* The three kinds share one place in the union. */
    fact.receivable_opened = (struct rlc_receivable_fact){ .document = rlc_span_of("F1"),
                                                           .type = RLC_DOCUMENT_TYPE_INVOICE,
                                                           .cause = RLC_RECEIVABLE_CAUSE_PAID,
                                                           .total = money(900, "EUR"),
                                                           .open = money(open, "EUR"),
                                                           .due_on = 20000 };
    return fact;
}

static void the_last_fact_about_a_receivable_counts_and_its_first_day_stays(void **state)
{
    struct rlc_debtor_fact opened = receivable(RLC_FACT_KIND_RECEIVABLE_OPENED, 1000, 900);
    struct rlc_debtor_fact changed = receivable(RLC_FACT_KIND_RECEIVABLE_CHANGED, 2000, 400);
    struct rlc_debtor_fact closed = receivable(RLC_FACT_KIND_RECEIVABLE_CLOSED, 3000, 0);
    const struct rlc_cell keys[] = { text("acme"), text("D1"), text("FR"), text("F1") };

    (void)state;
    opened.receivable_opened.number = rlc_span_of("2026-1");
    assert_true(report_add(&batch, &opened, 10));
    assert_text(cell(REPORT_RECEIVABLE, keys, "number"), "2026-1");
    assert_true(report_add(&batch, &changed, 11));
    assert_int_equal(cell(REPORT_RECEIVABLE, keys, "open_minor").number, 400);
    assert_false(cell(REPORT_RECEIVABLE, keys, "closed_at").set);
    assert_true(report_add(&batch, &closed, 12));
    assert_int_equal(batch.stages[REPORT_RECEIVABLE].count, 1);
    assert_int_equal(cell(REPORT_RECEIVABLE, keys, "open_minor").number, 0);
    assert_int_equal(cell(REPORT_RECEIVABLE, keys, "opened_at").number, 1000);
    assert_int_equal(cell(REPORT_RECEIVABLE, keys, "closed_at").number, 3000);
    assert_int_equal(cell(REPORT_RECEIVABLE, keys, "changed_at").number, 3000);
    assert_int_equal(cell(REPORT_RECEIVABLE, keys, "due_on").number, 20000);
    assert_int_equal(cell(REPORT_RECEIVABLE, keys, "off").number, 12);
    assert_text(cell(REPORT_RECEIVABLE, keys, "currency"), "EUR");
    assert_text(cell(REPORT_RECEIVABLE, keys, "cause"), "PAID");
    /* A whole row each time: what the last one does not say is no longer so. */
    assert_false(cell(REPORT_RECEIVABLE, keys, "number").set);
    assert_false(cell(REPORT_RECEIVABLE, keys, "limited_on").set);
}

static void each_change_of_a_receivable_is_a_row_of_its_own(void **state)
{
    struct rlc_debtor_fact opened = receivable(RLC_FACT_KIND_RECEIVABLE_OPENED, 1000, 900);
    struct rlc_debtor_fact changed = receivable(RLC_FACT_KIND_RECEIVABLE_CHANGED, 2000, 400);
    struct rlc_debtor_fact closed = receivable(RLC_FACT_KIND_RECEIVABLE_CLOSED, 3000, 0);

    (void)state;
    assert_true(report_add(&batch, &opened, 10));
    assert_true(report_add(&batch, &changed, 11));
    assert_true(report_add(&batch, &closed, 12));
    assert_int_equal(batch.stages[REPORT_RECEIVABLE_CHANGE].count, 3);
    assert_int_equal(batch.stages[REPORT_RECEIVABLE].count, 1);
}

/* ---- steps ---- */

static void a_step_is_one_row_from_its_opening_to_its_end(void **state)
{
    struct rlc_debtor_fact opened = fact_of(RLC_FACT_KIND_STEP_OPENED, 1000);
    struct rlc_debtor_fact closed = fact_of(RLC_FACT_KIND_STEP_CLOSED, 2000);
    const struct rlc_cell keys[] = { text("acme"),     text("D1"), text("FR"),        text("F1"),
                                     text("standard"), text("d3"), rlc_cell_number(1) };

    (void)state;
    opened.step_opened.instance =
        (struct rlc_step_instance){ rlc_span_of("F1"), rlc_span_of("standard"), rlc_span_of("d3"),
                                    1 };
    opened.step_opened.step_on = 20003;
    closed.step_closed.instance = opened.step_opened.instance;
    closed.step_closed.result = RLC_STEP_RESULT_PAID;
    assert_true(report_add(&batch, &opened, 1));
    assert_true(report_add(&batch, &closed, 2));
    assert_int_equal(batch.stages[REPORT_STEP_INSTANCE].count, 1);
    assert_int_equal(cell(REPORT_STEP_INSTANCE, keys, "step_on").number, 20003);
    assert_int_equal(cell(REPORT_STEP_INSTANCE, keys, "closed_at").number, 2000);
    assert_text(cell(REPORT_STEP_INSTANCE, keys, "result"), "PAID");
    assert_false(cell(REPORT_STEP_INSTANCE, keys, "action").set);
    assert_false(cell(REPORT_STEP_INSTANCE, keys, "open_minor").set);
}

/* ---- requests ---- */

static struct rlc_line lines[3];
static struct rlc_total totals[2];

static struct rlc_debtor_fact request(size_t currencies)
{
    struct rlc_debtor_fact fact = fact_of(RLC_FACT_KIND_CONTACT_REQUESTED, 5000);

    for (size_t i = 0; i < RLC_COUNT(lines); i++)
        lines[i] = (struct rlc_line){ .document = rlc_span_of("F1"), .open = money(100, "EUR") };
    totals[0] = (struct rlc_total){ .open = money(300, "EUR"), .line_count = 3 };
    totals[1] = (struct rlc_total){ .open = money(50, "CAD"), .line_count = 1 };
    fact.contact_requested = (struct rlc_contact_body){ .action = { { 1, 2, 3 } },
                                                        .request_number = 2,
                                                        .part_count = 1,
                                                        .channel = RLC_CHANNEL_EMAIL,
                                                        .lines = lines,
                                                        .line_count = RLC_COUNT(lines),
                                                        .totals = totals,
                                                        .total_count = currencies };
    return fact;
}

static const uint8_t ACTION[16] = { 1, 2, 3 };

static void a_request_is_a_row_and_each_of_its_lines_is_one(void **state)
{
    struct rlc_debtor_fact fact = request(1);
    const struct rlc_cell keys[] = { text("acme"), text("D1"),
                                     rlc_cell_span(rlc_span_from(ACTION, 16)), rlc_cell_number(2) };

    (void)state;
    assert_true(report_add(&batch, &fact, 7));
    assert_int_equal(batch.stages[REPORT_REQUEST].count, 1);
    assert_int_equal(batch.stages[REPORT_REQUEST_LINE].count, 3);
    assert_int_equal(cell(REPORT_REQUEST, keys, "lines").number, 3);
    assert_int_equal(cell(REPORT_REQUEST, keys, "open_minor").number, 300);
    assert_text(cell(REPORT_REQUEST, keys, "currency"), "EUR");
    assert_false(cell(REPORT_REQUEST, keys, "interest_minor").set);
    assert_false(cell(REPORT_REQUEST, keys, "outcome").set);
}

static void a_message_in_two_currencies_has_no_sum(void **state)
{
    struct rlc_debtor_fact fact = request(2);
    const struct rlc_cell keys[] = { text("acme"), text("D1"),
                                     rlc_cell_span(rlc_span_from(ACTION, 16)), rlc_cell_number(2) };

    (void)state;
    assert_true(report_add(&batch, &fact, 7));
    assert_int_equal(cell(REPORT_REQUEST, keys, "lines").number, 4);
    assert_false(cell(REPORT_REQUEST, keys, "open_minor").set);
    assert_false(cell(REPORT_REQUEST, keys, "currency").set);
}

static void an_annex_adds_lines_and_no_request(void **state)
{
    struct rlc_debtor_fact fact = request(1);

    (void)state;
    fact.contact_requested.part = 1;
    assert_true(report_add(&batch, &fact, 7));
    assert_int_equal(batch.stages[REPORT_REQUEST].count, 0);
    assert_int_equal(batch.stages[REPORT_REQUEST_LINE].count, 3);
}

static void an_outcome_joins_its_request(void **state)
{
    struct rlc_debtor_fact asked = request(1);
    struct rlc_debtor_fact ended = fact_of(RLC_FACT_KIND_CONTACT_OUTCOME, 6000);
    const struct rlc_cell keys[] = { text("acme"), text("D1"),
                                     rlc_cell_span(rlc_span_from(ACTION, 16)), rlc_cell_number(2) };

    (void)state;
    memcpy(ended.contact_outcome.action.bytes, ACTION, sizeof(ACTION));
    ended.contact_outcome.request_number = 2;
    ended.contact_outcome.result = RLC_OUTCOME_RESULT_REFUSED;
    ended.contact_outcome.code = rlc_span_of("550");
    assert_true(report_add(&batch, &asked, 7));
    assert_true(report_add(&batch, &ended, 8));
    assert_int_equal(batch.stages[REPORT_REQUEST].count, 1);
    assert_text(cell(REPORT_REQUEST, keys, "outcome"), "REFUSED");
    assert_text(cell(REPORT_REQUEST, keys, "outcome_code"), "550");
    assert_int_equal(cell(REPORT_REQUEST, keys, "requested_at").number, 0);
    assert_int_equal(cell(REPORT_REQUEST, keys, "off").number, 7);
}

/* ---- tasks ---- */

static void a_task_is_one_row_from_its_opening_to_its_end(void **state)
{
    struct rlc_debtor_fact opened = fact_of(RLC_FACT_KIND_TASK_OPENED, 5000);
    struct rlc_debtor_fact closed = fact_of(RLC_FACT_KIND_TASK_CLOSED, 6000);
    const struct rlc_cell keys[] = { text("acme"), text("D1"), text("repair-1") };

    (void)state;
    opened.task_opened = (struct rlc_task_fact){ .task = rlc_span_of("repair-1"),
                                                 .kind = RLC_TASK_KIND_REPAIR_CONTACT,
                                                 .team = rlc_span_of("north"),
                                                 .due_at_ms = 9000,
                                                 .object = rlc_span_of("F1") };
    closed.task_closed = (struct rlc_task_fact){ .task = rlc_span_of("repair-1"),
                                                 .kind = RLC_TASK_KIND_REPAIR_CONTACT,
                                                 .outcome_code = rlc_span_of("DONE") };
    assert_true(report_add(&batch, &opened, 7));
    assert_false(cell(REPORT_TASK, keys, "closed_at").set);
    assert_true(report_add(&batch, &closed, 8));
    assert_int_equal(batch.stages[REPORT_TASK].count, 1);
    assert_text(cell(REPORT_TASK, keys, "kind"), "REPAIR_CONTACT");
    assert_text(cell(REPORT_TASK, keys, "team"), "north");
    assert_text(cell(REPORT_TASK, keys, "object"), "F1");
    assert_text(cell(REPORT_TASK, keys, "outcome_code"), "DONE");
    assert_int_equal(cell(REPORT_TASK, keys, "due_at").number, 9000);
    assert_int_equal(cell(REPORT_TASK, keys, "opened_at").number, 5000);
    assert_int_equal(cell(REPORT_TASK, keys, "closed_at").number, 6000);
    assert_int_equal(cell(REPORT_TASK, keys, "off").number, 8);
}

/* ---- cases ---- */

static void a_case_is_one_row_that_says_what_was_said_last(void **state)
{
    struct rlc_debtor_fact referred = fact_of(RLC_FACT_KIND_REFERRED, 5000);
    struct rlc_debtor_fact moved = fact_of(RLC_FACT_KIND_CASE_MOVED, 6000);
    const struct rlc_cell keys[] = { text("acme"), text("D1"), text("k1") };

    (void)state;
    referred.referred =
        (struct rlc_referred){ .case_id = rlc_span_of("k1"), .open = { 12345, "EUR" } };
    moved.case_moved = (struct rlc_milestone){ .case_id = rlc_span_of("k1"),
                                               .procedure = rlc_span_of("injonction"),
                                               .code = rlc_span_of("APPROVAL_ASKED"),
                                               .act = rlc_span_of("FILE"),
                                               .deadline_on = 20500,
                                               .holds = true };
    assert_true(report_add(&batch, &referred, 7));
    assert_true(report_add(&batch, &moved, 8));
    assert_int_equal(batch.stages[REPORT_LAW_CASE].count, 1);
    assert_text(cell(REPORT_LAW_CASE, keys, "word"), "APPROVAL_ASKED");
    assert_int_equal(cell(REPORT_LAW_CASE, keys, "deadline_on").number, 20500);
    moved.case_moved.code = rlc_span_of("ACT_REFUSED");
    moved.case_moved.act = rlc_span_of("SERVE");
    assert_true(report_add(&batch, &moved, 8));
    assert_text(cell(REPORT_LAW_CASE, keys, "word"), "ACT_REFUSED");
    assert_text(cell(REPORT_LAW_CASE, keys, "act"), "FILE"); /* still what is asked for */
    moved.decided_at_ms = 7000;
    moved.case_moved =
        (struct rlc_milestone){ .case_id = rlc_span_of("k1"), .code = rlc_span_of("SETTLED") };
    assert_true(report_add(&batch, &moved, 9));
    assert_int_equal(batch.stages[REPORT_LAW_CASE].count, 1);
    assert_text(cell(REPORT_LAW_CASE, keys, "word"), "SETTLED");
    assert_text(cell(REPORT_LAW_CASE, keys, "act"), "FILE");
    assert_text(cell(REPORT_LAW_CASE, keys, "procedure"), "injonction");
    assert_int_equal(cell(REPORT_LAW_CASE, keys, "referred_minor").number, 12345);
    assert_int_equal(cell(REPORT_LAW_CASE, keys, "referred_at").number, 5000);
    assert_int_equal(cell(REPORT_LAW_CASE, keys, "said_at").number, 7000);
    assert_false(cell(REPORT_LAW_CASE, keys, "deadline_on").set);
    assert_int_equal(cell(REPORT_LAW_CASE, keys, "holds").number, 0);
    assert_int_equal(cell(REPORT_LAW_CASE, keys, "off").number, 9);
}

/* ---- room ---- */

static void a_batch_that_is_full_takes_all_of_a_fact_or_nothing(void **state)
{
    static uint8_t memory[REPORT_ARENA_MIN];
    struct rlc_arena small;
    struct rlc_debtor_fact fact = request(1);
    size_t added = 0, before;

    (void)state;
    rlc_arena_init(&small, memory, sizeof(memory));
    report_batch_init(&batch, &small, 100);
    while (report_add(&batch, &fact, (int64_t)added))
        added++;
    assert_true(added > 100);
    before = batch.stages[REPORT_REQUEST_LINE].count;
    assert_int_equal(before, added * RLC_COUNT(lines));
    assert_false(report_add(&batch, &fact, 0));
    assert_int_equal(batch.stages[REPORT_REQUEST_LINE].count, before);
}

static void facts_without_a_report_leave_nothing(void **state)
{
    struct rlc_debtor_fact fact = fact_of(RLC_FACT_KIND_CONFLICT_FOUND, 1);

    (void)state;
    assert_false(report_concerns(RLC_FACT_KIND_CONFLICT_FOUND));
    assert_true(report_concerns(RLC_FACT_KIND_SUPPRESSED));
    assert_true(report_add(&batch, &fact, 1));
    for (size_t i = 0; i < REPORT_TABLE_COUNT; i++)
        assert_int_equal(batch.stages[i].count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_last_fact_about_a_receivable_counts_and_its_first_day_stays,
                               set_up),
        cmocka_unit_test_setup(each_change_of_a_receivable_is_a_row_of_its_own, set_up),
        cmocka_unit_test_setup(a_step_is_one_row_from_its_opening_to_its_end, set_up),
        cmocka_unit_test_setup(a_request_is_a_row_and_each_of_its_lines_is_one, set_up),
        cmocka_unit_test_setup(a_message_in_two_currencies_has_no_sum, set_up),
        cmocka_unit_test_setup(an_annex_adds_lines_and_no_request, set_up),
        cmocka_unit_test_setup(an_outcome_joins_its_request, set_up),
        cmocka_unit_test_setup(a_task_is_one_row_from_its_opening_to_its_end, set_up),
        cmocka_unit_test_setup(a_case_is_one_row_that_says_what_was_said_last, set_up),
        cmocka_unit_test_setup(a_batch_that_is_full_takes_all_of_a_fact_or_nothing, set_up),
        cmocka_unit_test_setup(facts_without_a_report_leave_nothing, set_up),
    };
    int result;

    if (rlc_arena_map(&arena, (size_t)16 << 20) != RLC_OK)
        return 1;
    result = cmocka_run_group_tests(tests, NULL, NULL);
    rlc_arena_unmap(&arena);
    return result;
}
