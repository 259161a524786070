/* SPDX-License-Identifier: Apache-2.0 */
/* How the value of each type of key is read. */
#include "common/policy/keys.h"

#include <assert.h>
#include <stdlib.h>

#include "common/pure/decimal.h"
#include "common/pure/nearest.h"
#include "common/pure/text.h"
#include "common/pure/zone.h"

#define HOUR_MINUTES 60

bool rlc_policy_refuse(struct rlc_reading *reading, const struct rlc_policy_key *key,
                       const struct rlc_yaml *node, const char *what)
{
    if (node->text.size > 0) {
        rlc_reading_refuse(reading, node, NULL, "%s must be %s, not '%.*s'", key->name, what,
                           (int)(node->text.size < 60 ? node->text.size : 60),
                           (const char *)node->text.data);
    } else {
        rlc_reading_refuse(reading, node, NULL, "%s must be %s", key->name, what);
    }
    return false;
}

static bool refuse_range(struct rlc_reading *reading, const struct rlc_policy_key *key,
                         const struct rlc_yaml *node)
{
    char what[64];

    (void)snprintf(what, sizeof(what), "%lld to %lld", (long long)key->min, (long long)key->max);
    return rlc_policy_refuse(reading, key, node, what);
}

static bool put_int32(struct rlc_reading *reading, const struct rlc_policy_key *key,
                      const struct rlc_yaml *node, int64_t value, void *member)
{
    int32_t narrow = (int32_t)value;

    if (value < key->min || value > key->max)
        return refuse_range(reading, key, node);
    memcpy(member, &narrow, sizeof(narrow));
    return true;
}

static bool put_span(struct rlc_reading *reading, const struct rlc_yaml *node, void *member)
{
    struct rlc_span copy = rlc_reading_copy(reading, node->text);

    memcpy(member, &copy, sizeof(copy));
    return true;
}

static bool is_letter(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_word(struct rlc_span text, const char *others)
{
    if (text.size == 0 || text.size > RLC_POLICY_NAME_MAX)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];

        if (!is_letter(byte) && !is_digit(byte) && (byte == 0 || !strchr(others, byte)))
            return false;
    }
    return true;
}

bool rlc_policy_name_valid(struct rlc_span name)
{
    return is_word(name, "._-");
}

static bool read_name(struct rlc_reading *reading, const struct rlc_policy_key *key,
                      const struct rlc_yaml *node, void *member)
{
    if (!rlc_policy_name_valid(node->text))
        return rlc_policy_refuse(reading, key, node,
                                 "a name of 1 to 64 letters, digits, '.', '_' or '-'");
    return put_span(reading, node, member);
}

static bool read_id(struct rlc_reading *reading, const struct rlc_policy_key *key,
                    const struct rlc_yaml *node, void *member)
{
    if (!rlc_id_valid(node->text))
        return rlc_policy_refuse(reading, key, node,
                                 "an identifier of at most 128 bytes without '|' or '\\'");
    return put_span(reading, node, member);
}

static bool read_zone(struct rlc_reading *reading, const struct rlc_policy_key *key,
                      const struct rlc_yaml *node, void *member)
{
    if (!is_word(node->text, "._-/+"))
        return rlc_policy_refuse(reading, key, node, "a time zone such as Europe/Paris");
    return put_span(reading, node, member);
}

static bool read_language(struct rlc_reading *reading, const struct rlc_policy_key *key,
                          const struct rlc_yaml *node, void *member)
{
    const uint8_t *text = node->text.data;

    if (node->text.size != 2 || text[0] < 'a' || text[0] > 'z' || text[1] < 'a' || text[1] > 'z')
        return rlc_policy_refuse(reading, key, node, "a language as two small letters, such as fr");
    return put_span(reading, node, member);
}

static bool read_email(struct rlc_reading *reading, const struct rlc_policy_key *key,
                       const struct rlc_yaml *node, void *member)
{
    if (!rlc_email_valid(node->text))
        return rlc_policy_refuse(reading, key, node, "an e-mail address");
    return put_span(reading, node, member);
}

