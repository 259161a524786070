/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/config/options.h"

#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SERVERS "RELANCE_KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092"

struct own {
    int64_t threads;
};

static struct rlc_settings settings;
static struct own own;

static const struct rlc_config_field OWN_FIELD[] = {
    {
        .name = "notifier.threads",
        .type = RLC_CONFIG_INTEGER,
        .offset = offsetof(struct own, threads),
        .fallback = "8",
        .min = 1,
        .max = 64,
        .help = "Transfers at the same time.",
    },
};

static const struct rlc_feature FEATURE[] = { { "librdkafka", "2.0.2" } };

/* One run of a command line: its exit code and what it wrote. */
struct run {
    int result;
    struct rlc_config *config;
    char *out;
    char *err;
};

/* Runs with up to four arguments and the given variables. */
static struct run run(char *const *environment, const char *const arguments[4])
{
    const struct rlc_config_table table = { OWN_FIELD, RLC_COUNT(OWN_FIELD), &own };
    struct rlc_program program = {
        .name = "relance-notifier",
        .summary = "Performs contacts.",
        .settings = &settings,
        .own = &table,
        .features = FEATURE,
        .feature_count = RLC_COUNT(FEATURE),
        .environment = environment,
    };
    char copy[5][128] = { "relance-notifier" };
    char *argv[6] = { copy[0] };
    struct run done = { 0 };
    size_t out_size = 0;
    size_t err_size = 0;
    int argc = 1;

    for (; argc < 5 && arguments[argc - 1]; argc++) {
        (void)snprintf(copy[argc], sizeof(copy[argc]), "%s", arguments[argc - 1]);
        argv[argc] = copy[argc];
    }
    program.out = open_memstream(&done.out, &out_size);
    program.err = open_memstream(&done.err, &err_size);
    done.result = rlc_options_run(&program, argc, argv, &done.config);
    assert_int_equal(fclose(program.out), 0);
    assert_int_equal(fclose(program.err), 0);
    return done;
}

static void end(struct run *done)
{
    rlc_config_free(done->config);
    free(done->out);
    free(done->err);
}

static void without_options_the_worker_runs_with_its_settings(void **state)
{
    char *environment[] = { (char[]){ SERVERS }, (char[]){ "RELANCE_NOTIFIER_THREADS=3" }, NULL };
    struct run done = run(environment, (const char *const[4]){ NULL });

    (void)state;
    assert_string_equal(done.err, "");
    assert_int_equal(done.result, RLC_OPTIONS_RUN);
    assert_non_null(done.config);
    assert_string_equal(settings.kafka.bootstrap_servers, "127.0.0.1:9092");
    assert_int_equal(own.threads, 3);
    assert_int_equal(settings.worker.ordinal, 0);
    end(&done);
}

static void wrong_command_lines_exit_with_64(void **state)
{
    static const struct {
        const char *arguments[4];
        const char *complaint;
    } CASE[] = {
        { { "--cofig" }, "relance-notifier: unknown option '--cofig', try --help\n" },
        { { "--configure" }, "relance-notifier: unknown option '--configure', try --help\n" },
        { { "file.yaml" }, "relance-notifier: unknown option 'file.yaml', try --help\n" },
        { { "--config" }, "relance-notifier: a file must follow '--config', try --help\n" },
        { { "--config=" }, "relance-notifier: a file must follow '--config', try --help\n" },
        { { "--config", "a", "--config=b" },
          "relance-notifier: given twice: '--config', try --help\n" },
        { { "--check-config", "--print-config" },
          "relance-notifier: one thing at a time, not also '--print-config', try --help\n" },
    };
    char *environment[] = { (char[]){ SERVERS }, NULL };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASE); i++) {
        struct run done = run(environment, CASE[i].arguments);

        assert_int_equal(done.result, RLC_EXIT_USAGE);
        assert_null(done.config);
        assert_string_equal(done.err, CASE[i].complaint);
        assert_string_equal(done.out, "");
        end(&done);
    }
}

