/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl import: a ledger as CSV becomes events of the contract, in the order of their time,
 * one JSON object a line. The result is a file to look at, to `replay`, or to publish. */
#include "commands.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/yaml.h"
#include "common/pure/calendar.h"
#include "common/runtime/memory.h"
#include "contract.h"
#include "mapping.h"

const struct ctl_option CTL_IMPORT_OPTIONS[] = {
    { "mapping", "FILE", "how columns become events (YAML); required" },
    { "out", "FILE", "where the events go (default: standard output)" },
    { NULL, NULL, NULL },
};

#define MAPPING_FILE_MAX ((size_t)1 << 20) /* a mapping is a page of text */
#define ARENA_SIZE       ((size_t)256 << 20)
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
    struct mapping mapping;
    struct rlc_arena tree; /* of the mapping */
    struct rlc_arena row;
    struct csv csv;
    struct csv header;
    struct rlc_problems problems;
    struct line *lines;
    size_t count;
    size_t capacity;
    json_t *seen; /* per event: the "once" texts so far */
    long rows;
    json_t *faults; /* one line each */
    long wrong_rows;
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

static int fail_faults(struct import *import, const char *summary)
{
    const char *path = import->ctl->arguments[0];
    size_t i;
    json_t *line;

    if (ctl_json(import->ctl, json_pack("{s:s+, s:i, s:O}", "error", path, summary, "exit",
                                        CTL_DATA, "faults", import->faults)))
        return CTL_DATA;
    json_array_foreach(import->faults, i, line)(void)
        fprintf(stderr, "relancectl: %s\n", json_string_value(line));
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

static bool is_repeated(struct import *import, size_t event, const char *once)
{
    json_t *seen = json_array_get(import->seen, event);

    if (!once[0])
        return false;
    if (json_object_get(seen, once))
        return true;
    (void)json_object_set_new(seen, once, json_true());
    return false;
}

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
                        import->csv.record_line);
    line->rank = rank_of(type ? type : "");
    line->number = import->count;
    line->json = json;
    import->count++;
    return CTL_OK;
}

/* Says which text of the row ingest would refuse. */
static void note_refused(struct import *import, size_t number, const struct rlc_fault *fault)
{
    struct rlc_span type = mapping_template(&import->mapping, number, "type");
    struct rlc_span from = mapping_template(&import->mapping, number, fault->path);

    note(import, "line %ld, %.*s: %s%s%.*s%s: %s: %s", import->csv.record_line, (int)type.size,
         (const char *)type.data, fault->path, from.size ? ", from '" : "", (int)from.size,
         from.size ? (const char *)from.data : "", from.size ? "'" : "", fault->code,
         fault->remedy);
}

static int check_and_add(struct import *import, size_t number, json_t *event)
{
    char *json = json_dumps(event, JSON_COMPACT | JSON_PRESERVE_ORDER);
    struct rlc_fault fault = { 0 };
    enum rlc_status status = RLC_RETRY;
    int code;

    if (json)
        status = ctl_contract_check(rlc_span_of(json), &import->row, &fault);
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
    char once[MAPPING_TEXT_MAX];
    struct rlc_fault fault = { 0 };
    json_t *event = mapping_event(&import->mapping, number, row, once, &fault);
    int code = CTL_OK;

    if (!event) {
        note(import, "line %ld: %s: %s", import->csv.record_line, fault.code, fault.remedy);
        return CTL_FOUND;
    }
    if (!is_repeated(import, number, once))
        code = check_and_add(import, number, event);
    json_decref(event);
    return code;
}

static int add_row(struct import *import)
{
    static struct mapping_row row; /* as wide as the widest ledger */
    struct rlc_fault fault = { 0 };
    int code = CTL_OK;

    rlc_arena_reset(&import->row);
    if (mapping_convert(&import->mapping, &import->header, &import->csv, &import->row, &row,
                        &fault) != RLC_OK) {
        note(import, "%s: %s: %s", fault.path, fault.code, fault.remedy);
        return CTL_FOUND;
    }
    import->rows++;
    for (size_t i = 0; code == CTL_OK && i < import->mapping.event_count; i++)
        code = add_event(import, i, &row);
    return code;
}

/* ---- files ---- */

