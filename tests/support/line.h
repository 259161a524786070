/* SPDX-License-Identifier: Apache-2.0 */
/* The whole line in memory: ingest, scenario, the notifier and the audit worker, each in one
 * process or more, on one log, one hot state, one trail and one post, under a clock that the test
 * moves as `relancectl replay` does:
 *
 *   sources -> ingest -> debtor-events -> scenario -> debtor-facts -> audit -> trail
 *                             ^              |                          ^
 *                             +-- notifier <- contact-requests          |
 *                                  |   +----> notifier.audit -----------+
 *                                  +--------> post
 *
 * What is not here: the topic of bundles (workers get the catalog) and the reporting tables. */
#ifndef RLC_TESTS_LINE_H
#define RLC_TESTS_LINE_H

#include "common/memory/trail_memory.h"
#include "common/runtime/freshness.h"
#include "common/runtime/keyring.h"
#include "tests/support/post.h"
#include "tests/support/world.h"

#include "intake.h"
#include "worker.h"

enum { LINE_INGEST, LINE_SCENARIO, LINE_NOTIFIER, LINE_AUDIT, LINE_ROLES };

/* The sources: both of any tenant, both payment feeds. */
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
    uint64_t post_seed; /* decides which mails of a notifier that dies arrive */
    size_t connections; /* of each notifier to its relay; 0 = the post's own idea */
};

struct line {
    struct line_setup setup;
    struct world world;
    struct source sources[LINE_SOURCES];
    struct rlc_freshness_source live[LINE_SOURCES];
    struct rlc_freshness *freshness; /* ingest's hand on it */
    const char *ingest_topics[LINE_SOURCES + INTAKE_OUTPUTS];
    struct rlc_service ingest;
    struct rlc_service scenario;
    struct rlc_service notifier;
    struct rlc_catalog catalog;
    struct rlc_memory_trail *trail;
    struct post post;
    uint64_t notifiers; /* processes of the notifier so far */
    size_t left_open;   /* attempts that were under way when their process died */
    int64_t ticks;      /* published by line_wake() */
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

/* Publishes the command that erases a subject of a debtor. */
void line_erase(struct line *line, const char *debtor, const char *subject, rlc_ms now_ms);

/* Rounds until every worker has read and shown everything. */
void line_settle(struct line *line);

/* Time moves on to `now_ms`, and whoever is due by then is woken. False: nobody is. */
bool line_wake(struct line *line, rlc_ms now_ms);
/* The same, then line_settle(). */
void line_go_to(struct line *line, rlc_ms now_ms);

/* The groups' committed offsets are those of the newest checkpoints. */
void line_check_offsets(struct line *line);

/* The chains of the trail are whole by the product's own verification, they end where the newest
 * checkpoints say, and each fact of the log and each record of the notifier is in the trail once,
 * byte for byte. */
void line_check_trail(struct line *line);

/* Each contact that was accepted has its mail, each of which nobody knows has one or none, and
 * there are no others. Nothing may be under way. */
void line_check_mails(struct line *line);

#endif
