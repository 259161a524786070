/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/error.h"

#include <stdarg.h>
#include <stdio.h>

enum rlc_status rlc_error_set(struct rlc_error *error, enum rlc_status status, const char *origin,
                              int32_t code, const char *format, ...)
{
    va_list values;

    if (!error)
        return status;
    error->status = status;
    error->code = code;
    error->origin = origin;
    va_start(values, format);
    (void)vsnprintf(error->text, sizeof(error->text), format, values);
    va_end(values);
    return status;
}
