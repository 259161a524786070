/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/process/process.h"
#include "common/runtime/build.h"
#include "common/runtime/config/config.h"
#include "common/runtime/genesis.h"
#include "common/runtime/topics.h"

extern char **environ;

/* ---- help ---- */

static void print_usage(FILE *out)
{
    (void)fprintf(out, "relancectl: the tool for people who run Relance\n\n"
                       "usage: relancectl [--config FILE] [--json] COMMAND ...\n\n");
    for (const struct ctl_command *command = CTL_COMMANDS; command->name; command++)
        (void)fprintf(out, "  %-18s %s\n", command->name, command->summary);
    (void)fprintf(out, "\n'relancectl COMMAND --help' says more. Exit codes: 0 fine, 1 found "
                       "something, 64 usage, 65 data, 66 not there,\n69 a server does not answer, "
                       "70 internal, 78 configuration.\n");
}

static void print_help(const struct ctl_command *command, FILE *out)
{
    (void)fprintf(out, "relancectl %s: %s\n\nusage: relancectl %s %s%s\n", command->name,
                  command->summary, command->name, command->options ? "[OPTIONS] " : "",
                  command->arguments);
    for (const struct ctl_option *option = command->options; option && option->name; option++) {
        char name[64];

        (void)snprintf(name, sizeof(name), "--%s%s%s", option->name, option->value ? " " : "",
                       option->value ? option->value : "");
        (void)fprintf(out, "  %-26s %s\n", name, option->help);
    }
    if (command->more)
        command->more(out);
    (void)fprintf(out, "\nexample:\n  %s\n", command->example);
}

/* ---- failing ---- */

int ctl_fail(const struct ctl *ctl, int code, const char *format, ...)
{
    char text[1024];
    va_list values;

    va_start(values, format);
    (void)vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    if (ctl && ctl->json) {
        json_t *object = json_pack("{s:s, s:i}", "error", text, "exit", code);

        (void)json_dumpf(object, stdout, JSON_COMPACT);
        (void)fputc('\n', stdout);
        json_decref(object);
    } else {
        (void)fprintf(stderr, "relancectl: %s\n", text);
    }
    return code;
}

int ctl_fail_error(const struct ctl *ctl, const char *what, const struct rlc_error *error)
{
    switch (error->status) {
    case RLC_RETRY:
    case RLC_ABORT:
        return ctl_fail(ctl, CTL_UNAVAILABLE, "%s: %s; does Kafka answer at %s?", what, error->text,
                        ctl->settings.kafka.bootstrap_servers);
    case RLC_REJECT:
        return ctl_fail(ctl, CTL_DATA, "%s: %s", what, error->text);
    case RLC_OK:
    case RLC_FATAL:
        break;
    }
    return ctl_fail(ctl, CTL_CONFIG, "%s: %s", what, error->text);
}

