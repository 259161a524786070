/* SPDX-License-Identifier: Apache-2.0 */
#include "draft.h"

#include <errno.h>
#include <string.h>

#include "csv.h"
#include "plain.h"

#define ROWS_MAX     1000 /* that are looked at: enough for a day beyond the 12th */
#define HEADING_SIZE 128  /* of a heading in its plain form; the rest does not tell more */
#define WORDS_MAX    12

/* What a column may hold, in the order in which columns are given away: "date_facture" is no
 * number. */
enum role { DUE, ISSUED, EMAIL, CURRENCY, NAME, OPEN, CUSTOMER, ENTITY, NUMBER, ROLE_COUNT };

/* Words inside the headings of exports, the surest first; in their plain form (plain.h). */
static const struct {
    const char *stand_in; /* where no heading has one of the words */
    const char *words[WORDS_MAX];
    const char * not [3]; /* a heading with one of these is something else */
} ROLES[ROLE_COUNT] = {
    [DUE] = { "DUE DATE",
              { "due_date", "net_due", "echeance", "chance", "due", "payable", "faellig" },
              { "amount", "montant", "rest" } },
    [ISSUED] = { "ISSUE DATE",
                 { "issue", "invoice_date", "date_fact", "date_piece", "document_date", "doc_date",
                   "emis", "posting", "date" } },
    [EMAIL] = { NULL, { "mail", "courriel" } },
    /* "Amount in local currency" is an amount. */
    [CURRENCY] = { NULL, { "currency", "devise", "curr" }, { "amount", "montant" } },
    [NAME] = { NULL, { "name", "nom", "raison" } },
    [OPEN] = { "OPEN AMOUNT",
               { "open", "reste", "restant", "outstanding", "solde", "balance", "amount", "montant",
                 "total" } },
    [CUSTOMER] = { "CUSTOMER",
                   { "cust", "client", "debtor", "debit", "buyer", "tiers", "compte", "account" } },
    [ENTITY] = { NULL, { "entity", "societe", "company", "business", "creditor" } },
    [NUMBER] = { "INVOICE NUMBER",
                 { "number", "numero", "invoice", "facture", "doc", "piece", "ref" } },
};

static const char *const DATES[] = { "YYYY-MM-DD", "DD/MM/YYYY", "MM/DD/YYYY", "DD.MM.YYYY",
                                     "DD-MM-YYYY", "YYYY/MM/DD", "YYYYMMDD" };

struct draft {
    struct csv csv;
    char headings[CSV_FIELDS_MAX][HEADING_SIZE];
    size_t heading_count;
    size_t column[ROLE_COUNT]; /* CSV_FIELDS_MAX: none */
    bool wrong_dates[RLC_COUNT(DATES)];
    bool has_dates;
    char decimal; /* NUL: no amount has told */
    char grouping;
};

/* ---- headings ---- */

static bool has_word(const char *heading, const char *const words[], size_t limit)
{
    char text[HEADING_SIZE];

    ctl_plain(heading, text, sizeof(text));
    for (size_t i = 0; i < limit && words[i]; i++) {
        if (strstr(text, words[i]))
            return true;
    }
    return false;
}

static bool is_taken(const struct draft *draft, size_t column)
{
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        if (draft->column[i] == column)
            return true;
    }
    return false;
}

static size_t find_column(const struct draft *draft, enum role role)
{
    for (size_t i = 0; i < WORDS_MAX && ROLES[role].words[i]; i++) {
        for (size_t column = 0; column < draft->heading_count; column++) {
            const char *heading = draft->headings[column];

            if (!is_taken(draft, column) && has_word(heading, &ROLES[role].words[i], 1) &&
                !has_word(heading, ROLES[role].not, RLC_COUNT(ROLES[role].not )))
                return column;
        }
    }
    return CSV_FIELDS_MAX;
}

/* A heading that a template could not name stands for nothing. */
static void keep_headings(struct draft *draft)
{
    draft->heading_count = draft->csv.count;
    for (size_t i = 0; i < draft->csv.count; i++) {
        struct rlc_span field = draft->csv.fields[i];

        draft->headings[i][0] = '\0';
        if (field.size < HEADING_SIZE && !memchr(field.data, '{', field.size) &&
            !memchr(field.data, '}', field.size) && !memchr(field.data, '"', field.size) &&
            !memchr(field.data, '\\', field.size))
            (void)snprintf(draft->headings[i], HEADING_SIZE, "%.*s", (int)field.size,
                           (const char *)field.data);
    }
    for (enum role role = 0; role < ROLE_COUNT; role++)
        draft->column[role] = CSV_FIELDS_MAX;
    for (enum role role = 0; role < ROLE_COUNT; role++)
        draft->column[role] = find_column(draft, role);
}

