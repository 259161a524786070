/* SPDX-License-Identifier: Apache-2.0 */
/* The stories of a made-up portfolio: what a debtor does with each of its invoices. They are a
 * table, to be read and extended by somebody who knows debtors rather than C. */
#ifndef RELANCECTL_SAMPLE_STORY_H
#define RELANCECTL_SAMPLE_STORY_H

#include <stdint.h>

/* Acts of one story; the longest has four. */
enum { SAMPLE_ACTS_MAX = 4 };

enum sample_verb {
    SAMPLE_NOTHING, /* ends the list */
    SAMPLE_PAYS,
    SAMPLE_PAYS_UNNAMED, /* says not for which invoice */
    SAMPLE_DEBITED,      /* direct debit, provisional for so many days */
    SAMPLE_RETURNED,     /* the bank takes the last payment back */
    SAMPLE_CREDITED,     /* a credit note */
    SAMPLE_DISPUTES,
    SAMPLE_RESOLVED, /* the dispute, with the result that `word` says */
    SAMPLE_PROMISES, /* to pay what is open within so many days */
    SAMPLE_HELD,     /* a hold of the reach that `word` says, for so many days; 0 = until lifted */
    SAMPLE_LIFTED,
    SAMPLE_REPEATED /* billing delivers the invoice again */
};

enum sample_since {
    SAMPLE_SINCE_DUE,
    SAMPLE_SINCE_ISSUE,
    SAMPLE_SINCE_BEFORE /* the act before */
};

/* On a day between `least` and `most` days after `since`. */
struct sample_act {
    enum sample_verb verb;
    enum sample_since since;
    int16_t least_days;
    int16_t most_days;
    int16_t percent; /* of the invoice; 0 = all that is open of it */
    int16_t for_days;
    const char *word;
};

enum sample_flag {
    SAMPLE_NO_ADDRESS = 1,
    SAMPLE_TWO_SELLERS = 2,   /* each invoice has a twin of another seller of the group */
    SAMPLE_NATURAL = 4,       /* a sole trader */
    SAMPLE_OPENING_ITEM = 8,  /* owes something since last year, reminded of it elsewhere */
    SAMPLE_LATE_BILLING = 16, /* the invoice arrives a week after it was issued */
    SAMPLE_INSOLVENT = 32,    /* a court opens its liquidation in the middle of the year */
    SAMPLE_WRONG_RECORD = 64  /* one record that cannot be understood */
};

struct sample_story {
    const char *name; /* "keeps promises" */
    uint16_t share;   /* so many of SAMPLE_SHARES debtors */
    uint16_t flags;
    const char *tells; /* a sentence */
    struct sample_act act[SAMPLE_ACTS_MAX];
};

/* What the shares of all stories add up to; a portfolio of so many debtors has each that often. */
#define SAMPLE_SHARES 318

extern const struct sample_story SAMPLE_STORIES[];
extern const int SAMPLE_STORY_COUNT;

#endif
