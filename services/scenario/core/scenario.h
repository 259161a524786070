/* SPDX-License-Identifier: Apache-2.0 */
/* The pure core of scenario: (policy, records, event, time) -> (records, outputs).
 *
 * No clock, no I/O, no allocation outside the arena, no order that depends on addresses or hashes:
 * the same inputs give the same outputs on every machine, whatever batch they come in. */
#ifndef SCENARIO_CORE_SCENARIO_H
#define SCENARIO_CORE_SCENARIO_H

#include "common/pure/overlay.h"
#include "common/wire/debtor_event.h"
#include "common/wire/debtor_fact.h"

#include "core/policy.h"
#include "core/records.h"

/* Who an act is by, about and for: what its action id is the hash of. Never a tick, an offset, a
 * partition or a bundle. */
struct scenario_action {
    struct rlc_span tenant;
    struct rlc_span debtor;
    struct rlc_span creditor;
    struct rlc_span scenario;
    struct rlc_span step;
    uint32_t occurrence; /* how-many-th message of that step to that account */
    uint32_t channel_ordinal;
};

/* Functions of content only, so that the core stays pure: it has neither a parser nor SHA-256. */
struct scenario_world {
    void *context;
    /* The policy of a bundle; waits until this process has it. An all-zero hash is the empty one.
     */
    const struct policy *(*policy)(void *context, const struct rlc_hash *bundle_hash);
    struct rlc_action_id (*action_id)(const struct scenario_action *action);
};

/* One thing to decide: a record of debtor-events, or a debtor that is due or visited by a sweep. */
struct scenario_event {
    const struct rlc_debtor_event *record; /* NULL: due */
    struct rlc_coordinates at;             /* of the record, tick or scope change */
    struct rlc_span debtor;                /* due: `<tenant>/<debtor>` */
    rlc_ms due_ms;                         /* due: everything up to here fires */
    /* Due by a sweep: the new scope and whose it is. Nothing fires, timers are set anew. */
    const struct rlc_scope *sweep;
    struct rlc_span sweep_tenant;
};

enum scenario_output_kind {
    SCENARIO_OUTPUT_FACT,
    SCENARIO_OUTPUT_REQUEST, /* a contact request */
    SCENARIO_OUTPUT_SCOPE,   /* ScopeChanged, to every partition */
    SCENARIO_OUTPUT_APPLIED, /* the scope that holds in this partition now, for legal-escalation */
    SCENARIO_OUTPUT_LEGAL,   /* a record for legal-escalation */
    SCENARIO_OUTPUT_LETTER   /* a dead letter about the record that was decided; at most one */
};

/* One output. Its envelope is the event's, with these epochs. */
struct scenario_output {
    enum scenario_output_kind kind;
    enum rlc_fact_kind fact; /* of a FACT */
    struct rlc_span tenant;
    struct rlc_span debtor;   /* empty: about the tenant */
    struct rlc_span creditor; /* empty: about the debtor as a whole */
    struct rlc_epochs epochs; /* after the decision */
    struct rlc_hash bundle_hash;
    const void *body; /* the member of struct rlc_debtor_fact named like `fact`, a struct
                         rlc_contact_body, a struct rlc_scope, a struct rlc_fault, or a struct
                         rlc_legal_inbox without its envelope */
    size_t body_size;
    struct scenario_output *next;
};

/* In the order in which they are to be written. */
struct scenario_outputs {
    struct scenario_output *first;
    struct scenario_output **tail;
    size_t count;
};

/* Names the records a decision needs, given those that are known (see overlay.h). Wants nothing
 * more after at most four rounds. */
void scenario_keys(const struct scenario_event *event, struct rlc_overlay *overlay);

/* Up to which instant the timers of a debtor that is due fire: an owner may be woken for a timer
 * that lies between the tick's instant and the partition's time. */
rlc_ms scenario_due_ms(const struct scenario_event *event, const struct rlc_debtor_record *debtor);

/* Decides. `now_ms` is the partition's time and never goes back. All records named by
 * scenario_keys() are known. Outputs live in the overlay's arena. Total: an event that cannot be
 * applied gives a fact that says why. */
void scenario_decide(const struct scenario_world *world, const struct scenario_event *event,
                     rlc_ms now_ms, struct rlc_overlay *overlay,
                     struct scenario_outputs *ret_outputs);

#endif
