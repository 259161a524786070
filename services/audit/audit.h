/* SPDX-License-Identifier: Apache-2.0 */
/* The audit worker: reads the audited topics of all workers and writes the trail and its reporting
 * tables to PostgreSQL, each record once. A sink of the loop: where it stands is in the database.
 */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include "common/runtime/health.h"
#include "common/runtime/loop/service.h"
#include "common/runtime/trail.h"

struct audit;

/* What the worker has to tell people; the same as the loop's observer. All optional. */
struct audit_observer {
    void *context;
    void (*note)(void *context, const char *event, int32_t partition, const char *text);
};

struct audit_config {
    struct rlc_trail *trail;             /* the worker closes it; audit_new() too, where it fails */
    uint8_t installation[RLC_UUID_SIZE]; /* the genesis heads follow from it */
    struct audit_observer observer;
    struct rlc_metrics *metrics; /* of audit_service's table; NULL: nobody counts */
    struct rlc_health *health;   /* NULL: none; its check "trail" fails once a person has to look */
};

/* Inputs, one per audited worker. */
extern const struct rlc_service audit_service;

/* The service's own part. NULL with an error. */
RLC_NODISCARD struct audit *audit_new(const struct audit_config *config, struct rlc_error *reterr);
void audit_free(struct audit *audit);

/* What a person has to look at since this process started ("chain of scenario/3, offset 17,
 * sequence 12: GAP"); the empty text when there is nothing. */
const char *audit_problem(const struct audit *audit);

/* Name of the worker whose audited topic is input number `topic`. */
const char *audit_worker(int32_t topic);

#endif
