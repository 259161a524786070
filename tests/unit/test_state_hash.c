/* SPDX-License-Identifier: Apache-2.0 */
/* The hash by which two installations compare their debtors: it sees everything that was decided,
 * and nothing of what each draws or places in its own way. */
#include "state_hash.h"

#include "common/runtime/memory.h"
#include "core/records.h"
#include "state.h"

#include "tests/support/check.h"

#define ROOM ((size_t)1 << 20)

/* A debtor in quarantine, whom to speak to, what it owes. */
struct picture {
    struct rlc_coordinates quarantine[1];
    struct rlc_waiting waiting[1];
    struct rlc_contact_channel channels[1];
    struct rlc_person persons[1];
    struct rlc_settled settled[1];
    struct rlc_block blocks[1];
    struct rlc_debtor_record debtor;
    struct rlc_book_record book;
    struct rlc_receivable_record receivable;
};

static struct rlc_arena arena;

static int open_arena(void **state)
{
    (void)state;
    return rlc_arena_map(&arena, ROOM) == RLC_OK ? 0 : 1;
}

static int close_arena(void **state)
{
    (void)state;
    rlc_arena_unmap(&arena);
    return 0;
}

static struct rlc_sealed sealed(const char *bytes)
{
    return (struct rlc_sealed){ rlc_span_of("0123456789abcdef0123456789abcdef"),
                                rlc_span_of(bytes) };
}

static struct rlc_version version_of(const char *id)
{
    return (struct rlc_version){ .revision = 3,
                                 .occurred_at_ms = 1700000000000,
                                 .source = rlc_span_of("erp"),
                                 .event_id = rlc_span_of(id),
                                 .body_hash = { { 1 } } };
}

static void draw(struct picture *picture)
{
    *picture = (struct picture){
        .quarantine = { { rlc_span_of("one.debtor-events"), 2, 17 } },
        .waiting = { { { rlc_span_of("one.debtor-events"), 2, 17 }, rlc_span_of("p|D") } },
        .channels = { { .channel = RLC_CHANNEL_EMAIL,
                        .address = sealed("one address"),
                        .address_digest = { { 7 } },
                        .rank = 1 } },
        .blocks = { { .kind = RLC_AGREEMENT_KIND_HOLD,
                      .id = rlc_span_of("H-1"),
                      .clock = RLC_CLOCK_EFFECT_CONTINUE } },
        .settled = { { .paid = { 100, "EUR" } } },
        .debtor = { .format = RECORD_FORMAT, .epoch = 4, .version = version_of("e-1") },
        .book = { .format = RECORD_FORMAT,
                  .debtor = { .kind = RLC_PARTY_KIND_COMPANY,
                              .status = RLC_PARTY_STATUS_ACTIVE,
                              .country = rlc_span_of("FR"),
                              .zone = rlc_span_of("Europe/Paris"),
                              .language = rlc_span_of("fr"),
                              .name = sealed("one name") } },
        .receivable = { .format = RECORD_FORMAT,
                        .terms = { .document = rlc_span_of("F-1"),
                                   .type = RLC_DOCUMENT_TYPE_INVOICE,
                                   .issued_on = 20000,
                                   .due_on = 20030,
                                   .total = { 12000, "EUR" },
                                   .description = sealed("one text") },
                        .version = version_of("e-2"),
                        .settled_count = 1 },
    };
    picture->debtor.quarantine = picture->quarantine;
    picture->debtor.quarantine_count = 1;
    picture->debtor.waiting = picture->waiting;
    picture->debtor.waiting_count = 1;
    picture->persons[0] = (struct rlc_person){ .contact = { .contact = rlc_span_of("1"),
                                                            .subject = rlc_span_of("C-1/1"),
                                                            .name = sealed("one person"),
                                                            .channels = picture->channels,
                                                            .channel_count = 1 },
                                               .version = version_of("e-3") };
    picture->book.persons = picture->persons;
    picture->book.person_count = 1;
    picture->receivable.settled = picture->settled;
    picture->receivable.blocks = picture->blocks;
    picture->receivable.block_count = 1;
}

static void take(struct state_hashes *hashes, const char *key, const void *record)
{
    struct rlc_span value = scenario_state_encode(rlc_span_of(key), record, &arena);

    assert_non_null(value.data);
    assert_true(state_hashes_take(hashes, rlc_span_of(key), value));
}

