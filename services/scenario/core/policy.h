/* SPDX-License-Identifier: Apache-2.0 */
/* What the bundle says to scenario: plain, constant, complete. Built once per bundle hash by the
 * reader of the policy files, which also checks it; the core never checks it again.
 *
 * Lists marked "sorted" are in byte order of their name, without duplicates. */
#ifndef SCENARIO_CORE_POLICY_H
#define SCENARIO_CORE_POLICY_H

#include "common/pure/base.h"
#include "common/pure/calendar.h"
#include "common/pure/span.h"
#include "common/pure/zone.h"
#include "common/wire/contact.h"
#include "common/wire/envelope.h"
#include "common/wire/party.h"

enum {
    POLICY_STEPS_MAX = 24,      /* steps of one scenario: a receivable keeps 24 instances */
    POLICY_CHANNELS_MAX = 4,    /* channels tried in turn by one step */
    POLICY_CAPS_MAX = 4,        /* for example one a day, four in a week */
    POLICY_CAP_DAYS_MAX = 31,   /* longest window: a debtor remembers its contacts that long */
    POLICY_KEPT_YEARS_MAX = 100 /* no law keeps a ledger longer than a person lives */
};

/* Which days count on the way from the due date to a step's day. */
enum policy_days {
    POLICY_DAYS_CALENDAR,
    POLICY_DAYS_BUSINESS /* of the debtor's calendar */
};

/* When a message may leave, on the clocks of the debtor's zone. */
struct policy_hours {
    bool business_days_only; /* of the debtor's calendar; else every day of the week */
    int32_t from_minute;     /* of the day, 0..1439: first minute allowed */
    int32_t to_minute;       /* 1..1440, > from_minute: first minute no longer allowed */
};

/* At most `contacts` in any `days` consecutive civil days: with 1 and 7 a contact on day t forbids
 * the next before t + 7. Counted over all accounts and channels of the debtor. */
struct policy_cap {
    uint32_t contacts; /* >= 1 */
    int32_t days;      /* 1..POLICY_CAP_DAYS_MAX */
};

/* A threshold in one currency. A currency that is not listed has none. */
struct policy_amount {
    struct rlc_money amount;
};

/* What follows a request that did not end in an accepted message. */
enum policy_reaction {
    POLICY_ASK_AGAIN, /* evaluated anew at the next tick: same action, request number + 1 */
    POLICY_WAIT,      /* the same, after `wait_minutes` */
    POLICY_REPAIR,    /* the addresses used are set aside, a task asks for better ones, then anew */
    POLICY_TASK       /* the account waits until the task is done */
};

struct policy_answer {
    enum policy_reaction reaction;
    int32_t wait_minutes;    /* with POLICY_WAIT, > 0 */
    enum rlc_task_kind task; /* with POLICY_REPAIR and POLICY_TASK */
};

enum { POLICY_RETURN_REASONS = RLC_RETURN_REASON_SHUTDOWN + 1 };

struct policy_answers {
    struct policy_answer returned[POLICY_RETURN_REASONS]; /* by enum rlc_return_reason */
    struct policy_answer refused; /* the instances close as acted; REPAIR or TASK opens the task */
    /* The outcome is lost. ASK_AGAIN resends under the same message id; WAIT_FOR_HUMAN closes the
     * instances as acted (outcome unknown) and opens a task. */
    enum rlc_unknown_policy unknown;
    uint32_t asks_max; /* requests under one action before a task REVIEW stops it; >= 1 */
};

struct policy_step {
    struct rlc_span name; /* unique in its scenario; part of the identity of what it does */
    int32_t offset_days;  /* from the due date; negative = before it */
    enum policy_days days;
    int32_t at_minute; /* of its day, in the debtor's zone: when it opens */
    enum rlc_tone tone;
    /* Tried in this order: the first with an address that is not opted out. The position is the
     * channel ordinal of the action. */
    enum rlc_channel channel[POLICY_CHANNELS_MAX];
    size_t channel_count; /* >= 1 */
    struct rlc_span template_name;
    /* A step that says nothing and hands its receivables to legal-escalation: the procedure that is
     * asked for; empty = a message. It has neither channel nor template. */
    struct rlc_span refer;
    int32_t notice_days; /* with `refer`: calendar days since the formal notice, at least */

    /* Conditions. An instance whose condition fails stays open, with its reason. */
    const struct policy_amount *at_least; /* remindable amount of the receivable: >= */
    size_t at_least_count;
    const struct policy_amount *below; /* remindable amount of the receivable: < */
    size_t below_count;
    int32_t age_days_min;         /* calendar days since the due date; INT32_MIN = no condition */
    const struct rlc_span *bands; /* the debtor's risk band is one of these; none = no condition */
    size_t band_count;

    int32_t expires_days; /* an instance this many days after its day closes EXPIRED; 0 = never */
    int32_t repeat_days;  /* further occurrences every so many days (same counting); 0 = once */
    uint32_t repeat_max;  /* occurrences in all, with repeat_days; >= 1 */
    bool catch_up;        /* new in a bundle: also for receivables that reached its day before */
    bool unsubscribe;     /* its message says how to get no more of its kind */
    bool alone;           /* its message speaks only of receivables that are at this very step */
    const struct policy_answers *answers; /* NULL = the policy's defaults */
};

