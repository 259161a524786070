/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/config/config_part.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/text.h"
#include "common/runtime/error.h"
#include "common/runtime/file.h"

#define TWIN_SUFFIX "_file"

static int compare_entries(const void *a, const void *b)
{
    const struct rlc_config_entry *left = a;
    const struct rlc_config_entry *right = b;

    return strcmp(left->field->name, right->field->name);
}

/* Bytes of the member. */
static size_t member_size(const struct rlc_config_field *field)
{
    switch (field->type) {
    case RLC_CONFIG_TEXT:
        return (size_t)field->max + 1;
    case RLC_CONFIG_INTEGER:
    case RLC_CONFIG_DURATION:
        return sizeof(int64_t);
    case RLC_CONFIG_BOOLEAN:
        return sizeof(bool);
    case RLC_CONFIG_CHOICE:
        return sizeof(int32_t);
    case RLC_CONFIG_LIST:
        return sizeof(struct rlc_config_list);
    case RLC_CONFIG_MAP:
        return sizeof(struct rlc_config_map);
    }
    return 0;
}

/* A field that contradicts itself is a programming error. */
static void assert_sound(const struct rlc_config_field *field)
{
    size_t size = strlen(field->name);

    assert(size > 0 && size <= RLC_CONFIG_NAME_MAX);
    assert(field->min <= field->max);
    assert((field->type == RLC_CONFIG_CHOICE) == (field->choices != NULL));
    assert(field->type != RLC_CONFIG_DURATION ||
           (size > 3 && strcmp(field->name + size - 3, "_ms") == 0 && field->min >= 0));
    assert(field->type != RLC_CONFIG_LIST || field->max < RLC_CONFIG_ITEM_SIZE);
    assert(field->type != RLC_CONFIG_TEXT || field->min >= 0);
    assert(!(field->flags & RLC_CONFIG_SECRET) ||
           (field->type == RLC_CONFIG_TEXT && size + strlen(TWIN_SUFFIX) <= RLC_CONFIG_NAME_MAX));
    (void)size;
}

/* Two names that differ only in '.' and '_' would share a variable; a variable below a map's would
 * be read as one of its properties. */
static void assert_distinct(const struct rlc_config *config)
{
    for (size_t i = 0; i < config->count; i++) {
        for (size_t j = 0; j < config->count; j++) {
            const struct rlc_config_field *field = config->entries[i].field;
            char one[RLC_CONFIG_VARIABLE_SIZE];
            char other[RLC_CONFIG_VARIABLE_SIZE];

            rlc_config_variable(field->name, one);
            rlc_config_variable(config->entries[j].field->name, other);
            assert(i == j || strcmp(one, other) != 0);
            assert(i == j || field->type != RLC_CONFIG_MAP ||
                   strncmp(one, other, strlen(one)) != 0);
        }
    }
}

static void set_fallback(const struct rlc_config_entry *entry)
{
    char why[RLC_CONFIG_WHY_SIZE];
    bool readable;

    memset(entry->member, 0, member_size(entry->field));
    if (entry->field->fallback == NULL)
        return;
    readable = rlc_config_parse(entry->field, entry->field->fallback, entry->member, why);
    /* An empty fallback of a longer text means: not given. */
    assert(readable || entry->field->fallback[0] == '\0');
    (void)readable;
}

struct rlc_config *rlc_config_new(const struct rlc_config_table *tables, size_t count)
{
    struct rlc_config *config = calloc(1, sizeof(*config));
    size_t total = 0;

    for (size_t i = 0; i < count; i++)
        total += tables[i].count;
    if (config)
        config->entries = calloc(total ? total : 1, sizeof(*config->entries));
    if (!config || !config->entries) {
        rlc_config_free(config);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < tables[i].count; j++) {
            const struct rlc_config_field *field = &tables[i].fields[j];

            assert_sound(field);
            config->entries[config->count++] = (struct rlc_config_entry){
                .field = field,
                .member = (char *)tables[i].target + field->offset,
            };
        }
    }
    qsort(config->entries, config->count, sizeof(*config->entries), compare_entries);
    assert_distinct(config);
    for (size_t i = 0; i < config->count; i++)
        set_fallback(&config->entries[i]);
    return config;
}

void rlc_config_free(struct rlc_config *config)
{
    if (!config)
        return;
    for (size_t i = 0; i < config->count; i++) {
        const struct rlc_config_field *field = config->entries[i].field;

        if ((field->flags & RLC_CONFIG_SECRET) || field->type == RLC_CONFIG_MAP)
            explicit_bzero(config->entries[i].member, member_size(field));
    }
    free(config->entries);
    free(config);
}

static void place_of(const struct rlc_config *config, const struct rlc_config_mark *mark,
                     char *buffer, size_t capacity)
{
    const char *path = config->source->path ? config->source->path : "environment";

    if (mark->variable)
        (void)snprintf(buffer, capacity, "%s", mark->variable);
    else if (mark->line)
        (void)snprintf(buffer, capacity, "%s:%d:%d", path, mark->line, mark->column);
    else
        (void)snprintf(buffer, capacity, "%s", path);
}