bool ctl_json(const struct ctl *ctl, json_t *result)
{
    if (ctl->json) {
        (void)json_dumpf(result, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
        (void)fputc('\n', stdout);
    }
    json_decref(result);
    return ctl->json;
}

/* ---- options ---- */

const char *ctl_option(const struct ctl *ctl, const char *name)
{
    for (size_t i = 0; ctl->command->options && ctl->command->options[i].name; i++) {
        if (strcmp(ctl->command->options[i].name, name) == 0)
            return ctl->option_values[i];
    }
    return NULL;
}

bool ctl_option_number(const struct ctl *ctl, const char *name, int64_t fallback, int64_t min,
                       int64_t max, int64_t *ret_number)
{
    const char *text = ctl_option(ctl, name);
    char *end = NULL;

    *ret_number = fallback;
    if (!text)
        return true;
    errno = 0;
    *ret_number = strtoll(text, &end, 10);
    if (errno == 0 && end != text && *end == '\0' && *ret_number >= min && *ret_number <= max)
        return true;
    (void)ctl_fail(ctl, CTL_USAGE, "--%s must be a whole number from %lld to %lld", name,
                   (long long)min, (long long)max);
    return false;
}

static int take_option(struct ctl *ctl, int argc, char **argv, int *at)
{
    const char *name = argv[*at] + 2;

    for (size_t i = 0; ctl->command->options && ctl->command->options[i].name; i++) {
        const struct ctl_option *option = &ctl->command->options[i];

        if (strcmp(option->name, name) != 0)
            continue;
        if (!option->value) {
            ctl->option_values[i] = "";
            return CTL_OK;
        }
        if (*at + 1 == argc)
            return ctl_fail(ctl, CTL_USAGE, "--%s takes %s", name, option->value);
        ctl->option_values[i] = argv[++*at];
        return CTL_OK;
    }
    return ctl_fail(ctl, CTL_USAGE, "unknown option '--%s'; see 'relancectl %s --help'", name,
                    ctl->command->name);
}

static int take_arguments(struct ctl *ctl, int argc, char **argv, int from)
{
    for (int at = from; at < argc; at++) {
        int code = CTL_OK;

        if (strcmp(argv[at], "--json") == 0)
            ctl->json = true;
        else if (strcmp(argv[at], "--help") == 0)
            return -1;
        else if (strncmp(argv[at], "--", 2) == 0)
            code = take_option(ctl, argc, argv, &at);
        else if (ctl->argument_count == ctl->command->arguments_max)
            code = ctl_fail(ctl, CTL_USAGE, "'%s' is one argument too many", argv[at]);
        else
            ctl->arguments[ctl->argument_count++] = argv[at];
        if (code != CTL_OK)
            return code;
    }
    if (ctl->argument_count < ctl->command->arguments_min)
        return ctl_fail(ctl, CTL_USAGE, "'%s' needs %s", ctl->command->name,
                        ctl->command->arguments);
    return CTL_OK;
}

/* ---- commands ---- */

static bool is_command(const struct ctl_command *command, int argc, char **argv, int at,
                       int *ret_words)
{
    size_t size = strlen(argv[at]);

    *ret_words = 1;
    if (strncmp(command->name, argv[at], size) != 0)
        return false;
    if (command->name[size] == '\0')
        return true;
    *ret_words = 2;
    return command->name[size] == ' ' && at + 1 < argc &&
           strcmp(command->name + size + 1, argv[at + 1]) == 0;
}

static const struct ctl_command *find_command(int argc, char **argv, int at, int *ret_words)
{
    for (const struct ctl_command *command = CTL_COMMANDS; command->name; command++) {
        if (is_command(command, argc, argv, at, ret_words))
            return command;
    }
    return NULL;
}

/* Letters two words share at their beginning: enough to guess a typing error in a short table. */
static const char *nearest(const char *word)
{
    const char *best = NULL;
    size_t best_length = 1;

    for (const struct ctl_command *command = CTL_COMMANDS; command->name; command++) {
        size_t length = 0;

        while (word[length] && word[length] == command->name[length])
            length++;
        if (length > best_length) {
            best = command->name;
            best_length = length;
        }
    }
    return best;
}

static int unknown_command(const struct ctl *ctl, const char *word)
{
    const char *guess = nearest(word);

    if (guess)
        return ctl_fail(ctl, CTL_USAGE, "unknown command '%s', did you mean '%s'?", word, guess);
    return ctl_fail(ctl, CTL_USAGE, "unknown command '%s'; 'relancectl --help' lists them", word);
}

static int load_settings(struct ctl *ctl, const char *path)
{
    struct rlc_config_table table = rlc_settings_table(&ctl->settings);
    struct rlc_config_source source = {
        .path = path, .environment = environ, .ignored = RLC_SETTINGS_IGNORED, .complaints = NULL
    };
    struct rlc_error error = { .text = "out of memory" };

    ctl->config = rlc_config_new(&table, 1);
    if (!ctl->config || rlc_config_load(ctl->config, &source, &error) != RLC_OK)
        return ctl_fail(ctl, CTL_CONFIG, "%s", error.text);
    rlc_process_kafka(&ctl->settings, ctl->properties, &ctl->kafka);
    return CTL_OK;
}

static int run_command(struct ctl *ctl, const char *config, int argc, char **argv, int at)
{
    int code = take_arguments(ctl, argc, argv, at);

    if (code < 0) {
        print_help(ctl->command, stdout);
        return CTL_OK;
    }
    if (code == CTL_OK && !ctl->command->offline)
        code = load_settings(ctl, config ? config : getenv("RELANCE_CONFIG"));
    if (code == CTL_OK)
        code = ctl->command->run(ctl);
    rlc_config_free(ctl->config);
    return code;
}

int ctl_main(int argc, char **argv)
{
    static struct ctl ctl; /* its settings are large */
    const char *config = NULL;
    int words = 0;
    int at = 1;

    for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
        if (strcmp(argv[at], "--json") == 0)
            ctl.json = true;
        else if (strcmp(argv[at], "--config") == 0 && at + 1 < argc)
            config = argv[++at];
        else if (strcmp(argv[at], "--version") == 0)
            return printf("relancectl %s (%s)\n", rlc_build_version(), rlc_build_commit()) < 0;
        else {
            bool asked = strcmp(argv[at], "--help") == 0;

            print_usage(asked ? stdout : stderr);
            return asked ? CTL_OK : CTL_USAGE;
        }
    }
    if (at == argc) {
        print_usage(stderr);
        return CTL_USAGE;
    }
    ctl.command = find_command(argc, argv, at, &words);
    if (!ctl.command)
        return unknown_command(&ctl, argv[at]);
    return run_command(&ctl, config, argc, argv, at + words);
}

