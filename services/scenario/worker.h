/* SPDX-License-Identifier: Apache-2.0 */
/* The scenario worker as a process runs it: the shell, and the policies it decides by. */
#ifndef SCENARIO_WORKER_H
#define SCENARIO_WORKER_H

#include "common/runtime/bundles.h"

#include "policies.h"
#include "shell.h"

struct scenario_worker {
    struct scenario_shell shell; /* first: the service's functions take it */
    struct rlc_bundle_parts *policies;
    struct rlc_catalog catalog;
    struct rlc_hash missing; /* of a bundle that a decision asked for in vain */
    bool lacking;            /* there is one */
};

/* A worker; NULL when memory is short. The catalog's parts outlive it. */
RLC_NODISCARD struct scenario_worker *scenario_worker_new(const struct rlc_catalog *catalog,
                                                          bool stepped);
void scenario_worker_free(struct scenario_worker *worker); /* accepts NULL */

/* SCENARIO_SERVICE, waiting for the bundle that a scope names, in a change of it or as it is
 * stored: what decides must be there. `self` is a struct scenario_worker. */
struct rlc_service scenario_worker_service(void);

#endif
