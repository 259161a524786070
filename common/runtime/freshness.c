/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/freshness.h"

/* Ingest says at least once a second how far it has read: a line of this age is nobody's word any
 * more, and one from a clock that far ahead says nothing about now. */
#define LINE_AGE_MAX_MS 10000
/* A source may lag that long, as behind a night's file, before contacts wait for it. */
#define BEHIND_MAX_MS 60000

static bool line_is_fresh(const struct rlc_freshness_line *line, rlc_ms now_ms, bool stepped)
{
    rlc_ms age_ms = now_ms - line->at_ms;

    if (line->at_ms == RLC_MS_NONE || age_ms > LINE_AGE_MAX_MS || age_ms < -LINE_AGE_MAX_MS)
        return false;
    if (stepped)
        return line->position >= line->watermark;
    return line->behind_since_ms == RLC_MS_NONE || now_ms - line->behind_since_ms <= BEHIND_MAX_MS;
}

bool rlc_freshness_holds(const struct rlc_freshness_state *state, struct rlc_span tenant,
                         rlc_ms now_ms, bool stepped)
{
    if (!state->known)
        return false;
    for (size_t i = 0; i < state->count; i++) {
        const struct rlc_freshness_source *source = &state->sources[i];

        if (source->tenant.size > 0 && !rlc_span_equal(source->tenant, tenant))
            continue;
        for (int32_t p = 0; p < source->partitions; p++) {
            if (!line_is_fresh(&source->lines[p], now_ms, stepped))
                return false;
        }
    }
    return true;
}
