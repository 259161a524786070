/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/config/config.h"

#include "tests/support/config_trial.h"
#include "tests/support/death.h"

static void without_sources_the_fallbacks_stand(void **state)
{
    char *environment[] = { (char[]){ "RELANCE_KAFKA_SERVERS=a:1" }, NULL };
    struct trial trial;

    (void)state;
    load_trial(&trial, &(struct rlc_config_source){ .environment = environment });

    assert_int_equal(trial.status, RLC_OK);
    assert_string_equal(trial.sample.name, "relance");
    assert_string_equal(trial.sample.servers, "a:1");
    assert_int_equal(trial.sample.port, 6379);
    assert_int_equal(trial.sample.wait_ms, 10000);
    assert_false(trial.sample.tls);
    assert_int_equal(trial.sample.colour, COLOUR_GREEN);
    assert_int_equal(trial.sample.topics.count, 0);
    assert_int_equal(trial.sample.zones.count, 2);
    assert_string_equal(trial.sample.zones.item[1], "south");
    assert_string_equal(trial.sample.dsn, "");
    assert_true(rlc_config_given(trial.config, "kafka.servers"));
    assert_false(rlc_config_given(trial.config, "name"));
    end_trial(&trial);
}

static void a_file_sets_every_type(void **state)
{
    static const char TEXT[] = "# comment\n"
                               "name: 'shop 1'\n"
                               "kafka:\n"
                               "  servers: a:1,b:2\n"
                               "  wait_ms: 1m\n"
                               "  topics: [billing.events, 'other']\n"
                               "  properties:\n"
                               "    ssl.ca.location: /etc/ca.pem\n"
                               "    compression.type: \"lz4\"\n"
                               "redis:\n"
                               "  port: 6380\n"
                               "  tls: true\n"
                               "  password: hush\n"
                               "look: {colour: red, zones: [east]}\n";
    struct trial trial;

    (void)state;
    load_text(&trial, TEXT, NULL);

    assert_string_equal(trial.complaints, "");
    assert_int_equal(trial.status, RLC_OK);
    assert_string_equal(trial.sample.name, "shop 1");
    assert_string_equal(trial.sample.servers, "a:1,b:2");
    assert_int_equal(trial.sample.wait_ms, 60000);
    assert_int_equal(trial.sample.topics.count, 2);
    assert_string_equal(trial.sample.topics.item[0], "billing.events");
    assert_string_equal(trial.sample.topics.item[1], "other");
    assert_int_equal(trial.sample.properties.count, 2);
    assert_string_equal(trial.sample.properties.pair[1].key, "compression.type");
    assert_string_equal(trial.sample.properties.pair[1].value, "lz4");
    assert_int_equal(trial.sample.port, 6380);
    assert_true(trial.sample.tls);
    assert_string_equal(trial.sample.password, "hush");
    assert_int_equal(trial.sample.colour, COLOUR_RED);
    assert_int_equal(trial.sample.zones.count, 1);
    assert_string_equal(trial.sample.zones.item[0], "east");
    assert_true(rlc_config_given(trial.config, "look.zones"));
    assert_true(rlc_config_given(trial.config, "kafka.properties"));
    end_trial(&trial);
}

static void the_environment_wins_over_the_file(void **state)
{
    static const char TEXT[] = "kafka:\n"
                               "  servers: file:1\n"
                               "  topics: [one]\n"
                               "  properties:\n"
                               "    client.rack: a\n"
                               "    linger.ms: 1\n";
    char *environment[] = {
        (char[]){ "PATH=/bin" },
        (char[]){ "RELANCE_KAFKA_SERVERS=env:1" },
        (char[]){ "RELANCE_KAFKA_TOPICS=two,three" },
        (char[]){ "RELANCE_KAFKA_PROPERTIES_CLIENT_RACK=b" },
        (char[]){ "RELANCE_KAFKA_PROPERTIES_SASL_USERNAME=me" },
        NULL,
    };
    struct trial trial;

    (void)state;
    load_text(&trial, TEXT, environment);

    assert_string_equal(trial.complaints, "");
    assert_string_equal(trial.sample.servers, "env:1");
    assert_int_equal(trial.sample.topics.count, 2);
    assert_string_equal(trial.sample.topics.item[0], "two");
    assert_int_equal(trial.sample.properties.count, 3);
    assert_string_equal(trial.sample.properties.pair[0].value, "b");
    assert_string_equal(trial.sample.properties.pair[1].value, "1");
    assert_string_equal(trial.sample.properties.pair[2].key, "sasl.username");
    end_trial(&trial);
}

