/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean": which known word a misspelt one probably stands for. */
#ifndef RLC_PURE_NEAREST_H
#define RLC_PURE_NEAREST_H

#include "common/pure/base.h"
#include "common/pure/span.h"

#define RLC_NEAREST_WORD_MAX 128 /* longer words are not compared: none of ours is longer */

/* The best candidate so far. Start with rlc_nearest_to(). */
struct rlc_nearest {
    struct rlc_span wanted;
    struct rlc_span found; /* {NULL, 0}: nothing is near */
    size_t distance;       /* of `found`; else the first distance that is too far */
};

/* Begins a search. A third of the word may be wrong: further away a suggestion is a guess. */
struct rlc_nearest rlc_nearest_to(struct rlc_span wanted);

/* Looks at one candidate; the first of equally near ones stays. */
void rlc_nearest_try(struct rlc_nearest *nearest, struct rlc_span candidate);

/* Insertions, deletions and replacements of bytes that turn one word into the other; SIZE_MAX when
 * one of them is too long. */
size_t rlc_edit_distance(struct rlc_span from, struct rlc_span to);

#endif
