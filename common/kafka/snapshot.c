/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/kafka/internal.h"

/* magic, int32 generation (host order), group NUL, member NUL, then fields of no interest here. */
#define MAGIC      "CGMDv2:"
#define MAGIC_SIZE (sizeof(MAGIC) - 1)

bool rlc_kafka_metadata_parse(const void *bytes, size_t size, int32_t *ret_generation,
                              const char **ret_member)
{
    const char *at = bytes;
    const char *end = at + size;
    const char *group_end;

    if (size < MAGIC_SIZE + sizeof(*ret_generation) || memcmp(at, MAGIC, MAGIC_SIZE) != 0)
        return false;
    at += MAGIC_SIZE;
    memcpy(ret_generation, at, sizeof(*ret_generation));
    at += sizeof(*ret_generation);
    group_end = memchr(at, '\0', (size_t)(end - at));
    if (!group_end)
        return false;
    at = group_end + 1;
    if (!memchr(at, '\0', (size_t)(end - at)))
        return false;
    *ret_member = at;
    return true;
}
