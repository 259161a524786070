/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/topics.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define DAYS_30  "2592000000"
#define DAYS_90  "7776000000"
#define DAYS_365 "31536000000"
#define YEARS_5  "157680000000"

#define A_LOG      "cleanup.policy", "delete", "a log, read in order"
#define NEVER_SIZE "retention.bytes", "-1", "time decides what goes, never size"
/* A topic that keeps writers' times refuses records from a clock that is an hour ahead, and keeps
 * them too long. */
#define APPEND_TIME                                                                                \
    "message.timestamp.type", "LogAppendTime", "no writer's clock counts: the broker's does"

static const struct rlc_topic_setting ARCHIVE[] = { { A_LOG },
                                                    { "retention.ms", YEARS_5, "the archive" },
                                                    { NEVER_SIZE },
                                                    { APPEND_TIME },
                                                    { NULL, NULL, NULL } };

static const struct rlc_topic_setting STREAM[] = { { A_LOG },
                                                   { "retention.ms", DAYS_30,
                                                     "the longest outage of a reader" },
                                                   { NEVER_SIZE },
                                                   { APPEND_TIME },
                                                   { NULL, NULL, NULL } };

static const struct rlc_topic_setting FILINGS[] = {
    { A_LOG },
    { "retention.ms", DAYS_365, "the enterprise's legal systems read at their own pace" },
    { NEVER_SIZE },
    { APPEND_TIME },
    { NULL, NULL, NULL }
};

static const struct rlc_topic_setting LETTERS[] = { { A_LOG },
                                                    { "retention.ms", DAYS_90,
                                                      "people repair records" },
                                                    { NEVER_SIZE },
                                                    { APPEND_TIME },
                                                    { NULL, NULL, NULL } };

static const struct rlc_topic_setting FOR_EVER[] = { { "cleanup.policy", "compact",
                                                       "what decided is kept for ever" },
                                                     { APPEND_TIME },
                                                     { NULL, NULL, NULL } };

/* Deletions are remembered for 7 days, which bounds how old a copy of the hot state may be before
 * it is rebuilt from the start (RLC_DELETE_RETENTION_MS). */
static const struct rlc_topic_setting STATE[] = {
    { "cleanup.policy", "compact", "the last record of each key is the state" },
    { "delete.retention.ms", "604800000", "a slice older than half of it is rebuilt" },
    { "segment.bytes", "67108864", "the cleaner works on closed segments" },
    { "min.compaction.lag.ms", "600000", "a restore reads what was just written" },
    { "max.compaction.lag.ms", "3600000", "restores stay short" },
    { APPEND_TIME },
    { NULL, NULL, NULL }
};

static const struct rlc_topic_row ROWS[RLC_TOPIC_USE_COUNT] = {
    [RLC_TOPIC_DEBTOR_EVENTS] = { "debtor-events", false, NULL, ARCHIVE },
    [RLC_TOPIC_DEBTOR_FACTS] = { "debtor-facts", false, NULL, STREAM },
    [RLC_TOPIC_CONTACT_REQUESTS] = { "contact-requests", false, NULL, STREAM },
    [RLC_TOPIC_LEGAL_INBOX] = { "legal-inbox", false, NULL, STREAM },
    [RLC_TOPIC_LEGAL_FILINGS] = { "legal-filings", false, NULL, FILINGS },
    [RLC_TOPIC_REFERENCES] = { "references", false, NULL, STREAM },
    [RLC_TOPIC_BUNDLES] = { "bundles", true, NULL, FOR_EVER },
    [RLC_TOPIC_DEAD_LETTERS] = { "dead-letters", false, NULL, LETTERS },
    [RLC_TOPIC_INGEST_STATE] = { "ingest.state", false, "ingest", STATE },
    [RLC_TOPIC_SCENARIO_STATE] = { "scenario.state", false, "scenario", STATE },
    [RLC_TOPIC_SCORING_STATE] = { "scoring.state", false, "scoring", STATE },
    [RLC_TOPIC_NOTIFIER_STATE] = { "notifier.state", false, "notifier", STATE },
    [RLC_TOPIC_LEGAL_STATE] = { "legal-escalation.state", false, "legal-escalation", STATE },
    [RLC_TOPIC_SCORING_AUDIT] = { "scoring.audit", false, NULL, STREAM },
    [RLC_TOPIC_NOTIFIER_AUDIT] = { "notifier.audit", false, NULL, STREAM },
    [RLC_TOPIC_LEGAL_AUDIT] = { "legal-escalation.audit", false, NULL, STREAM },
};

const struct rlc_topic_row *rlc_topic_row(enum rlc_topic_use use)
{
    assert(use >= 0 && use < RLC_TOPIC_USE_COUNT);
    return &ROWS[use];
}

const struct rlc_topic_row *rlc_topic_row_of(const char *suffix)
{
    for (size_t i = 0; i < RLC_TOPIC_USE_COUNT; i++) {
        if (strcmp(ROWS[i].suffix, suffix) == 0)
            return &ROWS[i];
    }
    return NULL;
}

bool rlc_topic_full_name(const char *prefix, const char *suffix, char buffer[RLC_TOPIC_NAME_MAX])
{
    int size = snprintf(buffer, RLC_TOPIC_NAME_MAX, "%s.%s", prefix, suffix);

    return size > 0 && size < RLC_TOPIC_NAME_MAX;
}
