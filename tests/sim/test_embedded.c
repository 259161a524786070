/* SPDX-License-Identifier: Apache-2.0 */
/* All workers in one process, as relance-embedded runs them, under the policies of the
 * demonstration: reminders 3, 10 and 25 days after the due date. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/pure/calendar.h"

#include "conductor.h"
#include "proof.h"
#include "state_hash.h"
#include "tally.h"

#include "tests/support/check.h"

#define BUNDLE RLC_SOURCE_DIR "/deploy/bundles/demo"
#define TENANT "acme"

enum { PATH_SIZE = 512, LINE_SIZE = 1024, PARTITIONS = 3 };

/* ---- a folder ---- */

static char folder[] = "/tmp/relance-embedded-XXXXXX";

static void path_of(const char *name, char path[PATH_SIZE])
{
    (void)snprintf(path, PATH_SIZE, "%s/%s", folder, name);
}

static int make_folder(void **state)
{
    char path[PATH_SIZE];
    FILE *key;

    (void)state;
    if (!mkdtemp(folder))
        return 1;
    path_of(TENANT ".key", path);
    (void)umask(077);
    key = fopen(path, "w");
    if (!key)
        return 1;
    for (int i = 0; i < RLC_SEAL_KEY_SIZE; i++)
        (void)fprintf(key, "%02x", i);
    return fclose(key);
}

static int drop_folder(void **state)
{
    char command[PATH_SIZE + 16];

    (void)state;
    (void)snprintf(command, sizeof(command), "rm -r '%s'", folder);
    return system(command); /* NOLINT(cert-env33-c): a folder of our own */
}

/* ---- events ---- */

static FILE *events;
static int event_number;

static void begin_events(void)
{
    char path[PATH_SIZE];

    path_of("events.jsonl", path);
    events = fopen(path, "w");
    assert_non_null(events);
    event_number = 0;
}

static void tell(const char *kind, const char *day, const char *debtor, const char *creditor,
                 const char *data)
{
    (void)fprintf(events,
                  "{\"specversion\":\"1.0\",\"type\":\"io.relance.%s.v1\",\"id\":\"e-%d\","
                  "\"source\":\"erp\",\"time\":\"%sT07:00:00Z\",\"tenant\":\"" TENANT
                  "\",\"debtor\":\"%s\",%s%s%s\"data\":%s}\n",
                  kind, ++event_number, day, debtor, creditor ? "\"creditor\":\"" : "",
                  creditor ? creditor : "", creditor ? "\"," : "", data);
}

static void introduce(const char *debtor)
{
    tell("debtor.upserted", "2025-01-06", debtor, NULL,
         "{\"kind\":\"COMPANY\",\"country\":\"FR\",\"zone\":\"Europe/Paris\",\"language\":\"fr\","
         "\"name\":\"Garage Merle\",\"address\":[\"1 Market Street\",\"10000 Exampleton\"]}");
    tell("account.upserted", "2025-01-06", debtor, "ACME-FR", "{\"segment\":\"retail\"}");
    tell("contact.upserted", "2025-01-06", debtor, NULL,
         "{\"contact\":\"1\",\"roles\":[\"ACCOUNTS_PAYABLE\"],\"language\":\"fr\",\"name\":\"A\","
         "\"channels\":[{\"channel\":\"EMAIL\",\"address\":\"accounts@debtor.example\"}]}");
}

static void invoice(const char *debtor, const char *document, const char *total)
{
    char data[LINE_SIZE];

    (void)snprintf(data, sizeof(data),
                   "{\"document\":\"%s\",\"currency\":\"EUR\",\"total\":\"%s\","
                   "\"issued_on\":\"2025-01-06\",\"due_on\":\"2025-01-20\"}",
                   document, total);
    tell("invoice.issued", "2025-01-07", debtor, "ACME-FR", data);
}

static void pay(const char *debtor, const char *document, const char *amount, const char *day)
{
    char data[LINE_SIZE];

    (void)snprintf(data, sizeof(data),
                   "{\"payment\":\"P-%s\",\"currency\":\"EUR\",\"amount\":\"%s\","
                   "\"received_on\":\"%s\",\"allocations\":[{\"document\":\"%s\",\"amount\":\"%s\"}"
                   "]}",
                   document, amount, day, document, amount);
    tell("payment.received", day, debtor, "ACME-FR", data);
}

/* One debtor that pays on the morning of its first reminder, one behind its second, one that a
 * wrong record puts into quarantine, one that never pays. */
static void tell_story(const char *never_paid)
{
    static const char *const DEBTORS[] = { "C-1", "C-2", "C-3", "C-4" };

    begin_events();
    for (size_t i = 0; i < RLC_COUNT(DEBTORS); i++)
        introduce(DEBTORS[i]);
    invoice("C-1", "F-1", "100.00");
    invoice("C-2", "F-2", "200.00");
    invoice("C-3", "F-3", "300.00");
    invoice("C-3", "F-3b", "12O.00");
    invoice("C-4", "F-4", never_paid);
    pay("C-1", "F-1", "100.00", "2025-01-23");
    pay("C-2", "F-2", "200.00", "2025-01-31");
    assert_int_equal(fclose(events), 0);
}

