/* SPDX-License-Identifier: Apache-2.0 */
/* Lives through a file of events on the whole line in memory, day by day as `relancectl replay`
 * does, and prints one hash over the state of every debtor.
 *
 * usage: ledger_in_memory EVENTS.jsonl BUNDLE TENANT KEYS DATA_KEYS PARTITIONS...
 *   KEYS       folder of the tenant's key
 *   DATA_KEYS  a line per subject, "<subject>|<wrapped key, hexadecimal>": the same keys seal to
 * the same bytes Run by run.py. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/memory/keyring_memory.h"
#include "common/pure/calendar.h"
#include "tests/support/bundle_feed.h"
#include "tests/support/line.h"
#include "tests/support/line_state.h"

#include "tests/support/check.h"

enum { STEP_MINUTES = 600, COMPACTION_DAYS = 100, BATCH_MAX = 1000 };

#define BEGIN "2018-01-01T00:00:00Z" /* run.py's */

static const char *events_file;
static const char *tenant;
static const char *keys_folder;
static const char *data_keys_file;

static struct rlc_bundles *catalog;
static struct rlc_hash bundle;
static struct tenants tenants;

/* ---- keys ---- */

static struct rlc_span unhex(char *text)
{
    size_t size = strspn(text, "0123456789abcdef") / 2;

    for (size_t i = 0; i < size; i++) {
        const char digits[] = { text[2 * i], text[2 * i + 1], '\0' };

        text[i] = (char)strtoul(digits, NULL, 16);
    }
    return rlc_span_from(text, size);
}

static void give_key(struct rlc_keyring *keyring, const struct rlc_seal_key *tenant_key, char *line)
{
    char *bar = strchr(line, '|');
    struct rlc_data_key key = { .state = RLC_KEY_MISSING };
    struct rlc_span subject;

    assert_non_null(bar);
    subject = rlc_span_from(line, (size_t)(bar - line));
    rlc_data_key_id(rlc_span_of(tenant), subject, key.id);
    rlc_data_key_unwrap(tenant_key, rlc_span_of(tenant), unhex(bar + 1), &key);
    assert_int_equal(key.state, RLC_KEY_OPEN);
    assert_true(rlc_keyring_memory_put(keyring, rlc_span_of(tenant), subject, &key.key));
}

static struct rlc_keyring *read_keys(void)
{
    struct rlc_keyring *keyring = rlc_keyring_memory_new(0);
    FILE *file = fopen(data_keys_file, "r");
    struct rlc_seal_key tenant_key;
    struct rlc_error error = { .text = "" };
    char *line = NULL;
    size_t size = 0;

    assert_true(keyring && file);
    assert_int_equal(rlc_tenant_key_read(keys_folder, rlc_span_of(tenant), &tenant_key, &error),
                     RLC_OK);
    while (getline(&line, &size, file) > 0)
        give_key(keyring, &tenant_key, line);
    free(line);
    (void)fclose(file);
    return keyring;
}

/* ---- events ---- */

struct reader {
    FILE *file;
    char *line;
    size_t size;
    size_t length;
    char key[512];
    rlc_ms at_ms; /* of the line that waits; RLC_MS_NEVER at the end */
};

static void next_line(struct reader *reader)
{
    ssize_t length = getline(&reader->line, &reader->size, reader->file);
    json_t *event;
    const char *debtor;

    if (length <= 0) {
        reader->at_ms = RLC_MS_NEVER;
        return;
    }
    reader->length = (size_t)length - (reader->line[length - 1] == '\n');
    event = json_loadb(reader->line, reader->length, 0, NULL);
    debtor = json_string_value(json_object_get(event, "debtor"));
    assert_true(rlc_ms_parse(rlc_span_of(json_string_value(json_object_get(event, "time"))),
                             &reader->at_ms));
    assert_non_null(debtor);
    (void)snprintf(reader->key, sizeof(reader->key), "%s/%s", tenant, debtor);
    json_decref(event);
}

/* ---- the life ---- */

static void live_day(struct line *line, struct reader *reader, rlc_ms step_ms)
{
    while (reader->at_ms <= step_ms) {
        line_publish(line, LINE_BILLING, rlc_span_of(reader->key),
                     rlc_span_from(reader->line, reader->length), reader->at_ms);
        next_line(reader);
    }
    line_settle(line);
    line_go_to(line, step_ms);
}

static int live_days(struct line *line)
{
    struct reader reader = { .file = fopen(events_file, "r") };
    rlc_ms step_ms;
    int days = 0;

    assert_non_null(reader.file);
    next_line(&reader);
    step_ms = reader.at_ms / RLC_DAY_MS * RLC_DAY_MS + STEP_MINUTES * RLC_MINUTE_MS;
    for (; reader.at_ms != RLC_MS_NEVER; step_ms += RLC_DAY_MS) {
        live_day(line, &reader, step_ms);
        if (++days % COMPACTION_DAYS == 0) {
            assert_int_equal(
                rlc_memory_broker_compact(line->world.broker, "scenario.state", false, NULL),
                RLC_OK);
        }
    }
    (void)fclose(reader.file);
    free(reader.line);
    return days;
}

static void live(int32_t partitions)
{
    static struct line line;
    struct rlc_clock clock = rlc_clock_system();
    uint64_t began_ns = rlc_clock_monotonic_ns(&clock);
    struct rlc_keyring *keyring = read_keys();
    struct line_setup setup = { .partitions = partitions,
                                .processes = 1,
                                .started = 1,
                                .batch_max = BATCH_MAX,
                                .tenant = tenant,
                                .tenants = &tenants,
                                .keyring = keyring,
                                .catalog = catalog };
    struct rlc_hash hash;
    int days;

    assert_true(rlc_ms_parse(rlc_span_of(BEGIN), &setup.begin_ms));
    line_open(&line, &setup);
    line_activate(&line, &bundle, setup.begin_ms);
    days = live_days(&line);
    line_check_trail(&line);
    hash = line_state_hash(&line);
    printf("memory, %d partitions: %d days, %zu facts, %zu requests, %zu dead letters, %.1f s\n",
           partitions, days,
           world_count_topic(&line.world, world_topic(&line.world, "debtor-facts")),
           world_count_topic(&line.world, world_topic(&line.world, "contact-requests")),
           world_count_topic(&line.world, world_topic(&line.world, "dead-letters")),
           (double)(rlc_clock_monotonic_ns(&clock) - began_ns) / 1e9);
    printf("%d ", partitions);
    for (size_t i = 0; i < sizeof(hash.bytes); i++)
        printf("%02x", hash.bytes[i]);
    printf("\n");
    line_close(&line);
    keyring->ops->close(keyring);
}

int main(int argc, char **argv)
{
    struct rlc_error error = { .text = "" };

    if (argc < 7) {
        (void)fprintf(stderr, "usage: %s EVENTS.jsonl BUNDLE TENANT KEYS DATA_KEYS PARTITIONS...\n",
                      argv[0]);
        return 64;
    }
    events_file = argv[1];
    tenant = argv[3];
    keys_folder = argv[4];
    data_keys_file = argv[5];
    catalog = bundle_catalog(argv[2], &bundle, &error);
    tenants_add(&tenants, rlc_span_of(tenant));
    if (!catalog || tenants_read_keys(&tenants, keys_folder, &error) != RLC_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    for (int i = 6; i < argc; i++)
        live((int32_t)strtol(argv[i], NULL, 10));
    rlc_bundles_free(catalog);
    return 0;
}
