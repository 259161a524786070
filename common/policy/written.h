/* SPDX-License-Identifier: Apache-2.0 */
/* Amounts and dates as people read them, by language: whole minor units and the currency's decimals
 * only. Our own messages use rlc_money_format() and rlc_day_format(). */
#ifndef RLC_POLICY_WRITTEN_H
#define RLC_POLICY_WRITTEN_H

#include "common/pure/calendar.h"
#include "common/pure/money.h"

/* Room for any amount with its currency, and any date, in any language, with a NUL. */
#define RLC_WRITTEN_SIZE 64

/* Writes an amount and a NUL: fr "1 234,56 EUR", en "EUR 1,234.56", any other language
 * "EUR 1234.56". Every space is U+00A0: no line breaks there, and unlike U+202F it is in every font
 * and as wide as a digit where columns are. Returns the length; 0 for an unknown currency. */
size_t rlc_money_write(struct rlc_money money, struct rlc_span language,
                       char buffer[RLC_WRITTEN_SIZE]);

/* Writes a date and a NUL: fr "31/12/2026", en "31 December 2026", any other language "2026-12-31"
 * (ISO 8601). Returns the length; 0 for a day out of range. */
size_t rlc_day_write(rlc_day day, struct rlc_span language, char buffer[RLC_WRITTEN_SIZE]);

#endif
