/* SPDX-License-Identifier: Apache-2.0 */
/* What is due: the way down from the debtor's directory to the receivables that an evaluation looks
 * at. Naming records and collecting them go the same way, so they cannot disagree. */
#ifndef SCENARIO_CORE_DUE_H
#define SCENARIO_CORE_DUE_H

#include "core/account.h"

struct due_item {
    struct holding holding;
    struct rlc_page_item *item;
};

struct due_account {
    struct rlc_span creditor;
    struct rlc_account_record *account;
    const struct policy_scenario *scenario; /* filled in by dunning */
    struct due_item *items;                 /* by page, then document */
    size_t count;
    uint32_t *pages; /* that were looked at */
    size_t page_count;
};

/* Collects what is due, all of it to be changed. Accounts come by creditor. */
size_t due_collect(struct decision *decision, struct due_account **ret_accounts);

#endif
