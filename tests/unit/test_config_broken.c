/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/config/config.h"

#include "tests/support/config_trial.h"

/* Each file is wrong in one way, and says so in these words. */
static const struct {
    const char *text;
    const char *complaint;
} BROKEN[] = {
    { "kafak:\n  servers: a\n", "config.yaml:1:1: unknown key 'kafak', did you mean 'kafka'?" },
    { "redis:\n  pord: 1\n",
      "config.yaml:2:3: unknown key 'redis.pord', did you mean 'redis.port'?" },
    { "wait_ms: 5s\n", "config.yaml:1:1: unknown key 'wait_ms', did you mean 'kafka.wait_ms'?" },
    { "redis: {zzzzzz: 1}\n", "config.yaml:1:9: unknown key 'redis.zzzzzz'" },
    { "redis: {servers: a}\n",
      "config.yaml:1:9: unknown key 'redis.servers', did you mean 'kafka.servers'?" },
    { "redis: {serverz: a}\n", "config.yaml:1:9: unknown key 'redis.serverz'" },
    { "redis: {por: 1}\n", "config.yaml:1:9: unknown key 'redis.por', did you mean 'redis.port'?" },
    { "redis: {ort: 1}\n", "config.yaml:1:9: unknown key 'redis.ort', did you mean 'redis.port'?" },
    { "redis: {porrt: 1}\n",
      "config.yaml:1:9: unknown key 'redis.porrt', did you mean 'redis.port'?" },
    { "redis: {portal: 1}\n",
      "config.yaml:1:9: unknown key 'redis.portal', did you mean 'redis.port'?" },
    { "redis: {porting: 1}\n", "config.yaml:1:9: unknown key 'redis.porting'" },
    { "redis: {tzz: 1}\n", "config.yaml:1:9: unknown key 'redis.tzz'" },
    { "redis: {tlz: 1}\n", "config.yaml:1:9: unknown key 'redis.tlz', did you mean 'redis.tls'?" },
    { "redis: {ls: 1}\n", "config.yaml:1:9: unknown key 'redis.ls', did you mean 'redis.tls'?" },
    { "redis: {tabcd: 1}\n", "config.yaml:1:9: unknown key 'redis.tabcd'" },
    { "redis: {0123456789012345678901234567890123456789012345678901234567890123456789012345"
      "678901234567890: 1}\n",
      "config.yaml:1:9: unknown key "
      "'redis.0123456789012345678901234567890123456789012345678901234567890123'" },
    { "redis.port: 1\n", "config.yaml:1:1: unknown key 'redis.port'" },
    { "zzzzzz: [1, {a: [b, c]}, 2]\n", "config.yaml:1:1: unknown key 'zzzzzz'" },
    { "zzzzzz: {kafak: {a: b}}\n", "config.yaml:1:1: unknown key 'zzzzzz'" },
    { "redis:\n  port: 0\n", "config.yaml:2:9: redis.port must be 1 to 65535, not '0'" },
    { "redis:\n  port: 65536\n", "config.yaml:2:9: redis.port must be 1 to 65535, not '65536'" },
    { "redis:\n  port: -1\n", "config.yaml:2:9: redis.port must be 1 to 65535, not '-1'" },
    { "redis:\n  port: many\n", "config.yaml:2:9: redis.port must be a whole number, not 'many'" },
    { "redis:\n  port: 12x\n", "config.yaml:2:9: redis.port must be a whole number, not '12x'" },
    { "redis:\n  port: '-'\n", "config.yaml:2:9: redis.port must be a whole number, not '-'" },
    { "redis:\n  port: 99999999999999999999\n",
      "config.yaml:2:9: redis.port must be a whole number, not '99999999999999999999'" },
    { "redis:\n  port:\n", "config.yaml:2:8: redis.port has no value" },
    { "redis:\n  port: 0123456789012345678901234567890123456x89\n",
      "config.yaml:2:9: redis.port must be a whole number, not "
      "'0123456789012345678901234567890123456x89'" },
    { "redis:\n  port: 0123456789012345678901234567890123456x890\n",
      "config.yaml:2:9: redis.port must be a whole number, not "
      "'0123456789012345678901234567890123456x89...'" },
    { "redis:\n  port: ''\n", "config.yaml:2:9: redis.port must be a whole number, not ''" },
    { "redis:\n  port: [1]\n", "config.yaml:2:9: redis.port must be one value, not a list" },
    { "redis:\n  port: {a: 1}\n", "config.yaml:2:9: redis.port must be one value, not a section" },
    { "redis:\n  tls: yes\n", "config.yaml:2:8: redis.tls must be true or false, not 'yes'" },
    { "redis: 5\n", "config.yaml:1:8: redis must hold keys, not one value" },
    { "redis: [port]\n", "config.yaml:1:8: redis must hold keys, not a list" },
    { "redis:\n  port: 1\n  port: 2\n",
      "config.yaml:3:3: duplicate key 'redis.port', first set on line 2" },
    { "redis:\n  port: 1\nname: x\nredis:\n  tls: true\n",
      "config.yaml:4:1: duplicate key 'redis', first set on line 1" },
    { "kafka:\n  wait_ms: 499ms\n",
      "config.yaml:2:12: kafka.wait_ms must be 500ms to 5m, not '499ms'" },
    { "kafka:\n  wait_ms: 2h\n", "config.yaml:2:12: kafka.wait_ms must be 500ms to 5m, not '2h'" },
    { "kafka:\n  wait_ms: 1.5s\n", "config.yaml:2:12: kafka.wait_ms must be a duration such as "
                                   "500ms, 10s or 1m, not '1.5s'" },
    { "kafka:\n  wait_ms: 10 s\n", "config.yaml:2:12: kafka.wait_ms must be a duration such as "
                                   "500ms, 10s or 1m, not '10 s'" },
    { "kafka:\n  wait_ms: 9223372036854775807d\n",
      "config.yaml:2:12: kafka.wait_ms must be a duration such as 500ms, 10s or 1m, not "
      "'9223372036854775807d'" },
    { "kafka:\n  wait_ms: s\n", "config.yaml:2:12: kafka.wait_ms must be a duration such as "
                                "500ms, 10s or 1m, not 's'" },
    { "name: ''\n", "config.yaml:1:7: name must be 1 to 16 bytes long, not 0" },
    { "name: aaaaaaaaaaaaaaaaa\n", "config.yaml:1:7: name must be 1 to 16 bytes long, not 17" },
    { "name: \"a\\tb\"\n", "config.yaml:1:7: name must not hold control or invisible characters" },
    { "name: \"a\\0b\"\n", "config.yaml:1:7: the text holds a NUL" },
    { "look:\n  colour: blue\n",
      "config.yaml:2:11: look.colour must be one of red, green, not 'blue'" },
    { "kafka:\n  topics: one\n", "config.yaml:2:11: kafka.topics must be a list, not one value" },
    { "kafka:\n  topics: {a: 1}\n",
      "config.yaml:2:11: kafka.topics must be a list, not a section" },
    { "kafka:\n  topics:\n", "config.yaml:2:10: kafka.topics has no value" },
    { "kafka:\n  topics:\n  - one\n  - [two]\n",
      "config.yaml:4:5: kafka.topics must hold single values" },
    { "kafka:\n  topics:\n  - one\n  - one\n", "config.yaml:4:5: kafka.topics holds 'one' twice" },
    { "kafka:\n  topics:\n  - 'a b'\n",
      "config.yaml:3:5: kafka.topics must be a topic's name, not 'a b'" },
    { "kafka:\n  topics: [aaaaaaaaaaaaaaaaaaaaa]\n",
      "config.yaml:2:12: kafka.topics must be 1 to 20 bytes long, not 21" },
    { "kafka:\n  properties: all\n",
      "config.yaml:2:15: kafka.properties must be a section of properties, not one value" },
    { "kafka:\n  properties: [a]\n",
      "config.yaml:2:15: kafka.properties must be a section of properties, not a list" },
    { "kafka:\n  properties:\n    acks: 1\n",
      "config.yaml:3:11: kafka.properties may not hold 'acks': transactions need all" },
    { "kafka:\n  properties:\n    a: {b: 1}\n",
      "config.yaml:3:8: kafka.properties.a must be one value, not a section" },
    { "kafka:\n  properties:\n    'a b': 1\n",
      "config.yaml:3:12: kafka.properties holds a key that is no property's name" },
    { "kafka:\n  properties:\n    a: 1\n    a: 2\n",
      "config.yaml:4:8: duplicate key 'kafka.properties.a', first set on line 3" },
    { "kafka:\n  properties:\n    sasl.password_file: /nowhere/x\n",
      "config.yaml:3:25: cannot read '/nowhere/x': No such file or directory" },
    { "redis:\n  password: abc\n", "config.yaml:2:13: redis.password must be 4 to 32 bytes long, "
                                   "not 3" },
    { "redis:\n  password_file: /nowhere/x\n",
      "config.yaml:2:18: cannot read '/nowhere/x': No such file or directory" },
    { "redis:\n  password_file: [a]\n",
      "config.yaml:2:18: redis.password_file must be one value, not a list" },
    { "redis:\n  port_file: /x\n", "config.yaml:2:3: unknown key 'redis.port_file'" },
    { "- a\n", "config.yaml:1:1: the file must hold keys, not a list" },
    { "just text\n", "config.yaml:1:1: the file must hold keys" },
    { "? [a]\n: b\n", "config.yaml:1:3: a key must be plain text" },
    { "kafka:\n  properties:\n    ? [a]\n    : {b: c}\n",
      "config.yaml:3:7: a key must be plain text" },
    { "name: !!str x\n", "config.yaml:1:7: tags are not supported" },
    { "kafka: {topics: !own [a]}\n", "config.yaml:1:17: tags are not supported" },
    { "kafka: !own {}\n", "config.yaml:1:8: tags are not supported" },
    { "name: &a x\nlook: {colour: *a}\n", "config.yaml:2:16: aliases are not supported" },
    { "name: a\n---\nname: b\n", "config.yaml:2:1: the file must hold one document" },
    { "kafka:\n  topics: [a\n", "config.yaml:3:1: did not find expected ',' or ']'" },
    { "name: a\n\tport: 1\n", "config.yaml:2:1: found a tab character that violates indentation" },
    { "name: b: c\n", "config.yaml:1:8: mapping values are not allowed in this context" },
    { "name: \"\xFF\"\n", "config.yaml: invalid leading UTF-8 octet at byte 7" },
};

