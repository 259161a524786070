/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/config/options.h"

#include <microhttpd.h>
#include <openssl/crypto.h>
#include <string.h>
#include <yaml.h>

#include "common/runtime/build.h"

enum action {
    ACTION_RUN,
    ACTION_CHECK,
    ACTION_PRINT,
    ACTION_DOCUMENT,
    ACTION_METRICS,
    ACTION_VERSION,
    ACTION_HELP
};

static const struct {
    const char *option;
    enum action action;
    const char *help;
} ACTION[] = {
    { "--check-config", ACTION_CHECK, "check the configuration, connect nowhere" },
    { "--print-config", ACTION_PRINT, "print what is in force, secrets masked" },
    { "--document-config", ACTION_DOCUMENT, "print all settings as a Markdown table" },
    { "--document-metrics", ACTION_METRICS, "print all metrics as a Markdown table" },
    { "--version", ACTION_VERSION, "print version, commit and features" },
    { "--help", ACTION_HELP, "print this" },
};

struct options {
    enum action action;
    const char *path; /* of the file; NULL: none */
};

static int refuse(const struct rlc_program *program, const char *what, const char *option)
{
    (void)fprintf(program->err, "%s: %s '%s', try --help\n", program->name, what, option);
    return RLC_EXIT_USAGE;
}

static const char *variable_value(char *const *environment, const char *assignment)
{
    size_t size = strlen(assignment);

    for (; environment && *environment; environment++) {
        if (strncmp(*environment, assignment, size) == 0 && (*environment)[size])
            return *environment + size;
    }
    return NULL;
}

/* Reads an action; false when the option is none. */
static bool read_action(const char *option, enum action *ret_action)
{
    for (size_t i = 0; i < RLC_COUNT(ACTION); i++) {
        if (strcmp(ACTION[i].option, option) == 0) {
            *ret_action = ACTION[i].action;
            return true;
        }
    }
    return false;
}

/* RLC_OPTIONS_RUN when all is understood, else the exit code. */
static int read_options(const struct rlc_program *program, int argc, char *const *argv,
                        struct options *options)
{
    static const char CONFIG[] = "--config";
    size_t size = sizeof(CONFIG) - 1;

    for (int i = 1; i < argc; i++) {
        const char *option = argv[i];
        bool config = strncmp(option, CONFIG, size) == 0 && (!option[size] || option[size] == '=');

        if (!config && options->action != ACTION_RUN)
            return refuse(program, "one thing at a time, not also", option);
        if (!config && !read_action(option, &options->action))
            return refuse(program, "unknown option", option);
        if (!config)
            continue;
        if (options->path)
            return refuse(program, "given twice:", CONFIG);
        options->path = option[size] ? option + size + 1 : argv[++i];
        if (!options->path || !options->path[0])
            return refuse(program, "a file must follow", CONFIG);
    }
    return RLC_OPTIONS_RUN;
}

static void print_version(const struct rlc_program *program)
{
    (void)fprintf(program->out, "%s %s (commit %s)\n", program->name, rlc_build_version(),
                  rlc_build_commit());
    for (size_t i = 0; i < program->feature_count; i++)
        (void)fprintf(program->out, "%s: %s\n", program->features[i].name,
                      program->features[i].value);
    (void)fprintf(program->out, "redis-tls: %s\n", program->redis_tls ? "yes" : "no");
    (void)fprintf(program->out, "libcrypto: %s\n", OpenSSL_version(OPENSSL_VERSION));
    (void)fprintf(program->out, "libyaml: %s\n", yaml_get_version_string());
    (void)fprintf(program->out, "libmicrohttpd: %s\n", MHD_get_version());
}

