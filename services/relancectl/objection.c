/* SPDX-License-Identifier: Apache-2.0 */
#include "objection.h"

#include <string.h>

#include "common/wire/limits.h"
#include "letters.h"
#include "settled.h"
#include "text.h"

/* Letters that are looked through; older ones are settled, or nobody looks after them. */
#define LETTERS_MAX 100000

/* No identifier has a line feed in it. */
#define NAME_SIZE (2 * RLC_ID_MAX + 2)

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* False: it has no name. */
static bool name_of(const json_t *object, const char *id_member, char name[NAME_SIZE])
{
    const char *source = text_of(object, "source");
    const char *id = text_of(object, id_member);

    if (!source || !id)
        return false;
    (void)snprintf(name, NAME_SIZE, "%s\n%s", source, id);
    return true;
}

/* Name -> the events of that name. */
static json_t *events_by_name(json_t *events)
{
    json_t *names = json_object();
    char name[NAME_SIZE];
    size_t i;
    json_t *event;

    json_array_foreach(events, i, event)
    {
        if (!name_of(event, "id", name))
            continue;
        if (!json_object_get(names, name))
            (void)json_object_set_new(names, name, json_array());
        (void)json_array_append(json_object_get(names, name), event);
    }
    return names;
}

/* Those that are about one of the events, newest first. */
static json_t *letters_about(const json_t *letters, const json_t *names)
{
    json_t *found = json_array();
    char name[NAME_SIZE];
    size_t i;
    json_t *letter;

    json_array_foreach(letters, i, letter)
    {
        if (name_of(letter, "source_event_id", name) && json_object_get(names, name))
            (void)json_array_append(found, letter);
    }
    return found;
}

static bool is_open(const json_t *letter)
{
    const char *state = text_of(letter, "state");

    return state && strcmp(state, "OPEN") == 0;
}

/* The same id may be another debtor's event. */
static bool is_about(const json_t *letter, const json_t *event)
{
    static const char *const WHOSE[] = { "tenant", "debtor" };

    for (size_t i = 0; i < RLC_COUNT(WHOSE); i++) {
        const char *wanted = text_of(event, WHOSE[i]);
        const char *found = text_of(letter, WHOSE[i]);

        if (wanted && found && strcmp(wanted, found) != 0)
            return false;
    }
    return true;
}

static void give(json_t *letters, const json_t *names)
{
    char name[NAME_SIZE];
    size_t i;
    json_t *letter;

    json_array_foreach(letters, i, letter)
    {
        size_t k;
        json_t *event;

        (void)name_of(letter, "source_event_id", name);
        json_array_foreach(json_object_get(names, name), k, event)
        {
            const json_t *known = json_object_get(event, "letter");

            if (is_about(letter, event) && (!known || (!is_open(known) && is_open(letter))))
                (void)json_object_set(event, "letter", letter);
        }
    }
}

int ctl_objections(struct ctl *ctl, json_t *events)
{
    struct ctl_letter_filter filter = { .worker = "scenario", .limit = LETTERS_MAX };
    struct ctl_letter_list list;
    char why_not[CTL_WHY_SIZE];
    json_t *names = events_by_name(events);
    json_t *found;
    int code = CTL_OK;

    if (json_object_size(names) == 0) {
        json_decref(names);
        return CTL_OK;
    }
    code = ctl_letters_list(ctl, &filter, &list);
    found = letters_about(list.letters, names);
    if (code == CTL_OK && json_array_size(found))
        code = ctl_letters_settled(ctl, found, why_not);
    if (code == CTL_OK)
        give(found, names);
    json_decref(found);
    json_decref(list.letters);
    json_decref(names);
    return code;
}
