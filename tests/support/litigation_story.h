/* SPDX-License-Identifier: Apache-2.0 */
/* Where most stories between scenario and the law begin. The caller frees what it gets. */
#ifndef RLC_TESTS_LITIGATION_STORY_H
#define RLC_TESTS_LITIGATION_STORY_H

#include "tests/support/scenario_bench.h"

/* The policy of the stories, and nobody yet. */
struct scenario_bench *litigation_story_empty(void);

/* A debtor with an address; D+3 friendly, D+10 notice, D+20 refers after NOTICE_DAYS, D+40 a legal
 * letter. */
struct scenario_bench *litigation_story_begin(void);

/* F-1 over 1,000 EUR, due on 2025-01-31: reminded, noticed on 02-10, and on its way to law. Results
 * so far are forgotten. */
struct scenario_bench *litigation_story_noticed(void);

/* It was referred on 2025-02-25. */
struct scenario_bench *litigation_story_case(void);

#endif