static bool read_sentence(struct rlc_reading *reading, const struct rlc_policy_key *key,
                          const struct rlc_yaml *node, void *member)
{
    char what[80];

    if (rlc_text_is_clean(node->text) && node->text.size >= (size_t)key->min &&
        node->text.size <= (size_t)key->max)
        return put_span(reading, node, member);
    (void)snprintf(what, sizeof(what), "one line of %lld to %lld bytes", (long long)key->min,
                   (long long)key->max);
    return rlc_policy_refuse(reading, key, node, what);
}

static bool read_integer(struct rlc_reading *reading, const struct rlc_policy_key *key,
                         const struct rlc_yaml *node, void *member)
{
    int64_t value;

    if (!rlc_i64_parse(node->text, &value))
        return rlc_policy_refuse(reading, key, node, "a whole number");
    return put_int32(reading, key, node, value, member);
}

static bool read_offset(struct rlc_reading *reading, const struct rlc_policy_key *key,
                        const struct rlc_yaml *node, void *member)
{
    struct rlc_span text = node->text;
    uint64_t days;

    if (text.size < 3 || text.data[0] != 'D' || (text.data[1] != '+' && text.data[1] != '-') ||
        !rlc_u64_parse(rlc_span_from(text.data + 2, text.size - 2), &days) || days > INT32_MAX)
        return rlc_policy_refuse(reading, key, node, "days from the due date, such as D+3 or D-7");
    return put_int32(reading, key, node, text.data[1] == '-' ? -(int64_t)days : (int64_t)days,
                     member);
}

static bool read_time(struct rlc_reading *reading, const struct rlc_policy_key *key,
                      const struct rlc_yaml *node, void *member)
{
    struct rlc_span text = node->text;
    int32_t minute;

    if (text.size != 5 || text.data[2] != ':' || !is_digit(text.data[0]) ||
        !is_digit(text.data[1]) || !is_digit(text.data[3]) || !is_digit(text.data[4]))
        return rlc_policy_refuse(reading, key, node, "a time of day, such as \"10:00\"");
    minute = ((text.data[0] - '0') * 10 + (text.data[1] - '0')) * HOUR_MINUTES +
             (text.data[3] - '0') * 10 + (text.data[4] - '0');
    if (text.data[3] > '5' || minute < key->min || minute > key->max) {
        return rlc_policy_refuse(reading, key, node,
                                 key->max < RLC_MINUTES_PER_DAY ? "a time of day, 00:00 to 23:59"
                                                                : "a time of day, 00:00 to 24:00");
    }
    memcpy(member, &minute, sizeof(minute));
    return true;
}

static bool read_minutes(struct rlc_reading *reading, const struct rlc_policy_key *key,
                         const struct rlc_yaml *node, void *member)
{
    struct rlc_span text = node->text;
    int64_t unit = 0;
    uint64_t count;

    if (text.size >= 2 && text.data[text.size - 1] == 'm')
        unit = 1;
    if (text.size >= 2 && text.data[text.size - 1] == 'h')
        unit = HOUR_MINUTES;
    if (text.size >= 2 && text.data[text.size - 1] == 'd')
        unit = RLC_MINUTES_PER_DAY;
    if (unit == 0 || !rlc_u64_parse(rlc_span_from(text.data, text.size - 1), &count) ||
        count > INT32_MAX || (int64_t)count * unit < key->min || (int64_t)count * unit > key->max)
        return rlc_policy_refuse(reading, key, node,
                                 "a time span such as 30m, 4h or 2d, at most 31d");
    return put_int32(reading, key, node, (int64_t)count * unit, member);
}

static bool read_percent(struct rlc_reading *reading, const struct rlc_policy_key *key,
                         const struct rlc_yaml *node, void *member)
{
    uint64_t percent;
    int64_t ppm;

    if (!rlc_u64_parse(node->text, &percent) || percent > 100)
        return rlc_policy_refuse(reading, key, node, "a whole number of percent, 0 to 100");
    ppm = (int64_t)percent * 10000;
    memcpy(member, &ppm, sizeof(ppm));
    return true;
}

static bool read_boolean(struct rlc_reading *reading, const struct rlc_policy_key *key,
                         const struct rlc_yaml *node, void *member)
{
    bool yes = rlc_span_equal(node->text, rlc_span_of("true"));

    if (!yes && !rlc_span_equal(node->text, rlc_span_of("false")))
        return rlc_policy_refuse(reading, key, node, "true or false");
    memcpy(member, &yes, sizeof(yes));
    return true;
}

