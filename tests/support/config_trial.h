/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration under test: a table with every type of field, a file in a folder of its own, and
 * what was complained about. */
#ifndef RLC_TESTS_CONFIG_TRIAL_H
#define RLC_TESTS_CONFIG_TRIAL_H

#include "common/runtime/config/config.h"

#include "tests/support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Every type of field, in the sections that the complaints below name. */
struct sample {
    char name[17];
    int64_t port;
    int64_t wait_ms;
    bool tls;
    enum { COLOUR_RED, COLOUR_GREEN } colour;
    struct rlc_config_list topics;
    struct rlc_config_list zones;
    struct rlc_config_map properties;
    char servers[65];
    char password[33];
    char dsn[129];
};

static inline const char *refuse_topic(const char *text)
{
    return strchr(text, ' ') ? "a topic's name" : NULL;
}

static inline const char *refuse_property(const char *key)
{
    return strcmp(key, "acks") == 0 ? "transactions need all" : NULL;
}

static const char *const COLOURS[] = { "red", "green", NULL };

static const struct rlc_config_field SAMPLE_FIELD[] = {
    {
        .name = "kafka.servers",
        .offset = offsetof(struct sample, servers),
        .min = 1,
        .max = 64,
        .help = "Brokers.",
    },
    {
        .name = "kafka.wait_ms",
        .type = RLC_CONFIG_DURATION,
        .offset = offsetof(struct sample, wait_ms),
        .fallback = "10s",
        .min = 500,
        .max = 300000,
        .help = "Patience.",
    },
    {
        .name = "kafka.properties",
        .type = RLC_CONFIG_MAP,
        .offset = offsetof(struct sample, properties),
        .fallback = "",
        .refuse = refuse_property,
        .help = "The rest.",
    },
    {
        .name = "name",
        .offset = offsetof(struct sample, name),
        .fallback = "relance",
        .min = 1,
        .max = 16,
        .help = "What it is called.",
    },
    {
        .name = "redis.port",
        .type = RLC_CONFIG_INTEGER,
        .offset = offsetof(struct sample, port),
        .fallback = "6379",
        .min = 1,
        .max = 65535,
        .help = "Port.",
    },
    {
        .name = "redis.password",
        .offset = offsetof(struct sample, password),
        .fallback = "",
        .min = 4,
        .max = 32,
        .flags = RLC_CONFIG_SECRET,
        .help = "Password.",
    },
    {
        .name = "redis.tls",
        .type = RLC_CONFIG_BOOLEAN,
        .offset = offsetof(struct sample, tls),
        .fallback = "false",
        .help = "Encrypted.",
    },
};

/* As if a worker had brought it: joins sections of the first table. */
static const struct rlc_config_field SAMPLE_OWN_FIELD[] = {
    {
        .name = "kafka.topics",
        .type = RLC_CONFIG_LIST,
        .offset = offsetof(struct sample, topics),
        .fallback = "",
        .min = 1,
        .max = 20,
        .refuse = refuse_topic,
        .help = "Sources.",
    },
    {
        .name = "look.colour",
        .type = RLC_CONFIG_CHOICE,
        .offset = offsetof(struct sample, colour),
        .fallback = "green",
        .choices = COLOURS,
        .help = "Colour.",
    },
    {
        .name = "look.zones",
        .type = RLC_CONFIG_LIST,
        .offset = offsetof(struct sample, zones),
        .fallback = "north,south",
        .min = 1,
        .max = 20,
        .help = "Zones.",
    },
    {
        .name = "postgres.dsn",
        .offset = offsetof(struct sample, dsn),
        .fallback = "",
        .min = 1,
        .max = 128,
        .flags = RLC_CONFIG_SECRET | RLC_CONFIG_URI,
        .help = "Database.",
    },
};

/* A configuration under test, its struct, and what it complained about. */
struct trial {
    struct sample sample;
    struct rlc_config *config;
    struct rlc_error error;
    enum rlc_status status;
    char *complaints;
    size_t complaints_size;
};

static char folder[] = "/tmp/test_config.XXXXXX";
static char yaml_path[64];

static inline void write_file(const char *path, const char *text, size_t size)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static inline void begin_trial(struct trial *trial)
{
    const struct rlc_config_table tables[] = {
        { SAMPLE_FIELD, RLC_COUNT(SAMPLE_FIELD), &trial->sample },
        { SAMPLE_OWN_FIELD, RLC_COUNT(SAMPLE_OWN_FIELD), &trial->sample },
    };

    memset(trial, 0, sizeof(*trial));
    trial->config = rlc_config_new(tables, RLC_COUNT(tables));
    assert_non_null(trial->config);
}

static inline void load_trial(struct trial *trial, const struct rlc_config_source *source)
{
    struct rlc_config_source complete = *source;

    begin_trial(trial);
    complete.complaints = open_memstream(&trial->complaints, &trial->complaints_size);
    trial->status = rlc_config_load(trial->config, &complete, &trial->error);
    assert_int_equal(fclose(complete.complaints), 0);
}

/* Loads a file with this text, and variables. */
static inline void load_text(struct trial *trial, const char *text, char *const *environment)
{
    write_file(yaml_path, text, strlen(text));
    load_trial(trial, &(struct rlc_config_source){ .path = yaml_path, .environment = environment });
}

static inline void end_trial(struct trial *trial)
{
    rlc_config_free(trial->config);
    free(trial->complaints);
}

static inline char *printed(const struct trial *trial)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    rlc_config_print(trial->config, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

/* The complaint without the folder of this run: "config.yaml:1:1: ...". */
static inline const char *without_folder(const char *text)
{
    size_t size = strlen(folder) + 1;

    return strncmp(text, folder, size - 1) == 0 ? text + size : text;
}

static inline int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(yaml_path, sizeof(yaml_path), "%s/config.yaml", folder);
    return 0;
}

static inline int remove_folder(void **state)
{
    char path[64];

    (void)state;
    (void)snprintf(path, sizeof(path), "%s/secret", folder);
    (void)unlink(path);
    (void)unlink(yaml_path);
    return rmdir(folder);
}

#endif