/* ---- what commands share ---- */

bool ctl_topic(const struct ctl *ctl, const char *suffix, char *buffer)
{
    if (rlc_topic_full_name(ctl->settings.installation.topic_prefix, suffix, buffer))
        return true;
    (void)ctl_fail(ctl, CTL_CONFIG, "installation.topic_prefix is too long");
    return false;
}

int ctl_bundles(struct ctl *ctl, struct rlc_bundles **ret_bundles)
{
    char name[RLC_TOPIC_NAME_MAX];
    const char *topics[] = { name };
    struct rlc_bus_config config = { .topics = topics, .topic_count = 1 };
    struct rlc_error error = { .text = "" };
    struct rlc_bus *bus = NULL;
    int code = CTL_OK;
    enum rlc_status status;

    if (!ctl_topic(ctl, "bundles", name))
        return CTL_CONFIG;
    *ret_bundles = rlc_bundles_new();
    if (!*ret_bundles)
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    status = rlc_kafka_bus_open(&config, &ctl->kafka, &bus, &error);
    if (status == RLC_OK)
        status = rlc_bundles_read(bus, 0, *ret_bundles, &error);
    if (status == RLC_REJECT) {
        code = ctl_fail(ctl, CTL_NOT_THERE, "no installation '%s': run 'relancectl topics create'",
                        ctl->settings.installation.topic_prefix);
    } else if (status != RLC_OK) {
        code = ctl_fail_error(ctl, "kafka", &error);
    }
    if (bus)
        bus->ops->close(bus, true);
    if (code != CTL_OK) {
        rlc_bundles_free(*ret_bundles);
        *ret_bundles = NULL;
    }
    return code;
}

int ctl_installation(struct ctl *ctl, struct rlc_installation_facts *ret_facts)
{
    struct rlc_bundles *bundles = NULL;
    int code = ctl_bundles(ctl, &bundles);

    if (code == CTL_OK && !rlc_bundles_installation(bundles, ret_facts)) {
        code = ctl_fail(ctl, CTL_NOT_THERE,
                        "'%s.bundles' has no record 'installation': run 'relancectl topics create'",
                        ctl->settings.installation.topic_prefix);
    }
    rlc_bundles_free(bundles);
    return code;
}
