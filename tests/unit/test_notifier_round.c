/* SPDX-License-Identifier: Apache-2.0 */
/* One round of the notifier: who waits makes room for others, a store that is away is not asked by
 * each contact, and a relay's words stay out of the log. */
#include "round.h"

#include <stdlib.h>
#include <string.h>

#include "common/runtime/error.h"

#include "state.h"

#include "tests/support/check.h"

enum { ROOM = 1 << 20, CONNECTIONS = 4, READY = 2 * CONNECTIONS, MANY = 1000, PARTITIONS = 6 };

#define BEGIN_MS INT64_C(1700000000000)
#define OTHER    "zeta/C-2"

/* The tenant of a contact whose action begins so; its key is one that nobody can use. */
#define BROKEN_KEY 3
#define BROKEN     "broken"

/* A worker whose relays answer nothing and whose records cannot be read at first. */
struct bench {
    struct notifier_worker worker;
    struct carrier carrier;
    struct rlc_keyring keyring;
    struct rlc_view records;
    struct rlc_freshness intake;
    bool fresh;
    struct rlc_bus bus;
    struct rlc_view scenario;
    struct rlc_bundles *bundles; /* none */
    struct rlc_arena arena;
    uint8_t memory[ROOM];
    rlc_ms now_ms;
    bool readable; /* the records */
    size_t asked;  /* contacts whose records were asked for */
    size_t others; /* of them, those of another tenant than most */
    size_t opened; /* contacts whose keys were opened */
    size_t read;   /* times that bundles were */
    char noted[sizeof(((struct notifier_worker *)NULL)->told)];
};

static struct bench the_bench;

static bool collect(struct carrier *carrier, struct rlc_smtp_result *ret_result)
{
    (void)carrier;
    (void)ret_result;
    return false;
}

static void expire(struct rlc_keyring *keyring)
{
    (void)keyring;
}

static enum rlc_status open_keys(struct rlc_keyring *keyring, const struct rlc_key_want *wants,
                                 size_t count, bool create_missing, struct rlc_data_key *ret_keys,
                                 struct rlc_error *reterr)
{
    (void)keyring;
    (void)create_missing;
    for (size_t i = 0; i < count; i++) {
        if (rlc_span_equal(wants[i].tenant, rlc_span_of(BROKEN)))
            return rlc_error_set(reterr, RLC_FATAL, "keyring", 0, "a key that nobody can use");
        ret_keys[i] = (struct rlc_data_key){ .state = RLC_KEY_MISSING };
    }
    the_bench.opened += count / 2; /* the debtor's key and the recipient's */
    return RLC_OK;
}

/* The record of a contact, as its key says. */
static struct rlc_span record_of(struct rlc_span key, struct rlc_arena *arena)
{
    static const struct rlc_recipient recipient = {
        .subject = { (const uint8_t *)"C-1", 3 },
        .number = 1,
        .address = { { (const uint8_t *)"k", 1 }, { (const uint8_t *)"sealed", 6 } }
    };
    uint8_t digit = key.data[key.size - 2 * sizeof(struct rlc_action_id) + 1];
    struct rlc_waiting_contact record = {
        .format = NOTIFIER_FORMAT,
        .phase = RLC_CONTACT_PHASE_WAITING,
        .request = { .envelope = { .tenant =
                                       rlc_span_of(digit == '0' + BROKEN_KEY ? BROKEN : "acme"),
                                   .debtor = rlc_span_of("C-1"),
                                   .source = rlc_span_of("scenario"),
                                   .occurred_at_ms = BEGIN_MS,
                                   .ingested_at_ms = BEGIN_MS },
                     .body = { .action = { { 1 } },
                               .request_number = 1,
                               .part_count = 1,
                               .scenario = rlc_span_of("standard"),
                               .step = rlc_span_of("first"),
                               .occurrence = 1,
                               .channel = RLC_CHANNEL_EMAIL,
                               .tone = RLC_TONE_FRIENDLY,
                               .template_name = rlc_span_of("reminder"),
                               .sender = rlc_span_of("sender"),
                               .language = rlc_span_of("fr"),
                               .zone = rlc_span_of("UTC"),
                               .unknown_policy = RLC_UNKNOWN_POLICY_ASK_AGAIN,
                               .decided_at_ms = BEGIN_MS,
                               .not_after_ms = BEGIN_MS + RLC_DAY_MS,
                               .as_of_on = 20000,
                               .recipients = &recipient,
                               .recipient_count = 1 } },
        .at = { rlc_span_of("contact-requests"), 0, 40 },
        .record_hash = { { 1 } },
        .parts = 1,
    };

