/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/money.h"

#include <assert.h>
#include <string.h>

#define PPM_PER_ONE  1000000
#define GROUP_DIGITS 3

bool rlc_money_same_currency(struct rlc_money a, struct rlc_money b)
{
    return memcmp(a.currency, b.currency, sizeof(a.currency)) == 0;
}

/* The amount `minor` in the currency of `model`. */
static struct rlc_money with_minor(struct rlc_money model, int64_t minor)
{
    model.minor = minor;
    return model;
}

bool rlc_money_add(struct rlc_money a, struct rlc_money b, struct rlc_money *ret_sum)
{
    int64_t minor;

    if (!rlc_money_same_currency(a, b) || __builtin_add_overflow(a.minor, b.minor, &minor))
        return false;
    *ret_sum = with_minor(a, minor);
    return true;
}

bool rlc_money_subtract(struct rlc_money a, struct rlc_money b, struct rlc_money *ret_difference)
{
    int64_t minor;

    if (!rlc_money_same_currency(a, b) || __builtin_sub_overflow(a.minor, b.minor, &minor))
        return false;
    *ret_difference = with_minor(a, minor);
    return true;
}

bool rlc_money_negate(struct rlc_money a, struct rlc_money *ret_negated)
{
    int64_t minor;

    if (__builtin_sub_overflow(INT64_C(0), a.minor, &minor))
        return false;
    *ret_negated = with_minor(a, minor);
    return true;
}

int rlc_money_compare(struct rlc_money a, struct rlc_money b)
{
    assert(rlc_money_same_currency(a, b));
    return (a.minor > b.minor) - (a.minor < b.minor);
}

bool rlc_divide_half_up(__int128 numerator, int64_t denominator, int64_t *ret_quotient)
{
    __int128 quotient;
    __int128 remainder;

    assert(denominator > 0);
    quotient = numerator / denominator;
    remainder = numerator - quotient * denominator;
    if (2 * remainder >= denominator)
        quotient++;
    else if (2 * remainder <= -(__int128)denominator)
        quotient--;
    if (quotient < INT64_MIN || quotient > INT64_MAX)
        return false;
    *ret_quotient = (int64_t)quotient;
    return true;
}

bool rlc_money_scale_ppm(struct rlc_money money, int64_t ppm, struct rlc_money *ret_money)
{
    int64_t minor;

    if (!rlc_divide_half_up((__int128)money.minor * ppm, PPM_PER_ONE, &minor))
        return false;
    *ret_money = with_minor(money, minor);
    return true;
}

/* The digits read so far. Reading goes on after an overflow: whether the text is a number at all
 * is the more useful answer. */
struct magnitude {
    int64_t minor;
    bool overflow;
};

static void append_digit(struct magnitude *magnitude, int digit)
{
    if (__builtin_mul_overflow(magnitude->minor, 10, &magnitude->minor) ||
        __builtin_add_overflow(magnitude->minor, digit, &magnitude->minor))
        magnitude->overflow = true;
}

static void skip(struct rlc_span *rest, size_t size)
{
    *rest = rlc_span_from(rest->data + size, rest->size - size);
}

/* Takes the digits off the front of `rest`; returns how many there were. */
static size_t take_digits(struct rlc_span *rest, struct magnitude *magnitude)
{
    size_t count = 0;

    while (count < rest->size && rest->data[count] >= '0' && rest->data[count] <= '9')
        append_digit(magnitude, rest->data[count++] - '0');
    skip(rest, count);
    return count;
}

/* What people type or spreadsheets write where a style has ' ' or an apostrophe. */
static const struct {
    char group;
    const char *written;
} GROUP_VARIANTS[] = {
    { ' ', "\xc2\xa0" },      /* U+00A0 no-break space */
    { ' ', "\xe2\x80\xaf" },  /* U+202F narrow no-break space */
    { '\'', "\xe2\x80\x99" }, /* U+2019 right single quotation mark */
};

/* The size of the group separator at the front of `rest`; 0 when there is none. */
static size_t separator_size(struct rlc_span rest, char group)
{
    if (group == '\0' || rest.size == 0)
        return 0;
    if (rest.data[0] == (uint8_t)group)
        return 1;
    for (size_t i = 0; i < RLC_COUNT(GROUP_VARIANTS); i++) {
        size_t size = strlen(GROUP_VARIANTS[i].written);

        if (GROUP_VARIANTS[i].group == group && rest.size >= size &&
            memcmp(rest.data, GROUP_VARIANTS[i].written, size) == 0)
            return size;
    }
    return 0;
}

