/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier): memmem */
/* Whether a record continues its chain, and what a chain looks like to the verifier. */
#include "chain.h"

#include <stdio.h>
#include <string.h>

#include "common/postgres/walk.h"
#include "common/runtime/genesis.h"
#include "tests/support/check.h"
#include "tests/support/fact_maker.h"

enum { RECORDS = 12, BYTES_MAX = 2048 };

/* ---- a step ---- */

struct step {
    int64_t sequence;
    bool fits; /* names the head before it */
    bool linked;
    enum chain_flaw flaw;
    int64_t seq_after;
};

static void each_way_to_miss_a_link_has_its_flaw_and_the_chain_goes_on(void **state)
{
    static const struct step STEPS[] = {
        { 1, true, true, CHAIN_WHOLE, 1 },    { 2, true, true, CHAIN_WHOLE, 2 },
        { 5, true, true, CHAIN_GAP, 5 },      { 6, true, true, CHAIN_WHOLE, 6 },
        { 6, true, true, CHAIN_REPEATED, 6 }, { 2, true, true, CHAIN_REPEATED, 6 },
        { 7, true, true, CHAIN_WHOLE, 7 },    { 0, false, false, CHAIN_UNREADABLE, 7 },
        { 8, false, true, CHAIN_BROKEN, 8 },  { 9, true, true, CHAIN_WHOLE, 9 },
        { 11, false, true, CHAIN_GAP, 11 },   { 12, true, true, CHAIN_WHOLE, 12 },
    };
    struct rlc_trail_end end = { .next_off = -1, .head = { { 7 } } };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(STEPS); i++) {
        const struct step *step = &STEPS[i];
        struct rlc_hash leaf = { { (uint8_t)(i + 1) } };
        struct rlc_link link = { .chain = { step->sequence, end.head } };

        if (!step->fits)
            link.chain.previous.bytes[31] ^= 1;
        assert_int_equal(chain_step(&end, step->linked ? &link : NULL, &leaf, (int64_t)i * 3),
                         step->flaw);
        assert_int_equal(end.seq, step->seq_after);
        assert_int_equal(end.next_off, (int64_t)i * 3 + 1);
    }
}

static void the_head_follows_from_what_the_record_says_of_itself(void **state)
{
    struct rlc_hash leaf = { { 2 } };
    struct rlc_link link = { .chain = { 1, { { 9 } } } };
    struct rlc_trail_end end = { .head = { { 7 } } };
    struct rlc_hash expected = rlc_link_head(&link.chain.previous, &leaf);

    (void)state;
    assert_int_equal(chain_step(&end, &link, &leaf, 0), CHAIN_BROKEN);
    assert_true(rlc_hash_equal(&end.head, &expected));
}

/* ---- a walk ---- */

/* A chain as it stands in the database. */
struct chain {
    struct rlc_trail_anchor anchor;
    struct rlc_walk_row rows[RECORDS];
    size_t count;
    struct rlc_walk_end end;
    uint8_t bytes[RECORDS][BYTES_MAX];
    struct rlc_hash leaves[RECORDS];
    struct rlc_hash heads[RECORDS];
};

static void fill_row(struct chain *chain, size_t i, struct rlc_span record)
{
    struct rlc_link link;

    assert_true(record.size <= BYTES_MAX);
    memcpy(chain->bytes[i], record.data, record.size);
    record.data = chain->bytes[i];
    assert_true(rlc_link_read(record, &link));
    chain->leaves[i] = rlc_sha256(record);
    chain->heads[i] = rlc_link_head(&link.chain.previous, &chain->leaves[i]);
    chain->rows[i] = (struct rlc_walk_row){ .seq = link.chain.sequence,
                                            .off = (int64_t)i,
                                            .at_ms = link.at_ms,
                                            .leaf = rlc_span_from(&chain->leaves[i], 32),
                                            .head = rlc_span_from(&chain->heads[i], 32),
                                            .tenant = link.tenant,
                                            .debtor = link.debtor,
                                            .raw = record };
    chain->rows[i].kind = rlc_span_of(rlc_link_kind(rlc_span_of("scenario"), link.kind, NULL));
}

