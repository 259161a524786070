/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/score_model.h"

#include <stdio.h>

#include "common/runtime/memory.h"

#include "model_file.h"

#define MODEL_TEXT_MAX ((size_t)1 << 20)

const struct scoring_model *score_model_read(const char *path, struct rlc_arena *arena)
{
    static char text[MODEL_TEXT_MAX];
    struct rlc_bundle_file part = { .path = rlc_span_of("model.yaml") };
    struct rlc_bundle bundle = { .format = 1, .files = &part, .file_count = 1 };
    const struct scoring_model *model = NULL;
    struct rlc_error error = { .text = "no model" };
    FILE *file = fopen(path, "re");
    struct rlc_span content;

    if (!file)
        return NULL;
    content = rlc_span_from(text, fread(text, 1, sizeof(text), file));
    bundle.contents = &content;
    if (fclose(file) != 0 || rlc_arena_map(arena, SCORING_MODEL_BYTES) != RLC_OK ||
        scoring_model_load(&bundle, arena, &model, &error) != RLC_OK)
        (void)fprintf(stderr, "%s: %s\n", path, error.text);
    return model;
}
