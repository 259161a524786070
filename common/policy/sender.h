/* SPDX-License-Identifier: Apache-2.0 */
/* Who speaks to debtors: `senders/<name>.yaml`. Named by creditors, used by whoever writes. */
#ifndef RLC_POLICY_SENDER_H
#define RLC_POLICY_SENDER_H

#include "common/policy/keys.h"

struct rlc_sender {
    struct rlc_span name;        /* as people read it */
    struct rlc_span email;       /* of the From line */
    struct rlc_span reply_to;    /* empty: the same */
    struct rlc_span disputes_to; /* where a debtor writes that something is wrong; may be empty */
    struct rlc_span phone;       /* as printed; may be empty */
    struct rlc_span unsubscribe; /* where a reader asks for no more of a kind; may be empty */
};

extern const struct rlc_policy_table RLC_SENDER_TABLE;

#endif
