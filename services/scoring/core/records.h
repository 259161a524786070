/* SPDX-License-Identifier: Apache-2.0 */
/* What scoring remembers: how a debtor has behaved, and what it owes.
 *
 *   d|D         profile    counts and averages of what was settled, what is open by due day
 *   r|D|C|doc   open item  a receivable that is open: what the profile counts for it
 *
 * Conventions as in common/wire (absent = zero). Lists are a pointer and a count; `capacity` is
 * room in memory and not stored. Averages are kept in 1/SCORING_Q. Mirrors
 * proto/relance/v1/scoring_state.proto. */
#ifndef SCORING_CORE_RECORDS_H
#define SCORING_CORE_RECORDS_H

#include "common/wire/debtor_event.h"

enum {
    SCORING_FORMAT = 1,
    SCORING_Q = 1024,
    SCORING_WEEKDAYS = 7,
    SCORING_PURSES_MAX = 16,   /* currencies of one debtor: as many as a request has totals */
    SCORING_DUE_DAYS_MAX = 366 /* days on which something open falls due: a year of daily invoices;
                                  what falls due on further days is not counted as open */
};

enum {
    SCORING_MARKS_MAX = 16,  /* latest bad signs that are remembered */
    SCORING_MARK_DAYS = 180, /* and count: the half-year of the behaviour score (broken promises,
                                returned payments) */
    SCORING_DELAY_MIN = -60, /* a payment two months early or a year late says no more than that */
    SCORING_DELAY_MAX = 365
};

/* An amount beyond this, ten thousand million units, counts as this: sums over all documents of a
 * debtor fit into 64 bits. */
#define SCORING_AMOUNT_MAX (INT64_C(1) << 40)

/* A currency's amounts settled are halved, with their delays, beyond this: ten times their product
 * with the longest delay fits into 64 bits. */
#define SCORING_WEIGHT_MAX (INT64_C(1) << 50)

enum rlc_mark_kind {
    RLC_MARK_KIND_UNSPECIFIED = 0,
    RLC_MARK_KIND_BROKEN_PROMISE = 1,
    RLC_MARK_KIND_DISPUTE = 2,
    RLC_MARK_KIND_RETURNED_PAYMENT = 3
};

/* A bad sign, on the day scenario knew it. */
struct rlc_mark {
    enum rlc_mark_kind kind;
    rlc_day on;
};

/* Documents settled that fell due on one day of the week. */
struct rlc_habit {
    uint32_t settled;
    uint32_t late;
};

/* What is open and falls due on one day, in one currency. */
struct rlc_due_day {
    rlc_day due_on;
    uint32_t documents;
    int64_t open_minor;
};

/* One currency: amounts of two are never added. */
struct rlc_purse {
    char currency[RLC_CURRENCY_SIZE];
    uint32_t documents;    /* ever issued */
    int64_t usual_minor;   /* moving average of what is issued */
    int64_t settled_minor; /* amounts settled ... */
    int64_t weighted;      /* ... each times its delay in days */
    int64_t open_minor;
    struct rlc_due_day *due; /* ascending by due_on */
    size_t due_count;
    size_t due_capacity;
};

/* The debtor's score as it was said last. */
struct rlc_said {
    int64_t revision; /* counts what was said of the debtor; 0 = nothing yet */
    struct rlc_span band;
    uint32_t late_ppm;
};

struct rlc_profile {
    uint32_t format;
    uint32_t settled;
    uint32_t late;
    uint32_t late_10; /* by more than ten days */
    uint32_t late_30;
    int32_t delay_recent;     /* days in 1/SCORING_Q, over about eight documents */
    int32_t delay_slow;       /* over about sixty-four */
    int32_t late_recent;      /* share of late ones in 1/SCORING_Q */
    int32_t delay_last;       /* days */
    rlc_day settled_on;       /* latest value date; with settled > 0 */
    rlc_day known_on;         /* the latest day anything here is of */
    struct rlc_habit *habits; /* by enum rlc_weekday */
    size_t habit_count;       /* SCORING_WEEKDAYS, or 0 */
    struct rlc_purse *purses;
    size_t purse_count;
    size_t purse_capacity;
    struct rlc_mark *marks; /* oldest first */
    size_t mark_count;
    size_t mark_capacity;
    uint32_t unanswered;  /* contacts since the debtor last did anything */
    rlc_day contacted_on; /* the first of them */
    uint32_t reactions;
    int32_t reaction; /* days from contact to reaction, in 1/SCORING_Q; with reactions > 0 */
    struct rlc_said said;
};

struct rlc_open_item {
    uint32_t format;
    rlc_day due_on;
    struct rlc_money open;
    bool listed; /* counted in its purse */
};

#endif
