/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/config/config_part.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "common/pure/text.h"

/* Bytes of a wrong value that a complaint quotes: enough to recognise it. */
#define QUOTE_MAX 40

static const struct {
    const char *name;
    int64_t ms;
} UNIT[] = {
    { "d", RLC_DAY_MS }, { "h", 60 * RLC_MINUTE_MS }, { "m", RLC_MINUTE_MS }, { "s", 1000 },
    { "ms", 1 },
};

static bool explain(char why[RLC_CONFIG_WHY_SIZE], const char *format, ...) RLC_PRINTF(2, 3);

/* Writes the reason and returns false, so that parsers can return it. */
static bool explain(char why[RLC_CONFIG_WHY_SIZE], const char *format, ...)
{
    va_list values;

    va_start(values, format);
    (void)vsnprintf(why, RLC_CONFIG_WHY_SIZE, format, values);
    va_end(values);
    return false;
}

/* "must be <expected>, not '<text>'", without the text where it is secret or unprintable. */
static bool explain_value(const struct rlc_config_field *field, const char *expected,
                          const char *text, char why[RLC_CONFIG_WHY_SIZE])
{
    if ((field->flags & RLC_CONFIG_SECRET) || !rlc_text_is_clean(rlc_span_of(text)))
        return explain(why, "must be %s", expected);
    return explain(why, "must be %s, not '%.*s%s'", expected, QUOTE_MAX, text,
                   strlen(text) > QUOTE_MAX ? "..." : "");
}

char *rlc_config_duration(int64_t duration_ms, char buffer[RLC_CONFIG_DURATION_SIZE])
{
    size_t unit = 0;

    while (duration_ms == 0 ? UNIT[unit].ms > 1 : duration_ms % UNIT[unit].ms != 0)
        unit++;
    (void)snprintf(buffer, RLC_CONFIG_DURATION_SIZE, "%" PRId64 "%s", duration_ms / UNIT[unit].ms,
                   UNIT[unit].name);
    return buffer;
}

static void join_choices(const struct rlc_config_field *field, char *buffer, size_t capacity)
{
    size_t size = 0;

    for (size_t i = 0; field->choices[i] && size < capacity; i++) {
        int added =
            snprintf(buffer + size, capacity - size, "%s%s", i ? ", " : "", field->choices[i]);

        size += added > 0 ? (size_t)added : 0;
    }
}

void rlc_config_range(const struct rlc_config_field *field, char *buffer, size_t capacity)
{
    char low[RLC_CONFIG_DURATION_SIZE];
    char high[RLC_CONFIG_DURATION_SIZE];

    switch (field->type) {
    case RLC_CONFIG_INTEGER:
        (void)snprintf(buffer, capacity, "%" PRId64 " to %" PRId64, field->min, field->max);
        break;
    case RLC_CONFIG_DURATION:
        (void)snprintf(buffer, capacity, "%s to %s", rlc_config_duration(field->min, low),
                       rlc_config_duration(field->max, high));
        break;
    case RLC_CONFIG_BOOLEAN:
        (void)snprintf(buffer, capacity, "true or false");
        break;
    case RLC_CONFIG_CHOICE:
        join_choices(field, buffer, capacity);
        break;
    case RLC_CONFIG_TEXT:
        (void)snprintf(buffer, capacity, "%" PRId64 " to %" PRId64 " bytes", field->min,
                       field->max);
        break;
    case RLC_CONFIG_LIST:
        (void)snprintf(buffer, capacity, "list, at most %d", RLC_CONFIG_ITEMS_MAX);
        break;
    case RLC_CONFIG_MAP:
        (void)snprintf(buffer, capacity, "properties, at most %d", RLC_CONFIG_PAIRS_MAX);
        break;
    }
}

/* What TEXT and the items of a LIST have in common. */
static bool check_text(const struct rlc_config_field *field, const char *text,
                       char why[RLC_CONFIG_WHY_SIZE])
{
    size_t size = strlen(text);
    const char *refused;

    if (size < (size_t)field->min || size > (size_t)field->max)
        return explain(why, "must be %" PRId64 " to %" PRId64 " bytes long, not %zu", field->min,
                       field->max, size);
    if (!rlc_text_is_clean(rlc_span_of(text)))
        return explain(why, "must not hold control or invisible characters");
    refused = field->refuse && size > 0 ? field->refuse(text) : NULL;
    return refused ? explain_value(field, refused, text, why) : true;
}

static bool parse_text(const struct rlc_config_field *field, const char *text, void *member,
                       char why[RLC_CONFIG_WHY_SIZE])
{
    if (!check_text(field, text, why))
        return false;
    memcpy(member, text, strlen(text) + 1);
    return true;
}

/* Reads decimal digits from the beginning; returns how many, 0 also on overflow. */
static size_t read_digits(const char *text, int64_t *ret_value)
{
    size_t size = 0;
    int64_t value = 0;

    for (; text[size] >= '0' && text[size] <= '9'; size++) {
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, text[size] - '0', &value))
            return 0;
    }
    *ret_value = value;
    return size;
}

static bool check_range(const struct rlc_config_field *field, int64_t value, const char *text,
                        char why[RLC_CONFIG_WHY_SIZE])
{
    char range[RLC_CONFIG_WHY_SIZE / 2];

    if (value >= field->min && value <= field->max)
        return true;
    rlc_config_range(field, range, sizeof(range));
    return explain_value(field, range, text, why);
}

