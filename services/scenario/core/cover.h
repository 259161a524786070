/* SPDX-License-Identifier: Apache-2.0 */
/* Where agreements lie as blocks: on receivables, accounts and debtors, all alike. */
#ifndef SCENARIO_CORE_COVER_H
#define SCENARIO_CORE_COVER_H

#include "core/account.h"

/* The block list and clock of a receivable, an account or a debtor. */
struct cover {
    struct rlc_block **blocks;
    size_t *block_count;
    size_t *block_capacity;
    struct rlc_stop **stops;
    size_t *stop_count;
    size_t *stop_capacity;
    rlc_day *restart_on;
};

struct cover cover_of_debtor(struct rlc_debtor_record *debtor);
struct cover cover_of_account(struct rlc_account_record *account);
struct cover cover_of_receivable(struct rlc_receivable_record *receivable);

/* Whether the agreement's block lies there or fits. */
bool cover_has_room(const struct cover *cover, enum rlc_agreement_kind kind, struct rlc_span id);

/* Lays a block that has room. */
void cover_lay(struct decision *decision, const struct cover *cover, const struct rlc_block *block);

/* Takes a block away at `until_ms`, keeping its stretch of stopped clock. False if there is none.
 */
bool cover_lift(struct decision *decision, const struct cover *cover, enum rlc_agreement_kind kind,
                struct rlc_span id, rlc_ms until_ms);

/* The first block that has ended by now, or NULL. */
const struct rlc_block *cover_ended(const struct cover *cover, rlc_ms now_ms);

#endif
