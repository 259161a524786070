/* SPDX-License-Identifier: Apache-2.0 */
#include "core/profile.h"

#include <assert.h>
#include <string.h>

#include "common/pure/calendar.h"

enum {
    RECENT = 8, /* a moving average takes over one part in so many */
    SLOW = 64,
    ROOM_MIN = 4 /* of a list */
};

int64_t profile_floor(int64_t number, int64_t of)
{
    int64_t quotient = number / of;

    return number % of < 0 ? quotient - 1 : quotient;
}

/* Room for one more item of a list. */
static void *grown(struct rlc_arena *arena, void *items, size_t count, size_t *capacity,
                   size_t size)
{
    void *larger;

    if (count < *capacity)
        return items;
    *capacity = count < ROOM_MIN ? ROOM_MIN : count * 2;
    larger = rlc_arena_alloc(arena, *capacity * size);
    assert(larger);
    if (count > 0)
        memcpy(larger, items, count * size);
    return larger;
}

/* ---- purses ---- */

struct rlc_purse *profile_purse(const struct rlc_profile *profile,
                                const char currency[RLC_CURRENCY_SIZE])
{
    for (size_t i = 0; i < profile->purse_count; i++) {
        if (memcmp(profile->purses[i].currency, currency, RLC_CURRENCY_SIZE) == 0)
            return &profile->purses[i];
    }
    return NULL;
}

/* The purse of a currency, or NULL when there are too many others. */
static struct rlc_purse *open_purse(struct rlc_profile *profile, struct rlc_arena *arena,
                                    const char currency[RLC_CURRENCY_SIZE])
{
    struct rlc_purse *purse = profile_purse(profile, currency);

    if (purse || profile->purse_count == SCORING_PURSES_MAX)
        return purse;
    profile->purses = grown(arena, profile->purses, profile->purse_count, &profile->purse_capacity,
                            sizeof(*profile->purses));
    purse = &profile->purses[profile->purse_count++];
    memset(purse, 0, sizeof(*purse));
    memcpy(purse->currency, currency, RLC_CURRENCY_SIZE);
    return purse;
}

void profile_issue(struct rlc_profile *profile, struct rlc_arena *arena,
                   const struct rlc_money *amount)
{
    struct rlc_purse *purse = open_purse(profile, arena, amount->currency);

    if (!purse)
        return;
    if (purse->usual_minor == 0)
        purse->usual_minor = amount->minor;
    else
        purse->usual_minor += profile_floor(amount->minor - purse->usual_minor, RECENT);
    purse->documents++;
}

/* ---- what is open ---- */

static size_t place_of(const struct rlc_purse *purse, rlc_day due_on)
{
    size_t i = 0;

    while (i < purse->due_count && purse->due[i].due_on < due_on)
        i++;
    return i;
}

static bool stands_at(const struct rlc_purse *purse, size_t place, rlc_day due_on)
{
    return place < purse->due_count && purse->due[place].due_on == due_on;
}

static void take_out(struct rlc_purse *purse, const struct rlc_open_item *item)
{
    size_t place = place_of(purse, item->due_on);
    struct rlc_due_day *due = &purse->due[place];

    assert(stands_at(purse, place, item->due_on));
    purse->open_minor -= item->open.minor;
    due->open_minor -= item->open.minor;
    if (--due->documents > 0)
        return;
    purse->due_count--;
    memmove(due, due + 1, (purse->due_count - place) * sizeof(*due));
}

/* Whether it found a place. */
static bool put_in(struct rlc_purse *purse, struct rlc_arena *arena, int64_t minor, rlc_day due_on)
{
    size_t place = place_of(purse, due_on);

    if (!stands_at(purse, place, due_on)) {
        if (purse->due_count == SCORING_DUE_DAYS_MAX)
            return false;
        purse->due =
            grown(arena, purse->due, purse->due_count, &purse->due_capacity, sizeof(*purse->due));
        memmove(&purse->due[place + 1], &purse->due[place],
                (purse->due_count - place) * sizeof(*purse->due));
        purse->due[place] = (struct rlc_due_day){ .due_on = due_on };
        purse->due_count++;
    }
    purse->due[place].documents++;
    purse->due[place].open_minor += minor;
    purse->open_minor += minor;
    return true;
}

