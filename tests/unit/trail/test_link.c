/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/link.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/audit_record.h"
#include "common/wire/debtor_fact.h"
#include "tests/support/check.h"
#include "tests/support/random.h"

enum { GOLDEN_MAX = 65536, ARENA_SIZE = 16 * 1024 * 1024, MUTATIONS = 200 };

static uint8_t golden[GOLDEN_MAX];

static size_t read_golden(const char *folder, const char *name)
{
    char path[1024], digits[3] = "";
    size_t size = 0;
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s/%s", RLC_GOLDEN_DIR, folder, name);
    file = fopen(path, "r");
    assert_non_null(file);
    while (size < GOLDEN_MAX && fscanf(file, " %2[0-9a-f]", digits) == 1)
        golden[size++] = (uint8_t)strtoul(digits, NULL, 16);
    (void)fclose(file);
    return size;
}

static void same(const struct rlc_link *link, const struct rlc_chain *chain, rlc_ms at_ms,
                 int32_t kind, const struct rlc_envelope *envelope)
{
    assert_int_equal(link->chain.sequence, chain->sequence);
    assert_true(rlc_hash_equal(&link->chain.previous, &chain->previous));
    assert_int_equal(link->at_ms, at_ms);
    assert_int_equal(link->kind, kind);
    assert_true(rlc_span_equal(link->tenant, envelope->tenant));
    assert_true(rlc_span_equal(link->debtor, envelope->debtor));
}

static void check_fact(struct rlc_span bytes, struct rlc_arena *arena)
{
    struct rlc_debtor_fact fact;
    struct rlc_fault fault;
    struct rlc_link link;

    assert_int_equal(rlc_debtor_fact_decode(bytes, arena, &fact, &fault), RLC_OK);
    assert_true(rlc_link_read(bytes, &link));
    same(&link, &fact.chain, fact.decided_at_ms, (int32_t)fact.kind, &fact.envelope);
}

static void check_audit_record(struct rlc_span bytes, struct rlc_arena *arena)
{
    struct rlc_audit_record record;
    struct rlc_fault fault;
    struct rlc_link link;

    assert_int_equal(rlc_audit_record_decode(bytes, arena, &record, &fault), RLC_OK);
    assert_true(rlc_link_read(bytes, &link));
    same(&link, &record.chain, record.decided_at_ms, (int32_t)record.kind, &record.envelope);
}

/* Shortened or changed bytes are read or refused, never beyond their end (under sanitizers). */
static void mutate(struct rlc_span bytes, struct random *random)
{
    for (int i = 0; i < MUTATIONS; i++) {
        size_t size = random_below(random, bytes.size + 1);
        uint8_t *copy = malloc(size ? size : 1);
        struct rlc_link link;

        assert_non_null(copy);
        memcpy(copy, bytes.data, size);
        if (size && random_below(random, 2))
            copy[random_below(random, size)] = (uint8_t)random_next(random);
        if (rlc_link_read(rlc_span_from(copy, size), &link))
            assert_true(link.chain.sequence > 0);
        free(copy);
    }
}

static int for_each(const char *folder, void (*check)(struct rlc_span, struct rlc_arena *))
{
    char path[1024];
    struct rlc_arena arena;
    struct random random = { 7 };
    struct dirent *entry;
    int count = 0;
    void *memory = malloc(ARENA_SIZE);
    DIR *files;

    (void)snprintf(path, sizeof(path), "%s/%s", RLC_GOLDEN_DIR, folder);
    files = opendir(path);
    assert_non_null(files);
    assert_non_null(memory);
    while ((entry = readdir(files))) {
        struct rlc_span bytes;

        if (entry->d_name[0] == '.')
            continue;
        bytes = rlc_span_from(golden, read_golden(folder, entry->d_name));
        rlc_arena_init(&arena, memory, ARENA_SIZE);
        check(bytes, &arena);
        mutate(bytes, &random);
        count++;
    }
    (void)closedir(files);
    free(memory);
    return count;
}

static void the_link_of_every_fact_is_what_its_decoder_says(void **state)
{
    (void)state;
    assert_true(for_each("debtor_fact", check_fact) >= 30);
}

static void the_link_of_every_audit_record_is_what_its_decoder_says(void **state)
{
    (void)state;
    assert_true(for_each("audit_record", check_audit_record) >= 10);
}

/* envelope {tenant "acme", debtor "D1"}, chain {sequence 7, previous 32 bytes}, at 5, kind 250,
 * payload in field 900. */
