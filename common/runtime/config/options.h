/* SPDX-License-Identifier: Apache-2.0 */
/* The command line that all workers share, and the way from it to a loaded configuration. */
#ifndef RLC_RUNTIME_OPTIONS_H
#define RLC_RUNTIME_OPTIONS_H

#include "common/runtime/config/settings.h"

/* Exit codes, after sysexits.h. */
enum rlc_exit {
    RLC_EXIT_OK = 0,
    RLC_EXIT_FAILURE = 1, /* a worker that cannot go on */
    RLC_EXIT_USAGE = 64,  /* the command line is wrong */
    RLC_EXIT_CONFIG = 78  /* the configuration is wrong */
};

/* No exit: the worker shall run. */
#define RLC_OPTIONS_RUN (-1)

/* A line of --version about what this build can do: "librdkafka", "2.0.2". */
struct rlc_feature {
    const char *name;
    const char *value;
};

/* What a program is to its command line. Everything is borrowed. */
struct rlc_program {
    const char *name;    /* "relance-scenario" */
    const char *summary; /* one sentence */
    struct rlc_settings *settings;
    const struct rlc_config_table *own; /* its own table beside the common one; NULL: none */
    const char *const *required;        /* settings it cannot do without, then NULL; NULL: none */
    const struct rlc_feature *features;
    size_t feature_count;
    /* Writes all metrics of the program as a Markdown table. */
    void (*document_metrics)(const void *context, FILE *out);
    const void *metrics_context;
    bool redis_tls; /* whether this build can talk to Redis over TLS */
    char *const *environment;
    FILE *out; /* for what was asked for */
    FILE *err; /* for complaints */
};

/* Reads the command line and does what it says.
 *
 *   --config FILE      the YAML file (otherwise RELANCE_CONFIG names it, if it is set)
 *   --check-config     checks the configuration, connects nowhere
 *   --print-config     prints what is in force, secrets masked
 *   --document-config  prints all settings as a Markdown table
 *   --document-metrics prints all metrics as a Markdown table
 *   --version, --help
 *
 * RLC_OPTIONS_RUN: the settings are loaded and checked, and `ret_config` is the caller's to free.
 * Otherwise the exit code, and `ret_config` is NULL. */
int rlc_options_run(const struct rlc_program *program, int argc, char *const *argv,
                    struct rlc_config **ret_config);

#endif
