/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of relancectl: a table of commands, their options, one way to print and to fail. Each
 * command is one file. Exit codes are part of the interface. */
#ifndef RELANCECTL_CLI_H
#define RELANCECTL_CLI_H

#include <jansson.h>
#include <stdio.h>

#include "common/kafka/bus_kafka.h"
#include "common/runtime/bundles.h"
#include "common/runtime/config/settings.h"

enum ctl_exit {
    CTL_OK = 0,
    CTL_FOUND = 1,        /* it worked, and what it found is not fine (a check that failed) */
    CTL_USAGE = 64,       /* the command line is wrong */
    CTL_DATA = 65,        /* a file or a record is wrong */
    CTL_NOT_THERE = 66,   /* what was asked for does not exist */
    CTL_UNAVAILABLE = 69, /* a server does not answer */
    CTL_INTERNAL = 70,
    CTL_CONFIG = 78 /* the configuration is wrong */
};

#define CTL_ARGUMENTS_MAX 8
#define CTL_OPTIONS_MAX   12

struct ctl;

struct ctl_option {
    const char *name;  /* without the dashes */
    const char *value; /* what it takes, for --help; NULL: a flag */
    const char *help;
};

struct ctl_command {
    const char *name; /* one or two words */
    const char *summary;
    const char *arguments; /* for --help: "LEDGER.csv"; "" if there is none */
    int arguments_min;
    int arguments_max;
    const struct ctl_option *options; /* up to the first NULL name */
    void (*more)(FILE *out);          /* further lines of --help; NULL: none */
    const char *example;
    bool offline; /* asks no server, so it needs no configuration */
    int (*run)(struct ctl *ctl);
};

/* One invocation. */
struct ctl {
    const struct ctl_command *command;
    const char *arguments[CTL_ARGUMENTS_MAX];
    int argument_count;
    const char *option_values[CTL_OPTIONS_MAX]; /* by place in the command's table; "" for a flag */
    bool json;
    struct rlc_config *config; /* behind `settings`; freeing it wipes their secrets */
    struct rlc_settings settings;
    struct rlc_kafka_property properties[RLC_CONFIG_PAIRS_MAX];
    struct rlc_kafka_settings kafka;
};

/* The commands, up to the first NULL name. */
extern const struct ctl_command CTL_COMMANDS[];

/* Runs the program. */
int ctl_main(int argc, char **argv);

/* Value of an option; NULL if it was not given. A flag that was given is "". */
const char *ctl_option(const struct ctl *ctl, const char *name);

/* A whole number out of an option; `fallback` without it. False (and a message) if it is none or
 * out of range. */
bool ctl_option_number(const struct ctl *ctl, const char *name, int64_t fallback, int64_t min,
                       int64_t max, int64_t *ret_number);

/* Says on stderr what went wrong ("relancectl: ..."; with --json as an object) and returns `code`.
 */
int ctl_fail(const struct ctl *ctl, int code, const char *format, ...) RLC_PRINTF(3, 4);

/* The exit code that an error of a server call asks for, after having said it. */
int ctl_fail_error(const struct ctl *ctl, const char *what, const struct rlc_error *error);

/* With --json: prints `result` (consumed) as one line. Without: only frees it, the command prints
 * its own lines. Returns whether JSON was printed. */
bool ctl_json(const struct ctl *ctl, json_t *result);

/* "<prefix>.<suffix>"; false (and a message) if it is too long. */
bool ctl_topic(const struct ctl *ctl, const char *suffix, char *buffer);

/* Reads a file whole; CTL_OK, or the exit code after a message, also when it is longer than `max`.
 */
int ctl_file(const struct ctl *ctl, const char *path, size_t max, struct rlc_arena *arena,
             struct rlc_span *ret_content);

/* Reads the topic of bundles; CTL_OK and a catalog that the caller frees, or the exit code after a
 * message. Takes at most 10 s. */
int ctl_bundles(struct ctl *ctl, struct rlc_bundles **ret_bundles);

/* Reads what the installation is; CTL_OK, or the exit code after a message. Takes at most 10 s. */
int ctl_installation(struct ctl *ctl, struct rlc_installation_facts *ret_facts);

#endif
