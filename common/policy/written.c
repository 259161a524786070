/* SPDX-License-Identifier: Apache-2.0 */
#include "common/policy/written.h"

#include "common/pure/decimal.h"

#define NO_BREAK_SPACE "\xc2\xa0" /* U+00A0 */

/* How one language writes. Source: CLDR 44, but for the narrow space of French (written.h), and
 * with the code of the currency, which is the same in every language. */
struct custom {
    const char *language;
    struct rlc_money_style style; /* a group of ' ' is a no-break space */
    bool currency_first;
    const char *const *months; /* NULL: dates are digits */
};

static const char *const ENGLISH_MONTHS[] = { "January",   "February", "March",    "April",
                                              "May",       "June",     "July",     "August",
                                              "September", "October",  "November", "December" };

static const struct custom CUSTOMS[] = {
    { "fr", { ',', ' ' }, false, NULL },
    { "en", { '.', ',' }, true, ENGLISH_MONTHS },
};

static const struct custom *custom_of(struct rlc_span language)
{
    for (size_t i = 0; i < RLC_COUNT(CUSTOMS); i++) {
        if (rlc_span_equal(language, rlc_span_of(CUSTOMS[i].language)))
            return &CUSTOMS[i];
    }
    return NULL;
}

/* A text that is put together; it fits, by RLC_WRITTEN_SIZE. */
struct writing {
    char *buffer;
    size_t used;
};

static void put(struct writing *writing, const char *text)
{
    size_t size = strlen(text);

    memcpy(writing->buffer + writing->used, text, size + 1);
    writing->used += size;
}

/* Digits of an amount, with the no-break space for ' '. */
static void put_amount(struct writing *writing, const char *amount)
{
    char one[2] = { '\0', '\0' };

    for (; *amount; amount++) {
        one[0] = *amount;
        put(writing, *amount == ' ' ? NO_BREAK_SPACE : one);
    }
}

size_t rlc_money_write(struct rlc_money money, struct rlc_span language,
                       char buffer[RLC_WRITTEN_SIZE])
{
    const struct custom *custom = custom_of(language);
    struct rlc_money_style style = custom ? custom->style : RLC_MONEY_CANONICAL;
    bool currency_first = !custom || custom->currency_first;
    struct writing writing = { buffer, 0 };
    char amount[RLC_MONEY_SIZE];

    if (rlc_money_format(money, style, amount, sizeof(amount)) == 0)
        return 0;
    if (currency_first) {
        put(&writing, money.currency);
        put(&writing, NO_BREAK_SPACE);
    }
    put_amount(&writing, amount);
    if (!currency_first) {
        put(&writing, NO_BREAK_SPACE);
        put(&writing, money.currency);
    }
    return writing.used;
}

static void put_number(struct writing *writing, int32_t number, bool two_digits)
{
    char digits[RLC_DECIMAL_SIZE];

    if (two_digits && number < 10)
        put(writing, "0");
    (void)rlc_i64_format(number, digits, sizeof(digits));
    put(writing, digits);
}

size_t rlc_day_write(rlc_day day, struct rlc_span language, char buffer[RLC_WRITTEN_SIZE])
{
    const struct custom *custom = custom_of(language);
    struct writing writing = { buffer, 0 };
    struct rlc_date date = rlc_day_date(day);
    bool digits;

    if (!rlc_day_in_range(day))
        return 0;
    if (!custom)
        return rlc_day_format(day, buffer, RLC_WRITTEN_SIZE);
    digits = !custom->months;
    put_number(&writing, date.day, digits);
    put(&writing, digits ? "/" : " ");
    if (digits)
        put_number(&writing, date.month, true);
    else
        put(&writing, custom->months[date.month - 1]);
    put(&writing, digits ? "/" : " ");
    put_number(&writing, date.year, false);
    return writing.used;
}