static void every_broken_file_says_what_is_wrong_and_where(void **state)
{
    char *environment[] = { (char[]){ "RELANCE_KAFKA_SERVERS=a:1" }, NULL };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(BROKEN); i++) {
        struct trial trial;
        const char *complaint;

        load_text(&trial, BROKEN[i].text, environment);
        complaint = without_folder(trial.complaints);
        assert_int_equal(trial.status, RLC_FATAL);
        assert_string_equal(complaint + strcspn(complaint, "\n"), "\n");
        trial.complaints[strlen(trial.complaints) - 1] = '\0';
        if (strcmp(complaint, BROKEN[i].complaint) != 0)
            print_message("%s", BROKEN[i].text);
        assert_string_equal(complaint, BROKEN[i].complaint);
        if (strncmp(complaint, "config.yaml:", 12) == 0)
            assert_string_equal(without_folder(trial.error.text), BROKEN[i].complaint);
        end_trial(&trial);
    }
}

/* The same for variables. */
static const struct {
    const char *variable;
    const char *complaint;
} WRONG[] = {
    { "RELANCE_REDIS_PORT=x", "RELANCE_REDIS_PORT: redis.port must be a whole number, not 'x'" },
    { "RELANCE_REDIS_PORT=", "RELANCE_REDIS_PORT: redis.port must be a whole number, not ''" },
    { "RELANCE_REDIS_PROT=1", "RELANCE_REDIS_PROT: unknown variable, did you mean "
                              "RELANCE_REDIS_PORT?" },
    { "RELANCE_INGEST_PORT_80_TCP_ADDR=10.0.0.1",
      "RELANCE_INGEST_PORT_80_TCP_ADDR: unknown variable, probably a Kubernetes service link: set "
      "enableServiceLinks: false in the pod" },
    { "RELANCE_INGEST_SERVICE_PORT_HTTP=80",
      "RELANCE_INGEST_SERVICE_PORT_HTTP: unknown variable, probably a Kubernetes service link: set "
      "enableServiceLinks: false in the pod" },
    { "RELANCE_XYZ=1", "RELANCE_XYZ: unknown variable" },
    { "RELANCE_=1", "RELANCE_: unknown variable" },
    { "RELANCE_KAFKA_PROPERTIES=x",
      "RELANCE_KAFKA_PROPERTIES: kafka.properties must be a section of properties" },
    { "RELANCE_KAFKA_PROPERTIES_ACKS=1",
      "RELANCE_KAFKA_PROPERTIES_ACKS: kafka.properties may not hold 'acks': transactions need "
      "all" },
    { "RELANCE_INGEST_SERVICE_HOST=10.0.0.1",
      "RELANCE_INGEST_SERVICE_HOST: unknown variable, probably a Kubernetes service link: set "
      "enableServiceLinks: false in the pod" },
    { "RELANCE_INGEST_PORT=tcp://10.0.0.1:80",
      "RELANCE_INGEST_PORT: unknown variable, probably a Kubernetes service link: set "
      "enableServiceLinks: false in the pod" },
    { "RELANCE_KAFKA_TOPICS=a,,b", "RELANCE_KAFKA_TOPICS: kafka.topics must be 1 to 20 bytes long, "
                                   "not 0" },
    { "RELANCE_KAFKA_TOPICS=a,", "RELANCE_KAFKA_TOPICS: kafka.topics must not end in a comma" },
    { "RELANCE_NAME=a\nb", "RELANCE_NAME: name must not hold control or invisible characters" },
    { "RELANCE_LOOK_COLOUR=\x01", "RELANCE_LOOK_COLOUR: look.colour must be one of red, green" },
    { "RELANCE_REDIS_PASSWORD_FILE=/nowhere/x",
      "RELANCE_REDIS_PASSWORD_FILE: cannot read '/nowhere/x': No such file or directory" },
    { "RELANCE_REDIS_PORT_FILE=/x", "RELANCE_REDIS_PORT_FILE: unknown variable, did you mean "
                                    "RELANCE_REDIS_PORT?" },
};

