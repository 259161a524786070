/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/scope.h"

#include "common/wire/rows.h"
#include "relance/v1/scope.pb-c.h"

static const struct rlc_wire_field CREDITOR_SETTING_ROWS[] = {
    RLC_ID(creditor_setting, creditor, RLC_OPTIONAL),
    RLC_ENUM(creditor_setting, mode, creditor_mode, RLC_REQUIRED),
    RLC_U32(creditor_setting, ramp_ppm, 0, 1000000),
    RLC_INSTANT(creditor_setting, since_ms, RLC_OPTIONAL),
};
RLC_TYPE(creditor_setting, CREDITOR_SETTING_ROWS);

static const struct rlc_wire_field SCOPE_HOLD_ROWS[] = {
    RLC_ID(scope_hold, hold, RLC_REQUIRED),
    RLC_ID(scope_hold, creditor, RLC_OPTIONAL),
    RLC_CODE(scope_hold, segment, RLC_OPTIONAL),
    RLC_CODE(scope_hold, country, RLC_OPTIONAL),
    RLC_ENUM(scope_hold, reason, hold_reason, RLC_REQUIRED),
    RLC_ENUM(scope_hold, clock, clock_effect, RLC_REQUIRED),
    RLC_INSTANT(scope_hold, from_ms, RLC_OPTIONAL),
    RLC_INSTANT(scope_hold, until_ms, RLC_OPTIONAL),
};
RLC_TYPE(scope_hold, SCOPE_HOLD_ROWS);

static const struct rlc_wire_field SCOPE_FREEZE_ROWS[] = {
    RLC_ID(scope_freeze, freeze, RLC_REQUIRED),
    RLC_ID(scope_freeze, creditor, RLC_OPTIONAL),
    RLC_ENUM(scope_freeze, channel, channel, RLC_OPTIONAL),
    RLC_INSTANT(scope_freeze, from_ms, RLC_OPTIONAL),
    RLC_INSTANT(scope_freeze, until_ms, RLC_OPTIONAL),
};
RLC_TYPE(scope_freeze, SCOPE_FREEZE_ROWS);

static const struct rlc_wire_field STALE_SOURCE_ROWS[] = {
    RLC_ID(stale_source, source, RLC_REQUIRED),
    RLC_ID(stale_source, creditor, RLC_OPTIONAL),
    RLC_INSTANT(stale_source, since_ms, RLC_OPTIONAL),
};
RLC_TYPE(stale_source, STALE_SOURCE_ROWS);

static const struct rlc_wire_field SCOPE_ROWS[] = {
    RLC_COUNTER(scope, revision, 1),
    RLC_HASH(scope, bundle_hash, RLC_OPTIONAL),
    RLC_INSTANT(scope, bundle_since_ms, RLC_OPTIONAL),
    RLC_FLAG(scope, kill_switch),
    RLC_MANY(scope, creditors, creditor_count, creditor_setting, 0, RLC_SCOPE_ENTRIES_MAX),
    RLC_MANY(scope, holds, hold_count, scope_hold, 0, RLC_SCOPE_ENTRIES_MAX),
    RLC_MANY(scope, freezes, freeze_count, scope_freeze, 0, RLC_SCOPE_ENTRIES_MAX),
    RLC_MANY(scope, stale_sources, stale_source_count, stale_source, 0, RLC_SCOPE_ENTRIES_MAX),
};
RLC_TYPE(scope, SCOPE_ROWS);