/* Says that a word is unknown, and which was probably meant. */
static bool refuse_word(struct rlc_reading *reading, const struct rlc_policy_key *key,
                        const struct rlc_yaml *node, const struct rlc_nearest *nearest)
{
    char values[256];
    char remedy[320];

    (void)snprintf(remedy, sizeof(remedy), "One of: %s.",
                   rlc_policy_values(key, values, sizeof(values)));
    if (nearest->found.data) {
        rlc_reading_refuse(reading, node, remedy, "%s: unknown word '%.*s', did you mean '%.*s'?",
                           key->name, (int)node->text.size, (const char *)node->text.data,
                           (int)nearest->found.size, (const char *)nearest->found.data);
    } else {
        rlc_reading_refuse(reading, node, remedy, "%s: unknown word '%.*s'", key->name,
                           (int)node->text.size, (const char *)node->text.data);
    }
    return false;
}

static bool read_choice(struct rlc_reading *reading, const struct rlc_policy_key *key,
                        const struct rlc_yaml *node, void *member)
{
    struct rlc_nearest nearest = rlc_nearest_to(node->text);

    for (int32_t i = 0; key->choices[i]; i++) {
        if (rlc_span_equal(node->text, rlc_span_of(key->choices[i]))) {
            memcpy(member, &i, sizeof(i));
            return true;
        }
        rlc_nearest_try(&nearest, rlc_span_of(key->choices[i]));
    }
    return refuse_word(reading, key, node, &nearest);
}

/* A word of a vocabulary as policies write it: in lower case. */
#define WORD_SIZE 40

static bool lower_word(enum rlc_vocabulary vocabulary, int32_t number, char ret_word[WORD_SIZE])
{
    const char *word = rlc_word(vocabulary, number);
    size_t i = 0;

    if (!word)
        return false;
    for (; word[i] && i < WORD_SIZE - 1; i++)
        ret_word[i] = (char)(word[i] >= 'A' && word[i] <= 'Z' ? word[i] - 'A' + 'a' : word[i]);
    ret_word[i] = '\0';
    return true;
}

static bool is_lower(struct rlc_span text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] >= 'A' && text.data[i] <= 'Z')
            return false;
    }
    return true;
}

static bool read_word(struct rlc_reading *reading, const struct rlc_policy_key *key,
                      const struct rlc_yaml *node, void *member)
{
    struct rlc_nearest nearest = rlc_nearest_to(node->text);
    char word[WORD_SIZE];
    char best[WORD_SIZE];
    int32_t number;

    if (is_lower(node->text) && rlc_word_parse(key->vocabulary, node->text, &number)) {
        memcpy(member, &number, sizeof(number));
        return true;
    }
    for (int32_t i = 1; lower_word(key->vocabulary, i, word); i++) {
        rlc_nearest_try(&nearest, rlc_span_of(word));
        if (nearest.found.data == (const uint8_t *)word) {
            memcpy(best, word, sizeof(best));
            nearest.found.data = (const uint8_t *)best;
        }
    }
    return refuse_word(reading, key, node, &nearest);
}

static bool check_count(struct rlc_reading *reading, const struct rlc_policy_key *key,
                        const struct rlc_yaml *list)
{
    if (list->count >= (size_t)key->min && list->count <= (size_t)key->max)
        return true;
    rlc_reading_refuse(reading, list, NULL, "%s must have %lld to %lld items", key->name,
                       (long long)key->min, (long long)key->max);
    return false;
}

static bool read_words(struct rlc_reading *reading, const struct rlc_policy_key *key,
                       const struct rlc_yaml *list, void *member)
{
    struct rlc_policy_words words = { .count = 0 };

    assert(key->max <= RLC_POLICY_WORDS_MAX);
    if (!check_count(reading, key, list))
        return false;
    for (const struct rlc_yaml *item = list->first; item; item = item->next) {
        if (!rlc_reading_expect(reading, item, RLC_YAML_SCALAR, key->name) ||
            !read_word(reading, key, item, &words.word[words.count]))
            return false;
        for (size_t i = 0; i < words.count; i++) {
            if (words.word[i] == words.word[words.count])
                return rlc_policy_refuse(reading, key, item, "a list without duplicates");
        }
        words.count++;
    }
    memcpy(member, &words, sizeof(words));
    return true;
}

