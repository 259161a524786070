/* SPDX-License-Identifier: Apache-2.0 */
#include "common/policy/tables.h"

#include <stdlib.h>

#define MINUTE_S 60
#define HOUR_S   3600

/* ---- lines and fields ---- */

/* A file of comma-separated lines. */
struct lines {
    struct rlc_reading *reading;
    struct rlc_span rest;
    struct rlc_span line; /* the present one, without its end */
    int32_t number;
};

static bool next_line(struct lines *lines)
{
    const uint8_t *data = lines->rest.data;
    const uint8_t *end;
    size_t size;

    if (lines->rest.size == 0)
        return false;
    end = memchr(data, '\n', lines->rest.size);
    size = end ? (size_t)(end - data) : lines->rest.size;
    lines->line = rlc_span_from(data, size);
    size += end ? 1 : 0;
    lines->rest = rlc_span_from(data + size, lines->rest.size - size);
    lines->number++;
    return true;
}

/* The next line that is neither a comment nor empty. */
static bool next_row(struct lines *lines)
{
    while (next_line(lines)) {
        if (lines->line.size > 0 && lines->line.data[0] != '#')
            return true;
    }
    return false;
}

static bool refuse(struct lines *lines, const char *text)
{
    struct rlc_yaml place = { .line = lines->number, .column = 1 };

    rlc_reading_refuse(lines->reading, &place, NULL, "%s, not '%.*s'", text,
                       (int)(lines->line.size < 60 ? lines->line.size : 60),
                       lines->line.size ? (const char *)lines->line.data : "");
    return false;
}

static bool heading(struct lines *lines, const char *text)
{
    char what[80];

    if (next_row(lines) && rlc_span_equal(lines->line, rlc_span_of(text)))
        return true;
    (void)snprintf(what, sizeof(what), "the first line must be '%s'", text);
    return refuse(lines, what);
}

/* Cuts off what stands before the next comma; all of it where there is none. */
static struct rlc_span cut_field(struct rlc_span *rest)
{
    const uint8_t *comma = rest->size ? memchr(rest->data, ',', rest->size) : NULL;
    struct rlc_span field = *rest;

    if (!comma) {
        *rest = rlc_span_from(NULL, 0);
        return field;
    }
    field.size = (size_t)(comma - field.data);
    *rest = rlc_span_from(comma + 1, rest->size - field.size - 1);
    return field;
}

bool rlc_policy_path(struct rlc_span path, const char *folder, const char *ending,
                     struct rlc_span *ret_name)
{
    size_t before = strlen(folder) + 1;
    size_t after = strlen(ending);

    if (path.size <= before + after || memcmp(path.data, folder, before - 1) != 0 ||
        path.data[before - 1] != '/' || memcmp(path.data + path.size - after, ending, after) != 0)
        return false;
    *ret_name = rlc_span_from(path.data + before, path.size - before - after);
    return memchr(ret_name->data, '/', ret_name->size) == NULL;
}

/* ---- calendars ---- */

static bool weekday(struct rlc_span text, uint8_t *ret_bit)
{
    static const char *const NAMES[] = { "monday", "tuesday",  "wednesday", "thursday",
                                         "friday", "saturday", "sunday" };

    for (size_t i = 0; i < RLC_COUNT(NAMES); i++) {
        if (rlc_span_equal(text, rlc_span_of(NAMES[i]))) {
            *ret_bit = RLC_WEEKDAY_BIT(i);
            return true;
        }
    }
    return false;
}

struct holidays {
    rlc_day *day;
    size_t count;
    uint8_t weekend;
};

static void read_holiday(struct lines *lines, struct holidays *holidays)
{
    struct rlc_span rest = lines->line;
    struct rlc_span date = cut_field(&rest);
    rlc_day day;
    uint8_t bit;

    if (weekday(date, &bit)) {
        holidays->weekend |= bit;
        return;
    }
    if (!rlc_day_parse(date, &day))
        (void)refuse(lines, "a line must be a date (2026-05-01) or a day of the week, then a name");
    else if (holidays->count == RLC_HOLIDAYS_MAX)
        (void)refuse(lines, "a calendar has at most 8192 holidays");
    else if (holidays->count > 0 && day <= holidays->day[holidays->count - 1])
        (void)refuse(lines, "dates must be in ascending order, each once");
    else
        holidays->day[holidays->count++] = day;
}

static size_t count_lines(struct rlc_span content)
{
    struct lines lines = { .rest = content };

    while (next_line(&lines))
        continue;
    return (size_t)lines.number;
}

void rlc_calendar_read(struct rlc_reading *reading, struct rlc_span content,
                       struct rlc_calendar *ret_calendar)
{
    struct lines lines = { .reading = reading, .rest = content };
    struct holidays holidays = { .count = 0 };

