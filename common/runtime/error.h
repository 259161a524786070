/* SPDX-License-Identifier: Apache-2.0 */
/* Filling in what went wrong. */
#ifndef RLC_RUNTIME_ERROR_H
#define RLC_RUNTIME_ERROR_H

#include "common/pure/status.h"

/* Fills `error` (NULL: nobody wants to know) and returns `status`. `origin` must be static; `code`
 * is the library's own, 0 if none; the text is cut to what fits. */
enum rlc_status rlc_error_set(struct rlc_error *error, enum rlc_status status, const char *origin,
                              int32_t code, const char *format, ...) RLC_PRINTF(5, 6);

#endif
