/* SPDX-License-Identifier: Apache-2.0 */
/* Between the loop and the core: facts in, scores and their audit records out. */
#ifndef SCORING_SHELL_H
#define SCORING_SHELL_H

#include "common/runtime/loop/service.h"

#include "core/scoring.h"

/* Raised by any change of the core's decisions. */
#define SCORING_RULES_VERSION 1u

enum scoring_topic {
    SCORING_FACTS,
    SCORING_EVENTS,
    SCORING_AUDIT,
    SCORING_STATE,
    SCORING_DEAD_LETTERS,
    SCORING_TOPICS
};

/* Its numbers for /metrics. */
enum scoring_metric { SCORING_METRIC_FACTS, SCORING_METRIC_SCORES, SCORING_METRICS };

/* The service's own. */
struct scoring_shell {
    /* The model of a bundle, NULL: it has none. False: it is not read yet, and the decision waits.
     */
    bool (*model)(void *context, const struct rlc_hash *bundle_hash,
                  const struct scoring_model **ret_model);
    void *context;
};

/* Its self is a struct scoring_shell. */
extern const struct rlc_service SCORING_SERVICE;

#endif
