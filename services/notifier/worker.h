/* SPDX-License-Identifier: Apache-2.0 */
/* The notifier as the loop sees it: the service with what it does outside the log. For each contact
 * in turn: prepare the mail (prepare.h), take the last look (looks.h), have the attempt written
 * down, hand over (carrier.h), have the outcome written down. */
#ifndef NOTIFIER_WORKER_H
#define NOTIFIER_WORKER_H

#include "carrier.h"
#include "catalog.h"
#include "common/runtime/metrics.h"
#include "contacts.h"
#include "held.h"
#include "looks.h"
#include "prepare.h"
#include "shell.h"

/* Everything is borrowed. */
struct notifier_config {
    struct looks_config looks;
    struct prepare_config prepare;
    struct carrier *carrier;
    struct rlc_view *records;   /* the notifier's own hot state, a second handle on it */
    struct rlc_action_id owner; /* drawn at the start of the process, never twice */
    /* Optional: something that people should know, a stable event name and its text. */
    void (*note)(void *context, const char *event, const char *text);
    void *note_context;
    struct rlc_metrics *metrics; /* of NOTIFIER_SERVICE's table; NULL: nobody counts */
};

/* Is the service's self; its inside is for worker.c and round.c only. */
struct notifier_worker {
    struct notifier_config config;
    struct looks *looks;
    struct contacts contacts;
    bool held;              /* nothing new is begun */
    uint64_t expired_ns;    /* when it was last seen who is too late */
    uint64_t counted_ns;    /* when it was last told how many wait */
    uint64_t away_until_ns; /* no record and no key is asked for until then */
    struct held held_back;  /* as the last looks have found */
    struct notifier_catalog catalog;
    char told[sizeof(((struct preparing *)NULL)->detail)]; /* why something waits, as last said */
};

/* False when memory is short; then there is nothing to close. */
RLC_NODISCARD bool notifier_worker_open(struct notifier_worker *worker,
                                        const struct notifier_config *config);
/* The carrier must be closed before: it may still read what was lent. A zeroed one is allowed. */
void notifier_worker_close(struct notifier_worker *worker);

/* The service, its self being a notifier_worker. */
struct rlc_service notifier_worker_service(void);

#endif
