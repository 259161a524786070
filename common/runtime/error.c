/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Where to cut `text` so that the character that straddles `size` is left out whole. */
static size_t character_start(const char *text, size_t size)
{
    while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80)
        size--;
    return size;
}

/* The formatted text may be longer than the field; this is room to see the byte behind the cut. */
#define TEXT_ROOM (sizeof(((struct rlc_error *)NULL)->text) + 1)

enum rlc_status rlc_error_set(struct rlc_error *error, enum rlc_status status, const char *origin,
                              int32_t code, const char *format, ...)
{
    char text[TEXT_ROOM] = "";
    va_list values;
    size_t size;

    assert(format != NULL);
    if (error == NULL)
        return status;

    va_start(values, format);
    (void)vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    size = strlen(text);
    if (size >= sizeof(error->text))
        size = character_start(text, sizeof(error->text) - 1);

    /* Through a local copy: the values may point into `error` itself ("while closing: <old text>").
     */
    error->status = status;
    error->code = code;
    error->origin = origin;
    memcpy(error->text, text, size);
    error->text[size] = '\0';
    return status;
}