static bool parse_integer(const struct rlc_config_field *field, const char *text, void *member,
                          char why[RLC_CONFIG_WHY_SIZE])
{
    size_t sign = text[0] == '-';
    int64_t value;
    size_t size = read_digits(text + sign, &value);

    if (size == 0 || text[sign + size] != '\0')
        return explain_value(field, "a whole number", text, why);
    value = sign ? -value : value;
    if (!check_range(field, value, text, why))
        return false;
    memcpy(member, &value, sizeof(value));
    return true;
}

static bool parse_duration(const struct rlc_config_field *field, const char *text, void *member,
                           char why[RLC_CONFIG_WHY_SIZE])
{
    int64_t value = 0;
    size_t size = read_digits(text, &value);
    const char *unit = text[size] ? text + size : "ms";
    bool known = false;

    for (size_t i = 0; size > 0 && i < RLC_COUNT(UNIT) && !known; i++) {
        if (strcmp(unit, UNIT[i].name) == 0)
            known = !__builtin_mul_overflow(value, UNIT[i].ms, &value);
    }
    if (!known)
        return explain_value(field, "a duration such as 500ms, 10s or 1m", text, why);
    if (!check_range(field, value, text, why))
        return false;
    memcpy(member, &value, sizeof(value));
    return true;
}

static bool parse_boolean(const struct rlc_config_field *field, const char *text, void *member,
                          char why[RLC_CONFIG_WHY_SIZE])
{
    bool value = strcmp(text, "true") == 0;

    if (!value && strcmp(text, "false") != 0)
        return explain_value(field, "true or false", text, why);
    memcpy(member, &value, sizeof(value));
    return true;
}

static bool parse_choice(const struct rlc_config_field *field, const char *text, void *member,
                         char why[RLC_CONFIG_WHY_SIZE])
{
    char names[RLC_CONFIG_WHY_SIZE / 2];
    char expected[RLC_CONFIG_WHY_SIZE / 2 + 8];

    for (int32_t i = 0; field->choices[i]; i++) {
        if (strcmp(text, field->choices[i]) == 0) {
            memcpy(member, &i, sizeof(i));
            return true;
        }
    }
    join_choices(field, names, sizeof(names));
    (void)snprintf(expected, sizeof(expected), "one of %s", names);
    return explain_value(field, expected, text, why);
}

static bool add_item(const struct rlc_config_field *field, const char *text,
                     struct rlc_config_list *list, char why[RLC_CONFIG_WHY_SIZE])
{
    if (list->count == RLC_CONFIG_ITEMS_MAX)
        return explain(why, "has more than %d items", RLC_CONFIG_ITEMS_MAX);
    if (!check_text(field, text, why))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->item[i], text) == 0)
            return explain(why, "holds '%.*s' twice", QUOTE_MAX, text);
    }
    memcpy(list->item[list->count++], text, strlen(text) + 1);
    return true;
}

bool rlc_config_parse_item(const struct rlc_config_field *field, const char *text, void *member,
                           char ret_why[RLC_CONFIG_WHY_SIZE])
{
    assert(field->type == RLC_CONFIG_LIST);
    return add_item(field, text, member, ret_why);
}

static bool parse_list(const struct rlc_config_field *field, const char *text, void *member,
                       char why[RLC_CONFIG_WHY_SIZE])
{
    struct rlc_config_list *list = member;
    const char *rest = text;

    list->count = 0;
    while (*rest) {
        size_t size = strcspn(rest, ",");
        char item[RLC_CONFIG_ITEM_SIZE];

        if (size >= sizeof(item))
            return explain(why, "must hold items of at most %" PRId64 " bytes", field->max);
        memcpy(item, rest, size);
        item[size] = '\0';
        if (!add_item(field, item, list, why))
            return false;
        rest += size;
        /* A comma promises another item, so "a," holds an empty one. */
        if (rest[0] == ',' && rest[1] == '\0')
            return explain(why, "must not end in a comma");
        rest += rest[0] == ',';
    }
    return true;
}

static bool parse_map(const struct rlc_config_field *field, const char *text, void *member,
                      char why[RLC_CONFIG_WHY_SIZE])
{
    (void)field;
    (void)member;
    return *text ? explain(why, "must be a section of properties") : true;
}

bool rlc_config_parse(const struct rlc_config_field *field, const char *text, void *member,
                      char ret_why[RLC_CONFIG_WHY_SIZE])
{
    static bool (*const PARSE[])(const struct rlc_config_field *, const char *, void *, char *) = {
        [RLC_CONFIG_TEXT] = parse_text,         [RLC_CONFIG_INTEGER] = parse_integer,
        [RLC_CONFIG_DURATION] = parse_duration, [RLC_CONFIG_BOOLEAN] = parse_boolean,
        [RLC_CONFIG_CHOICE] = parse_choice,     [RLC_CONFIG_LIST] = parse_list,
        [RLC_CONFIG_MAP] = parse_map,
    };

    assert(field->type < RLC_COUNT(PARSE));
    return PARSE[field->type](field, text, member, ret_why);
}

bool rlc_config_key_is_secret(const char *key)
{
    static const char *const SIGN[] = {
        "password", "secret", "token", "credential", ".pem", "oauthbearer.config",
    };

    for (size_t i = 0; i < RLC_COUNT(SIGN); i++) {
        if (strstr(key, SIGN[i]))
            return true;
    }
    return false;
}
