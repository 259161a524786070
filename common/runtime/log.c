/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/log.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <openssl/sha.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/pure/calendar.h"
#include "common/runtime/json_text.h"

_Static_assert(RLC_LOG_LINE_MAX <= PIPE_BUF, "a line goes out whole or not at all");

/* Kept free behind the fields: "cut", "suppressed" with its number, the brace and the line break.
 */
#define TAIL_ROOM 64
/* Digits of a digest: enough to tell a million debtors apart, too few to be a record's key. */
#define ID_BYTES 8

const char *const RLC_LOG_LEVEL_NAMES[] = { "debug", "info", "warn", "error", NULL };

struct line {
    char text[RLC_LOG_LINE_MAX];
    size_t size;
    size_t limit; /* bytes that may be used now */
    bool cut;
};

static void put(struct line *line, const char *format, ...) RLC_PRINTF(2, 3);

/* Appends all of it, or nothing and remembers. */
static void put(struct line *line, const char *format, ...)
{
    va_list values;
    int size;

    va_start(values, format);
    size = vsnprintf(line->text + line->size, line->limit - line->size, format, values);
    va_end(values);
    if (size >= 0 && (size_t)size < line->limit - line->size)
        line->size += (size_t)size;
    else
        line->cut = true;
}

static void put_text(struct line *line, struct rlc_span text)
{
    size_t room = line->limit - line->size;
    char quoted[RLC_JSON_ROOM(RLC_LOG_VALUE_MAX)];
    size_t size = rlc_json_quote(text, RLC_LOG_VALUE_MAX, quoted, sizeof(quoted));

    if (size < room) {
        memcpy(line->text + line->size, quoted, size);
        line->size += size;
    } else {
        line->cut = true;
    }
}

static void put_id(struct line *line, struct rlc_span id)
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    char text[2 * ID_BYTES + 1];

    (void)SHA256(id.data ? id.data : (const uint8_t *)"", id.size, digest);
    for (size_t i = 0; i < ID_BYTES; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
    put(line, "\"%s\"", text);
}

static void put_instant(struct line *line, rlc_ms instant)
{
    char text[RLC_MS_SIZE];

    if (rlc_ms_format(instant, text, sizeof(text)) > 0)
        put(line, "\"%s\"", text);
    else
        put(line, "null");
}

static void put_error(struct line *line, const struct rlc_error *error)
{
    static const char *const STATUS[] = { "ok", "retry", "abort", "reject", "fatal" };

    put(line, "{\"status\":\"%s\",\"origin\":",
        error->status < RLC_COUNT(STATUS) ? STATUS[error->status] : "?");
    put_text(line, rlc_span_of(error->origin));
    put(line, ",\"code\":%" PRId32 ",\"text\":", error->code);
    put_text(line, rlc_span_of(error->text));
    put(line, "}");
}

static void put_value(struct line *line, const struct rlc_log_field *field)
{
    switch (field->kind) {
    case RLC_LOG_KIND_I64:
        put(line, "%" PRId64, field->value.i64);
        break;
    case RLC_LOG_KIND_BOOL:
        put(line, field->value.boolean ? "true" : "false");
        break;
    case RLC_LOG_KIND_TEXT:
        put_text(line, field->value.span);
        break;
    case RLC_LOG_KIND_ID:
        put_id(line, field->value.span);
        break;
    case RLC_LOG_KIND_MS:
        put_instant(line, field->value.i64);
        break;
    case RLC_LOG_KIND_ERROR:
        put_error(line, field->value.error);
        break;
    }
}

/* A field is written whole or not at all, so that the line stays valid JSON. */
static void put_field(struct line *line, const struct rlc_log_field *field)
{
    size_t before = line->size;
    bool cut_before = line->cut;

    line->cut = false;
    put(line, ",\"%s\":", field->name);
    put_value(line, field);
    if (line->cut)
        line->size = before;
    line->cut |= cut_before;
}

static void write_line(const struct rlc_log *log, const struct line *line)
{
    size_t written = 0;

    while (written < line->size) {
        ssize_t size = write(log->file, line->text + written, line->size - written);

        if (size < 0 && errno != EINTR)
            return;
        written += size > 0 ? (size_t)size : 0;
    }
}

static void put_head(struct line *line, const struct rlc_log *log, enum rlc_log_level level,
                     const char *event)
{
    put(line, "{\"ts\":");
    put_instant(line, rlc_clock_now_ms(&log->clock));
    put(line, ",\"level\":\"%s\",\"worker\":", RLC_LOG_LEVEL_NAMES[level]);
    put_text(line, rlc_span_of(log->worker));
    put(line, ",\"event\":");
    put_text(line, rlc_span_of(event));
}

