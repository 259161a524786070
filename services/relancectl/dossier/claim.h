/* SPDX-License-Identifier: Apache-2.0 */
/* The claim of a case: that of its filing, or, where it stands in none, one that is rebuilt out of
 * the ledger and proved by its hash. Pure. */
#ifndef RELANCECTL_DOSSIER_CLAIM_H
#define RELANCECTL_DOSSIER_CLAIM_H

#include "core/procedure.h"
#include "dossier/case.h"
#include "dossier/interest.h"

struct dossier_claim {
    struct rlc_claim claim;         /* lines sorted by document */
    struct rlc_hash hash;           /* computed anew of these lines and proofs */
    struct rlc_hash said;           /* as the filing, or the last word about the case, names it */
    bool filed;                     /* it stands in a filing; else it is rebuilt */
    const struct rlc_late_law *law; /* NULL: no interest is claimed */
    rlc_day until_on;               /* interest is shown up to then: the filing's day */
};

/* Finds it. `policy` is that of the bundle the case went by last. Lists move to the trail's arena.
 * False: no memory. */
bool dossier_claim_find(const struct dossier_case *found, const struct legal_policy *policy,
                        struct dossier_claim *ret_claim);

/* Whether the claim is proved: its lines and proofs give the hash that was said. */
bool dossier_claim_agrees(const struct dossier_claim *claim);

/* Payments of a receivable before the claim, at most DOSSIER_PAYMENTS_MAX; those that came back are
 * none. False if there are more. */
bool dossier_payments(const struct dossier_case *found, struct rlc_span document,
                      struct dossier_payment *ret_payments, size_t *ret_count);

/* Puts into `sheet`: "claim" (an object: hashes, dates, sums), "receivables", "interest",
 * "interest_filed", "ledger" and "proofs" (arrays of objects), and adds sentences to its array
 * "remarks" about whatever does not agree. */
void dossier_claim_tell(const struct dossier_case *found, const struct dossier_claim *claim,
                        json_t *sheet);

#endif
