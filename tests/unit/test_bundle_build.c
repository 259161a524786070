/* SPDX-License-Identifier: Apache-2.0 */
#include "common/policy/bundle_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/policy/posix_tz.h"
#include "common/policy/tables.h"
#include "common/policy/tzif.h"
#include "common/runtime/memory.h"

#include "tests/support/check.h"

#define SMALL     RLC_SOURCE_DIR "/tests/unit/data/bundles/small"
#define PATH_SIZE 256
/* Whoever changes this number changes what every published bundle is called. */
#define SMALL_HASH "f70c2631ffbf7e360d2475e90708f36a5aa2b890d4e40ea1a97279a0f1197a33"

static struct rlc_problems problems;

static struct rlc_bundle_build *build(const char *folder)
{
    struct rlc_bundle_build *result = NULL;
    struct rlc_error error;

    memset(&problems, 0, sizeof(problems));
    if (rlc_bundle_build_folder(folder, NULL, &problems, &result, &error) != RLC_OK)
        fail_msg("%s: %s", folder, error.text);
    return result;
}

/* What is said about a folder that is refused. */
static const char *refusal(const char *folder)
{
    static char text[1024];
    struct rlc_bundle_build *result = NULL;
    struct rlc_error error;

    memset(&problems, 0, sizeof(problems));
    assert_int_equal(rlc_bundle_build_folder(folder, NULL, &problems, &result, &error), RLC_REJECT);
    assert_null(result);
    if (problems.count == 0)
        (void)snprintf(text, sizeof(text), "%s", error.text);
    else
        (void)rlc_problem_format(&problems.problem[0], text, sizeof(text));
    return text;
}

static void hash_text(const struct rlc_bundle_build *from, char ret_text[RLC_HASH_TEXT_SIZE])
{
    rlc_hash_format(&rlc_bundle_build_bundle(from)->hash, ret_text);
}