/* ---- values ---- */

static bool is_digit(uint8_t sign)
{
    return sign >= '0' && sign <= '9';
}

/* Whether a text can be a date of this format: signs in their places, no month 13. */
static bool fits_date(struct rlc_span text, const char *format)
{
    int month = 0;
    int day = 0;

    if (text.size != strlen(format))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        bool letter = strchr("YMD", format[i]) != NULL;

        if (letter != is_digit(text.data[i]) || (!letter && text.data[i] != (uint8_t)format[i]))
            return false;
        month = format[i] == 'M' ? month * 10 + (text.data[i] - '0') : month;
        day = format[i] == 'D' ? day * 10 + (text.data[i] - '0') : day;
    }
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* One odd date among many is a flaw of its row: what fits none of the formats tells nothing. */
static void look_at_date(struct draft *draft, struct rlc_span text)
{
    bool fits[RLC_COUNT(DATES)];
    bool any = false;

    for (size_t i = 0; i < RLC_COUNT(DATES); i++) {
        fits[i] = fits_date(text, DATES[i]);
        any = any || fits[i];
    }
    for (size_t i = 0; any && i < RLC_COUNT(DATES); i++)
        draft->wrong_dates[i] = draft->wrong_dates[i] || !fits[i];
    draft->has_dates = draft->has_dates || any;
}

/* The last sign of an amount stands before its cents when one or two digits follow it. */
static void look_at_amount(struct draft *draft, struct rlc_span text)
{
    size_t last;

    if (text.size > 0 && text.data[text.size - 1] == '-') /* behind the digits, as SAP has it */
        text.size--;
    last = text.size;
    while (last > 0 && is_digit(text.data[last - 1]))
        last--;
    if (last == 0 || !strchr(".,", text.data[last - 1]))
        return;
    if (text.size - last <= 2 && !draft->decimal)
        draft->decimal = (char)text.data[last - 1];
    for (size_t i = 0; i + 1 < last; i++) {
        if (draft->decimal && text.data[i] != (uint8_t)draft->decimal &&
            strchr(".,' ", text.data[i]))
            draft->grouping = (char)text.data[i];
    }
}

static void look_at_row(struct draft *draft)
{
    static const enum role HAS_DATE[] = { DUE, ISSUED };

    for (size_t i = 0; i < RLC_COUNT(HAS_DATE); i++) {
        if (draft->column[HAS_DATE[i]] < draft->csv.count)
            look_at_date(draft, draft->csv.fields[draft->column[HAS_DATE[i]]]);
    }
    if (draft->column[OPEN] < draft->csv.count)
        look_at_amount(draft, draft->csv.fields[draft->column[OPEN]]);
}

/* ---- the file ---- */

/* Between the headings: the sign that they have most of. */
static char delimiter_of(FILE *file)
{
    static const char SIGNS[] = ",;\t|";
    size_t count[sizeof(SIGNS)] = { 0 };
    size_t best = 0;
    int sign;

    while ((sign = getc(file)) != EOF && sign != '\n') {
        const char *found = sign ? strchr(SIGNS, sign) : NULL;

        if (found)
            count[found - SIGNS]++;
    }
    for (size_t i = 1; i < sizeof(SIGNS) - 1; i++)
        best = count[i] > count[best] ? i : best;
    rewind(file);
    return SIGNS[best];
}

static int read_ledger(struct ctl *ctl, FILE *file, struct draft *draft)
{
    struct rlc_fault fault = { 0 };

    csv_init(&draft->csv, file, delimiter_of(file));
    switch (csv_next(&draft->csv, &fault)) {
    case CSV_WRONG:
        return ctl_fail(ctl, CTL_DATA, "%s, the header: %s", fault.path, fault.remedy);
    case CSV_END:
        return ctl_fail(ctl, CTL_DATA, "the ledger has no header line");
    case CSV_RECORD:
        break;
    }
    keep_headings(draft);
    for (int row = 0; row < ROWS_MAX && csv_next(&draft->csv, &fault) == CSV_RECORD; row++)
        look_at_row(draft);
    return CTL_OK;
}

/* ---- the mapping ---- */

static const char *heading(const struct draft *draft, enum role role)
{
    return draft->column[role] < CSV_FIELDS_MAX ? draft->headings[draft->column[role]]
                                                : ROLES[role].stand_in;
}

