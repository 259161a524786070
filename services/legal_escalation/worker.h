/* SPDX-License-Identifier: Apache-2.0 */
/* The legal-escalation worker as a process runs it: the shell, the policies it decides by, and what
 * it does outside the log: the last look at each act that is approved (looks.h). */
#ifndef LEGAL_WORKER_H
#define LEGAL_WORKER_H

#include "common/runtime/bundles.h"

#include "looks.h"
#include "policies.h"
#include "shell.h"

/* An approved act that waits for its look. */
struct legal_ready {
    struct legal_ready *next;
    int32_t partition;
    struct legal_key key;
    struct rlc_hash claim_hash;
    bool held; /* by the scope, as the last look found: no look until something has changed */
};

/* Is the service's self; its inside is for worker.c only. */
struct legal_worker {
    struct legal_shell shell; /* first: the service's functions take it */
    struct rlc_bundle_parts *policies;
    struct rlc_catalog catalog;
    struct rlc_hash missing; /* of a bundle that a decision asked for in vain */
    bool lacking;            /* there is one */
    struct legal_looks *looks;
    struct legal_ready *ready;
    bool held; /* nothing new is filed */
};

/* False when memory is short; then there is nothing to close. The parts of catalog and looks
 * outlive it. */
RLC_NODISCARD bool legal_worker_open(struct legal_worker *worker, const struct rlc_catalog *catalog,
                                     const struct legal_looks_config *looks);
void legal_worker_close(struct legal_worker *worker); /* a zeroed one is allowed */

/* LEGAL_SERVICE, waiting for the bundle that a message names, and filing what is approved. `self`
 * is a struct legal_worker. */
struct rlc_service legal_worker_service(void);

#endif
