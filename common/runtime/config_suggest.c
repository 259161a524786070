/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/config_part.h"

#include <string.h>

/* Longer words are not compared: none of ours is longer. */
#define WORD_MAX RLC_CONFIG_VARIABLE_SIZE
#define FAR      SIZE_MAX

struct word {
    const char *text;
    size_t size;
};

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;

    return least < c ? least : c;
}

/* How many insertions, deletions and replacements turn one word into the other (Levenshtein). */
static size_t distance(struct word from, struct word to)
{
    size_t row[WORD_MAX + 1];

    if (from.size > WORD_MAX || to.size > WORD_MAX)
        return FAR;
    for (size_t j = 0; j <= to.size; j++)
        row[j] = j;
    for (size_t i = 1; i <= from.size; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= to.size; j++) {
            size_t replaced = diagonal + (from.text[i - 1] != to.text[j - 1]);

            diagonal = row[j];
            row[j] = smallest(row[j] + 1, row[j - 1] + 1, replaced);
        }
    }
    return row[to.size];
}

/* A third of the word may be wrong: further away a suggestion is a guess. */
static size_t tolerance(size_t size)
{
    return size <= 3 ? 1 : size <= 6 ? 2 : size / 3;
}

/* The part of `name` directly below `section`; size 0 when it is not below. */
static struct word part_below(const char *name, const char *section)
{
    size_t size = strlen(section);
    const char *rest = name;

    if (size > 0) {
        if (strncmp(name, section, size) != 0 || name[size] != '.')
            return (struct word){ name, 0 };
        rest = name + size + 1;
    }
    return (struct word){ rest, strcspn(rest, ".") };
}

/* The entry whose last part is this word: a key written into the wrong section. */
static const char *misplaced(const struct rlc_config *config, const char *word)
{
    for (size_t i = 0; i < config->count; i++) {
        const char *name = config->entries[i].field->name;
        const char *dot = strrchr(name, '.');

        if (dot && strcmp(dot + 1, word) == 0)
            return name;
    }
    return NULL;
}

bool rlc_config_nearest_name(const struct rlc_config *config, const char *section, const char *name,
                             char ret_name[RLC_CONFIG_NAME_MAX + 1])
{
    struct word wanted = { name, strlen(name) };
    size_t best = tolerance(wanted.size) + 1;
    const char *elsewhere;

    for (size_t i = 0; i < config->count; i++) {
        const char *candidate = config->entries[i].field->name;
        struct word part = part_below(candidate, section);
        size_t far = part.size ? distance(wanted, part) : FAR;

        if (far < best) {
            best = far;
            (void)snprintf(ret_name, RLC_CONFIG_NAME_MAX + 1, "%.*s",
                           (int)(part.text + part.size - candidate), candidate);
        }
    }
    if (best <= tolerance(wanted.size))
        return true;
    elsewhere = misplaced(config, name);
    if (elsewhere)
        (void)snprintf(ret_name, RLC_CONFIG_NAME_MAX + 1, "%s", elsewhere);
    return elsewhere != NULL;
}

bool rlc_config_nearest_variable(const struct rlc_config *config, const char *variable,
                                 char ret_variable[RLC_CONFIG_VARIABLE_SIZE])
{
    size_t prefix = sizeof(RLC_CONFIG_PREFIX) - 1;
    struct word wanted = { variable + prefix, strlen(variable + prefix) };
    size_t best = tolerance(wanted.size) + 1;

    for (size_t i = 0; i < config->count; i++) {
        char candidate[RLC_CONFIG_VARIABLE_SIZE];
        size_t far;

        rlc_config_variable(config->entries[i].field->name, candidate);
        far = distance(wanted, (struct word){ candidate + prefix, strlen(candidate + prefix) });
        if (far < best) {
            best = far;
            memcpy(ret_variable, candidate, sizeof(candidate));
        }
    }
    return best <= tolerance(wanted.size);
}
