/* SPDX-License-Identifier: Apache-2.0 */
#include "state.h"

#include "common/wire/rows.h"
#include "relance/v1/notifier_state.pb-c.h"

static const struct rlc_wire_field WAITING_CONTACT_ROWS[] = {
    RLC_U32(waiting_contact, format, 0, UINT32_MAX),
    RLC_ENUM(waiting_contact, phase, contact_phase, RLC_REQUIRED),
    RLC_ONE(waiting_contact, request, contact_request, RLC_REQUIRED),
    RLC_ONE(waiting_contact, at, coordinates, RLC_REQUIRED),
    RLC_HASH(waiting_contact, record_hash, RLC_REQUIRED),
    RLC_U32(waiting_contact, parts, 1, NOTIFIER_PARTS_MAX),
    RLC_INSTANT(waiting_contact, attempted_at_ms, RLC_OPTIONAL),
    RLC_ACTION(waiting_contact, owner, RLC_OPTIONAL),
    RLC_TEXT(waiting_contact, message_id, RLC_URI_BYTES_MAX, RLC_OPTIONAL),
    RLC_HASH(waiting_contact, content_hash, RLC_OPTIONAL),
    RLC_ONE(waiting_contact, look, look_taken, RLC_OPTIONAL),
};
static RLC_TYPE(waiting_contact, WAITING_CONTACT_ROWS);

static const struct rlc_wire_field WAITING_ANNEX_ROWS[] = {
    RLC_U32(waiting_annex, format, 0, UINT32_MAX),
    RLC_MANY(waiting_annex, lines, line_count, line, 0, RLC_REQUEST_LINES_MAX),
};
static RLC_TYPE(waiting_annex, WAITING_ANNEX_ROWS);

static const struct rlc_wire_type *type_of(struct rlc_span key)
{
    if (notifier_state_is_contact(key))
        return &rlc_waiting_contact_type;
    return key.size > 0 && key.data[0] == 'l' ? &rlc_waiting_annex_type : NULL;
}

void *notifier_state_decode(struct rlc_span key, struct rlc_span bytes, struct rlc_arena *arena)
{
    const struct rlc_wire_type *type = type_of(key);
    void *record = type ? rlc_arena_alloc(arena, type->size) : NULL;
    struct rlc_fault fault;

    if (!record || rlc_wire_decode(type, bytes, arena, record, &fault) != RLC_OK)
        return NULL;
    return *(const uint32_t *)record == NOTIFIER_FORMAT ? record : NULL;
}

struct rlc_span notifier_state_encode(struct rlc_span key, const void *record,
                                      struct rlc_arena *arena)
{
    return rlc_wire_encode(type_of(key), record, arena);
}

bool notifier_state_is_contact(struct rlc_span key)
{
    return key.size > 0 && key.data[0] == 'c';
}