    return notifier_state_encode(key, &record, arena);
}

static enum rlc_status read_records(struct rlc_view *view, struct rlc_view_read *parts,
                                    size_t count, struct rlc_arena *arena, struct rlc_error *reterr)
{
    (void)view;
    (void)reterr;
    the_bench.asked += count;
    for (size_t i = 0; i < count; i++)
        the_bench.others += parts[i].keys[0].data[2] == OTHER[0];
    for (size_t i = 0; the_bench.readable && i < count; i++)
        parts[i].values[0] = record_of(parts[i].keys[0], arena);
    return the_bench.readable ? RLC_OK : RLC_RETRY;
}

/* There is none. */
static enum rlc_status read_bundles(void *context, struct rlc_error *reterr)
{
    (void)reterr;
    ((struct bench *)context)->read++;
    return RLC_OK;
}

/* At first nobody has said how far the payments were read. */
static enum rlc_status read_intake(struct rlc_freshness *freshness, struct rlc_arena *arena,
                                   struct rlc_freshness_state *ret_state, struct rlc_error *reterr)
{
    (void)freshness;
    (void)arena;
    (void)reterr;
    *ret_state = (struct rlc_freshness_state){ .known = the_bench.fresh };
    return RLC_OK;
}

static enum rlc_status watermarks(struct rlc_bus *bus, int32_t topic, int32_t partition,
                                  int32_t timeout_ms, int64_t *ret_low, int64_t *ret_high,
                                  struct rlc_error *reterr)
{
    (void)bus;
    (void)topic;
    (void)partition;
    (void)timeout_ms;
    (void)reterr;
    *ret_low = 0;
    *ret_high = 1;
    return RLC_OK;
}

/* Scenario stands still. */
static enum rlc_status look_at_nothing(struct rlc_view *view, int32_t partition,
                                       struct rlc_look *ret_look, struct rlc_error *reterr)
{
    (void)view;
    (void)partition;
    (void)ret_look;
    (void)reterr;
    return RLC_RETRY;
}

static void note(void *context, const char *event, const char *text)
{
    struct bench *bench = context;

    (void)event;
    (void)snprintf(bench->noted, sizeof(bench->noted), "%s", text);
}

static int open_bench(void **state)
{
    static const struct carrier_ops CARRIER = { .collect = collect };
    static const struct rlc_keyring_ops KEYRING = { .open = open_keys, .expire = expire };
    static const struct rlc_view_ops VIEW = { .read = read_records };
    struct bench *bench = &the_bench;
    static const struct rlc_freshness_ops INTAKE = { .read = read_intake };
    static const struct rlc_bus_ops BUS = { .watermarks = watermarks };
    static const struct rlc_view_ops SCENARIO = { .look = look_at_nothing };
    struct notifier_config config = { .note = note, .note_context = bench };

    memset(bench, 0, sizeof(*bench));
    bench->bundles = rlc_bundles_new();
    assert_non_null(bench->bundles);
    bench->now_ms = BEGIN_MS;
    bench->carrier = (struct carrier){ .ops = &CARRIER, .connections = CONNECTIONS };
    bench->keyring.ops = &KEYRING;
    bench->records.ops = &VIEW;
    bench->intake.ops = &INTAKE;
    bench->bus.ops = &BUS;
    bench->scenario.ops = &SCENARIO;
    rlc_arena_init(&bench->arena, bench->memory, sizeof(bench->memory));
    config.looks.clock = rlc_clock_virtual(&bench->now_ms);
    config.looks.freshness = &bench->intake;
    config.looks.bus = &bench->bus;
    config.looks.view = &bench->scenario;
    config.looks.partitions = PARTITIONS;
    config.carrier = &bench->carrier;
    config.prepare.keyring = &bench->keyring;
    config.prepare.catalog = (struct rlc_catalog){ bench->bundles, read_bundles, bench };
    config.records = &bench->records;
    assert_true(notifier_worker_open(&bench->worker, &config));
    *state = bench;
    return 0;
}

static int close_bench(void **state)
{
    struct bench *bench = *state;

    notifier_worker_close(&bench->worker);
    rlc_bundles_free(bench->bundles);
    return 0;
}

static void go(struct bench *bench)
{
    rlc_arena_reset(&bench->arena);
    round_go(&bench->worker, &bench->arena);
}

