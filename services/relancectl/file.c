/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "cli.h"

int ctl_file(const struct ctl *ctl, const char *path, size_t max, struct rlc_arena *arena,
             struct rlc_span *ret_content)
{
    FILE *file = fopen(path, "rb");
    uint8_t *content;
    size_t size;
    bool whole;

    if (!file)
        return ctl_fail(ctl, CTL_NOT_THERE, "cannot open '%s': %s", path, strerror(errno));
    content = rlc_arena_alloc(arena, max + 1);
    size = content ? fread(content, 1, max + 1, file) : 0;
    whole = content && size <= max && !ferror(file);
    (void)fclose(file);
    if (!whole)
        return ctl_fail(ctl, CTL_DATA, "'%s' cannot be read, or is longer than %zu KiB", path,
                        max / 1024);
    *ret_content = rlc_span_from(content, size);
    return CTL_OK;
}
