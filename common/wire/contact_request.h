/* SPDX-License-Identifier: Apache-2.0 */
/* The topic `contact-requests`: scenario asks, the notifier answers each request exactly once.
 * Mirrors proto/relance/v1/contact_request.proto. */
#ifndef RLC_WIRE_CONTACT_REQUEST_H
#define RLC_WIRE_CONTACT_REQUEST_H

#include "common/wire/contact.h"

struct rlc_contact_request {
    struct rlc_envelope envelope; /* its epochs are what the last look compares */
    struct rlc_contact_body body;
};

/* As rlc_debtor_event_decode and _encode (common/wire/debtor_event.h). */
RLC_NODISCARD enum rlc_status rlc_contact_request_decode(struct rlc_span bytes,
                                                         struct rlc_arena *arena,
                                                         struct rlc_contact_request *ret_request,
                                                         struct rlc_fault *ret_fault);
struct rlc_span rlc_contact_request_encode(const struct rlc_contact_request *request,
                                           struct rlc_arena *arena);

#endif
