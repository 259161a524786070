/* SPDX-License-Identifier: Apache-2.0 */
#include "batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/runtime/memory.h"
#include "common/wire/limits.h"
#include "contract.h"
#include "text.h"

/* What is checked as one must be kept as one; larger files are sent in parts. */
#define TEXT_MAX   ((size_t)512 * 1024 * 1024)
#define TEXT_FIRST ((size_t)64 * 1024)
/* Faults after which no more wrong records are listed; more are the same mistake. */
#define FAULTS_MAX 50

/* ---- the file ---- */

static bool grow_text(struct ctl_batch *batch, size_t *capacity)
{
    size_t wanted = *capacity ? *capacity * 2 : TEXT_FIRST;
    char *larger = realloc(batch->text, wanted);

    if (larger) {
        batch->text = larger;
        *capacity = wanted;
    }
    return larger != NULL;
}

static int read_text(struct ctl_batch *batch, FILE *file, const char *path)
{
    size_t capacity = 0;

    do {
        if (batch->size > TEXT_MAX)
            return ctl_fail(batch->ctl, CTL_DATA, "%s is longer than %zu MiB: send it in parts",
                            path, TEXT_MAX / ((size_t)1024 * 1024));
        if (batch->size == capacity && !grow_text(batch, &capacity))
            return ctl_fail(batch->ctl, CTL_INTERNAL, "out of memory");
        batch->size += fread(batch->text + batch->size, 1, capacity - batch->size, file);
    } while (!feof(file) && !ferror(file));
    return ferror(file)
               ? ctl_fail(batch->ctl, CTL_NOT_THERE, "cannot read '%s': %s", path, strerror(errno))
               : CTL_OK;
}

static int open_text(struct ctl_batch *batch, const char *path)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    int code;

    if (!file)
        return ctl_fail(batch->ctl, CTL_NOT_THERE, "cannot open '%s': %s", path, strerror(errno));
    code = read_text(batch, file, standard ? "standard input" : path);
    if (!standard)
        (void)fclose(file);
    return code;
}

/* ---- records ---- */

static bool is_space(char sign)
{
    return sign == ' ' || sign == '\t' || sign == '\r' || sign == '\n';
}

static struct rlc_span trimmed(const char *from, const char *to)
{
    while (from < to && is_space(*from))
        from++;
    while (from < to && is_space(to[-1]))
        to--;
    return rlc_span_from(from, (size_t)(to - from));
}

/* Only a text that ends like an object is worth parsing. */
static bool is_whole(struct rlc_span json)
{
    json_t *object;

    if (json.size == 0 || json.data[0] != '{')
        return true;
    if (json.data[json.size - 1] != '}')
        return false;
    object = json_loadb((const char *)json.data, json.size, 0, NULL);
    json_decref(object);
    return object != NULL;
}

static const char *line_end(const struct ctl_batch *batch, const char *at)
{
    const char *end = batch->text + batch->size;
    const char *found = memchr(at, '\n', (size_t)(end - at));

    return found ? found + 1 : end;
}

static int add_record(struct ctl_batch *batch, struct rlc_span json, long line, size_t *capacity)
{
    if (batch->count == *capacity) {
        size_t wanted = *capacity ? *capacity * 2 : 1024;
        struct ctl_batch_record *larger = realloc(batch->records, wanted * sizeof(*batch->records));

        if (!larger)
            return ctl_fail(batch->ctl, CTL_INTERNAL, "out of memory");
        batch->records = larger;
        *capacity = wanted;
    }
    batch->records[batch->count++] = (struct ctl_batch_record){ .json = json, .line = line };
    return CTL_OK;
}

static int split(struct ctl_batch *batch)
{
    const char *end = batch->text + batch->size;
    const char *at = batch->text;
    size_t capacity = 0;
    long line = 1;
    int code = CTL_OK;

    while (code == CTL_OK && at < end) {
        const char *next = line_end(batch, at);
        struct rlc_span json = trimmed(at, next);
        long first = line++;

        while (next < end && *next != '{' && !is_whole(json)) {
            next = line_end(batch, next);
            json = trimmed(at, next);
            line++;
        }
        if (json.size)
            code = add_record(batch, json, first, &capacity);
        at = next;
    }
    return code;
}

/* ---- checking ---- */

static void note(struct ctl_batch *batch, long line, const struct rlc_fault *fault)
{
    json_t *object = json_object();

    ctl_put(object, "line", json_integer(line));
    ctl_put_text(object, "path", fault->path);
    ctl_put_text(object, "code", fault->code);
    ctl_put_text(object, "remedy", fault->remedy);
    (void)json_array_append_new(batch->faults, object);
}

static void note_all(struct ctl_batch *batch, long line, const struct canonical_faults *faults)
{
    batch->wrong++;
    if (json_array_size(batch->faults) >= FAULTS_MAX)
        return;
    batch->listed++;
    for (size_t i = 0; i < faults->count; i++)
        note(batch, line, &faults->fault[i]);
}

static int check(struct ctl_batch *batch)
{
    struct canonical_faults faults;
    struct rlc_arena arena;

    if (rlc_arena_map(&arena, RLC_DECODE_BYTES_MAX) != RLC_OK)
        return ctl_fail(batch->ctl, CTL_INTERNAL, "out of memory");
    for (size_t i = 0; i < batch->count; i++) {
        enum rlc_status status;

        rlc_arena_reset(&arena);
        status = ctl_contract_faults(batch->records[i].json, &arena, &faults);
        if (status == RLC_RETRY) { /* the same bound as ingest's: it would say so, too */
            faults.count = 1;
            (void)rlc_fault_set(&faults.fault[0], "TOO_LARGE", "",
                                "Send fewer values in one record.");
        }
        batch->records[i].wrong = status != RLC_OK;
        if (batch->records[i].wrong)
            note_all(batch, batch->records[i].line, &faults);
    }
    rlc_arena_unmap(&arena);
    return CTL_OK;
}

int ctl_batch_read(struct ctl_batch *batch, struct ctl *ctl, const char *path)
{
    int code;

    *batch = (struct ctl_batch){ .ctl = ctl, .faults = json_array() };
    code = open_text(batch, path);
    if (code == CTL_OK)
        code = split(batch);
    if (code == CTL_OK && batch->count == 0)
        code = ctl_fail(ctl, CTL_DATA, "'%s' holds no event: one JSON object a line is expected",
                        path);
    return code == CTL_OK ? check(batch) : code;
}

void ctl_batch_print(const struct ctl_batch *batch)
{
    size_t i;
    json_t *fault;
    char number[32];

    json_array_foreach(batch->faults, i, fault)
    {
        const char *path = ctl_text(fault, "path", number);

        (void)fprintf(stderr, "relancectl: line %lld: ",
                      (long long)json_integer_value(json_object_get(fault, "line")));
        (void)fprintf(stderr, "%s%s%s: ", path, *path ? ": " : "", ctl_text(fault, "code", number));
        (void)fprintf(stderr, "%s\n", ctl_text(fault, "remedy", number));
    }
    if (batch->wrong > batch->listed)
        (void)fprintf(stderr, "relancectl: ... and %zu more wrong events\n",
                      batch->wrong - batch->listed);
}

void ctl_batch_clear(struct ctl_batch *batch)
{
    json_decref(batch->faults);
    free(batch->records);
    free(batch->text);
}
