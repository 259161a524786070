/* SPDX-License-Identifier: Apache-2.0 */
/* The scoring worker as a process runs it: the shell, and the models it rates by. */
#ifndef SCORING_WORKER_H
#define SCORING_WORKER_H

#include "common/runtime/bundles.h"

#include "models.h"
#include "shell.h"

struct scoring_worker {
    struct scoring_shell shell; /* first: the service's functions take it */
    struct rlc_bundle_parts *models;
    struct rlc_catalog catalog;
};

/* A worker; NULL when memory is short. The catalog's parts outlive it. */
RLC_NODISCARD struct scoring_worker *scoring_worker_new(const struct rlc_catalog *catalog);
void scoring_worker_free(struct scoring_worker *worker); /* accepts NULL */

/* SCORING_SERVICE, waiting for the bundles that facts name. `self` is a struct scoring_worker. */
struct rlc_service scoring_worker_service(void);

#endif
