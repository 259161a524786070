/* SPDX-License-Identifier: Apache-2.0 */
#include "flaws.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

/* `what` NULL: what was refused says it. */
static const struct {
    const char *word;
    const char *what;
    const char *remedy;
} FLAWS[CTL_FLAW_COUNT] = {
    [CTL_FLAW_ROW] = { "BAD_ROW", NULL, NULL },
    [CTL_FLAW_DATE] = { "BAD_DATE", NULL, "correct it, or the mapping's format.date" },
    [CTL_FLAW_AMOUNT] = { "BAD_AMOUNT", "no amount of its currency",
                          "correct it, or the mapping's decimal and grouping signs" },
    [CTL_FLAW_CURRENCY] = { "UNKNOWN_CURRENCY", "no currency of ISO 4217",
                            "write the code, or give the mapping a value for it" },
    [CTL_FLAW_NEGATIVE] = { "NEGATIVE_AMOUNT", "a credit among the invoices",
                            "allocate it to an invoice, or send it as credit_note.issued" },
    [CTL_FLAW_NO_DEBTOR] = { "NO_DEBTOR", "nobody owes it", "name the customer" },
    [CTL_FLAW_NO_NUMBER] = { "NO_NUMBER", "an invoice without number", "give it its number" },
    [CTL_FLAW_NO_DUE_DATE] = { "NO_DUE_DATE", "nobody knows when it is late",
                               "take it from the invoice or the contract; by law 30 days after "
                               "delivery if nothing was agreed" },
    [CTL_FLAW_NO_ISSUE_DATE] = { "NO_ISSUE_DATE", "nobody knows when it was issued",
                                 "take it from the invoice" },
    [CTL_FLAW_DUPLICATE] = { "DUPLICATE_NUMBER", NULL,
                             "remove it, or give each instalment a number of its own" },
    [CTL_FLAW_DUE_BEFORE_ISSUE] = { "DUE_BEFORE_ISSUE", "due before it was issued",
                                    "look at both dates: one is of another document" },
    [CTL_FLAW_FUTURE] = { "ISSUED_IN_FUTURE", "issued after the day of this balance",
                          "correct the date, or name the day with --on" },
    [CTL_FLAW_NO_NAME] = { "NO_NAME", "a debtor without name", "nobody can be addressed: name it" },
    [CTL_FLAW_NO_EMAIL] = { "NO_EMAIL", "a debtor without e-mail address",
                            "ask for one: nothing goes out to it" },
    [CTL_FLAW_EMAIL] = { "BAD_EMAIL", "no e-mail address", "correct it: nothing goes out to it" },
    [CTL_FLAW_NATURAL] = { "NATURAL_PERSON", "a sole trader or consumer is a natural person",
                           "give every event of this debtor 'naturalperson: true', see "
                           "docs/IMPORT.md, section 'Natural persons'" },
    [CTL_FLAW_OTHER] = { "OTHER", NULL, NULL },
};

/* What a refusal means, by its code and where it lies; the first row that fits. NULL: any. */
static const struct {
    const char *code;
    const char *path; /* how it begins */
    enum ctl_flaw flaw;
} REFUSALS[] = {
    { "BAD_CSV", NULL, CTL_FLAW_ROW },
    { "BAD_DATE", NULL, CTL_FLAW_DATE },
    { "MISSING_FIELD", "data.due_on", CTL_FLAW_NO_DUE_DATE },
    { "MISSING_FIELD", "data.issued_on", CTL_FLAW_NO_ISSUE_DATE },
    { "MISSING_FIELD", "data.document", CTL_FLAW_NO_NUMBER },
    { "MISSING_FIELD", "data.name", CTL_FLAW_NO_NAME },
    { "MISSING_FIELD", "data.channels", CTL_FLAW_NO_EMAIL },
    { "MISSING_FIELD", "debtor", CTL_FLAW_NO_DEBTOR },
    { NULL, "data.channels", CTL_FLAW_EMAIL },
    { "INCONSISTENT", "data.due_on", CTL_FLAW_DUE_BEFORE_ISSUE },
    { "BAD_AMOUNT", NULL, CTL_FLAW_AMOUNT },
    { "NATURAL_PERSON", NULL, CTL_FLAW_NATURAL },
};

const char *ctl_flaw_word(enum ctl_flaw flaw)
{
    return FLAWS[flaw].word;
}

/* "{due}" is the column `due`; a template of several stays as it is. */
static struct rlc_span bare(struct rlc_span column)
{
    bool braced = column.size > 2 && column.data[0] == '{' &&
                  memchr(column.data, '}', column.size) == column.data + column.size - 1;

    return braced ? rlc_span_from(column.data + 1, column.size - 2) : column;
}

void ctl_flaw_note(struct ctl_flaws *flaws, enum ctl_flaw flaw, const struct ctl_flaw_place *place,
                   const char *what, const char *remedy)
{
    json_t *row = json_object();

    ctl_put(row, "line", json_integer(place->line));
    ctl_put_span(row, "column", bare(place->column));
    ctl_put_text(row, "kind", FLAWS[flaw].word);
    ctl_put_text(row, "what", what ? what : FLAWS[flaw].what);
    ctl_put_text(row, "remedy", remedy ? remedy : FLAWS[flaw].remedy);
    (void)json_array_append_new(flaws->rows, row);
    flaws->count[flaw]++;
}

static bool fits(const char *wanted, const char *found)
{
    return !wanted || strncmp(found, wanted, strlen(wanted)) == 0;
}

static enum ctl_flaw kind_of(const struct rlc_fault *fault)
{
    for (size_t i = 0; i < RLC_COUNT(REFUSALS); i++) {
        if (fits(REFUSALS[i].code, fault->code) && fits(REFUSALS[i].path, fault->path))
            return REFUSALS[i].flaw;
    }
    return CTL_FLAW_OTHER;
}

static bool names_column(struct rlc_span column)
{
    return column.size > 0 && memchr(column.data, '{', column.size);
}

/* "line 7, column 'due'" names a column, "line 7" none; any other path is that of a member. */
static struct rlc_span column_of(const char *path)
{
    const char *open = strchr(path, '\'');
    const char *close = open ? strrchr(path, '\'') : NULL;

    if (close > open)
        return rlc_span_from(open + 1, (size_t)(close - open) - 1);
    return strncmp(path, "line ", strlen("line ")) == 0 ? (struct rlc_span){ NULL, 0 }
                                                        : rlc_span_of(path);
}

enum ctl_flaw ctl_flaw_refused(struct ctl_flaws *flaws, const struct ctl_flaw_place *place,
                               const struct rlc_fault *fault)
{
    enum ctl_flaw flaw = kind_of(fault);
    struct ctl_flaw_place there = *place;
    char what[512];

    if (!names_column(there.column))
        there.column = column_of(fault->path);
    if (flaw == CTL_FLAW_OTHER)
        (void)snprintf(what, sizeof(what), "%s: %s", fault->code, fault->remedy);
    else
        (void)snprintf(what, sizeof(what), "%s", fault->remedy);
    ctl_flaw_note(flaws, flaw, &there, FLAWS[flaw].what ? NULL : what,
                  FLAWS[flaw].remedy ? NULL : "see docs/IMPORT.md");
    return flaw;
}