void rlc_config_complain(struct rlc_config *config, const struct rlc_config_mark *mark,
                         const char *format, ...)
{
    char place[sizeof(config->path) + 32];
    char text[512];
    va_list values;

    va_start(values, format);
    (void)vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    place_of(config, mark, place, sizeof(place));
    if (config->complaints++ == 0)
        (void)rlc_error_set(config->reterr, RLC_FATAL, "config", 0, "%s: %s", place, text);
    if (config->source->complaints)
        (void)fprintf(config->source->complaints, "%s: %s\n", place, text);
}

struct rlc_config_entry *rlc_config_find(const struct rlc_config *config, const char *name)
{
    for (size_t i = 0; i < config->count; i++) {
        if (strcmp(config->entries[i].field->name, name) == 0)
            return &config->entries[i];
    }
    return NULL;
}

/* Bytes of `name` before "_file"; 0 when it does not end so. */
static size_t twin_stem(const char *name)
{
    size_t size = strlen(name);
    size_t suffix = strlen(TWIN_SUFFIX);

    return size > suffix && strcmp(name + size - suffix, TWIN_SUFFIX) == 0 ? size - suffix : 0;
}

struct rlc_config_entry *rlc_config_find_twin(const struct rlc_config *config, const char *name)
{
    size_t stem = twin_stem(name);

    for (size_t i = 0; stem > 0 && i < config->count; i++) {
        const struct rlc_config_field *field = config->entries[i].field;

        if ((field->flags & RLC_CONFIG_SECRET) && strlen(field->name) == stem &&
            strncmp(field->name, name, stem) == 0)
            return &config->entries[i];
    }
    return NULL;
}

void rlc_config_set(struct rlc_config *config, struct rlc_config_entry *entry,
                    const struct rlc_config_mark *mark, const char *text)
{
    char why[RLC_CONFIG_WHY_SIZE];

    entry->value = (struct rlc_config_origin){ .given = true, .line = mark->line };
    if (!rlc_config_parse(entry->field, text, entry->member, why))
        rlc_config_complain(config, mark, "%s %s", entry->field->name, why);
}

void rlc_config_add_item(struct rlc_config *config, struct rlc_config_entry *entry,
                         const struct rlc_config_mark *mark, const char *text)
{
    char why[RLC_CONFIG_WHY_SIZE];

    if (!rlc_config_parse_item(entry->field, text, entry->member, why))
        rlc_config_complain(config, mark, "%s %s", entry->field->name, why);
}

/* Reads the text of a secret file, without the line break that editors and `echo` leave behind. */
static bool read_secret(struct rlc_config *config, const struct rlc_config_mark *mark,
                        const char *path, char ret_text[RLC_CONFIG_VALUE_SIZE])
{
    struct rlc_error error;
    size_t size;

    if (rlc_file_read(path, ret_text, RLC_CONFIG_VALUE_SIZE - 1, &size, &error) != RLC_OK) {
        rlc_config_complain(config, mark, "%s", error.text);
        return false;
    }
    size -= size > 0 && ret_text[size - 1] == '\n';
    size -= size > 0 && ret_text[size - 1] == '\r';
    ret_text[size] = '\0';
    if (strlen(ret_text) != size) {
        rlc_config_complain(config, mark, "'%s' is no text: it holds a NUL", path);
        return false;
    }
    return true;
}

void rlc_config_set_from_file(struct rlc_config *config, struct rlc_config_entry *entry,
                              const struct rlc_config_mark *mark, const char *path)
{
    char text[RLC_CONFIG_VALUE_SIZE];
    char why[RLC_CONFIG_WHY_SIZE];

    entry->value_file = (struct rlc_config_origin){ .given = true, .line = mark->line };
    entry->twin_mark = *mark;
    if (read_secret(config, mark, path, text) &&
        !rlc_config_parse(entry->field, text, entry->member, why))
        rlc_config_complain(config, mark, "%s %s", entry->field->name, why);
    explicit_bzero(text, sizeof(text));
}

/* The pair to write `key` to: a new one, or the one that the environment overrides. NULL when there
 * is no room or the key is doubled. */
static struct rlc_config_pair *claim_pair(struct rlc_config *config, struct rlc_config_entry *entry,
                                          const struct rlc_config_mark *mark, const char *key)
{
    struct rlc_config_map *map = entry->member;
    const char *name = entry->field->name;

    for (size_t i = 0; i < map->count; i++) {
        struct rlc_config_pair *pair = &map->pair[i];

        if (strcmp(pair->key, key) != 0)
            continue;
        if (pair->line && !mark->line)
            return pair;
        if (mark->line) {
            rlc_config_complain(config, mark, "duplicate key '%s.%s', first set on line %d", name,
                                key, pair->line);
        } else {
            rlc_config_complain(config, mark, "%s.%s is given twice", name, key);
        }
        return NULL;
    }
    if (map->count == RLC_CONFIG_PAIRS_MAX) {
        rlc_config_complain(config, mark, "%s has more than %d properties", name,
                            RLC_CONFIG_PAIRS_MAX);
        return NULL;
    }
    return &map->pair[map->count++];
}

