/* SPDX-License-Identifier: Apache-2.0 */
/* What the notifier remembers: one record for each request that has no answer yet, and one for each
 * annex of it. Mirrors proto/relance/v1/notifier_state.proto. */
#ifndef NOTIFIER_RECORDS_H
#define NOTIFIER_RECORDS_H

#include "common/pure/key.h"
#include "common/wire/contact_request.h"

enum {
    NOTIFIER_FORMAT = 1,
    /* Parts of one request: scenario speaks about 5,000 receivables in one message at most. */
    NOTIFIER_PARTS_MAX = 10,
    /* `c|` or `l|`, D, an action id in hexadecimal digits, a number. */
    NOTIFIER_KEY_ROOM = RLC_TENANT_MAX + RLC_ID_MAX + 2 * 16 + 32
};

enum rlc_contact_phase {
    RLC_CONTACT_PHASE_UNSPECIFIED = 0,
    RLC_CONTACT_PHASE_WAITING = 1,  /* for its parts, its turn, or its look */
    RLC_CONTACT_PHASE_ATTEMPTED = 2 /* a mail may be on its way */
};

struct rlc_waiting_contact {
    uint32_t format;
    enum rlc_contact_phase phase;
    struct rlc_contact_request request; /* its part 0 */
    struct rlc_coordinates at;          /* of that part */
    struct rlc_hash record_hash;
    uint32_t parts; /* that came; the look waits for all */

    /* Of the attempt; absent while waiting. */
    rlc_ms attempted_at_ms;
    struct rlc_action_id owner; /* the process that has it under way: drawn at its start */
    struct rlc_span message_id;
    struct rlc_hash content_hash;
    struct rlc_look_taken look;
};

struct rlc_waiting_annex {
    uint32_t format;
    const struct rlc_line *lines;
    size_t line_count;
};

/* A state key with the room it is built in. */
struct notifier_key {
    uint8_t room[NOTIFIER_KEY_ROOM];
    struct rlc_span span;
};

/* `debtor` is D. */
void notifier_key_contact(struct rlc_span debtor, const struct rlc_action_id *action,
                          struct notifier_key *ret_key);
void notifier_key_annex(struct rlc_span debtor, const struct rlc_action_id *action, uint32_t number,
                        struct notifier_key *ret_key);

#endif
