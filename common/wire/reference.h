/* SPDX-License-Identifier: Apache-2.0 */
/* The topic `references`, input of the resolver: which debtor a document or payer reference belongs
 * to, and payments that name only a reference. Key: SHA-256 of (tenant, reference). Mirrors
 * proto/relance/v1/reference.proto. */
#ifndef RLC_WIRE_REFERENCE_H
#define RLC_WIRE_REFERENCE_H

#include "common/wire/debtor_event.h"

enum rlc_reference_event_kind {
    RLC_REFERENCE_EVENT_KIND_UNSPECIFIED = 0,
    RLC_REFERENCE_EVENT_KIND_TICK = 1,
    RLC_REFERENCE_EVENT_KIND_DECLARED = 2,        /* this reference means this debtor */
    RLC_REFERENCE_EVENT_KIND_WITHDRAWN = 3,       /* it no longer does */
    RLC_REFERENCE_EVENT_KIND_PAYMENT_OFFERED = 4, /* a payment looks for its debtor */
    RLC_REFERENCE_EVENT_KIND_PAYMENT_CLAIMED = 5  /* another reference of it found one */
};

/* The envelope's debtor and creditor own the reference. */
struct rlc_reference_declared {
    struct rlc_reference reference;
    struct rlc_span document;   /* the document it stands on; absent for a payer reference */
    struct rlc_money open_hint; /* total of the document, to tell candidates apart; may be absent */
};

/* The envelope has no debtor: the resolver is to find it. */
struct rlc_payment_offered {
    struct rlc_reference reference; /* the one whose key this record has */
    struct rlc_payment payment;
    rlc_ms expires_at_ms; /* nobody claimed it by then: a task for a person */
};

struct rlc_payment_claimed {
    struct rlc_reference reference;
    struct rlc_span payment;
};

struct rlc_reference_event {
    struct rlc_envelope envelope;
    enum rlc_reference_event_kind kind;
    union { /* the member named like the kind */
        struct rlc_tick tick;
        struct rlc_reference_declared declared;
        struct rlc_reference_declared withdrawn;
        struct rlc_payment_offered payment_offered;
        struct rlc_payment_claimed payment_claimed;
    };
};

/* As rlc_debtor_event_decode and _encode. */
RLC_NODISCARD enum rlc_status rlc_reference_event_decode(struct rlc_span bytes,
                                                         struct rlc_arena *arena,
                                                         struct rlc_reference_event *ret_event,
                                                         struct rlc_fault *ret_fault);
struct rlc_span rlc_reference_event_encode(const struct rlc_reference_event *event,
                                           struct rlc_arena *arena);

#endif