static void put(const char *folder, const char *name, const char *text, size_t size)
{
    char path[PATH_SIZE];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* A folder with a bundle.yaml that is closed by take_away(). */
static void make(char folder[PATH_SIZE], const char *text)
{
    (void)snprintf(folder, PATH_SIZE, "/tmp/relance-build-XXXXXX");
    assert_non_null(mkdtemp(folder));
    put(folder, "bundle.yaml", text, strlen(text));
}

static void take_away(const char *folder, const char *other)
{
    char path[PATH_SIZE * 2];

    (void)snprintf(path, sizeof(path), "%s/bundle.yaml", folder);
    (void)unlink(path);
    if (other) {
        (void)snprintf(path, sizeof(path), "%s/%s", folder, other);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(folder), 0);
}

static void a_bundle_is_called_by_the_hash_of_its_files(void **state)
{
    struct rlc_bundle_build *small = build(SMALL);
    const struct rlc_bundle *bundle = rlc_bundle_build_bundle(small);
    char hash[RLC_HASH_TEXT_SIZE];

    (void)state;
    hash_text(small, hash);
    assert_string_equal(hash, SMALL_HASH);
    assert_int_equal(bundle->file_count, 9);
    for (size_t i = 1; i < bundle->file_count; i++)
        assert_true(rlc_span_compare(bundle->files[i - 1].path, bundle->files[i].path) < 0);
    assert_true(rlc_span_equal(rlc_bundle_build_title(small), rlc_span_of("A small bundle")));
    assert_string_equal(rlc_bundle_build_tzdata(small), "");
    rlc_bundle_build_free(small);
}

static void line_ends_and_byte_order_marks_do_not_change_the_hash(void **state)
{
    static const char *const TEXTS[] = {
        "title: x\nformat: 1\n",
        "title: x\r\nformat: 1\r\n",
        "\xef\xbb\xbftitle: x\nformat: 1\n",
    };
    char hash[RLC_COUNT(TEXTS)][RLC_HASH_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(TEXTS); i++) {
        struct rlc_bundle_build *result;
        char folder[PATH_SIZE];

        make(folder, TEXTS[i]);
        put(folder, "zones.csv", "zone,from,offset\n", 17);
        result = build(folder);
        hash_text(result, hash[i]);
        rlc_bundle_build_free(result);
        take_away(folder, "zones.csv");
    }
    assert_string_equal(hash[0], hash[1]);
    assert_string_equal(hash[0], hash[2]);
}

static void published_records_give_the_same_bundle_back(void **state)
{
    struct rlc_bundle_build *small = build(SMALL);
    const struct rlc_bundle *bundle = rlc_bundle_build_bundle(small);
    struct rlc_bundles *bundles = rlc_bundles_new();
    const struct rlc_bundle *found;
    struct rlc_arena arena;

    (void)state;
    assert_non_null(bundles);
    assert_int_equal(rlc_arena_map(&arena, (size_t)16 << 20), RLC_OK);
    for (size_t i = 0; i < rlc_bundle_build_record_count(small); i++) {
        struct rlc_bundle_record record;
        char key[RLC_BUNDLE_KEY_SIZE];
        struct rlc_record fed = { .offset = (int64_t)i };
        struct rlc_fault fault;

        rlc_bundle_build_record(small, i, &record, key);
        assert_memory_equal(key, SMALL_HASH, 64);
        fed.key = rlc_span_of(key);
        fed.value = rlc_bundle_record_encode(&record, &arena);
        assert_int_equal(rlc_bundles_feed(bundles, &fed, &fault), RLC_OK);
    }
    found = rlc_bundles_find(bundles, &bundle->hash);
    assert_non_null(found);
    assert_int_equal(found->format, 1);
    assert_int_equal(found->file_count, bundle->file_count);
    for (size_t i = 0; i < bundle->file_count; i++)
        assert_true(rlc_span_equal(found->contents[i], bundle->contents[i]));
    rlc_arena_unmap(&arena);
    rlc_bundles_free(bundles);
    rlc_bundle_build_free(small);
}

static void a_large_bundle_is_cut_into_chunks(void **state)
{
    size_t size = RLC_CHUNK_BYTES_MAX * 2 + 1;
    char *text = malloc(size);
    struct rlc_bundle_record record;
    struct rlc_bundle_build *large;
    char key[RLC_BUNDLE_KEY_SIZE];
    char folder[PATH_SIZE];

    (void)state;
    assert_non_null(text);
    memset(text, '#', size);
    make(folder, "title: large\n");
    put(folder, "zones.csv", text, size);
    large = build(folder);
    assert_int_equal(rlc_bundle_build_record_count(large), 4);
    rlc_bundle_build_record(large, 2, &record, key);
    assert_int_equal(record.chunk.index, 2);
    assert_string_equal(key + 64, "/2");
    assert_int_equal(record.chunk.bytes.size, strlen("title: large\n") + 1);
    rlc_bundle_build_record(large, 3, &record, key);
    assert_int_equal(record.kind, RLC_BUNDLE_RECORD_KIND_MANIFEST);
    assert_int_equal(record.manifest.chunk_count, 3);
    assert_int_equal(strlen(key), 64);
    rlc_bundle_build_free(large);
    take_away(folder, "zones.csv");
    free(text);
}

static void zones_that_are_named_are_compiled_in(void **state)
{
    struct rlc_reading reading = { .problems = &problems };
    struct rlc_named_zone *zones = NULL;
    struct rlc_bundle_build *result;
    struct rlc_span content;
    struct rlc_arena arena;
    char folder[PATH_SIZE];
    size_t count = 0;

    (void)state;
    make(folder,
         "title: x\nformat: 1\nzone: Europe/Paris\nzones: [Indian/Reunion, Europe/Paris]\n");
    result = build(folder);
    assert_string_not_equal(rlc_bundle_build_tzdata(result), "");
    assert_string_not_equal(rlc_bundle_build_tzdata(result), "unknown");
    content = rlc_bundle_content(rlc_bundle_build_bundle(result), rlc_span_of(RLC_ZONES_PATH));
    assert_int_equal(rlc_arena_map(&arena, (size_t)16 << 20), RLC_OK);
    reading.arena = &arena;
    rlc_zones_read(&reading, content, &zones, &count);
    assert_int_equal(problems.count, 0);
    assert_int_equal(count, 3);
    assert_true(rlc_span_equal(zones[0].name, rlc_span_of("Europe/Paris")));
    assert_true(rlc_span_equal(zones[1].name, rlc_span_of("Indian/Reunion")));
    assert_true(rlc_span_equal(zones[2].name, rlc_span_of("UTC")));
    assert_true(rlc_zone_valid(&zones[0].zone));
    assert_int_equal(zones[1].zone.count, 0);
    assert_int_equal(zones[1].zone.first_offset_s, 4 * 3600);
    /* 2026-03-31T22:30:00Z is half past midnight of 1 April in Paris. */
    assert_int_equal(rlc_zone_minute_of_day(&zones[0].zone, INT64_C(1774996200000)), 30);
    rlc_arena_unmap(&arena);
    rlc_bundle_build_free(result);
    take_away(folder, NULL);
}

static void what_cannot_be_in_a_bundle_is_refused_by_name(void **state)
{
    char folder[PATH_SIZE];
    char path[PATH_SIZE * 2];

    (void)state;
    assert_string_equal(refusal("/nonexistent/bundle"),
                        "/nonexistent/bundle: No such file or directory");
    assert_string_equal(refusal(SMALL "/bundle.yaml"), SMALL "/bundle.yaml: is no folder");
    make(folder, "title: x\nzone: Europe/Atlantis\n");
    assert_string_equal(refusal(folder), "bundle.yaml:2:7: time zone 'Europe/Atlantis': this "
                                         "machine knows no such zone");
    take_away(folder, NULL);
    make(folder, "title: x\nzone: ../../../etc/passwd\n");
    assert_string_equal(refusal(folder), "bundle.yaml:2:7: time zone '../../../etc/passwd': this "
                                         "machine knows no such zone");
    take_away(folder, NULL);
    make(folder, "title: \xff\n");
    assert_string_equal(refusal(folder), "bundle.yaml: the file is not UTF-8");
    take_away(folder, NULL);
    make(folder, "title: x\n");
    (void)snprintf(path, sizeof(path), "%s/choices.yaml", folder);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_string_equal(refusal(folder),
                        "choices.yaml: only ordinary files can be part of a bundle");
    take_away(folder, "choices.yaml");
}

static void rules_for_all_years_are_read_whole_or_not_at_all(void **state)
{
    static const struct {
        const char *text;
        bool sound;
        int32_t standard_s;
        int32_t summer_s; /* 0: none */
    } RULES[] = {
        { "UTC0", true, 0, 0 },
        { "CET-1CEST,M3.5.0,M10.5.0/3", true, 3600, 7200 },
        { "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", true, -10800, -7200 },
        { "IST-1GMT0,M10.5.0,M3.5.0/1", true, 3600, -1 },
        { "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", true, 37800, 39600 },
        { "EST5EDT,J60/2,300/2", true, -18000, -14400 },
        { "", false, 0, 0 },
        { "C-1", false, 0, 0 },
        { "CET", false, 0, 0 },
        { "CET-1CEST", false, 0, 0 },
        { "CET-1CEST,M3.5.0", false, 0, 0 },
        { "CET-1CEST,M13.5.0,M10.5.0", false, 0, 0 },
        { "CET-1CEST,M3.6.0,M10.5.0", false, 0, 0 },
        { "CET-1CEST,M3.5.7,M10.5.0", false, 0, 0 },
        { "CET-1CEST,M3.5.0/168,M10.5.0", false, 0, 0 },
        { "CET-1CEST,M3.5.0,M10.5.0/3x", false, 0, 0 },
        { "CET-1CEST,J0,J366", false, 0, 0 },
        { "<+03-3", false, 0, 0 },
        { "CET-99999999999", false, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(RULES); i++) {
        struct rlc_posix_tz tz = { .standard_s = 0 };
        bool sound = rlc_posix_tz_parse(RULES[i].text, strlen(RULES[i].text), &tz);

        if (sound != RULES[i].sound)
            fail_msg("'%s' is %s", RULES[i].text, sound ? "taken" : "refused");
        assert_int_equal(tz.standard_s, RULES[i].standard_s);
        if (RULES[i].summer_s != -1)
            assert_int_equal(tz.summer_s, RULES[i].summer_s);
    }
}

static void a_cut_or_changed_zone_file_does_no_harm(void **state)
{
    static uint8_t bytes[8192];
    FILE *file = fopen(RLC_ZONEINFO "/Europe/Dublin", "re");
    struct rlc_tzif *tzif = malloc(sizeof(*tzif));
    size_t size;

    (void)state;
    assert_non_null(file);
    assert_non_null(tzif);
    size = fread(bytes, 1, sizeof(bytes), file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(rlc_tzif_parse(bytes, size, tzif, NULL), RLC_OK);
    for (size_t cut = 0; cut < size; cut++) {
        uint8_t *exact = malloc(cut + 1);

        assert_non_null(exact);
        memcpy(exact, bytes, cut);
        assert_int_equal(rlc_tzif_parse(exact, cut, tzif, NULL), RLC_REJECT);
        free(exact);
    }
    for (size_t at = 0; at < size; at++) {
        uint8_t before = bytes[at];

        bytes[at] ^= 0x81;
        (void)!rlc_tzif_parse(bytes, size, tzif, NULL);
        bytes[at] = before;
    }
    free(tzif);
}

static void offsets_are_written_as_they_are_read(void **state)
{
    static const struct {
        const char *text;
        int32_t offset_s; /* INT32_MIN: refused */
    } OFFSETS[] = {
        { "+00:00", 0 },
        { "+01:00", 3600 },
        { "-03:30", -12600 },
        { "+05:41:16", 20476 },
        { "-00:09:21", -561 },
        { "+16:00", 57600 },
        { "+16:01", INT32_MIN },
        { "1:00", INT32_MIN },
        { "+01:60", INT32_MIN },
        { "+1:00", INT32_MIN },
        { "+01:00:", INT32_MIN },
        { "+01.00", INT32_MIN },
        { "+01:00:60", INT32_MIN },
        { "", INT32_MIN },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(OFFSETS); i++) {
        char text[RLC_OFFSET_SIZE];
        int32_t offset_s = INT32_MIN;

        assert_int_equal(rlc_offset_parse(rlc_span_of(OFFSETS[i].text), &offset_s),
                         OFFSETS[i].offset_s != INT32_MIN);
        assert_int_equal(offset_s, OFFSETS[i].offset_s);
        if (offset_s == INT32_MIN)
            continue;
        rlc_offset_format(offset_s, text);
        assert_string_equal(text, OFFSETS[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bundle_is_called_by_the_hash_of_its_files),
        cmocka_unit_test(line_ends_and_byte_order_marks_do_not_change_the_hash),
        cmocka_unit_test(published_records_give_the_same_bundle_back),
        cmocka_unit_test(a_large_bundle_is_cut_into_chunks),
        cmocka_unit_test(zones_that_are_named_are_compiled_in),
        cmocka_unit_test(what_cannot_be_in_a_bundle_is_refused_by_name),
        cmocka_unit_test(rules_for_all_years_are_read_whole_or_not_at_all),
        cmocka_unit_test(a_cut_or_changed_zone_file_does_no_harm),
        cmocka_unit_test(offsets_are_written_as_they_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
