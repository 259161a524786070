/* SPDX-License-Identifier: Apache-2.0 */
/* How cases at law stand: rows of the view case_list (deploy/sql/0005_cases.sql). */
#ifndef RELANCECTL_CASES_ROW_H
#define RELANCECTL_CASES_ROW_H

#include "cli.h"

/* Reads the cases, in the view's order, each as an object: tenant, debtor, case, creditor, amount
 * and currency (when referred), procedure, word, act, rule, since, deadline_on, referred_at, over,
 * waits_for (as in the view) and waits (as a sentence). `case_id` NULL: all of them. An array that
 * the caller owns, also when empty. CTL_OK, or the exit code after a message. */
int ctl_case_rows(struct ctl *ctl, const char *case_id, json_t **ret_rows);

/* Whether it may be the id of a case: those are hexadecimal. */
bool ctl_case_id_valid(const char *text);

/* Makes of a row of the view what ctl_case_rows() gives. */
void ctl_case_row_say(json_t *row);

#endif
