/* SPDX-License-Identifier: Apache-2.0 */
/* The other object of the pure core: cores may of course call themselves. */
#include <stdlib.h>
#include <string.h>

int rlc_clean_helper(const void *key, const int *table, size_t count);

static int compare(const void *left, const void *right)
{
    return memcmp(left, right, sizeof(int));
}

int rlc_clean_helper(const void *key, const int *table, size_t count)
{
    return bsearch(key, table, count, sizeof(*table), compare) != NULL;
}
