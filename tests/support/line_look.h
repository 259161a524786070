/* SPDX-License-Identifier: Apache-2.0 */
/* What a life of the line has left behind, as text that two lives can be compared by: one line for
 * each record, sorted by key, records of one key in the order of the log.
 *
 * Each line ends in a hash of the record, all of it but what depends on where records lie in the
 * log, which aborted transactions and the order between debtors may move:
 *   - causation (offset and hash of the causing record) of every envelope, and the chain of a fact;
 *   - offsets in our own topics: of the event that a quarantine or a dead letter is about, and the
 *     ends of partitions that a last look asked for. Those in sources stay.
 * Checkpoints, ticks and scope changes are left out: they belong to partitions; and attempts of
 * which nothing had left, for they are made again. */
#ifndef RLC_TESTS_LINE_LOOK_H
#define RLC_TESTS_LINE_LOOK_H

#include "tests/support/line.h"

/* In the line of a record that says of a contact that it ended unknown. */
#define LINE_UNKNOWN_MARK " UNKNOWN"

enum line_text {
    LINE_EVENTS,   /* what ingest and the notifier wrote */
    LINE_FACTS,    /* silences are among them */
    LINE_REQUESTS, /* contacts asked for */
    LINE_LETTERS,
    LINE_STATE,    /* the fold of scenario's changelog, equal to the hot state */
    LINE_BALANCES, /* open amount of each debtor and currency, summed over facts */
    LINE_AUDITS,   /* the notifier's records of what it did */
    LINE_CONTACTS, /* requests that were accepted: action, civil day, lines and their amounts */
    LINE_TEXTS
};

struct line_look {
    char *text[LINE_TEXTS];
    size_t count[LINE_TEXTS]; /* lines */
    size_t silences;
    size_t unknowns;    /* contacts of which nobody knows whether they arrived */
    size_t not_started; /* attempts that are left out */
    size_t mails;
    /* Mails whose notifier died meanwhile. */
    size_t orphans_arrived;
    size_t orphans_lost;
};

/* Takes a look; fails the test if hot state and changelog differ. `without_duplicates`: what came
 * a second time, and the fact that says so, are left out. */
void line_look(struct line *line, bool without_duplicates, struct line_look *ret_look);
void line_look_free(struct line_look *look);

/* Fails with the first line in which two looks differ. In `found`, but not in `expected`, a contact
 * may have ended unknown: until then its debtor's life must be the same, and so must all its
 * contacts and its balances; the other debtors' lives are the same as ever. */
void line_look_assert_same(const struct line_look *expected, const struct line_look *found);

#endif
