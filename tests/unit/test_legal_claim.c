/* SPDX-License-Identifier: Apache-2.0 */
/* The claim of a case: the bytes that an approval is bound to, and what a court would ask for. */
#include "core/claim.h"

#include <string.h>

#include "tests/support/check.h"

#include "common/runtime/bundles.h"

#define DUE    20500
#define NOTICE 20520
#define TODAY  20540
#define MEMORY (8 << 20)

static uint8_t memory[MEMORY];
static struct rlc_arena arena;

static struct rlc_claim_line line_of(const char *document, int64_t principal)
{
    return (struct rlc_claim_line){ .document = rlc_span_of(document),
                                    .due_on = DUE,
                                    .principal = { .minor = principal, .currency = "EUR" },
                                    .terms_version = rlc_span_of("v1") };
}

static struct rlc_proof notice_of(const char *document, rlc_day on)
{
    return (struct rlc_proof){ .kind = RLC_PROOF_KIND_FORMAL_NOTICE,
                               .document = rlc_span_of(document),
                               .content_hash = { { 1, 2, 3 } },
                               .dated_on = on };
}

/* Two lines with their notices, in the order given. */
static struct rlc_claim taken(const char *first, const char *second)
{
    struct rlc_claim_line lines[] = { line_of(first, 1000), line_of(second, 1000) };
    struct rlc_proof proofs[] = { notice_of(first, NOTICE), notice_of(second, NOTICE) };
    struct rlc_claim claim;

    rlc_arena_init(&arena, memory, sizeof(memory));
    claim_take(&(struct rlc_claim){ .computed_on = TODAY,
                                    .interest_rule = rlc_span_of("FR"),
                                    .lines = lines,
                                    .line_count = 2,
                                    .proofs = proofs,
                                    .proof_count = 2 },
               rlc_sha256, &arena, &claim);
    return claim;
}

static void change(struct rlc_claim *claim, struct rlc_claim_line line, rlc_day on)
{
    (void)claim_merge(claim,
                      &(struct rlc_claim){ .computed_on = on, .lines = &line, .line_count = 1 },
                      rlc_sha256, &arena);
}

static const struct legal_procedure ORDER = {
    .needs = { .proofs = 1u << RLC_PROOF_KIND_FORMAL_NOTICE, .notice_days = 8 },
};

static const char *gap_of(const struct rlc_claim *claim, rlc_day today)
{
    const char *rule = claim_gap(claim, &ORDER, today).rule;

    return rule ? rule : "";
}

/* ---- the hash ---- */

/* SHA-256 of the bytes as claim.h describes them, put together by another program. */
static void the_hash_is_that_of_the_bytes_that_the_header_describes(void **state)
{
    static const uint8_t EXPECTED[] = { 0xb7, 0xa1, 0x0a, 0xc6, 0xdd, 0x12, 0xb3, 0x3b,
                                        0x1a, 0x95, 0xf4, 0xe9, 0x0a, 0xe4, 0xcd, 0x4a,
                                        0x95, 0x3f, 0xd0, 0xc1, 0x67, 0x97, 0xf1, 0x0e,
                                        0x70, 0x0f, 0xdf, 0x3d, 0x52, 0x23, 0xe8, 0x25 };
    struct rlc_claim claim = taken("F-1", "F-2");

    (void)state;
    assert_memory_equal(claim.claim_hash.bytes, EXPECTED, sizeof(EXPECTED));
}

static void the_order_in_which_lines_and_proofs_come_does_not_matter(void **state)
{
    struct rlc_hash hash = taken("F-1", "F-2").claim_hash;
    struct rlc_claim again = taken("F-2", "F-1");

    (void)state;
    assert_memory_equal(&hash, &again.claim_hash, sizeof(hash));
    assert_true(rlc_span_equal(again.lines[0].document, rlc_span_of("F-1")));
}

static void whatever_is_claimed_is_hashed_and_what_is_shown_is_not(void **state)
{
    struct rlc_claim claim = taken("F-1", "F-2");
    struct rlc_hash hash = claim.claim_hash;
    struct rlc_claim_line line = line_of("F-1", 1000);

    (void)state;
    line.interest = (struct rlc_money){ .minor = 5, .currency = "EUR" };
    line.number = rlc_span_of("2026/1");
    change(&claim, line, TODAY + 1);
    assert_memory_equal(&hash, &claim.claim_hash, sizeof(hash));
    assert_int_equal(claim.computed_on, TODAY);

    change(&claim, line_of("F-1", 999), TODAY + 1);
    assert_memory_not_equal(&hash, &claim.claim_hash, sizeof(hash));
    assert_int_equal(claim.computed_on, TODAY + 1);
}

