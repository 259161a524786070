/* SPDX-License-Identifier: Apache-2.0 */
/* Contacts that legal-escalation asks for. Only scenario speaks to debtors: a proposal goes through
 * the gates of any message, under the name of its case, and legal-escalation hears what became of
 * it. A case has one proposal at a time. */
#ifndef SCENARIO_CORE_PROPOSAL_H
#define SCENARIO_CORE_PROPOSAL_H

#include "core/account.h"

/* The event. Another step of the same case takes the place of one that was not asked for yet, which
 * is answered with STEP_GONE. */
void proposal_take(struct decision *decision, const struct rlc_contact_proposed *proposed);

/* Asks for what may be said now, and says why of the others. Those whose time is over are answered
 * with EXPIRED, those of which nothing is owed any more with PAID. */
void proposal_speak(struct decision *decision, struct rlc_span creditor,
                    struct rlc_account_record *account);

/* What the policy does with the answer to a contact of a case; NULL for other contacts. Nothing of
 * legal weight is sent twice on a guess. */
const struct policy_answers *proposal_answers(const struct decision *decision,
                                              const struct rlc_account_record *account,
                                              const struct rlc_contact_record *contact);

/* The notifier has answered, and the contact's record says what that means; `outcome` is NULL for a
 * request that came back. */
void proposal_answered(struct decision *decision, struct rlc_account_record *account,
                       const struct rlc_contact_record *contact, const struct rlc_outcome *outcome);

/* The case is over. */
void proposal_drop(struct rlc_account_record *account, struct rlc_span case_id);

/* For scenario_keys: what the proposals of an account that is due are about. */
void proposal_keys(struct rlc_span debtor_key, struct rlc_span creditor,
                   const struct rlc_account_record *account, struct rlc_overlay *overlay);

#endif
