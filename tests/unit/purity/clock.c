/* SPDX-License-Identifier: Apache-2.0 */
/* An impure decision: it looks at the clock. */
#include <time.h>

long rlc_mutant_clock(void);

long rlc_mutant_clock(void)
{
    return (long)time(NULL);
}