static bool read_names(struct rlc_reading *reading, const struct rlc_policy_key *key,
                       const struct rlc_yaml *list, void *member)
{
    struct rlc_policy_names *names = member;

    assert(key->max <= RLC_POLICY_NAMES_MAX);
    if (!check_count(reading, key, list))
        return false;
    for (const struct rlc_yaml *item = list->first; item; item = item->next) {
        struct rlc_span *name = &names->name[names->count];

        if (!rlc_reading_expect(reading, item, RLC_YAML_SCALAR, key->name) ||
            !read_name(reading, key, item, name))
            return false;
        for (size_t i = 0; i < names->count; i++) {
            if (rlc_span_equal(names->name[i], *name))
                return rlc_policy_refuse(reading, key, item, "a list without duplicates");
        }
        names->node[names->count++] = item;
    }
    return true;
}

static bool read_zones(struct rlc_reading *reading, const struct rlc_policy_key *key,
                       const struct rlc_yaml *list, void *member)
{
    struct rlc_policy_names *names = member;

    for (const struct rlc_yaml *item = list->first; item; item = item->next) {
        if (!rlc_reading_expect(reading, item, RLC_YAML_SCALAR, key->name))
            return false;
        if (names->count == RLC_POLICY_NAMES_MAX)
            return rlc_policy_refuse(reading, key, item, "at most 64 names");
        if (!read_zone(reading, key, item, &names->name[names->count]))
            return false;
        names->node[names->count++] = item;
    }
    return true;
}

/* Puts an amount where its currency belongs. */
static void insert_amount(struct rlc_policy_amounts *amounts, struct rlc_money money)
{
    size_t at = amounts->count++;

    while (at > 0 && strcmp(amounts->amount[at - 1].currency, money.currency) > 0) {
        amounts->amount[at] = amounts->amount[at - 1];
        at--;
    }
    amounts->amount[at] = money;
}

static bool read_amount(struct rlc_reading *reading, const struct rlc_policy_key *key,
                        const struct rlc_yaml *currency, struct rlc_policy_amounts *amounts)
{
    struct rlc_money money;
    char code[RLC_CURRENCY_SIZE];
    char what[80];

    if (!rlc_currency_parse(currency->text, code)) {
        rlc_reading_refuse(reading, currency, "Use the three capital letters of ISO 4217.",
                           "%s: unknown currency '%.*s'", key->name, (int)currency->text.size,
                           (const char *)currency->text.data);
        return false;
    }
    (void)snprintf(what, sizeof(what), "an amount of %s with at most %d decimals, such as \"%s\"",
                   code, rlc_currency_exponent(code),
                   rlc_currency_exponent(code) == 2 ? "50.00" : "50");
    if (!rlc_reading_expect(reading, currency->value, RLC_YAML_SCALAR, key->name))
        return false;
    if (rlc_money_parse(currency->value->text, code, RLC_MONEY_CANONICAL, &money) != RLC_MONEY_OK ||
        money.minor < 0)
        return rlc_policy_refuse(reading, key, currency->value, what);
    insert_amount(amounts, money);
    return true;
}

static bool read_amounts(struct rlc_reading *reading, const struct rlc_policy_key *key,
                         const struct rlc_yaml *map, void *member)
{
    struct rlc_policy_amounts *amounts = member;
    bool sound = true;

    amounts->node = map;
    if (map->count > RLC_POLICY_AMOUNTS_MAX)
        return rlc_policy_refuse(reading, key, map, "at most 16 currencies");
    for (const struct rlc_yaml *currency = map->first; currency; currency = currency->next)
        sound = read_amount(reading, key, currency, amounts) && sound;
    return sound;
}

static bool read_node(struct rlc_reading *reading, const struct rlc_policy_key *key,
                      const struct rlc_yaml *node, void *member)
{
    const struct rlc_yaml **place = member;

    (void)reading;
    (void)key;
    *place = node;
    return true;
}

#define ANY_KIND (-1)

