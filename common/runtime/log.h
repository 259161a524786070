/* SPDX-License-Identifier: Apache-2.0 */
/* The log: one JSON object on each line of standard error.
 *
 *     rlc_log(log, RLC_LOG_WARN, "restore.torn", RLC_F_I64("partition", 3), RLC_F_TEXT("why",
 * why));
 *     {"ts":"2026-03-31T22:30:00.000Z","level":"warn","worker":"scenario","event":"restore.torn",
 *      "partition":3,"why":"no checkpoint behind 17 records"}
 *
 * `event` is dotted, lower case and stable: alerts rest on it. Nothing personal goes in: who is
 * meant is told by RLC_F_ID(), which writes a digest. Any thread may log. */
#ifndef RLC_RUNTIME_LOG_H
#define RLC_RUNTIME_LOG_H

#include <pthread.h>

#include "common/pure/span.h"
#include "common/pure/status.h"
#include "common/runtime/clock.h"

/* A line goes out in one write(2) and stays below PIPE_BUF, so that lines of several processes on
 * one pipe never mix. Fields that no longer fit are left out, and "cut":true says so. */
#define RLC_LOG_LINE_MAX  4096
#define RLC_LOG_VALUE_MAX 512 /* bytes of one text before it is cut */
/* Of one event, this many lines in this time are written; the next line that is written again says
 * how many were not ("suppressed"). */
#define RLC_LOG_BURST     20
#define RLC_LOG_WINDOW_MS 10000
#define RLC_LOG_EVENTS    64 /* events whose rate is watched at the same time */

enum rlc_log_level { RLC_LOG_DEBUG, RLC_LOG_INFO, RLC_LOG_WARN, RLC_LOG_ERROR };

/* "debug", "info", "warn", "error", NULL: in the order of the enum, for tables of settings. */
extern const char *const RLC_LOG_LEVEL_NAMES[];

enum rlc_log_kind {
    RLC_LOG_KIND_I64,
    RLC_LOG_KIND_BOOL,
    RLC_LOG_KIND_TEXT,
    RLC_LOG_KIND_ID,
    RLC_LOG_KIND_MS,
    RLC_LOG_KIND_ERROR
};

struct rlc_log_field {
    const char *name; /* lower case, underscores; a literal */
    enum rlc_log_kind kind;
    union {
        int64_t i64;
        bool boolean;
        struct rlc_span span;
        const struct rlc_error *error;
    } value;
};

#define RLC_F_I64(field, number)                                                                   \
    {                                                                                              \
        .name = (field), .kind = RLC_LOG_KIND_I64, .value.i64 = (number)                           \
    }
#define RLC_F_BOOL(field, truth)                                                                   \
    {                                                                                              \
        .name = (field), .kind = RLC_LOG_KIND_BOOL, .value.boolean = (truth)                       \
    }
/* A NUL-terminated text; NULL is written as "". */
#define RLC_F_TEXT(field, text)                                                                    \
    {                                                                                              \
        .name = (field), .kind = RLC_LOG_KIND_TEXT, .value.span = rlc_span_of(text)                \
    }
#define RLC_F_SPAN(field, bytes)                                                                   \
    {                                                                                              \
        .name = (field), .kind = RLC_LOG_KIND_TEXT, .value.span = (bytes)                          \
    }
/* The first 16 hex digits of the SHA-256 of an identifier: lines about the same debtor can be found
 * together, and by who knows the identifier. */
#define RLC_F_ID(field, bytes)                                                                     \
    {                                                                                              \
        .name = (field), .kind = RLC_LOG_KIND_ID, .value.span = (bytes)                            \
    }
/* An instant, as RFC 3339; null when it is out of range. */
#define RLC_F_MS(field, instant)                                                                   \
    {                                                                                              \
        .name = (field), .kind = RLC_LOG_KIND_MS, .value.i64 = (instant)                           \
    }
/* {"status":...,"origin":...,"code":...,"text":...} under the name "error". */
#define RLC_F_ERROR(pointer)                                                                       \
    {                                                                                              \
        .name = "error", .kind = RLC_LOG_KIND_ERROR, .value.error = (pointer)                      \
    }

struct rlc_log_rate {
    uint64_t event; /* hash of level and event; 0: free */
    rlc_ms window_start_ms;
    rlc_ms used_ms;
    int64_t written; /* in this window */
    int64_t suppressed;
    char name[48];
    enum rlc_log_level level;
};

struct rlc_log {
    int file;
    enum rlc_log_level level;
    const char *worker;
    struct rlc_clock clock;
    pthread_mutex_t lock; /* of the rates */
    struct rlc_log_rate rate[RLC_LOG_EVENTS];
};

/* Lines of `level` and above go to the descriptor `file`, which stays the caller's. `worker` is
 * static or outlives the log. */
void rlc_log_init(struct rlc_log *log, int file, enum rlc_log_level level, const char *worker,
                  struct rlc_clock clock);

/* Writes how many lines were suppressed of each event that has not shown it yet; call it now and
 * then and at the end. */
void rlc_log_flush(struct rlc_log *log);

/* Flushes; the descriptor stays open. */
void rlc_log_clear(struct rlc_log *log);

/* Use rlc_log(). Never fails: a line that cannot be written is lost. */
void rlc_log_write(struct rlc_log *log, enum rlc_log_level level, const char *event,
                   const struct rlc_log_field *fields, size_t count);

/* Writes one line: event, then any number of RLC_F_... */
#define rlc_log(log, level, event, ...)                                                            \
    rlc_log_write((log), (level), (event), (const struct rlc_log_field[]){ __VA_ARGS__ },          \
                  sizeof((const struct rlc_log_field[]){ __VA_ARGS__ }) /                          \
                      sizeof(struct rlc_log_field))

#endif