struct policy_scenario {
    struct rlc_span name;
    const struct policy_step *step; /* in the order of escalation: a later one carries earlier */
    size_t step_count;              /* <= POLICY_STEPS_MAX, repetitions counted */
};

/* Which scenario an account follows: the first rule that matches. */
struct policy_choice {
    struct rlc_span creditor; /* empty = any */
    struct rlc_span segment;  /* of the account; empty = any */
    enum rlc_party_kind kind; /* of the debtor; UNSPECIFIED = any */
    struct rlc_span scenario; /* a scenario of this policy */
};

/* One of our legal entities. */
struct policy_creditor {
    struct rlc_span name;     /* the envelope's creditor */
    struct rlc_span sender;   /* who speaks: a sender of the bundle */
    struct rlc_span language; /* of the message when neither account nor debtor has one */
};

struct policy_calendar {
    struct rlc_span name;
    struct rlc_calendar calendar;
};

struct policy_zone {
    struct rlc_span name; /* IANA name */
    struct rlc_zone zone;
};

/* Standing: disputes, promises, holds. */
struct policy_standing {
    int32_t dispute_days;                /* business days a dispute without expiry holds; >= 1 */
    enum rlc_clock_effect dispute_clock; /* what a dispute of the whole document does */
    int32_t promise_grace_days;          /* business days after the promised day */
    enum rlc_clock_effect promise_clock;
    int64_t promise_kept_ppm;         /* share that came in: at least = kept, ... */
    int64_t promise_partial_ppm;      /* ... at least = partial, less = broken */
    enum rlc_clock_effect hold_clock; /* of a hold that does not say */
};

/* What is kept of a debtor although somebody orders its erasure, how long, on which legal ground.
 * What is said of contact persons is not kept: they are erased at once. */
struct policy_retention {
    struct rlc_span claims_ground; /* while something is open on an account */
    int32_t ledger_years;          /* 0..POLICY_KEPT_YEARS_MAX whole years after that of its latest
                                    * entry; 0 = to the end of that year */
    struct rlc_span ledger_ground;
};

struct policy {
    struct rlc_hash bundle_hash; /* all zero: the built-in empty policy */

    const struct policy_scenario *scenario; /* sorted */
    size_t scenario_count;
    const struct policy_choice *choice; /* in order of precedence */
    size_t choice_count;
    const struct policy_creditor *creditor; /* sorted */
    size_t creditor_count;
    const struct policy_calendar *calendar; /* sorted */
    size_t calendar_count;
    const struct policy_zone *zone; /* sorted */
    size_t zone_count;

    struct rlc_span default_zone;     /* of a debtor without one, or with an unknown one */
    struct rlc_span default_calendar; /* empty = every day is a business day */
    struct rlc_span default_language;

    struct policy_hours hours;        /* companies, associations, public bodies */
    struct policy_hours person_hours; /* sole traders and consumers */
    struct policy_cap cap[POLICY_CAPS_MAX];
    size_t cap_count;              /* 0 = no cap */
    int32_t request_valid_minutes; /* a request older than this comes back; >= 1 */
    struct policy_standing standing;
    struct policy_retention retention;
    struct policy_answers answers; /* of a step without its own */
};

/* What a bundle keeps that does not say so. GDPR article 17(3)(e): legal claims; Code de commerce
 * L123-22: accounting records, ten years after the financial year. They cover the six years of tax
 * law and the five of evidence. */
#define POLICY_CLAIMS_GROUND "GDPR-17-3-E"
#define POLICY_LEDGER_YEARS  10
#define POLICY_LEDGER_GROUND "FR-CCOM-L123-22"

/* Of a tenant without a bundle: nobody is reminded of anything, and the usual is kept. */
extern const struct policy POLICY_EMPTY;

/* The scenario of that name, or NULL. */
const struct policy_scenario *policy_scenario(const struct policy *policy, struct rlc_span name);

/* The step of that name, or NULL. */
const struct policy_step *policy_step(const struct policy_scenario *scenario, struct rlc_span name);

/* The scenario that an account follows: the one it asks for if the bundle has it, else the first
 * choice that matches; NULL if there is none. */
const struct policy_scenario *policy_choose(const struct policy *policy, struct rlc_span wish,
                                            const struct policy_choice *who);

/* Never NULL: what a name stands for, the default where it is unknown, UTC and "every day is a
 * business day" where there is no default. */
const struct rlc_zone *policy_zone(const struct policy *policy, struct rlc_span name);
const struct rlc_calendar *policy_calendar(const struct policy *policy, struct rlc_span name);

bool policy_has_zone(const struct policy *policy, struct rlc_span name);

/* NULL for a creditor the bundle does not know. */
const struct policy_creditor *policy_creditor(const struct policy *policy, struct rlc_span name);

/* The answers that hold for a step (NULL = one that is gone). */
const struct policy_answers *policy_answers(const struct policy *policy,
                                            const struct policy_step *step);

#endif
