/* SPDX-License-Identifier: Apache-2.0 */
/* A made-up trail of one debtor with a case at law, chained as workers chain it, for tests of the
 * dossier. All amounts are euros, the receivable is F-1 of the creditor FR, due on 2025-06-01. */
#ifndef RLC_TESTS_DOSSIER_BOOK_H
#define RLC_TESTS_DOSSIER_BOOK_H

#include "dossier/trail.h"

/* Up to where in the log the filing of book_file() knew. */
#define BOOK_WATERMARK 100

struct book {
    struct dossier_trail trail;
    struct rlc_arena arena;
    struct rlc_chain facts; /* links of the next records */
    struct rlc_chain audits;
    int64_t off;
    rlc_ms now_ms;
};

/* What moved F-1. */
struct book_move {
    enum rlc_receivable_cause cause;
    const char *id;
    int64_t before;
    int64_t open;
    const char *value_on;
    int64_t event; /* offset of the event that it follows from */
};

rlc_day book_day(const char *text);
struct rlc_money book_euro(int64_t minor);

/* An empty one; its trail is the caller's to clear. */
struct book book_open(void);

/* A fact of scenario that follows from the event at the offset `cause`. */
void book_fact(struct book *book, struct rlc_debtor_fact fact, const char *creditor, int64_t cause);

/* F-1 comes, moves; that of another creditor has the same name. */
void book_issue(struct book *book);
void book_move(struct book *book, struct book_move move);
void book_move_of(struct book *book, const char *creditor, struct book_move move);

/* A formal notice about F-1 that was accepted on that day; `name` tells it and its hash apart. */
void book_notice(struct book *book, uint8_t name, const char *on);

/* The case is referred, moves, is filed (700.00, on 2025-07-15, of the case K), is recalled. */
void book_refer(struct book *book, const char *case_id);
void book_say(struct book *book, const char *case_id, const char *code, bool holds);
void book_file(struct book *book);
void book_recall(struct book *book);

#endif