static void finish_line(struct line *line, int64_t suppressed)
{
    bool cut = line->cut;

    line->limit = sizeof(line->text);
    if (cut)
        put(line, ",\"cut\":true");
    if (suppressed > 0)
        put(line, ",\"suppressed\":%" PRId64, suppressed);
    put(line, "}\n");
}

/* FNV-1a; 0 is kept for "free". */
static uint64_t hash_event(enum rlc_log_level level, const char *event)
{
    uint64_t hash = UINT64_C(14695981039346656037) ^ (uint64_t)level;

    for (; *event; event++)
        hash = (hash ^ (unsigned char)*event) * UINT64_C(1099511628211);
    return hash ? hash : 1;
}

/* The place of this event; where there is none, the one that was not used for longest and owes no
 * count is taken. NULL when all owe one. */
static struct rlc_log_rate *find_rate(struct rlc_log *log, uint64_t hash)
{
    struct rlc_log_rate *oldest = NULL;

    for (size_t i = 0; i < RLC_LOG_EVENTS; i++) {
        struct rlc_log_rate *rate = &log->rate[i];

        if (rate->event == hash)
            return rate;
        if (rate->suppressed == 0 && (!oldest || rate->used_ms < oldest->used_ms))
            oldest = rate;
    }
    if (oldest)
        *oldest = (struct rlc_log_rate){ .event = hash };
    return oldest;
}

/* Whether the line may go out, and how many before it did not. */
static bool admit(struct rlc_log *log, enum rlc_log_level level, const char *event,
                  int64_t *ret_suppressed)
{
    rlc_ms now_ms = rlc_clock_now_ms(&log->clock);
    bool admitted = true;
    struct rlc_log_rate *rate;

    *ret_suppressed = 0;
    (void)pthread_mutex_lock(&log->lock);
    rate = find_rate(log, hash_event(level, event));
    if (rate) {
        /* A wall clock that was set back opens a new window too. */
        if (rate->written == 0 || now_ms - rate->window_start_ms >= RLC_LOG_WINDOW_MS ||
            now_ms < rate->window_start_ms) {
            rate->window_start_ms = now_ms;
            rate->written = 0;
        }
        rate->used_ms = now_ms;
        rate->level = level;
        (void)snprintf(rate->name, sizeof(rate->name), "%s", event);
        admitted = rate->written < RLC_LOG_BURST;
        rate->written += admitted;
        *ret_suppressed = admitted ? rate->suppressed : 0;
        rate->suppressed = admitted ? 0 : rate->suppressed + 1;
    }
    (void)pthread_mutex_unlock(&log->lock);
    return admitted;
}

void rlc_log_write(struct rlc_log *log, enum rlc_log_level level, const char *event,
                   const struct rlc_log_field *fields, size_t count)
{
    struct line line = { .limit = RLC_LOG_LINE_MAX - TAIL_ROOM };
    int64_t suppressed;

    if (level < log->level || !admit(log, level, event, &suppressed))
        return;
    put_head(&line, log, level, event);
    for (size_t i = 0; i < count; i++)
        put_field(&line, &fields[i]);
    finish_line(&line, suppressed);
    write_line(log, &line);
}

void rlc_log_init(struct rlc_log *log, int file, enum rlc_log_level level, const char *worker,
                  struct rlc_clock clock)
{
    int result;

    assert(level <= RLC_LOG_ERROR);
    *log = (struct rlc_log){ .file = file, .level = level, .worker = worker, .clock = clock };
    result = pthread_mutex_init(&log->lock, NULL);
    assert(result == 0);
    (void)result;
}

/* Takes the count of one event that nobody has shown; false when there is none left. */
static bool take_suppressed(struct rlc_log *log, struct rlc_log_rate *ret_rate)
{
    bool found = false;

    (void)pthread_mutex_lock(&log->lock);
    for (size_t i = 0; i < RLC_LOG_EVENTS && !found; i++) {
        if (log->rate[i].suppressed > 0) {
            *ret_rate = log->rate[i];
            log->rate[i].suppressed = 0;
            found = true;
        }
    }
    (void)pthread_mutex_unlock(&log->lock);
    return found;
}

void rlc_log_flush(struct rlc_log *log)
{
    struct rlc_log_rate rate;

    while (take_suppressed(log, &rate)) {
        struct line line = { .limit = RLC_LOG_LINE_MAX - TAIL_ROOM };

        put_head(&line, log, rate.level, rate.name);
        finish_line(&line, rate.suppressed);
        write_line(log, &line);
    }
}

void rlc_log_clear(struct rlc_log *log)
{
    rlc_log_flush(log);
    (void)pthread_mutex_destroy(&log->lock);
}