static void empty_files_and_sections_set_nothing(void **state)
{
    static const char *const TEXT[] = {
        "",
        "# only a comment\n",
        "---\n",
        "---\n...\n",
        "~\n",
        "{}\n",
        "redis:\n",
        "redis: {}\n",
        "redis: null\nkafka:\n  properties:\n",
        "kafka: {properties: {}, topics: []}\n",
    };
    char *environment[] = { (char[]){ "RELANCE_KAFKA_SERVERS=a:1" }, NULL };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(TEXT); i++) {
        struct trial trial;

        load_text(&trial, TEXT[i], environment);
        assert_string_equal(trial.complaints, "");
        assert_int_equal(trial.status, RLC_OK);
        end_trial(&trial);
    }
}

static void durations_take_units(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } CASE[] = {
        { "500ms", 500 }, { "500", 500 }, { "10s", 10000 }, { "5m", 300000 }, { "0300000", 300000 },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASE); i++) {
        char variable[64];
        char *environment[] = { (char[]){ "RELANCE_KAFKA_SERVERS=a:1" }, variable, NULL };
        struct trial trial;

        (void)snprintf(variable, sizeof(variable), "RELANCE_KAFKA_WAIT_MS=%s", CASE[i].text);
        load_trial(&trial, &(struct rlc_config_source){ .environment = environment });
        assert_string_equal(trial.complaints, "");
        assert_int_equal(trial.sample.wait_ms, CASE[i].ms);
        end_trial(&trial);
    }
}

/* Loads one more variable, `prefix` and `size` times 'x'; whether it was accepted. */
static bool accepts(const char *prefix, size_t size)
{
    char variable[2048];
    char *environment[] = { (char[]){ "RELANCE_KAFKA_SERVERS=a:1" }, variable, NULL };
    size_t prefix_size = strlen(prefix);
    struct trial trial;
    bool accepted;

    assert_true(prefix_size + size < sizeof(variable));
    memcpy(variable, prefix, prefix_size);
    memset(variable + prefix_size, 'x', size);
    variable[prefix_size + size] = '\0';
    load_trial(&trial, &(struct rlc_config_source){ .environment = environment });
    accepted = trial.status == RLC_OK;
    assert_true(accepted || trial.complaints[0] != '\0');
    end_trial(&trial);
    return accepted;
}

static void texts_are_taken_up_to_their_longest(void **state)
{
    static const struct {
        const char *prefix;
        size_t longest;
    } CASE[] = {
        { "RELANCE_NAME=", 16 },
        { "RELANCE_KAFKA_TOPICS=", 20 },
        { "RELANCE_KAFKA_TOPICS=a,", 20 },
        { "RELANCE_REDIS_PASSWORD=", 32 },
        { "RELANCE_KAFKA_PROPERTIES_A=", RLC_CONFIG_VALUE_SIZE - 1 },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASE); i++) {
        assert_true(accepts(CASE[i].prefix, CASE[i].longest));
        assert_false(accepts(CASE[i].prefix, CASE[i].longest + 1));
    }
    assert_false(accepts("RELANCE_KAFKA_TOPICS=", RLC_CONFIG_ITEM_SIZE));
}

/* A property whose name has `size` bytes, in the file or as a variable. */
static bool accepts_key(size_t size, bool in_file)
{
    char key[2 * RLC_CONFIG_KEY_SIZE];
    char text[4 * RLC_CONFIG_KEY_SIZE];
    char variable[4 * RLC_CONFIG_KEY_SIZE];
    char *environment[] = { variable, NULL };
    struct trial trial;
    bool accepted;

    memset(key, 'X', size);
    key[size] = '\0';
    (void)snprintf(text, sizeof(text), "kafka: {servers: a, properties: {a: 1%s%s: 1}}\n",
                   in_file ? ", " : ", b", in_file ? key : "");
    (void)snprintf(variable, sizeof(variable), "RELANCE_KAFKA_PROPERTIES_%s=1",
                   in_file ? "Y" : key);
    load_text(&trial, text, environment);
    accepted = trial.status == RLC_OK;
    assert_true(!accepted || trial.sample.properties.count == 3);
    end_trial(&trial);
    return accepted;
}

static void names_of_properties_are_taken_up_to_their_longest(void **state)
{
    (void)state;
    assert_true(accepts_key(RLC_CONFIG_KEY_SIZE - 1, true));
    assert_true(accepts_key(RLC_CONFIG_KEY_SIZE - 1, false));
    for (size_t size = RLC_CONFIG_KEY_SIZE; size < RLC_CONFIG_KEY_SIZE + 10; size++) {
        assert_false(accepts_key(size, true));
        assert_false(accepts_key(size, false));
    }
}