static void each_part_of_a_line_changes_the_hash(void **state)
{
    struct rlc_hash hash = taken("F-1", "F-2").claim_hash;
    struct rlc_claim claim = taken("F-1", "F-2");
    struct rlc_claim_line line = line_of("F-1", 1000);
    struct rlc_proof proof = notice_of("F-1", NOTICE + 1);

    (void)state;
    line.terms_version = rlc_span_of("v2");
    change(&claim, line, TODAY);
    assert_memory_not_equal(&hash, &claim.claim_hash, sizeof(hash));

    claim = taken("F-1", "F-2");
    memcpy(line.principal.currency, "GBP", 3);
    line.terms_version = rlc_span_of("v1");
    change(&claim, line, TODAY);
    assert_memory_not_equal(&hash, &claim.claim_hash, sizeof(hash));

    claim = taken("F-1", "F-2");
    claim_prove(&claim, &proof, 1, rlc_sha256, &arena);
    assert_memory_not_equal(&hash, &claim.claim_hash, sizeof(hash));

    claim = taken("F-1", "F-2");
    claim.computed_on++;
    claim.claim_hash = claim_hash_of(&claim, rlc_sha256, &arena);
    assert_memory_not_equal(&hash, &claim.claim_hash, sizeof(hash));

    claim = taken("F-1", "F-2");
    claim.interest_rule = rlc_span_of("DE");
    claim.claim_hash = claim_hash_of(&claim, rlc_sha256, &arena);
    assert_memory_not_equal(&hash, &claim.claim_hash, sizeof(hash));
}

static void a_proof_is_kept_once_and_a_full_list_gives_up_its_oldest_of_the_kind(void **state)
{
    struct rlc_claim claim = taken("F-1", "F-2");
    struct rlc_proof proof = notice_of("F-1", NOTICE);

    (void)state;
    claim_prove(&claim, &proof, 1, rlc_sha256, &arena);
    assert_int_equal(claim.proof_count, 2);
    for (rlc_day later = 1; later <= RLC_PROOFS_MAX; later++) {
        proof = notice_of("F-1", NOTICE + later);
        claim_prove(&claim, &proof, 1, rlc_sha256, &arena);
    }
    assert_int_equal(claim.proof_count, RLC_PROOFS_MAX);
    assert_int_equal(claim.proofs[0].dated_on, NOTICE + 2);
    assert_int_equal(claim.proofs[RLC_PROOFS_MAX - 2].dated_on, NOTICE + RLC_PROOFS_MAX);
    assert_true(rlc_span_equal(claim.proofs[RLC_PROOFS_MAX - 1].document, rlc_span_of("F-2")));
}

/* ---- certain, liquid, due ---- */

static void a_proved_undisputed_overdue_claim_has_no_gap(void **state)
{
    struct rlc_claim claim = taken("F-1", "F-2");

    (void)state;
    assert_string_equal(gap_of(&claim, TODAY), "");
    assert_int_equal(claim_principal(&claim).minor, 2000);
}

static void a_gap_names_its_rule_and_its_document(void **state)
{
    struct rlc_claim claim = taken("F-1", "F-2");
    struct rlc_claim_line line = line_of("F-2", 1000);
    struct legal_gap gap;

    (void)state;
    claim.proof_count = 1;
    gap = claim_gap(&claim, &ORDER, TODAY);
    assert_string_equal(gap.rule, "CERTAIN_PROOF");
    assert_true(rlc_span_equal(gap.document, rlc_span_of("F-2")));

    claim = taken("F-1", "F-2");
    line.disputed = (struct rlc_money){ .minor = 1, .currency = "EUR" };
    change(&claim, line, TODAY);
    assert_string_equal(gap_of(&claim, TODAY), "CERTAIN_DISPUTED");
    assert_int_equal(claim_disputed(&claim).minor, 1);

    claim = taken("F-1", "F-2");
    line = line_of("F-2", 1000);
    memcpy(line.principal.currency, "GBP", 3);
    change(&claim, line, TODAY);
    assert_string_equal(gap_of(&claim, TODAY), "LIQUID_CURRENCY");
    assert_true(claim_principal(&claim).minor == INT64_MAX);
}

static void what_time_alone_will_mend_says_when(void **state)
{
    struct rlc_claim claim = taken("F-1", "F-2");
    struct legal_gap gap = claim_gap(&claim, &ORDER, NOTICE + 7);
    struct rlc_claim_line line = line_of("F-1", 1000);

    (void)state;
    assert_string_equal(gap.rule, "NOTICE_DELAY");
    assert_int_equal(gap.until_on, NOTICE + 8);
    assert_string_equal(gap_of(&claim, NOTICE + 8), "");
    gap = claim_gap(&claim, &ORDER, DUE);
    assert_string_equal(gap.rule, "NOT_DUE");
    assert_int_equal(gap.until_on, DUE + 1);
    line.due_on = RLC_DAY_NONE;
    change(&claim, line, TODAY);
    gap = claim_gap(&claim, &ORDER, TODAY);
    assert_string_equal(gap.rule, "NOT_DUE");
    assert_int_equal(gap.until_on, RLC_DAY_NONE);
}

