/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/config/config.h"

#include "tests/support/config_trial.h"

static void what_is_printed_shows_sources_and_masks_secrets(void **state)
{
    static const char TEXT[] = "kafka:\n"
                               "  topics: [one]\n"
                               "  properties:\n"
                               "    sasl.password: hush\n"
                               "    client.rack: a\n";
    char *environment[] = {
        (char[]){ "RELANCE_KAFKA_SERVERS=a:1" },
        (char[]){ "RELANCE_REDIS_PASSWORD=hush" },
        (char[]){ "RELANCE_POSTGRES_DSN=postgresql://me:hush@db:5432/relance" },
        NULL,
    };
    char expected[1024];
    struct trial trial;
    char *text;

    (void)state;
    load_text(&trial, TEXT, environment);
    text = printed(&trial);
    (void)snprintf(expected, sizeof(expected),
                   "kafka:\n"
                   "  properties:  # %s:4\n"
                   "    sasl.password: \"********\"  # %s:4\n"
                   "    client.rack: \"a\"  # %s:5\n"
                   "  servers: \"a:1\"  # RELANCE_KAFKA_SERVERS\n"
                   "  topics:  # %s:2\n"
                   "    - \"one\"\n"
                   "  wait_ms: 10000  # default\n"
                   "look:\n"
                   "  colour: green  # default\n"
                   "  zones:  # default\n"
                   "    - \"north\"\n"
                   "    - \"south\"\n"
                   "name: \"relance\"  # default\n"
                   "postgres:\n"
                   "  dsn: \"postgresql://me:********@db:5432/relance\"  # RELANCE_POSTGRES_DSN\n"
                   "redis:\n"
                   "  password: \"********\"  # RELANCE_REDIS_PASSWORD\n"
                   "  port: 6379  # default\n"
                   "  tls: false  # default\n",
                   yaml_path, yaml_path, yaml_path, yaml_path);
    assert_string_equal(text, expected);
    free(text);
    end_trial(&trial);
}

static void what_is_printed_can_be_read_back(void **state)
{
    char *environment[] = {
        (char[]){ "RELANCE_KAFKA_SERVERS=a:1" },
        (char[]){ "RELANCE_KAFKA_TOPICS=one,two" },
        (char[]){ "RELANCE_REDIS_TLS=true" },
        (char[]){ "RELANCE_KAFKA_PROPERTIES_CLIENT_RACK=a\"b: #c" },
        (char[]){ "RELANCE_NAME=\xC3\xA9t\xC3\xA9 'x' \"y\"" },
        NULL,
    };
    struct trial trial;
    struct trial again;
    char *text;

    (void)state;
    load_trial(&trial, &(struct rlc_config_source){ .environment = environment });
    assert_string_equal(trial.complaints, "");
    assert_true(rlc_config_given(trial.config, "kafka.properties"));
    text = printed(&trial);
    load_text(&again, text, NULL);

    assert_string_equal(again.complaints, "");
    assert_string_equal(again.sample.name, trial.sample.name);
    assert_string_equal(again.sample.topics.item[1], "two");
    assert_int_equal(again.sample.zones.count, 2);
    assert_true(again.sample.tls);
    assert_string_equal(again.sample.properties.pair[0].value, "a\"b: #c");
    free(text);
    end_trial(&trial);
    end_trial(&again);
}

static void passwords_in_connection_strings_are_masked(void **state)
{
    static const struct {
        const char *dsn;
        const char *shown;
    } CASE[] = {
        { "postgresql://me:hush@db/x", "\"postgresql://me:********@db/x\"" },
        { "postgresql://me@db:5432/x", "\"postgresql://me@db:5432/x\"" },
        { "postgresql://db:5432/x", "\"postgresql://db:5432/x\"" },
        { "postgresql://db/x?password=hush", "\"********\"" },
        { "postgresql://me:hu@sh@db/x", "\"********\"" },
        { "host=db password=hush", "\"********\"" },
        { "postgresql://me:@hush@db/x", "\"********\"" },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASE); i++) {
        char variable[128];
        char *environment[] = { (char[]){ "RELANCE_KAFKA_SERVERS=a:1" }, variable, NULL };
        struct trial trial;
        char *text;

        (void)snprintf(variable, sizeof(variable), "RELANCE_POSTGRES_DSN=%s", CASE[i].dsn);
        load_trial(&trial, &(struct rlc_config_source){ .environment = environment });
        text = printed(&trial);
        assert_non_null(strstr(text, CASE[i].shown));
        assert_null(strstr(text, "hush"));
        free(text);
        end_trial(&trial);
    }
}

static void the_documentation_lists_every_field(void **state)
{
    struct trial trial;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    begin_trial(&trial);
    rlc_config_document(trial.config, out);
    assert_int_equal(fclose(out), 0);

    assert_string_equal(
        text,
        "| Key | Variable | Values | Default | Meaning |\n"
        "|---|---|---|---|---|\n"
        "| `kafka.properties` | `RELANCE_KAFKA_PROPERTIES_*` | properties, at most 64 |  | "
        "The rest. |\n"
        "| `kafka.servers` | `RELANCE_KAFKA_SERVERS` | 1 to 64 bytes | required | Brokers. |\n"
        "| `kafka.topics` | `RELANCE_KAFKA_TOPICS` | list, at most 64 |  | Sources. |\n"
        "| `kafka.wait_ms` | `RELANCE_KAFKA_WAIT_MS` | 500ms to 5m | `10s` | Patience. |\n"
        "| `look.colour` | `RELANCE_LOOK_COLOUR` | red, green | `green` | Colour. |\n"
        "| `look.zones` | `RELANCE_LOOK_ZONES` | list, at most 64 | `north,south` | Zones. |\n"
        "| `name` | `RELANCE_NAME` | 1 to 16 bytes | `relance` | What it is called. |\n"
        "| `postgres.dsn`, `_file` | `RELANCE_POSTGRES_DSN` | 1 to 128 bytes |  | "
        "Database. Secret. |\n"
        "| `redis.password`, `_file` | `RELANCE_REDIS_PASSWORD` | 4 to 32 bytes |  | Password. "
        "Secret. |\n"
        "| `redis.port` | `RELANCE_REDIS_PORT` | 1 to 65535 | `6379` | Port. |\n"
        "| `redis.tls` | `RELANCE_REDIS_TLS` | true or false | `false` | Encrypted. |\n");
    free(text);
    end_trial(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_printed_shows_sources_and_masks_secrets),
        cmocka_unit_test(what_is_printed_can_be_read_back),
        cmocka_unit_test(passwords_in_connection_strings_are_masked),
        cmocka_unit_test(the_documentation_lists_every_field),
    };

    return cmocka_run_group_tests_name("config print", tests, make_folder, remove_folder);
}
