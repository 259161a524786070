/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/contact_request.h"

#include "common/wire/rows.h"
#include "relance/v1/contact_request.pb-c.h"

static const struct rlc_wire_field CONTACT_REQUEST_ROWS[] = {
    RLC_ONE(contact_request, envelope, envelope, RLC_REQUIRED),
    RLC_ONE(contact_request, body, contact_body, RLC_REQUIRED),
};
const struct rlc_wire_type rlc_contact_request_type = {
    .proto = &relance__v1__contact_request__descriptor,
    .size = sizeof(struct rlc_contact_request),
    .fields = CONTACT_REQUEST_ROWS,
    .count = RLC_COUNT(CONTACT_REQUEST_ROWS),
    .needs = RLC_OF_ACCOUNT,
};

enum rlc_status rlc_contact_request_decode(struct rlc_span bytes, struct rlc_arena *arena,
                                           struct rlc_contact_request *ret_request,
                                           struct rlc_fault *ret_fault)
{
    return rlc_wire_decode(&rlc_contact_request_type, bytes, arena, ret_request, ret_fault);
}

struct rlc_span rlc_contact_request_encode(const struct rlc_contact_request *request,
                                           struct rlc_arena *arena)
{
    return rlc_wire_encode(&rlc_contact_request_type, request, arena);
}
