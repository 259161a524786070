/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl import: a ledger, CSV or JSON lines, becomes events of the contract, in the order of
 * their time, one JSON object a line. The result is a file to look at, to `replay`, or to publish.
 */
#include "commands.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/calendar.h"
#include "contract.h"
#include "ledger.h"

const struct ctl_option CTL_IMPORT_OPTIONS[] = {
    { "mapping", "FILE", "how columns become events (YAML); required" },
    { "out", "FILE", "where the events go (default: standard output)" },
    { "skip-wrong", NULL, "write the rest (default: with a wrong row, nothing is written)" },
    { NULL, NULL, NULL },
};

/* Events of one ledger: 2 GB of JSON; larger ones are imported in parts. */
#define EVENTS_MAX ((size_t)5000000)
/* Wrong rows that are listed; more are the same mistake. */
#define FAULTS_MAX 50

/* An event, ready to be written. */
struct line {
    rlc_ms time_ms;
    int32_t rank; /* of its type: parties, then what is owed, then what settles it */
    size_t number;
    char *json;
};

struct import {
    struct ctl *ctl;
    struct ctl_ledger ledger;
    struct line *lines;
    size_t count;
    size_t capacity;
    long rows;
    json_t *faults; /* one line each */
    long wrong_rows;
    char once[MAPPING_EVENTS_MAX]
             [MAPPING_TEXT_MAX]; /* of the row's events, until it is known to be fine */
};

/* ---- what is wrong ---- */

static void note(struct import *import, const char *format, ...) RLC_PRINTF(2, 3);

static void note(struct import *import, const char *format, ...)
{
    char text[1024];
    va_list values;

    if (json_array_size(import->faults) == FAULTS_MAX)
        return;
    va_start(values, format);
    (void)vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    (void)json_array_append_new(import->faults, json_string(text));
}

static void print_faults(const struct import *import)
{
    size_t i;
    json_t *line;

    json_array_foreach(import->faults, i, line)(void)
        fprintf(stderr, "relancectl: %s\n", json_string_value(line));
}

static int fail_faults(struct import *import, const char *summary)
{
    const char *path = import->ctl->arguments[0];

    if (ctl_json(import->ctl, json_pack("{s:s+, s:i, s:O}", "error", path, summary, "exit",
                                        CTL_DATA, "faults", import->faults)))
        return CTL_DATA;
    print_faults(import);
    return ctl_fail(import->ctl, CTL_DATA, "%s%s", path, summary);
}

static int fail_rows(struct import *import)
{
    char summary[128];

    (void)snprintf(summary, sizeof(summary), ": %ld row%s wrong, nothing is written%s",
                   import->wrong_rows, import->wrong_rows == 1 ? " is" : "s are",
                   import->wrong_rows > FAULTS_MAX ? "; the first are listed" : "");
    return fail_faults(import, summary);
}

/* ---- order ---- */

static int32_t rank_of(const char *type)
{
    static const char *const ORDER[] = {
        "debtor.",      "account.", "contact.", "opening_item.", "invoice.issued", "invoice.",
        "credit_note.", "dispute.", "promise.", "hold.",         "payment.",       "command.",
    };

    for (int32_t i = 0; i < (int32_t)RLC_COUNT(ORDER); i++) {
        if (strstr(type, ORDER[i]))
            return i;
    }
    return (int32_t)RLC_COUNT(ORDER);
}

