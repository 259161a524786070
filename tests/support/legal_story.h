/* SPDX-License-Identifier: Apache-2.0 */
/* Where most stories of a case begin: asked, filed, ordered, by the procedures of legal_rules.c. */
#ifndef RLC_TESTS_LEGAL_STORY_H
#define RLC_TESTS_LEGAL_STORY_H

#include "tests/support/legal_bench.h"

/* The rules of the story that began last; a test may change them. */
struct legal_policy *legal_story_policy(void);

/* Nothing has happened yet. */
struct legal_bench *legal_story_begin(void);
/* The approval of an order for payment is asked for. */
struct legal_bench *legal_story_asked(void);
/* The head approves the claim as it is. */
void legal_story_approve(struct legal_bench *bench);
/* It is approved and filed. */
struct legal_bench *legal_story_filed(void);
/* The order was granted on that day, and recorded. */
struct legal_bench *legal_story_ordered(const char *on);

bool legal_says(struct rlc_span text, const char *wanted);

/* Fails unless the case is in that state, or over under that code. */
void legal_story_is_at(struct legal_bench *bench, const char *name);
void legal_story_is_over(struct legal_bench *bench, const char *code);

/* The rule of the last act that was refused; "" if none was. Until the next call. */
const char *legal_story_refused_by(struct legal_bench *bench);

#endif
