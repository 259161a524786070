/* SPDX-License-Identifier: Apache-2.0 */
/* What the entries of a tenant's scope say about one place in it. Pure, and the same for whoever
 * speaks and for whoever files. */
#ifndef RLC_WIRE_SCOPE_RULES_H
#define RLC_WIRE_SCOPE_RULES_H

#include "common/pure/murmur2.h"
#include "common/wire/scope.h"

/* Where in a tenant something is about to happen: what the entries of a scope can name. */
struct rlc_scope_place {
    struct rlc_span creditor;
    struct rlc_span segment; /* of the account; absent = it has none */
    struct rlc_span country; /* of the debtor; absent = unknown */
};

/* The creditor's setting: its own entry, else that for all others, else observe. */
static inline struct rlc_creditor_setting rlc_scope_setting(const struct rlc_scope *scope,
                                                            struct rlc_span creditor)
{
    struct rlc_creditor_setting others = { .mode = RLC_CREDITOR_MODE_OBSERVE };

    for (size_t i = 0; i < scope->creditor_count; i++) {
        const struct rlc_creditor_setting *setting = &scope->creditors[i];

        if (setting->creditor.size == 0)
            others = *setting;
        else if (rlc_span_equal(setting->creditor, creditor))
            return *setting;
    }
    return others;
}

/* Whether a debtor (its key D) belongs to that share of all debtors: the same in every replay. */
static inline bool rlc_scope_in_ramp(struct rlc_span debtor, uint32_t ramp_ppm)
{
    return (uint32_t)rlc_murmur2(debtor) % 1000000u < ramp_ppm;
}

/* What an entry leaves out covers everything. */
static inline bool rlc_scope_covers(struct rlc_span wanted, struct rlc_span found)
{
    return wanted.size == 0 || rlc_span_equal(wanted, found);
}

static inline bool rlc_scope_in_force(rlc_ms from_ms, rlc_ms until_ms, rlc_ms now_ms)
{
    return from_ms <= now_ms && (until_ms == RLC_MS_NONE || now_ms < until_ms);
}

/* The first entry that covers the place and is in force at `now_ms`; NULL if there is none.
 * Borrowed from the scope. */
static inline const struct rlc_scope_hold *
rlc_scope_hold_on(const struct rlc_scope *scope, const struct rlc_scope_place *place, rlc_ms now_ms)
{
    for (size_t i = 0; i < scope->hold_count; i++) {
        const struct rlc_scope_hold *hold = &scope->holds[i];

        if (rlc_scope_in_force(hold->from_ms, hold->until_ms, now_ms) &&
            rlc_scope_covers(hold->creditor, place->creditor) &&
            rlc_scope_covers(hold->segment, place->segment) &&
            rlc_scope_covers(hold->country, place->country))
            return hold;
    }
    return NULL;
}

static inline const struct rlc_scope_freeze *rlc_scope_freeze_on(const struct rlc_scope *scope,
                                                                 struct rlc_span creditor,
                                                                 enum rlc_channel channel,
                                                                 rlc_ms now_ms)
{
    for (size_t i = 0; i < scope->freeze_count; i++) {
        const struct rlc_scope_freeze *freeze = &scope->freezes[i];

        if (rlc_scope_in_force(freeze->from_ms, freeze->until_ms, now_ms) &&
            rlc_scope_covers(freeze->creditor, creditor) &&
            (freeze->channel == RLC_CHANNEL_UNSPECIFIED || freeze->channel == channel))
            return freeze;
    }
    return NULL;
}

/* The first silent payment feed of that creditor; NULL if there is none. */
static inline const struct rlc_stale_source *rlc_scope_stale_for(const struct rlc_scope *scope,
                                                                 struct rlc_span creditor)
{
    for (size_t i = 0; i < scope->stale_source_count; i++) {
        if (rlc_scope_covers(scope->stale_sources[i].creditor, creditor))
            return &scope->stale_sources[i];
    }
    return NULL;
}

#endif
