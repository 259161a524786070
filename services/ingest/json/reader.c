/* SPDX-License-Identifier: Apache-2.0 */
#include "json/reader.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/pure/nearest.h"

#define UNKNOWN_REMEDY_SIZE 160

/* The members of one object, by the rows of its shape; those of its base behind them. */
struct sorted {
    const struct member *member[SHAPE_MEMBERS_MAX];
    json_t *value[SHAPE_MEMBERS_MAX];
    size_t count;
};

enum rlc_status refuse(const struct reader *reader, const struct member *member, size_t index,
                       const char *code, const char *remedy)
{
    char path[sizeof(reader->fault->path)] = "";
    char element[32] = "";
    char at[32] = "";

    if (reader->list)
        (void)snprintf(element, sizeof(element), "[%zu]", reader->index);
    if (index != NO_INDEX)
        (void)snprintf(at, sizeof(at), "[%zu]", index);
    (void)snprintf(path, sizeof(path), "%s%s%s%s%s%s%s", reader->prefix ? reader->prefix : "",
                   reader->list ? "." : "", reader->list ? reader->list : "", element,
                   member && (reader->prefix || reader->list) ? "." : "",
                   member ? member->name : "", at);
    return rlc_fault_set(reader->fault, code, path, remedy);
}

/* A place has one fault: what follows from it is no other. */
static bool is_noted(const struct reader *reader)
{
    for (size_t i = 0; i < reader->all->count; i++) {
        if (strcmp(reader->all->fault[i].path, reader->fault->path) == 0)
            return true;
    }
    return false;
}

enum rlc_status go_on(const struct reader *reader, enum rlc_status status)
{
    if (status != RLC_REJECT || !reader->all)
        return status;
    if (is_noted(reader))
        return RLC_OK;
    if (reader->all->count == CANONICAL_FAULTS_MAX)
        return status;
    reader->all->fault[reader->all->count++] = *reader->fault;
    return RLC_OK;
}

/* The path names the object: what its member is called is the sender's text, not the schema's. Only
 * who wants all faults is the sender. */
static enum rlc_status refuse_unknown(const struct reader *reader, const struct sorted *sorted,
                                      const char *name, size_t place)
{
    struct rlc_nearest nearest = rlc_nearest_to(rlc_span_of(name));
    const struct member unknown = { .name = name };
    char remedy[UNKNOWN_REMEDY_SIZE];

    for (size_t i = 0; i < sorted->count; i++)
        rlc_nearest_try(&nearest, rlc_span_of(sorted->member[i]->name));
    if (nearest.found.data) {
        (void)snprintf(remedy, sizeof(remedy),
                       "Member %zu of this object does not exist; did you mean '%.*s'?", place,
                       (int)nearest.found.size, (const char *)nearest.found.data);
    } else {
        (void)snprintf(remedy, sizeof(remedy),
                       "Member %zu of this object does not exist; leave it out.", place);
    }
    return refuse(reader, reader->all ? &unknown : NULL, NO_INDEX, "UNKNOWN_FIELD", remedy);
}

static void list_members(const struct shape *shape, struct sorted *sorted)
{
    sorted->count = 0;
    for (; shape; shape = shape->base) {
        for (size_t i = 0; i < shape->count; i++) {
            assert(sorted->count < SHAPE_MEMBERS_MAX);
            sorted->member[sorted->count] = &shape->members[i];
            sorted->value[sorted->count++] = NULL;
        }
    }
}

static size_t find(const struct sorted *sorted, const char *name)
{
    size_t i = 0;

    while (i < sorted->count && strcmp(sorted->member[i]->name, name) != 0)
        i++;
    return i;
}

static enum rlc_status sort_members(const struct reader *reader, const struct shape *shape,
                                    json_t *json, struct sorted *sorted)
{
    enum rlc_status status = RLC_OK;
    size_t place = 0;
    void *member;

    list_members(shape, sorted);
    /* Jansson gives members in the order in which they were written. */
    for (member = json_object_iter(json); status == RLC_OK && member;
         member = json_object_iter_next(json, member)) {
        const char *name = json_object_iter_key(member);
        size_t row = find(sorted, name);

        place++;
        if (row == sorted->count && shape->open)
            continue;
        if (row == sorted->count)
            status = go_on(reader, refuse_unknown(reader, sorted, name, place));
        else if (!json_is_null(json_object_iter_value(member)))
            sorted->value[row] = json_object_iter_value(member);
    }
    return status;
}

