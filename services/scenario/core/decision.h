/* SPDX-License-Identifier: Apache-2.0 */
/* One decision under way: what all parts of the core share. */
#ifndef SCENARIO_CORE_DECISION_H
#define SCENARIO_CORE_DECISION_H

#include "core/records.h"
#include "core/scenario.h"

struct decision {
    const struct scenario_world *world;
    const struct scenario_event *event;
    const struct rlc_envelope *envelope; /* of the event; all zero when a debtor is due */
    rlc_ms now_ms;
    rlc_ms due_ms; /* of a debtor that is due: what fires; not later than now */
    struct rlc_overlay *overlay;
    struct rlc_arena *arena;
    struct scenario_outputs *outputs;

    struct rlc_span tenant;
    struct rlc_span debtor_id; /* empty: the event is about the tenant */
    struct rlc_span key;       /* D: `<tenant>/<debtor>` */
    const struct rlc_scope_record *scope;
    const struct policy *policy;

    /* With a debtor only. */
    struct rlc_debtor_record *debtor;
    const struct rlc_zone *zone;
    const struct rlc_calendar *calendar;
    rlc_day today; /* in the debtor's zone */
    bool debtor_raised;
    /* Accounts whose epoch was raised: once a decision, or a request made in it is not exact. */
    const struct rlc_account_record *raised[ACCOUNTS_MAX];
    size_t raised_count;
    enum rlc_tone spoken;   /* highest of the contacts asked for in this decision; 0 = none */
    const char *refused;    /* code of the event's dead letter; NULL = none */
    const char *ignored;    /* rule by which it, or a part of it, changed nothing; NULL = none */
    struct rlc_span detail; /* what a refused command is told besides its rule; may be empty */
    bool amending;    /* an agreement is lifted only to be laid anew: nobody is told of that */
    bool claims_told; /* legal-escalation was told how lines of claims stand now */
};

/* Memory of the batch; never NULL: the loop keeps a reserve for every decision. */
void *decision_alloc(const struct decision *decision, size_t size);

/* Makes room for one more in a list of `count` items of `size` bytes with room for `*capacity`;
 * returns the list, moved if need be. */
void *decision_grow(struct decision *decision, void *items, size_t count, size_t *capacity,
                    size_t size);

/* Opens a place for one more item at `index` of a list and returns it, zeroed. */
#define LIST_INSERT(decision, items, count, capacity, index)                                       \
    __extension__({                                                                                \
        size_t list_index = (index);                                                               \
        (items) = decision_grow(decision, items, count, &(capacity), sizeof(*(items)));            \
        list_open(items, count, sizeof(*(items)), list_index);                                     \
        (count)++;                                                                                 \
        &(items)[list_index];                                                                      \
    })
/* Takes the item at `index` out of a list. */
#define LIST_REMOVE(items, count, index)                                                           \
    __extension__({                                                                                \
        list_close(items, count, sizeof(*(items)), index);                                         \
        (count)--;                                                                                 \
    })

void list_open(void *items, size_t count, size_t size, size_t index);
void list_close(void *items, size_t count, size_t size, size_t index);

/* Sorts in place (heap sort: no memory, no recursion). */
void list_sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *));

/* ---- outputs ---- */

/* Appends a fact and returns its body: `size` zeroed bytes to fill. */
void *decision_fact(struct decision *decision, enum rlc_fact_kind kind, struct rlc_span creditor,
                    size_t size);

/* The same for another kind of output. */
void *decision_output(struct decision *decision, enum scenario_output_kind kind,
                      struct rlc_span creditor, size_t size);

/* The event changed nothing, and why. */
void decision_ignored(struct decision *decision, const char *rule, struct rlc_span object);

/* Gives every output the epochs as they are at the end. */
void decision_stamp(struct decision *decision);

/* ---- epochs ---- */

/* The debtor's record is to be written. */
void decision_debtor_changed(struct decision *decision);

void decision_raise_debtor(struct decision *decision);
void decision_raise_account(struct decision *decision, struct rlc_account_record *account);

/* ---- time ---- */

/* The next whole minute after the decision: the earliest anything may be looked at again. */
rlc_ms decision_soon(const struct decision *decision);

/* `instant` as a timer: rounded up to the minute, later than now; 0 stays "never". */
rlc_ms decision_timer(const struct decision *decision, rlc_ms instant);

/* The earlier of two timers, 0 being never. */
rlc_ms timer_min(rlc_ms a, rlc_ms b);

/* ---- versions ---- */

enum version_order {
    VERSION_NEWER,   /* apply it */
    VERSION_SAME,    /* a duplicate */
    VERSION_OLDER,   /* overtaken */
    VERSION_CONFLICT /* the same id or revision with another body */
};

static inline bool version_known(const struct rlc_version *version)
{
    return version->event_id.size > 0 || version->occurred_at_ms > 0 || version->revision > 0;
}

/* The event that is being decided, as its source calls it; absent when a debtor is due. */
struct rlc_event_reference decision_said(const struct decision *decision);

/* An action as 32 hexadecimal digits, to name a request. */
struct rlc_span decision_hex(const struct decision *decision, const struct rlc_action_id *action);

/* The version that the event carries. */
struct rlc_version decision_version(const struct decision *decision);

/* How the event's version stands to the known one. */
enum version_order version_order(const struct rlc_version *known, const struct rlc_version *found);

/* Whether `a` is later than `b`, two known versions of one kind of message about one entity. */
bool version_after(const struct rlc_version *a, const struct rlc_version *b);

/* True if the event's version is to be applied. Else says why not: a duplicate or an overtaken
 * version is ignored, a conflict quarantines the debtor. */
bool decision_accepts(struct decision *decision, struct rlc_version *known, struct rlc_span entity);

#endif
