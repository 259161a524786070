/* SPDX-License-Identifier: Apache-2.0 */
/* An impure decision: it allocates. */
#include <stdlib.h>

void *rlc_mutant_heap(size_t size);

void *rlc_mutant_heap(size_t size)
{
    return malloc(size);
}
