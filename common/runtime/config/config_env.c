/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/config/config_part.h"

#include <assert.h>
#include <string.h>

#define TWIN_SUFFIX "_FILE"
/* Bytes of a variable's name; a longer one is cut, and then unknown. */
#define VARIABLE_MAX 255

/* Lower case of the C locale, whatever the process's locale is. */
static char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static char upper(char letter)
{
    return letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
}

void rlc_config_variable(const char *name, char ret_variable[RLC_CONFIG_VARIABLE_SIZE])
{
    size_t size = sizeof(RLC_CONFIG_PREFIX) - 1;

    assert(strlen(name) <= RLC_CONFIG_NAME_MAX);
    memcpy(ret_variable, RLC_CONFIG_PREFIX, size);
    for (; *name; name++)
        ret_variable[size++] = *name == '.' ? '_' : upper(*name);
    ret_variable[size] = '\0';
}

static bool ends_in(const char *text, const char *suffix)
{
    size_t size = strlen(text);
    size_t suffix_size = strlen(suffix);

    return size > suffix_size && strcmp(text + size - suffix_size, suffix) == 0;
}

static bool is_listed(const char *const *names, const char *name)
{
    for (; names && *names; names++) {
        if (strcmp(*names, name) == 0)
            return true;
    }
    return false;
}

/* Kubernetes puts the addresses of every service of the namespace into every container, and calls
 * those of a service `relance-ingest` RELANCE_INGEST_... */
static bool is_service_link(const char *variable, const char *value)
{
    return ends_in(variable, "_SERVICE_HOST") || ends_in(variable, "_SERVICE_PORT") ||
           strstr(variable, "_SERVICE_PORT_") != NULL || strstr(variable, "_TCP_") != NULL ||
           strncmp(value, "tcp://", strlen("tcp://")) == 0;
}

static void complain_unknown(struct rlc_config *config, const struct rlc_config_mark *mark,
                             const char *value)
{
    char nearest[RLC_CONFIG_VARIABLE_SIZE];

    if (is_service_link(mark->variable, value)) {
        rlc_config_complain(config, mark,
                            "unknown variable, probably a Kubernetes service link: "
                            "set enableServiceLinks: false in the pod");
    } else if (rlc_config_nearest_variable(config, mark->variable, nearest)) {
        rlc_config_complain(config, mark, "unknown variable, did you mean %s?", nearest);
    } else {
        rlc_config_complain(config, mark, "unknown variable");
    }
}

/* RELANCE_KAFKA_PROPERTIES_SASL_PASSWORD_FILE gives the key sasl.password_file of that map. */
static void put_pair(struct rlc_config *config, struct rlc_config_entry *entry,
                     const struct rlc_config_mark *mark, const char *rest, const char *value)
{
    char key[RLC_CONFIG_KEY_SIZE + sizeof(TWIN_SUFFIX)];
    size_t size = strlen(rest);
    size_t stem = size - (ends_in(rest, TWIN_SUFFIX) ? strlen(TWIN_SUFFIX) : 0);

    if (size >= sizeof(key)) {
        rlc_config_complain(config, mark, "the name of the property is too long");
        return;
    }
    for (size_t i = 0; i <= size; i++)
        key[i] = rest[i] == '_' && i < stem ? '.' : lower(rest[i]);
    rlc_config_put_pair(config, entry, mark, key, value);
}

/* Whether `variable` is the one of `entry`, its twin, or one of its pairs; then sets it. */
static bool try_entry(struct rlc_config *config, struct rlc_config_entry *entry,
                      const struct rlc_config_mark *mark, const char *value)
{
    char variable[RLC_CONFIG_VARIABLE_SIZE];
    const char *rest;
    size_t size;

    rlc_config_variable(entry->field->name, variable);
    size = strlen(variable);
    if (strncmp(mark->variable, variable, size) != 0)
        return false;
    rest = mark->variable + size;
    if (rest[0] == '\0')
        rlc_config_set(config, entry, mark, value);
    else if (entry->field->type == RLC_CONFIG_MAP && rest[0] == '_' && rest[1])
        put_pair(config, entry, mark, rest + 1, value);
    else if ((entry->field->flags & RLC_CONFIG_SECRET) && strcmp(rest, TWIN_SUFFIX) == 0)
        rlc_config_set_from_file(config, entry, mark, value);
    else
        return false;
    return true;
}

static void read_variable(struct rlc_config *config, const char *variable, const char *value)
{
    struct rlc_config_mark mark = { .variable = variable };

    for (size_t i = 0; i < config->count; i++) {
        if (try_entry(config, &config->entries[i], &mark, value))
            return;
    }
    if (!is_listed(config->source->ignored, variable))
        complain_unknown(config, &mark, value);
}

void rlc_config_read_environment(struct rlc_config *config)
{
    char *const *variable = config->source->environment;

    for (; variable && *variable; variable++) {
        const char *equals = strchr(*variable, '=');
        char name[VARIABLE_MAX + 1];

        if (!equals || strncmp(*variable, RLC_CONFIG_PREFIX, sizeof(RLC_CONFIG_PREFIX) - 1) != 0)
            continue;
        (void)snprintf(name, sizeof(name), "%.*s", (int)(equals - *variable), *variable);
        read_variable(config, name, equals + 1);
    }
}