static void every_wrong_variable_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < RLC_COUNT(WRONG); i++) {
        char *variable = strdup(WRONG[i].variable);
        char *environment[] = { (char[]){ "RELANCE_KAFKA_SERVERS=a:1" }, variable, NULL };
        struct trial trial;

        load_trial(&trial, &(struct rlc_config_source){ .environment = environment });
        assert_int_equal(trial.status, RLC_FATAL);
        trial.complaints[strlen(trial.complaints) - 1] = '\0';
        assert_string_equal(trial.complaints, WRONG[i].complaint);
        end_trial(&trial);
        free(variable);
    }
}

static void all_mistakes_are_shown_at_once(void **state)
{
    struct trial trial;

    (void)state;
    load_text(&trial, "nmae: x\nredis:\n  port: 0\n  tls: maybe\n", NULL);

    assert_int_equal(trial.status, RLC_FATAL);
    assert_non_null(strstr(trial.complaints, ":1:1: unknown key 'nmae', did you mean 'name'?\n"));
    assert_non_null(strstr(trial.complaints, ":3:9: redis.port must be 1 to 65535, not '0'\n"));
    assert_non_null(
        strstr(trial.complaints, ":4:8: redis.tls must be true or false, not 'maybe'\n"));
    assert_non_null(strstr(trial.complaints, "config.yaml: kafka.servers is missing; as a variable "
                                             "it is RELANCE_KAFKA_SERVERS\n"));
    assert_non_null(strstr(trial.error.text, "unknown key 'nmae'"));
    end_trial(&trial);
}

