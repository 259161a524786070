/* SPDX-License-Identifier: Apache-2.0 */
#include "state.h"

#include <assert.h>

#include "common/wire/rows.h"
#include "relance/v1/legal_state.pb-c.h"

static const struct rlc_wire_field CASE_DATE_ROWS[] = {
    RLC_CODE(case_date, word, RLC_REQUIRED),
    RLC_DAY(case_date, on, RLC_REQUIRED),
};
static RLC_TYPE(case_date, CASE_DATE_ROWS);

static const struct rlc_wire_field CASE_APPROVAL_ROWS[] = {
    RLC_ID(case_approval, command, RLC_REQUIRED),
    RLC_ID(case_approval, actor, RLC_REQUIRED),
    RLC_ID(case_approval, signing_key, RLC_REQUIRED),
    RLC_BYTES(case_approval, signature, RLC_SIGNATURE_BYTES_MAX, RLC_REQUIRED),
    RLC_ONE(case_approval, causation, causation, RLC_OPTIONAL),
};
static RLC_TYPE(case_approval, CASE_APPROVAL_ROWS);

static const struct rlc_wire_field CASE_RECORD_ROWS[] = {
    RLC_U32(case_record, format, 0, UINT32_MAX),
    RLC_HASH(case_record, bundle_hash, RLC_OPTIONAL),
    RLC_TENANT(case_record, tenant, RLC_REQUIRED),
    RLC_ID(case_record, debtor, RLC_REQUIRED),
    RLC_ID(case_record, creditor, RLC_OPTIONAL),
    RLC_ID(case_record, case_id, RLC_REQUIRED),
    RLC_CODE(case_record, procedure, RLC_OPTIONAL),
    RLC_CODE(case_record, state, RLC_OPTIONAL),
    RLC_DAY(case_record, since_on, RLC_OPTIONAL),
    RLC_ONE(case_record, claim, claim, RLC_REQUIRED),
    RLC_ENUM(case_record, status, party_status, RLC_OPTIONAL),
    RLC_ONE(case_record, debtor_name, sealed, RLC_OPTIONAL),
    RLC_ONE(case_record, debtor_address, sealed, RLC_OPTIONAL),
    RLC_MANY(case_record, dates, date_count, case_date, 0, LEGAL_DATES_MAX),
    RLC_DAY(case_record, deadline_on, RLC_OPTIONAL),
    RLC_U32(case_record, warned, 0, UINT32_MAX),
    RLC_U32(case_record, occurrence, 0, UINT32_MAX),
    RLC_FLAG(case_record, proposed),
    RLC_HASH(case_record, asked, RLC_OPTIONAL),
    RLC_ONE(case_record, approval, case_approval, RLC_OPTIONAL),
    RLC_CODE(case_record, blocked, RLC_OPTIONAL),
    RLC_U32(case_record, filings, 0, UINT32_MAX),
    RLC_ID(case_record, filing, RLC_OPTIONAL),
    RLC_INSTANT(case_record, wake_ms, RLC_OPTIONAL),
    RLC_U32(case_record, said, 0, UINT32_MAX),
    RLC_CODE(case_record, country, RLC_OPTIONAL),
    RLC_CODE(case_record, segment, RLC_OPTIONAL),
    RLC_CODE(case_record, held, RLC_OPTIONAL),
    RLC_INSTANT(case_record, held_until_ms, RLC_OPTIONAL),
    RLC_ENUM(case_record, standing, suppression, RLC_OPTIONAL),
    RLC_ONE(case_record, on_account, money, RLC_OPTIONAL),
};
static RLC_TYPE(case_record, CASE_RECORD_ROWS);

static const struct rlc_wire_field KNOWN_SCOPE_ROWS[] = {
    RLC_U32(known_scope, format, 0, UINT32_MAX),
    RLC_ONE(known_scope, scope, scope, RLC_REQUIRED),
};
static RLC_TYPE(known_scope, KNOWN_SCOPE_ROWS);

static const struct rlc_wire_type *type_of(struct rlc_span key)
{
    if (legal_key_is_case(key))
        return &rlc_case_record_type;
    return key.size > 0 && key.data[0] == 's' ? &rlc_known_scope_type : NULL;
}

/* Both kinds begin with their format. */
void *legal_state_decode(struct rlc_span key, struct rlc_span bytes, struct rlc_arena *arena)
{
    const struct rlc_wire_type *type = type_of(key);
    void *record = type ? rlc_arena_alloc(arena, type->size) : NULL;
    struct rlc_fault fault;

    if (!record || rlc_wire_decode(type, bytes, arena, record, &fault) != RLC_OK)
        return NULL;
    return *(const uint32_t *)record == LEGAL_FORMAT ? record : NULL;
}

struct rlc_span legal_state_encode(struct rlc_span key, const void *record, struct rlc_arena *arena)
{
    const struct rlc_wire_type *type = type_of(key);

    assert(type);
    return rlc_wire_encode(type, record, arena);
}
