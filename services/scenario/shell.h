/* SPDX-License-Identifier: Apache-2.0 */
/* Between the loop and the core: records become events, outputs become records. */
#ifndef SCENARIO_SHELL_H
#define SCENARIO_SHELL_H

#include "common/runtime/loop/service.h"

#include "core/scenario.h"

/* Raised by any change of the core's decisions: a replay of an archive compares only facts of its
 * own version. */
#define SCENARIO_RULES_VERSION 7u

enum scenario_topic {
    SCENARIO_EVENTS,
    SCENARIO_FACTS,
    SCENARIO_REQUESTS,
    SCENARIO_LEGAL_INBOX,
    SCENARIO_STATE,
    SCENARIO_DEAD_LETTERS,
    SCENARIO_TOPICS
};

/* Its numbers for /metrics. */
enum scenario_metric { SCENARIO_METRIC_FACTS, SCENARIO_METRIC_SILENCES, SCENARIO_METRICS };

/* The service's own. */
struct scenario_shell {
    struct scenario_world world;
    bool stepped; /* the installation's clock: ticks are passed on to legal-escalation */
};

/* Prepares a shell. `policy` gives the policy of a bundle hash (never NULL) and lives as long as
 * the shell. */
void scenario_shell_init(struct scenario_shell *shell,
                         const struct policy *(*policy)(void *context, const struct rlc_hash *hash),
                         void *context, bool stepped);

/* The first 16 bytes of SHA-256 over the identity's fields, each behind its length as 4 bytes
 * big-endian; numbers are 4 bytes big-endian. */
struct rlc_action_id scenario_action_id(const struct scenario_action *action);

/* The fact an output stands for, but for its link of the chain. `event` is the record that was
 * decided, NULL for a debtor that was due. */
void scenario_fact(const struct scenario_output *output, const struct rlc_debtor_event *event,
                   const struct rlc_turn *turn, struct rlc_debtor_fact *ret_fact);

/* The envelope of what scenario writes. */
struct rlc_envelope scenario_envelope(const struct scenario_output *output,
                                      const struct rlc_debtor_event *event,
                                      const struct rlc_turn *turn);

extern const struct rlc_service SCENARIO_SERVICE;

#endif
