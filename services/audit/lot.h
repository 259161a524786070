/* SPDX-License-Identifier: Apache-2.0 */
/* A lot of contacts under examination: what each asked for, and what stood in the log below the
 * watermark of its last look. No database, no clock; see contacts.h for how it is fed and why.
 *
 * In this order: lot_begin(), lot_add() until it is full, lot_close(); then the records of the
 * partition in the order of their offsets, the notifier's by lot_take_contact(), scenario's by
 * lot_take_fact(); then lot_judge(). */
#ifndef AUDIT_LOT_H
#define AUDIT_LOT_H

#include "common/wire/audit_record.h"
#include "common/wire/debtor_fact.h"

/* Records of attempts and ends in one lot, and lines of its attempts: 60 MB, and a single lot for
 * each partition of a trail of some ten million records. */
#define LOT_ENTRIES_MAX 50000
#define LOT_LINES_MAX   150000

enum lot_fault {
    LOT_NONE = 0,
    LOT_BEHIND_PAYMENT,    /* asks for more than was open, or for what was never owed */
    LOT_BEHIND_SUSPENSION, /* asks although a hold, dispute or promise was in force */
    LOT_BEHIND_CHANGE,     /* another change that raises an epoch was known */
    LOT_NO_ATTEMPT,        /* a contact ended that was never attempted */
    LOT_ATTEMPTED_AGAIN,   /* attempted again after an attempt that may have arrived */
    LOT_UNREADABLE,        /* of a kind that is known, and yet no such record */
    LOT_FAULT_COUNT
};

/* "BEHIND_PAYMENT" ... */
const char *lot_fault_name(enum lot_fault fault);

/* Whether it breaks "never behind a known payment"; the others are records out of order. */
bool lot_fault_is_behind(enum lot_fault fault);

/* What is wrong with one record of the notifier; borrowed during the call. What a fault does not
 * have is empty. */
struct lot_finding {
    enum lot_fault fault;
    const char
        *worker; /* whose record it is: "notifier", or "scenario" of one that is UNREADABLE */
    int32_t partition;
    int64_t off; /* of the record, in its worker's audited topic */
    struct rlc_span tenant;
    struct rlc_span debtor;
    struct rlc_span creditor;
    struct rlc_span document;
    struct rlc_action_id action;
    uint32_t request_number;
    int64_t watermark;      /* of the last look, in the debtor's partition of debtor-events */
    int64_t known_off;      /* where below it the change stands; -1 = nothing is known of it */
    const char *cause;      /* of the change: "PAID", "HOLD" ... */
    struct rlc_span object; /* payment, credit note, command or agreement */
    struct rlc_span reason; /* of a hold or dispute: "CASH_SUSPECTED" ... */
    struct rlc_money asked;
    struct rlc_money open;
};

struct lot_verdict {
    bool at_rest; /* every fact is there; else contacts that the facts have not passed are left out
                   */
    void (*on_finding)(void *context, const struct lot_finding *finding);
    void *context;
    int64_t attempts;     /* judged; added to by lot_judge, like those below */
    int64_t under_way;    /* left out */
    int64_t behind;       /* attempts at fault, one finding each */
    int64_t out_of_order; /* records at fault, one finding each */
};

struct lot;

/* NULL without memory. */
struct lot *lot_new(void);
void lot_free(struct lot *lot); /* NULL is allowed */

/* Empties it for contacts of one partition. */
void lot_begin(struct lot *lot, int32_t partition);

/* Adds a record of the notifier, copying what it needs; records that are neither attempt nor end
 * are left out. False, nothing added, when the lot is full. */
RLC_NODISCARD bool lot_add(struct lot *lot, const struct rlc_audit_record *record, int64_t off);

bool lot_is_empty(const struct lot *lot);

/* All are added. False without memory, as for the two below: the lot cannot be judged then. */
RLC_NODISCARD bool lot_close(struct lot *lot);

/* Records of the notifier from the beginning of the partition up to the last one of the lot. */
void lot_take_contact(struct lot *lot, const struct rlc_audit_record *record, int64_t off);
bool lot_has_passed_contacts(const struct lot *lot);

/* Facts of scenario from the beginning of the partition; those behind the last watermark are not
 * needed. */
RLC_NODISCARD bool lot_take_fact(struct lot *lot, const struct rlc_debtor_fact *fact);
bool lot_has_passed_facts(const struct lot *lot);

/* Counts and tells one finding. */
void lot_tell(struct lot_verdict *verdict, const struct lot_finding *finding);

/* Tells what is wrong, in the order of the notifier's log. */
void lot_judge(const struct lot *lot, struct lot_verdict *verdict);

#endif
