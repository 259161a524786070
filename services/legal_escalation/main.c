/* SPDX-License-Identifier: Apache-2.0 */
#include "assembly.h"
#include "worker.h"

int main(int argc, char **argv)
{
    struct rlc_service service = legal_worker_service();
    const struct rlc_process_spec spec = {
        .summary =
            "takes what was referred through a procedure of the law, and stops when it is paid",
        .service = &service,
        .open = legal_open,
        .close = legal_close,
    };

    return rlc_process_main(argc, argv, &spec);
}