static void write_format(FILE *out, const struct draft *draft)
{
    const char *date = NULL;
    const char *other = NULL;

    for (size_t i = 0; draft->has_dates && i < RLC_COUNT(DATES); i++) {
        if (draft->wrong_dates[i])
            continue;
        other = date ? DATES[i] : NULL;
        date = date ? date : DATES[i];
    }
    if (!date)
        (void)fputs("# No date could be read: say how they are written.\n", out);
    if (other)
        (void)fprintf(out, "# The dates may be %s as well: look.\n", other);
    if (!draft->decimal)
        (void)fputs("# No amount tells the sign before its cents: look.\n", out);
    (void)fputs("format: { delimiter: ", out);
    (void)fprintf(out, draft->csv.delimiter == '\t' ? "\"\\t\"" : "\"%c\"", draft->csv.delimiter);
    (void)fprintf(out, ", decimal: \"%c\"", draft->decimal ? draft->decimal : '.');
    if (draft->grouping)
        (void)fprintf(out, ", grouping: \"%c\"", draft->grouping);
    (void)fprintf(out, ", date: \"%s\" }\n", date ? date : DATES[0]);
}

static void write_missing(FILE *out, const struct draft *draft)
{
    for (enum role role = 0; role < ROLE_COUNT; role++) {
        if (draft->column[role] == CSV_FIELDS_MAX && ROLES[role].stand_in)
            (void)fprintf(out, "# No heading tells it: replace \"%s\" by the right one.\n",
                          ROLES[role].stand_in);
    }
}

/* What every event says; the rest of its line is the caller's. */
static void write_event(FILE *out, const struct draft *draft, const char *type, const char *kind,
                        enum role id)
{
    (void)fprintf(out, "  - type: %s\n", type);
    if (id == CUSTOMER)
        (void)fprintf(out, "    once: \"{%s}\"\n", heading(draft, id));
    (void)fprintf(out,
                  "    id: \"%s-{%s}\"\n"
                  "    source: ledger\n"
                  "    time: \"2026-01-01T00:00:00Z\"\n"
                  "    tenant: my-company\n"
                  "    debtor: \"{%s}\"\n",
                  kind, heading(draft, id), heading(draft, CUSTOMER));
}

static void write_parties(FILE *out, const struct draft *draft)
{
    if (heading(draft, NAME)) {
        write_event(out, draft, "debtor.upserted", "debtor", CUSTOMER);
        (void)fprintf(out,
                      "    # Of all debtors; give it a column where they differ.\n"
                      "    data: { kind: COMPANY, country: FR, zone: Europe/Paris, language: fr, "
                      "name: \"{%s}\" }\n",
                      heading(draft, NAME));
    }
    if (heading(draft, EMAIL)) {
        write_event(out, draft, "contact.upserted", "contact", CUSTOMER);
        (void)fprintf(out,
                      "    data:\n"
                      "      contact: \"1\"\n"
                      "      roles: [ACCOUNTS_PAYABLE]\n"
                      "      channels:\n"
                      "        - { channel: EMAIL, address: \"{%s}\" }\n",
                      heading(draft, EMAIL));
    }
}

static void write_item(FILE *out, const struct draft *draft)
{
    const char *entity = heading(draft, ENTITY);
    const char *currency = heading(draft, CURRENCY);

    write_event(out, draft, "opening_item.entered", "open", NUMBER);
    if (entity)
        (void)fprintf(out, "    creditor: \"{%s}\"\n", entity);
    else
        (void)fputs("    creditor: MY-COMPANY\n", out);
    (void)fprintf(out, "    data:\n      document: \"{%s}\"\n", heading(draft, NUMBER));
    if (currency)
        (void)fprintf(out, "      currency: \"{%s}\"\n", currency);
    else
        (void)fputs("      currency: EUR # no column says so: look\n", out);
    (void)fprintf(out,
                  "      total: \"{%s}\"\n"
                  "      open: \"{%s}\"\n"
                  "      issued_on: \"{%s}\"\n"
                  "      due_on: \"{%s}\"\n",
                  heading(draft, OPEN), heading(draft, OPEN), heading(draft, ISSUED),
                  heading(draft, DUE));
}

int ctl_draft(struct ctl *ctl, const char *path, FILE *out)
{
    static struct draft draft; /* wide tables */
    FILE *file = fopen(path, "rb");
    int code;

    if (!file)
        return ctl_fail(ctl, CTL_NOT_THERE, "cannot open '%s': %s", path, strerror(errno));
    code = read_ledger(ctl, file, &draft);
    if (code == CTL_OK) {
        (void)fputs("# A first mapping out of the headings: docs/IMPORT.md explains every key.\n",
                    out);
        write_missing(out, &draft);
        write_format(out, &draft);
        (void)fprintf(out, "columns: { \"%s\": date, \"%s\": date, \"%s\": amount }\nevents:\n",
                      heading(&draft, ISSUED), heading(&draft, DUE), heading(&draft, OPEN));
        write_parties(out, &draft);
        write_item(out, &draft);
    }
    csv_clear(&draft.csv);
    (void)fclose(file);
    return code;
}
