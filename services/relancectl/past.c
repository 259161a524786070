/* SPDX-License-Identifier: Apache-2.0 */
#include "past.h"

#include <string.h>

#include "common/postgres/history.h"
#include "common/pure/calendar.h"
#include "common/pure/key.h"
#include "common/pure/text.h"
#include "common/runtime/memory.h"
#include "stores.h"

/* No zone is further than a day from UTC; facts of the days around are left out by their day. */
#define ZONE_SLACK_DAYS 2
#define READ_MS         60000

/* ---- zones ---- */

void ctl_zone_set(struct ctl_zone *zone, struct rlc_span name)
{
    static struct rlc_tzif tzif; /* large, and only taken over when it is whole */
    struct rlc_error ignored;
    char text[sizeof(zone->name)];

    if (name.size == 0 || name.size >= sizeof(text))
        return;
    (void)snprintf(text, sizeof(text), "%.*s", (int)name.size, (const char *)name.data);
    if (strcmp(text, zone->name) == 0 ||
        rlc_tzif_read(RLC_ZONEINFO, text, &tzif, &ignored) != RLC_OK)
        return;
    memcpy(zone->name, text, sizeof(text));
    zone->tzif = tzif;
    zone->zone = (struct rlc_zone){ .transition_ms = zone->tzif.transition_ms,
                                    .offset_s = zone->tzif.offset_s,
                                    .count = zone->tzif.count,
                                    .first_offset_s = zone->tzif.first_offset_s };
}

const char *ctl_local(const struct ctl_zone *zone, rlc_ms instant, char buffer[CTL_LOCAL_SIZE])
{
    char day[RLC_DAY_SIZE] = "";
    int32_t minute;

    buffer[0] = '\0';
    if (instant == RLC_MS_NONE || !rlc_ms_in_range(instant) ||
        !rlc_day_format(rlc_zone_day(&zone->zone, instant), day, sizeof(day)))
        return buffer;
    minute = rlc_zone_minute_of_day(&zone->zone, instant);
    (void)snprintf(buffer, CTL_LOCAL_SIZE, "%s %02d:%02d", day, (int)(minute / 60),
                   (int)(minute % 60));
    return buffer;
}

/* ---- facts ---- */

struct reading {
    struct ctl_past *past;
    struct rlc_arena arena;
};

static bool take_row(void *context, const struct rlc_history_row *row)
{
    struct reading *reading = context;
    struct ctl_past *past = reading->past;
    struct rlc_debtor_fact fact;
    struct rlc_fault fault;
    struct ctl_past_fact taken = { .fact = &fact,
                                   .partition = row->partition,
                                   .offset = row->record.off,
                                   .zone = &past->zone,
                                   .raw = row->record.raw };

    rlc_arena_reset(&reading->arena);
    if (rlc_debtor_fact_decode(row->record.raw, &reading->arena, &fact, &fault) != RLC_OK) {
        past->unreadable++;
        return true;
    }
    if (fact.kind == RLC_FACT_KIND_DEBTOR_CHANGED)
        ctl_zone_set(&past->zone, fact.debtor_changed.zone);
    taken.on = rlc_zone_day(&past->zone.zone, fact.decided_at_ms);
    if (past->until_on != RLC_DAY_NONE && taken.on > past->until_on)
        return true;
    past->count++;
    past->take(past->context, &taken);
    return true;
}

int ctl_past_read(struct ctl *ctl, struct ctl_past *past)
{
    struct reading reading = { .past = past };
    struct rlc_history history = {
        .tenant = past->tenant, .debtor = past->debtor, .on_row = take_row, .context = &reading
    };
    struct rlc_error error = { .text = "" };
    struct rlc_postgres *postgres;
    int code = ctl_postgres_open(ctl, READ_MS, &postgres);

    memcpy(past->zone.name, "UTC", sizeof("UTC"));
    if (past->until_on != RLC_DAY_NONE)
        history.until_ms = (past->until_on + ZONE_SLACK_DAYS) * RLC_DAY_MS;
    if (code == CTL_OK && rlc_arena_map(&reading.arena, RLC_DECODE_BYTES_MAX) != RLC_OK)
        code = ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    if (code == CTL_OK && rlc_history_read(postgres, &history, &error) != RLC_OK)
        code = ctl_fail_store(ctl, "postgres", &error);
    if (code == CTL_OK && past->count + past->unreadable == 0)
        code = ctl_fail(ctl, CTL_NOT_THERE, "the trail knows no debtor '%s'%s", ctl->arguments[0],
                        past->until_on == RLC_DAY_NONE ? "" : " up to that day");
    rlc_arena_unmap(&reading.arena);
    rlc_postgres_free(postgres);
    return code;
}

/* ---- the command line ---- */

bool ctl_debtor_argument(struct ctl *ctl, const char *text, struct rlc_span *ret_tenant,
                         struct rlc_span *ret_debtor)
{
    if (rlc_key_split_debtor(rlc_span_of(text), ret_tenant, ret_debtor) &&
        rlc_tenant_valid(*ret_tenant) && rlc_id_valid(*ret_debtor))
        return true;
    (void)ctl_fail(ctl, CTL_USAGE, "'%s' is no debtor: TENANT/DEBTOR, for example acme/C-10442",
                   text);
    return false;
}

bool ctl_day_option(struct ctl *ctl, const char *name, rlc_day *ret_day)
{
    const char *text = ctl_option(ctl, name);

    *ret_day = RLC_DAY_NONE;
    if (!text || (rlc_day_parse(rlc_span_of(text), ret_day) && *ret_day != RLC_DAY_NONE))
        return true;
    (void)ctl_fail(ctl, CTL_USAGE, "--%s takes a date such as 2026-03-02", name);
    return false;
}
