/* SPDX-License-Identifier: Apache-2.0 */
#include "dossier/pages.h"

#include <stdlib.h>
#include <string.h>

#include "common/pure/text.h"
#include "dossier/guide.h"
#include "text.h"

#define COLUMNS_MAX 24

/* ---- tables for spreadsheets ---- */

struct table {
    const char *file;
    const char *rows;                 /* member of the sheet */
    const char *columns[COLUMNS_MAX]; /* members of its rows, up to the first NULL */
};

static const struct table TABLES[] = {
    { "claim.csv",
      "receivables",
      { "document", "number", "issued_on", "due_on", "currency", "total", "principal", "disputed",
        "interest", "interest_to_filing", "interest_as_filed", "indemnity", "indemnity_currency",
        "terms_version", "evidence_hash", "open_now" } },
    { "interest.csv",
      "interest",
      { "document", "from", "to", "days", "base", "currency", "rate_percent", "rate_source",
        "interest", "runs_to" } },
    { "interest-filed.csv",
      "interest_filed",
      { "document", "from", "to", "days", "base", "currency", "rate_percent", "interest" } },
    { "ledger.csv",
      "ledger",
      { "document", "at", "value_on", "cause", "cause_id", "open_before", "open", "currency",
        "in_claim", "partition", "offset" } },
    { "proofs.csv", "proofs", { "kind", "document", "dated_on", "content_hash", "uri", "file" } },
    { "acts.csv", "acts", { "at",           "what",
                            "act",          "rule",
                            "on",           "deadline_on",
                            "documents",    "amount",
                            "currency",     "actor",
                            "signing_key",  "signature",
                            "command",      "claim_hash",
                            "filing",       "record",
                            "worker",       "partition",
                            "offset",       "sequence",
                            "cause_topic",  "cause_partition",
                            "cause_offset", "cause_hash" } },
    { "documents.csv",
      "documents",
      { "file", "state", "documents", "scenario", "step", "tone", "channel", "asked_at",
        "attempted_at", "result", "code", "message_id", "sha256", "action", "request_number",
        "partition", "attempt_offset", "outcome_offset" } },
    { "chain/records.csv",
      "records",
      { "file", "worker", "topic", "partition", "offset", "sequence", "kind", "at", "previous",
        "leaf", "head" } },
};

static void put_cell_text(FILE *out, const char *text)
{
    if (rlc_text_is_formula(rlc_span_of(text)))
        (void)fputc('\'', out);
    for (; *text; text++) {
        if (*text == '"')
            (void)fputc('"', out);
        (void)fputc(*text, out);
    }
}

/* In quotes whatever it holds, but for numbers (RFC 4180). A list is its texts, one space apart. */
static void put_cell(FILE *out, const json_t *row, const char *member)
{
    const json_t *value = json_object_get(row, member);
    const json_t *text;
    size_t index;
    char number[32];

    if (json_is_integer(value)) {
        (void)fputs(ctl_text(row, member, number), out);
        return;
    }
    if (!value)
        return;
    (void)fputc('"', out);
    if (!json_is_array(value))
        put_cell_text(out, ctl_text(row, member, number));
    json_array_foreach(value, index, text)
    {
        if (index > 0)
            (void)fputc(' ', out);
        put_cell_text(out, json_string_value(text));
    }
    (void)fputc('"', out);
}

static void put_row(FILE *out, const json_t *row, const struct table *table)
{
    for (size_t i = 0; i < COLUMNS_MAX && table->columns[i]; i++) {
        if (i > 0)
            (void)fputc(',', out);
        if (row)
            put_cell(out, row, table->columns[i]);
        else
            (void)fputs(table->columns[i], out);
    }
    (void)fputs("\r\n", out);
}

static void add_table(const json_t *sheet, const struct table *table, struct dossier_folder *folder)
{
    struct dossier_stream stream;
    size_t index;
    const json_t *row;

    if (!dossier_folder_open(folder, &stream))
        return;
    put_row(stream.out, NULL, table);
    json_array_foreach(json_object_get(sheet, table->rows), index, row)
    {
        put_row(stream.out, row, table);
    }
    dossier_folder_close(folder, &stream, table->file);
}

/* ---- the overview ---- */

/* A member as a line of "title: value"; nothing where it is absent. */
struct entry {
    const char *title;
    const char *member;
};

static void put_entries(FILE *out, const json_t *object, const struct entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char number[32];
        const char *text = ctl_text(object, entries[i].member, number);

        if (text[0])
            (void)fprintf(out, "%-22s %s\n", entries[i].title, text);
    }
}

static void put_title(FILE *out, const char *title)
{
    (void)fprintf(out, "\n%s\n", title);
    for (size_t i = 0; i < strlen(title); i++)
        (void)fputc('-', out);
    (void)fputs("\n\n", out);
}

static void put_parties(FILE *out, const json_t *sheet)
{
    static const struct entry ENTRIES[] = {
        { "Creditor", "creditor" },
        { "Known as", "creditor_title" },
        { "Debtor", "debtor" },
        { "Name", "debtor_name" },
        { "Register number", "registry_id" },
        { "Kind", "kind" },
        { "Standing", "status" },
        { "Country", "country" },
    };
    const json_t *parties = json_object_get(sheet, "parties");
    const json_t *line;
    size_t index;

    put_title(out, "Parties");
    put_entries(out, parties, ENTRIES, RLC_COUNT(ENTRIES));
    json_array_foreach(json_object_get(parties, "debtor_address"), index, line)(void)
        fprintf(out, "%-22s %s\n", index == 0 ? "Address" : "", json_string_value(line));
}

