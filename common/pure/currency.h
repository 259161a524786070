/* SPDX-License-Identifier: Apache-2.0 */
/* The currencies of ISO 4217 and how many decimals each has. */
#ifndef RLC_PURE_CURRENCY_H
#define RLC_PURE_CURRENCY_H

#include "common/pure/base.h"
#include "common/pure/span.h"

#define RLC_CURRENCY_SIZE         4 /* three letters and a NUL */
#define RLC_CURRENCY_EXPONENT_MAX 4

/* The number of decimals of a currency: 0 (JPY), 2 (EUR), 3 (TND), 4 (CLF); -1 for an unknown code.
 * Upper case only. */
int rlc_currency_exponent(const char *code);

/* Copies a known code, with its NUL; false, `ret_code` untouched, for an unknown one. */
RLC_NODISCARD bool rlc_currency_parse(struct rlc_span text, char ret_code[RLC_CURRENCY_SIZE]);

#endif