    *ret_calendar = (struct rlc_calendar){ .weekend_mask = RLC_WEEKEND_SATURDAY_SUNDAY };
    holidays.day = rlc_reading_array(reading, count_lines(content), sizeof(*holidays.day));
    if (!holidays.day || !heading(&lines, "date,name"))
        return;
    while (next_row(&lines))
        read_holiday(&lines, &holidays);
    if (holidays.weekend)
        ret_calendar->weekend_mask = holidays.weekend;
    ret_calendar->holiday = holidays.day;
    ret_calendar->holiday_count = holidays.count;
    if (!rlc_calendar_valid(ret_calendar))
        rlc_reading_refuse(reading, NULL, "Leave at least one day of the week to work.",
                           "a calendar in which every day of the week is off");
}

/* ---- zones ---- */

static bool two_digits(const uint8_t *text, int32_t *ret_value)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return false;
    *ret_value = (text[0] - '0') * 10 + (text[1] - '0');
    return true;
}

bool rlc_offset_parse(struct rlc_span text, int32_t *ret_offset_s)
{
    int32_t hours;
    int32_t minutes;
    int32_t seconds = 0;
    int32_t offset_s;

    if ((text.size != 6 && text.size != 9) || (text.data[0] != '+' && text.data[0] != '-') ||
        text.data[3] != ':' || !two_digits(text.data + 1, &hours) ||
        !two_digits(text.data + 4, &minutes))
        return false;
    if (text.size == 9 && (text.data[6] != ':' || !two_digits(text.data + 7, &seconds)))
        return false;
    offset_s = hours * HOUR_S + minutes * MINUTE_S + seconds;
    if (minutes >= 60 || seconds >= 60 || offset_s > RLC_ZONE_OFFSET_MAX_S)
        return false;
    *ret_offset_s = text.data[0] == '-' ? -offset_s : offset_s;
    return true;
}

void rlc_offset_format(int32_t offset_s, char ret_text[RLC_OFFSET_SIZE])
{
    unsigned int away = (unsigned int)abs(offset_s);
    int used;

    used = snprintf(ret_text, RLC_OFFSET_SIZE, "%c%02u:%02u", offset_s < 0 ? '-' : '+',
                    away / HOUR_S % 100, away % HOUR_S / MINUTE_S);
    if (away % MINUTE_S)
        (void)snprintf(ret_text + used, RLC_OFFSET_SIZE - (size_t)used, ":%02u", away % MINUTE_S);
}

struct zone_row {
    struct rlc_span name;
    bool first; /* before all transitions */
    rlc_ms from_ms;
    int32_t offset_s;
};

static bool read_zone_row(struct lines *lines, struct zone_row *ret_row)
{
    struct rlc_span rest = lines->line;
    struct rlc_span from;

    ret_row->name = cut_field(&rest);
    from = cut_field(&rest);
    ret_row->first = from.size == 0;
    ret_row->from_ms = 0;
    if (ret_row->name.size == 0 || ret_row->name.size > RLC_POLICY_NAME_MAX)
        return refuse(lines, "a line must begin with the name of a zone");
    if (!ret_row->first && !rlc_ms_parse(from, &ret_row->from_ms))
        return refuse(lines, "the second field must be an instant such as 2026-03-29T01:00:00Z");
    if (!rlc_offset_parse(rest, &ret_row->offset_s))
        return refuse(lines, "the third field must be an offset such as +01:00");
    return true;
}

/* All transitions stand in two arrays, zone after zone. */
struct zones {
    struct rlc_named_zone *zone;
    size_t count;
    rlc_ms *transition_ms;
    int32_t *offset_s;
    size_t used;
};

static bool begin_zone(struct lines *lines, struct zones *zones, const struct zone_row *row)
{
    struct rlc_named_zone *zone = &zones->zone[zones->count];

    if (zones->count > 0 && rlc_span_compare(row->name, zone[-1].name) <= 0)
        return refuse(lines, "zones must be in ascending order, each once");
    if (zones->count == RLC_ZONES_MAX)
        return refuse(lines, "a bundle has at most 512 zones");
    zone->name = rlc_reading_copy(lines->reading, row->name);
    zone->zone = (struct rlc_zone){ .transition_ms = zones->transition_ms + zones->used,
                                    .offset_s = zones->offset_s + zones->used,
                                    .first_offset_s = row->offset_s };
    zones->count++;
    return true;
}

static bool add_transition(struct lines *lines, struct zones *zones, const struct zone_row *row)
{
    struct rlc_named_zone *zone = zones->count ? &zones->zone[zones->count - 1] : NULL;

    if (!zone || !rlc_span_equal(zone->name, row->name))
        return refuse(lines, "the first line of a zone must be without an instant");
    if (zone->zone.count == RLC_TRANSITIONS_MAX)
        return refuse(lines, "a zone has at most 1024 transitions");
    if (zone->zone.count > 0 && row->from_ms <= zones->transition_ms[zones->used - 1])
        return refuse(lines, "the instants of a zone must be in ascending order");
    zones->transition_ms[zones->used] = row->from_ms;
    zones->offset_s[zones->used++] = row->offset_s;
    zone->zone.count++;
    return true;
}