void profile_open(struct rlc_profile *profile, struct rlc_arena *arena, struct rlc_open_item *item,
                  const struct rlc_money *open, rlc_day due_on)
{
    struct rlc_purse *purse;

    if (item->listed)
        take_out(profile_purse(profile, item->open.currency), item);
    *item = (struct rlc_open_item){ .format = SCORING_FORMAT, .due_on = due_on, .open = *open };
    if (open->minor <= 0)
        return;
    purse = open_purse(profile, arena, open->currency);
    item->listed = purse && put_in(purse, arena, open->minor, due_on);
}

/* ---- what was settled ---- */

static int32_t moved(int32_t average, int32_t value, int32_t parts)
{
    return average + (int32_t)profile_floor((int64_t)value * SCORING_Q - average, parts);
}

static void count_delay(struct rlc_profile *profile, int32_t delay)
{
    int32_t late = delay > 0;

    if (profile->settled == 0) {
        profile->delay_recent = delay * SCORING_Q;
        profile->delay_slow = delay * SCORING_Q;
        profile->late_recent = late * SCORING_Q;
    } else {
        profile->delay_recent = moved(profile->delay_recent, delay, RECENT);
        profile->delay_slow = moved(profile->delay_slow, delay, SLOW);
        profile->late_recent = moved(profile->late_recent, late, RECENT);
    }
    profile->settled++;
    profile->late += (uint32_t)late;
    profile->late_10 += delay > 10;
    profile->late_30 += delay > 30;
    profile->delay_last = delay;
}

static void count_habit(struct rlc_profile *profile, struct rlc_arena *arena, int32_t delay,
                        enum rlc_weekday weekday)
{
    if (profile->habit_count == 0) {
        profile->habits = rlc_arena_alloc(arena, SCORING_WEEKDAYS * sizeof(*profile->habits));
        assert(profile->habits);
        profile->habit_count = SCORING_WEEKDAYS;
    }
    profile->habits[weekday].settled++;
    profile->habits[weekday].late += delay > 0;
}

static void weigh(struct rlc_purse *purse, int64_t minor, int32_t delay)
{
    purse->settled_minor += minor;
    purse->weighted += delay * minor;
    if (purse->settled_minor > SCORING_WEIGHT_MAX) {
        purse->settled_minor /= 2;
        purse->weighted = profile_floor(purse->weighted, 2);
    }
}

void profile_settle(struct rlc_profile *profile, struct rlc_arena *arena,
                    const struct rlc_money *total, rlc_day due_on, rlc_day paid_on)
{
    struct rlc_purse *purse = open_purse(profile, arena, total->currency);
    int64_t days = (int64_t)paid_on - due_on;
    int32_t delay = days < SCORING_DELAY_MIN   ? SCORING_DELAY_MIN
                    : days > SCORING_DELAY_MAX ? SCORING_DELAY_MAX
                                               : (int32_t)days;

    if (profile->settled == 0 || paid_on > profile->settled_on)
        profile->settled_on = paid_on;
    count_delay(profile, delay);
    count_habit(profile, arena, delay, rlc_day_weekday(due_on));
    if (purse)
        weigh(purse, total->minor, delay);
}

/* ---- behaviour ---- */

void profile_mark(struct rlc_profile *profile, struct rlc_arena *arena, enum rlc_mark_kind kind,
                  rlc_day on)
{
    if (profile->mark_count == SCORING_MARKS_MAX) {
        profile->mark_count--;
        memmove(profile->marks, profile->marks + 1, profile->mark_count * sizeof(*profile->marks));
    }
    profile->marks = grown(arena, profile->marks, profile->mark_count, &profile->mark_capacity,
                           sizeof(*profile->marks));
    profile->marks[profile->mark_count++] = (struct rlc_mark){ .kind = kind, .on = on };
}

void profile_contact(struct rlc_profile *profile, rlc_day on)
{
    if (profile->unanswered++ == 0)
        profile->contacted_on = on;
}

void profile_react(struct rlc_profile *profile, rlc_day on)
{
    int32_t days;

    if (profile->unanswered == 0)
        return;
    days = on < profile->contacted_on                       ? 0
           : on - profile->contacted_on > SCORING_DELAY_MAX ? SCORING_DELAY_MAX
                                                            : on - profile->contacted_on;
    profile->reaction =
        profile->reactions == 0 ? days * SCORING_Q : moved(profile->reaction, days, RECENT);
    profile->reactions++;
    profile->unanswered = 0;
    profile->contacted_on = 0;
}

void profile_know(struct rlc_profile *profile, rlc_day on)
{
    if (on > profile->known_on)
        profile->known_on = on;
}
