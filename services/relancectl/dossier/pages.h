/* SPDX-License-Identifier: Apache-2.0 */
/* The dossier as pages: what was told of the case becomes text, and nothing else does. Pure: the
 * same sheet gives the same bytes, whatever the day, the machine and its language. */
#ifndef RELANCECTL_DOSSIER_PAGES_H
#define RELANCECTL_DOSSIER_PAGES_H

#include "dossier/folder.h"

/* Adds to the folder: README.txt, case.json, claim.csv, interest.csv, interest-filed.csv,
 * ledger.csv, proofs.csv, acts.csv, documents.csv, chain/records.csv, VERIFY.txt and verify.py.
 * `sheet` holds the objects "case", "parties" and "claim", and the arrays "receivables",
 * "interest", "interest_filed", "ledger", "proofs", "acts", "documents", "records", "links" and
 * "remarks". */
void dossier_pages_add(const json_t *sheet, struct dossier_folder *folder);

#endif
