/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes and scalar types used everywhere. */
#ifndef RLC_PURE_BASE_H
#define RLC_PURE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The caller must look at the result. */
#define RLC_NODISCARD __attribute__((warn_unused_result))
/* printf-like: argument `format_index` is the format, the values start at `first_index`. */
#define RLC_PRINTF(format_index, first_index)                                                      \
    __attribute__((format(printf, format_index, first_index)))
/* Runs `function(&variable)` when the variable goes out of scope. */
#define RLC_CLEANUP(function) __attribute__((cleanup(function)))

#define RLC_COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef int64_t rlc_ms;  /* an instant: UTC milliseconds since 1970-01-01 */
typedef int32_t rlc_day; /* a civil date: days since 1970-01-01, in the zone its context names */

#define RLC_MS_NONE   INT64_C(0) /* "no instant": zero, so that zeroed structs mean unset */
#define RLC_DAY_NONE  0          /* "no date": 1970-01-01 is no date of a receivable */
#define RLC_MINUTE_MS INT64_C(60000)
#define RLC_DAY_MS    INT64_C(86400000)

#endif
