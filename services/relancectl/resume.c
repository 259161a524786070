/* SPDX-License-Identifier: Apache-2.0 */
#include "resume.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/decimal.h"
#include "scan.h"

#define FIRST_CAPACITY 4096
/* Of a file that could be read into memory at all; a larger number is not ours. */
#define LINES_MAX INT64_C(1000000000)

/* A header that is not there is empty. */
static struct rlc_span header_of(const struct rlc_record *record, const char *name)
{
    for (size_t i = 0; i < record->header_count; i++) {
        if (strcmp(record->header[i].name, name) == 0)
            return record->header[i].value;
    }
    return (struct rlc_span){ 0 };
}

static bool grow(struct ctl_resume *resume, int64_t line)
{
    int64_t capacity = resume->capacity ? resume->capacity : FIRST_CAPACITY;
    bool *grown;

    if (line < resume->capacity)
        return true;
    while (capacity <= line)
        capacity *= 2;
    grown = realloc(resume->there, (size_t)capacity * sizeof(*grown));
    if (!grown)
        return false;
    memset(grown + resume->capacity, 0, (size_t)(capacity - resume->capacity) * sizeof(*grown));
    resume->there = grown;
    resume->capacity = capacity;
    return true;
}

static bool parse(const struct ctl_resume *resume, struct rlc_span label, int64_t *ret_line,
                  rlc_ms *ret_step_ms)
{
    size_t name = sizeof(resume->file); /* with the blank behind it */
    struct rlc_span line;
    const uint8_t *blank;

    if (label.size <= name || memcmp(label.data, resume->file, name - 1) != 0)
        return false;
    line = rlc_span_from(label.data + name, label.size - name);
    blank = memchr(line.data, ' ', line.size);
    if (!blank)
        return false;
    label = rlc_span_from(blank + 1, line.size - (size_t)(blank + 1 - line.data));
    line.size = (size_t)(blank - line.data);
    return rlc_i64_parse(line, ret_line) && rlc_i64_parse(label, ret_step_ms) && *ret_line > 0 &&
           *ret_line <= LINES_MAX;
}

static bool take(void *context, const struct rlc_record *record)
{
    struct ctl_resume *resume = context;
    int64_t line;
    rlc_ms step_ms;

    if (!parse(resume, header_of(record, CTL_LINE_HEADER), &line, &step_ms))
        return true;
    if (!grow(resume, line)) {
        resume->no_memory = true;
        return false;
    }
    resume->count += !resume->there[line];
    resume->there[line] = true;
    if (step_ms > resume->step_ms)
        resume->step_ms = step_ms;
    return true;
}

int ctl_resume_read(struct ctl_resume *resume, struct ctl *ctl, const char *topic,
                    struct rlc_span first_line)
{
    struct rlc_hash hash = rlc_sha256(first_line);
    int code;
    struct ctl_scan scan = {
        .topic = topic, .partition = RLC_PARTITION_NONE, .take = take, .context = resume
    };

    *resume = (struct ctl_resume){ .count = 0 };
    for (int i = 0; i < 8; i++)
        (void)snprintf(resume->file + (size_t)i * 2, 3, "%02x", hash.bytes[i]);
    code = ctl_scan(ctl, &scan);
    if (code == CTL_OK && resume->no_memory)
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    return code;
}

bool ctl_resume_has(const struct ctl_resume *resume, int64_t line)
{
    return line < resume->capacity && resume->there[line];
}

void ctl_resume_label(const struct ctl_resume *resume, int64_t line, rlc_ms step_ms,
                      char label[CTL_LABEL_SIZE])
{
    (void)snprintf(label, CTL_LABEL_SIZE, "%s %" PRId64 " %" PRId64, resume->file, line, step_ms);
}

void ctl_resume_free(struct ctl_resume *resume)
{
    free(resume->there);
    resume->there = NULL;
}
