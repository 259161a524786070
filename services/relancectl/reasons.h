/* SPDX-License-Identifier: Apache-2.0 */
/* Reasons as sentences: what a credit manager reads instead of a word of the schema. */
#ifndef RELANCECTL_REASONS_H
#define RELANCECTL_REASONS_H

#include "common/pure/span.h"
#include "common/wire/vocabulary.h"

/* Why there was no reminder, as the second half of a sentence; NULL for a reason that this version
 * does not know. */
const char *ctl_reason_sentence(enum rlc_suppression reason);

/* How a step instance ended without a reminder; the same. */
const char *ctl_result_sentence(enum rlc_step_result result);

/* Why a request came back without an attempt; the same. */
const char *ctl_return_sentence(enum rlc_return_reason reason);

/* What became of an attempt; the same. */
const char *ctl_outcome_sentence(enum rlc_outcome_result result);

/* Why a command was refused, by the rule of its answer; NULL for a rule that needs no more words.
 */
const char *ctl_rule_sentence(struct rlc_span rule);

#endif