static void a_file_that_cannot_be_read_is_named(void **state)
{
    struct trial trial;

    (void)state;
    load_trial(&trial, &(struct rlc_config_source){ .path = "/nowhere/relance.yaml" });
    assert_string_equal(
        trial.error.text,
        "/nowhere/relance.yaml: cannot read '/nowhere/relance.yaml': No such file or directory");
    end_trial(&trial);

    load_trial(&trial, &(struct rlc_config_source){ .path = "/dev/zero" });
    assert_string_equal(trial.error.text, "/dev/zero: '/dev/zero' is larger than 1048576 bytes");
    end_trial(&trial);
}

static void a_file_nested_too_deeply_is_read_no_further(void **state)
{
    struct trial trial;

    (void)state;
    load_text(&trial, "z: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]\nzz: 1\n", NULL);
    assert_non_null(strstr(trial.complaints, "config.yaml:1:19: nested too deeply\n"));
    assert_null(strstr(trial.complaints, "config.yaml:2:"));
    end_trial(&trial);
}

static void complaints_never_show_a_secret(void **state)
{
    char *environment[] = {
        (char[]){ "RELANCE_REDIS_PASSWORD=abcdefghijklmnopqrstuvwxyz0123456789" },
        (char[]){ "RELANCE_POSTGRES_DSN=postgresql://u:\x01hush@h/d" },
        NULL,
    };
    struct trial trial;

    (void)state;
    load_trial(&trial, &(struct rlc_config_source){ .environment = environment });
    assert_int_equal(trial.status, RLC_FATAL);
    assert_null(strstr(trial.complaints, "abcdef"));
    assert_null(strstr(trial.complaints, "hush"));
    end_trial(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_broken_file_says_what_is_wrong_and_where),
        cmocka_unit_test(every_wrong_variable_is_named),
        cmocka_unit_test(all_mistakes_are_shown_at_once),
        cmocka_unit_test(a_file_that_cannot_be_read_is_named),
        cmocka_unit_test(a_file_nested_too_deeply_is_read_no_further),
        cmocka_unit_test(complaints_never_show_a_secret),
    };

    return cmocka_run_group_tests_name("broken config", tests, make_folder, remove_folder);
}
