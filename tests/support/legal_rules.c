/* SPDX-License-Identifier: Apache-2.0 */
/* Procedures for tests, as small as they can be: a notice that leads to an order for payment, and a
 * claim with interest. */
#include "tests/support/legal_bench.h"

#define TEXT(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define MOVES(moves) .move = (moves), .move_count = RLC_COUNT(moves)

/* ---- a notice, then an order ---- */

static const struct legal_move NOTICE_MOVES[] = { { TEXT("ACCEPTED"), TEXT("waiting") },
                                                  { TEXT("FAILED"), TEXT("unreachable") } };
static const struct legal_move WAITING_MOVES[] = { { TEXT("DEADLINE"), TEXT("on-to-court") } };
static const struct legal_state NOTICE_STATES[] = {
    { .name = TEXT("notice"),
      .contact = { .channel = RLC_CHANNEL_EMAIL,
                   .tone = RLC_TONE_FORMAL_NOTICE,
                   .template_name = TEXT("formal-notice"),
                   .within_days = 5 },
      MOVES(NOTICE_MOVES) },
    { .name = TEXT("waiting"),
      .time = { .rule = TEXT("REPLY"), .from = TEXT("ACCEPTED") },
      MOVES(WAITING_MOVES) },
    { .name = TEXT("on-to-court"), .procedure = TEXT("order") },
    { .name = TEXT("unreachable"), .end = TEXT("NOTICE_FAILED") },
};

static const struct legal_move REQUEST_MOVES[] = { { TEXT("FILED"), TEXT("at-court") },
                                                   { TEXT("REFUSED"), TEXT("given-up") } };
static const struct legal_move COURT_MOVES[] = { { TEXT("ORDER_GRANTED"), TEXT("ordered") },
                                                 { TEXT("REDUCED"), TEXT("request") } };
static const struct legal_move ORDERED_MOVES[] = { { TEXT("SERVED"), TEXT("served") },
                                                   { TEXT("DEADLINE"), TEXT("void") } };
static const struct legal_move SERVED_MOVES[] = { { TEXT("OPPOSED"), TEXT("opposed") },
                                                  { TEXT("DEADLINE"), TEXT("enforceable") } };
static const struct legal_state ORDER_STATES[] = {
    { .name = TEXT("request"), .act = TEXT("FILE"), MOVES(REQUEST_MOVES) },
    { .name = TEXT("at-court"), MOVES(COURT_MOVES) },
    { .name = TEXT("ordered"),
      .time = { .rule = TEXT("SERVICE"),
                .from = TEXT("ORDER_GRANTED"),
                .warn_days = { 30, 15, 5 },
                .warn_count = 3,
                .grace_days = 10 },
      MOVES(ORDERED_MOVES) },
    { .name = TEXT("served"),
      .time = { .rule = TEXT("ENFORCE"),
                .from = TEXT("SERVED"),
                .law_of = TEXT("ORDER_GRANTED"),
                .warn_days = { 30 },
                .warn_count = 1 },
      MOVES(SERVED_MOVES) },
    { .name = TEXT("enforceable") },
    { .name = TEXT("void"), .end = TEXT("ORDER_VOID") },
    { .name = TEXT("opposed"), .end = TEXT("OPPOSED") },
    { .name = TEXT("given-up"), .end = TEXT("GIVEN_UP") },
};

/* A reminder, then a claim with interest and an answer that is awaited. */
static const struct legal_move REMINDER_MOVES[] = { { TEXT("ACCEPTED"), TEXT("claim") },
                                                    { TEXT("FAILED"), TEXT("claim") } };
static const struct legal_move CLAIM_MOVES[] = { { TEXT("FILED"), TEXT("claimed") },
                                                 { TEXT("REFUSED"), TEXT("over") } };
static const struct legal_move CLAIMED_MOVES[] = { { TEXT("REDUCED"), TEXT("claim") },
                                                   { TEXT("DEADLINE"), TEXT("over") } };