static void make_chain(struct chain *chain)
{
    static struct fact_maker maker;

    memset(chain, 0, sizeof(*chain));
    fact_maker_init(&maker, 1);
    chain->anchor = (struct rlc_trail_anchor){ .worker = "scenario", .partition = 1 };
    chain->anchor.genesis = maker.chain.previous;
    for (size_t i = 0; i < RECORDS; i++)
        fill_row(chain, i, fact_maker_next(&maker));
    chain->count = RECORDS;
    chain->anchor.seq = RECORDS;
    chain->anchor.head = maker.chain.previous;
    chain->end = (struct rlc_walk_end){ true, RECORDS, RECORDS,
                                        rlc_span_from(&chain->heads[RECORDS - 1], 32) };
}

static struct rlc_walk walk_over(const struct chain *chain, bool at_rest)
{
    struct rlc_walk walk;

    rlc_walk_begin(&walk, "scenario", 1, &chain->anchor);
    for (size_t i = 0; i < chain->count; i++)
        rlc_walk_row(&walk, &chain->rows[i]);
    rlc_walk_finish(&walk, &chain->end, at_rest);
    return walk;
}

static void a_row_is_whole_by_itself_or_says_what_is_wrong(void **state)
{
    static struct chain chain;
    struct rlc_trail_finding finding;

    (void)state;
    make_chain(&chain);
    assert_true(rlc_walk_alone("scenario", 1, &chain.rows[2], &finding));
    chain.bytes[2][chain.rows[2].raw.size - 1] ^= 1;
    assert_false(rlc_walk_alone("scenario", 1, &chain.rows[2], &finding));
    assert_int_equal(finding.fault, RLC_TRAIL_BYTES_CHANGED);
    assert_int_equal(finding.seq, chain.rows[2].seq);
    chain.rows[1].at_ms++;
    assert_false(rlc_walk_alone("scenario", 1, &chain.rows[1], &finding));
    assert_int_equal(finding.fault, RLC_TRAIL_COLUMN_CHANGED);
}

static void drop_row(struct chain *chain, size_t at)
{
    memmove(&chain->rows[at], &chain->rows[at + 1], (--chain->count - at) * sizeof(chain->rows[0]));
}

static void change_tenant(struct chain *chain)
{
    chain->rows[4].tenant = rlc_span_of("acmo");
}

static void change_bytes(struct chain *chain)
{
    chain->bytes[4][20] ^= 1;
}

static void change_head(struct chain *chain)
{
    chain->heads[4].bytes[0] ^= 1;
}

static void lose_first(struct chain *chain)
{
    drop_row(chain, 0);
}

static void lose_two(struct chain *chain)
{
    drop_row(chain, 4);
    drop_row(chain, 4);
}

static void lose_last_but_one(struct chain *chain)
{
    drop_row(chain, RECORDS - 2);
}

static void lose_last(struct chain *chain)
{
    chain->count--;
}

static void lose_all(struct chain *chain)
{
    chain->count = 0;
    chain->end = (struct rlc_walk_end){ .there = false };
}

static void swap_with(struct chain *chain, size_t a, size_t b)
{
    struct rlc_walk_row kept = chain->rows[a];

    chain->rows[a] = chain->rows[b];
    chain->rows[b] = kept;
}

static void swap_neighbours(struct chain *chain)
{
    swap_with(chain, 4, 5);
}

static void swap_far(struct chain *chain)
{
    swap_with(chain, 4, RECORDS - 1);
}

static void swap_last(struct chain *chain)
{
    swap_with(chain, RECORDS - 2, RECORDS - 1);
}

/* The record and its hashes change together. */
static void forge(struct chain *chain, size_t i)
{
    struct rlc_span raw = chain->rows[i].raw;
    uint8_t *name = memmem(chain->bytes[i], raw.size, "D1-0", 4);
    uint8_t copy[BYTES_MAX];

    assert_non_null(name);
    name[3] = '7';
    memcpy(copy, chain->bytes[i], raw.size);
    fill_row(chain, i, rlc_span_from(copy, raw.size));
}

static void forge_one(struct chain *chain)
{
    forge(chain, 4);
}

static void forge_first(struct chain *chain)
{
    forge(chain, 0);
}

static void forge_last(struct chain *chain)
{
    forge(chain, RECORDS - 1);
    chain->end.head = rlc_span_from(&chain->heads[RECORDS - 1], 32);
}

/* Only the head that the record names changes, and its own hashes with it. */
static void forge_link(struct chain *chain)
{
    struct rlc_span raw = chain->rows[4].raw;
    uint8_t *previous = memmem(chain->bytes[4], raw.size, chain->heads[3].bytes, 32);
    uint8_t copy[BYTES_MAX];

    assert_non_null(previous);
    previous[7] ^= 1;
    memcpy(copy, chain->bytes[4], raw.size);
    fill_row(chain, 4, rlc_span_from(copy, raw.size));
}

