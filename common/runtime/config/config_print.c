/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/config/config_part.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "common/runtime/json_text.h"

#define INDENT          2
#define QUOTED_SIZE     RLC_JSON_ROOM(RLC_CONFIG_VALUE_SIZE)
#define COMMENT_COLUMN  40
#define RANGE_TEXT_SIZE 256

static void quote(const char *text, char quoted[QUOTED_SIZE])
{
    size_t size = rlc_json_quote(rlc_span_of(text), RLC_CONFIG_VALUE_SIZE, quoted, QUOTED_SIZE);

    assert(size > 0);
    (void)size;
}

/* Masks the password of "scheme://user:password@host/path"; anything that may hold one elsewhere
 * (options behind '?', the keyword form) is masked whole. */
static void mask_uri(const char *uri, char *buffer, size_t capacity)
{
    const char *scheme = strstr(uri, "://");
    const char *user = scheme ? scheme + 3 : NULL;
    const char *at = user ? strchr(user, '@') : NULL;
    const char *colon = user ? strchr(user, ':') : NULL;

    if (!user || strchr(uri, '?') || (at && strchr(at + 1, '@')))
        (void)snprintf(buffer, capacity, "%s", RLC_CONFIG_MASK);
    else if (at && colon && colon < at)
        (void)snprintf(buffer, capacity, "%.*s:%s%s", (int)(colon - uri), uri, RLC_CONFIG_MASK, at);
    else
        (void)snprintf(buffer, capacity, "%s", uri);
}

static void text_value(const struct rlc_config_field *field, const char *text,
                       char quoted[QUOTED_SIZE])
{
    char masked[RLC_CONFIG_VALUE_SIZE] = RLC_CONFIG_MASK;

    if (!(field->flags & RLC_CONFIG_SECRET) || text[0] == '\0') {
        quote(text, quoted);
        return;
    }
    if (field->flags & RLC_CONFIG_URI)
        mask_uri(text, masked, sizeof(masked));
    quote(masked, quoted);
}

/* The value of a scalar field as YAML. */
static void scalar_value(const struct rlc_config_entry *entry, char value[QUOTED_SIZE])
{
    int64_t number = 0;
    int32_t choice = 0;

    switch (entry->field->type) {
    case RLC_CONFIG_TEXT:
        text_value(entry->field, entry->member, value);
        break;
    case RLC_CONFIG_INTEGER:
    case RLC_CONFIG_DURATION:
        memcpy(&number, entry->member, sizeof(number));
        (void)snprintf(value, QUOTED_SIZE, "%" PRId64, number);
        break;
    case RLC_CONFIG_BOOLEAN:
        (void)snprintf(value, QUOTED_SIZE, "%s", *(const bool *)entry->member ? "true" : "false");
        break;
    case RLC_CONFIG_CHOICE:
        memcpy(&choice, entry->member, sizeof(choice));
        (void)snprintf(value, QUOTED_SIZE, "%s", entry->field->choices[choice]);
        break;
    case RLC_CONFIG_LIST:
        (void)snprintf(value, QUOTED_SIZE, "[]");
        break;
    case RLC_CONFIG_MAP:
        (void)snprintf(value, QUOTED_SIZE, "{}");
        break;
    }
}

static void print_origin(const struct rlc_config *config, const struct rlc_config_entry *entry,
                         FILE *out)
{
    const struct rlc_config_origin *origin =
        entry->value_file.given ? &entry->value_file : &entry->value;
    const char *twin = entry->value_file.given ? "_file" : "";
    char variable[RLC_CONFIG_VARIABLE_SIZE];

    rlc_config_variable(entry->field->name, variable);
    if (!origin->given)
        (void)fprintf(out, "  # default\n");
    else if (origin->line)
        (void)fprintf(out, "  # %s:%d%s%s\n", config->path, origin->line, *twin ? " " : "", twin);
    else
        (void)fprintf(out, "  # %s%s\n", variable, *twin ? "_FILE" : "");
}

/* Where the parts of `name` begin to differ from those of `before`: bytes of whole parts shared. */
static size_t shared_parts(const char *name, const char *before)
{
    size_t shared = 0;

    for (size_t i = 0; name[i] && name[i] == before[i]; i++) {
        if (name[i] == '.')
            shared = i + 1;
    }
    return shared;
}

static int depth_of(const char *name, size_t size)
{
    int depth = 0;

    for (size_t i = 0; i < size; i++)
        depth += name[i] == '.';
    return depth;
}

/* Prints the section lines that `name` opens after `before`; returns the bytes before its last
 * part. */
