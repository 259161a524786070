/* SPDX-License-Identifier: Apache-2.0 */
/* A pure decision: it uses everything that is allowed and must pass. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/murmur2.h"

int rlc_clean_decision(const void *record, size_t size, char *target);
int rlc_clean_helper(const void *key, const int *table, size_t count);

int rlc_clean_decision(const void *record, size_t size, char *target)
{
    char copy[64] = { 0 };

    assert(size < sizeof(copy));
    memcpy(copy, record, size);
    memmove(target, copy + 1, size);
    return rlc_murmur2(rlc_span_of(copy)) + (int)strlen(copy) +
           rlc_clean_helper(copy, (const int *)record, 4);
}