static int by_time(const void *left, const void *right)
{
    const struct line *a = left;
    const struct line *b = right;

    if (a->time_ms != b->time_ms)
        return a->time_ms < b->time_ms ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* ---- one row ---- */

static bool grow(struct import *import)
{
    size_t capacity = import->capacity ? import->capacity * 2 : 1024;
    struct line *larger;

    if (import->count < import->capacity)
        return true;
    if (import->count >= EVENTS_MAX)
        return false;
    larger = realloc(import->lines, capacity * sizeof(*larger));
    if (!larger)
        return false;
    import->lines = larger;
    import->capacity = capacity;
    return true;
}

static int add_line(struct import *import, json_t *event, char *json)
{
    const char *time = json_string_value(json_object_get(event, "time"));
    const char *type = json_string_value(json_object_get(event, "type"));
    struct line *line;

    if (!grow(import))
        return ctl_fail(import->ctl, CTL_DATA, "too many events: import the ledger in parts");
    line = &import->lines[import->count];
    if (!time || !rlc_ms_parse(rlc_span_of(time), &line->time_ms))
        return ctl_fail(import->ctl, CTL_INTERNAL, "line %ld: an event without time",
                        import->ledger.csv.record_line);
    line->rank = rank_of(type ? type : "");
    line->number = import->count;
    line->json = json;
    import->count++;
    return CTL_OK;
}

/* Says which text of the row ingest would refuse. */
static void note_refused(struct import *import, size_t number, const struct rlc_fault *fault)
{
    struct rlc_span type = mapping_template(&import->ledger.mapping, number, "type");
    struct rlc_span from = mapping_template(&import->ledger.mapping, number, fault->path);

    note(import, "line %ld, %.*s: %s%s%.*s%s: %s: %s", import->ledger.csv.record_line,
         (int)type.size, (const char *)type.data, fault->path, from.size ? ", from '" : "",
         (int)from.size, from.size ? (const char *)from.data : "", from.size ? "'" : "",
         fault->code, fault->remedy);
}

/* A fault of the row itself names its line; one of a template does not. */
static void note_fault(struct import *import, const struct rlc_fault *fault)
{
    static const char LINE[] = "line ";

    if (!fault->code)
        note(import, "line %ld: it is too large to be held", import->ledger.csv.record_line);
    else if (strncmp(fault->path, LINE, strlen(LINE)) == 0)
        note(import, "%s: %s: %s", fault->path, fault->code, fault->remedy);
    else
        note(import, "line %ld: %s: %s", import->ledger.csv.record_line, fault->code,
             fault->remedy);
}

static int check_and_add(struct import *import, size_t number, json_t *event)
{
    char *json = json_dumps(event, JSON_COMPACT | JSON_PRESERVE_ORDER);
    struct rlc_fault fault = { 0 };
    enum rlc_status status = RLC_RETRY;
    int code;

    if (json)
        status = ctl_contract_check(rlc_span_of(json), &import->ledger.row, &fault);
    if (status == RLC_OK) {
        code = add_line(import, event, json);
        if (code != CTL_OK)
            free(json);
        return code;
    }
    free(json);
    if (status != RLC_REJECT)
        return ctl_fail(import->ctl, CTL_INTERNAL, "out of memory");
    note_refused(import, number, &fault);
    return CTL_FOUND;
}

/* CTL_FOUND: the row is wrong, and that was noted. */
static int add_event(struct import *import, size_t number, const struct mapping_row *row)
{
    char *once = import->once[number];
    struct rlc_fault fault = { 0 };
    json_t *event = mapping_event(&import->ledger.mapping, number, row, once, &fault);
    int code = CTL_OK;

    if (!event) {
        note_fault(import, &fault);
        return CTL_FOUND;
    }
    if (!ctl_ledger_knows(&import->ledger, number, once))
        code = check_and_add(import, number, event);
    json_decref(event);
    return code;
}

/* Of a row that is wrong nothing is kept. */
static void take_back(struct import *import, size_t count)
{
    while (import->count > count)
        free(import->lines[--import->count].json);
}

static int add_events(struct import *import, const struct mapping_row *row)
{
    struct ctl_ledger *ledger = &import->ledger;
    size_t before = import->count;
    size_t wanted = 0;
    int code = CTL_OK;

    for (size_t i = 0; code == CTL_OK && i < ledger->mapping.event_count; i++) {
        import->once[i][0] = '\0';
        if (!mapping_wants(&ledger->mapping, i, row))
            continue;
        wanted++;
        code = add_event(import, i, row);
    }
    if (code == CTL_OK && wanted == 0) {
        note(import, "line %ld: NOT_MAPPED: no event is for it by its 'when'; add one",
             ledger->csv.record_line);
        code = CTL_FOUND;
    }
    if (code != CTL_OK)
        take_back(import, before);
    for (size_t i = 0; code == CTL_OK && i < ledger->mapping.event_count; i++)
        ctl_ledger_remember(ledger, i, import->once[i]);
    return code;
}

static int add_row(struct import *import)
{
    static struct mapping_row row; /* as wide as the widest ledger */
    struct rlc_fault fault = { 0 };
    int code;

    if (ctl_ledger_convert(&import->ledger, &row, &fault) != RLC_OK) {
        note_fault(import, &fault);
        return CTL_FOUND;
    }
    code = add_events(import, &row);
    import->rows += code == CTL_OK;
    return code;
}

/* ---- files ---- */

static int fail_problems(struct import *import)
{
    char text[1024];

    for (size_t i = 0; i < import->ledger.problems.count; i++) {
        note(import, "%s; %s",
             rlc_problem_format(&import->ledger.problems.problem[i], text, sizeof(text)),
             import->ledger.problems.problem[i].remedy);
    }
    return fail_faults(import, ": not read, the mapping does not fit");
}

static int read_rows(struct import *import)
{
    struct rlc_fault fault = { 0 };
    bool goes_on = true;
    enum csv_answer answer;

    while (goes_on && (answer = ctl_ledger_next(&import->ledger, &fault)) != CSV_END) {
        int code = answer == CSV_RECORD ? add_row(import) : CTL_FOUND;

        if (code != CTL_OK && code != CTL_FOUND)
            return code;
        import->wrong_rows += code == CTL_FOUND;
        if (answer == CSV_RECORD)
            continue;
        goes_on = import->ledger.mapping.json;
        if (goes_on)
            note_fault(import, &fault);
        else
            note(import, "%s: %s; what follows is not read", fault.path, fault.remedy);
    }
    if (import->wrong_rows == 0 ||
        (goes_on && import->rows && ctl_option(import->ctl, "skip-wrong")))
        return CTL_OK;
    return fail_rows(import);
}

/* A member that no line has may be spelled wrong: without it an event may still be whole. */
static json_t *never_found(const struct import *import)
{
    const struct ctl_ledger *ledger = &import->ledger;
    json_t *names = ledger->mapping.json && import->rows ? json_array() : NULL;

    for (size_t i = 0; names && i < ledger->header.count; i++) {
        struct rlc_span name = ledger->header.fields[i];

        if (!ledger->json.found[i])
            (void)json_array_append_new(names, json_stringn((const char *)name.data, name.size));
    }
    return names;
}

static void print_never_found(const json_t *names)
{
    size_t i;
    json_t *name;

    json_array_foreach(names, i, name)(void)
        fprintf(stderr, "relancectl: note: no line has a member '%s'\n", json_string_value(name));
}

static int write_lines(struct import *import, const char *path)
{
    FILE *out = path ? fopen(path, "wb") : stdout;
    bool written = out != NULL;

    if (!out)
        return ctl_fail(import->ctl, CTL_NOT_THERE, "cannot write '%s': %s", path, strerror(errno));
    for (size_t i = 0; i < import->count; i++)
        written = fputs(import->lines[i].json, out) >= 0 && fputc('\n', out) >= 0 && written;
    if (path)
        written = fclose(out) == 0 && written;
    if (!written)
        return ctl_fail(import->ctl, CTL_INTERNAL, "cannot write all events: %s", strerror(errno));
    return CTL_OK;
}

/* Where the events go to standard output, all else goes to the other one. */
static int report(const struct import *import, const char *path)
{
    json_t *missing = never_found(import);
    FILE *out = path ? stdout : stderr;

    if (!path || !ctl_json(import->ctl,
                           json_pack("{s:I, s:I, s:I, s:O, s:O*}", "rows", (json_int_t)import->rows,
                                     "events", (json_int_t)import->count, "wrong",
                                     (json_int_t)import->wrong_rows, "faults", import->faults,
                                     "never_found", missing))) {
        print_faults(import);
        print_never_found(missing);
        if (path || import->wrong_rows)
            (void)fprintf(out, "%ld rows became %zu events", import->rows, import->count);
        if (path)
            (void)fprintf(out, " in %s", path);
        if (import->wrong_rows)
            (void)fprintf(out, ", %ld %s wrong", import->wrong_rows,
                          import->wrong_rows == 1 ? "is" : "are");
        if (path || import->wrong_rows)
            (void)fputc('\n', out);
    }
    json_decref(missing);
    return import->wrong_rows ? CTL_DATA : CTL_OK;
}

static int import_file(struct import *import)
{
    int code = ctl_ledger_open(import->ctl, import->ctl->arguments[0],
                               ctl_option(import->ctl, "mapping"), &import->ledger);

    if (code == CTL_FOUND)
        return fail_problems(import);
    if (code == CTL_OK)
        code = read_rows(import);
    if (code != CTL_OK)
        return code;
    if (import->count)
        qsort(import->lines, import->count, sizeof(*import->lines), by_time);
    code = write_lines(import, ctl_option(import->ctl, "out"));
    return code == CTL_OK ? report(import, ctl_option(import->ctl, "out")) : code;
}

static void import_clear(struct import *import)
{
    for (size_t i = 0; i < import->count; i++)
        free(import->lines[i].json);
    free(import->lines);
    json_decref(import->faults);
    ctl_ledger_close(&import->ledger);
}

int ctl_import(struct ctl *ctl)
{
    static struct import import; /* wide tables */
    int code;

    if (!ctl_option(ctl, "mapping"))
        return ctl_fail(ctl, CTL_USAGE, "--mapping FILE says how columns become events");
    import.ctl = ctl;
    import.faults = json_array();
    code = import_file(&import);
    import_clear(&import);
    return code;
}
