/* SPDX-License-Identifier: Apache-2.0 */
#include "json/salvage.h"

#include <jansson.h>

#include "common/pure/text.h"
#include "core/scan.h"

/* The longest identifier with every byte escaped as \u00xx, and its quotes. */
#define ESCAPED_MAX (6 * RLC_ID_MAX + 2)

static const struct {
    const char *name;
    size_t offset;
    bool (*valid)(struct rlc_span text);
} NAMES[] = {
    { "tenant", offsetof(struct whom, tenant), rlc_tenant_valid },
    { "debtor", offsetof(struct whom, debtor), rlc_id_valid },
    { "creditor", offsetof(struct whom, creditor), rlc_id_valid },
    { "source", offsetof(struct whom, source), rlc_id_valid },
    { "id", offsetof(struct whom, id), rlc_id_valid },
};

/* The text of a string as it is written. */
static struct rlc_span text_of(struct rlc_span written, struct rlc_arena *arena)
{
    struct rlc_span text = { NULL, 0 };
    json_t *value;

    if (written.size > ESCAPED_MAX || written.data[0] != '"')
        return text;
    value = json_loadb((const char *)written.data, written.size, JSON_DECODE_ANY, NULL);
    if (json_is_string(value))
        text = rlc_arena_copy(arena,
                              rlc_span_from(json_string_value(value), json_string_length(value)));
    json_decref(value);
    return text;
}

struct whom salvage(struct rlc_span bytes, struct rlc_arena *arena)
{
    struct whom whom = { .natural = false };
    bool seen[RLC_COUNT(NAMES)] = { false };
    struct scan_member member;
    size_t position = 0;

    while (scan_next_member(bytes, &position, &member)) {
        if (rlc_span_equal(member.name, rlc_span_of("naturalperson")))
            whom.natural |= !rlc_span_equal(member.value, rlc_span_of("false")) &&
                            !rlc_span_equal(member.value, rlc_span_of("null"));
        for (size_t i = 0; i < RLC_COUNT(NAMES); i++) {
            struct rlc_span *known = (struct rlc_span *)((uint8_t *)&whom + NAMES[i].offset);
            struct rlc_span text;

            if (!rlc_span_equal(member.name, rlc_span_of(NAMES[i].name)))
                continue;
            text = text_of(member.value, arena);
            if (!NAMES[i].valid(text) || (seen[i] && !rlc_span_equal(text, *known)))
                text.size = 0;
            *known = text;
            seen[i] = true;
        }
    }
    return whom;
}
