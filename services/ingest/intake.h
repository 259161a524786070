/* SPDX-License-Identifier: Apache-2.0 */
/* The intake: what upstream sends becomes events of debtors, sealed and in order, or a dead letter.
 * It keeps no state but how far it has read. */
#ifndef INGEST_INTAKE_H
#define INGEST_INTAKE_H

#include "common/runtime/bundles.h"
#include "common/runtime/freshness.h"
#include "common/runtime/health.h"
#include "common/runtime/keyring.h"
#include "common/runtime/loop/service.h"
#include "shelf.h"
#include "sources.h"
#include "tenants.h"

/* What it writes, as numbers behind its sources. */
enum { INTAKE_DEBTOR_EVENTS, INTAKE_DEAD_LETTERS, INTAKE_STATE, INTAKE_OUTPUTS };

/* Its numbers for /metrics. */
enum { INTAKE_METRIC_EVENTS, INTAKE_METRICS };

/* Raised by any change of what a record becomes. */
#define INTAKE_RULES_VERSION 2

/* Everything is borrowed but the shelf. */
struct intake {
    const struct source *sources; /* by topic number */
    size_t source_count;
    const struct tenants *tenants; /* keys read */
    struct rlc_catalog catalog;    /* the bundles that a command may name */
    struct rlc_keyring *keyring;
    struct rlc_freshness *freshness;         /* NULL: nobody asks */
    const struct rlc_freshness_source *live; /* the live ones among the sources */
    size_t live_count;
    struct rlc_clock clock;    /* for freshness only */
    struct rlc_health *health; /* NULL: nobody watches */
    size_t keys_check;         /* of `health`: whether keys can be opened */
    struct shelf *shelf;
    size_t undecided; /* of the batch: with the last one its keys are overwritten */
    struct watched *watched;
};

/* The service table without inputs: `topics` are the outputs. Its `self` is a struct intake. */
extern const struct rlc_service INTAKE_SERVICE;

/* Completes an intake whose borrowed parts are set; false when memory is short. */
RLC_NODISCARD bool intake_open(struct intake *intake);
/* Overwrites keys, frees what intake_open() made. A zeroed one is allowed. */
void intake_close(struct intake *intake);

/* The tenant of a source's configuration; empty if it has none. */
struct rlc_span intake_fixed_tenant(const struct intake *intake, int32_t topic);

/* Completes the envelope (time, cause, hash of the body, rules) and emits the event to the
 * partition of its debtor, or of its tenant where it names no debtor. */
void intake_emit(const struct intake *intake, struct rlc_debtor_event *event,
                 struct rlc_turn *turn);

#endif
