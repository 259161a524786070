/* SPDX-License-Identifier: Apache-2.0 */
#include "common/process/process.h"
#include "tests/support/standin.h"

int main(int argc, char **argv)
{
    const struct rlc_process_spec spec = {
        .summary = "answers every contact request as accepted, in the notifier's place",
        .service = &standin_service,
    };

    return rlc_process_main(argc, argv, &spec);
}