static struct rlc_hash hash_of(const struct picture *picture)
{
    struct state_hashes *hashes = state_hashes_new();
    struct rlc_hash all;

    assert_non_null(hashes);
    take(hashes, "d|acme/C-1", &picture->debtor);
    take(hashes, "h|acme/C-1", &picture->book);
    take(hashes, "r|acme/C-1|ACME-FR|F-1", &picture->receivable);
    assert_true(state_hashes_close(hashes));
    all = state_hashes_all(hashes);
    state_hashes_free(hashes);
    return all;
}

static void assert_same(const struct picture *left, const struct picture *right, bool same)
{
    struct rlc_hash one = hash_of(left);
    struct rlc_hash other = hash_of(right);

    if (same)
        assert_memory_equal(one.bytes, other.bytes, sizeof(one.bytes));
    else
        assert_memory_not_equal(one.bytes, other.bytes, sizeof(one.bytes));
}

/* ---- tests ---- */

static void what_is_sealed_and_what_hashes_it_does_not_count(void **state)
{
    struct picture one, other;

    (void)state;
    draw(&one);
    draw(&other);
    other.channels[0].address = sealed("another");
    other.book.debtor.name = sealed("another name");
    other.persons[0].contact.name = sealed("another person");
    other.receivable.terms.description = sealed("another text");
    other.debtor.version.body_hash = (struct rlc_hash){ { 2 } };
    other.receivable.version.body_hash = (struct rlc_hash){ { 2 } };
    other.persons[0].version.body_hash = (struct rlc_hash){ { 2 } };
    assert_same(&one, &other, true);
}

static void places_in_the_log_do_not_count_but_their_number_does(void **state)
{
    struct picture one, other;

    (void)state;
    draw(&one);
    draw(&other);
    other.quarantine[0] = (struct rlc_coordinates){ rlc_span_of("two.debtor-events"), 5, 99 };
    other.waiting[0].at = other.quarantine[0];
    assert_same(&one, &other, true);
    other.debtor.quarantine_count = 0;
    assert_same(&one, &other, false);
}

static void the_time_of_day_of_an_agreement_does_not_count_but_its_day_does(void **state)
{
    struct picture one, other;

    (void)state;
    draw(&one);
    draw(&other);
    one.blocks[0].until_ms = 20000 * RLC_DAY_MS + 1;
    other.blocks[0].until_ms = 20001 * RLC_DAY_MS - 1;
    assert_same(&one, &other, true);
    other.blocks[0].until_ms++;
    assert_same(&one, &other, false);
    draw(&other);
    other.blocks[0].from_ms = 19990 * RLC_DAY_MS;
    assert_same(&one, &other, false);
}

static void the_time_of_day_of_a_score_does_not_count_but_its_day_does(void **state)
{
    struct picture one, other;

    (void)state;
    draw(&one);
    draw(&other);
    one.debtor.score.version.occurred_at_ms = 20000 * RLC_DAY_MS + 1;
    other.debtor.score.version.occurred_at_ms = 20001 * RLC_DAY_MS - 1;
    assert_same(&one, &other, true);
    other.debtor.score.version.occurred_at_ms++;
    assert_same(&one, &other, false);
    other = one;
    other.debtor.score.late_ppm++;
    assert_same(&one, &other, false);
}

static void everything_else_counts(void **state)
{
    struct picture one, other;

    (void)state;
    draw(&one);
    draw(&other);
    other.debtor.epoch++;
    assert_same(&one, &other, false);
    draw(&other);
    other.debtor.version.event_id = rlc_span_of("e-9");
    assert_same(&one, &other, false);
    draw(&other);
    other.waiting[0].object = rlc_span_of("p|E");
    assert_same(&one, &other, false);
    draw(&other);
    other.channels[0].address_digest.bytes[0]++;
    assert_same(&one, &other, false);
    draw(&other);
    other.channels[0].rank = 2;
    assert_same(&one, &other, false);
    draw(&other);
    other.book.debtor.name = (struct rlc_sealed){ .key_id = { NULL, 0 } };
    assert_same(&one, &other, false);
    draw(&other);
    other.settled[0].paid.minor++;
    assert_same(&one, &other, false);
}

