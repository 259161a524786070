/* SPDX-License-Identifier: Apache-2.0 */
#include "core/scope.h"

#include <assert.h>

#include "common/wire/scope_rules.h"

void scope_take(struct rlc_overlay *overlay, struct rlc_span tenant, const struct rlc_scope *scope)
{
    const struct rlc_known_scope *known;
    struct rlc_known_scope *record;
    struct legal_key key;

    legal_key_scope(tenant, &key);
    known = rlc_overlay_get(overlay, key.span);
    if (known && scope->revision <= known->scope.revision)
        return;
    record = rlc_overlay_put(overlay, rlc_arena_copy(overlay->arena, key.span), sizeof(*record));
    assert(record);
    *record = (struct rlc_known_scope){ .format = LEGAL_FORMAT, .scope = *scope };
}

/* ---- what holds a case ---- */

/* What is asked, of whom, and when. */
struct question {
    const struct rlc_scope *scope;
    const struct rlc_case_record *record;
    rlc_ms now_ms;
};

static bool kill_switch(const struct question *question, struct legal_hold *ret_hold)
{
    ret_hold->rule = "KILL_SWITCH";
    return question->scope->kill_switch;
}

static bool is_live(const struct question *question)
{
    const struct rlc_case_record *record = question->record;
    struct rlc_creditor_setting setting = rlc_scope_setting(question->scope, record->creditor);
    uint8_t room[RLC_TENANT_MAX + RLC_ID_MAX + 16];
    struct rlc_arena arena;

    rlc_arena_init(&arena, room, sizeof(room));
    return setting.mode == RLC_CREDITOR_MODE_LIVE &&
           rlc_scope_in_ramp(rlc_key_of_debtor(&arena, record->tenant, record->debtor),
                             setting.ramp_ppm);
}

static bool creditor_mode(const struct question *question, struct legal_hold *ret_hold)
{
    ret_hold->rule = "CREDITOR_MODE";
    return !is_live(question);
}

static bool scope_hold(const struct question *question, struct legal_hold *ret_hold)
{
    const struct rlc_scope_place place = { .creditor = question->record->creditor,
                                           .segment = question->record->segment,
                                           .country = question->record->country };
    const struct rlc_scope_hold *hold =
        rlc_scope_hold_on(question->scope, &place, question->now_ms);

    ret_hold->rule = "SCOPE_HOLD";
    ret_hold->until_ms = hold ? hold->until_ms : RLC_MS_NONE;
    return hold;
}

static bool stale_source(const struct question *question, struct legal_hold *ret_hold)
{
    ret_hold->rule = "STALE_SOURCE";
    return rlc_scope_stale_for(question->scope, question->record->creditor);
}

struct legal_hold scope_holds(const struct rlc_overlay *overlay,
                              const struct rlc_case_record *record, rlc_ms now_ms)
{
    static bool (*const HOLDS[])(const struct question *,
                                 struct legal_hold *) = { kill_switch, creditor_mode, scope_hold,
                                                          stale_source };
    const struct rlc_known_scope *known;
    struct legal_key key;
    struct question question;

    legal_key_scope(record->tenant, &key);
    known = rlc_overlay_get(overlay, key.span);
    if (!known)
        return (struct legal_hold){ .rule = "SCOPE_UNKNOWN" };
    question = (struct question){ .scope = &known->scope, .record = record, .now_ms = now_ms };
    for (size_t i = 0; i < RLC_COUNT(HOLDS); i++) {
        struct legal_hold hold = { .until_ms = RLC_MS_NONE };

        if (HOLDS[i](&question, &hold))
            return hold;
    }
    return (struct legal_hold){ .rule = NULL };
}
