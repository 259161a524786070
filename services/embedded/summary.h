/* SPDX-License-Identifier: Apache-2.0 */
/* What came of a life, for people: the lines of deploy/local/demo.sh, counted where they are, and
 * held against what was expected. */
#ifndef EMBEDDED_SUMMARY_H
#define EMBEDDED_SUMMARY_H

#include "embedded.h"
#include "expectation.h"
#include "proof.h"
#include "tally.h"

struct summary {
    const struct tally *tally;
    const struct proof *proof;
    const struct expectation *expectation;
    int64_t mails;
    int64_t records;      /* events that were lived through */
    const char *last_day; /* the last one, "2025-12-31" */
    bool whole;           /* a line that counts nothing is wrong */
    bool no_letters;      /* a dead letter is wrong */
    size_t debtors;       /* with a state */
    struct rlc_hash state;
};

/* Prints it; how many lines are wrong. */
int summary_print(const struct summary *summary);

#endif
