/* SPDX-License-Identifier: Apache-2.0 */
#include "state.h"

#include "common/wire/rows.h"
#include "relance/v1/scoring_state.pb-c.h"

static const struct rlc_wire_field MARK_ROWS[] = {
    RLC_ENUM(mark, kind, mark_kind, RLC_REQUIRED),
    RLC_DAY(mark, on, RLC_OPTIONAL),
};
static RLC_TYPE(mark, MARK_ROWS);

static const struct rlc_wire_field HABIT_ROWS[] = {
    RLC_U32(habit, settled, 0, UINT32_MAX),
    RLC_U32(habit, late, 0, UINT32_MAX),
};
static RLC_TYPE(habit, HABIT_ROWS);

static const struct rlc_wire_field DUE_DAY_ROWS[] = {
    RLC_DAY(due_day, due_on, RLC_OPTIONAL),
    RLC_U32(due_day, documents, 0, UINT32_MAX),
    RLC_I64(due_day, open_minor, 0, INT64_MAX),
};
static RLC_TYPE(due_day, DUE_DAY_ROWS);

static const struct rlc_wire_field PURSE_ROWS[] = {
    RLC_CURRENCY(purse, currency),
    RLC_U32(purse, documents, 0, UINT32_MAX),
    RLC_I64(purse, usual_minor, 0, INT64_MAX),
    RLC_I64(purse, settled_minor, 0, INT64_MAX),
    RLC_I64(purse, weighted, INT64_MIN, INT64_MAX),
    RLC_I64(purse, open_minor, 0, INT64_MAX),
    RLC_LIST(purse, due, due_count, due_day, SCORING_DUE_DAYS_MAX),
};
static RLC_TYPE(purse, PURSE_ROWS);

static const struct rlc_wire_field SAID_ROWS[] = {
    RLC_COUNTER(said, revision, 0),
    RLC_CODE(said, band, RLC_OPTIONAL),
    RLC_U32(said, late_ppm, 0, 1000000),
};
static RLC_TYPE(said, SAID_ROWS);

static const struct rlc_wire_field PROFILE_ROWS[] = {
    RLC_U32(profile, format, 0, UINT32_MAX),
    RLC_U32(profile, settled, 0, UINT32_MAX),
    RLC_U32(profile, late, 0, UINT32_MAX),
    RLC_U32(profile, late_10, 0, UINT32_MAX),
    RLC_U32(profile, late_30, 0, UINT32_MAX),
    RLC_I32(profile, delay_recent, INT32_MIN, INT32_MAX),
    RLC_I32(profile, delay_slow, INT32_MIN, INT32_MAX),
    RLC_I32(profile, late_recent, INT32_MIN, INT32_MAX),
    RLC_I32(profile, delay_last, INT32_MIN, INT32_MAX),
    RLC_DAY(profile, settled_on, RLC_OPTIONAL),
    RLC_DAY(profile, known_on, RLC_OPTIONAL),
    RLC_LIST(profile, habits, habit_count, habit, SCORING_WEEKDAYS),
    RLC_LIST(profile, purses, purse_count, purse, SCORING_PURSES_MAX),
    RLC_LIST(profile, marks, mark_count, mark, SCORING_MARKS_MAX),
    RLC_U32(profile, unanswered, 0, UINT32_MAX),
    RLC_DAY(profile, contacted_on, RLC_OPTIONAL),
    RLC_U32(profile, reactions, 0, UINT32_MAX),
    RLC_I32(profile, reaction, INT32_MIN, INT32_MAX),
    RLC_ONE(profile, said, said, RLC_OPTIONAL),
};
static RLC_TYPE(profile, PROFILE_ROWS);

static const struct rlc_wire_field OPEN_ITEM_ROWS[] = {
    RLC_U32(open_item, format, 0, UINT32_MAX),
    RLC_DAY(open_item, due_on, RLC_OPTIONAL),
    RLC_ONE(open_item, open, money, RLC_OPTIONAL),
    RLC_FLAG(open_item, listed),
};
static RLC_TYPE(open_item, OPEN_ITEM_ROWS);

static const struct rlc_wire_type *type_of(struct rlc_span key)
{
    if (key.size == 0)
        return NULL;
    if (key.data[0] == 'd')
        return &rlc_profile_type;
    return key.data[0] == 'r' ? &rlc_open_item_type : NULL;
}

/* The core indexes habits by the day of the week. */
static bool is_whole(const struct rlc_wire_type *type, const void *record)
{
    const struct rlc_profile *profile = record;

    if (*(const uint32_t *)record != SCORING_FORMAT)
        return false;
    return type != &rlc_profile_type ||
           profile->habit_count == (profile->settled > 0 ? SCORING_WEEKDAYS : 0);
}

void *scoring_state_decode(struct rlc_span key, struct rlc_span bytes, struct rlc_arena *arena)
{
    const struct rlc_wire_type *type = type_of(key);
    void *record = type ? rlc_arena_alloc(arena, type->size) : NULL;
    struct rlc_fault fault;

    if (!record || rlc_wire_decode(type, bytes, arena, record, &fault) != RLC_OK)
        return NULL;
    return is_whole(type, record) ? record : NULL;
}

struct rlc_span scoring_state_encode(struct rlc_span key, const void *record,
                                     struct rlc_arena *arena)
{
    return rlc_wire_encode(type_of(key), record, arena);
}
