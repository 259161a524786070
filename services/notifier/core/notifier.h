/* SPDX-License-Identifier: Apache-2.0 */
/* The notifier's decisions: each request ends in exactly one answer, `Outcome` or `Returned`, and
 * no mail leaves without an attempt that was written down before. Pure: records and event in,
 * records and outputs out.
 *
 *   request --> WAITING --look: send--> ATTEMPTED --transfer finished--> Outcome
 *                  |  ^                    |  \
 *                  |  +--nothing has left--+   +--owner changed--> Outcome UNKNOWN
 *                  +--look: return--> Returned
 */
#ifndef NOTIFIER_NOTIFIER_H
#define NOTIFIER_NOTIFIER_H

#include "common/pure/overlay.h"
#include "common/wire/audit_record.h"
#include "core/records.h"

/* A contact request, or a part of one, as it came. */
struct notifier_arrival {
    const struct rlc_contact_request *request;
    struct rlc_coordinates at;
    struct rlc_hash record_hash;
};

/* What happened outside the log to the contact of this action and request number. */
struct notifier_local {
    enum rlc_local_event_kind kind;
    struct rlc_span debtor; /* D */
    struct rlc_action_id action;
    uint32_t request_number;

    /* LOOK_FINISHED */
    enum rlc_return_reason reason;  /* UNSPECIFIED: send */
    struct rlc_span detail;         /* with a reason, for people */
    struct rlc_look_taken look;     /* all zero when it was not needed */
    struct rlc_action_id owner;     /* with send: who will */
    struct rlc_span message_id;     /* with send */
    struct rlc_hash content_hash;   /* with send */
    struct rlc_hash address_digest; /* with send */

    /* TRANSFER_FINISHED */
    enum rlc_outcome_result result; /* UNSPECIFIED: no byte of the message has left */
    int64_t defer_ms;               /* with DEFERRED: for how long */
    struct rlc_span code;           /* the relay's */

    uint32_t contact_number; /* the recipient at fault; 0 = none */
};

/* Something to be written. */
struct notifier_output {
    enum rlc_audit_kind kind; /* as a record of the audit stream; the first two answer besides */
    union {
        struct rlc_outcome ended;     /* CONTACT_ENDED */
        struct rlc_returned returned; /* CONTACT_RETURNED */
        struct rlc_attempted attempted;
        struct rlc_local_event local;
    };
};

/* An attempt speaks once for each part of its request. */
#define NOTIFIER_OUTPUTS_MAX NOTIFIER_PARTS_MAX

struct notifier_decision {
    struct rlc_overlay *overlay;
    rlc_ms now_ms;

    /* Filled by the decision. */
    const struct rlc_waiting_contact *contact; /* which the outputs are about */
    bool stays;                                /* the contact waits, complete, for its look */
    bool decided;      /* the event was the one that the contact's record waits for */
    const char *fault; /* static text: the record must not be; nothing was changed. NULL: fine */
    struct notifier_output output[NOTIFIER_OUTPUTS_MAX];
    size_t output_count;
};

/* Names the records that an event needs (overlay.h). */
void notifier_keys_of_request(const struct rlc_contact_request *request,
                              struct rlc_overlay *overlay);
void notifier_keys_of_local(const struct notifier_local *local, struct rlc_overlay *overlay);

/* A request is written down; one that no look can help is returned at once. */
void notifier_take(const struct notifier_arrival *arrival, struct notifier_decision *decision);

/* What happened outside moves the contact on. An event that comes too late (the contact was
 * answered meanwhile, or another process has it under way) changes nothing: `decided` is false. */
void notifier_move(const struct notifier_local *local, struct notifier_decision *decision);

#endif
