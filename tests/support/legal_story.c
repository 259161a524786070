/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/legal_story.h"

#include <string.h>

#include "tests/support/check.h"

static struct legal_policy policy;

struct legal_policy *legal_story_policy(void)
{
    return &policy;
}

struct legal_bench *legal_story_begin(void)
{
    policy = legal_bench_rules();
    return legal_bench_new(&policy);
}

bool legal_says(struct rlc_span text, const char *wanted)
{
    return rlc_span_equal(text, rlc_span_of(wanted));
}

void legal_story_is_at(struct legal_bench *bench, const char *name)
{
    assert_non_null(legal_bench_case(bench));
    assert_true(legal_says(legal_bench_case(bench)->state, name));
}

void legal_story_is_over(struct legal_bench *bench, const char *code)
{
    const struct rlc_milestone *last =
        &legal_bench_last(bench, RLC_AUDIT_KIND_CASE_MOVED)->case_moved;

    assert_null(legal_bench_case(bench));
    assert_true(legal_says(last->code, code));
    assert_false(last->holds);
}

struct legal_bench *legal_story_asked(void)
{
    struct legal_bench *bench = legal_story_begin();

    legal_bench_refer(bench, "order", "2026-03-20");
    assert_int_equal(legal_bench_milestones(bench, "APPROVAL_ASKED"), 1);
    return bench;
}

void legal_story_approve(struct legal_bench *bench)
{
    struct rlc_command approval = legal_bench_approval(bench, "head", 'h', "FILE");

    legal_bench_command(bench, &approval);
}

struct legal_bench *legal_story_filed(void)
{
    struct legal_bench *bench = legal_story_asked();

    legal_story_approve(bench);
    legal_bench_file(bench);
    assert_int_equal(legal_bench_count(bench, RLC_AUDIT_KIND_FILED), 1);
    legal_story_is_at(bench, "at-court");
    return bench;
}

struct legal_bench *legal_story_ordered(const char *on)
{
    struct legal_bench *bench = legal_story_filed();

    legal_bench_until(bench, on);
    legal_bench_record(bench, "ORDER_GRANTED", on);
    legal_story_is_at(bench, "ordered");
    assert_true(
        legal_says(legal_bench_last(bench, RLC_AUDIT_KIND_CASE_MOVED)->case_moved.command, "c1"));
    return bench;
}

const char *legal_story_refused_by(struct legal_bench *bench)
{
    static char text[64];
    const struct legal_output *last = legal_bench_last(bench, RLC_AUDIT_KIND_ACT_REFUSED);
    size_t size = last ? last->act_refused.rule.size : 0;

    if (size > 0)
        memcpy(text, last->act_refused.rule.data, size);
    text[size] = '\0';
    return text;
}
