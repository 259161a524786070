/* SPDX-License-Identifier: Apache-2.0 */
/* Law, seen from the amicable side: which receivables are handed to legal-escalation, what it is
 * told about them afterwards, and that nobody is reminded of them meanwhile.
 *
 * A case holds receivables of one account in one currency. It begins with a step that refers. It
 * ends for the account by the first milestone that does not hold any more. */
#ifndef SCENARIO_CORE_LITIGATION_H
#define SCENARIO_CORE_LITIGATION_H

#include "common/wire/legal_inbox.h"

#include "core/speech.h"

/* Whether the account has that case open. */
bool litigation_knows(const struct rlc_account_record *account, struct rlc_span case_id);

/* A record for legal-escalation, without its envelope. */
void litigation_tell(struct decision *decision, struct rlc_span creditor,
                     const struct rlc_legal_inbox *message);

/* Whether the receivable lies in a case: then no step speaks of it. */
bool litigation_holds(const struct decision *decision, const struct holding *holding,
                      struct refusal *ret_refusal);

/* What a step that refers demands besides its conditions: a formal notice that was handed over and
 * is kept (C. civ. 1344), its delay is over, nothing is disputed; and no natural person is referred
 * by a machine alone (GDPR, article 22). False where the step refers nothing. */
bool litigation_refuses(const struct decision *decision, const struct candidate *candidate,
                        struct refusal *ret_refusal);

/* Hands over what the leading step refers: one case, of the currency of the oldest receivable. The
 * others wait for the next minute. */
void litigation_refer(struct decision *decision, struct speech *speech);

/* What is claimed of a receivable: open, and not disputed. */
struct rlc_money litigation_principal(const struct decision *decision,
                                      const struct rlc_receivable_record *receivable);

/* Keeps what a formal notice that was accepted proves. */
void litigation_noticed(const struct decision *decision, struct rlc_receivable_record *receivable,
                        const struct rlc_outcome *outcome);

/* Tells legal-escalation how a receivable of a case stands now. Nothing for others. */
void litigation_moved(struct decision *decision, const struct holding *holding,
                      enum rlc_receivable_cause cause);
void litigation_agreed(struct decision *decision, const struct holding *holding);

/* Whether something lies on a receivable of a case, or does no more, that legal-escalation was not
 * told of: it began by time alone. */
bool litigation_is_behind(const struct decision *decision, const struct holding *holding);

/* Tells each case of the account, or of all accounts of the debtor, how debtor and account stand
 * now. The records of accounts that have cases are known. */
void litigation_account_changed(struct decision *decision, struct rlc_span creditor,
                                const struct rlc_account_record *account);
void litigation_debtor_changed(struct decision *decision);

/* Events and commands. */
void litigation_milestone(struct decision *decision, const struct rlc_milestone *milestone);
/* The rule of a refusal, or NULL. */
const char *litigation_recall(struct decision *decision, const struct rlc_command *command);
const char *litigation_approve(struct decision *decision, const struct rlc_command *command);
const char *litigation_record(struct decision *decision, const struct rlc_command *command);

#endif
