/* SPDX-License-Identifier: Apache-2.0 */
#include "common/policy/keys.h"

#include <assert.h>
#include <stdarg.h>

#include "common/pure/nearest.h"

static void note(struct rlc_reading *reading, enum rlc_severity severity,
                 const struct rlc_yaml *node, const char *remedy, const char *text)
{
    struct rlc_place place = { .path = reading->path };

    if (node)
        place = rlc_yaml_place(reading->path, node);
    rlc_problems_add(reading->problems, severity, &place, remedy, "%s", text);
}

void rlc_reading_refuse(struct rlc_reading *reading, const struct rlc_yaml *node,
                        const char *remedy, const char *format, ...)
{
    char text[320];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    note(reading, RLC_SEVERITY_ERROR, node, remedy, text);
}

void rlc_reading_warn(struct rlc_reading *reading, const struct rlc_yaml *node, const char *remedy,
                      const char *format, ...)
{
    char text[320];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    note(reading, RLC_SEVERITY_WARNING, node, remedy, text);
}

void *rlc_reading_array(struct rlc_reading *reading, size_t count, size_t size)
{
    void *array = rlc_arena_array(reading->arena, count ? count : 1, size);

    if (!array)
        reading->out_of_memory = true;
    return array;
}

struct rlc_span rlc_reading_copy(struct rlc_reading *reading, struct rlc_span text)
{
    struct rlc_span copy = rlc_arena_copy(reading->arena, text);

    if (text.size > 0 && !copy.data)
        reading->out_of_memory = true;
    return copy;
}

bool rlc_reading_expect(struct rlc_reading *reading, const struct rlc_yaml *node,
                        enum rlc_yaml_kind kind, const char *what)
{
    static const char *const KINDS[] = { "a single value", "a list ('- ' before each item)",
                                         "keys with values ('key: value')" };

    if (node->kind == kind)
        return true;
    rlc_reading_refuse(reading, node, NULL, "%s must be %s", what, KINDS[kind]);
    return false;
}

static const struct rlc_policy_key *find(const struct rlc_policy_table *table, struct rlc_span name)
{
    for (size_t i = 0; i < table->count; i++) {
        if (rlc_span_equal(rlc_span_of(table->keys[i].name), name))
            return &table->keys[i];
    }
    return NULL;
}

static void list_keys(const struct rlc_policy_table *table, char *buffer, size_t capacity)
{
    size_t used = (size_t)snprintf(buffer, capacity, "Known here:");

    for (size_t i = 0; i < table->count && used < capacity; i++)
        used += (size_t)snprintf(buffer + used, capacity - used, "%s %s", i ? "," : "",
                                 table->keys[i].name);
}

/* The known key that a misspelt one was probably meant to be. */
static struct rlc_span meant(const struct rlc_policy_table *table, struct rlc_span name)
{
    struct rlc_nearest nearest = rlc_nearest_to(name);

    for (size_t i = 0; i < table->count; i++)
        rlc_nearest_try(&nearest, rlc_span_of(table->keys[i].name));
    return nearest.found;
}

static void refuse_unknown(struct rlc_reading *reading, const struct rlc_policy_table *table,
                           const struct rlc_yaml *key)
{
    struct rlc_span found = meant(table, key->text);
    char remedy[320];

    list_keys(table, remedy, sizeof(remedy));
    if (found.data) {
        rlc_reading_refuse(reading, key, remedy, "unknown key '%.*s', did you mean '%.*s'?",
                           (int)key->text.size, (const char *)key->text.data, (int)found.size,
                           (const char *)found.data);
    } else {
        rlc_reading_refuse(reading, key, remedy, "unknown key '%.*s'", (int)key->text.size,
                           (const char *)key->text.data);
    }
}

/* Whether a key is there, or one that was probably meant to be it: one mistake, one complaint. */
static bool is_given(const struct rlc_policy_table *table, const struct rlc_yaml *map,
                     const struct rlc_policy_key *key)
{
    for (const struct rlc_yaml *at = map->first; at; at = at->next) {
        if (rlc_span_equal(at->text, rlc_span_of(key->name)) ||
            (!find(table, at->text) &&
             rlc_span_equal(meant(table, at->text), rlc_span_of(key->name))))
            return true;
    }
    return false;
}

/* What the table says about a key that the file does not have. */
static void fill_missing(struct rlc_reading *reading, const struct rlc_yaml *map,
                         const struct rlc_policy_key *key, void *target)
{
    struct rlc_yaml fallback = { .line = map->line, .column = map->column };
    char values[320];
    char remedy[320];
    bool sound;

    if (key->flags & RLC_POLICY_REQUIRED) {
        (void)snprintf(remedy, sizeof(remedy), "%s Values: %.200s", key->help,
                       rlc_policy_values(key, values, sizeof(values)));
        rlc_reading_refuse(reading, map, remedy, "the key '%s' is missing", key->name);
    } else if (key->fallback) {
        fallback.text = rlc_span_of(key->fallback);
        sound = rlc_policy_read(reading, key, &fallback, (char *)target + key->offset);
        assert(sound);
        (void)sound;
    }
}

void rlc_policy_bind(struct rlc_reading *reading, const struct rlc_yaml *map,
                     const struct rlc_policy_table *table, void *target, bool fallbacks)
{
    if (!rlc_reading_expect(reading, map, RLC_YAML_MAP, table->title))
        return;
    for (const struct rlc_yaml *at = map->first; at; at = at->next) {
        const struct rlc_policy_key *key = find(table, at->text);

        if (key)
            (void)rlc_policy_read(reading, key, at->value, (char *)target + key->offset);
        else
            refuse_unknown(reading, table, at);
    }
    for (size_t i = 0; fallbacks && i < table->count; i++) {
        if (!is_given(table, map, &table->keys[i]))
            fill_missing(reading, map, &table->keys[i], target);
    }
}

void rlc_policy_document(const struct rlc_policy_table *table, FILE *out)
{
    char values[512];

    (void)fprintf(out, "\n### %s\n\n", table->title);
    if (table->help)
        (void)fprintf(out, "%s\n\n", table->help);
    (void)fputs("| key | values | default | meaning |\n|---|---|---|---|\n", out);
    for (size_t i = 0; i < table->count; i++) {
        const struct rlc_policy_key *key = &table->keys[i];
        const char *tick = key->fallback ? "`" : "";

        (void)fprintf(out, "| `%s` | %s | %s%s%s | %s |\n", key->name,
                      rlc_policy_values(key, values, sizeof(values)), tick,
                      key->flags & RLC_POLICY_REQUIRED ? "**required**"
                      : key->fallback                  ? key->fallback
                                                       : "",
                      tick, key->help);
    }
}
