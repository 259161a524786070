/* SPDX-License-Identifier: Apache-2.0 */
#include "core/features.h"

#include "common/pure/calendar.h"

#include "core/profile.h"

enum {
    PERMILLE = 1000,
    SHARE_PRIOR = 2,   /* documents that a share of few is drawn to one half with */
    WEEKDAY_PRIOR = 5, /* documents that a weekday's share is drawn to the debtor's with */
    TENTHS = 10,
    TERM_MAX = 365
};

const struct scoring_feature_name SCORING_FEATURE[SCORING_FEATURES] = {
    [SCORING_SETTLED] = { "settled", "FEW_SETTLED",
                          "documents settled so far; the other values of this group are absent "
                          "before the first" },
    [SCORING_LATE_SHARE] = { "late_share", "OFTEN_LATE",
                             "per mille of documents settled late, one half of two more among "
                             "them" },
    [SCORING_LATE_10] = { "late_10", "LATE_BY_10_DAYS",
                          "the same for those settled more than 10 days late" },
    [SCORING_LATE_30] = { "late_30", "LATE_BY_30_DAYS", "... more than 30 days late" },
    [SCORING_LATE_RECENT] = { "late_recent", "LATE_RECENTLY",
                              "per mille of late ones among about the last eight" },
    [SCORING_DELAY_RECENT] = { "delay_recent", "RECENT_DELAY",
                               "average delay of about the last eight documents, tenths of a "
                               "day" },
    [SCORING_DELAY_SLOW] = { "delay_slow", "USUAL_DELAY",
                             "the same over about the last sixty-four" },
    [SCORING_DELAY_WEIGHTED] = { "delay_weighted", "WEIGHTED_DELAY",
                                 "average delay of all, weighted by amount, tenths of a day" },
    [SCORING_DELAY_LAST] = { "delay_last", "LAST_DELAY", "delay of the last document, days" },
    [SCORING_PAID_AGO] = { "paid_ago", "LAST_PAYMENT", "days since the last document was settled" },
    [SCORING_OPEN] = { "open", "OPEN_DOCUMENTS", "documents open" },
    [SCORING_EXPOSURE] = { "exposure", "EXPOSURE", "open amount, per mille of a usual document" },
    [SCORING_OVERDUE] = { "overdue", "OVERDUE_DOCUMENTS", "documents overdue" },
    [SCORING_OVERDUE_SHARE] = { "overdue_share", "OVERDUE_SHARE",
                                "overdue amount, per mille of the open amount" },
    [SCORING_OLDEST_OVERDUE] = { "oldest_overdue", "OLDEST_OVERDUE",
                                 "days since the oldest overdue document fell due" },
    [SCORING_BROKEN_PROMISES] = { "broken_promises", "BROKEN_PROMISES",
                                  "promises broken within 180 days" },
    [SCORING_DISPUTES] = { "disputes", "DISPUTES", "disputes opened within 180 days" },
    [SCORING_RETURNED_PAYMENTS] = { "returned_payments", "RETURNED_PAYMENTS",
                                    "payments taken back within 180 days" },
    [SCORING_UNANSWERED] = { "unanswered", "UNANSWERED_CONTACTS",
                             "contacts since the debtor last paid, promised or disputed" },
    [SCORING_REACTION] = { "reaction", "SLOW_REACTION",
                           "average days from a contact to that, absent before the first" },
    [SCORING_AMOUNT_USUAL] = { "amount_usual", "UNUSUAL_AMOUNT",
                               "amount of the document, per mille of a usual one" },
    [SCORING_TERM] = { "term", "PAYMENT_TERM", "days from issue to due date" },
    [SCORING_DUE_WEEKDAY] = { "due_weekday", "DUE_WEEKDAY",
                              "day of the week of the due date, "
                              "0 = Monday" },
    [SCORING_DUE_MONTHDAY] = { "due_monthday", "DUE_DAY_OF_MONTH", "day of its month" },
    [SCORING_LATE_WEEKDAY] = { "late_weekday", "LATE_ON_WEEKDAY",
                               "per mille of late ones among those due on that day of the week" },
};

static int32_t at_most(int64_t value, int32_t most)
{
    return value < most ? (int32_t)value : most;
}

static int32_t share(uint32_t count, uint32_t of)
{
    return (int32_t)(PERMILLE * ((int64_t)count + SHARE_PRIOR / 2) / ((int64_t)of + SHARE_PRIOR));
}

/* Per mille of `of` (> 0). Of amounts beyond any invoice the last bits do not matter. */
static int32_t ratio(int64_t amount, int64_t of, int32_t most)
{
    while (amount > INT64_MAX / PERMILLE) {
        amount /= 2;
        of = of > 1 ? of / 2 : 1;
    }
    return at_most(PERMILLE * amount / of, most);
}

/* The purse of a document's currency, else the one with the most documents; NULL: none. */
static const struct rlc_purse *purse_of(const struct rlc_profile *profile,
                                        const struct scoring_document *document)
{
    const struct rlc_purse *most = NULL;

    if (document)
        return profile_purse(profile, document->amount.currency);
    for (size_t i = 0; i < profile->purse_count; i++) {
        if (!most || profile->purses[i].documents > most->documents)
            most = &profile->purses[i];
    }
    return most;
}

