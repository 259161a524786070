/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration: tables bind dotted names to members of structs. The same tables read the YAML file
 * and the environment, check, print the effective values and write the documentation.
 *
 * Later sources win: fallback of the table < YAML file < environment. `kafka.session_timeout_ms` is
 * the key `session_timeout_ms` below `kafka` in the file, and RELANCE_KAFKA_SESSION_TIMEOUT_MS.
 * Whatever is unknown, doubled, of the wrong type or out of range is refused with its place: a
 * typing error must not become a silent default. */
#ifndef RLC_RUNTIME_CONFIG_H
#define RLC_RUNTIME_CONFIG_H

#include <stdio.h>

#include "common/pure/status.h"

#define RLC_CONFIG_NAME_MAX 63 /* bytes of a dotted name */
/* Bytes of one item of a list, with its NUL: a topic's name has at most 249. */
#define RLC_CONFIG_ITEM_SIZE 256
#define RLC_CONFIG_ITEMS_MAX 64 /* items of one list: source topics of one installation */
/* A pass-through section: more properties than anybody sets, values as long as a list of servers.
 */
#define RLC_CONFIG_PAIRS_MAX  64
#define RLC_CONFIG_KEY_SIZE   64
#define RLC_CONFIG_VALUE_SIZE 1024

enum rlc_config_type {
    RLC_CONFIG_TEXT,    /* char[max + 1]: `min` to `max` bytes of clean text (common/pure/text.h) */
    RLC_CONFIG_INTEGER, /* int64_t, `min` to `max` */
    RLC_CONFIG_DURATION, /* int64_t milliseconds, `min` to `max`; the name ends in "_ms". Written
                          * with a unit (ms, s, m, h, d) or as a bare number of milliseconds */
    RLC_CONFIG_BOOLEAN,  /* bool: true or false, nothing else */
    RLC_CONFIG_CHOICE,   /* int32_t or an enum of that size: the place in `choices` */
    RLC_CONFIG_LIST, /* struct rlc_config_list: items of `min` to `max` bytes. In the environment
                      * and in the fallback separated by commas */
    RLC_CONFIG_MAP   /* struct rlc_config_map: any keys. RELANCE_<NAME>_<KEY> in the environment,
                      * where each underscore of the key stands for a dot */
};

enum rlc_config_flag {
    /* Never shown. Has a twin `<name>_file` that names a file with the value (a mounted secret; one
     * line break at its end does not count); giving both is refused. In a MAP every key has such a
     * twin, whatever the flags. */
    RLC_CONFIG_SECRET = 1u << 0,
    /* With SECRET: a URI whose user, host and path are shown, and only the password is masked. */
    RLC_CONFIG_URI = 1u << 1
};

struct rlc_config_list {
    size_t count;
    char item[RLC_CONFIG_ITEMS_MAX][RLC_CONFIG_ITEM_SIZE];
};

struct rlc_config_pair {
    char key[RLC_CONFIG_KEY_SIZE];
    char value[RLC_CONFIG_VALUE_SIZE];
    int32_t line; /* of the file; 0: from the environment */
};

struct rlc_config_map {
    size_t count;
    struct rlc_config_pair pair[RLC_CONFIG_PAIRS_MAX];
};

struct rlc_config_field {
    const char *name; /* lower case, dots between sections, underscores inside words */
    enum rlc_config_type type;
    size_t offset;        /* of the member */
    const char *fallback; /* as in the environment; NULL: must be given */
    int64_t min;
    int64_t max;
    unsigned flags;             /* of enum rlc_config_flag */
    const char *const *choices; /* CHOICE: names in the order of their values, then NULL */
    /* Optional further check; NULL when the text is fine, else a static text. Of a TEXT that is not
     * empty and of each item of a LIST: what it must be ("host:port"). Of each key of a MAP: why it
     * is refused. */
    const char *(*refuse)(const char *text);
    const char *help; /* one sentence, upper case first, full stop last */
};

/* The fields of one struct, and the struct. Fields and struct outlive the configuration. */
struct rlc_config_table {
    const struct rlc_config_field *fields;
    size_t count;
    void *target;
};

struct rlc_config_source {
    const char *path;         /* YAML file; NULL: none */
    char *const *environment; /* "NAME=value" strings, then NULL; NULL: none */
    /* RELANCE_ variables that belong to others (scripts, tools), then NULL; NULL: none. */
    const char *const *ignored;
    /* Names of fields with an empty fallback that this process needs, then NULL; NULL: none. */
    const char *const *required;
    FILE *complaints; /* receives one line for each thing that is wrong; NULL: nobody */
};

struct rlc_config;

/* Makes a configuration over `count` tables (copied; fields and targets are borrowed). Asserts that
 * the tables are sound: names distinct, fallbacks readable. NULL when memory is short. */
RLC_NODISCARD struct rlc_config *rlc_config_new(const struct rlc_config_table *tables,
                                                size_t count);

/* Fills the targets from all sources, once. RLC_FATAL if anything is wrong: the first complaint is
 * in `reterr`, all are in `source->complaints`, and the targets must not be used. */
RLC_NODISCARD enum rlc_status rlc_config_load(struct rlc_config *config,
                                              const struct rlc_config_source *source,
                                              struct rlc_error *reterr);

/* Whether the file or the environment said something about the field of this name. */
bool rlc_config_given(const struct rlc_config *config, const char *name);

/* Prints what is in force as YAML that can be read back: secrets masked, the source of each value
 * as a comment. */
void rlc_config_print(const struct rlc_config *config, FILE *out);

/* Prints a Markdown table of all fields: name, variable, values, default, meaning. */
void rlc_config_document(const struct rlc_config *config, FILE *out);

/* Frees everything and wipes the secrets from the targets' memory; NULL is allowed. */
void rlc_config_free(struct rlc_config *config);

#endif
