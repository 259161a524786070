/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/config/config_part.h"

#include <string.h>

#include "common/pure/nearest.h"

/* The part of `name` directly below `section`; size 0 when it is not below. */
static struct rlc_span part_below(const char *name, const char *section)
{
    size_t size = strlen(section);
    const char *rest = name;

    if (size > 0) {
        if (strncmp(name, section, size) != 0 || name[size] != '.')
            return rlc_span_from(name, 0);
        rest = name + size + 1;
    }
    return rlc_span_from(rest, strcspn(rest, "."));
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
    struct rlc_nearest nearest = rlc_nearest_to(rlc_span_of(name));
    const char *elsewhere;

    for (size_t i = 0; i < config->count; i++) {
        const char *candidate = config->entries[i].field->name;
        struct rlc_span part = part_below(candidate, section);

        if (part.size == 0)
            continue;
        rlc_nearest_try(&nearest, part);
        if (nearest.found.data == part.data && nearest.found.size == part.size)
            (void)snprintf(ret_name, RLC_CONFIG_NAME_MAX + 1, "%.*s",
                           (int)((const char *)part.data + part.size - candidate), candidate);
    }
    if (nearest.found.data)
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
    struct rlc_nearest nearest = rlc_nearest_to(rlc_span_of(variable + prefix));

    for (size_t i = 0; i < config->count; i++) {
        char candidate[RLC_CONFIG_VARIABLE_SIZE];

        rlc_config_variable(config->entries[i].field->name, candidate);
        rlc_nearest_try(&nearest, rlc_span_of(candidate + prefix));
        if (nearest.found.data != (const uint8_t *)candidate + prefix)
            continue;
        memcpy(ret_variable, candidate, sizeof(candidate));
        nearest.found.data = (const uint8_t *)ret_variable + prefix;
    }
    return nearest.found.data != NULL;
}
