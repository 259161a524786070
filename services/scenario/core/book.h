/* SPDX-License-Identifier: Apache-2.0 */
/* The book: the debtor, its contact persons and what they do not want. */
#ifndef SCENARIO_CORE_BOOK_H
#define SCENARIO_CORE_BOOK_H

#include "core/decision.h"

void book_debtor(struct decision *decision, const struct rlc_debtor *upserted);
void book_account(struct decision *decision, const struct rlc_account *upserted);
void book_contact(struct decision *decision, const struct rlc_contact *upserted);
/* What scoring thinks. It raises no epoch: no message says it. Another band has all steps looked at
 * again. */
void book_score(struct decision *decision, const struct rlc_score_changed *changed);
void book_erase(struct decision *decision, const struct rlc_subject_erased *erased);

/* The same by command, where the retention table does not keep the subject. The rule of a refusal,
 * or NULL. */
const char *book_erase_by_order(struct decision *decision, struct rlc_span subject);

/* Opt-out and opt-in by command. The rule of a refusal, or NULL. */
const char *book_opt(struct decision *decision, const struct rlc_command_opt *opt, bool out);

/* Sets an address aside after it was refused, until the contact is upserted again. */
void book_set_aside(struct decision *decision, uint32_t contact_number, enum rlc_channel channel);

/* The debtor as last upserted; all zero when nobody told of it. */
const struct rlc_debtor *book_debtor_of(const struct decision *decision);

/* For scenario_keys. */
void book_keys(struct rlc_span debtor_key, struct rlc_overlay *overlay);

#endif