static void put_history(const struct rlc_profile *profile, rlc_day today, int32_t *value)
{
    value[SCORING_SETTLED] = at_most(profile->settled, SCORING_COUNT_MAX);
    if (profile->settled == 0)
        return;
    value[SCORING_LATE_SHARE] = share(profile->late, profile->settled);
    value[SCORING_LATE_10] = share(profile->late_10, profile->settled);
    value[SCORING_LATE_30] = share(profile->late_30, profile->settled);
    value[SCORING_LATE_RECENT] = profile->late_recent * PERMILLE / SCORING_Q;
    value[SCORING_DELAY_RECENT] =
        (int32_t)profile_floor((int64_t)profile->delay_recent * TENTHS, SCORING_Q);
    value[SCORING_DELAY_SLOW] =
        (int32_t)profile_floor((int64_t)profile->delay_slow * TENTHS, SCORING_Q);
    value[SCORING_DELAY_LAST] = profile->delay_last;
    value[SCORING_PAID_AGO] =
        today > profile->settled_on ? at_most(today - profile->settled_on, SCORING_COUNT_MAX) : 0;
}

struct overdue {
    int64_t documents;
    int64_t minor;
    int64_t open; /* documents, overdue or not */
    rlc_day oldest_on;
};

static struct overdue overdue_of(const struct rlc_purse *purse, rlc_day today)
{
    struct overdue found = { .oldest_on = today };

    for (size_t i = 0; i < purse->due_count; i++) {
        const struct rlc_due_day *due = &purse->due[i];

        found.open += due->documents;
        if (due->due_on >= today)
            continue;
        if (found.documents == 0)
            found.oldest_on = due->due_on;
        found.documents += due->documents;
        found.minor += due->open_minor;
    }
    return found;
}

static void put_owed(const struct rlc_purse *purse, rlc_day today, int32_t *value)
{
    struct overdue overdue = overdue_of(purse, today);

    if (purse->settled_minor > 0)
        value[SCORING_DELAY_WEIGHTED] =
            (int32_t)profile_floor(purse->weighted * TENTHS, purse->settled_minor);
    value[SCORING_OPEN] = at_most(overdue.open, SCORING_COUNT_MAX);
    value[SCORING_OVERDUE] = at_most(overdue.documents, SCORING_COUNT_MAX);
    value[SCORING_OLDEST_OVERDUE] = at_most(today - overdue.oldest_on, SCORING_COUNT_MAX);
    if (purse->open_minor > 0)
        value[SCORING_OVERDUE_SHARE] = ratio(overdue.minor, purse->open_minor, PERMILLE);
    if (purse->usual_minor > 0)
        value[SCORING_EXPOSURE] =
            ratio(purse->open_minor, purse->usual_minor, SCORING_EXPOSURE_MAX);
}

static int32_t marks_of(const struct rlc_profile *profile, enum rlc_mark_kind kind, rlc_day today)
{
    int32_t count = 0;

    for (size_t i = 0; i < profile->mark_count; i++) {
        const struct rlc_mark *mark = &profile->marks[i];

        count += mark->kind == kind && mark->on >= today - SCORING_MARK_DAYS;
    }
    return count;
}

static void put_behaviour(const struct rlc_profile *profile, rlc_day today, int32_t *value)
{
    value[SCORING_BROKEN_PROMISES] = marks_of(profile, RLC_MARK_KIND_BROKEN_PROMISE, today);
    value[SCORING_DISPUTES] = marks_of(profile, RLC_MARK_KIND_DISPUTE, today);
    value[SCORING_RETURNED_PAYMENTS] = marks_of(profile, RLC_MARK_KIND_RETURNED_PAYMENT, today);
    value[SCORING_UNANSWERED] = at_most(profile->unanswered, SCORING_COUNT_MAX);
    if (profile->reactions > 0)
        value[SCORING_REACTION] = profile->reaction / SCORING_Q;
}

static void put_document(const struct rlc_profile *profile, const struct rlc_purse *purse,
                         const struct scoring_document *document, int32_t *value)
{
    enum rlc_weekday weekday = rlc_day_weekday(document->due_on);
    int64_t term = (int64_t)document->due_on - document->issued_on;

    value[SCORING_TERM] = term > 0 ? at_most(term, TERM_MAX) : 0;
    value[SCORING_DUE_WEEKDAY] = (int32_t)weekday;
    value[SCORING_DUE_MONTHDAY] = rlc_day_date(document->due_on).day;
    if (purse && purse->usual_minor > 0)
        value[SCORING_AMOUNT_USUAL] =
            ratio(document->amount.minor, purse->usual_minor, SCORING_RATIO_MAX);
    if (profile->settled > 0) {
        const struct rlc_habit *habit = &profile->habits[weekday];
        int64_t prior = (int64_t)WEEKDAY_PRIOR * value[SCORING_LATE_SHARE];

        value[SCORING_LATE_WEEKDAY] = (int32_t)((PERMILLE * (int64_t)habit->late + prior) /
                                                ((int64_t)habit->settled + WEEKDAY_PRIOR));
    }
}

void scoring_values(const struct rlc_profile *profile, rlc_day today,
                    const struct scoring_document *document, struct scoring_values *ret_values)
{
    const struct rlc_purse *purse = purse_of(profile, document);
    int32_t *value = ret_values->value;

    for (size_t i = 0; i < SCORING_FEATURES; i++)
        value[i] = SCORING_ABSENT;
    put_history(profile, today, value);
    if (purse)
        put_owed(purse, today, value);
    put_behaviour(profile, today, value);
    if (document)
        put_document(profile, purse, document, value);
}