static void a_property_that_is_no_utf8_is_refused(void **state)
{
    char *environment[] = {
        (char[]){ "RELANCE_KAFKA_SERVERS=a:1" },
        (char[]){ "RELANCE_KAFKA_PROPERTIES_A=\xFF" },
        NULL,
    };
    struct trial trial;

    (void)state;
    load_trial(&trial, &(struct rlc_config_source){ .environment = environment });
    assert_string_equal(trial.error.text, "RELANCE_KAFKA_PROPERTIES_A: kafka.properties.a must be "
                                          "UTF-8 of at most 1023 bytes");
    end_trial(&trial);
}

static void variables_of_others_are_ignored(void **state)
{
    static const char *const IGNORED[] = { "RELANCE_LOCAL_DIR", NULL };
    char *environment[] = {
        (char[]){ "RELANCE_LOCAL_DIR=/x" },
        (char[]){ "RELANCE_KAFKA_SERVERS=a:1" },
        (char[]){ "OTHER" },
        NULL,
    };
    struct trial trial;

    (void)state;
    load_trial(&trial,
               &(struct rlc_config_source){ .environment = environment, .ignored = IGNORED });
    assert_int_equal(trial.status, RLC_OK);
    end_trial(&trial);
}

static void what_a_process_needs_must_be_given(void **state)
{
    static const char *const REQUIRED[] = { "postgres.dsn", NULL };
    char *environment[] = { (char[]){ "RELANCE_KAFKA_SERVERS=a:1" }, NULL };
    struct trial trial;

    (void)state;
    load_trial(&trial,
               &(struct rlc_config_source){ .environment = environment, .required = REQUIRED });
    assert_int_equal(trial.status, RLC_FATAL);
    assert_string_equal(trial.error.text, "environment: postgres.dsn is missing; as a variable it "
                                          "is RELANCE_POSTGRES_DSN");
    end_trial(&trial);
}

static void a_secret_is_read_from_its_file_without_the_line_break(void **state)
{
    static const struct {
        const char *text;
        const char *expected;
    } CASE[] = { { "hush", "hush" }, { "hush\n", "hush" }, { "hush\r\n", "hush" } };
    char path[64];
    char text[128];

    (void)state;
    (void)snprintf(path, sizeof(path), "%s/secret", folder);
    (void)snprintf(text, sizeof(text), "kafka: {servers: a}\nredis: {password_file: %s}\n", path);
    for (size_t i = 0; i < RLC_COUNT(CASE); i++) {
        struct trial trial;

        write_file(path, CASE[i].text, strlen(CASE[i].text));
        load_text(&trial, text, NULL);
        assert_string_equal(trial.complaints, "");
        assert_string_equal(trial.sample.password, CASE[i].expected);
        end_trial(&trial);
    }
}

static void a_property_is_read_from_a_file_too(void **state)
{
    char path[64];
    char variable[128];
    char *environment[] = { (char[]){ "RELANCE_KAFKA_SERVERS=a:1" }, variable, NULL };
    struct trial trial;

    (void)state;
    (void)snprintf(path, sizeof(path), "%s/secret", folder);
    write_file(path, "hush\n", 5);
    (void)snprintf(variable, sizeof(variable), "RELANCE_KAFKA_PROPERTIES_SASL_PASSWORD_FILE=%s",
                   path);
    load_trial(&trial, &(struct rlc_config_source){ .environment = environment });

    assert_string_equal(trial.complaints, "");
    assert_string_equal(trial.sample.properties.pair[0].key, "sasl.password");
    assert_string_equal(trial.sample.properties.pair[0].value, "hush");
    end_trial(&trial);
}

static void a_secret_file_with_two_lines_or_a_nul_is_refused(void **state)
{
    static const struct {
        const char *text;
        size_t size;
        const char *complaint;
    } CASE[] = {
        { "one\ntwo\n", 8, "redis.password must not hold control or invisible characters" },
        { "on\0e\n", 5, "is no text: it holds a NUL" },
        { "\n", 1, "redis.password must be 4 to 32 bytes long, not 0" },
        { "", 0, "redis.password must be 4 to 32 bytes long, not 0" },
    };
    char path[64];
    char variable[128];
    char *environment[] = { (char[]){ "RELANCE_KAFKA_SERVERS=a:1" }, variable, NULL };

    (void)state;
    (void)snprintf(path, sizeof(path), "%s/secret", folder);
    (void)snprintf(variable, sizeof(variable), "RELANCE_REDIS_PASSWORD_FILE=%s", path);
    for (size_t i = 0; i < RLC_COUNT(CASE); i++) {
        struct trial trial;

        write_file(path, CASE[i].text, CASE[i].size);
        load_trial(&trial, &(struct rlc_config_source){ .environment = environment });
        assert_non_null(strstr(trial.error.text, CASE[i].complaint));
        end_trial(&trial);
    }
}

