/* SPDX-License-Identifier: Apache-2.0 */
/* The claim of a case: what is owed, line by line, whether it may be put before a court, and the
 * bytes that an approval is bound to. */
#ifndef LEGAL_CORE_CLAIM_H
#define LEGAL_CORE_CLAIM_H

#include "core/case_record.h"
#include "core/procedure.h"

/* SHA-256: the core has none of its own. */
typedef struct rlc_hash legal_sha256_fn(struct rlc_span bytes);

/* Why an act may not be asked for. */
struct legal_gap {
    const char *rule; /* static; NULL: nothing is missing */
    struct rlc_span document;
    rlc_day until_on; /* that day it may be different; absent = something has to happen */
};

/* Takes over a referral: lines sorted by document, proofs sorted. Lists move to the arena. */
void claim_take(const struct rlc_claim *referred, legal_sha256_fn *sha256, struct rlc_arena *arena,
                struct rlc_claim *ret_claim);

/* Puts lines as they are now in the place of those of the same document. True if the claim is
 * another one now: something that is hashed is different, and `computed_on` moved on. What goes
 * beyond LEGAL_LINES_MAX is left out: scenario refers no more. */
bool claim_merge(struct rlc_claim *claim, const struct rlc_claim *changed, legal_sha256_fn *sha256,
                 struct rlc_arena *arena);

/* Adds proofs; beyond RLC_PROOFS_MAX one takes the place of the oldest of its kind and document, or
 * is left out. */
void claim_prove(struct rlc_claim *claim, const struct rlc_proof *proofs, size_t count,
                 legal_sha256_fn *sha256, struct rlc_arena *arena);

/* Sum of what is claimed, and of what is disputed; of the currency of the first line. What cannot
 * be added is INT64_MAX: more than anybody may approve. */
struct rlc_money claim_principal(const struct rlc_claim *claim);
struct rlc_money claim_disputed(const struct rlc_claim *claim);

/* Why the claim is not worth the procedure, disputed parts included: "BELOW_LEAST", "BELOW_COST";
 * NULL if it is, or if nobody said what it must be worth. Nothing is converted between currencies.
 */
const char *claim_worth(const struct rlc_claim *claim, const struct legal_procedure *procedure);

/* What is missing on `today`: the claim is worth the procedure, certain (proved and not disputed),
 * liquid (an amount in one currency, and interest whose rates are known) and due (C. civ. 1342-1
 * and following, CPC 1405), and its notice has had its time. */
struct legal_gap claim_gap(const struct rlc_claim *claim, const struct legal_procedure *procedure,
                           rlc_day today);

/* The claim as it is shown on a day: of each line the interest on what is still open, half-year by
 * half-year with its rate (CPC 1407 wants the breakdown), and the indemnity; and the total. The
 * segments of a line add up to its interest to the cent. Interest on what was paid before is not
 * claimed. Only for a claim without a gap. */
struct rlc_claim claim_shown(const struct rlc_claim *claim, const struct rlc_late_law *law,
                             rlc_day as_of_on, struct rlc_arena *arena);

/* SHA-256 over "relance-claim-v1" NUL, the number of lines with a principal, and of each, sorted by
 * document: document, currency, principal, terms version, evidence hash; then interest rule and
 * computation date. Texts stand behind their length; numbers are big endian, 4 bytes, amounts 8.
 * Interest that runs on is shown, not hashed. */
struct rlc_hash claim_hash_of(const struct rlc_claim *claim, legal_sha256_fn *sha256,
                              struct rlc_arena *arena);

#endif