static size_t print_sections(const char *name, const char *before, FILE *out)
{
    size_t at = shared_parts(name, before);
    const char *dot;

    while ((dot = strchr(name + at, '.')) != NULL) {
        size_t end = (size_t)(dot - name);

        (void)fprintf(out, "%*s%.*s:\n", INDENT * depth_of(name, at), "", (int)(end - at),
                      name + at);
        at = end + 1;
    }
    return at;
}

static void print_list(const struct rlc_config_list *list, int depth, FILE *out)
{
    char quoted[QUOTED_SIZE];

    for (size_t i = 0; i < list->count; i++) {
        quote(list->item[i], quoted);
        (void)fprintf(out, "%*s- %s\n", INDENT * depth, "", quoted);
    }
}

static void print_map(const struct rlc_config *config, const struct rlc_config_map *map, int depth,
                      FILE *out)
{
    char quoted[QUOTED_SIZE];

    for (size_t i = 0; i < map->count; i++) {
        const struct rlc_config_pair *pair = &map->pair[i];

        quote(rlc_config_key_is_secret(pair->key) ? RLC_CONFIG_MASK : pair->value, quoted);
        (void)fprintf(out, "%*s%s: %s", INDENT * depth, "", pair->key, quoted);
        if (pair->line)
            (void)fprintf(out, "  # %s:%d\n", config->path, pair->line);
        else
            (void)fprintf(out, "  # environment\n");
    }
}

static bool is_filled(const struct rlc_config_entry *entry)
{
    if (entry->field->type == RLC_CONFIG_LIST)
        return ((const struct rlc_config_list *)entry->member)->count > 0;
    return entry->field->type == RLC_CONFIG_MAP &&
           ((const struct rlc_config_map *)entry->member)->count > 0;
}

static void print_entry(const struct rlc_config *config, const struct rlc_config_entry *entry,
                        size_t part, FILE *out)
{
    const char *name = entry->field->name;
    int depth = depth_of(name, part);
    char value[QUOTED_SIZE];

    /* What is not set and may not be written as empty can only be shown as a comment. */
    if (entry->field->type == RLC_CONFIG_TEXT && entry->field->min > 0 &&
        ((const char *)entry->member)[0] == '\0') {
        (void)fprintf(out, "%*s# %s: not set\n", INDENT * depth, "", name + part);
        return;
    }
    scalar_value(entry, value);
    (void)fprintf(out, "%*s%s:%s%s", INDENT * depth, "", name + part, is_filled(entry) ? "" : " ",
                  is_filled(entry) ? "" : value);
    print_origin(config, entry, out);
    if (is_filled(entry) && entry->field->type == RLC_CONFIG_LIST)
        print_list(entry->member, depth + 1, out);
    else if (is_filled(entry))
        print_map(config, entry->member, depth + 1, out);
}

void rlc_config_print(const struct rlc_config *config, FILE *out)
{
    const char *before = "";

    for (size_t i = 0; i < config->count; i++) {
        const struct rlc_config_entry *entry = &config->entries[i];

        print_entry(config, entry, print_sections(entry->field->name, before, out), out);
        before = entry->field->name;
    }
}

static void document_fallback(const struct rlc_config_field *field, FILE *out)
{
    char duration[RLC_CONFIG_DURATION_SIZE];
    int64_t duration_ms = 0;
    char why[RLC_CONFIG_WHY_SIZE];

    if (field->fallback == NULL)
        (void)fprintf(out, "required");
    else if (field->type == RLC_CONFIG_DURATION &&
             rlc_config_parse(field, field->fallback, &duration_ms, why))
        (void)fprintf(out, "`%s`", rlc_config_duration(duration_ms, duration));
    else if (field->fallback[0])
        (void)fprintf(out, "`%s`", field->fallback);
}

/* Text of a cell: what Markdown would take for its own stays text. */
static void document_text(const char *text, FILE *out)
{
    for (; *text; text++) {
        if (strchr("|<", *text))
            (void)fputc('\\', out);
        (void)fputc(*text, out);
    }
}

void rlc_config_document(const struct rlc_config *config, FILE *out)
{
    (void)fprintf(out, "| Key | Variable | Values | Default | Meaning |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < config->count; i++) {
        const struct rlc_config_field *field = config->entries[i].field;
        bool secret = field->flags & RLC_CONFIG_SECRET;
        char variable[RLC_CONFIG_VARIABLE_SIZE];
        char range[RANGE_TEXT_SIZE];

        rlc_config_variable(field->name, variable);
        rlc_config_range(field, range, sizeof(range));
        (void)fprintf(out, "| `%s`%s | `%s%s` | %s | ", field->name, secret ? ", `_file`" : "",
                      variable, field->type == RLC_CONFIG_MAP ? "_*" : "", range);
        document_fallback(field, out);
        (void)fprintf(out, " | ");
        document_text(field->help, out);
        (void)fprintf(out, "%s |\n", secret ? " Secret." : "");
    }
}