static const struct {
    int kind; /* of the node; ANY_KIND: whatever reads it checks it */
    rlc_policy_read_fn *read;
    const char *values; /* for people */
} TYPES[RLC_POLICY_TYPE_COUNT] = {
    [RLC_POLICY_NAME] = { RLC_YAML_SCALAR, read_name, "a name" },
    [RLC_POLICY_ID] = { RLC_YAML_SCALAR, read_id, "an identifier" },
    [RLC_POLICY_ZONE] = { RLC_YAML_SCALAR, read_zone, "an IANA name" },
    [RLC_POLICY_LANGUAGE] = { RLC_YAML_SCALAR, read_language, "`fr`, `en`, ..." },
    [RLC_POLICY_EMAIL] = { RLC_YAML_SCALAR, read_email, "an e-mail address" },
    [RLC_POLICY_SENTENCE] = { RLC_YAML_SCALAR, read_sentence, "text" },
    [RLC_POLICY_INTEGER] = { RLC_YAML_SCALAR, read_integer, NULL },
    [RLC_POLICY_OFFSET] = { RLC_YAML_SCALAR, read_offset, "`D+3`, `D-7`" },
    [RLC_POLICY_TIME] = { RLC_YAML_SCALAR, read_time, "`\"10:00\"`" },
    [RLC_POLICY_MINUTES] = { RLC_YAML_SCALAR, read_minutes, "`30m`, `4h`, `2d`" },
    [RLC_POLICY_PERCENT] = { RLC_YAML_SCALAR, read_percent, "0 to 100" },
    [RLC_POLICY_BOOLEAN] = { RLC_YAML_SCALAR, read_boolean, "`true`, `false`" },
    [RLC_POLICY_CHOICE] = { RLC_YAML_SCALAR, read_choice, NULL },
    [RLC_POLICY_WORD] = { RLC_YAML_SCALAR, read_word, NULL },
    [RLC_POLICY_WORDS] = { RLC_YAML_LIST, read_words, NULL },
    [RLC_POLICY_NAMES] = { RLC_YAML_LIST, read_names, "a list of names" },
    [RLC_POLICY_ZONES] = { RLC_YAML_LIST, read_zones, "a list of IANA names" },
    [RLC_POLICY_AMOUNTS] = { RLC_YAML_MAP, read_amounts, "`{EUR: \"50.00\", USD: \"60.00\"}`" },
    [RLC_POLICY_OWN] = { RLC_YAML_SCALAR, NULL, "text" },
    [RLC_POLICY_NODE] = { ANY_KIND, read_node, "see below" },
};

bool rlc_policy_read(struct rlc_reading *reading, const struct rlc_policy_key *key,
                     const struct rlc_yaml *node, void *member)
{
    int kind = TYPES[key->type].kind;
    rlc_policy_read_fn *read = key->read ? key->read : TYPES[key->type].read;

    if (kind != ANY_KIND && !rlc_reading_expect(reading, node, (enum rlc_yaml_kind)kind, key->name))
        return false;
    return read(reading, key, node, member);
}

static void list_words(const struct rlc_policy_key *key, char *buffer, size_t capacity)
{
    char word[WORD_SIZE];
    size_t used = 0;

    buffer[0] = '\0';
    for (int32_t i = 1; lower_word(key->vocabulary, i, word) && used < capacity; i++)
        used += (size_t)snprintf(buffer + used, capacity - used, "%s%s", i > 1 ? ", " : "", word);
}

static void list_choices(const struct rlc_policy_key *key, char *buffer, size_t capacity)
{
    size_t used = 0;

    buffer[0] = '\0';
    for (size_t i = 0; key->choices[i] && used < capacity; i++)
        used += (size_t)snprintf(buffer + used, capacity - used, "%s%s", i ? ", " : "",
                                 key->choices[i]);
}

char *rlc_policy_values(const struct rlc_policy_key *key, char *buffer, size_t capacity)
{
    const char *values = key->values ? key->values : TYPES[key->type].values;

    if (values)
        (void)snprintf(buffer, capacity, "%s", values);
    else if (key->type == RLC_POLICY_INTEGER)
        (void)snprintf(buffer, capacity, "%lld to %lld", (long long)key->min, (long long)key->max);
    else if (key->type == RLC_POLICY_CHOICE)
        list_choices(key, buffer, capacity);
    else
        list_words(key, buffer, capacity);
    return buffer;
}