static size_t unknown_kind(uint8_t *buffer, uint8_t previous_size)
{
    static const uint8_t envelope[] = { 0x0a, 10, 0x0a, 4, 'a', 'c', 'm', 'e', 0x12, 2, 'D', '1' };
    static const uint8_t rest[] = { 0x18, 5, 0x20, 0xfa, 0x01, 0xa2, 0x38, 3, 'n', 'e', 'w' };
    uint8_t *at = buffer;

    memcpy(at, envelope, sizeof(envelope));
    at += sizeof(envelope);
    *at++ = 0x12;
    *at++ = (uint8_t)(4 + previous_size);
    *at++ = 0x08;
    *at++ = 7;
    *at++ = 0x12;
    *at++ = previous_size;
    memset(at, 9, previous_size);
    at += previous_size;
    memcpy(at, rest, sizeof(rest));
    return (size_t)(at - buffer) + sizeof(rest);
}

static void a_record_of_a_kind_not_known_yet_is_linked_like_any_other(void **state)
{
    uint8_t bytes[128];
    char word[RLC_KIND_WORD_MAX];
    struct rlc_link link;

    (void)state;
    assert_true(rlc_link_read(rlc_span_from(bytes, unknown_kind(bytes, 32)), &link));
    assert_int_equal(link.chain.sequence, 7);
    assert_int_equal(link.chain.previous.bytes[31], 9);
    assert_int_equal(link.at_ms, 5);
    assert_true(rlc_span_equal(link.tenant, rlc_span_of("acme")));
    assert_true(rlc_span_equal(link.debtor, rlc_span_of("D1")));
    assert_string_equal(rlc_link_kind(rlc_span_of("scenario"), link.kind, word), "250");
}

static void bytes_without_a_whole_link_are_refused(void **state)
{
    static const uint8_t no_chain[] = { 0x18, 5, 0x20, 1 };
    static const uint8_t endless[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                       0xff, 0xff, 0xff, 0xff, 0xff, 0x01 };
    uint8_t bytes[128];
    struct rlc_link link;

    (void)state;
    assert_false(rlc_link_read(rlc_span_from(bytes, unknown_kind(bytes, 31)), &link));
    assert_false(rlc_link_read(rlc_span_from(no_chain, sizeof(no_chain)), &link));
    assert_false(rlc_link_read(rlc_span_from(endless, sizeof(endless)), &link));
    assert_false(rlc_link_read((struct rlc_span){ NULL, 0 }, &link));
    assert_int_equal(link.chain.sequence, 0);
}

static void a_tenant_that_is_no_clean_text_is_left_out(void **state)
{
    uint8_t bytes[128];
    size_t size = unknown_kind(bytes, 32);
    struct rlc_link link;

    (void)state;
    bytes[4] = 0xff;
    assert_true(rlc_link_read(rlc_span_from(bytes, size), &link));
    assert_int_equal(link.tenant.size, 0);
    bytes[4] = 0;
    assert_true(rlc_link_read(rlc_span_from(bytes, size), &link));
    assert_int_equal(link.tenant.size, 0);
}

static void kinds_have_the_words_of_their_worker(void **state)
{
    char word[RLC_KIND_WORD_MAX];

    (void)state;
    assert_string_equal(rlc_link_kind(rlc_span_of("scenario"), RLC_FACT_KIND_SUPPRESSED, word),
                        "SUPPRESSED");
    assert_string_equal(rlc_link_kind(rlc_span_of("notifier"), RLC_AUDIT_KIND_ATTEMPTED, word),
                        "ATTEMPTED");
}

static void a_head_is_the_hash_of_the_head_before_it_and_the_leaf(void **state)
{
    struct rlc_hash previous, leaf, head, expected;
    uint8_t both[64];

    (void)state;
    memset(&previous, 1, sizeof(previous));
    memset(&leaf, 2, sizeof(leaf));
    memset(both, 1, 32);
    memset(both + 32, 2, 32);
    expected = rlc_sha256(rlc_span_from(both, sizeof(both)));
    head = rlc_link_head(&previous, &leaf);
    assert_true(rlc_hash_equal(&head, &expected));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_link_of_every_fact_is_what_its_decoder_says),
        cmocka_unit_test(the_link_of_every_audit_record_is_what_its_decoder_says),
        cmocka_unit_test(a_record_of_a_kind_not_known_yet_is_linked_like_any_other),
        cmocka_unit_test(bytes_without_a_whole_link_are_refused),
        cmocka_unit_test(a_tenant_that_is_no_clean_text_is_left_out),
        cmocka_unit_test(kinds_have_the_words_of_their_worker),
        cmocka_unit_test(a_head_is_the_hash_of_the_head_before_it_and_the_leaf),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
