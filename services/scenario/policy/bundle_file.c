/* SPDX-License-Identifier: Apache-2.0 */
/* `bundle.yaml`: what holds for all. */
#include "policy/draft.h"

#include "common/policy/layout.h"

struct bundle_text {
    struct rlc_span title;
    int32_t format;
    struct rlc_span zone;
    struct rlc_policy_names zones;
    struct rlc_span calendar;
    struct rlc_span language;
    const struct rlc_yaml *hours;
    const struct rlc_yaml *person_hours;
    const struct rlc_yaml *caps;
    int32_t request_valid_minutes;
    const struct rlc_yaml *standing;
    const struct rlc_yaml *retention;
    const struct rlc_yaml *answers;
};

static const struct rlc_policy_key BUNDLE_KEYS[] = {
    { .name = "title",
      .type = RLC_POLICY_SENTENCE,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct bundle_text, title),
      .min = 1,
      .max = 120,
      .help = "What people call this set of rules." },
    { .name = "format",
      .type = RLC_POLICY_INTEGER,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct bundle_text, format),
      .min = 1,
      .max = DRAFT_FORMAT_MAX,
      .values = "`1`",
      .help = "Of the files; a program refuses a format that is newer than itself." },
    { .name = "zone",
      .type = RLC_POLICY_ZONE,
      .offset = offsetof(struct bundle_text, zone),
      .fallback = "UTC",
      .help = "Time zone of a debtor that has none of its own." },
    { .name = "zones",
      .type = RLC_POLICY_ZONES,
      .offset = offsetof(struct bundle_text, zones),
      .help = "Further time zones that debtors live in. The days of a debtor with another one are "
              "those of `zone`; where `hours` are bounded it is not written to (OUTSIDE_HOURS, "
              "hours.unknown_zone)." },
    { .name = "calendar",
      .type = RLC_POLICY_NAME,
      .offset = offsetof(struct bundle_text, calendar),
      .help = "Holidays of a debtor without a calendar of its own: a file of `calendars/`. Without "
              "it every day is a business day." },
    { .name = "language",
      .type = RLC_POLICY_LANGUAGE,
      .offset = offsetof(struct bundle_text, language),
      .fallback = "en",
      .help = "Of a message when neither account, debtor nor creditor has one." },
    { .name = "hours",
      .type = RLC_POLICY_NODE,
      .offset = offsetof(struct bundle_text, hours),
      .help = "When a message may leave, on the debtor's clocks." },
    { .name = "person_hours",
      .type = RLC_POLICY_NODE,
      .offset = offsetof(struct bundle_text, person_hours),
      .help = "The same for sole traders and consumers; without it `hours` holds for them too." },
    { .name = "caps",
      .type = RLC_POLICY_NODE,
      .offset = offsetof(struct bundle_text, caps),
      .values = "a list of at most 4, see below",
      .help = "How often a debtor may be contacted, over all accounts and channels. Without it as "
              "often as a step falls due." },
    { .name = "request_valid",
      .type = RLC_POLICY_MINUTES,
      .offset = offsetof(struct bundle_text, request_valid_minutes),
      .fallback = "1d",
      .min = 1,
      .max = INT64_C(1) * POLICY_CAP_DAYS_MAX * RLC_MINUTES_PER_DAY,
      .help = "A message that could not leave for so long is decided anew." },
    { .name = "standing",
      .type = RLC_POLICY_NODE,
      .offset = offsetof(struct bundle_text, standing),
      .help = "What disputes, promises and holds do." },
    { .name = "retention",
      .type = RLC_POLICY_NODE,
      .offset = offsetof(struct bundle_text, retention),
      .help = "What is kept although its erasure is ordered." },
    { .name = "answers",
      .type = RLC_POLICY_NODE,
      .offset = offsetof(struct bundle_text, answers),
      .help = "What follows when a message was not accepted." },
};

const struct rlc_policy_table DRAFT_BUNDLE_TABLE = {
    .title = "`bundle.yaml`",
    .help = "What holds for every debtor unless something more special says otherwise.",
    .keys = BUNDLE_KEYS,
    .count = RLC_COUNT(BUNDLE_KEYS),
};

static const char *const DAYS_OF_HOURS[] = { "all", "business", NULL };

struct hours_text {
    int32_t from_minute;
    int32_t to_minute;
    int32_t days; /* place in DAYS_OF_HOURS */
};

