/* SPDX-License-Identifier: Apache-2.0 */
/* The reporting tables and what each kind of fact leaves in them. A new report is a table in
 * deploy/sql and rows here. */
#include "report.h"

/* clang-format off */
/* NOLINTBEGIN(bugprone-macro-parentheses): `fact` names a member */
#define COLUMNS(list) .columns = (list), .column_count = RLC_COUNT(list)

/* ---- tables ---- */

enum {
    RECEIVABLE_TENANT, RECEIVABLE_DEBTOR, RECEIVABLE_CREDITOR, RECEIVABLE_DOCUMENT,
    RECEIVABLE_NUMBER, RECEIVABLE_TYPE, RECEIVABLE_CURRENCY, RECEIVABLE_TOTAL, RECEIVABLE_OPEN,
    RECEIVABLE_ISSUED_ON, RECEIVABLE_DUE_ON, RECEIVABLE_LIMITED_ON, RECEIVABLE_OPENED_AT,
    RECEIVABLE_CLOSED_AT, RECEIVABLE_CHANGED_AT, RECEIVABLE_CAUSE, RECEIVABLE_REVISION,
    RECEIVABLE_OFF
};
static const struct rlc_cell_column RECEIVABLE[] = {
    [RECEIVABLE_TENANT] = { "tenant", RLC_CELL_TEXT, RLC_CELL_KEY },
    [RECEIVABLE_DEBTOR] = { "debtor", RLC_CELL_TEXT, RLC_CELL_KEY },
    [RECEIVABLE_CREDITOR] = { "creditor", RLC_CELL_TEXT, RLC_CELL_KEY },
    [RECEIVABLE_DOCUMENT] = { "document", RLC_CELL_TEXT, RLC_CELL_KEY },
    [RECEIVABLE_NUMBER] = { "number", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [RECEIVABLE_TYPE] = { "type", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [RECEIVABLE_CURRENCY] = { "currency", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [RECEIVABLE_TOTAL] = { "total_minor", RLC_CELL_I64, RLC_CELL_LATEST },
    [RECEIVABLE_OPEN] = { "open_minor", RLC_CELL_I64, RLC_CELL_LATEST },
    [RECEIVABLE_ISSUED_ON] = { "issued_on", RLC_CELL_DAY, RLC_CELL_LATEST },
    [RECEIVABLE_DUE_ON] = { "due_on", RLC_CELL_DAY, RLC_CELL_LATEST },
    [RECEIVABLE_LIMITED_ON] = { "limited_on", RLC_CELL_DAY, RLC_CELL_LATEST },
    [RECEIVABLE_OPENED_AT] = { "opened_at", RLC_CELL_MS, RLC_CELL_KEEP },
    [RECEIVABLE_CLOSED_AT] = { "closed_at", RLC_CELL_MS, RLC_CELL_KEEP },
    [RECEIVABLE_CHANGED_AT] = { "changed_at", RLC_CELL_MS, RLC_CELL_LATEST },
    [RECEIVABLE_CAUSE] = { "cause", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [RECEIVABLE_REVISION] = { "revision", RLC_CELL_I64, RLC_CELL_LATEST },
    [RECEIVABLE_OFF] = { "off", RLC_CELL_I64, RLC_CELL_LATEST },
};

enum {
    CHANGE_TENANT, CHANGE_DEBTOR, CHANGE_OFF, CHANGE_CREDITOR, CHANGE_DOCUMENT, CHANGE_CAUSE,
    CHANGE_ISSUED_ON, CHANGE_VALUE_ON, CHANGE_BEFORE_CURRENCY, CHANGE_BEFORE, CHANGE_CURRENCY,
    CHANGE_OPEN, CHANGE_CHANGED_AT
};
static const struct rlc_cell_column RECEIVABLE_CHANGE[] = {
    [CHANGE_TENANT] = { "tenant", RLC_CELL_TEXT, RLC_CELL_KEY },
    [CHANGE_DEBTOR] = { "debtor", RLC_CELL_TEXT, RLC_CELL_KEY },
    [CHANGE_OFF] = { "off", RLC_CELL_I64, RLC_CELL_KEY },
    [CHANGE_CREDITOR] = { "creditor", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [CHANGE_DOCUMENT] = { "document", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [CHANGE_CAUSE] = { "cause", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [CHANGE_ISSUED_ON] = { "issued_on", RLC_CELL_DAY, RLC_CELL_LATEST },
    [CHANGE_VALUE_ON] = { "value_on", RLC_CELL_DAY, RLC_CELL_LATEST },
    [CHANGE_BEFORE_CURRENCY] = { "before_currency", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [CHANGE_BEFORE] = { "before_minor", RLC_CELL_I64, RLC_CELL_LATEST },
    [CHANGE_CURRENCY] = { "currency", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [CHANGE_OPEN] = { "open_minor", RLC_CELL_I64, RLC_CELL_LATEST },
    [CHANGE_CHANGED_AT] = { "changed_at", RLC_CELL_MS, RLC_CELL_LATEST },
};

enum {
    REQUEST_TENANT, REQUEST_DEBTOR, REQUEST_ACTION, REQUEST_NUMBER, REQUEST_CREDITOR,
    REQUEST_SCENARIO, REQUEST_STEP, REQUEST_OCCURRENCE, REQUEST_CHANNEL, REQUEST_TONE,
    REQUEST_SENDER, REQUEST_LINES, REQUEST_CURRENCY, REQUEST_OPEN, REQUEST_INTEREST,
    REQUEST_INDEMNITY, REQUEST_REQUESTED_AT, REQUEST_AS_OF_ON, REQUEST_NOT_AFTER, REQUEST_OUTCOME,
    REQUEST_OUTCOME_AT, REQUEST_OUTCOME_CODE, REQUEST_ASSUMED, REQUEST_RETURNED,
    REQUEST_RETURNED_AT, REQUEST_OFF
};
static const struct rlc_cell_column REQUEST[] = {
    [REQUEST_TENANT] = { "tenant", RLC_CELL_TEXT, RLC_CELL_KEY },
    [REQUEST_DEBTOR] = { "debtor", RLC_CELL_TEXT, RLC_CELL_KEY },
    [REQUEST_ACTION] = { "action", RLC_CELL_BYTES, RLC_CELL_KEY },
    [REQUEST_NUMBER] = { "request_number", RLC_CELL_I32, RLC_CELL_KEY },
    [REQUEST_CREDITOR] = { "creditor", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [REQUEST_SCENARIO] = { "scenario", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [REQUEST_STEP] = { "step", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [REQUEST_OCCURRENCE] = { "occurrence", RLC_CELL_I32, RLC_CELL_KEEP },
    [REQUEST_CHANNEL] = { "channel", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [REQUEST_TONE] = { "tone", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [REQUEST_SENDER] = { "sender", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [REQUEST_LINES] = { "lines", RLC_CELL_I32, RLC_CELL_KEEP },
    [REQUEST_CURRENCY] = { "currency", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [REQUEST_OPEN] = { "open_minor", RLC_CELL_I64, RLC_CELL_KEEP },
    [REQUEST_INTEREST] = { "interest_minor", RLC_CELL_I64, RLC_CELL_KEEP },
    [REQUEST_INDEMNITY] = { "indemnity_minor", RLC_CELL_I64, RLC_CELL_KEEP },
    [REQUEST_REQUESTED_AT] = { "requested_at", RLC_CELL_MS, RLC_CELL_KEEP },
    [REQUEST_AS_OF_ON] = { "as_of_on", RLC_CELL_DAY, RLC_CELL_KEEP },
    [REQUEST_NOT_AFTER] = { "not_after", RLC_CELL_MS, RLC_CELL_KEEP },
    [REQUEST_OUTCOME] = { "outcome", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [REQUEST_OUTCOME_AT] = { "outcome_at", RLC_CELL_MS, RLC_CELL_KEEP },
    [REQUEST_OUTCOME_CODE] = { "outcome_code", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [REQUEST_ASSUMED] = { "assumed", RLC_CELL_BOOL, RLC_CELL_KEEP },
    [REQUEST_RETURNED] = { "returned", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [REQUEST_RETURNED_AT] = { "returned_at", RLC_CELL_MS, RLC_CELL_KEEP },
    [REQUEST_OFF] = { "off", RLC_CELL_I64, RLC_CELL_KEEP },
};

enum {
    LINE_TENANT, LINE_DEBTOR, LINE_OFF, LINE_LINE, LINE_ACTION, LINE_REQUEST_NUMBER, LINE_CREDITOR,
    LINE_DOCUMENT, LINE_SCENARIO, LINE_STEP, LINE_OCCURRENCE, LINE_CURRENCY, LINE_OPEN,
    LINE_DISPUTED, LINE_INTEREST, LINE_INDEMNITY, LINE_DUE_ON
};
static const struct rlc_cell_column REQUEST_LINE[] = {
    [LINE_TENANT] = { "tenant", RLC_CELL_TEXT, RLC_CELL_KEY },
    [LINE_DEBTOR] = { "debtor", RLC_CELL_TEXT, RLC_CELL_KEY },
    [LINE_OFF] = { "off", RLC_CELL_I64, RLC_CELL_KEY },
    [LINE_LINE] = { "line", RLC_CELL_I32, RLC_CELL_KEY },
    [LINE_ACTION] = { "action", RLC_CELL_BYTES, RLC_CELL_LATEST },
    [LINE_REQUEST_NUMBER] = { "request_number", RLC_CELL_I32, RLC_CELL_LATEST },
    [LINE_CREDITOR] = { "creditor", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [LINE_DOCUMENT] = { "document", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [LINE_SCENARIO] = { "scenario", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [LINE_STEP] = { "step", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [LINE_OCCURRENCE] = { "occurrence", RLC_CELL_I32, RLC_CELL_LATEST },
    [LINE_CURRENCY] = { "currency", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [LINE_OPEN] = { "open_minor", RLC_CELL_I64, RLC_CELL_LATEST },
    [LINE_DISPUTED] = { "disputed_minor", RLC_CELL_I64, RLC_CELL_LATEST },
    [LINE_INTEREST] = { "interest_minor", RLC_CELL_I64, RLC_CELL_LATEST },
    [LINE_INDEMNITY] = { "indemnity_minor", RLC_CELL_I64, RLC_CELL_LATEST },
    [LINE_DUE_ON] = { "due_on", RLC_CELL_DAY, RLC_CELL_LATEST },
};

enum {
    STEP_TENANT, STEP_DEBTOR, STEP_CREDITOR, STEP_DOCUMENT, STEP_SCENARIO, STEP_STEP,
    STEP_OCCURRENCE, STEP_STEP_ON, STEP_OPENED_AT, STEP_CURRENCY, STEP_OPEN, STEP_CLOSED_AT,
    STEP_RESULT, STEP_ACTION, STEP_OUTCOME
};
static const struct rlc_cell_column STEP_INSTANCE[] = {
    [STEP_TENANT] = { "tenant", RLC_CELL_TEXT, RLC_CELL_KEY },
    [STEP_DEBTOR] = { "debtor", RLC_CELL_TEXT, RLC_CELL_KEY },
    [STEP_CREDITOR] = { "creditor", RLC_CELL_TEXT, RLC_CELL_KEY },
    [STEP_DOCUMENT] = { "document", RLC_CELL_TEXT, RLC_CELL_KEY },
    [STEP_SCENARIO] = { "scenario", RLC_CELL_TEXT, RLC_CELL_KEY },
    [STEP_STEP] = { "step", RLC_CELL_TEXT, RLC_CELL_KEY },
    [STEP_OCCURRENCE] = { "occurrence", RLC_CELL_I32, RLC_CELL_KEY },
    [STEP_STEP_ON] = { "step_on", RLC_CELL_DAY, RLC_CELL_KEEP },
    [STEP_OPENED_AT] = { "opened_at", RLC_CELL_MS, RLC_CELL_KEEP },
    [STEP_CURRENCY] = { "currency", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [STEP_OPEN] = { "open_minor", RLC_CELL_I64, RLC_CELL_KEEP },
    [STEP_CLOSED_AT] = { "closed_at", RLC_CELL_MS, RLC_CELL_KEEP },
    [STEP_RESULT] = { "result", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [STEP_ACTION] = { "action", RLC_CELL_BYTES, RLC_CELL_KEEP },
    [STEP_OUTCOME] = { "outcome", RLC_CELL_TEXT, RLC_CELL_KEEP },
};

enum {
    SILENCE_TENANT, SILENCE_DEBTOR, SILENCE_OFF, SILENCE_CREDITOR, SILENCE_DOCUMENT,
    SILENCE_SCENARIO, SILENCE_STEP, SILENCE_OCCURRENCE, SILENCE_REASON, SILENCE_RULE,
    SILENCE_OBJECT, SILENCE_SINCE, SILENCE_NEXT_AT
};
static const struct rlc_cell_column SILENCE[] = {
    [SILENCE_TENANT] = { "tenant", RLC_CELL_TEXT, RLC_CELL_KEY },
    [SILENCE_DEBTOR] = { "debtor", RLC_CELL_TEXT, RLC_CELL_KEY },
    [SILENCE_OFF] = { "off", RLC_CELL_I64, RLC_CELL_KEY },
    [SILENCE_CREDITOR] = { "creditor", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [SILENCE_DOCUMENT] = { "document", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [SILENCE_SCENARIO] = { "scenario", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [SILENCE_STEP] = { "step", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [SILENCE_OCCURRENCE] = { "occurrence", RLC_CELL_I32, RLC_CELL_LATEST },
    [SILENCE_REASON] = { "reason", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [SILENCE_RULE] = { "rule", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [SILENCE_OBJECT] = { "object", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [SILENCE_SINCE] = { "since", RLC_CELL_MS, RLC_CELL_LATEST },
    [SILENCE_NEXT_AT] = { "next_at", RLC_CELL_MS, RLC_CELL_LATEST },
};

enum {
    TASK_TENANT, TASK_DEBTOR, TASK_TASK, TASK_CREDITOR, TASK_KIND, TASK_TEAM, TASK_DUE_AT,
    TASK_SCRIPT, TASK_OBJECT, TASK_OPENED_AT, TASK_CLOSED_AT, TASK_OUTCOME, TASK_OFF
};
static const struct rlc_cell_column TASK[] = {
    [TASK_TENANT] = { "tenant", RLC_CELL_TEXT, RLC_CELL_KEY },
    [TASK_DEBTOR] = { "debtor", RLC_CELL_TEXT, RLC_CELL_KEY },
    [TASK_TASK] = { "task", RLC_CELL_TEXT, RLC_CELL_KEY },
    [TASK_CREDITOR] = { "creditor", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [TASK_KIND] = { "kind", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [TASK_TEAM] = { "team", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [TASK_DUE_AT] = { "due_at", RLC_CELL_MS, RLC_CELL_KEEP },
    [TASK_SCRIPT] = { "script", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [TASK_OBJECT] = { "object", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [TASK_OPENED_AT] = { "opened_at", RLC_CELL_MS, RLC_CELL_KEEP },
    [TASK_CLOSED_AT] = { "closed_at", RLC_CELL_MS, RLC_CELL_KEEP },
    [TASK_OUTCOME] = { "outcome_code", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [TASK_OFF] = { "off", RLC_CELL_I64, RLC_CELL_LATEST },
};

enum {
    CASE_TENANT, CASE_DEBTOR, CASE_ID, CASE_CREDITOR, CASE_CURRENCY, CASE_REFERRED,
    CASE_REFERRED_AT, CASE_PROCEDURE, CASE_WORD, CASE_ACT, CASE_RULE, CASE_WORD_ON,
    CASE_DEADLINE_ON, CASE_SAID_AT, CASE_HOLDS, CASE_OFF
};
static const struct rlc_cell_column LAW_CASE[] = {
    [CASE_TENANT] = { "tenant", RLC_CELL_TEXT, RLC_CELL_KEY },
    [CASE_DEBTOR] = { "debtor", RLC_CELL_TEXT, RLC_CELL_KEY },
    [CASE_ID] = { "case_id", RLC_CELL_TEXT, RLC_CELL_KEY },
    [CASE_CREDITOR] = { "creditor", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [CASE_CURRENCY] = { "currency", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [CASE_REFERRED] = { "referred_minor", RLC_CELL_I64, RLC_CELL_KEEP },
    [CASE_REFERRED_AT] = { "referred_at", RLC_CELL_MS, RLC_CELL_KEEP },
    [CASE_PROCEDURE] = { "procedure", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [CASE_WORD] = { "word", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [CASE_ACT] = { "act", RLC_CELL_TEXT, RLC_CELL_KEEP },
    [CASE_RULE] = { "rule", RLC_CELL_TEXT, RLC_CELL_LATEST },
    [CASE_WORD_ON] = { "word_on", RLC_CELL_DAY, RLC_CELL_LATEST },
    [CASE_DEADLINE_ON] = { "deadline_on", RLC_CELL_DAY, RLC_CELL_LATEST },
    [CASE_SAID_AT] = { "said_at", RLC_CELL_MS, RLC_CELL_LATEST },
    [CASE_HOLDS] = { "holds", RLC_CELL_BOOL, RLC_CELL_LATEST },
    [CASE_OFF] = { "off", RLC_CELL_I64, RLC_CELL_LATEST },
};

const struct rlc_stage_table REPORT_TABLES[REPORT_TABLE_COUNT] = {
    [REPORT_RECEIVABLE] = { .name = "receivable", COLUMNS(RECEIVABLE), .key_count = 4,
                            .merges = true },
    [REPORT_RECEIVABLE_CHANGE] = { .name = "receivable_change", COLUMNS(RECEIVABLE_CHANGE),
                                   .key_count = 3 },
    [REPORT_REQUEST] = { .name = "request", COLUMNS(REQUEST), .key_count = 4, .merges = true },
    [REPORT_REQUEST_LINE] = { .name = "request_line", COLUMNS(REQUEST_LINE), .key_count = 4 },
    [REPORT_STEP_INSTANCE] = { .name = "step_instance", COLUMNS(STEP_INSTANCE), .key_count = 7,
                               .merges = true },
    [REPORT_SILENCE] = { .name = "silence", COLUMNS(SILENCE), .key_count = 3 },
    [REPORT_TASK] = { .name = "task", COLUMNS(TASK), .key_count = 3, .merges = true },
    [REPORT_LAW_CASE] = { .name = "law_case", COLUMNS(LAW_CASE), .key_count = 3, .merges = true },
};

/* ---- facts ---- */

#define FACT(to, form, member)                                                                     \
    { (to), REPORT_BASE_FACT, offsetof(struct rlc_debtor_fact, member), (form), 0 }
#define FACT_WORD(to, member, of)                                                                  \
    { (to), REPORT_BASE_FACT, offsetof(struct rlc_debtor_fact, member), REPORT_WORD,               \
      RLC_VOCABULARY_##of }
#define LINE(to, form, member)                                                                     \
    { (to), REPORT_BASE_LINE, offsetof(struct rlc_line, member), (form), 0 }
#define EXTRA(to, form, member)                                                                    \
    { (to), REPORT_BASE_EXTRA, offsetof(struct report_extra, member), (form), 0 }
#define OWNER(of)                                                                                  \
    FACT(of##_TENANT, REPORT_SPAN, envelope.tenant),                                               \
    FACT(of##_DEBTOR, REPORT_SPAN, envelope.debtor)

/* Opened, changed and closed have one shape. */
#define RECEIVABLE_AFTER(fact)                                                                     \
    OWNER(RECEIVABLE),                                                                             \
    FACT(RECEIVABLE_CREDITOR, REPORT_SPAN, envelope.creditor),                                     \
    FACT(RECEIVABLE_DOCUMENT, REPORT_SPAN, fact.document),                                         \
    FACT(RECEIVABLE_NUMBER, REPORT_SPAN, fact.number),                                             \
    FACT_WORD(RECEIVABLE_TYPE, fact.type, DOCUMENT_TYPE),                                          \
    FACT(RECEIVABLE_CURRENCY, REPORT_CURRENCY, fact.open),                                         \
    FACT(RECEIVABLE_TOTAL, REPORT_MINOR, fact.total),                                              \
    FACT(RECEIVABLE_OPEN, REPORT_MINOR, fact.open),                                                \
    FACT(RECEIVABLE_ISSUED_ON, REPORT_DAY, fact.issued_on),                                        \
    FACT(RECEIVABLE_DUE_ON, REPORT_DAY, fact.due_on),                                              \
    FACT(RECEIVABLE_LIMITED_ON, REPORT_DAY, fact.limited_on),                                      \
    FACT(RECEIVABLE_CHANGED_AT, REPORT_MS, decided_at_ms),                                         \
    FACT_WORD(RECEIVABLE_CAUSE, fact.cause, RECEIVABLE_CAUSE),                                     \
    FACT(RECEIVABLE_REVISION, REPORT_I64, fact.revision),                                          \
    EXTRA(RECEIVABLE_OFF, REPORT_I64, off)

static const struct report_field RECEIVABLE_OPENED[] = {
    RECEIVABLE_AFTER(receivable_opened),
    FACT(RECEIVABLE_OPENED_AT, REPORT_MS, decided_at_ms),
};
static const struct report_field RECEIVABLE_CHANGED[] = {
    RECEIVABLE_AFTER(receivable_changed),
};
static const struct report_field RECEIVABLE_CLOSED[] = {
    RECEIVABLE_AFTER(receivable_closed),
    FACT(RECEIVABLE_CLOSED_AT, REPORT_MS, decided_at_ms),
};

#define CHANGE_TO(fact)                                                                            \
    OWNER(CHANGE),                                                                                 \
    EXTRA(CHANGE_OFF, REPORT_I64, off),                                                            \
    FACT(CHANGE_CREDITOR, REPORT_SPAN, envelope.creditor),                                         \
    FACT(CHANGE_DOCUMENT, REPORT_SPAN, fact.document),                                             \
    FACT_WORD(CHANGE_CAUSE, fact.cause, RECEIVABLE_CAUSE),                                         \
    FACT(CHANGE_ISSUED_ON, REPORT_DAY, fact.issued_on),                                            \
    FACT(CHANGE_VALUE_ON, REPORT_DAY, fact.value_on),                                              \
    FACT(CHANGE_BEFORE_CURRENCY, REPORT_CURRENCY, fact.open_before),                               \
    FACT(CHANGE_BEFORE, REPORT_MINOR, fact.open_before),                                           \
    FACT(CHANGE_CURRENCY, REPORT_CURRENCY, fact.open),                                             \
    FACT(CHANGE_OPEN, REPORT_MINOR, fact.open),                                                    \
    FACT(CHANGE_CHANGED_AT, REPORT_MS, decided_at_ms)

/* A fact's value date is that of its cause; what is owed is owed from its day of issue on. */
static const struct report_field CHANGE_OPENED[] = {
    CHANGE_TO(receivable_opened),
    FACT(CHANGE_VALUE_ON, REPORT_DAY, receivable_opened.issued_on),
};
static const struct report_field CHANGE_CHANGED[] = {
    CHANGE_TO(receivable_changed),
};
static const struct report_field CHANGE_CLOSED[] = {
    CHANGE_TO(receivable_closed),
};

#define INSTANCE(of, fact)                                                                         \
    FACT(of##_CREDITOR, REPORT_SPAN, envelope.creditor),                                           \
    FACT(of##_DOCUMENT, REPORT_SPAN, fact.instance.document),                                      \
    FACT(of##_SCENARIO, REPORT_SPAN, fact.instance.scenario),                                      \
    FACT(of##_STEP, REPORT_SPAN, fact.instance.step),                                              \
    FACT(of##_OCCURRENCE, REPORT_U32, fact.instance.occurrence)

static const struct report_field STEP_OPENED[] = {
    OWNER(STEP),
    INSTANCE(STEP, step_opened),
    FACT(STEP_STEP_ON, REPORT_DAY, step_opened.step_on),
    FACT(STEP_OPENED_AT, REPORT_MS, decided_at_ms),
    FACT(STEP_CURRENCY, REPORT_CURRENCY, step_opened.open),
    FACT(STEP_OPEN, REPORT_MINOR, step_opened.open),
};
static const struct report_field STEP_CLOSED[] = {
    OWNER(STEP),
    INSTANCE(STEP, step_closed),
    FACT(STEP_CLOSED_AT, REPORT_MS, decided_at_ms),
    FACT_WORD(STEP_RESULT, step_closed.result, STEP_RESULT),
    FACT(STEP_ACTION, REPORT_ACTION, step_closed.action),
    FACT_WORD(STEP_OUTCOME, step_closed.outcome, OUTCOME_RESULT),
};

static const struct report_field SUPPRESSED[] = {
    OWNER(SILENCE),
    INSTANCE(SILENCE, suppressed),
    EXTRA(SILENCE_OFF, REPORT_I64, off),
    FACT_WORD(SILENCE_REASON, suppressed.reason, SUPPRESSION),
    FACT(SILENCE_RULE, REPORT_SPAN, suppressed.rule),
    FACT(SILENCE_OBJECT, REPORT_SPAN, suppressed.object),
    FACT(SILENCE_SINCE, REPORT_MS, decided_at_ms),
    FACT(SILENCE_NEXT_AT, REPORT_MS, suppressed.next_at_ms),
};

static const struct report_field REQUESTED[] = {
    OWNER(REQUEST),
    FACT(REQUEST_ACTION, REPORT_ACTION, contact_requested.action),
    FACT(REQUEST_NUMBER, REPORT_U32, contact_requested.request_number),
    FACT(REQUEST_CREDITOR, REPORT_SPAN, envelope.creditor),
    FACT(REQUEST_SCENARIO, REPORT_SPAN, contact_requested.scenario),
    FACT(REQUEST_STEP, REPORT_SPAN, contact_requested.step),
    FACT(REQUEST_OCCURRENCE, REPORT_U32, contact_requested.occurrence),
    FACT_WORD(REQUEST_CHANNEL, contact_requested.channel, CHANNEL),
    FACT_WORD(REQUEST_TONE, contact_requested.tone, TONE),
    FACT(REQUEST_SENDER, REPORT_SPAN, contact_requested.sender),
    EXTRA(REQUEST_LINES, REPORT_I64, lines),
    EXTRA(REQUEST_CURRENCY, REPORT_CURRENCY, open),
    EXTRA(REQUEST_OPEN, REPORT_MINOR, open),
    EXTRA(REQUEST_INTEREST, REPORT_MINOR, interest),
    EXTRA(REQUEST_INDEMNITY, REPORT_MINOR, indemnity),
    FACT(REQUEST_REQUESTED_AT, REPORT_MS, contact_requested.decided_at_ms),
    FACT(REQUEST_AS_OF_ON, REPORT_DAY, contact_requested.as_of_on),
    FACT(REQUEST_NOT_AFTER, REPORT_MS, contact_requested.not_after_ms),
    EXTRA(REQUEST_OFF, REPORT_I64, off),
};
/* A line names its creditor only where it is not the message's. */
static const struct report_field REQUESTED_LINES[] = {
    OWNER(LINE),
    EXTRA(LINE_OFF, REPORT_I64, off),
    EXTRA(LINE_LINE, REPORT_I64, line),
    FACT(LINE_ACTION, REPORT_ACTION, contact_requested.action),
    FACT(LINE_REQUEST_NUMBER, REPORT_U32, contact_requested.request_number),
    FACT(LINE_CREDITOR, REPORT_SPAN, envelope.creditor),
    LINE(LINE_CREDITOR, REPORT_SPAN, creditor),
    LINE(LINE_DOCUMENT, REPORT_SPAN, document),
    LINE(LINE_SCENARIO, REPORT_SPAN, instance.scenario),
    LINE(LINE_STEP, REPORT_SPAN, instance.step),
    LINE(LINE_OCCURRENCE, REPORT_U32, instance.occurrence),
    LINE(LINE_CURRENCY, REPORT_CURRENCY, open),
    LINE(LINE_OPEN, REPORT_MINOR, open),
    LINE(LINE_DISPUTED, REPORT_MINOR, disputed),
    LINE(LINE_INTEREST, REPORT_MINOR, interest),
    LINE(LINE_INDEMNITY, REPORT_MINOR, indemnity),
    LINE(LINE_DUE_ON, REPORT_DAY, due_on),
};
static const struct report_field RETURNED[] = {
    OWNER(REQUEST),
    FACT(REQUEST_ACTION, REPORT_ACTION, contact_returned.action),
    FACT(REQUEST_NUMBER, REPORT_U32, contact_returned.request_number),
    FACT_WORD(REQUEST_RETURNED, contact_returned.reason, RETURN_REASON),
    FACT(REQUEST_RETURNED_AT, REPORT_MS, decided_at_ms),
};
static const struct report_field OUTCOME[] = {
    OWNER(REQUEST),
    FACT(REQUEST_ACTION, REPORT_ACTION, contact_outcome.action),
    FACT(REQUEST_NUMBER, REPORT_U32, contact_outcome.request_number),
    FACT_WORD(REQUEST_OUTCOME, contact_outcome.result, OUTCOME_RESULT),
    FACT(REQUEST_OUTCOME_AT, REPORT_MS, decided_at_ms),
    FACT(REQUEST_OUTCOME_CODE, REPORT_SPAN, contact_outcome.code),
    FACT(REQUEST_ASSUMED, REPORT_BOOL, contact_outcome.assumed),
};

/* Opened and closed have one shape; an id is used once. */
#define TASK_SAYS(fact)                                                                            \
    OWNER(TASK),                                                                                   \
    FACT(TASK_TASK, REPORT_SPAN, fact.task),                                                       \
    FACT(TASK_CREDITOR, REPORT_SPAN, envelope.creditor),                                           \
    FACT_WORD(TASK_KIND, fact.kind, TASK_KIND),                                                    \
    FACT(TASK_TEAM, REPORT_SPAN, fact.team),                                                       \
    FACT(TASK_DUE_AT, REPORT_MS, fact.due_at_ms),                                                  \
    FACT(TASK_SCRIPT, REPORT_SPAN, fact.script),                                                   \
    FACT(TASK_OBJECT, REPORT_SPAN, fact.object),                                                   \
    EXTRA(TASK_OFF, REPORT_I64, off)

static const struct report_field TASK_OPENED[] = {
    TASK_SAYS(task_opened),
    FACT(TASK_OPENED_AT, REPORT_MS, decided_at_ms),
};
static const struct report_field TASK_CLOSED[] = {
    TASK_SAYS(task_closed),
    FACT(TASK_CLOSED_AT, REPORT_MS, decided_at_ms),
    FACT(TASK_OUTCOME, REPORT_SPAN, task_closed.outcome_code),
};

static const struct report_field CASE_REFERRAL[] = {
    OWNER(CASE),
    FACT(CASE_ID, REPORT_SPAN, referred.case_id),
    FACT(CASE_CREDITOR, REPORT_SPAN, envelope.creditor),
    FACT(CASE_CURRENCY, REPORT_CURRENCY, referred.open),
    FACT(CASE_REFERRED, REPORT_MINOR, referred.open),
    FACT(CASE_REFERRED_AT, REPORT_MS, decided_at_ms),
    EXTRA(CASE_OFF, REPORT_I64, off),
};
/* What was refused names an act, too: only the question says which one the case is about. */
static const struct report_field CASE_ASKED[] = {
    OWNER(CASE),
    FACT(CASE_ID, REPORT_SPAN, case_moved.case_id),
    FACT(CASE_ACT, REPORT_SPAN, case_moved.act),
};
/* Behind it: it fills what the question has left empty. */
static const struct report_field CASE_MOVED[] = {
    OWNER(CASE),
    FACT(CASE_ID, REPORT_SPAN, case_moved.case_id),
    FACT(CASE_CREDITOR, REPORT_SPAN, envelope.creditor),
    FACT(CASE_PROCEDURE, REPORT_SPAN, case_moved.procedure),
    FACT(CASE_WORD, REPORT_SPAN, case_moved.code),
    FACT(CASE_RULE, REPORT_SPAN, case_moved.rule),
    FACT(CASE_WORD_ON, REPORT_DAY, case_moved.on),
    FACT(CASE_DEADLINE_ON, REPORT_DAY, case_moved.deadline_on),
    FACT(CASE_SAID_AT, REPORT_MS, decided_at_ms),
    FACT(CASE_HOLDS, REPORT_BOOL, case_moved.holds),
    EXTRA(CASE_OFF, REPORT_I64, off),
};

#define FIELDS(list) .fields = (list), .field_count = RLC_COUNT(list)

/* Reports of one kind stand together. */
const struct report REPORTS[] = {
    { RLC_FACT_KIND_RECEIVABLE_OPENED, REPORT_RECEIVABLE, FIELDS(RECEIVABLE_OPENED) },
    { RLC_FACT_KIND_RECEIVABLE_OPENED, REPORT_RECEIVABLE_CHANGE, FIELDS(CHANGE_OPENED) },
    { RLC_FACT_KIND_RECEIVABLE_CHANGED, REPORT_RECEIVABLE, FIELDS(RECEIVABLE_CHANGED) },
    { RLC_FACT_KIND_RECEIVABLE_CHANGED, REPORT_RECEIVABLE_CHANGE, FIELDS(CHANGE_CHANGED) },
    { RLC_FACT_KIND_RECEIVABLE_CLOSED, REPORT_RECEIVABLE, FIELDS(RECEIVABLE_CLOSED) },
    { RLC_FACT_KIND_RECEIVABLE_CLOSED, REPORT_RECEIVABLE_CHANGE, FIELDS(CHANGE_CLOSED) },
    { RLC_FACT_KIND_STEP_OPENED, REPORT_STEP_INSTANCE, FIELDS(STEP_OPENED) },
    { RLC_FACT_KIND_STEP_CLOSED, REPORT_STEP_INSTANCE, FIELDS(STEP_CLOSED) },
    { RLC_FACT_KIND_SUPPRESSED, REPORT_SILENCE, FIELDS(SUPPRESSED) },
    { RLC_FACT_KIND_CONTACT_REQUESTED, REPORT_REQUEST, .head_only = true, FIELDS(REQUESTED) },
    { RLC_FACT_KIND_CONTACT_REQUESTED, REPORT_REQUEST_LINE, .per_line = true,
      FIELDS(REQUESTED_LINES) },
    { RLC_FACT_KIND_CONTACT_RETURNED, REPORT_REQUEST, FIELDS(RETURNED) },
    { RLC_FACT_KIND_CONTACT_OUTCOME, REPORT_REQUEST, FIELDS(OUTCOME) },
    { RLC_FACT_KIND_TASK_OPENED, REPORT_TASK, FIELDS(TASK_OPENED) },
    { RLC_FACT_KIND_TASK_CLOSED, REPORT_TASK, FIELDS(TASK_CLOSED) },
    { RLC_FACT_KIND_REFERRED, REPORT_LAW_CASE, FIELDS(CASE_REFERRAL) },
    { RLC_FACT_KIND_CASE_MOVED, REPORT_LAW_CASE, .code = "APPROVAL_ASKED", FIELDS(CASE_ASKED) },
    { RLC_FACT_KIND_CASE_MOVED, REPORT_LAW_CASE, FIELDS(CASE_MOVED) },
};
const size_t REPORT_COUNT = RLC_COUNT(REPORTS);
/* NOLINTEND(bugprone-macro-parentheses) */
/* clang-format on */
