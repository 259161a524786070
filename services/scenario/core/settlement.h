/* SPDX-License-Identifier: Apache-2.0 */
/* Settlements: payments, credit notes and write-offs, and what each gives to which document.
 *
 * effective = amount - reversals, never below 0; it goes to the named documents in the settlement's
 * own order, as far as it reaches; the rest is on account. The record knows what each document was
 * given, so a message only moves the difference and may come twice, late, or before its invoice. */
#ifndef SCENARIO_CORE_SETTLEMENT_H
#define SCENARIO_CORE_SETTLEMENT_H

#include "core/account.h"

void settlement_pay(struct decision *decision, const struct rlc_payment *payment);
void settlement_reverse(struct decision *decision, const struct rlc_payment_reversed *reversed);
void settlement_credit(struct decision *decision, const struct rlc_credit_note *note);

/* Writes off `amount` of a document, or all that is open when it is absent. `command` makes it
 * happen once. False when there is nothing open in that currency. */
bool settlement_write_off(struct decision *decision, struct rlc_span command,
                          const struct rlc_command_write_off *write_off);

#endif
