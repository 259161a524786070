/* SPDX-License-Identifier: Apache-2.0 */
/* model.yaml becomes the model, whole or not at all; what is wrong with files is in the cases of
 * test_bundle_cases.c. */
#include <stdio.h>
#include <stdlib.h>

#include "common/runtime/memory.h"

#include "core/scorecard.h"
#include "model_file.h"

#include "tests/support/check.h"

static const char GOOD[] = "model: good-1\n"
                           "odds: -500000\n"
                           "delay: 1500\n"
                           "bands: [{ band: A, below: 40 }, { band: B }]\n"
                           "features:\n"
                           "  - feature: overdue\n"
                           "    points:\n"
                           "      - { at: 0, odds: -100, delay: -1 }\n"
                           "      - { at: 5, odds: 300 }\n";

/* One file as a bundle. */
static enum rlc_status load(const char *path, const char *text, struct rlc_arena *arena,
                            const struct scoring_model **ret_model, struct rlc_error *reterr)
{
    struct rlc_bundle_file file = { .path = rlc_span_of(path), .size = (uint32_t)strlen(text) };
    struct rlc_span content = rlc_span_of(text);
    struct rlc_bundle bundle = {
        .format = 1, .files = &file, .contents = &content, .file_count = 1
    };

    return scoring_model_load(&bundle, arena, ret_model, reterr);
}

static void a_file_becomes_a_model(void **state)
{
    const struct scoring_model *model = NULL;
    struct rlc_arena arena;
    struct rlc_error error;

    (void)state;
    assert_int_equal(rlc_arena_map(&arena, SCORING_MODEL_BYTES), RLC_OK);
    assert_int_equal(load("model.yaml", GOOD, &arena, &model, &error), RLC_OK);
    assert_true(rlc_span_equal(model->name, rlc_span_of("good-1")));
    assert_int_equal(model->odds, -500000);
    assert_int_equal(model->delay, 1500);
    assert_int_equal(model->margin_ppm, 20000);
    assert_int_equal(model->band_count, 2);
    assert_int_equal(model->band[0].below_ppm, 400000);
    assert_int_equal(scoring_band_of(model, SCORING_PPM, (struct rlc_span){ 0 }), 1);
    assert_int_equal(model->curve[SCORING_OVERDUE].count, 2);
    assert_int_equal(model->curve[SCORING_OVERDUE].point[0].delay, -1);
    assert_int_equal(model->curve[SCORING_OVERDUE].point[1].odds, 300);
    assert_int_equal(model->curve[SCORING_OPEN].count, 0);
    rlc_arena_unmap(&arena);
}

static void a_bundle_without_the_file_has_no_model(void **state)
{
    const struct scoring_model *model = (const struct scoring_model *)GOOD;
    struct rlc_arena arena;
    struct rlc_error error;

    (void)state;
    assert_int_equal(rlc_arena_map(&arena, SCORING_MODEL_BYTES), RLC_OK);
    assert_int_equal(load("bundle.yaml", GOOD, &arena, &model, &error), RLC_OK);
    assert_null(model);
    rlc_arena_unmap(&arena);
}

static void a_file_that_is_wrong_gives_none_and_the_place(void **state)
{
    const struct scoring_model *model = NULL;
    struct rlc_arena arena;
    struct rlc_error error;

    (void)state;
    assert_int_equal(rlc_arena_map(&arena, SCORING_MODEL_BYTES), RLC_OK);
    assert_int_equal(load("model.yaml", "model: x\nodds: 1\n", &arena, &model, &error), RLC_REJECT);
    assert_null(model);
    assert_non_null(strstr(error.text, "model.yaml:"));
    rlc_arena_unmap(&arena);
}

static void the_documentation_is_what_the_tables_say(void **state)
{
    FILE *file = fopen(RLC_SOURCE_DIR "/docs/MODEL.md", "re");
    char *printed = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&printed, &size);
    char *written;

    (void)state;
    assert_non_null(file);
    assert_non_null(out);
    scoring_model_document(out);
    assert_int_equal(fclose(out), 0);
    written = calloc(1, size + 2);
    assert_non_null(written);
    assert_int_equal(fread(written, 1, size + 1, file), size);
    assert_string_equal(written, printed);
    assert_int_equal(fclose(file), 0);
    free(written);
    free(printed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_becomes_a_model),
        cmocka_unit_test(a_bundle_without_the_file_has_no_model),
        cmocka_unit_test(a_file_that_is_wrong_gives_none_and_the_place),
        cmocka_unit_test(the_documentation_is_what_the_tables_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
