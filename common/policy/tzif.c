/* SPDX-License-Identifier: Apache-2.0 */
#include "common/policy/tzif.h"

#include <stdlib.h>
#include <string.h>

#include "common/policy/posix_tz.h"
#include "common/policy/tables.h"
#include "common/pure/calendar.h"
#include "common/runtime/error.h"
#include "common/runtime/file.h"

enum {
    HEADER_SIZE = 44,
    TYPE_SIZE = 6,
    LEAP_SIZE_V1 = 8,
    LEAP_SIZE_V2 = 12,
    FILE_SIZE_MAX = 256 * 1024, /* the largest of IANA has 4 kB */
    COUNT_MAX = 65536,          /* of anything in a header */
    MS_PER_S = 1000
};

/* RFC 8536, 3.1: how many of each there are. */
struct header {
    size_t isut_count;
    size_t isstd_count;
    size_t leap_count;
    size_t time_count;
    size_t type_count;
    size_t char_count;
};

/* Where the parts of the 64-bit block begin. */
struct block {
    struct header header;
    const uint8_t *times;
    const uint8_t *indices;
    const uint8_t *types;
    const uint8_t *footer;
    size_t footer_size; /* without its line breaks */
};

static uint32_t be32(const uint8_t *data)
{
    return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
}

static int64_t be64(const uint8_t *data)
{
    return (int64_t)((uint64_t)be32(data) << 32 | be32(data + 4));
}

static bool read_header(const uint8_t *data, size_t size, struct header *ret_header)
{
    size_t *count[] = {
        &ret_header->isut_count, &ret_header->isstd_count, &ret_header->leap_count,
        &ret_header->time_count, &ret_header->type_count,  &ret_header->char_count
    };

    /* Version 1 has no 64-bit block and no footer. */
    if (size < HEADER_SIZE || memcmp(data, "TZif", 4) != 0 || data[4] < '2')
        return false;
    for (size_t i = 0; i < RLC_COUNT(count); i++) {
        *count[i] = be32(data + 20 + 4 * i);
        if (*count[i] > COUNT_MAX)
            return false;
    }
    return ret_header->type_count > 0;
}

static size_t data_size(const struct header *header, size_t time_size, size_t leap_size)
{
    return header->time_count * (time_size + 1) + header->type_count * TYPE_SIZE +
           header->char_count + header->leap_count * leap_size + header->isstd_count +
           header->isut_count;
}

static bool find_block(const uint8_t *data, size_t size, struct block *ret_block)
{
    struct header *header = &ret_block->header;
    const uint8_t *end = data + size;
    const uint8_t *footer_end;
    size_t first;

    if (!read_header(data, size, header))
        return false;
    first = HEADER_SIZE + data_size(header, 4, LEAP_SIZE_V1);
    if (first > size || !read_header(data + first, size - first, header))
        return false;
    ret_block->times = data + first + HEADER_SIZE;
    if ((size_t)(end - ret_block->times) < data_size(header, 8, LEAP_SIZE_V2) + 2)
        return false;
    ret_block->indices = ret_block->times + header->time_count * 8;
    ret_block->types = ret_block->indices + header->time_count;
    ret_block->footer = ret_block->times + data_size(header, 8, LEAP_SIZE_V2) + 1;
    footer_end = memchr(ret_block->footer, '\n', (size_t)(end - ret_block->footer));
    if (ret_block->footer[-1] != '\n' || !footer_end)
        return false;
    ret_block->footer_size = (size_t)(footer_end - ret_block->footer);
    return true;
}

static int64_t year_begins_s(int32_t year)
{
    rlc_day day = 0;

    (void)!rlc_day_from_date((struct rlc_date){ year, 1, 1 }, &day);
    return day * (RLC_DAY_MS / MS_PER_S);
}

/* The offset that holds from an instant on; of several at one instant the last. */
static bool add(struct rlc_tzif *tzif, int64_t from_s, int32_t offset_s)
{
    rlc_ms from_ms;
    int32_t before;

    if (from_s >= year_begins_s(RLC_ZONE_YEAR_LAST + 1))
        return true;
    if (from_s <= year_begins_s(RLC_ZONE_YEAR_FIRST)) {
        tzif->first_offset_s = offset_s;
        return true;
    }
    from_ms = from_s * MS_PER_S;
    if (tzif->count > 0 && tzif->transition_ms[tzif->count - 1] == from_ms)
        tzif->count--;
    before = tzif->count ? tzif->offset_s[tzif->count - 1] : tzif->first_offset_s;
    if (offset_s == before)
        return true;
    if (tzif->count == RLC_TZIF_TRANSITIONS_MAX ||
        (tzif->count > 0 && from_ms < tzif->transition_ms[tzif->count - 1]))
        return false;
    tzif->transition_ms[tzif->count] = from_ms;
    tzif->offset_s[tzif->count++] = offset_s;
    return true;
}