static bool key_is_sound(const char *key)
{
    static const char LETTER[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t size = strlen(key);

    return size > 0 && size < RLC_CONFIG_KEY_SIZE && strspn(key, LETTER) == size;
}

/* Checks key and value before they go into the map. */
static bool pair_is_allowed(struct rlc_config *config, const struct rlc_config_field *field,
                            const struct rlc_config_mark *mark, const char *key, const char *value)
{
    const char *refused;

    if (!key_is_sound(key)) {
        rlc_config_complain(config, mark, "%s holds a key that is no property's name", field->name);
        return false;
    }
    refused = field->refuse ? field->refuse(key) : NULL;
    if (refused) {
        rlc_config_complain(config, mark, "%s may not hold '%s': %s", field->name, key, refused);
        return false;
    }
    if (strlen(value) >= RLC_CONFIG_VALUE_SIZE || !rlc_text_is_utf8(rlc_span_of(value))) {
        rlc_config_complain(config, mark, "%s.%s must be UTF-8 of at most %d bytes", field->name,
                            key, RLC_CONFIG_VALUE_SIZE - 1);
        return false;
    }
    return true;
}

static void put_checked(struct rlc_config *config, struct rlc_config_entry *entry,
                        const struct rlc_config_mark *mark, const char *key, const char *value)
{
    struct rlc_config_pair *pair = NULL;

    if (pair_is_allowed(config, entry->field, mark, key, value))
        pair = claim_pair(config, entry, mark, key);
    if (pair) {
        memcpy(pair->key, key, strlen(key) + 1);
        memcpy(pair->value, value, strlen(value) + 1);
        pair->line = mark->line;
    }
}

void rlc_config_put_pair(struct rlc_config *config, struct rlc_config_entry *entry,
                         const struct rlc_config_mark *mark, const char *key, const char *value)
{
    size_t stem = twin_stem(key);
    char text[RLC_CONFIG_VALUE_SIZE];
    /* One byte more than a key may have: what is cut here is still too long. */
    char name[RLC_CONFIG_KEY_SIZE + 1];

    if (!entry->value.given)
        entry->value = (struct rlc_config_origin){ .given = true, .line = mark->line };
    if (stem == 0) {
        put_checked(config, entry, mark, key, value);
        return;
    }
    (void)snprintf(name, sizeof(name), "%.*s", (int)stem, key);
    if (read_secret(config, mark, value, text))
        put_checked(config, entry, mark, name, text);
    explicit_bzero(text, sizeof(text));
}

static bool entry_is_given(const struct rlc_config_entry *entry)
{
    return entry->value.given || entry->value_file.given;
}

bool rlc_config_given(const struct rlc_config *config, const char *name)
{
    const struct rlc_config_entry *entry = rlc_config_find(config, name);

    assert(entry != NULL);
    return entry_is_given(entry);
}

static bool is_required(const struct rlc_config *config, const struct rlc_config_field *field)
{
    const char *const *name = config->source->required;

    for (; name && *name; name++) {
        if (strcmp(*name, field->name) == 0)
            return true;
    }
    return field->fallback == NULL;
}

/* What only shows when all sources were read. */
static void check_whole(struct rlc_config *config)
{
    for (size_t i = 0; i < config->count; i++) {
        const struct rlc_config_entry *entry = &config->entries[i];
        char variable[RLC_CONFIG_VARIABLE_SIZE];

        if (entry->value.given && entry->value_file.given) {
            rlc_config_complain(config, &entry->twin_mark,
                                "%s and %s_file are both given, keep one", entry->field->name,
                                entry->field->name);
        }
        if (entry_is_given(entry) || !is_required(config, entry->field))
            continue;
        rlc_config_variable(entry->field->name, variable);
        rlc_config_complain(config, &(struct rlc_config_mark){ 0 },
                            "%s is missing; as a variable it is %s", entry->field->name, variable);
    }
}

enum rlc_status rlc_config_load(struct rlc_config *config, const struct rlc_config_source *source,
                                struct rlc_error *reterr)
{
    config->source = source;
    config->reterr = reterr;
    if (source->path) {
        (void)snprintf(config->path, sizeof(config->path), "%s", source->path);
        rlc_config_read_yaml(config, source->path);
    }
    rlc_config_read_environment(config);
    check_whole(config);
    config->source = NULL;
    config->reterr = NULL;
    return config->complaints ? RLC_FATAL : RLC_OK;
}