static void what_is_paid_is_no_part_of_the_claim(void **state)
{
    struct rlc_claim claim = taken("F-1", "F-2");
    struct rlc_claim alone;

    (void)state;
    change(&claim, line_of("F-2", 0), TODAY);
    alone = claim;
    alone.line_count = 1;
    alone.claim_hash = claim_hash_of(&alone, rlc_sha256, &arena);
    assert_memory_equal(&claim.claim_hash, &alone.claim_hash, sizeof(alone.claim_hash));
}

static void what_is_paid_needs_no_proof(void **state)
{
    struct rlc_claim claim = taken("F-1", "F-2");

    (void)state;
    claim.proof_count = 1;
    change(&claim, line_of("F-2", 0), TODAY);
    assert_string_equal(gap_of(&claim, TODAY), "");
}

static void interest_whose_rate_nobody_knows_is_not_put_before_a_court(void **state)
{
    const struct legal_procedure with_interest = { .interest = rlc_late_law(rlc_span_of("FR")) };
    struct rlc_claim claim = taken("F-1", "F-2");
    struct rlc_claim_line line = line_of("F-1", 1000);
    rlc_day first_rate_on = 16436; /* 2015-01-01 */

    (void)state;
    assert_null(claim_gap(&claim, &with_interest, DUE + 30).rule);
    assert_string_equal(claim_gap(&claim, &with_interest, RLC_DAY_MAX - 400).rule,
                        "LIQUID_RATE_MISSING");
    /* A single day is enough. */
    line.due_on = first_rate_on - 1;
    change(&claim, line, TODAY);
    assert_null(claim_gap(&claim, &with_interest, DUE + 30).rule);
    line.due_on = first_rate_on - 2;
    change(&claim, line, TODAY);
    assert_string_equal(claim_gap(&claim, &with_interest, DUE + 30).rule, "LIQUID_RATE_MISSING");
}

static void the_claim_is_shown_with_interest_and_indemnity(void **state)
{
    struct rlc_claim_line line = line_of("F-1", 100000);
    const struct rlc_late_law *law = rlc_late_law(rlc_span_of("FR"));
    struct rlc_claim claim = taken("F-1", "F-2");
    struct rlc_claim shown;

    (void)state;
    /* Due 2025-12-31, 30 days at 12.15 %: 9.99. */
    line.due_on = 20453;
    change(&claim, line, TODAY);
    shown = claim_shown(&claim, law, 20483, &arena);
    assert_int_equal(shown.lines[0].interest.minor, 999);
    assert_int_equal(shown.lines[0].indemnity.minor, 4000);
    assert_int_equal(shown.totals[0].open.minor, 101000);
    assert_int_equal(shown.totals[0].interest.minor, 999);
    assert_int_equal(claim.lines[0].interest.minor, 0);
    assert_memory_equal(&shown.claim_hash, &claim.claim_hash, sizeof(claim.claim_hash));
}

/* The rate of the European Central Bank and ten points, in hundredths of a percent: a table of the
 * test's own. */
static const struct {
    const char *from, *to;
    int32_t rate;
} FRENCH[] = {
    { "2024-01-01", "2024-06-30", 1450 }, { "2024-07-01", "2024-12-31", 1425 },
    { "2025-01-01", "2025-06-30", 1315 }, { "2025-07-01", "2025-12-31", 1215 },
    { "2026-01-01", "2026-06-30", 1215 },
};

static rlc_day on(const char *text)
{
    rlc_day day = RLC_DAY_NONE;

    assert_true(rlc_day_parse(rlc_span_of(text), &day));
    return day;
}

/* Interest up to a day in cents, rounded once: from the table above, whatever the segments are. */
static int64_t owed_until(int64_t principal, rlc_day due_on, rlc_day as_of_on)
{
    int64_t product = 0;

    for (size_t i = 0; i < RLC_COUNT(FRENCH); i++) {
        rlc_day from_on = on(FRENCH[i].from) > due_on ? on(FRENCH[i].from) : due_on + 1;
        rlc_day to_on = on(FRENCH[i].to) < as_of_on ? on(FRENCH[i].to) : as_of_on;

        if (from_on <= to_on)
            product += principal * FRENCH[i].rate * (to_on - from_on + 1);
    }
    return (product * 2 + 3650000) / 7300000;
}