static void put_case(FILE *out, const json_t *sheet)
{
    static const struct entry ENTRIES[] = {
        { "Case", "case" },
        { "Tenant", "tenant" },
        { "Procedure", "procedure" },
        { "Last word", "state" },
        { "Referred", "referred_at" },
        { "Filed", "filed_at" },
        { "Act filed", "filed_act" },
        { "Filing", "filing" },
        { "Recalled", "recalled_at" },
        { "Recalled because", "recall_reason" },
        { "Next deadline", "deadline_on" },
        { "Rules (bundle)", "bundle_hash" },
    };

    put_title(out, "Case");
    put_entries(out, json_object_get(sheet, "case"), ENTRIES, RLC_COUNT(ENTRIES));
}

static void put_claim(FILE *out, const json_t *sheet)
{
    static const struct entry ENTRIES[] = {
        { "Claim hash", "claim_hash" },
        { "Computed anew", "computed_hash" },
        { "Lines come from", "source" },
        { "Computed on", "computed_on" },
        { "Currency", "currency" },
        { "Principal", "principal" },
        { "Disputed", "disputed" },
        { "Interest", "interest" },
        { "... up to the filing", "interest_to_filing" },
        { "... as filed", "interest_as_filed" },
        { "Indemnity", "indemnity" },
        { "Interest by", "interest_basis" },
    };
    static const struct ctl_column COLUMNS[] = {
        { "number", "number", false },      { "issued", "issued_on", false },
        { "due", "due_on", false },         { "total", "total", true },
        { "principal", "principal", true }, { "disputed", "disputed", true },
        { "interest", "interest", true },   { "to filing", "interest_to_filing", true },
        { "indemnity", "indemnity", true }, { "currency", "currency", false },
        { "open now", "open_now", true },
    };

    put_title(out, "Claim");
    put_entries(out, json_object_get(sheet, "claim"), ENTRIES, RLC_COUNT(ENTRIES));
    (void)fputc('\n', out);
    ctl_table(out, json_object_get(sheet, "receivables"), COLUMNS, RLC_COUNT(COLUMNS));
}

static void put_interest(FILE *out, const json_t *sheet)
{
    static const struct ctl_column COLUMNS[] = {
        { "document", "document", false },
        { "from", "from", false },
        { "to", "to", false },
        { "days", "days", true },
        { "on", "base", true },
        { "rate %", "rate_percent", true },
        { "interest", "interest", true },
        { "currency", "currency", false },
        { "rate of", "rate_source", false },
    };

    if (json_array_size(json_object_get(sheet, "interest")) == 0)
        return;
    put_title(out, "Interest");
    ctl_table(out, json_object_get(sheet, "interest"), COLUMNS, RLC_COUNT(COLUMNS));
}

static void put_acts(FILE *out, const json_t *sheet)
{
    static const struct ctl_column COLUMNS[] = {
        { "at (UTC)", "at", false }, { "what", "what", false },
        { "act", "act", false },     { "rule", "rule", false },
        { "of", "on", false },       { "deadline", "deadline_on", false },
        { "who", "actor", false },   { "record", "worker/offset", false },
    };

    put_title(out, "What happened");
    ctl_table(out, json_object_get(sheet, "acts"), COLUMNS, RLC_COUNT(COLUMNS));
}

static void put_documents(FILE *out, const json_t *sheet)
{
    static const struct ctl_column COLUMNS[] = {
        { "sent at (UTC)", "attempted_at", false },
        { "tone", "tone", false },
        { "result", "result", false },
        { "here", "state", false },
        { "file", "file", false },
    };

    put_title(out, "Messages that were sent");
    ctl_table(out, json_object_get(sheet, "documents"), COLUMNS, RLC_COUNT(COLUMNS));
    if (json_array_size(json_object_get(sheet, "documents")) == 0)
        (void)fputs("None.\n", out);
}

static void put_remarks(FILE *out, const json_t *sheet)
{
    const json_t *remarks = json_object_get(sheet, "remarks");
    const json_t *remark;
    size_t index;

    if (json_array_size(remarks) == 0)
        return;
    put_title(out, "What does not agree, or is not here");
    json_array_foreach(remarks, index, remark)(void)
        fprintf(out, "- %s\n", json_string_value(remark));
}

static void add_overview(const json_t *sheet, struct dossier_folder *folder)
{
    static void (*const PARTS[])(FILE * out, const json_t *sheet) = {
        put_remarks, put_parties, put_case, put_claim, put_interest, put_acts, put_documents,
    };
    struct dossier_stream stream;

    if (!dossier_folder_open(folder, &stream))
        return;
    (void)fputs(DOSSIER_OVERVIEW, stream.out);
    for (size_t i = 0; i < RLC_COUNT(PARTS); i++)
        PARTS[i](stream.out, sheet);
    dossier_folder_close(folder, &stream, "README.txt");
}

/* ---- for programs ---- */

static void add_json(const json_t *sheet, struct dossier_folder *folder)
{
    char *text = json_dumps(sheet, JSON_INDENT(2) | JSON_SORT_KEYS);

    if (!text) {
        folder->crowded = true;
        return;
    }
    dossier_folder_add(folder, "case.json", rlc_span_of(text));
    free(text);
}

void dossier_pages_add(const json_t *sheet, struct dossier_folder *folder)
{
    add_overview(sheet, folder);
    add_json(sheet, folder);
    for (size_t i = 0; i < RLC_COUNT(TABLES); i++)
        add_table(sheet, &TABLES[i], folder);
    dossier_folder_add(folder, "VERIFY.txt", rlc_span_of(DOSSIER_VERIFY));
    dossier_folder_add(folder, "verify.py", rlc_span_of(DOSSIER_PROGRAM));
}
