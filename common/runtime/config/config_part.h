/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the configuration share: for config*.c alone. */
#ifndef RLC_RUNTIME_CONFIG_PART_H
#define RLC_RUNTIME_CONFIG_PART_H

#include "common/runtime/config/config.h"

#define RLC_CONFIG_PREFIX "RELANCE_"
#define RLC_CONFIG_MASK   "********"
/* "RELANCE_" + a name + "_FILE" + NUL. */
#define RLC_CONFIG_VARIABLE_SIZE 80

/* Where something stands: a variable, or a place of the file (counted from 1). */
struct rlc_config_mark {
    const char *variable;
    int32_t line;
    int32_t column;
};

/* Where a value came from; all zero: the fallback. */
struct rlc_config_origin {
    bool given;
    int32_t line; /* of the file; 0: from the environment */
};

struct rlc_config_entry {
    const struct rlc_config_field *field;
    void *member;
    struct rlc_config_origin value;
    struct rlc_config_origin value_file; /* of its twin `<name>_file` */
    struct rlc_config_mark twin_mark;
};

struct rlc_config {
    struct rlc_config_entry *entries; /* by name */
    size_t count;
    const struct rlc_config_source *source; /* while loading */
    struct rlc_error *reterr;               /* while loading */
    size_t complaints;
    char path[512]; /* of the file, for print */
};

/* Reports "place: text". */
void rlc_config_complain(struct rlc_config *config, const struct rlc_config_mark *mark,
                         const char *format, ...) RLC_PRINTF(3, 4);

/* The entry of a name, NULL if there is none. */
struct rlc_config_entry *rlc_config_find(const struct rlc_config *config, const char *name);

/* The entry whose twin `<name>_file` this is, NULL if it is none. */
struct rlc_config_entry *rlc_config_find_twin(const struct rlc_config *config, const char *name);

/* Sets a scalar, or a list from its comma form, and notes where it came from. */
void rlc_config_set(struct rlc_config *config, struct rlc_config_entry *entry,
                    const struct rlc_config_mark *mark, const char *text);
/* Sets a secret from the file it names. */
void rlc_config_set_from_file(struct rlc_config *config, struct rlc_config_entry *entry,
                              const struct rlc_config_mark *mark, const char *path);
/* Adds an item to a list that was emptied at its beginning. */
void rlc_config_add_item(struct rlc_config *config, struct rlc_config_entry *entry,
                         const struct rlc_config_mark *mark, const char *text);
/* Puts a pair into a map; a key `x_file` sets `x` from a file. */
void rlc_config_put_pair(struct rlc_config *config, struct rlc_config_entry *entry,
                         const struct rlc_config_mark *mark, const char *key, const char *value);

/* config_yaml.c: reads the file. */
void rlc_config_read_yaml(struct rlc_config *config, const char *path);

/* config_env.c: reads the variables, and names the variable of a field. */
void rlc_config_read_environment(struct rlc_config *config);
void rlc_config_variable(const char *name, char ret_variable[RLC_CONFIG_VARIABLE_SIZE]);

/* config_value.c. Parses a scalar; false with a reason that follows the name, such as "must be true
 * or false, not 'yes'". Reasons about secrets never hold the value. */
#define RLC_CONFIG_WHY_SIZE 200
RLC_NODISCARD bool rlc_config_parse(const struct rlc_config_field *field, const char *text,
                                    void *member, char ret_why[RLC_CONFIG_WHY_SIZE]);
/* Adds one item to a list. */
RLC_NODISCARD bool rlc_config_parse_item(const struct rlc_config_field *field, const char *text,
                                         void *member, char ret_why[RLC_CONFIG_WHY_SIZE]);
/* A duration in its largest whole unit: "10s"; 0 is "0ms". Returns `buffer`. */
#define RLC_CONFIG_DURATION_SIZE 24
char *rlc_config_duration(int64_t duration_ms, char buffer[RLC_CONFIG_DURATION_SIZE]);
/* The values a field takes, for people: "1 to 10000", "10ms to 5m", "debug, info, warn, error". */
void rlc_config_range(const struct rlc_config_field *field, char *buffer, size_t capacity);
/* Whether the value of a pass-through key is to be masked. */
bool rlc_config_key_is_secret(const char *key);

/* config_suggest.c. The nearest of the names that may stand below `section` ("" is the top), or
 * NULL when nothing is near; and the nearest variable. */
bool rlc_config_nearest_name(const struct rlc_config *config, const char *section, const char *name,
                             char ret_name[RLC_CONFIG_NAME_MAX + 1]);
bool rlc_config_nearest_variable(const struct rlc_config *config, const char *variable,
                                 char ret_variable[RLC_CONFIG_VARIABLE_SIZE]);

#endif
