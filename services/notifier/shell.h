/* SPDX-License-Identifier: Apache-2.0 */
/* Between the loop and the core: records and local events in, answers and audit records out. What
 * happens outside the log (look and transfer) is the worker's (worker.h). */
#ifndef NOTIFIER_SHELL_H
#define NOTIFIER_SHELL_H

#include "common/runtime/loop/service.h"

#include "core/notifier.h"

/* Raised by any change of the core's decisions. */
#define NOTIFIER_RULES_VERSION 1u

enum notifier_topic {
    NOTIFIER_REQUESTS,
    NOTIFIER_EVENTS,
    NOTIFIER_AUDIT,
    NOTIFIER_STATE,
    NOTIFIER_DEAD_LETTERS,
    NOTIFIER_TOPICS
};

/* Its numbers for /metrics. */
enum notifier_metric {
    NOTIFIER_METRIC_OUTCOMES,
    NOTIFIER_METRIC_RETURNS,
    NOTIFIER_METRIC_ATTEMPTS,
    NOTIFIER_METRIC_NOT_STARTED,
    NOTIFIER_METRIC_WAITING, /* by enum notifier_wait */
    NOTIFIER_METRIC_UNDER_WAY,
    NOTIFIER_METRICS
};

/* What a contact that is not sent yet waits for, as last seen. */
enum notifier_wait {
    NOTIFIER_WAITS_FOR_TURN,
    NOTIFIER_WAITS_FOR_MESSAGE,    /* a key or a bundle to make it with, or their store */
    NOTIFIER_WAITS_FOR_INTAKE,     /* a payment source is not read to its end */
    NOTIFIER_WAITS_FOR_TENANT,     /* scenario is behind in the tenant's partition */
    NOTIFIER_WAITS_FOR_DEBTOR,     /* ... in the debtor's */
    NOTIFIER_WAITS_FOR_RECORDS,    /* scenario's hot state is not whole */
    NOTIFIER_WAITS_FOR_CONNECTION, /* to a relay that may be used */
    NOTIFIER_WAITS
};

/* Body of a record's event. */
struct notifier_request_event {
    struct rlc_contact_request request;
    bool stays; /* filled by the decision: the contact waits, complete, for its look */
};

/* Body of a local event. */
struct notifier_local_event {
    struct notifier_local local;
    void *context; /* the worker's own */
    bool decided;  /* filled by the decision; see notifier_move() */
};

/* Without effects: the worker adds them, and its self. */
extern const struct rlc_service NOTIFIER_SERVICE;

#endif
