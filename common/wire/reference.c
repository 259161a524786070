/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/reference.h"

#include "common/wire/rows.h"
#include "relance/v1/reference.pb-c.h"

static const struct rlc_wire_field REFERENCE_DECLARED_ROWS[] = {
    RLC_ONE(reference_declared, reference, reference, RLC_REQUIRED),
    RLC_ID(reference_declared, document, RLC_OPTIONAL),
    RLC_ONE(reference_declared, open_hint, money, RLC_NOT_NEGATIVE),
};
RLC_TYPE(reference_declared, REFERENCE_DECLARED_ROWS);

static const struct rlc_wire_field PAYMENT_OFFERED_ROWS[] = {
    RLC_ONE(payment_offered, reference, reference, RLC_REQUIRED),
    RLC_ONE(payment_offered, payment, payment, RLC_REQUIRED),
    RLC_INSTANT(payment_offered, expires_at_ms, RLC_OPTIONAL),
};
RLC_TYPE(payment_offered, PAYMENT_OFFERED_ROWS);

static const struct rlc_wire_field PAYMENT_CLAIMED_ROWS[] = {
    RLC_ONE(payment_claimed, reference, reference, RLC_REQUIRED),
    RLC_ID(payment_claimed, payment, RLC_REQUIRED),
};
RLC_TYPE(payment_claimed, PAYMENT_CLAIMED_ROWS);

static const struct rlc_wire_field REFERENCE_EVENT_ROWS[] = {
    RLC_ONE(reference_event, envelope, envelope, RLC_OPTIONAL),
    RLC_ENUM(reference_event, kind, reference_event_kind, RLC_REQUIRED),
    RLC_WHEN(reference_event, tick, tick, RLC_REFERENCE_EVENT_KIND_TICK, RLC_OPTIONAL),
    RLC_WHEN(reference_event, declared, reference_declared, RLC_REFERENCE_EVENT_KIND_DECLARED,
             RLC_OF_ACCOUNT),
    RLC_WHEN(reference_event, withdrawn, reference_declared, RLC_REFERENCE_EVENT_KIND_WITHDRAWN,
             RLC_OF_ACCOUNT),
    RLC_WHEN(reference_event, payment_offered, payment_offered,
             RLC_REFERENCE_EVENT_KIND_PAYMENT_OFFERED, RLC_OF_TENANT),
    RLC_WHEN(reference_event, payment_claimed, payment_claimed,
             RLC_REFERENCE_EVENT_KIND_PAYMENT_CLAIMED, RLC_OF_TENANT),
};
RLC_TYPE_OF_KINDS(reference_event, REFERENCE_EVENT_ROWS);

enum rlc_status rlc_reference_event_decode(struct rlc_span bytes, struct rlc_arena *arena,
                                           struct rlc_reference_event *ret_event,
                                           struct rlc_fault *ret_fault)
{
    return rlc_wire_decode(&rlc_reference_event_type, bytes, arena, ret_event, ret_fault);
}

struct rlc_span rlc_reference_event_encode(const struct rlc_reference_event *event,
                                           struct rlc_arena *arena)
{
    return rlc_wire_encode(&rlc_reference_event_type, event, arena);
}