static void wrong_configurations_exit_with_78(void **state)
{
    static const struct {
        const char *variable;
        const char *complaint;
    } CASE[] = {
        { "RELANCE_NOTIFIER_THREADS=0",
          "RELANCE_NOTIFIER_THREADS: notifier.threads must be 1 to 64, not '0'\n" },
        { "RELANCE_REDIS_TLS=true",
          "redis.tls must be false: this build of relance-notifier cannot do TLS\n" },
        { "POD_NAME=relance-notifier-12345",
          "no ordinal at the end of 'relance-notifier-12345': run workers as a StatefulSet or set "
          "RELANCE_WORKER_ORDINAL\n" },
        { "RELANCE_CONFIG=/nowhere/x.yaml",
          "/nowhere/x.yaml: cannot read '/nowhere/x.yaml': No such file or directory\n" },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(CASE); i++) {
        char variable[64];
        char *environment[] = { (char[]){ SERVERS }, variable, NULL };
        struct run done;

        (void)snprintf(variable, sizeof(variable), "%s", CASE[i].variable);
        done = run(environment, (const char *const[4]){ "--check-config" });
        assert_int_equal(done.result, RLC_EXIT_CONFIG);
        assert_string_equal(done.err, CASE[i].complaint);
        assert_string_equal(done.out, "");
        end(&done);
    }
}

static void a_sound_configuration_is_confirmed(void **state)
{
    char *environment[] = { (char[]){ SERVERS }, NULL };
    struct run done = run(environment, (const char *const[4]){ "--check-config" });

    (void)state;
    assert_int_equal(done.result, RLC_EXIT_OK);
    assert_string_equal(done.out, "the configuration is sound\n");
    assert_null(done.config);
    end(&done);
}

static void the_file_comes_from_the_option_before_the_variable(void **state)
{
    char path[] = "/tmp/test_options.XXXXXX";
    int file = mkstemp(path);
    char *environment[] = { (char[]){ SERVERS }, (char[]){ "RELANCE_CONFIG=/nowhere" }, NULL };
    struct run done;

    (void)state;
    assert_int_equal(write(file, "redis:\n  port: 7\n", 17), 17);
    (void)close(file);
    done = run(environment, (const char *const[4]){ "--print-config", "--config", path });
    (void)unlink(path);

    assert_string_equal(done.err, "");
    assert_int_equal(done.result, RLC_EXIT_OK);
    assert_non_null(strstr(done.out, "  port: 7  # /tmp/test_options."));
    assert_non_null(strstr(done.out, "  username: \"\"  # default\n"));
    assert_non_null(strstr(done.out, "  # dsn: not set\n"));
    assert_non_null(strstr(done.out, "  tls: false  # default\n"));
    assert_non_null(strstr(done.out, "notifier:\n  threads: 8  # default\n"));
    end(&done);
}

static void the_file_may_be_written_behind_an_equals_sign(void **state)
{
    struct run done = run(NULL, (const char *const[4]){ "--config=/nowhere/x", "--check-config" });

    (void)state;
    assert_int_equal(done.result, RLC_EXIT_CONFIG);
    assert_non_null(strstr(done.err, "cannot read '/nowhere/x': No such file or directory\n"));
    end(&done);
}

static void help_and_version_need_no_configuration(void **state)
{
    struct run help = run(NULL, (const char *const[4]){ "--help" });
    struct run version = run(NULL, (const char *const[4]){ "--version" });

    (void)state;
    assert_int_equal(help.result, RLC_EXIT_OK);
    assert_non_null(
        strstr(help.out, "Performs contacts.\n\nusage: relance-notifier [--config FILE]"));
    assert_non_null(strstr(help.out, "  --check-config      check the configuration"));
    assert_non_null(strstr(help.out, "64 wrong usage, 78 wrong configuration"));

    assert_int_equal(version.result, RLC_EXIT_OK);
    assert_int_equal(strncmp(version.out, "relance-notifier ", strlen("relance-notifier ")), 0);
    assert_non_null(strstr(version.out, "\nlibrdkafka: 2.0.2\nredis-tls: no\nlibcrypto: OpenSSL "));
    end(&help);
    end(&version);
}

static void the_documentation_holds_both_tables(void **state)
{
    struct run done = run(NULL, (const char *const[4]){ "--document-config" });

    (void)state;
    assert_int_equal(done.result, RLC_EXIT_OK);
    assert_non_null(
        strstr(done.out, "| `redis.port` | `RELANCE_REDIS_PORT` | 1 to 65535 | `6379`"));
    assert_non_null(strstr(done.out, "| `notifier.threads` | `RELANCE_NOTIFIER_THREADS`"));
    end(&done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_the_worker_runs_with_its_settings),
        cmocka_unit_test(wrong_command_lines_exit_with_64),
        cmocka_unit_test(wrong_configurations_exit_with_78),
        cmocka_unit_test(a_sound_configuration_is_confirmed),
        cmocka_unit_test(the_file_comes_from_the_option_before_the_variable),
        cmocka_unit_test(the_file_may_be_written_behind_an_equals_sign),
        cmocka_unit_test(help_and_version_need_no_configuration),
        cmocka_unit_test(the_documentation_holds_both_tables),
    };

    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