/* A kind that is not listed would be overlooked. */
static void every_kind_of_record_of_a_debtor_counts(void **state)
{
    static const struct rlc_account_record ACCOUNT = { .format = RECORD_FORMAT };
    static const struct rlc_page_record PAGE = { .format = RECORD_FORMAT };
    static const struct rlc_settlement_record SETTLEMENT = { .format = RECORD_FORMAT };
    static const struct rlc_agreement_record AGREEMENT = { .format = RECORD_FORMAT };
    static const struct rlc_contact_record CONTACT = { .format = RECORD_FORMAT };
    static const struct rlc_task_record TASK = { .format = RECORD_FORMAT };
    static const struct {
        const char *key;
        const void *record;
    } KINDS[] = {
        { "a|acme/C-1|ACME-FR", &ACCOUNT },
        { "o|acme/C-1|ACME-FR|1", &PAGE },
        { "p|acme/C-1|ACME-FR|payment|P-1", &SETTLEMENT },
        { "g|acme/C-1|ACME-FR|dispute|D-1", &AGREEMENT },
        { "c|acme/C-1|0123456789abcdef0123456789abcdef", &CONTACT },
        { "k|acme/C-1|quarantine-1", &TASK },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(KINDS); i++) {
        struct state_hashes *hashes = state_hashes_new();
        struct state_hash hash;

        assert_non_null(hashes);
        take(hashes, KINDS[i].key, KINDS[i].record);
        assert_true(state_hashes_close(hashes));
        assert_true(state_hashes_get(hashes, 0, &hash));
        assert_int_equal(hash.records, 1);
        state_hashes_free(hashes);
    }
}

static void the_newest_record_of_a_key_counts_and_a_deletion_ends_it(void **state)
{
    struct state_hashes *hashes = state_hashes_new();
    struct state_hash hash;
    struct picture picture;

    (void)state;
    draw(&picture);
    assert_non_null(hashes);
    take(hashes, "r|acme/C-2|ACME-FR|F-1", &picture.receivable);
    take(hashes, "d|acme/C-1", &picture.debtor);
    take(hashes, "d|acme/C-3", &picture.debtor);
    take(hashes, "r|acme/C-1|ACME-FR|F-1", &picture.receivable);
    take(hashes, "d|acme/C-1", &picture.debtor);
    assert_true(state_hashes_take(hashes, rlc_span_of("d|acme/C-3"), (struct rlc_span){ NULL, 0 }));
    /* Of the tenant, of a partition, of another worker. */
    assert_true(state_hashes_take(hashes, rlc_span_of("s|acme"), rlc_span_of("scope")));
    assert_true(state_hashes_take(hashes, rlc_span_of("q|acme/C-1|x"), rlc_span_of("command")));
    assert_true(state_hashes_take(hashes, rlc_span_of("ckpt"), rlc_span_of("checkpoint")));
    assert_true(state_hashes_close(hashes));
    assert_true(state_hashes_get(hashes, 0, &hash));
    assert_true(rlc_span_equal(hash.debtor, rlc_span_of("acme/C-1")));
    assert_int_equal(hash.records, 2);
    assert_true(state_hashes_get(hashes, 1, &hash));
    assert_true(rlc_span_equal(hash.debtor, rlc_span_of("acme/C-2")));
    assert_int_equal(hash.records, 1);
    assert_false(state_hashes_get(hashes, 2, &hash));
    state_hashes_free(hashes);
}

static void a_record_that_cannot_be_read_is_no_hash(void **state)
{
    struct state_hashes *hashes = state_hashes_new();

    (void)state;
    assert_non_null(hashes);
    assert_true(state_hashes_take(hashes, rlc_span_of("d|acme/C-1"), rlc_span_of("\xff\xff")));
    assert_false(state_hashes_close(hashes));
    state_hashes_free(hashes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sealed_and_what_hashes_it_does_not_count),
        cmocka_unit_test(places_in_the_log_do_not_count_but_their_number_does),
        cmocka_unit_test(the_time_of_day_of_an_agreement_does_not_count_but_its_day_does),
        cmocka_unit_test(the_time_of_day_of_a_score_does_not_count_but_its_day_does),
        cmocka_unit_test(everything_else_counts),
        cmocka_unit_test(every_kind_of_record_of_a_debtor_counts),
        cmocka_unit_test(the_newest_record_of_a_key_counts_and_a_deletion_ends_it),
        cmocka_unit_test(a_record_that_cannot_be_read_is_no_hash),
    };

    return cmocka_run_group_tests_name("state_hash", tests, open_arena, close_arena);
}
