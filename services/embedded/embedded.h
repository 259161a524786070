/* SPDX-License-Identifier: Apache-2.0 */
/* A whole installation in one process: every worker as it runs elsewhere, on the log and the hot
 * state of common/memory, under a stepped clock that the caller moves. No server, no network; what
 * is not asked for is gone with it.
 *
 *   source -> ingest -> debtor-events -> scenario -> debtor-facts -> audit -> trail
 *                            ^              |                         ^
 *                            +-- notifier <- contact-requests         |
 *                                 |   +----> notifier.audit ----------+
 *                                 +--------> mails
 *
 * What is not here: the topic of bundles (workers get the catalog) and the reporting tables. */
#ifndef EMBEDDED_EMBEDDED_H
#define EMBEDDED_EMBEDDED_H

#include "common/memory/installation.h"
#include "common/memory/trail_memory.h"

/* Texts are borrowed. */
struct embedded_config {
    int32_t partitions;
    const char *tenant;      /* the only one; valid (rlc_tenant_valid) */
    const char *tenant_keys; /* folder with `<tenant>.key`, see rlc_tenant_key_read() */
    const char *bundle;      /* folder */
    const char *mails;       /* existing folder that keeps them; NULL: they are only counted */
};

/* The one source topic. */
#define EMBEDDED_SOURCE "billing"

struct embedded;

/* Builds it and starts every worker. NULL with an error that says what to do: a bundle with
 * mistakes, a key that is not there, no memory. */
RLC_NODISCARD struct embedded *embedded_new(const struct embedded_config *config,
                                            struct rlc_error *reterr);
void embedded_free(struct embedded *embedded); /* accepts NULL */

/* The bundle decides from `now_ms` on, and every creditor is live. */
RLC_NODISCARD enum rlc_status embedded_activate(struct embedded *embedded, rlc_ms now_ms,
                                                struct rlc_error *reterr);

/* Publishes one event of the contract (proto/README.md) with the ingest time `now_ms`, to which the
 * clock moves on. Nobody has read it yet. */
RLC_NODISCARD enum rlc_status embedded_publish(struct embedded *embedded, struct rlc_span json,
                                               rlc_ms now_ms, struct rlc_error *reterr);

/* Lets all workers work until each has read, decided and shown everything. RLC_FATAL when somebody
 * does not come to the end of its input. */
RLC_NODISCARD enum rlc_status embedded_settle(struct embedded *embedded, struct rlc_error *reterr);

/* The earliest timer of all; RLC_MS_NEVER if there is none. Everything is settled. */
rlc_ms embedded_next_due(const struct embedded *embedded);

/* The time is `now_ms`: a tick in every partition, then embedded_settle(). */
RLC_NODISCARD enum rlc_status embedded_tick(struct embedded *embedded, rlc_ms now_ms,
                                            struct rlc_error *reterr);

/* ---- what has come of it ---- */

const struct rlc_memory_installation *embedded_installation(const struct embedded *embedded);
const struct rlc_memory_trail *embedded_trail(const struct embedded *embedded);

/* The workers' services, by number; NULL behind the last one. */
const struct rlc_service *embedded_worker(const struct embedded *embedded, size_t number);

/* Mails that have left. */
int64_t embedded_mails(const struct embedded *embedded);

#endif
