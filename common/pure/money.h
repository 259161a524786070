/* SPDX-License-Identifier: Apache-2.0 */
/* Amounts: whole minor units (cents) of an ISO 4217 currency. Never floating point, never a sum
 * across currencies. Rates are parts per million: 12.15 % is 121500. */
#ifndef RLC_PURE_MONEY_H
#define RLC_PURE_MONEY_H

#include "common/pure/base.h"
#include "common/pure/currency.h"
#include "common/pure/span.h"

struct rlc_money {
    int64_t minor;                    /* cents, yen, millimes...: 10^-exponent of one unit */
    char currency[RLC_CURRENCY_SIZE]; /* all zero in a zeroed struct: no currency */
};

/* How an amount is written. */
struct rlc_money_style {
    char decimal; /* between units and minor units: '.' or ',' */
    char group;   /* between groups of three digits; NUL for none. ' ' stands for the no-break
                     spaces U+00A0 and U+202F too, '\'' for U+2019, when reading */
};

/* The one way amounts are written in our messages: "-1234.56". */
#define RLC_MONEY_CANONICAL ((struct rlc_money_style){ '.', '\0' })

/* Room for any amount in any style, with its NUL. */
#define RLC_MONEY_SIZE 32

/* Why a text is no amount. */
enum rlc_money_issue {
    RLC_MONEY_OK = 0,
    RLC_MONEY_SYNTAX,    /* not a number in this style */
    RLC_MONEY_PRECISION, /* more decimals than the currency has */
    RLC_MONEY_RANGE,     /* does not fit into 64 bits */
    RLC_MONEY_CURRENCY   /* unknown currency */
};

/* Sum and difference; false (nothing written) when the currencies differ or the result does not
 * fit. `ret_sum` may be one of the operands. */
RLC_NODISCARD bool rlc_money_add(struct rlc_money a, struct rlc_money b, struct rlc_money *ret_sum);
RLC_NODISCARD bool rlc_money_subtract(struct rlc_money a, struct rlc_money b,
                                      struct rlc_money *ret_difference);

/* The opposite amount; false when it does not fit (only for INT64_MIN). */
RLC_NODISCARD bool rlc_money_negate(struct rlc_money a, struct rlc_money *ret_negated);

bool rlc_money_same_currency(struct rlc_money a, struct rlc_money b);

/* Negative, 0 or positive. Comparing two currencies is a programmer's error. */
int rlc_money_compare(struct rlc_money a, struct rlc_money b);

/* `money` times `ppm` / 1,000,000, rounded once, half up (a half goes away from zero, so that a
 * credit cancels its invoice). False when the result does not fit. */
RLC_NODISCARD bool rlc_money_scale_ppm(struct rlc_money money, int64_t ppm,
                                       struct rlc_money *ret_money);

/* `numerator` / `denominator` (positive), rounded as above. For sums that need more than 64 bits,
 * such as interest: sum of principal x ppm x days over 365,000,000, rounded once per receivable. */
RLC_NODISCARD bool rlc_divide_half_up(__int128 numerator, int64_t denominator,
                                      int64_t *ret_quotient);

/* Reads all of `text` as an amount of `currency`. Grammar: an optional '-', digits (in groups of
 * three where the style has a separator and the text uses it), optionally the decimal separator and
 * 1 to `exponent` digits. More decimals are refused even when they are zeros: "10.000" EUR is more
 * likely ten thousand than ten. `ret_money` is untouched unless the result is RLC_MONEY_OK. */
RLC_NODISCARD enum rlc_money_issue rlc_money_parse(struct rlc_span text, const char *currency,
                                                   struct rlc_money_style style,
                                                   struct rlc_money *ret_money);

/* Writes the amount, with all decimals of its currency, without the code, and a NUL. Returns the
 * length; 0, with nothing written, when `capacity` is too small or the currency is unknown. */
size_t rlc_money_format(struct rlc_money money, struct rlc_money_style style, char *buffer,
                        size_t capacity);

#endif