static void claim_flaw(struct chain *chain)
{
    chain->rows[4].flaw = rlc_span_of("GAP");
}

static void repeat(struct chain *chain)
{
    chain->rows[5] = chain->rows[4];
    chain->rows[5].flaw = rlc_span_of("REPEATED");
}

static void empty_record(struct chain *chain)
{
    chain->rows[4].raw = rlc_span_of("");
    chain->leaves[4] = rlc_sha256(chain->rows[4].raw);
}

static void wrong_position(struct chain *chain)
{
    chain->end.next_off++;
}

static void other_log(struct chain *chain)
{
    chain->anchor.head.bytes[5] ^= 1;
}

static void older_anchor(struct chain *chain)
{
    chain->anchor.seq = 9;
    chain->anchor.head = chain->heads[8];
}

static const struct {
    void (*spoil)(struct chain *chain);
    int64_t seq;
    enum rlc_trail_fault fault;
} CASES[] = {
    { change_tenant, 5, RLC_TRAIL_COLUMN_CHANGED },
    { change_bytes, 5, RLC_TRAIL_BYTES_CHANGED },
    { change_head, 5, RLC_TRAIL_COLUMN_CHANGED },
    { lose_first, 1, RLC_TRAIL_MISSING },
    { lose_two, 5, RLC_TRAIL_MISSING },
    { lose_last_but_one, RECORDS - 1, RLC_TRAIL_MISSING },
    { lose_last, RECORDS, RLC_TRAIL_TAIL_MISSING },
    { lose_all, 1, RLC_TRAIL_TAIL_MISSING },
    { swap_neighbours, 5, RLC_TRAIL_SWAPPED },
    { swap_far, 5, RLC_TRAIL_SWAPPED },
    { swap_last, RECORDS - 1, RLC_TRAIL_SWAPPED },
    { forge_one, 5, RLC_TRAIL_RECORD_CHANGED },
    { forge_first, 1, RLC_TRAIL_RECORD_CHANGED },
    { forge_last, RECORDS, RLC_TRAIL_HEAD_DIFFERS },
    { forge_link, 5, RLC_TRAIL_RECORD_CHANGED },
    { claim_flaw, 5, RLC_TRAIL_COLUMN_CHANGED },
    { repeat, 6, RLC_TRAIL_REPEATED },
    { empty_record, 5, RLC_TRAIL_UNREADABLE },
    { wrong_position, RECORDS, RLC_TRAIL_POSITION },
    { other_log, RECORDS, RLC_TRAIL_HEAD_DIFFERS },
    { older_anchor, 10, RLC_TRAIL_BEYOND },
};

static void each_way_to_tamper_with_a_chain_is_told_apart_and_located(void **state)
{
    static struct chain chain;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASES); i++) {
        struct rlc_walk walk;

        make_chain(&chain);
        CASES[i].spoil(&chain);
        walk = walk_over(&chain, true);
        if (!walk.found || walk.finding.seq != CASES[i].seq || walk.finding.fault != CASES[i].fault)
            print_error("case %zu: %d at %lld: %s\n", i, (int)walk.finding.fault,
                        (long long)walk.finding.seq, walk.finding.text);
        assert_true(walk.found);
        assert_int_equal(walk.finding.seq, CASES[i].seq);
        assert_int_equal(walk.finding.fault, CASES[i].fault);
    }
}

static void a_whole_chain_and_one_that_never_began_have_no_fault(void **state)
{
    static struct chain chain;

    (void)state;
    make_chain(&chain);
    assert_false(walk_over(&chain, true).found);
    older_anchor(&chain);
    assert_false(walk_over(&chain, false).found);
    lose_all(&chain);
    chain.anchor.seq = 0;
    chain.anchor.head = chain.anchor.genesis;
    assert_false(walk_over(&chain, true).found);
    chain.end = (struct rlc_walk_end){ true, -1, 0, rlc_span_from(&chain.anchor.genesis, 32) };
    assert_false(walk_over(&chain, true).found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_to_miss_a_link_has_its_flaw_and_the_chain_goes_on),
        cmocka_unit_test(the_head_follows_from_what_the_record_says_of_itself),
        cmocka_unit_test(each_way_to_tamper_with_a_chain_is_told_apart_and_located),
        cmocka_unit_test(a_row_is_whole_by_itself_or_says_what_is_wrong),
        cmocka_unit_test(a_whole_chain_and_one_that_never_began_have_no_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
