/* SPDX-License-Identifier: Apache-2.0 */
/* Whole numbers as decimal text, without printf and without locale. */
#ifndef RLC_PURE_DECIMAL_H
#define RLC_PURE_DECIMAL_H

#include "common/pure/base.h"
#include "common/pure/span.h"

/* Room for any 64-bit number with its sign and the NUL: "-9223372036854775808". */
#define RLC_DECIMAL_SIZE 21

/* Writes `value` and a NUL. Returns the length without the NUL; 0, with nothing written, when
 * `capacity` is too small. */
size_t rlc_u64_format(uint64_t value, char *buffer, size_t capacity);

/* The same for a signed number. */
size_t rlc_i64_format(int64_t value, char *buffer, size_t capacity);

/* Reads all of `text` as a number written the one way the functions above write it: no sign but
 * '-', no spaces, no leading zeros, no "-0". False, `ret_value` untouched, for anything else. */
RLC_NODISCARD bool rlc_u64_parse(struct rlc_span text, uint64_t *ret_value);
RLC_NODISCARD bool rlc_i64_parse(struct rlc_span text, int64_t *ret_value);

#endif