static const struct rlc_policy_key HOURS_KEYS[] = {
    { .name = "from",
      .type = RLC_POLICY_TIME,
      .offset = offsetof(struct hours_text, from_minute),
      .fallback = "00:00",
      .min = 0,
      .max = RLC_MINUTES_PER_DAY - 1,
      .help = "First minute at which a message may leave." },
    { .name = "to",
      .type = RLC_POLICY_TIME,
      .offset = offsetof(struct hours_text, to_minute),
      .fallback = "24:00",
      .min = 1,
      .max = RLC_MINUTES_PER_DAY,
      .help = "First minute at which it may not any more; later than `from`." },
    { .name = "days",
      .type = RLC_POLICY_CHOICE,
      .choices = DAYS_OF_HOURS,
      .offset = offsetof(struct hours_text, days),
      .fallback = "all",
      .help = "Every day of the week, or business days of the debtor's calendar." },
};

const struct rlc_policy_table DRAFT_HOURS_TABLE = {
    .title = "`hours` and `person_hours`",
    .help = "A message that falls due outside waits for the next minute inside.",
    .keys = HOURS_KEYS,
    .count = RLC_COUNT(HOURS_KEYS),
};

static const struct rlc_policy_key CAP_KEYS[] = {
    { .name = "contacts",
      .type = RLC_POLICY_INTEGER,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct policy_cap, contacts),
      .min = 1,
      .max = 31,
      .help = "At most so many contacts ..." },
    { .name = "days",
      .type = RLC_POLICY_INTEGER,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct policy_cap, days),
      .min = 1,
      .max = POLICY_CAP_DAYS_MAX,
      .help = "... in any so many days: with 1 in 7 a contact on a Monday forbids the next before "
              "the following Monday." },
};

const struct rlc_policy_table DRAFT_CAP_TABLE = {
    .title = "One of `caps`",
    .help = "All caps hold together.",
    .keys = CAP_KEYS,
    .count = RLC_COUNT(CAP_KEYS),
};

static const struct rlc_policy_key STANDING_KEYS[] = {
    { .name = "dispute_days",
      .type = RLC_POLICY_INTEGER,
      .offset = offsetof(struct policy_standing, dispute_days),
      .fallback = "20",
      .min = 1,
      .max = RLC_POLICY_DAYS_MAX,
      .help = "Business days that a dispute without an end of its own holds reminders back." },
    { .name = "dispute_clock",
      .type = RLC_POLICY_WORD,
      .vocabulary = RLC_VOCABULARY_CLOCK_EFFECT,
      .offset = offsetof(struct policy_standing, dispute_clock),
      .fallback = "stop",
      .help = "What a dispute of a whole document does to the days since its due date: `stop` they "
              "do not count, `continue` they count, `restart` they count anew when it ends." },
    { .name = "promise_grace_days",
      .type = RLC_POLICY_INTEGER,
      .offset = offsetof(struct policy_standing, promise_grace_days),
      .fallback = "2",
      .min = 0,
      .max = 31,
      .help = "Business days after the promised day on which the money may still come." },
    { .name = "promise_clock",
      .type = RLC_POLICY_WORD,
      .vocabulary = RLC_VOCABULARY_CLOCK_EFFECT,
      .offset = offsetof(struct policy_standing, promise_clock),
      .fallback = "continue",
      .help = "What a promise does to the days since the due date." },
    { .name = "promise_kept_percent",
      .type = RLC_POLICY_PERCENT,
      .offset = offsetof(struct policy_standing, promise_kept_ppm),
      .fallback = "95",
      .help = "A promise is kept when at least so much of it came in, money on account that covers "
              "it included. Of what is not owed any more (credited, cancelled) no promise is "
              "broken." },
    { .name = "promise_partial_percent",
      .type = RLC_POLICY_PERCENT,
      .offset = offsetof(struct policy_standing, promise_partial_ppm),
      .fallback = "50",
      .help = "Kept in part when at least so much came in, else broken." },
    { .name = "hold_clock",
      .type = RLC_POLICY_WORD,
      .vocabulary = RLC_VOCABULARY_CLOCK_EFFECT,
      .offset = offsetof(struct policy_standing, hold_clock),
      .fallback = "stop",
      .help = "What a hold that does not say so itself does to the days since the due date." },
};

const struct rlc_policy_table DRAFT_STANDING_TABLE = {
    .title = "`standing`",
    .help = "What disputes, promises and holds do to reminders.",
    .keys = STANDING_KEYS,
    .count = RLC_COUNT(STANDING_KEYS),
};

#define TEXT_OF(number)   #number
#define WRITTEN(constant) TEXT_OF(constant)