/* Whole units: digits, or groups of three digits after a first one of one to three. */
static bool take_units(struct rlc_span *rest, char group, struct magnitude *magnitude)
{
    size_t digits = take_digits(rest, magnitude);
    size_t separator = separator_size(*rest, group);

    if (separator == 0)
        return digits > 0;
    if (digits == 0 || digits > GROUP_DIGITS)
        return false;
    for (; separator > 0; separator = separator_size(*rest, group)) {
        skip(rest, separator);
        if (take_digits(rest, magnitude) != GROUP_DIGITS)
            return false;
    }
    return true;
}

/* The optional decimals up to the end of the text, filled up with zeros to `exponent`. */
static enum rlc_money_issue take_decimals(struct rlc_span *rest, char decimal, size_t exponent,
                                          struct magnitude *magnitude)
{
    size_t digits = 0;

    if (rest->size > 0) {
        if (rest->data[0] != (uint8_t)decimal)
            return RLC_MONEY_SYNTAX;
        skip(rest, 1);
        digits = take_digits(rest, magnitude);
        if (digits == 0 || rest->size > 0)
            return RLC_MONEY_SYNTAX;
    }
    if (digits > exponent)
        return RLC_MONEY_PRECISION;
    for (; digits < exponent; digits++)
        append_digit(magnitude, 0);
    return magnitude->overflow ? RLC_MONEY_RANGE : RLC_MONEY_OK;
}

enum rlc_money_issue rlc_money_parse(struct rlc_span text, const char *currency,
                                     struct rlc_money_style style, struct rlc_money *ret_money)
{
    bool negative = text.size > 0 && text.data[0] == '-';
    int exponent = rlc_currency_exponent(currency);
    struct magnitude magnitude = { 0, false };
    struct rlc_money money = { 0 };
    enum rlc_money_issue issue;

    assert(style.decimal != '\0' && style.decimal != style.group);
    if (exponent < 0)
        return RLC_MONEY_CURRENCY;
    if (negative)
        skip(&text, 1);
    if (!take_units(&text, style.group, &magnitude))
        return RLC_MONEY_SYNTAX;
    issue = take_decimals(&text, style.decimal, (size_t)exponent, &magnitude);
    if (issue != RLC_MONEY_OK)
        return issue;
    money.minor = negative ? -magnitude.minor : magnitude.minor;
    memcpy(money.currency, currency, sizeof(money.currency));
    *ret_money = money;
    return RLC_MONEY_OK;
}

/* Writes `magnitude` backwards so that it ends before `end`; returns where it begins. */
static char *put_backwards(char *end, uint64_t magnitude, size_t exponent,
                           struct rlc_money_style style)
{
    size_t units;

    for (size_t i = 0; i < exponent; i++, magnitude /= 10)
        *--end = (char)('0' + magnitude % 10);
    if (exponent > 0)
        *--end = style.decimal;
    for (units = 0; units == 0 || magnitude > 0; units++, magnitude /= 10) {
        if (style.group != '\0' && units > 0 && units % GROUP_DIGITS == 0)
            *--end = style.group;
        *--end = (char)('0' + magnitude % 10);
    }
    return end;
}

size_t rlc_money_format(struct rlc_money money, struct rlc_money_style style, char *buffer,
                        size_t capacity)
{
    /* Negating as unsigned is defined for INT64_MIN too. */
    uint64_t magnitude = money.minor < 0 ? -(uint64_t)money.minor : (uint64_t)money.minor;
    int exponent = rlc_currency_exponent(money.currency);
    char text[RLC_MONEY_SIZE] = { 0 };
    char *end = text + sizeof(text) - 1;
    char *begin;
    size_t length;

    assert(style.decimal != '\0' && style.decimal != style.group);
    if (exponent < 0)
        return 0;
    begin = put_backwards(end, magnitude, (size_t)exponent, style);
    if (money.minor < 0)
        *--begin = '-';
    length = (size_t)(end - begin);
    if (length >= capacity)
        return 0;
    memcpy(buffer, begin, length + 1);
    return length;
}
