/* SPDX-License-Identifier: Apache-2.0 */
/* Who works in an installation in memory: a table of workers, each made as its own main.c makes it.
 */
#ifndef EMBEDDED_WORKERS_H
#define EMBEDDED_WORKERS_H

#include "common/memory/installation.h"
#include "common/memory/trail_memory.h"
#include "intake.h"

/* What workers borrow. All of it outlives them. */
struct lent {
    const struct rlc_memory_installation *installation;
    struct rlc_clock clock;
    struct rlc_catalog catalog;
    const struct tenants *tenants; /* one, with its key */
    struct rlc_keyring *keyring;
    struct rlc_memory_trail *trail;
    const char *mails; /* folder; NULL: they are only counted */
    struct source source;
    const char *ingest_topics[1 + INTAKE_OUTPUTS]; /* made by ingest's row */
};

struct worker_row {
    /* Its service table, asked for before there is an installation: only `source` is set. */
    struct rlc_service (*service)(struct lent *lent);
    /* The service's self; NULL with an error. */
    void *(*make)(struct lent *lent, struct rlc_error *reterr);
    void (*unmake)(void *self); /* accepts NULL */
};

enum {
    WORKER_INGEST,
    WORKER_SCENARIO,
    WORKER_SCORING,
    WORKER_LEGAL,
    WORKER_NOTIFIER,
    WORKER_AUDIT,
    WORKER_COUNT
};

extern const struct worker_row WORKERS[WORKER_COUNT];

#endif
