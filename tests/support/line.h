/* SPDX-License-Identifier: Apache-2.0 */
/* The whole line in memory: ingest, scenario, a stand-in for the notifier that answers every
 * request, and the audit worker, each in one process or more, on one log, one hot state and one
 * trail, under a clock that the test moves as `relancectl replay` does:
 *
 *   sources -> ingest -> debtor-events -> scenario -> debtor-facts -> audit -> trail
 *                             ^              |
 *                             +- stand-in <- contact-requests
 *
 * What is not here: the topic of bundles (workers get the catalog) and the reporting tables. */
#ifndef RLC_TESTS_LINE_H
#define RLC_TESTS_LINE_H

#include "common/memory/trail_memory.h"
#include "common/runtime/keyring.h"
#include "tests/support/world.h"

#include "intake.h"
#include "worker.h"

enum { LINE_INGEST, LINE_SCENARIO, LINE_STANDIN, LINE_AUDIT, LINE_ROLES };

/* The sources: both of any tenant. */
enum { LINE_BILLING, LINE_BANK, LINE_SOURCES };

/* Everything is borrowed. */
struct line_setup {
    int32_t partitions;
    size_t processes; /* of each worker ... */
    size_t started;   /* ... and so many of them at first */
    uint32_t batch_max;
    rlc_ms begin_ms;  /* what all clocks show at first */
    bool system_time; /* workers bring their own ticks; else the test does */
    const char *tenant;
    const struct tenants *tenants;
    struct rlc_keyring *keyring; /* in memory */
    const struct rlc_bundles *catalog;
};

struct line {
    struct line_setup setup;
    struct world world;
    struct source sources[LINE_SOURCES];
    const char *ingest_topics[LINE_SOURCES + INTAKE_OUTPUTS];
    struct rlc_service ingest;
    struct rlc_service scenario;
    struct rlc_catalog catalog;
    struct rlc_memory_trail *trail;
    int64_t ticks; /* published by line_go_to() */
};

/* Builds the installation and starts its first processes. */
void line_open(struct line *line, const struct line_setup *setup);
void line_close(struct line *line);

/* Publishes a record of a source as upstream would: to the partition of its key, with the ingest
 * time `now_ms`, which all clocks show from then on. */
void line_publish(struct line *line, int32_t source, struct rlc_span key, struct rlc_span json,
                  rlc_ms now_ms);

/* A command about the tenant, the payload being JSON. */
void line_command(struct line *line, const char *kind, const char *payload, rlc_ms now_ms);

/* Publishes and waits for: this bundle decides from now on, every creditor is live. */
void line_activate(struct line *line, const struct rlc_hash *bundle, rlc_ms now_ms);

/* Publishes that a subject of a debtor was erased. */
void line_erase(struct line *line, const char *debtor, const char *subject, rlc_ms now_ms);

/* Rounds until every worker has read and shown everything. */
void line_settle(struct line *line);

/* Time moves on to `now_ms`, and whoever is due by then is woken. Then as line_settle(). */
void line_go_to(struct line *line, rlc_ms now_ms);

/* The groups' committed offsets are those of the newest checkpoints. */
void line_check_offsets(struct line *line);

/* The chains of the trail are whole by the product's own verification, they end where the newest
 * checkpoints say, and each fact of the log is in the trail once, byte for byte. */
void line_check_trail(struct line *line);

#endif
