/* SPDX-License-Identifier: Apache-2.0 */
/* Facts as rows of the reporting tables (deploy/sql, from 0002 on). Which member of which fact
 * goes into which column is a table of data; see report_tables.c. */
#ifndef AUDIT_REPORT_H
#define AUDIT_REPORT_H

#include "common/postgres/stage.h"
#include "common/wire/debtor_fact.h"
#include "common/wire/words.h"

enum report_table {
    REPORT_RECEIVABLE,
    REPORT_RECEIVABLE_CHANGE,
    REPORT_REQUEST,
    REPORT_REQUEST_LINE,
    REPORT_STEP_INSTANCE,
    REPORT_SILENCE,
    REPORT_TASK,
    REPORT_LAW_CASE,
    REPORT_TABLE_COUNT
};

/* Where a value is found. */
enum report_base {
    REPORT_BASE_FACT,  /* struct rlc_debtor_fact */
    REPORT_BASE_LINE,  /* struct rlc_line of a request */
    REPORT_BASE_EXTRA, /* struct report_extra */
    REPORT_BASE_COUNT
};

enum report_form {
    REPORT_SPAN,
    REPORT_WORD,     /* an enumerator, as its word; 0 is NULL */
    REPORT_MINOR,    /* struct rlc_money: its amount; NULL without a currency */
    REPORT_CURRENCY, /* struct rlc_money: its currency */
    REPORT_DAY,      /* 0 is NULL */
    REPORT_MS,       /* 0 is NULL */
    REPORT_U32,
    REPORT_I64,
    REPORT_BOOL,
    REPORT_ACTION /* struct rlc_action_id; all zero is NULL */
};

/* What no member holds. */
struct report_extra {
    int64_t off;  /* of the fact in its topic */
    int64_t line; /* number of the line within the fact */
    int64_t lines;
    struct rlc_money open; /* of a message with one currency; absent otherwise */
    struct rlc_money interest;
    struct rlc_money indemnity;
};

struct report_field {
    size_t column;
    enum report_base base;
    size_t offset;
    enum report_form form;
    enum rlc_vocabulary vocabulary; /* of a WORD */
};

/* What a kind of fact leaves in a table: one row, or one per line. */
struct report {
    enum rlc_fact_kind kind;
    enum report_table table;
    bool per_line;
    bool head_only;   /* not for the annex of a request */
    const char *code; /* of a milestone: only with this one; NULL = with any */
    const struct report_field *fields;
    size_t field_count;
};

extern const struct rlc_stage_table REPORT_TABLES[REPORT_TABLE_COUNT];
extern const struct report REPORTS[];
extern const size_t REPORT_COUNT;

/* Rows on their way into all tables. */
struct report_batch {
    struct rlc_arena *arena;
    size_t expected; /* rows per table */
    struct rlc_stage stages[REPORT_TABLE_COUNT];
};

/* An empty batch over an arena of its own, at least REPORT_ARENA_MIN bytes. */
void report_batch_init(struct report_batch *batch, struct rlc_arena *arena, size_t expected);

/* The largest fact, a request with 500 lines, needs a third of it. */
#define REPORT_ARENA_MIN ((size_t)4 << 20)

/* Whether a kind of fact leaves anything in the tables. */
bool report_concerns(enum rlc_fact_kind kind);

/* Adds the rows of a fact that stood at `off`. The fact outlives the batch. False, nothing added,
 * when the batch is full: write, init, add again. */
RLC_NODISCARD bool report_add(struct report_batch *batch, const struct rlc_debtor_fact *fact,
                              int64_t off);

/* Writes all rows inside an open transaction. */
RLC_NODISCARD enum rlc_status report_write(const struct report_batch *batch,
                                           struct rlc_postgres *postgres, struct rlc_error *reterr);

#endif
