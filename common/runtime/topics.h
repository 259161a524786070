/* SPDX-License-Identifier: Apache-2.0 */
/* The topics of an installation and the settings each must have. One table: `relancectl topics
 * create` makes them from it, every worker verifies its own against it at start, and the access
 * rules of the docs are generated from it. A broker's default of 7 days would silently delete the
 * archive, so a mismatch refuses to run. */
#ifndef RLC_RUNTIME_TOPICS_H
#define RLC_RUNTIME_TOPICS_H

#include "common/pure/base.h"

enum rlc_topic_use {
    RLC_TOPIC_DEBTOR_EVENTS,
    RLC_TOPIC_DEBTOR_FACTS,
    RLC_TOPIC_CONTACT_REQUESTS,
    RLC_TOPIC_LEGAL_INBOX,
    RLC_TOPIC_LEGAL_FILINGS,
    RLC_TOPIC_REFERENCES,
    RLC_TOPIC_BUNDLES,
    RLC_TOPIC_DEAD_LETTERS,
    RLC_TOPIC_INGEST_STATE,
    RLC_TOPIC_SCENARIO_STATE,
    RLC_TOPIC_SCORING_STATE,
    RLC_TOPIC_NOTIFIER_STATE,
    RLC_TOPIC_LEGAL_STATE,
    RLC_TOPIC_SCORING_AUDIT,
    RLC_TOPIC_NOTIFIER_AUDIT,
    RLC_TOPIC_LEGAL_AUDIT,
    RLC_TOPIC_USE_COUNT
};

struct rlc_topic_setting {
    const char *name; /* of the broker's configuration entry */
    const char *value;
    const char *reason;
};

struct rlc_topic_row {
    const char *suffix;   /* below the installation's prefix, for example "debtor-events" */
    bool single;          /* one partition instead of P */
    const char *state_of; /* a state topic: its worker; gets a genesis checkpoint; else NULL */
    const struct rlc_topic_setting *settings; /* up to the first NULL name */
};

/* Row of a topic. */
const struct rlc_topic_row *rlc_topic_row(enum rlc_topic_use use);

/* Row of a suffix; NULL if it is no topic of ours. */
const struct rlc_topic_row *rlc_topic_row_of(const char *suffix);

#define RLC_TOPIC_NAME_MAX 250 /* 249 is Kafka's bound */

/* "<prefix>.<suffix>" into `buffer` of RLC_TOPIC_NAME_MAX; false if it does not fit. */
RLC_NODISCARD bool rlc_topic_full_name(const char *prefix, const char *suffix,
                                       char buffer[RLC_TOPIC_NAME_MAX]);

#endif