static const struct legal_state CLAIM_STATES[] = {
    { .name = TEXT("reminder"),
      .contact = { .channel = RLC_CHANNEL_EMAIL, .tone = RLC_TONE_FINAL, .within_days = 5 },
      MOVES(REMINDER_MOVES) },
    { .name = TEXT("claim"), .act = TEXT("FILE"), MOVES(CLAIM_MOVES) },
    { .name = TEXT("claimed"),
      .time = { .rule = TEXT("REPLY"), .from = TEXT("FILED") },
      MOVES(CLAIMED_MOVES) },
    { .name = TEXT("over"), .end = TEXT("NO_ANSWER") },
};

static const struct rlc_span ACTS[] = { TEXT("FILE") };
static const struct rlc_money UP_TO[] = { { .minor = 150000, .currency = "EUR" } };
static const struct rlc_money LESS[] = { { .minor = 149999, .currency = "EUR" } };
static const struct rlc_span NO_ACTS[] = { TEXT("SUE") };
static const struct legal_authority AUTHORITIES[] = {
    { .actor = TEXT("head"),
      .key = TEXT("k1"),
      .public_key = { 'h' },
      .act = ACTS,
      .act_count = 1,
      .up_to = UP_TO,
      .up_to_count = 1 },
    { .actor = TEXT("junior"),
      .key = TEXT("k1"),
      .public_key = { 'j' },
      .act = ACTS,
      .act_count = 1,
      .up_to = LESS,
      .up_to_count = 1 },
    { .actor = TEXT("lawyer"),
      .key = TEXT("k1"),
      .public_key = { 'l' },
      .act = NO_ACTS,
      .act_count = 1,
      .up_to = UP_TO,
      .up_to_count = 1 },
};
static const struct rlc_calendar WEEKENDS = { .weekend_mask = RLC_WEEKEND_SATURDAY_SUNDAY };
static const struct legal_procedure PROCEDURES[] = {
    { .name = TEXT("claim"),
      .calendar = &WEEKENDS,
      .interest = &RLC_LATE_LAWS[0],
      .state = CLAIM_STATES,
      .state_count = RLC_COUNT(CLAIM_STATES) },
    { .name = TEXT("notice"),
      .calendar = &WEEKENDS,
      .state = NOTICE_STATES,
      .state_count = RLC_COUNT(NOTICE_STATES) },
    { .name = TEXT("order"),
      .calendar = &WEEKENDS,
      .needs = { .proofs = 1u << RLC_PROOF_KIND_FORMAL_NOTICE, .notice_days = 8 },
      .state = ORDER_STATES,
      .state_count = RLC_COUNT(ORDER_STATES) },
};
static struct rlc_deadline_rule rules[5];

static void write_rules(void)
{
    rules[0] = (struct rlc_deadline_rule){
        TEXT("SERVICE"), RLC_DAY_MIN, legal_bench_day("2026-08-31"), 6, RLC_DEADLINE_MONTHS, true,
        TEXT("")
    };
    rules[1] = (struct rlc_deadline_rule){
        TEXT("SERVICE"), legal_bench_day("2026-09-01"), RLC_DAY_MAX, 3, RLC_DEADLINE_MONTHS, true,
        TEXT("")
    };
    rules[2] = (struct rlc_deadline_rule){
        TEXT("ENFORCE"), RLC_DAY_MIN, legal_bench_day("2026-08-31"), 1, RLC_DEADLINE_MONTHS, true,
        TEXT("")
    };
    rules[3] = (struct rlc_deadline_rule){
        TEXT("ENFORCE"), legal_bench_day("2026-09-01"), RLC_DAY_MAX, 2, RLC_DEADLINE_MONTHS, false,
        TEXT("")
    };
    rules[4] = (struct rlc_deadline_rule){ TEXT("REPLY"),     RLC_DAY_MIN, RLC_DAY_MAX, 8,
                                           RLC_DEADLINE_DAYS, true,        TEXT("") };
}

struct legal_policy legal_bench_rules(void)
{
    write_rules();
    return (struct legal_policy){ .bundle_hash = { { 1 } },
                                  .zone = { .first_offset_s = 7200 },
                                  .procedure = PROCEDURES,
                                  .procedure_count = RLC_COUNT(PROCEDURES),
                                  .rule = rules,
                                  .rule_count = RLC_COUNT(rules),
                                  .authority = AUTHORITIES,
                                  .authority_count = RLC_COUNT(AUTHORITIES) };
}
