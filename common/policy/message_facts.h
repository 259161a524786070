/* SPDX-License-Identifier: Apache-2.0 */
/* What a message to a debtor may say: the facts that templates are filled with (template.h).
 *
 * Whoever writes messages fills this from a contact request, its opened personal data and the
 * sender of the bundle. All of it is borrowed. A fact that is not there is zeroed, and its variable
 * writes nothing. */
#ifndef RLC_POLICY_MESSAGE_FACTS_H
#define RLC_POLICY_MESSAGE_FACTS_H

#include "common/pure/money.h"

/* One receivable; as struct rlc_line of common/wire/contact.h. */
struct rlc_message_line {
    struct rlc_span number; /* as printed on the invoice */
    rlc_day issued_on;
    rlc_day due_on;
    struct rlc_money total;
    struct rlc_money open;      /* asked for: without the disputed part */
    struct rlc_money disputed;  /* held back */
    struct rlc_money interest;  /* accrued up to the day of the message */
    struct rlc_money indemnity; /* flat recovery cost */
};

/* What is asked for in one currency; as struct rlc_total of common/wire/contact.h. */
struct rlc_message_total {
    struct rlc_money open;
    struct rlc_money interest;
    struct rlc_money indemnity;
    uint32_t line_count; /* lines of this currency, the unlisted ones included */
};

struct rlc_message_facts {
    struct rlc_span language; /* ISO 639-1: how amounts and dates are written */
    rlc_day as_of_on;         /* civil day of the amounts, in the debtor's zone */

    struct rlc_span debtor_name;
    struct rlc_span recipient_name;
    struct rlc_span customer_number;
    struct rlc_span account_reference;
    struct rlc_span creditor_name; /* the legal entity that is owed */
    struct rlc_span sender_name;   /* who speaks for it */
    struct rlc_span sender_email;
    struct rlc_span sender_phone;
    struct rlc_span reply_to;    /* where answers go: never empty, at least the sender's address */
    struct rlc_span disputes_to; /* where objections go */

    const struct rlc_message_line *lines; /* that the message lists */
    size_t line_count;
    uint32_t unlisted_count; /* further lines, which stand in an annex */
    const struct rlc_message_total *totals;
    size_t total_count;
};

#endif
