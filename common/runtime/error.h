/* SPDX-License-Identifier: Apache-2.0 */
/* Filling a struct rlc_error. Libraries fill, only the outermost caller logs. */
#ifndef RLC_RUNTIME_ERROR_H
#define RLC_RUNTIME_ERROR_H

#include "common/pure/status.h"

/* Fills `error` and returns `status`, so that callers can return the call itself. `origin` is
 * static: the call that failed. `code` is the library's own code, 0 when there is none. The text is
 * cut between two characters where it does not fit, and must hold no personal data. `error` may be
 * NULL: then only the status is passed on. */
enum rlc_status rlc_error_set(struct rlc_error *error, enum rlc_status status, const char *origin,
                              int32_t code, const char *format, ...) RLC_PRINTF(5, 6);

#endif
