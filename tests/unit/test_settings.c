/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/config/settings.h"

#include "tests/support/check.h"

#include <string.h>

#include "common/runtime/log.h"

#define SERVERS "RELANCE_KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092"

/* Static: 74 KB, most of it for properties. */
static struct rlc_settings settings;

static enum rlc_status load(char *const *environment, struct rlc_error *reterr)
{
    struct rlc_config_table table = rlc_settings_table(&settings);
    struct rlc_config *config = rlc_config_new(&table, 1);
    struct rlc_config_source source = { .environment = environment,
                                        .ignored = RLC_SETTINGS_IGNORED };
    enum rlc_status status;

    assert_non_null(config);
    status = rlc_config_load(config, &source, reterr);
    if (status == RLC_OK)
        status = rlc_settings_complete(&settings, environment, reterr);
    rlc_config_free(config);
    return status;
}

static void one_variable_is_enough(void **state)
{
    char *environment[] = { (char[]){ SERVERS }, NULL };
    struct rlc_error error;

    (void)state;
    assert_int_equal(load(environment, &error), RLC_OK);

    assert_string_equal(settings.installation.name, "relance");
    assert_string_equal(settings.installation.topic_prefix, "relance");
    assert_int_equal(settings.worker.ordinal, 0);
    assert_int_equal(settings.worker.batch_max, 10000);
    assert_int_equal(settings.kafka.session_timeout_ms, 10000);
    assert_int_equal(settings.kafka.transaction_timeout_ms, 10000);
    assert_string_equal(settings.redis.host, "127.0.0.1");
    assert_int_equal(settings.redis.port, 6379);
    assert_false(settings.redis.tls);
    assert_string_equal(settings.http.listen, "0.0.0.0:9464");
    assert_int_equal(settings.log.level, RLC_LOG_INFO);
}

static void the_variables_of_the_local_stack_do_not_disturb(void **state)
{
    char *environment[] = {
        (char[]){ SERVERS },
        (char[]){ "RELANCE_LOCAL_DIR=x" },
        (char[]){ "RELANCE_REDIS_HOST=127.0.0.1" },
        (char[]){ "RELANCE_REDIS_PORT=16379" },
        (char[]){ "RELANCE_POSTGRES_DSN=postgresql://relance_audit@127.0.0.1:15432/relance" },
        (char[]){ "RELANCE_POSTGRES_KEYS_DSN=x" },
        (char[]){ "RELANCE_POSTGRES_OWNER_DSN=x" },
        (char[]){ "RELANCE_POSTGRES_READ_DSN=x" },
        (char[]){ "RELANCE_POSTGRES_SUPERUSER_DSN=x" },
        (char[]){ "RELANCE_SMTP_PORT=12525" },
        NULL,
    };
    struct rlc_error error;

    (void)state;
    assert_int_equal(load(environment, &error), RLC_OK);
    assert_int_equal(settings.redis.port, 16379);
}

static void the_ordinal_ends_the_name_of_the_pod(void **state)
{
    static const struct {
        const char *variable[3];
        int64_t expected;
    } CASE[] = {
        { { "POD_NAME=relance-scenario-2" }, 2 },
        { { "HOSTNAME=relance-scenario-13" }, 13 },
        { { "HOSTNAME=relance-scenario-1", "POD_NAME=relance-scenario-7" }, 7 },
        { { "POD_NAME=a-3", "RELANCE_WORKER_ORDINAL=5" }, 5 },
        { { "POD_NAME=a-3", "RELANCE_WORKER_ORDINAL=-1" }, 3 },
        { { "HOSTNAME=laptop" }, 0 },
        { { "HOSTNAME=a-" }, 0 },
        { { "HOSTNAME=relance-ingest-7d9f8-x2x4z" }, 0 },
        { { "HOSTNAME=a-999" }, 999 },
        { { "HOSTNAME=a-9", "RELANCE_WORKER_ORDINAL=0" }, 0 },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASE); i++) {
        char one[64] = "";
        char two[64] = "";
        char *environment[] = { (char[]){ SERVERS }, one, two, NULL };
        struct rlc_error error;

        (void)snprintf(one, sizeof(one), "%s", CASE[i].variable[0]);
        (void)snprintf(two, sizeof(two), "%s", CASE[i].variable[1] ? CASE[i].variable[1] : "");
        assert_int_equal(load(environment, &error), RLC_OK);
        assert_int_equal(settings.worker.ordinal, CASE[i].expected);
    }
}

static void a_pod_of_no_stateful_set_is_refused(void **state)
{
    char *environment[] = {
        (char[]){ SERVERS },
        (char[]){ "POD_NAME=relance-scenario-7d9f8-24792479247924792479247924" },
        NULL,
    };
    struct rlc_error error;

    (void)state;
    assert_int_equal(load(environment, &error), RLC_FATAL);
    assert_string_equal(
        error.text, "no ordinal at the end of 'relance-scenario-7d9f8-24792479247924792479247924"
                    "': run workers as a StatefulSet or set RELANCE_WORKER_ORDINAL");
}

