/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the vocabulary's numbers, for facts that people read. Static; empty for unknown ones. */
#ifndef SCENARIO_CORE_WORDS_H
#define SCENARIO_CORE_WORDS_H

#include "common/pure/span.h"
#include "common/wire/vocabulary.h"

struct rlc_span word_hold_reason(enum rlc_hold_reason reason);
struct rlc_span word_dispute_reason(enum rlc_dispute_reason reason);
struct rlc_span word_task_kind(enum rlc_task_kind kind);

#endif
