/* SPDX-License-Identifier: Apache-2.0 */
/* Borrowed bytes: never NUL-terminated by contract, valid as long as whoever lent them says. */
#ifndef RLC_PURE_SPAN_H
#define RLC_PURE_SPAN_H

#include <string.h>

#include "common/pure/base.h"

struct rlc_span {
    const uint8_t *data;
    size_t size;
};

/* The span of a NUL-terminated string, without the NUL; NULL gives the empty span. */
static inline struct rlc_span rlc_span_of(const char *text)
{
    return (struct rlc_span){ (const uint8_t *)text, text ? strlen(text) : 0 };
}

static inline struct rlc_span rlc_span_from(const void *data, size_t size)
{
    return (struct rlc_span){ (const uint8_t *)data, size };
}

static inline bool rlc_span_equal(struct rlc_span a, struct rlc_span b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* Byte order, shorter first on a common prefix: negative, 0 or positive like memcmp. */
static inline int rlc_span_compare(struct rlc_span a, struct rlc_span b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common ? memcmp(a.data, b.data, common) : 0;

    if (order != 0)
        return order;
    return a.size < b.size ? -1 : a.size > b.size;
}

#endif