static struct contact *add_of(struct bench *bench, const char *debtor, uint16_t action)
{
    struct rlc_contact_body body = { .action = { { (uint8_t)action, (uint8_t)(action >> 8) } },
                                     .request_number = 1,
                                     .decided_at_ms = BEGIN_MS,
                                     .not_after_ms = BEGIN_MS + RLC_DAY_MS };
    struct notifier_key key;
    struct contact *contact;

    notifier_key_contact(rlc_span_of(debtor), &body.action, &key);
    contact = contacts_add(&bench->worker.contacts, strcmp(debtor, OTHER) == 0, key.span, &body);
    assert_non_null(contact);
    return contact;
}

static struct contact *add(struct bench *bench, uint16_t action)
{
    return add_of(bench, "acme/C-1", action);
}

static void add_prepared(struct bench *bench, uint16_t action)
{
    struct contact *contact = add(bench, action);
    struct rlc_span record = record_of(contact_key(contact), &bench->arena);
    uint8_t *copy = malloc(record.size);

    assert_non_null(copy);
    memcpy(copy, record.data, record.size);
    contact->record = rlc_span_from(copy, record.size);
    contact->ready_ns = (uint64_t)bench->now_ms * 1000000u;
    contacts_move(&bench->worker.contacts, contact, CONTACT_READY);
}

/* As if it had been looked at, and its relay had said: not for so long. */
static struct contact *add_held_back(struct bench *bench, uint16_t action, rlc_ms wait_ms)
{
    struct contact *contact = add(bench, action);

    contact->ready_ns = (uint64_t)bench->now_ms * 1000000u;
    contact->not_before_ns = (uint64_t)(bench->now_ms + wait_ms) * 1000000u;
    contacts_move(&bench->worker.contacts, contact, CONTACT_READY);
    return contact;
}

/* ---- who waits ---- */

static void mails_that_their_domain_holds_back_make_room_for_others(void **state)
{
    struct bench *bench = *state;

    for (int i = 0; i < READY; i++)
        (void)add_held_back(bench, (uint16_t)i, RLC_MINUTE_MS);
    (void)add(bench, READY);
    bench->now_ms += 2000;
    go(bench);
    assert_int_equal(bench->asked, 0);
    bench->now_ms += 1;
    go(bench);
    assert_int_equal(bench->asked, 1);
    assert_int_equal(bench->worker.contacts.ready_count, 0);
}

static void who_makes_room_is_left_alone_for_as_long_as_before(void **state)
{
    struct bench *bench = *state;
    struct contact *contact = add_held_back(bench, 0, RLC_MINUTE_MS);

    bench->now_ms += 3000;
    go(bench);
    assert_int_equal(contact->state, CONTACT_WAITING);
    bench->now_ms = BEGIN_MS + RLC_MINUTE_MS - 1;
    go(bench);
    assert_int_equal(bench->asked, 0);
    bench->now_ms++;
    go(bench);
    assert_int_equal(bench->asked, 1);
}

/* One of another tenant, whose debtor is in another partition, behind many of one. */
static void fill_the_line(struct bench *bench)
{
    for (int i = 0; i < READY; i++)
        add_prepared(bench, (uint16_t)i);
    for (int i = READY; i < MANY; i++)
        (void)add(bench, (uint16_t)i);
    (void)add_of(bench, OTHER, 0);
}

/* Rounds until the line must have gone by. */
static void go_on(struct bench *bench)
{
    for (int round = 0; round <= MANY / 256 + 1; round++) {
        go(bench);
        bench->now_ms += 20;
    }
}

static void a_tenant_whose_intake_is_behind_holds_back_no_other(void **state)
{
    struct bench *bench = *state;

    fill_the_line(bench);
    go_on(bench);
    assert_int_equal(bench->others, 1);
    assert_int_equal(bench->asked, 1);
}

static void a_partition_in_which_scenario_stands_still_holds_back_no_other(void **state)
{
    struct bench *bench = *state;

    bench->fresh = true;
    fill_the_line(bench);
    go_on(bench);
    assert_int_equal(bench->asked, 0);
    bench->now_ms += 2000;
    go_on(bench);
    assert_int_equal(bench->others, 1);
    assert_int_equal(bench->asked, 1);
}

static void where_scenario_stands_still_contacts_are_tried_again_for_a_moment(void **state)
{
    struct bench *bench = *state;

    bench->fresh = true;
    add_prepared(bench, 0);
    go(bench);
    bench->now_ms += 2001;
    go(bench);
    assert_int_equal(bench->worker.contacts.ready_count, 0);
    bench->now_ms += 4000;
    add_prepared(bench, 1);
    go(bench);
    bench->now_ms += 1000;
    go(bench);
    assert_int_equal(bench->worker.contacts.ready_count, 1);
    bench->now_ms += 20;
    go(bench);
    assert_int_equal(bench->worker.contacts.ready_count, 0);
}

