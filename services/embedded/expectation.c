/* SPDX-License-Identifier: Apache-2.0 */
#include "expectation.h"

#include <errno.h>
#include <string.h>

#include "common/runtime/error.h"

/* As summary.c counts them. */
static const char *const NAMES[] = { "debtors",     "invoices",  "records", "dead_letters",
                                     "quarantined", "conflicts", "last_day" };
static const char NAMES_TEXT[] =
    "debtors, invoices, records, dead_letters, quarantined, conflicts, "
    "last_day, open_EUR (any currency)";

const char *expectation_names(void)
{
    return NAMES_TEXT;
}

static bool is_currency(const char *text)
{
    return strlen(text) == 3 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static bool is_known(const char *name)
{
    size_t prefix = sizeof(EXPECTATION_OPEN) - 1;

    for (size_t i = 0; i < RLC_COUNT(NAMES); i++) {
        if (strcmp(NAMES[i], name) == 0)
            return true;
    }
    return strncmp(name, EXPECTATION_OPEN, prefix) == 0 && is_currency(name + prefix);
}

/* What is expected of a name that nothing is counted under would always come out. */
static enum rlc_status check_names(const struct expectation *expectation, const char *path,
                                   struct rlc_error *reterr)
{
    for (size_t i = 0; i < expectation->count; i++) {
        if (is_known(expectation->line[i].name))
            continue;
        return rlc_error_set(reterr, RLC_REJECT, "expect", 0,
                             "'%.120s', line %zu: nothing is counted as '%s'; there are %s", path,
                             i + 1, expectation->line[i].name, NAMES_TEXT);
    }
    return RLC_OK;
}

static bool read_line(struct expectation *expectation, const char *text)
{
    size_t name = strcspn(text, "=");
    size_t value = strcspn(text, "\n");

    if (text[name] != '=' || name == 0 || name >= EXPECTATION_TEXT ||
        value - name - 1 >= EXPECTATION_TEXT || expectation->count == EXPECTATION_MAX)
        return false;
    memcpy(expectation->line[expectation->count].name, text, name);
    memcpy(expectation->line[expectation->count].value, text + name + 1, value - name - 1);
    expectation->count++;
    return true;
}

enum rlc_status expectation_read(struct expectation *expectation, const char *path,
                                 struct rlc_error *reterr)
{
    char text[2 * EXPECTATION_TEXT + 2];
    FILE *file = fopen(path, "r");
    bool read = true;

    *expectation = (struct expectation){ .count = 0 };
    if (!file)
        return rlc_error_set(reterr, RLC_REJECT, "expect", errno, "cannot open '%.200s': %s", path,
                             strerror(errno));
    while (read && fgets(text, sizeof(text), file))
        read = read_line(expectation, text);
    read = read && !ferror(file);
    (void)fclose(file);
    if (read)
        return check_names(expectation, path, reterr);
    return rlc_error_set(reterr, RLC_REJECT, "expect", 0,
                         "'%.200s', line %zu: a line is NAME=VALUE, with up to %d characters each",
                         path, expectation->count + 1, EXPECTATION_TEXT - 1);
}

const char *expectation_of(const struct expectation *expectation, const char *name)
{
    for (size_t i = 0; i < expectation->count; i++) {
        if (strcmp(expectation->line[i].name, name) == 0)
            return expectation->line[i].value;
    }
    return NULL;
}
