/* SPDX-License-Identifier: Apache-2.0 */
/* From a contact's request to the order of its message: what is sent and what a person is shown of
 * it come of the same mapping. */
#ifndef RLC_MESSAGE_REQUEST_H
#define RLC_MESSAGE_REQUEST_H

#include "common/message/message.h"
#include "common/wire/contact_request.h"

/* What a message says of people, opened; what the request does not carry is empty. */
struct rlc_message_people {
    struct rlc_span debtor_name;
    struct rlc_span account_reference;
    struct rlc_span name;    /* the recipient's */
    struct rlc_span address; /* the recipient's */
};

/* A request, whole. Borrowed. */
struct rlc_message_request {
    const struct rlc_contact_request *request; /* its part 0; goes to one recipient */
    const struct rlc_line *annex;              /* lines of its further parts, in their order */
    size_t annex_count;
    const struct rlc_bundle *bundle; /* the one that the request was decided under */
    struct rlc_message_people people;
};

/* The order borrows from the request, its lines lie in the arena. False when that is full. */
RLC_NODISCARD bool rlc_message_order_of(const struct rlc_message_request *asked,
                                        struct rlc_arena *arena,
                                        struct rlc_message_order *ret_order);

#endif
