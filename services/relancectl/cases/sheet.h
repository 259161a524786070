/* SPDX-License-Identifier: Apache-2.0 */
/* A case as a person reads it before saying yes or no: what is claimed of whom, on which proofs,
 * who may approve it, and how. */
#ifndef RELANCECTL_CASES_SHEET_H
#define RELANCECTL_CASES_SHEET_H

#include <stdio.h>

#include "dossier/open.h"

/* Everything about the case, as an object that the caller owns: "case", "claim", "receivables",
 * "interest", "ledger", "proofs", "acts" and "remarks" as in a dossier; "cost" of the act (amount
 * and currency, where its procedure says one); and "approvers": the actors, each with its signing
 * key, that authorities.yaml lets do `act` for this principal (none where `act` is NULL). NULL: no
 * memory. */
json_t *ctl_case_sheet(struct dossier_open *open, const char *act);

/* Prints the claim: its receivables, sums, hash and proofs, and what is to be said against it. */
void ctl_case_print_claim(FILE *out, const json_t *sheet);

/* What an approval names. */
struct ctl_case_question {
    const char *act;
    const char *topic; /* the source topic; NULL: not known */
};

/* Prints the command that approves, one for each approver. */
void ctl_case_print_command(FILE *out, const json_t *sheet, const struct ctl_case_question *asked);

/* Appends a word of a shell's command line, in quotes where it needs them. */
void ctl_shell_put(FILE *out, const char *word);

#endif