/* ---- a life ---- */

static struct embedded *live(int32_t partitions, const char *mails)
{
    char path[PATH_SIZE];
    struct embedded_config config = { .partitions = partitions,
                                      .tenant = TENANT,
                                      .tenant_keys = folder,
                                      .bundle = BUNDLE,
                                      .mails = mails };
    struct conduct how = { .events = path };
    struct conducted conducted;
    struct rlc_error error = { .text = "" };
    struct embedded *embedded = embedded_new(&config, &error);

    path_of("events.jsonl", path);
    if (!embedded)
        fail_msg("%s", error.text);
    assert_true(rlc_day_parse(rlc_span_of("2025-03-01"), &how.last_day));
    if (conduct(embedded, &how, &conducted, &error) != RLC_OK)
        fail_msg("%s", error.text);
    assert_int_equal(conducted.events, event_number);
    assert_int_equal(conducted.days, 55);
    return embedded;
}

static void take_state(void *context, const struct rlc_record *record)
{
    assert_true(state_hashes_take(context, record->key, record->value));
}

static struct rlc_hash hash_of(const struct embedded *embedded)
{
    const struct rlc_memory_installation *installation = embedded_installation(embedded);
    struct state_hashes *hashes = state_hashes_new();
    struct state_hash one;
    struct rlc_hash all;
    size_t debtors = 0;

    assert_non_null(hashes);
    assert_true(rlc_memory_installation_each(
        installation, rlc_memory_installation_topic(installation, "scenario.state"), take_state,
        hashes));
    assert_true(state_hashes_close(hashes));
    while (state_hashes_get(hashes, debtors, &one))
        debtors++;
    assert_int_equal(debtors, 4);
    all = state_hashes_all(hashes);
    state_hashes_free(hashes);
    return all;
}

/* ---- tests ---- */

static void what_came_of_a_story_is_what_it_says(void **state)
{
    struct tally tally = { .facts = 0 };
    struct embedded *embedded;

    (void)state;
    tell_story("400.00");
    embedded = live(PARTITIONS, NULL);
    assert_true(tally_take(&tally, embedded_installation(embedded)));
    assert_int_equal(counts_size(&tally.debtors), 4);
    assert_int_equal(counts_size(&tally.receivables), 4);
    assert_int_equal(counts_number(&tally.open, "EUR"), 70000);
    /* C-1 paid in the morning of the reminder, so nobody wrote to it. */
    assert_int_equal(counts_number(&tally.asked, "retail/reminder"), 2);
    assert_int_equal(counts_number(&tally.asked, "retail/second-reminder"), 2);
    assert_int_equal(counts_number(&tally.asked, "retail/final-reminder"), 1);
    assert_int_equal(counts_number(&tally.outcomes, "ACCEPTED"), 5);
    assert_int_equal(counts_with(&tally.requests, TALLY_ASKED), 0);
    assert_int_equal(counts_with(&tally.steps, TALLY_STEP_OPEN), 0);
    assert_true(counts_number(&tally.silences, "QUARANTINED") > 0);
    assert_int_equal(counts_number(&tally.letters, "BAD_AMOUNT"), 1);
    assert_int_equal(counts_size(&tally.quarantined), 1);
    assert_int_equal(counts_size(&tally.scored), 4);
    assert_int_equal(embedded_mails(embedded), 5);
    tally_free(&tally);
    embedded_free(embedded);
}

static void every_mail_that_left_is_a_file(void **state)
{
    char mails[PATH_SIZE];
    char path[2 * PATH_SIZE];
    char text[LINE_SIZE];
    struct embedded *embedded;
    bool addressed = false;
    FILE *mail;

    (void)state;
    path_of("mails", mails);
    assert_int_equal(mkdir(mails, 0700), 0);
    tell_story("400.00");
    embedded = live(PARTITIONS, mails);
    (void)snprintf(path, sizeof(path), "%s/%06d.eml", mails, (int)embedded_mails(embedded) + 1);
    assert_null(fopen(path, "r"));
    (void)snprintf(path, sizeof(path), "%s/%06d.eml", mails, (int)embedded_mails(embedded));
    mail = fopen(path, "r");
    assert_non_null(mail);
    while (fgets(text, sizeof(text), mail))
        addressed = addressed || strstr(text, "accounts@debtor.example");
    (void)fclose(mail);
    assert_true(addressed);
    embedded_free(embedded);
}

static void the_state_does_not_depend_on_partitions(void **state)
{
    static const int32_t NUMBERS[] = { 1, 2, 6 };
    struct rlc_hash first;

    (void)state;
    tell_story("400.00");
    for (size_t i = 0; i < RLC_COUNT(NUMBERS); i++) {
        struct embedded *embedded = live(NUMBERS[i], NULL);
        struct rlc_hash hash = hash_of(embedded);

        if (i == 0)
            first = hash;
        assert_memory_equal(hash.bytes, first.bytes, sizeof(hash.bytes));
        embedded_free(embedded);
    }
}

