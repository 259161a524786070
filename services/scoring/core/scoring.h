/* SPDX-License-Identifier: Apache-2.0 */
/* The pure core of scoring: (model, records, fact) -> (records, scores).
 *
 * A fact moves the debtor's profile; the profile is rated; what the debtor's score is now is said
 * when its band or the tenth of its probability changed. A document that was just issued is rated
 * by the profile as it was before, and its own score is said when its band is not the debtor's.
 * Facts that scores caused move nothing. */
#ifndef SCORING_CORE_SCORING_H
#define SCORING_CORE_SCORING_H

#include "common/pure/overlay.h"
#include "common/wire/debtor_fact.h"

#include "core/scorecard.h"

enum {
    SCORING_REASONS = 3, /* said with a score: the top three */
    SCORING_OUTPUTS_MAX = 2
};

/* A score to be said: of the debtor, or of the document it names. */
struct scoring_output {
    int64_t revision; /* of the debtor's, from 1; 0: of a document */
    struct rlc_score_changed score;
};

struct scoring_decision {
    struct rlc_overlay *overlay;
    const struct scoring_model
        *model; /* NULL: the bundle has none; profiles are kept all the same */

    /* Filled by the decision; spans point into the fact and the model. */
    struct scoring_output output[SCORING_OUTPUTS_MAX];
    size_t output_count;
};

/* Whether a fact tells anything of the debtor's behaviour. */
bool scoring_counts(const struct rlc_debtor_fact *fact);

/* Names the records that a fact needs (overlay.h), all in one round. `debtor` is D. */
void scoring_keys(const struct rlc_debtor_fact *fact, struct rlc_span debtor,
                  struct rlc_overlay *overlay);

/* Takes a fact. The records that scoring_keys() named are known. */
void scoring_take(const struct rlc_debtor_fact *fact, struct rlc_span debtor,
                  struct scoring_decision *decision);

#endif
