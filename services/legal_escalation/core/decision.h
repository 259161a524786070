/* SPDX-License-Identifier: Apache-2.0 */
/* One decision under way: what all parts of the core share. */
#ifndef LEGAL_CORE_DECISION_H
#define LEGAL_CORE_DECISION_H

#include "core/legal.h"
#include "core/scope.h"

struct decision {
    const struct legal_world *world;
    const struct rlc_envelope *envelope; /* of the message; NULL when a case is due or filed */
    struct rlc_causation causation;      /* of a filing: that of its approval */
    rlc_ms now_ms;
    struct rlc_overlay *overlay;
    struct rlc_arena *arena;
    struct legal_outputs *outputs;

    struct rlc_span key;            /* of the record */
    struct rlc_case_record *record; /* changed in place; NULL: no such case, or it is over */
    const struct legal_policy *policy;
    const struct legal_procedure *procedure; /* NULL: the policy has none of that name */
    const struct legal_state *state;         /* NULL: ... or not that state */
    rlc_day today;                           /* in the policy's zone */
};

/* Memory of the batch; never NULL: the loop keeps a reserve for every decision. */
void *case_alloc(const struct decision *decision, size_t size);

/* Finds policy, procedure and state of the record again: after either of them changed. */
void case_place(struct decision *decision);

/* Appends an output about the case. */
struct legal_output *case_output(struct decision *decision, enum rlc_audit_kind kind);

/* A milestone that holds the account, to be completed by the caller. */
struct rlc_milestone *case_milestone(struct decision *decision, struct rlc_span code);

/* ---- engine.c ---- */

/* Begins the procedure of that name; a case without one is given back. */
void engine_begin(struct decision *decision, struct rlc_span procedure);

/* The word moves the case, or nothing happens and it returns false. */
bool engine_say(struct decision *decision, struct rlc_span word, rlc_day on);

/* Does what the case is ready for: contact, approval, warnings, deadlines; sets its timer. */
void engine_review(struct decision *decision);

/* The case is over, and its record gone. A filing that stands stays: recall it first if it must
 * not. */
void engine_close(struct decision *decision, struct rlc_span code);

/* Calls back the filing that stands; nothing if there is none. */
void engine_recall(struct decision *decision, struct rlc_span reason, struct rlc_span document);

/* The scope holds what is approved: said once, until it holds by another rule. */
void engine_hold(struct decision *decision, const struct legal_hold *hold);

/* Forgets who approved, and that anybody was asked. */
void engine_unapprove(struct decision *decision);

/* ---- approval.c ---- */

void approval_decide(struct decision *decision, const struct rlc_command *command);
/* What cannot be done is said to whoever ordered it, and kept. */
void approval_refuse(struct decision *decision, const struct rlc_command *command,
                     struct rlc_span act, const char *code, const char *rule);

#endif