static int fail_problems(struct import *import)
{
    char text[1024];

    for (size_t i = 0; i < import->problems.count; i++)
        note(import, "%s; %s", rlc_problem_format(&import->problems.problem[i], text, sizeof(text)),
             import->problems.problem[i].remedy);
    return fail_faults(import, ": not read, the mapping does not fit");
}

static int load_mapping(struct import *import, const char *path)
{
    struct rlc_span content;
    int code = ctl_file(import->ctl, path, MAPPING_FILE_MAX, &import->tree, &content);

    if (code != CTL_OK)
        return code;
    if (!mapping_load(&import->mapping, rlc_span_of(path), content, &import->tree,
                      &import->problems))
        return fail_problems(import);
    for (size_t i = 0; i < import->mapping.event_count; i++)
        (void)json_array_append_new(import->seen, json_object());
    return CTL_OK;
}

/* The header's names must outlive the record they came in. */
static int keep_header(struct import *import)
{
    struct rlc_fault fault = { 0 };
    enum csv_answer answer = csv_next(&import->csv, &fault);

    if (answer == CSV_WRONG)
        return ctl_fail(import->ctl, CTL_DATA, "%s, the header: %s", fault.path, fault.remedy);
    if (answer == CSV_END)
        return ctl_fail(import->ctl, CTL_DATA, "the ledger has no header line");
    import->header.count = import->csv.count;
    for (size_t i = 0; i < import->csv.count; i++)
        import->header.fields[i] = rlc_arena_copy(&import->tree, import->csv.fields[i]);
    if (!mapping_bind(&import->mapping, &import->header, &import->problems))
        return fail_problems(import);
    return CTL_OK;
}

static int read_rows(struct import *import)
{
    struct rlc_fault fault = { 0 };
    enum csv_answer answer;

    while ((answer = csv_next(&import->csv, &fault)) == CSV_RECORD) {
        int code = add_row(import);

        if (code != CTL_OK && code != CTL_FOUND)
            return code;
        import->wrong_rows += code == CTL_FOUND;
    }
    if (answer == CSV_WRONG) {
        note(import, "%s: %s; what follows is not read", fault.path, fault.remedy);
        import->wrong_rows++;
    }
    return import->wrong_rows ? fail_rows(import) : CTL_OK;
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
    if (path && !ctl_json(import->ctl, json_pack("{s:I, s:I}", "rows", (json_int_t)import->rows,
                                                 "events", (json_int_t)import->count)))
        (void)printf("%ld rows became %zu events in %s\n", import->rows, import->count, path);
    return CTL_OK;
}

static int import_file(struct import *import, FILE *ledger)
{
    int code = load_mapping(import, ctl_option(import->ctl, "mapping"));

    if (code != CTL_OK)
        return code;
    csv_init(&import->csv, ledger, import->mapping.delimiter);
    code = keep_header(import);
    if (code == CTL_OK)
        code = read_rows(import);
    if (code != CTL_OK)
        return code;
    if (import->count)
        qsort(import->lines, import->count, sizeof(*import->lines), by_time);
    return write_lines(import, ctl_option(import->ctl, "out"));
}

static void import_clear(struct import *import)
{
    for (size_t i = 0; i < import->count; i++)
        free(import->lines[i].json);
    free(import->lines);
    json_decref(import->seen);
    json_decref(import->faults);
    csv_clear(&import->csv);
    rlc_arena_unmap(&import->tree);
    rlc_arena_unmap(&import->row);
}

int ctl_import(struct ctl *ctl)
{
    static struct import import; /* wide tables */
    FILE *ledger;
    int code;

    if (!ctl_option(ctl, "mapping"))
        return ctl_fail(ctl, CTL_USAGE, "--mapping FILE says how columns become events");
    ledger = fopen(ctl->arguments[0], "rb");
    if (!ledger)
        return ctl_fail(ctl, CTL_NOT_THERE, "cannot open '%s': %s", ctl->arguments[0],
                        strerror(errno));
    import.ctl = ctl;
    import.seen = json_array();
    import.faults = json_array();
    if (rlc_arena_map(&import.tree, ARENA_SIZE) != RLC_OK ||
        rlc_arena_map(&import.row, ARENA_SIZE) != RLC_OK)
        code = ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    else
        code = import_file(&import, ledger);
    import_clear(&import);
    (void)fclose(ledger);
    return code;
}
