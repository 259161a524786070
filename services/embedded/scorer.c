/* SPDX-License-Identifier: Apache-2.0 */
#include "scorer.h"

#include "common/runtime/error.h"

#include "worker.h"

struct rlc_service scorer_service(void)
{
    return scoring_worker_service();
}

void *scorer_new(const struct rlc_catalog *catalog, struct rlc_error *reterr)
{
    void *worker = scoring_worker_new(catalog);

    if (!worker)
        (void)rlc_error_set(reterr, RLC_FATAL, "scoring", 0, "out of memory");
    return worker;
}

void scorer_free(void *self)
{
    scoring_worker_free(self);
}
