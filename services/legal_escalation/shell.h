/* SPDX-License-Identifier: Apache-2.0 */
/* Between the loop and the core: messages of legal-inbox in; milestones, proposals, filings and
 * audit records out. */
#ifndef LEGAL_SHELL_H
#define LEGAL_SHELL_H

#include "common/runtime/loop/service.h"

#include "core/legal.h"

/* Raised by any change of the core's decisions. */
#define LEGAL_RULES_VERSION 2u

enum legal_topic {
    LEGAL_INBOX,
    LEGAL_EVENTS,
    LEGAL_FILINGS,
    LEGAL_AUDIT,
    LEGAL_STATE,
    LEGAL_DEAD_LETTERS,
    LEGAL_TOPICS
};

/* Its numbers for /metrics. */
enum legal_metric { LEGAL_METRIC_RECORDS, LEGAL_METRICS };

/* What a decision has left to do for the worker. */
struct legal_left {
    bool ready; /* an act of the case waits for its last look ... */
    bool held;  /* ... which found that the scope holds it */
    struct rlc_hash claim_hash;
};

/* Body of a record's event. */
struct legal_message_event {
    struct rlc_legal_inbox message;
    struct legal_left left; /* filled by the decision */
};

/* Body of a local event: a last look at an approved act has ended well. */
struct legal_look_event {
    struct rlc_span key;        /* of the case's record */
    struct rlc_hash claim_hash; /* of the case when the look began */
    struct rlc_look_taken look;
    struct legal_left left; /* filled by the decision */
};

/* The tenant of a case, by the key of its record. */
struct rlc_span legal_tenant_of(struct rlc_span key);

/* The service's own. */
struct legal_shell {
    struct legal_world world;
};

/* Prepares a shell. `policy` gives the policy of a bundle hash (never NULL) and lives as long as
 * the shell. */
void legal_shell_init(struct legal_shell *shell,
                      const struct legal_policy *(*policy)(void *context,
                                                           const struct rlc_hash *hash),
                      void *context);

extern const struct rlc_service LEGAL_SERVICE;

#endif
