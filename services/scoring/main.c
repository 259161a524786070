/* SPDX-License-Identifier: Apache-2.0 */
#include "common/process/process.h"
#include "common/runtime/error.h"

#include "worker.h"

static enum rlc_status open_worker(const struct rlc_process *process, void **ret_self,
                                   struct rlc_error *reterr)
{
    struct rlc_catalog catalog = rlc_process_catalog(process);

    *ret_self = scoring_worker_new(&catalog);
    if (!*ret_self)
        return rlc_error_set(reterr, RLC_FATAL, "scoring", 0, "out of memory");
    return RLC_OK;
}

static void close_worker(void *self)
{
    scoring_worker_free(self);
}

int main(int argc, char **argv)
{
    struct rlc_service service = scoring_worker_service();
    struct rlc_process_spec spec = {
        .summary = "learns how debtors pay, and says how likely they are to pay late, and why",
        .service = &service,
        .open = open_worker,
        .close = close_worker,
    };

    return rlc_process_main(argc, argv, &spec);
}
