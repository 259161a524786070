/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/scenario_bench_inner.h"

#include <assert.h>
#include <stdio.h>

#include "state.h"

/* ---- policies ---- */

#define STEP(step_name, day, step_tone)                                                            \
    {                                                                                              \
        .name = { (const uint8_t *)(step_name), sizeof(step_name) - 1 }, .offset_days = (day),     \
        .at_minute = 600, .tone = (step_tone), .channel = { RLC_CHANNEL_EMAIL },                   \
        .channel_count = 1, .template_name = { (const uint8_t *)"letter", 6 },                     \
        .age_days_min = INT32_MIN                                                                  \
    }
#define SPAN(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

const struct policy_step BENCH_STEPS[3] = {
    STEP("D+3", 3, RLC_TONE_FRIENDLY),
    STEP("D+10", 10, RLC_TONE_FIRM),
    STEP("D+40", 40, RLC_TONE_FORMAL_NOTICE),
};

const struct policy_scenario BENCH_SCENARIO = { .name = SPAN("std"),
                                                .step = BENCH_STEPS,
                                                .step_count = RLC_COUNT(BENCH_STEPS) };

static const struct policy_choice CHOICES[] = { { .scenario = SPAN("std") } };
static const struct policy_creditor CREDITORS[] = {
    { .name = SPAN(BENCH_CREDITOR), .sender = SPAN("acme-fr"), .language = SPAN("fr") },
    { .name = SPAN("FR02"), .sender = SPAN("acme-fr"), .language = SPAN("fr") },
};

/* Paris: UTC+1, UTC+2 in the summer of 2025. */
static const rlc_ms PARIS_FROM[] = { INT64_C(1743296400000), INT64_C(1761440400000) };
static const int32_t PARIS_OFFSET[] = { 7200, 3600 };
static const struct policy_zone ZONES[] = {
    { SPAN(BENCH_ZONE), { PARIS_FROM, PARIS_OFFSET, RLC_COUNT(PARIS_FROM), 3600 } },
};

/* 2025-04-21 (Easter Monday), 05-01, 05-08. */
static const rlc_day FR_HOLIDAYS[] = { 20199, 20209, 20216 };
static const struct policy_calendar CALENDARS[] = {
    { SPAN("FR"), { FR_HOLIDAYS, RLC_COUNT(FR_HOLIDAYS), RLC_WEEKEND_SATURDAY_SUNDAY } },
};

#define ANSWER(what, kind)                                                                         \
    {                                                                                              \
        .reaction = (what), .task = (kind)                                                         \
    }

const struct policy BENCH_POLICY = {
    .bundle_hash = { { 1 } },
    .scenario = &BENCH_SCENARIO,
    .scenario_count = 1,
    .choice = CHOICES,
    .choice_count = RLC_COUNT(CHOICES),
    .creditor = CREDITORS,
    .creditor_count = RLC_COUNT(CREDITORS),
    .calendar = CALENDARS,
    .calendar_count = RLC_COUNT(CALENDARS),
    .zone = ZONES,
    .zone_count = RLC_COUNT(ZONES),
    .default_language = SPAN("en"),
    .hours = { .to_minute = RLC_MINUTES_PER_DAY },
    .person_hours = { .to_minute = RLC_MINUTES_PER_DAY },
    .request_valid_minutes = 24 * 60,
    .standing = { .dispute_days = 20,
                  .dispute_clock = RLC_CLOCK_EFFECT_CONTINUE,
                  .promise_grace_days = 2,
                  .promise_clock = RLC_CLOCK_EFFECT_CONTINUE,
                  .promise_kept_ppm = 950000,
                  .promise_partial_ppm = 500000,
                  .hold_clock = RLC_CLOCK_EFFECT_STOP },
    .answers = { .returned = { [RLC_RETURN_REASON_BAD_ADDRESS] =
                                   ANSWER(POLICY_REPAIR, RLC_TASK_KIND_REPAIR_CONTACT),
                               [RLC_RETURN_REASON_TOO_LATE] = { .reaction = POLICY_WAIT,
                                                                .wait_minutes = 120 },
                               [RLC_RETURN_REASON_NOT_RENDERED] =
                                   ANSWER(POLICY_TASK, RLC_TASK_KIND_REVIEW) },
                 .refused = ANSWER(POLICY_REPAIR, RLC_TASK_KIND_REPAIR_CONTACT),
                 .unknown = RLC_UNKNOWN_POLICY_ASK_AGAIN,
                 .asks_max = 5 },
};

/* ---- results ---- */

size_t bench_legals(struct scenario_bench *bench)
{
    bench_flush(bench);
    return bench->legal_count;
}

const struct rlc_legal_inbox *bench_legal(struct scenario_bench *bench, size_t index)
{
    assert(index < bench_legals(bench));
    return bench->legals[index];
}