/* ---- values ---- */

static void put_number(const struct member *member, void *base, int32_t number)
{
    memcpy((uint8_t *)base + member->offset, &number, sizeof(number));
}

/* What an absent member becomes: its fallback, or nothing. */
static enum rlc_status read_absent(const struct reader *reader, const struct member *member,
                                   void *base)
{
    if (member->flags & REQUIRED)
        return refuse(reader, member, NO_INDEX, "MISSING_FIELD", "Send this member.");
    if (member->flags & OR_TIME)
        memcpy((uint8_t *)base + member->offset, &reader->time_ms, sizeof(reader->time_ms));
    else if (member->flags & OR_PLACE)
        put_number(member, base, (int32_t)reader->index + 1);
    else if (member->fallback)
        put_number(member, base, member->fallback);
    return RLC_OK;
}

static enum rlc_status read_member(struct reader *reader, const struct member *member,
                                   json_t *value, void *base)
{
    return go_on(reader, value ? read_value(reader, member, value, base)
                               : read_absent(reader, member, base));
}

enum rlc_status read_count(const struct reader *reader, const struct member *member, json_t *value,
                           size_t *ret_count)
{
    if (!json_is_array(value))
        return refuse(reader, member, NO_INDEX, "WRONG_TYPE", "Send a list.");
    *ret_count = json_array_size(value);
    if (*ret_count > (size_t)member->high)
        return refuse(reader, member, NO_INDEX, "TOO_MANY",
                      "Send fewer entries; the contract names the limit.");
    if (*ret_count < (size_t)member->low)
        return refuse(reader, member, NO_INDEX, "MISSING_FIELD", "Send at least one entry.");
    return RLC_OK;
}

enum rlc_status make_list(const struct reader *reader, const struct member *member, void *base,
                          size_t count, size_t size, void **ret_elements)
{
    void *elements = NULL;

    if (count) {
        elements = rlc_arena_array(reader->arena, count, size);
        if (!elements)
            return RLC_RETRY;
    }
    memcpy((uint8_t *)base + member->offset, &elements, sizeof(elements));
    memcpy((uint8_t *)base + member->count_offset, &count, sizeof(count));
    *ret_elements = elements;
    return RLC_OK;
}

/* An element of a list: only values, no lists inside. */
static enum rlc_status read_element(struct reader *reader, const struct shape *shape, json_t *json,
                                    void *base)
{
    struct sorted sorted;
    enum rlc_status status;

    if (!json_is_object(json))
        return refuse(reader, NULL, NO_INDEX, "WRONG_TYPE", "Send an object.");
    status = sort_members(reader, shape, json, &sorted);
    for (size_t i = 0; status == RLC_OK && i < sorted.count; i++)
        status = read_member(reader, sorted.member[i], sorted.value[i], base);
    return status;
}

static enum rlc_status read_list(struct reader *reader, const struct member *member, json_t *value,
                                 void *base)
{
    void *elements = NULL;
    size_t count = 0;
    enum rlc_status status = read_count(reader, member, value, &count);

    if (status == RLC_OK)
        status = make_list(reader, member, base, count, member->of->size, &elements);
    reader->list = member->name;
    for (size_t i = 0; status == RLC_OK && i < count; i++) {
        reader->index = i;
        status = go_on(reader, read_element(reader, member->of, json_array_get(value, i),
                                            (uint8_t *)elements + i * member->of->size));
    }
    reader->list = NULL;
    return status;
}

enum rlc_status read_object(struct reader *reader, const struct shape *shape, json_t *json,
                            void *base)
{
    struct sorted sorted;
    enum rlc_status status = sort_members(reader, shape, json, &sorted);

    /* First of all: amounts need it wherever it stands. */
    for (size_t i = 0; status == RLC_OK && i < sorted.count; i++) {
        if (sorted.member[i]->form == FORM_CURRENCY)
            status = read_member(reader, sorted.member[i], sorted.value[i], base);
    }
    for (size_t i = 0; status == RLC_OK && i < sorted.count; i++) {
        const struct member *member = sorted.member[i];

        if (member->form == FORM_LIST && sorted.value[i])
            status = go_on(reader, read_list(reader, member, sorted.value[i], base));
        else if (member->form != FORM_CURRENCY)
            status = read_member(reader, member, sorted.value[i], base);
    }
    return status;
}
