/* SPDX-License-Identifier: Apache-2.0 */
/* What upstream publishes about some debtors over some days: invoices, payments in full, in part,
 * early and on account, disputes, promises, holds, cancellations, write-offs, natural persons;
 * duplicates, conflicts, and records that nobody understands. The same seed gives the same story.
 *
 * All of a day is published in the morning. Records that cannot be understood come through the
 * second source, by themselves and after the others: their place in it names them for ever. */
#ifndef RLC_SIM_LINE_STORY_H
#define RLC_SIM_LINE_STORY_H

#include "common/pure/base.h"

enum { STORY_EVENTS_MAX = 4000, STORY_DEBTORS_MAX = 99 };

#define STORY_TENANT "acme"

struct story_event {
    int day; /* 0 = the first */
    bool bad;
    bool duplicate; /* of one that came before */
    bool once;      /* again, it would not be a mere duplicate */
    char key[32];   /* <tenant>/<debtor> */
    char *json;
};

struct story {
    int days;
    int debtors;
    struct story_event event[STORY_EVENTS_MAX]; /* by day; the bad ones of a day come last */
    size_t count;
    size_t letters; /* what ends as a dead letter: the bad ones, and each second body of an id */
    int64_t open_minor[STORY_DEBTORS_MAX]; /* what each debtor owes at the end */
};

/* 08:00 UTC of a day of the story. */
rlc_ms story_morning(int day);

/* A story to be freed by story_free(). */
struct story *story_make(uint64_t seed, int debtors, int days);
void story_free(struct story *story);

/* Whether a debtor is a natural person: elsewhere its id is another one. */
bool story_is_natural(int debtor);

/* Whether somebody should erase a debtor's contact person ("<debtor>/1"). */
bool story_is_erased(int debtor);

/* The id of a debtor. */
void story_debtor(int debtor, char ret_id[16]);

#endif