/* One segment for each half-year that has begun, on the open principal, to the cent. */
static void check_breakdown(const struct rlc_claim_line *line, rlc_day as_of_on)
{
    rlc_day next_on = line->due_on + 1;
    int64_t sum = 0;

    for (size_t i = 0; i < line->segment_count; i++) {
        const struct rlc_interest_segment *segment = &line->segments[i];
        size_t half = 0;

        while (on(FRENCH[half].to) < next_on)
            half++;
        assert_int_equal(segment->from_on, next_on);
        assert_int_equal(segment->to_on,
                         on(FRENCH[half].to) < as_of_on ? on(FRENCH[half].to) : as_of_on);
        assert_int_equal(segment->rate_ppm, FRENCH[half].rate * 100);
        assert_int_equal(segment->principal.minor, line->principal.minor);
        sum += segment->interest.minor;
        assert_int_equal(sum, owed_until(line->principal.minor, line->due_on, segment->to_on));
        next_on = segment->to_on + 1;
    }
    assert_int_equal(next_on, as_of_on + 1);
    assert_int_equal(line->interest.minor, sum);
}

static void interest_is_broken_down_by_half_years_that_add_up_to_the_cent(void **state)
{
    static const struct {
        const char *due, *as_of;
        int64_t principal, interest;
    } CASES[] = {
        { "2025-05-31", "2026-04-30", 100000, 11200 }, /* 10.81 + 61.25 + 39.94 */
        { "2024-02-14", "2026-06-30", 333333, 104323 },
        { "2025-12-31", "2026-01-30", 100000, 999 },
        { "2026-06-29", "2026-06-30", 1, 0 },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASES); i++) {
        struct rlc_claim_line line = line_of("F-1", CASES[i].principal);
        struct rlc_claim claim = taken("F-1", "F-2");
        struct rlc_claim shown;

        line.due_on = on(CASES[i].due);
        change(&claim, line, TODAY);
        shown = claim_shown(&claim, rlc_late_law(rlc_span_of("FR")), on(CASES[i].as_of), &arena);
        check_breakdown(&shown.lines[0], on(CASES[i].as_of));
        assert_int_equal(shown.lines[0].interest.minor, CASES[i].interest);
        assert_memory_equal(&shown.claim_hash, &claim.claim_hash, sizeof(claim.claim_hash));
        claim = shown;
        claim.claim_hash = claim_hash_of(&claim, rlc_sha256, &arena);
        assert_memory_equal(&shown.claim_hash, &claim.claim_hash, sizeof(claim.claim_hash));
    }
}

static void a_part_payment_leaves_interest_on_what_is_open(void **state)
{
    const struct rlc_late_law *law = rlc_late_law(rlc_span_of("FR"));
    struct rlc_claim_line line = line_of("F-1", 60000);
    struct rlc_claim claim = taken("F-1", "F-2");
    struct rlc_claim shown;

    (void)state;
    line.total = (struct rlc_money){ .minor = 100000, .currency = "EUR" };
    line.due_on = on("2025-05-31");
    change(&claim, line, TODAY);
    shown = claim_shown(&claim, law, on("2026-04-30"), &arena);
    check_breakdown(&shown.lines[0], on("2026-04-30"));
    assert_int_equal(shown.lines[0].segments[0].principal.minor, 60000);
    assert_int_equal(shown.lines[0].interest.minor, 6720);
}

static void what_is_paid_has_no_breakdown(void **state)
{
    struct rlc_claim claim = taken("F-1", "F-2");
    struct rlc_claim shown;

    (void)state;
    change(&claim, line_of("F-1", 0), TODAY);
    shown = claim_shown(&claim, rlc_late_law(rlc_span_of("FR")), TODAY, &arena);
    assert_int_equal(shown.lines[0].segment_count, 0);
    assert_true(shown.lines[1].segment_count > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_is_that_of_the_bytes_that_the_header_describes),
        cmocka_unit_test(the_order_in_which_lines_and_proofs_come_does_not_matter),
        cmocka_unit_test(whatever_is_claimed_is_hashed_and_what_is_shown_is_not),
        cmocka_unit_test(each_part_of_a_line_changes_the_hash),
        cmocka_unit_test(a_proof_is_kept_once_and_a_full_list_gives_up_its_oldest_of_the_kind),
        cmocka_unit_test(a_proved_undisputed_overdue_claim_has_no_gap),
        cmocka_unit_test(a_gap_names_its_rule_and_its_document),
        cmocka_unit_test(what_time_alone_will_mend_says_when),
        cmocka_unit_test(what_is_paid_is_no_part_of_the_claim),
        cmocka_unit_test(what_is_paid_needs_no_proof),
        cmocka_unit_test(interest_whose_rate_nobody_knows_is_not_put_before_a_court),
        cmocka_unit_test(the_claim_is_shown_with_interest_and_indemnity),
        cmocka_unit_test(interest_is_broken_down_by_half_years_that_add_up_to_the_cent),
        cmocka_unit_test(a_part_payment_leaves_interest_on_what_is_open),
        cmocka_unit_test(what_is_paid_has_no_breakdown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
