/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <assert.h>
#include <string.h>

static const struct report *first_of(enum rlc_fact_kind kind)
{
    for (size_t i = 0; i < REPORT_COUNT; i++) {
        if (REPORTS[i].kind == kind)
            return &REPORTS[i];
    }
    return NULL;
}

bool report_concerns(enum rlc_fact_kind kind)
{
    return first_of(kind) != NULL;
}

void report_batch_init(struct report_batch *batch, struct rlc_arena *arena, size_t expected)
{
    *batch = (struct report_batch){ .arena = arena, .expected = expected };
    rlc_arena_reset(arena);
    for (size_t i = 0; i < REPORT_TABLE_COUNT; i++) {
        bool fits = rlc_stage_init(&batch->stages[i], &REPORT_TABLES[i], arena, expected);

        assert(fits);
        (void)fits;
    }
}

/* ---- values ---- */

static struct rlc_cell cell_of_word(enum rlc_vocabulary vocabulary, int32_t number)
{
    const char *word = number ? rlc_word(vocabulary, number) : NULL;

    return rlc_cell_span(rlc_span_of(word));
}

static struct rlc_cell cell_of_action(const struct rlc_action_id *action)
{
    static const struct rlc_action_id ABSENT;

    if (memcmp(action, &ABSENT, sizeof(ABSENT)) == 0)
        return (struct rlc_cell){ 0 };
    return rlc_cell_span(rlc_span_from(action->bytes, sizeof(action->bytes)));
}

static struct rlc_cell cell_if(bool present, int64_t number)
{
    return present ? rlc_cell_number(number) : (struct rlc_cell){ 0 };
}

static struct rlc_cell cell_of(const struct report_field *field, const void *base)
{
    const void *at = (const uint8_t *)base + field->offset;

    switch (field->form) {
    case REPORT_SPAN:
        return rlc_cell_span(*(const struct rlc_span *)at);
    case REPORT_WORD:
        return cell_of_word(field->vocabulary, *(const int32_t *)at);
    case REPORT_MINOR:
        return cell_if(((const struct rlc_money *)at)->currency[0] != '\0',
                       ((const struct rlc_money *)at)->minor);
    case REPORT_CURRENCY:
        return rlc_cell_span(rlc_span_of(((const struct rlc_money *)at)->currency));
    case REPORT_DAY:
        return cell_if(*(const rlc_day *)at != RLC_DAY_NONE, *(const rlc_day *)at);
    case REPORT_MS:
        return cell_if(*(const rlc_ms *)at != RLC_MS_NONE, *(const rlc_ms *)at);
    case REPORT_U32:
        return rlc_cell_number(*(const uint32_t *)at);
    case REPORT_I64:
        return rlc_cell_number(*(const int64_t *)at);
    case REPORT_BOOL:
        return rlc_cell_number(*(const bool *)at);
    case REPORT_ACTION:
        return cell_of_action(at);
    }
    return (struct rlc_cell){ 0 };
}

/* ---- rows ---- */

static void add_row(struct rlc_stage *stage, const struct report *report,
                    const void *const bases[REPORT_BASE_COUNT])
{
    struct rlc_cell cells[RLC_STAGE_COLUMNS_MAX] = { { 0 } };
    struct rlc_cell *row;

    for (size_t i = 0; i < report->field_count; i++) {
        const struct report_field *field = &report->fields[i];

        struct rlc_cell cell = cell_of(field, bases[field->base]);

        /* Of two fields for one column the later one counts, unless it is absent. */
        if (cell.set || !cells[field->column].set)
            cells[field->column] = cell;
    }
    row = rlc_stage_row(stage, cells);
    assert(row);
    for (size_t i = stage->table->key_count; i < stage->table->column_count; i++) {
        if (cells[i].set || stage->table->columns[i].rule == RLC_CELL_LATEST)
            row[i] = cells[i];
    }
}

/* Amounts of a message that speaks of one currency; never a sum across currencies. */
static void fill_extra(struct report_extra *extra, const struct rlc_debtor_fact *fact, int64_t off)
{
    const struct rlc_contact_body *body = &fact->contact_requested;

    extra->off = off;
    if (fact->kind != RLC_FACT_KIND_CONTACT_REQUESTED)
        return;
    for (size_t i = 0; i < body->total_count; i++)
        extra->lines += body->totals[i].line_count;
    if (body->total_count == 1) {
        extra->open = body->totals[0].open;
        extra->interest = body->totals[0].interest;
        extra->indemnity = body->totals[0].indemnity;
    }
}

static void add_report(struct report_batch *batch, const struct report *report,
                       const struct rlc_debtor_fact *fact, struct report_extra *extra)
{
    struct rlc_stage *stage = &batch->stages[report->table];
    const struct rlc_contact_body *body = &fact->contact_requested;
    const void *bases[REPORT_BASE_COUNT] = {
        [REPORT_BASE_FACT] = fact, [REPORT_BASE_EXTRA] = extra
    };

    if (report->head_only && body->part > 0)
        return;
    if (report->code && !rlc_span_equal(fact->case_moved.code, rlc_span_of(report->code)))
        return;
    if (!report->per_line) {
        add_row(stage, report, bases);
        return;
    }
    for (size_t i = 0; i < body->line_count; i++) {
        bases[REPORT_BASE_LINE] = &body->lines[i];
        extra->line = (int64_t)i;
        add_row(stage, report, bases);
    }
}

/* One row, one per line in a second table that is not wider, and as much again to spare. */
static bool fits(const struct report_batch *batch, const struct report *first,
                 const struct rlc_debtor_fact *fact)
{
    size_t rows = 1;

    if (fact->kind == RLC_FACT_KIND_CONTACT_REQUESTED)
        rows += fact->contact_requested.line_count;
    if (!rlc_stage_fits(&batch->stages[first->table], 1))
        return false;
    return rlc_stage_fits(&batch->stages[REPORT_REQUEST_LINE], 2 * rows);
}

bool report_add(struct report_batch *batch, const struct rlc_debtor_fact *fact, int64_t off)
{
    const struct report *report = first_of(fact->kind);
    struct report_extra *extra; /* in the arena: rows borrow from it */

    if (!report)
        return true;
    if (!fits(batch, report, fact))
        return false;
    extra = rlc_arena_alloc(batch->arena, sizeof(*extra));
    assert(extra);
    fill_extra(extra, fact, off);
    for (; report < REPORTS + REPORT_COUNT && report->kind == fact->kind; report++)
        add_report(batch, report, fact, extra);
    return true;
}

enum rlc_status report_write(const struct report_batch *batch, struct rlc_postgres *postgres,
                             struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    for (size_t i = 0; status == RLC_OK && i < REPORT_TABLE_COUNT; i++)
        status = rlc_stage_write(&batch->stages[i], postgres, reterr);
    return status;
}
