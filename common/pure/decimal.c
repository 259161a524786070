/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/decimal.h"

#include <assert.h>

static size_t count_digits(uint64_t value)
{
    size_t digits = 1;

    while (value >= 10) {
        value /= 10;
        digits++;
    }
    return digits;
}

static size_t format_signed(bool negative, uint64_t magnitude, char *buffer, size_t capacity)
{
    size_t length = count_digits(magnitude) + (negative ? 1 : 0);

    assert(buffer != NULL);
    if (length >= capacity)
        return 0;
    buffer[length] = '\0';
    for (size_t at = length; at > (negative ? 1u : 0u); at--) {
        buffer[at - 1] = (char)('0' + magnitude % 10);
        magnitude /= 10;
    }
    if (negative)
        buffer[0] = '-';
    return length;
}

size_t rlc_u64_format(uint64_t value, char *buffer, size_t capacity)
{
    return format_signed(false, value, buffer, capacity);
}

size_t rlc_i64_format(int64_t value, char *buffer, size_t capacity)
{
    /* Negating as unsigned is defined for INT64_MIN too. */
    uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;

    return format_signed(value < 0, magnitude, buffer, capacity);
}

bool rlc_u64_parse(struct rlc_span text, uint64_t *ret_value)
{
    uint64_t value = 0;

    if (text.size == 0 || (text.size > 1 && text.data[0] == '0'))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        if (__builtin_mul_overflow(value, 10u, &value) ||
            __builtin_add_overflow(value, (uint64_t)(text.data[i] - '0'), &value))
            return false;
    }
    *ret_value = value;
    return true;
}

bool rlc_i64_parse(struct rlc_span text, int64_t *ret_value)
{
    bool negative = text.size > 0 && text.data[0] == '-';
    uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    uint64_t magnitude;

    if (negative)
        text = rlc_span_from(text.data + 1, text.size - 1);
    if (!rlc_u64_parse(text, &magnitude) || magnitude > limit || (negative && magnitude == 0))
        return false;
    *ret_value = negative ? (int64_t)-magnitude : (int64_t)magnitude;
    return true;
}
