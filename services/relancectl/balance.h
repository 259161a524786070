/* SPDX-License-Identifier: Apache-2.0 */
/* An aged balance as it was read: its items, its debtors, what is wrong with it, and the events
 * that the contract lets through. Rows that are wrong are left out one by one, and said. */
#ifndef RELANCECTL_BALANCE_H
#define RELANCECTL_BALANCE_H

#include "common/pure/money.h"
#include "common/wire/debtor_event.h"
#include "flaws.h"
#include "ledger.h"

/* An open item whose amount could be read. */
struct ctl_item {
    struct rlc_span debtor;
    struct rlc_money open; /* not negative */
    rlc_day due_on;        /* RLC_DAY_NONE: not said */
    size_t debtor_number;  /* from 0, in the order of the file */
};

/* What is not counted: negative rows, by currency. */
struct ctl_credits {
    struct rlc_money amount;
    long rows;
};

#define CTL_BALANCE_CURRENCIES_MAX 16 /* of one file; a row of another one is a flaw */

struct ctl_balance {
    struct ctl *ctl;
    struct ctl_ledger *ledger;
    rlc_day on;             /* the day of the balance */
    struct rlc_arena arena; /* of all below */
    struct ctl_item *items;
    size_t item_count;
    size_t item_capacity;
    struct rlc_debtor_event **events; /* in the order of the file */
    size_t event_count;
    size_t event_capacity;
    enum rlc_party_kind *kinds; /* by the debtor's number */
    size_t debtor_count;
    size_t debtor_capacity;
    struct ctl_credits credits[CTL_BALANCE_CURRENCIES_MAX];
    size_t credit_count;
    long rows;
    bool has_contacts; /* the mapping says where addresses stand */
    struct ctl_flaws flaws;
    json_t *numbers; /* of debtors by id */
    json_t *lines;   /* of documents by creditor and id: where each came first */
};

/* Reads all rows of an open ledger. CTL_OK, or the exit code after a message. Pair with
 * ctl_balance_close() in any case. */
int ctl_balance_read(struct ctl *ctl, struct ctl_ledger *ledger, rlc_day on,
                     struct ctl_balance *ret_balance);
void ctl_balance_close(struct ctl_balance *balance);

#endif