size_t bench_scopes_told(struct scenario_bench *bench)
{
    bench_flush(bench);
    return bench->scopes_told;
}

size_t bench_requests(struct scenario_bench *bench)
{
    bench_flush(bench);
    return bench->request_count;
}

const struct rlc_contact_request *bench_request(struct scenario_bench *bench, size_t index)
{
    assert(index < bench->request_count);
    return bench->requests[index];
}

const struct rlc_contact_request *bench_last_request(struct scenario_bench *bench)
{
    bench_flush(bench);
    assert(bench->request_count > 0);
    return bench->requests[bench->request_count - 1];
}

size_t bench_facts(struct scenario_bench *bench)
{
    bench_flush(bench);
    return bench->fact_count;
}

const struct rlc_debtor_fact *bench_fact(struct scenario_bench *bench, size_t index)
{
    assert(index < bench->fact_count);
    return bench->facts[index];
}

size_t bench_count(struct scenario_bench *bench, enum rlc_fact_kind kind)
{
    size_t count = 0;

    bench_flush(bench);
    for (size_t i = 0; i < bench->fact_count; i++)
        count += bench->facts[i]->kind == kind;
    return count;
}

const struct rlc_debtor_fact *bench_last(struct scenario_bench *bench, enum rlc_fact_kind kind)
{
    bench_flush(bench);
    for (size_t i = bench->fact_count; i-- > 0;) {
        if (bench->facts[i]->kind == kind)
            return bench->facts[i];
    }
    return NULL;
}

size_t bench_closed(struct scenario_bench *bench, enum rlc_step_result result)
{
    size_t count = 0;

    bench_flush(bench);
    for (size_t i = 0; i < bench->fact_count; i++)
        count += bench->facts[i]->kind == RLC_FACT_KIND_STEP_CLOSED &&
                 bench->facts[i]->step_closed.result == result;
    return count;
}

size_t bench_silences(struct scenario_bench *bench, enum rlc_suppression reason)
{
    size_t count = 0;

    bench_flush(bench);
    for (size_t i = 0; i < bench->fact_count; i++)
        count += bench->facts[i]->kind == RLC_FACT_KIND_SUPPRESSED &&
                 bench->facts[i]->suppressed.reason == reason;
    return count;
}

size_t bench_letters(struct scenario_bench *bench)
{
    bench_flush(bench);
    return bench->letter_count;
}

const struct bench_letter *bench_letter(struct scenario_bench *bench, size_t index)
{
    assert(index < bench->letter_count);
    return &bench->letters[index];
}

void bench_forget(struct scenario_bench *bench)
{
    bench_flush(bench);
    bench->fact_count = 0;
    bench->request_count = 0;
    bench->legal_count = 0;
    bench->letter_count = 0;
    rlc_arena_reset(&bench->log);
}

const void *bench_record(struct scenario_bench *bench, const char *key)
{
    bool found;
    size_t place;

    bench_flush(bench);
    place = bench_place(bench, rlc_span_of(key), &found);
    if (!found)
        return NULL;
    return scenario_state_decode(
        rlc_span_of(key),
        rlc_span_from(bench->records[place].value, bench->records[place].value_size), &bench->log);
}

const struct rlc_account_record *bench_account(struct scenario_bench *bench)
{
    return bench_record(bench, "a|" BENCH_TENANT "/" BENCH_DEBTOR "|" BENCH_CREDITOR);
}

const struct rlc_receivable_record *bench_receivable(struct scenario_bench *bench,
                                                     const char *document)
{
    char key[256];

    (void)snprintf(key, sizeof(key), "r|" BENCH_TENANT "/" BENCH_DEBTOR "|" BENCH_CREDITOR "|%s",
                   document);
    return bench_record(bench, key);
}

const struct rlc_debtor_record *bench_debtor_record(struct scenario_bench *bench)
{
    return bench_record(bench, "d|" BENCH_TENANT "/" BENCH_DEBTOR);
}

size_t bench_records(struct scenario_bench *bench)
{
    bench_flush(bench);
    return bench->record_count;
}

struct rlc_span bench_key(struct scenario_bench *bench, size_t index)
{
    return rlc_span_from(bench->records[index].key, bench->records[index].key_size);
}

uint64_t bench_digest(struct scenario_bench *bench)
{
    uint64_t digest;

    bench_flush(bench);
    for (size_t i = 0; i < bench->record_count; i++) {
        bench_note(bench, rlc_span_from(bench->records[i].key, bench->records[i].key_size));
        bench_note(bench, rlc_span_from(bench->records[i].value, bench->records[i].value_size));
    }
    digest = bench->digest;
    return digest;
}

size_t bench_reads(struct scenario_bench *bench)
{
    size_t reads;

    bench_flush(bench);
    reads = bench->reads;
    bench->reads = 0;
    return reads;
}