static void an_ordinal_one_too_large_is_refused(void **state)
{
    char *environment[] = { (char[]){ SERVERS }, (char[]){ "POD_NAME=a-1000" }, NULL };
    struct rlc_error error;

    (void)state;
    assert_int_equal(load(environment, &error), RLC_FATAL);
}

static void properties_that_carry_guarantees_are_refused(void **state)
{
    static const char *const VARIABLE[] = {
        "ENABLE_AUTO_COMMIT=true",
        "ENABLE_AUTO_OFFSET_STORE=true",
        "ISOLATION_LEVEL=x",
        "PARTITION_ASSIGNMENT_STRATEGY=x",
        "AUTO_OFFSET_RESET=earliest",
        "ENABLE_IDEMPOTENCE=false",
        "ACKS=1",
        "TRANSACTIONAL_ID=x",
        "GROUP_ID=x",
        "GROUP_INSTANCE_ID=x",
        "TRANSACTION_TIMEOUT_MS=1",
        "GROUP_PROTOCOL=consumer",
        "BOOTSTRAP_SERVERS=x",
        "REQUEST_REQUIRED_ACKS=1",
        "SESSION_TIMEOUT_MS=1",
        "METADATA_BROKER_LIST=x",
        "AUTO_COMMIT_ENABLE=true",
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(VARIABLE); i++) {
        char variable[96];
        char *environment[] = { (char[]){ SERVERS }, variable, NULL };
        struct rlc_error error = { .text = "" };

        (void)snprintf(variable, sizeof(variable), "RELANCE_KAFKA_PROPERTIES_%s", VARIABLE[i]);
        assert_int_equal(load(environment, &error), RLC_FATAL);
        assert_non_null(strstr(error.text, "kafka.properties may not hold '"));
    }
}

static void other_properties_pass_through(void **state)
{
    char *environment[] = {
        (char[]){ SERVERS },
        (char[]){ "RELANCE_KAFKA_PROPERTIES_SECURITY_PROTOCOL=SASL_SSL" },
        NULL,
    };
    struct rlc_error error;
    struct rlc_config_table table = rlc_settings_table(&settings);
    struct rlc_config *config = rlc_config_new(&table, 1);

    (void)state;
    assert_int_equal(
        rlc_config_load(config, &(struct rlc_config_source){ .environment = environment }, &error),
        RLC_OK);
    assert_int_equal(settings.kafka.properties.count, 1);
    assert_string_equal(settings.kafka.properties.pair[0].key, "security.protocol");
    assert_string_equal(settings.kafka.properties.pair[0].value, "SASL_SSL");
    rlc_config_free(config);
}

static void names_and_addresses_are_checked(void **state)
{
    static const struct {
        const char *variable;
        const char *complaint;
    } CASE[] = {
        { "RELANCE_INSTALLATION_NAME=Shop",
          "RELANCE_INSTALLATION_NAME: installation.name must be made of a to z, 0 to 9, '-', '_' "
          "and '.', not 'Shop'" },
        { "RELANCE_HTTP_LISTEN=localhost:80",
          "RELANCE_HTTP_LISTEN: http.listen must be a numeric address and port such as "
          "0.0.0.0:9464 or [::]:9464, not 'localhost:80'" },
        { "RELANCE_LOG_LEVEL=trace",
          "RELANCE_LOG_LEVEL: log.level must be one of debug, info, warn, error, not 'trace'" },
        { "RELANCE_KAFKA_SESSION_TIMEOUT_MS=5s",
          "RELANCE_KAFKA_SESSION_TIMEOUT_MS: kafka.session_timeout_ms must be 6s to 5m, not '5s'" },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASE); i++) {
        char variable[96];
        char *environment[] = { (char[]){ SERVERS }, variable, NULL };
        struct rlc_error error = { .text = "" };

        (void)snprintf(variable, sizeof(variable), "%s", CASE[i].variable);
        assert_int_equal(load(environment, &error), RLC_FATAL);
        assert_string_equal(error.text, CASE[i].complaint);
    }
}

static void an_empty_address_serves_nothing(void **state)
{
    char *environment[] = { (char[]){ SERVERS }, (char[]){ "RELANCE_HTTP_LISTEN=" }, NULL };
    struct rlc_error error;

    (void)state;
    assert_int_equal(load(environment, &error), RLC_OK);
    assert_string_equal(settings.http.listen, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_variable_is_enough),
        cmocka_unit_test(the_variables_of_the_local_stack_do_not_disturb),
        cmocka_unit_test(the_ordinal_ends_the_name_of_the_pod),
        cmocka_unit_test(a_pod_of_no_stateful_set_is_refused),
        cmocka_unit_test(an_ordinal_one_too_large_is_refused),
        cmocka_unit_test(properties_that_carry_guarantees_are_refused),
        cmocka_unit_test(other_properties_pass_through),
        cmocka_unit_test(names_and_addresses_are_checked),
        cmocka_unit_test(an_empty_address_serves_nothing),
    };

    return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