static void print_help(const struct rlc_program *program)
{
    (void)fprintf(program->out, "%s\n\nusage: %s [--config FILE] [OPTION]\n\n", program->summary,
                  program->name);
    (void)fprintf(program->out, "  %-19s %s\n", "--config FILE",
                  "read settings from this YAML file (default: RELANCE_CONFIG)");
    for (size_t i = 0; i < RLC_COUNT(ACTION); i++)
        (void)fprintf(program->out, "  %-19s %s\n", ACTION[i].option, ACTION[i].help);
    (void)fprintf(program->out,
                  "\nEvery setting may be given as a variable: redis.port is RELANCE_REDIS_PORT.\n"
                  "Variables win over the file.\n\n"
                  "Exit codes: %d done, %d failed, %d wrong usage, %d wrong configuration.\n",
                  RLC_EXIT_OK, RLC_EXIT_FAILURE, RLC_EXIT_USAGE, RLC_EXIT_CONFIG);
}

static void print_metrics(const struct rlc_program *program)
{
    program->document_metrics(program->metrics_context, program->out);
}

/* What needs no settings. */
static void (*const PRINT[])(const struct rlc_program *program) = {
    [ACTION_METRICS] = print_metrics,
    [ACTION_VERSION] = print_version,
    [ACTION_HELP] = print_help,
};

/* A configuration over the common and the own table; NULL when memory is short. */
static struct rlc_config *make_config(const struct rlc_program *program)
{
    struct rlc_config_table tables[2] = { rlc_settings_table(program->settings) };

    if (program->own)
        tables[1] = *program->own;
    return rlc_config_new(tables, program->own ? 2 : 1);
}

/* Loads and checks all; complaints are printed. */
static enum rlc_status load(const struct rlc_program *program, struct rlc_config *config,
                            const char *path)
{
    struct rlc_config_source source = {
        .path = path,
        .environment = program->environment,
        .ignored = RLC_SETTINGS_IGNORED,
        .required = program->required,
        .complaints = program->err,
    };
    struct rlc_error error;

    if (rlc_config_load(config, &source, NULL) != RLC_OK)
        return RLC_FATAL;
    if (rlc_settings_complete(program->settings, program->environment, &error) != RLC_OK) {
        (void)fprintf(program->err, "%s\n", error.text);
        return RLC_FATAL;
    }
    if (program->settings->redis.tls && !program->redis_tls) {
        (void)fprintf(program->err, "redis.tls must be false: this build of %s cannot do TLS\n",
                      program->name);
        return RLC_FATAL;
    }
    return RLC_OK;
}

/* Does what needs the settings; the exit code, or RLC_OPTIONS_RUN. */
static int act(const struct rlc_program *program, const struct options *options,
               struct rlc_config *config)
{
    if (options->action == ACTION_DOCUMENT) {
        rlc_config_document(config, program->out);
        return RLC_EXIT_OK;
    }
    if (load(program, config, options->path) != RLC_OK)
        return RLC_EXIT_CONFIG;
    if (options->action == ACTION_RUN)
        return RLC_OPTIONS_RUN;
    if (options->action == ACTION_PRINT)
        rlc_config_print(config, program->out);
    else
        (void)fprintf(program->out, "the configuration is sound\n");
    return RLC_EXIT_OK;
}

int rlc_options_run(const struct rlc_program *program, int argc, char *const *argv,
                    struct rlc_config **ret_config)
{
    struct options options = { .action = ACTION_RUN };
    int result = read_options(program, argc, argv, &options);
    struct rlc_config *config;

    *ret_config = NULL;
    if (result != RLC_OPTIONS_RUN)
        return result;
    if (!options.path)
        options.path = variable_value(program->environment, "RELANCE_CONFIG=");
    if (PRINT[options.action]) {
        PRINT[options.action](program);
        return RLC_EXIT_OK;
    }
    config = make_config(program);
    if (!config) {
        (void)fprintf(program->err, "%s: memory is short\n", program->name);
        return RLC_EXIT_FAILURE;
    }
    result = act(program, &options, config);
    if (result == RLC_OPTIONS_RUN)
        *ret_config = config;
    else
        rlc_config_free(config);
    return result;
}
