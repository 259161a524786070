/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/dead_letter.h"

#include "common/wire/rows.h"
#include "relance/v1/dead_letter.pb-c.h"
#include "relance/v1/sealed.pb-c.h"

static const struct rlc_wire_field SEALED_RAW_ROWS[] = {
    RLC_ID(sealed, key_id, RLC_REQUIRED),
    RLC_BYTES(sealed, bytes, RLC_RAW_BYTES_MAX, RLC_REQUIRED),
};
const struct rlc_wire_type rlc_sealed_raw_type = {
    .proto = &relance__v1__sealed__descriptor,
    .size = sizeof(struct rlc_sealed),
    .fields = SEALED_RAW_ROWS,
    .count = RLC_COUNT(SEALED_RAW_ROWS),
};

static const struct rlc_wire_field DEAD_LETTER_ROWS[] = {
    RLC_CODE(dead_letter, worker, RLC_REQUIRED),
    RLC_ONE(dead_letter, at, coordinates, RLC_REQUIRED),
    RLC_TENANT(dead_letter, tenant, RLC_OPTIONAL),
    RLC_ID(dead_letter, debtor, RLC_OPTIONAL),
    RLC_ID(dead_letter, creditor, RLC_OPTIONAL),
    RLC_ID(dead_letter, source, RLC_OPTIONAL),
    RLC_ID(dead_letter, source_event_id, RLC_OPTIONAL),
    RLC_CODE(dead_letter, code, RLC_REQUIRED),
    RLC_TEXT(dead_letter, path, RLC_PATH_BYTES_MAX, RLC_OPTIONAL),
    RLC_TEXT(dead_letter, remedy, RLC_TEXT_BYTES_MAX, RLC_OPTIONAL),
    RLC_INSTANT(dead_letter, rejected_at_ms, RLC_REQUIRED),
    RLC_HASH(dead_letter, record_hash, RLC_REQUIRED),
    RLC_U32(dead_letter, record_bytes, 0, UINT32_MAX),
    RLC_CODE(dead_letter, key, RLC_OPTIONAL),
    { RLC_ROW(dead_letter, raw, struct rlc_sealed), .form = RLC_FORM_ONE,
      .type = &rlc_sealed_raw_type },
    RLC_ONE(dead_letter, rules, rules, RLC_OPTIONAL),
    RLC_INSTANT(dead_letter, settled_at_ms, RLC_OPTIONAL),
    RLC_ID(dead_letter, settled_by, RLC_OPTIONAL),
};
RLC_TYPE(dead_letter, DEAD_LETTER_ROWS);

enum rlc_status rlc_dead_letter_decode(struct rlc_span bytes, struct rlc_arena *arena,
                                       struct rlc_dead_letter *ret_letter,
                                       struct rlc_fault *ret_fault)
{
    return rlc_wire_decode(&rlc_dead_letter_type, bytes, arena, ret_letter, ret_fault);
}

struct rlc_span rlc_dead_letter_encode(const struct rlc_dead_letter *letter,
                                       struct rlc_arena *arena)
{
    return rlc_wire_encode(&rlc_dead_letter_type, letter, arena);
}