void rlc_zones_read(struct rlc_reading *reading, struct rlc_span content,
                    struct rlc_named_zone **ret_zones, size_t *ret_count)
{
    struct lines lines = { .reading = reading, .rest = content };
    size_t most = count_lines(content);
    struct zones zones = { .count = 0 };
    struct zone_row row;
    bool sound = true;

    *ret_count = 0;
    zones.zone = rlc_reading_array(reading, RLC_ZONES_MAX, sizeof(*zones.zone));
    zones.transition_ms = rlc_reading_array(reading, most, sizeof(*zones.transition_ms));
    zones.offset_s = rlc_reading_array(reading, most, sizeof(*zones.offset_s));
    if (!zones.zone || !zones.transition_ms || !zones.offset_s ||
        !heading(&lines, "zone,from,offset"))
        return;
    while (sound && next_row(&lines)) {
        sound = read_zone_row(&lines, &row) && (row.first ? begin_zone(&lines, &zones, &row)
                                                          : add_transition(&lines, &zones, &row));
    }
    *ret_zones = zones.zone;
    *ret_count = zones.count;
}

/* ---- deadlines ---- */

#define COUNT_MAX 366 /* days: what is longer is written in months or years */

static bool read_bound(struct rlc_span text, rlc_day open, rlc_day *ret_day)
{
    *ret_day = open;
    return text.size == 0 || rlc_day_parse(text, ret_day);
}

static bool read_count(struct rlc_span text, int32_t *ret_count)
{
    int32_t count = 0;

    if (text.size == 0 || text.size > 3)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        count = count * 10 + (text.data[i] - '0');
    }
    *ret_count = count;
    return count > 0 && count <= COUNT_MAX;
}

/* The place of a word in a list, or the list's length. */
static size_t word_place(struct rlc_span word, const char *const *words, size_t count)
{
    size_t i = 0;

    while (i < count && !rlc_span_equal(word, rlc_span_of(words[i])))
        i++;
    return i;
}

static bool read_deadline(struct lines *lines, struct rlc_deadline_rule *ret_rule)
{
    static const char *const UNITS[] = { "day", "month", "year" };
    static const char *const ANSWERS[] = { "no", "yes" };
    struct rlc_span rest = lines->line;
    struct rlc_span code = cut_field(&rest);
    size_t place;

    if (!rlc_policy_name_valid(code))
        return refuse(lines, "a line must begin with a code of 1 to 64 letters, digits, '.', '_' "
                             "or '-'");
    if (!read_bound(cut_field(&rest), RLC_DAY_MIN, &ret_rule->from_on) ||
        !read_bound(cut_field(&rest), RLC_DAY_MAX, &ret_rule->until_on) ||
        ret_rule->until_on < ret_rule->from_on)
        return refuse(lines, "the second and third field must be empty or dates such as "
                             "2026-09-01, in order");
    if (!read_count(cut_field(&rest), &ret_rule->count))
        return refuse(lines, "the fourth field must be a number from 1 to 366");
    place = word_place(cut_field(&rest), UNITS, RLC_COUNT(UNITS));
    if (place == RLC_COUNT(UNITS) ||
        (place == RLC_DEADLINE_YEARS && ret_rule->count > RLC_DEADLINE_YEARS_MAX))
        return refuse(lines, "the fifth field must be day, month or year, of at most 20 years");
    ret_rule->unit = (enum rlc_deadline_unit)place;
    place = word_place(cut_field(&rest), ANSWERS, RLC_COUNT(ANSWERS));
    if (place == RLC_COUNT(ANSWERS))
        return refuse(lines, "the sixth field must be yes or no");
    ret_rule->extends = place == 1;
    ret_rule->code = rlc_reading_copy(lines->reading, code);
    ret_rule->basis = rlc_reading_copy(lines->reading, rest);
    return true;
}

static bool overlaps(const struct rlc_deadline_rule *a, const struct rlc_deadline_rule *b)
{
    return rlc_span_equal(a->code, b->code) && a->from_on <= b->until_on &&
           b->from_on <= a->until_on;
}

static bool is_apart(struct lines *lines, const struct rlc_deadline_rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (overlaps(&rules[i], &rules[count]))
            return refuse(lines, "lines of one code must be for acts of different days");
    }
    return true;
}

void rlc_deadlines_read(struct rlc_reading *reading, struct rlc_span content,
                        struct rlc_deadline_rule **ret_rules, size_t *ret_count)
{
    struct lines lines = { .reading = reading, .rest = content };
    struct rlc_deadline_rule *rules =
        rlc_reading_array(reading, RLC_DEADLINES_MAX + 1, sizeof(*rules));
    size_t count = 0;

    *ret_rules = rules;
    *ret_count = 0;
    if (!rules || !heading(&lines, "code,from,until,count,unit,extends,basis"))
        return;
    while (next_row(&lines)) {
        if (count == RLC_DEADLINES_MAX) {
            (void)refuse(&lines, "a bundle has at most 512 lines of deadlines");
            break;
        }
        if (read_deadline(&lines, &rules[count]) && is_apart(&lines, rules, count))
            count++;
    }
    *ret_count = count;
}