static bool add_explicit(const struct block *block, struct rlc_tzif *tzif)
{
    tzif->first_offset_s = (int32_t)be32(block->types);
    for (size_t i = 0; i < block->header.time_count; i++) {
        uint8_t type = block->indices[i];

        if (type >= block->header.type_count ||
            !add(tzif, be64(block->times + 8 * i),
                 (int32_t)be32(block->types + (size_t)type * TYPE_SIZE)))
            return false;
    }
    return true;
}

/* What the footer's rule says about a year, of what comes after the explicit transitions. */
static bool add_year(struct rlc_tzif *tzif, const struct rlc_posix_tz *tz, int32_t year,
                     int64_t after_s)
{
    int64_t start_s;
    int64_t end_s;
    bool start_first;

    rlc_posix_tz_year(tz, year, &start_s, &end_s);
    start_first = start_s < end_s;
    for (int i = 0; i < 2; i++) {
        bool start = start_first == (i == 0);
        int64_t at_s = start ? start_s : end_s;

        if (at_s > after_s && !add(tzif, at_s, start ? tz->summer_s : tz->standard_s))
            return false;
    }
    return true;
}

static bool add_rule(const struct block *block, struct rlc_tzif *tzif)
{
    size_t times = block->header.time_count;
    int64_t after_s = times ? be64(block->times + 8 * (times - 1)) : INT64_MIN;
    struct rlc_posix_tz tz;

    if (block->footer_size == 0)
        return true;
    if (!rlc_posix_tz_parse((const char *)block->footer, block->footer_size, &tz))
        return false;
    if (!tz.has_summer)
        return times > 0 || add(tzif, INT64_MIN, tz.standard_s);
    for (int32_t year = RLC_ZONE_YEAR_FIRST; year <= RLC_ZONE_YEAR_LAST; year++) {
        if (!add_year(tzif, &tz, year, after_s))
            return false;
    }
    return true;
}

enum rlc_status rlc_tzif_parse(const uint8_t *data, size_t size, struct rlc_tzif *ret_tzif,
                               struct rlc_error *reterr)
{
    struct block block;

    ret_tzif->count = 0;
    if (!find_block(data, size, &block))
        return rlc_error_set(reterr, RLC_REJECT, "tzif", 0, "no TZif file of version 2 or later");
    if (block.header.leap_count > 0)
        return rlc_error_set(reterr, RLC_REJECT, "tzif", 0, "its instants count leap seconds");
    if (!add_explicit(&block, ret_tzif) || !add_rule(&block, ret_tzif))
        return rlc_error_set(reterr, RLC_REJECT, "tzif", 0, "transitions that make no sense");
    return RLC_OK;
}

/* A name that stays below the folder. */
static bool is_inside(const char *zone)
{
    return zone[0] != '/' && zone[0] != '\0' && !strstr(zone, "..");
}

enum rlc_status rlc_tzif_read(const char *folder, const char *zone, struct rlc_tzif *ret_tzif,
                              struct rlc_error *reterr)
{
    char *buffer = malloc(FILE_SIZE_MAX + 1);
    enum rlc_status status;
    char path[512];
    size_t size = 0;

    if (!buffer)
        return rlc_error_set(reterr, RLC_FATAL, "tzif", 0, "no memory");
    (void)snprintf(path, sizeof(path), "%s/%s", folder, zone);
    if (!is_inside(zone) || rlc_file_read(path, buffer, FILE_SIZE_MAX, &size, NULL) != RLC_OK)
        status = rlc_error_set(reterr, RLC_REJECT, "tzif", 0, "this machine knows no such zone");
    else
        status = rlc_tzif_parse((const uint8_t *)buffer, size, ret_tzif, reterr);
    free(buffer);
    return status;
}

void rlc_tzif_print(const struct rlc_tzif *tzif, const char *zone, FILE *out)
{
    char offset[RLC_OFFSET_SIZE];
    char instant[RLC_MS_SIZE];

    rlc_offset_format(tzif->first_offset_s, offset);
    (void)fprintf(out, "%s,,%s\n", zone, offset);
    for (size_t i = 0; i < tzif->count; i++) {
        (void)rlc_ms_format(tzif->transition_ms[i], instant, sizeof(instant));
        rlc_offset_format(tzif->offset_s[i], offset);
        /* Whole seconds: without the milliseconds. */
        (void)fprintf(out, "%s,%.19sZ,%s\n", zone, instant, offset);
    }
}

/* The first line of tzdata.zi is "# version 2025b". */
void rlc_tzif_edition(const char *folder, char ret_edition[RLC_TZDATA_SIZE])
{
    static const char HEAD[] = "# version ";
    char path[512];
    char line[64] = "";
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/tzdata.zi", folder);
    (void)snprintf(ret_edition, RLC_TZDATA_SIZE, "unknown");
    file = fopen(path, "re");
    if (!file)
        return;
    if (fgets(line, sizeof(line), file) && strncmp(line, HEAD, sizeof(HEAD) - 1) == 0) {
        line[strcspn(line, "\n")] = '\0';
        (void)snprintf(ret_edition, RLC_TZDATA_SIZE, "%.31s", line + sizeof(HEAD) - 1);
    }
    (void)fclose(file);
}