static void a_secret_and_its_file_together_are_refused(void **state)
{
    char path[64];
    char text[160];
    char *environment[] = { (char[]){ "RELANCE_REDIS_PASSWORD=other" }, NULL };
    struct trial trial;

    (void)state;
    (void)snprintf(path, sizeof(path), "%s/secret", folder);
    write_file(path, "hush", 4);
    (void)snprintf(text, sizeof(text), "kafka: {servers: a}\nredis:\n  password_file: %s\n", path);
    load_text(&trial, text, environment);

    assert_string_equal(without_folder(trial.error.text),
                        "config.yaml:3:18: redis.password and redis.password_file are both given, "
                        "keep one");
    end_trial(&trial);
}

static void secrets_are_wiped_at_the_end(void **state)
{
    static const struct sample ZERO;
    char *environment[] = {
        (char[]){ "RELANCE_KAFKA_SERVERS=a:1" },
        (char[]){ "RELANCE_REDIS_PASSWORD=hush" },
        NULL,
    };
    struct trial trial;

    (void)state;
    load_trial(&trial, &(struct rlc_config_source){ .environment = environment });
    end_trial(&trial);
    assert_memory_equal(trial.sample.password, ZERO.password, sizeof(ZERO.password));
    rlc_config_free(NULL);
}

static void new_table(const struct rlc_config_field *fields, size_t count)
{
    static struct sample sample;
    const struct rlc_config_table table = { fields, count, &sample };

    (void)!rlc_config_new(&table, 1);
}

static void two_names_with_one_variable(void)
{
    static const struct rlc_config_field SAME[] = {
        { .name = "a.b_c", .type = RLC_CONFIG_BOOLEAN, .fallback = "false", .help = "" },
        { .name = "a.b.c", .type = RLC_CONFIG_BOOLEAN, .fallback = "false", .help = "" },
    };

    new_table(SAME, RLC_COUNT(SAME));
}

static void a_fallback_out_of_range(void)
{
    static const struct rlc_config_field WIDE[] = {
        { .name = "a", .type = RLC_CONFIG_INTEGER, .fallback = "9", .max = 8, .help = "" },
    };

    new_table(WIDE, RLC_COUNT(WIDE));
}

static void a_duration_without_its_unit(void)
{
    static const struct rlc_config_field BARE[] = {
        { .name = "wait", .type = RLC_CONFIG_DURATION, .fallback = "1s", .max = 5000, .help = "" },
    };

    new_table(BARE, RLC_COUNT(BARE));
}

static void unsound_tables_are_programming_errors(void **state)
{
    (void)state;
    assert_aborts(two_names_with_one_variable);
    assert_aborts(a_fallback_out_of_range);
    assert_aborts(a_duration_without_its_unit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_sources_the_fallbacks_stand),
        cmocka_unit_test(a_file_sets_every_type),
        cmocka_unit_test(the_environment_wins_over_the_file),
        cmocka_unit_test(empty_files_and_sections_set_nothing),
        cmocka_unit_test(durations_take_units),
        cmocka_unit_test(texts_are_taken_up_to_their_longest),
        cmocka_unit_test(names_of_properties_are_taken_up_to_their_longest),
        cmocka_unit_test(a_property_that_is_no_utf8_is_refused),
        cmocka_unit_test(variables_of_others_are_ignored),
        cmocka_unit_test(what_a_process_needs_must_be_given),
        cmocka_unit_test(a_secret_is_read_from_its_file_without_the_line_break),
        cmocka_unit_test(a_property_is_read_from_a_file_too),
        cmocka_unit_test(a_secret_file_with_two_lines_or_a_nul_is_refused),
        cmocka_unit_test(a_secret_and_its_file_together_are_refused),
        cmocka_unit_test(secrets_are_wiped_at_the_end),
        cmocka_unit_test(unsound_tables_are_programming_errors),
    };

    return cmocka_run_group_tests_name("config", tests, make_folder, remove_folder);
}
