/* SPDX-License-Identifier: Apache-2.0 */
/* Calendars and time zones. */
#include "policy/draft.h"

#include <stdlib.h>

#define FOLDER "calendars"
#define ENDING ".csv"

static int by_name(const void *a, const void *b)
{
    const struct policy_calendar *left = a;
    const struct policy_calendar *right = b;

    return rlc_span_compare(left->name, right->name);
}

void draft_read_calendars(struct draft *draft)
{
    size_t count = draft_count_files(draft, FOLDER, ENDING, DRAFT_CALENDARS_MAX);
    struct policy_calendar *kept = rlc_arena_array(draft->arena, count + 1, sizeof(*kept));
    const struct rlc_bundle *bundle = draft->bundle;
    struct rlc_span name;
    size_t used = 0;

    draft->out_of_memory |= !kept;
    for (size_t i = 0; kept && i < bundle->file_count && used < count; i++) {
        struct rlc_reading reading = draft_reading(draft, bundle->files[i].path);

        if (!rlc_policy_path(bundle->files[i].path, FOLDER, ENDING, &name))
            continue;
        kept[used].name = rlc_reading_copy(&reading, name);
        rlc_calendar_read(&reading, bundle->contents[i], &kept[used].calendar);
        used++;
        draft_close(draft, &reading);
    }
    if (kept)
        qsort(kept, used, sizeof(*kept), by_name);
    draft->policy->calendar = kept;
    draft->policy->calendar_count = used;
}

void draft_read_zones(struct draft *draft)
{
    struct rlc_span path = rlc_span_of(RLC_ZONES_PATH);
    struct rlc_span content = rlc_bundle_content(draft->bundle, path);
    struct rlc_reading reading = draft_reading(draft, path);
    struct rlc_named_zone *zones = NULL;
    size_t count = 0;
    struct policy_zone *kept;

    if (content.size > 0)
        rlc_zones_read(&reading, content, &zones, &count);
    kept = rlc_reading_array(&reading, count, sizeof(*kept));
    for (size_t i = 0; kept && i < count; i++)
        kept[i] = (struct policy_zone){ zones[i].name, zones[i].zone };
    draft->policy->zone = kept;
    draft->policy->zone_count = kept ? count : 0;
    draft_close(draft, &reading);
}
