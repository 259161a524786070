/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/key.h"

#include <assert.h>
#include <string.h>

#include "common/pure/decimal.h"

#define PART_SEPARATOR   '|'
#define TENANT_SEPARATOR '/'

static const struct rlc_span NO_SPAN = { NULL, 0 };

static const uint8_t *find_byte(struct rlc_span text, char byte)
{
    return text.size ? memchr(text.data, byte, text.size) : NULL;
}

/* Both kinds of key are built alike: the parts, and one separator before each but the first. */
static uint8_t *append_part(uint8_t *at, char separator, struct rlc_span part)
{
    *at++ = (uint8_t)separator;
    memcpy(at, part.data, part.size);
    return at + part.size;
}

struct rlc_span rlc_key_of_debtor(struct rlc_arena *arena, struct rlc_span tenant,
                                  struct rlc_span debtor)
{
    size_t size = tenant.size + 1 + debtor.size;
    uint8_t *key;

    assert(tenant.size > 0 && find_byte(tenant, TENANT_SEPARATOR) == NULL);
    assert(debtor.size > 0 && find_byte(debtor, PART_SEPARATOR) == NULL);

    key = rlc_arena_alloc(arena, size);
    if (key == NULL)
        return NO_SPAN;
    memcpy(key, tenant.data, tenant.size);
    append_part(key + tenant.size, TENANT_SEPARATOR, debtor);
    return rlc_span_from(key, size);
}

bool rlc_key_split_debtor(struct rlc_span debtor_key, struct rlc_span *ret_tenant,
                          struct rlc_span *ret_debtor)
{
    const uint8_t *slash = find_byte(debtor_key, TENANT_SEPARATOR);
    size_t tenant_size = slash ? (size_t)(slash - debtor_key.data) : 0;

    if (tenant_size == 0 || tenant_size + 1 == debtor_key.size)
        return false;
    *ret_tenant = rlc_span_from(debtor_key.data, tenant_size);
    *ret_debtor = rlc_span_from(slash + 1, debtor_key.size - tenant_size - 1);
    return true;
}

struct rlc_span rlc_key_build(struct rlc_arena *arena, char kind, const struct rlc_span *part,
                              size_t count)
{
    size_t size = 1;
    uint8_t *key;
    uint8_t *at;

    assert(kind >= 'a' && kind <= 'z');
    assert(count > 0 && count <= RLC_KEY_PARTS_MAX);
    for (size_t i = 0; i < count; i++) {
        assert(part[i].size > 0 && find_byte(part[i], PART_SEPARATOR) == NULL);
        size += 1 + part[i].size;
    }

    key = rlc_arena_alloc(arena, size);
    if (key == NULL)
        return NO_SPAN;
    key[0] = (uint8_t)kind;
    at = key + 1;
    for (size_t i = 0; i < count; i++)
        at = append_part(at, PART_SEPARATOR, part[i]);
    return rlc_span_from(key, size);
}

struct rlc_span rlc_key_u64(struct rlc_arena *arena, uint64_t number)
{
    char text[RLC_DECIMAL_SIZE];
    size_t size = rlc_u64_format(number, text, sizeof(text));

    return rlc_arena_copy(arena, rlc_span_from(text, size));
}

/* Cuts the next part off `rest`, which begins with its separator. */
static bool next_part(struct rlc_span *rest, struct rlc_span *ret_part)
{
    struct rlc_span tail;
    const uint8_t *end;

    if (rest->data[0] != PART_SEPARATOR)
        return false;
    tail = rlc_span_from(rest->data + 1, rest->size - 1);
    end = find_byte(tail, PART_SEPARATOR);
    *ret_part = rlc_span_from(tail.data, end ? (size_t)(end - tail.data) : tail.size);
    *rest = rlc_span_from(tail.data + ret_part->size, tail.size - ret_part->size);
    return ret_part->size > 0;
}

bool rlc_key_parse(struct rlc_span key, struct rlc_key *ret_key)
{
    struct rlc_key parsed = { .count = 0 };
    struct rlc_span rest;

    if (key.size < 3 || key.data[0] < 'a' || key.data[0] > 'z')
        return false;
    parsed.kind = (char)key.data[0];
    rest = rlc_span_from(key.data + 1, key.size - 1);
    while (rest.size > 0) {
        if (parsed.count == RLC_KEY_PARTS_MAX || !next_part(&rest, &parsed.part[parsed.count]))
            return false;
        parsed.count++;
    }
    *ret_key = parsed;
    return true;
}

struct rlc_span rlc_key_debtor(struct rlc_span key)
{
    struct rlc_span tenant;
    struct rlc_span debtor;
    struct rlc_key parsed;

    if (!rlc_key_parse(key, &parsed) || !rlc_key_split_debtor(parsed.part[0], &tenant, &debtor))
        return NO_SPAN;
    return parsed.part[0];
}