static void a_cent_more_is_another_state(void **state)
{
    struct embedded *embedded;
    struct rlc_hash one, other;

    (void)state;
    tell_story("400.00");
    embedded = live(PARTITIONS, NULL);
    one = hash_of(embedded);
    embedded_free(embedded);
    tell_story("400.01");
    embedded = live(PARTITIONS, NULL);
    other = hash_of(embedded);
    embedded_free(embedded);
    assert_memory_not_equal(one.bytes, other.bytes, sizeof(one.bytes));
}

/* The trail lends its records for reading. */
static void flip_a_byte(const struct embedded *embedded, size_t number)
{
    struct rlc_memory_trail_part part;
    uint8_t *bytes;

    for (size_t i = 0; rlc_memory_trail_part(embedded_trail(embedded), i, &part); i++) {
        if (part.count <= number)
            continue;
        memcpy(&bytes, &part.rows[number].raw.data, sizeof(bytes));
        bytes[part.rows[number].raw.size / 2] ^= 1;
        return;
    }
    fail_msg("no partition has so many records");
}

static void the_trail_is_whole_until_a_byte_is_flipped(void **state)
{
    struct embedded *embedded;
    struct proof proof;

    (void)state;
    tell_story("400.00");
    embedded = live(PARTITIONS, NULL);
    assert_true(proof_take(embedded, &proof));
    assert_true(proof_is_clean(&proof));
    assert_string_equal(proof.first, "");
    assert_int_equal(proof.chains,
                     4 * PARTITIONS); /* scenario, scoring, legal-escalation, notifier */
    assert_int_equal(proof.attempts, 5);
    assert_true(proof.records > 50);
    flip_a_byte(embedded, 3);
    /* What cannot be read any more is a finding, or the end of the verification. */
    assert_true(!proof_take(embedded, &proof) || !proof_is_clean(&proof));
    assert_int_equal(proof.flaws, 1);
    assert_string_not_equal(proof.first, "");
    embedded_free(embedded);
}

static void assert_refused(const struct embedded_config *config, const char *why)
{
    struct rlc_error error = { .text = "" };

    assert_null(embedded_new(config, &error));
    if (!strstr(error.text, why))
        fail_msg("'%s' does not say '%s'", error.text, why);
}

static void what_is_missing_is_named(void **state)
{
    struct embedded_config config = {
        .partitions = 1, .tenant = TENANT, .tenant_keys = "/nowhere", .bundle = BUNDLE
    };
    char broken[PATH_SIZE];
    char path[PATH_SIZE];
    FILE *file;

    (void)state;
    assert_refused(&config, "/nowhere/" TENANT ".key");
    config.tenant_keys = folder;
    config.bundle = "/nowhere";
    assert_refused(&config, "/nowhere");
    path_of("broken", broken);
    assert_int_equal(mkdir(broken, 0700), 0);
    path_of("broken/bundle.yaml", path);
    file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs("format: 1\nzone: Europe/Atlantis\n", file);
    assert_int_equal(fclose(file), 0);
    config.bundle = broken;
    assert_refused(&config, "Europe/Atlantis");
    file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs("format: 1\nzone: Europe/Paris\nlanguish: en\n", file);
    assert_int_equal(fclose(file), 0);
    assert_refused(&config, "languish");
}

static void a_file_that_does_not_begin_with_an_event_is_refused(void **state)
{
    char path[PATH_SIZE];
    struct embedded_config config = {
        .partitions = 1, .tenant = TENANT, .tenant_keys = folder, .bundle = BUNDLE
    };
    struct conduct how = { .events = path };
    struct conducted conducted;
    struct rlc_error error = { .text = "" };
    struct embedded *embedded = embedded_new(&config, &error);

    (void)state;
    assert_non_null(embedded);
    path_of("events.jsonl", path);
    begin_events();
    (void)fputs("debtor,amount\n", events);
    assert_int_equal(fclose(events), 0);
    assert_int_equal(conduct(embedded, &how, &conducted, &error), RLC_REJECT);
    assert_non_null(strstr(error.text, "'time'"));
    how.events = "/nowhere/events.jsonl";
    assert_int_equal(conduct(embedded, &how, &conducted, &error), RLC_REJECT);
    assert_non_null(strstr(error.text, "/nowhere/events.jsonl"));
    embedded_free(embedded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_came_of_a_story_is_what_it_says),
        cmocka_unit_test(every_mail_that_left_is_a_file),
        cmocka_unit_test(the_state_does_not_depend_on_partitions),
        cmocka_unit_test(a_cent_more_is_another_state),
        cmocka_unit_test(the_trail_is_whole_until_a_byte_is_flipped),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(a_file_that_does_not_begin_with_an_event_is_refused),
    };

    return cmocka_run_group_tests_name("embedded", tests, make_folder, drop_folder);
}
