/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/status.h"

#include <assert.h>
#include <string.h>

/* Copies `text` and cuts it between two characters, so that what is left is still valid UTF-8. */
static void copy_bounded(char *target, size_t capacity, const char *text)
{
    size_t size = text ? strlen(text) : 0;

    if (size >= capacity) {
        size = capacity - 1;
        while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80)
            size--;
    }
    if (size > 0)
        memcpy(target, text, size);
    target[size] = '\0';
}

enum rlc_status rlc_fault_set(struct rlc_fault *fault, const char *code, const char *path,
                              const char *remedy)
{
    assert(fault != NULL);
    assert(code != NULL);

    fault->code = code;
    copy_bounded(fault->path, sizeof(fault->path), path);
    copy_bounded(fault->remedy, sizeof(fault->remedy), remedy);
    return RLC_REJECT;
}