static void contacts_whose_intake_was_behind_are_looked_at_a_second_later(void **state)
{
    struct bench *bench = *state;

    add_prepared(bench, 0);
    go(bench);
    bench->now_ms += 999;
    go(bench);
    assert_int_equal(bench->asked, 0);
    bench->now_ms++;
    go(bench);
    assert_int_equal(bench->asked, 1);
}

/* ---- stores ---- */

static void a_store_that_is_away_is_asked_once_a_second_however_many_wait(void **state)
{
    struct bench *bench = *state;

    for (int i = 0; i < 5 * READY; i++)
        (void)add(bench, (uint16_t)i);
    go(bench);
    assert_int_equal(bench->asked, READY);
    bench->now_ms += 999;
    go(bench);
    assert_int_equal(bench->asked, READY);
    bench->now_ms++;
    go(bench);
    assert_int_equal(bench->asked, 2 * READY);
}

static void bundles_are_read_once_a_second_however_many_contacts_lack_one(void **state)
{
    struct bench *bench = *state;

    bench->readable = true;
    for (int i = 0; i < 5 * READY; i++)
        (void)add_of(bench, OTHER, (uint16_t)(0x100 * i));
    go(bench);
    bench->now_ms += 999;
    go(bench);
    assert_int_equal(bench->asked, 2 * READY);
    assert_int_equal(bench->read, 1);
    bench->now_ms++;
    go(bench);
    assert_int_equal(bench->read, 2);
}

static void a_key_that_nobody_can_use_holds_back_its_own_tenant_only(void **state)
{
    struct bench *bench = *state;

    bench->readable = true;
    for (int i = 0; i < READY; i++)
        (void)add(bench, (uint16_t)i);
    go(bench);
    assert_int_equal(bench->opened, READY - 1);
}

/* ---- relays ---- */

static void end(struct bench *bench, const struct rlc_smtp_result *result)
{
    struct contact *contact = add(bench, 1);
    struct transfer *transfer = contacts_begin(&bench->worker.contacts, contact);

    assert_non_null(transfer);
    contacts_finish(&bench->worker.contacts, transfer, result);
    round_end_transfer(&bench->worker, contact);
    contacts_remove(&bench->worker.contacts, contact);
    contacts_forget(&bench->worker.contacts, transfer);
}

static void what_a_relay_says_is_not_told(void **state)
{
    struct bench *bench = *state;

    end(bench, &(struct rlc_smtp_result){ .outcome = RLC_SMTP_BROKEN,
                                          .stage = RLC_SMTP_AT_LOGIN,
                                          .relay = 1,
                                          .code = 535,
                                          .enhanced = "5.7.8",
                                          .text = "Jane Doe has left" });
    assert_string_equal(bench->noted,
                        "relay 2 of smtp.relays cannot be used, at its login: 535 5.7.8");
}

static void why_a_relay_cannot_be_used_is_told_if_it_said_nothing(void **state)
{
    struct bench *bench = *state;

    end(bench, &(struct rlc_smtp_result){ .outcome = RLC_SMTP_BROKEN,
                                          .stage = RLC_SMTP_AT_STARTTLS,
                                          .text = "the certificate is not good" });
    assert_string_equal(bench->noted, "relay 1 of smtp.relays cannot be used, at its starttls: the "
                                      "certificate is not good");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(mails_that_their_domain_holds_back_make_room_for_others),
        TEST(who_makes_room_is_left_alone_for_as_long_as_before),
        TEST(a_tenant_whose_intake_is_behind_holds_back_no_other),
        TEST(a_partition_in_which_scenario_stands_still_holds_back_no_other),
        TEST(where_scenario_stands_still_contacts_are_tried_again_for_a_moment),
        TEST(contacts_whose_intake_was_behind_are_looked_at_a_second_later),
        TEST(a_store_that_is_away_is_asked_once_a_second_however_many_wait),
        TEST(bundles_are_read_once_a_second_however_many_contacts_lack_one),
        TEST(a_key_that_nobody_can_use_holds_back_its_own_tenant_only),
        TEST(what_a_relay_says_is_not_told),
        TEST(why_a_relay_cannot_be_used_is_told_if_it_said_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
