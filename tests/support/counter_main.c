/* SPDX-License-Identifier: Apache-2.0 */
/* The counting worker as a real process on real servers, for tests of the loop itself. How it is
 * called: small_main.h. */
#include "tests/support/counter.h"
#include "tests/support/small_main.h"

int main(int argc, char **argv)
{
    static const struct rlc_process_spec spec = { .service = &counter_service };

    return small_main(argc, argv, &spec);
}