static const struct rlc_policy_key RETENTION_KEYS[] = {
    { .name = "claims_ground",
      .type = RLC_POLICY_NAME,
      .offset = offsetof(struct policy_retention, claims_ground),
      .fallback = POLICY_CLAIMS_GROUND,
      .help = "The legal ground on which a debtor is kept while an invoice is open, or a dispute "
              "or hold on one has not ended." },
    { .name = "ledger_years",
      .type = RLC_POLICY_INTEGER,
      .offset = offsetof(struct policy_retention, ledger_years),
      .fallback = WRITTEN(POLICY_LEDGER_YEARS),
      .min = 0,
      .max = POLICY_KEPT_YEARS_MAX,
      .help = "Whole years after the calendar year of its latest invoice, payment or credit note "
              "for which a debtor is kept: with 10 and an entry in 2025 to 2035-12-31. Give the "
              "longest that binds one of your legal entities, and one year more where a financial "
              "year ends within the calendar year." },
    { .name = "ledger_ground",
      .type = RLC_POLICY_NAME,
      .offset = offsetof(struct policy_retention, ledger_ground),
      .fallback = POLICY_LEDGER_GROUND,
      .help = "The legal ground for these years." },
};

const struct rlc_policy_table DRAFT_RETENTION_TABLE = {
    .title = "`retention`",
    .help = "What the command `ERASE` is refused for (rule `RETENTION`), and on which ground. A "
            "contact person is erased at once; a debtor, whose name and address belong to "
            "accounting records, when nothing is open any more and its years are over.",
    .keys = RETENTION_KEYS,
    .count = RLC_COUNT(RETENTION_KEYS),
};

static struct policy_hours read_hours(struct rlc_reading *reading, const struct rlc_yaml *node)
{
    struct hours_text text = { .from_minute = 0, .to_minute = RLC_MINUTES_PER_DAY };

    rlc_policy_bind(reading, node ? node : &DRAFT_NOTHING, &DRAFT_HOURS_TABLE, &text, true);
    if (text.from_minute >= text.to_minute)
        rlc_reading_refuse(reading, node, "Give hours within one day, such as 08:00 to 18:00.",
                           "no message could ever leave: 'to' is not later than 'from'");
    return (struct policy_hours){ .business_days_only = text.days != 0,
                                  .from_minute = text.from_minute,
                                  .to_minute = text.to_minute };
}

static void read_caps(struct rlc_reading *reading, const struct rlc_yaml *list,
                      struct policy *policy)
{
    if (!list || !rlc_reading_expect(reading, list, RLC_YAML_LIST, "caps"))
        return;
    if (list->count > POLICY_CAPS_MAX) {
        rlc_reading_refuse(reading, list, NULL, "caps must have at most %d items", POLICY_CAPS_MAX);
        return;
    }
    for (const struct rlc_yaml *item = list->first; item; item = item->next)
        rlc_policy_bind(reading, item, &DRAFT_CAP_TABLE, &policy->cap[policy->cap_count++], true);
}

static void read_standing(struct rlc_reading *reading, const struct rlc_yaml *node,
                          struct policy_standing *standing)
{
    rlc_policy_bind(reading, node ? node : &DRAFT_NOTHING, &DRAFT_STANDING_TABLE, standing, true);
    if (standing->promise_partial_ppm > standing->promise_kept_ppm)
        rlc_reading_refuse(reading, node, NULL,
                           "promise_partial_percent must not exceed promise_kept_percent");
}

static void read_sections(struct rlc_reading *reading, const struct bundle_text *text,
                          struct policy *policy)
{
    policy->hours = read_hours(reading, text->hours);
    policy->person_hours =
        text->person_hours ? read_hours(reading, text->person_hours) : policy->hours;
    read_caps(reading, text->caps, policy);
    read_standing(reading, text->standing, &policy->standing);
    rlc_policy_bind(reading, text->retention ? text->retention : &DRAFT_NOTHING,
                    &DRAFT_RETENTION_TABLE, &policy->retention, true);
    draft_read_answers(reading, text->answers, &policy->answers, true);
}

void draft_read_bundle(struct draft *draft)
{
    struct rlc_reading reading;
    struct bundle_text text = { .format = RLC_BUNDLE_FORMAT };
    struct policy *policy = draft->policy;

    draft->bundle_node = draft_open(draft, rlc_span_of("bundle.yaml"), &reading);
    if (draft->bundle_node) {
        rlc_policy_bind(&reading, draft->bundle_node, &DRAFT_BUNDLE_TABLE, &text, true);
        if (text.format > RLC_BUNDLE_FORMAT) {
            rlc_reading_refuse(&reading, rlc_yaml_get(draft->bundle_node, "format"),
                               "Use a newer program.",
                               "format %d is newer than this program, which reads up to %d",
                               text.format, RLC_BUNDLE_FORMAT);
        }
        policy->default_zone = text.zone;
        policy->default_calendar = text.calendar;
        policy->default_language = text.language;
        policy->request_valid_minutes = text.request_valid_minutes;
        draft->zones = text.zones;
        read_sections(&reading, &text, policy);
    }
    draft_close(draft, &reading);
}
