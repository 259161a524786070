/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/last_look.h"

#include "common/pure/key.h"
#include "common/wire/rows.h"
#include "relance/v1/last_look.pb-c.h"

#define FORMAT 1 /* of scenario's records */

struct rlc_epoch_record {
    uint32_t format;
    int64_t epoch;
};

struct rlc_scope_revision {
    int64_t revision;
};

struct rlc_revision_record {
    uint32_t format;
    struct rlc_scope_revision scope;
};

static const struct rlc_wire_field EPOCH_RECORD_ROWS[] = {
    RLC_U32(epoch_record, format, 0, UINT32_MAX),
    RLC_COUNTER(epoch_record, epoch, 0),
};
static RLC_TYPE(epoch_record, EPOCH_RECORD_ROWS);

static const struct rlc_wire_field SCOPE_REVISION_ROWS[] = {
    RLC_COUNTER(scope_revision, revision, 0),
};
static RLC_TYPE(scope_revision, SCOPE_REVISION_ROWS);

static const struct rlc_wire_field REVISION_RECORD_ROWS[] = {
    RLC_U32(revision_record, format, 0, UINT32_MAX),
    RLC_ONE(revision_record, scope, scope_revision, RLC_OPTIONAL),
};
static RLC_TYPE(revision_record, REVISION_RECORD_ROWS);

struct rlc_span rlc_epoch_key_debtor(struct rlc_arena *arena, struct rlc_span debtor)
{
    return rlc_key_build(arena, 'd', &debtor, 1);
}

struct rlc_span rlc_epoch_key_account(struct rlc_arena *arena, struct rlc_span debtor,
                                      struct rlc_span creditor)
{
    struct rlc_span part[] = { debtor, creditor };

    return rlc_key_build(arena, 'a', part, RLC_COUNT(part));
}

struct rlc_span rlc_revision_key(struct rlc_arena *arena, struct rlc_span tenant)
{
    return rlc_key_build(arena, 's', &tenant, 1);
}

bool rlc_epoch_read(struct rlc_span bytes, struct rlc_arena *arena, int64_t *ret_epoch)
{
    struct rlc_epoch_record record;
    struct rlc_fault fault;

    if (rlc_wire_decode(&rlc_epoch_record_type, bytes, arena, &record, &fault) != RLC_OK ||
        record.format != FORMAT)
        return false;
    *ret_epoch = record.epoch;
    return true;
}

bool rlc_revision_read(struct rlc_span bytes, struct rlc_arena *arena, int64_t *ret_revision)
{
    struct rlc_revision_record record;
    struct rlc_fault fault;

    if (rlc_wire_decode(&rlc_revision_record_type, bytes, arena, &record, &fault) != RLC_OK ||
        record.format != FORMAT)
        return false;
    *ret_revision = record.scope.revision;
    return true;
}
