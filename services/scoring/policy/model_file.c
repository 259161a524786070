/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/model_file.h"

#include <stdlib.h>

#include "common/policy/keys.h"
#include "common/pure/nearest.h"
#include "common/pure/text.h"
#include "common/runtime/error.h"
#include "common/runtime/memory.h"

#include "core/scorecard.h"

#define PATH "model.yaml"
/* The tree of a file: a few hundred bytes for each node, of which a model has some thousands. */
#define SCRATCH_BYTES ((size_t)16 << 20)

#define ABOUT_MAX  200
#define MARGIN_MAX (SCORING_BUCKET_PPM / 2) /* more would never let a tenth go */

struct model_text {
    struct rlc_span name;
    struct rlc_span about;
    int32_t odds;
    int32_t delay;
    uint32_t margin_ppm;
    const struct rlc_yaml *bands;
    const struct rlc_yaml *features;
};

static const struct rlc_policy_key MODEL_KEYS[] = {
    { .name = "model",
      .type = RLC_POLICY_NAME,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct model_text, name),
      .help = "Name and version; every score says it." },
    { .name = "about",
      .type = RLC_POLICY_SENTENCE,
      .offset = offsetof(struct model_text, about),
      .min = 1,
      .max = ABOUT_MAX,
      .help = "For people: what it was trained on." },
    { .name = "odds",
      .type = RLC_POLICY_INTEGER,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct model_text, odds),
      .min = -SCORING_ODDS_MAX,
      .max = SCORING_ODDS_MAX,
      .help = "Log-odds of a late payment where everything is as usual, in millionths: the natural "
              "logarithm of late ones to others." },
    { .name = "delay",
      .type = RLC_POLICY_INTEGER,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct model_text, delay),
      .min = -SCORING_DELAY_POINTS_MAX,
      .max = SCORING_DELAY_POINTS_MAX,
      .help = "Expected days from due date to payment then, in thousandths." },
    { .name = "margin",
      .type = RLC_POLICY_INTEGER,
      .offset = offsetof(struct model_text, margin_ppm),
      .fallback = "20000",
      .min = 0,
      .max = MARGIN_MAX,
      .help = "So far (millionths of probability) beyond its border a band, or a tenth, is left: a "
              "debtor on a border does not change with every payment." },
    { .name = "bands",
      .type = RLC_POLICY_NODE,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct model_text, bands),
      .values = "a list of 1 to 8, see below",
      .help = "The risk bands, from the best to the worst." },
    { .name = "features",
      .type = RLC_POLICY_NODE,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct model_text, features),
      .values = "a list, see below",
      .help = "The curves, one for each feature that counts." },
};

static const struct rlc_policy_table MODEL_TABLE = {
    .title = "`model.yaml`",
    .help = "A bundle without this file scores nobody.",
    .keys = MODEL_KEYS,
    .count = RLC_COUNT(MODEL_KEYS),
};

struct band_text {
    struct rlc_span name;
    int64_t below_ppm; /* -1: not said */
};

static const struct rlc_policy_key BAND_KEYS[] = {
    { .name = "band",
      .type = RLC_POLICY_NAME,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct band_text, name),
      .help = "What it is called; `bands` of a scenario's `when` name it." },
    { .name = "below",
      .type = RLC_POLICY_PERCENT,
      .offset = offsetof(struct band_text, below_ppm),
      .help = "Probabilities of late payment below so many percent; more than the band before. The "
              "last band has none: it is for all others." },
};

static const struct rlc_policy_table BAND_TABLE = {
    .title = "One of `bands`",
    .keys = BAND_KEYS,
    .count = RLC_COUNT(BAND_KEYS),
};

struct feature_text {
    struct rlc_span name;
    const struct rlc_yaml *points;
};

static const struct rlc_policy_key FEATURE_KEYS[] = {
    { .name = "feature",
      .type = RLC_POLICY_NAME,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct feature_text, name),
      .values = "one of the features below",
      .help = "What is looked at." },
    { .name = "points",
      .type = RLC_POLICY_NODE,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct feature_text, points),
      .values = "a list of 1 to 32, see below",
      .help = "The curve, by rising `at`. Between two points lies a straight line, beyond the "
              "first and the last the curve is flat. A value that is not known gives no points." },
};

static const struct rlc_policy_table FEATURE_TABLE = {
    .title = "One of `features`",
    .keys = FEATURE_KEYS,
    .count = RLC_COUNT(FEATURE_KEYS),
};

static const struct rlc_policy_key POINT_KEYS[] = {
    { .name = "at",
      .type = RLC_POLICY_INTEGER,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct scoring_point, at),
      .min = -SCORING_EXPOSURE_MAX,
      .max = SCORING_EXPOSURE_MAX,
      .help = "The feature's value." },
    { .name = "odds",
      .type = RLC_POLICY_INTEGER,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct scoring_point, odds),
      .min = -SCORING_ODDS_MAX,
      .max = SCORING_ODDS_MAX,
      .help = "What it adds to the log-odds, in millionths; 693147 doubles the odds of a late "
              "payment." },
    { .name = "delay",
      .type = RLC_POLICY_INTEGER,
      .offset = offsetof(struct scoring_point, delay),
      .fallback = "0",
      .min = -SCORING_DELAY_POINTS_MAX,
      .max = SCORING_DELAY_POINTS_MAX,
      .help = "What it adds to the expected days, in thousandths." },
};

static const struct rlc_policy_table POINT_TABLE = {
    .title = "One of `points`",
    .keys = POINT_KEYS,
    .count = RLC_COUNT(POINT_KEYS),
};

/* ---- lists ---- */

/* Whether a list has 1 to `most` items; else that is noted. */
static bool expect_items(struct rlc_reading *reading, const struct rlc_yaml *list, const char *what,
                         size_t most)
{
    if (!list || !rlc_reading_expect(reading, list, RLC_YAML_LIST, what))
        return false;
    if (list->count > 0 && list->count <= most)
        return true;
    rlc_reading_refuse(reading, list, NULL, "%s must have 1 to %zu items", what, most);
    return false;
}

static void read_band(struct rlc_reading *reading, const struct rlc_yaml *item, bool last,
                      struct scoring_model *model, struct scoring_band *bands)
{
    struct band_text text = { .below_ppm = -1 };
    struct scoring_band *band = &bands[model->band_count];

    rlc_policy_bind(reading, item, &BAND_TABLE, &text, true);
    for (size_t i = 0; i < model->band_count; i++) {
        if (text.name.size > 0 && rlc_span_equal(bands[i].name, text.name)) {
            rlc_reading_refuse(reading, item, "Give each band a name of its own.",
                               "the band '%.*s' is there twice", (int)text.name.size,
                               (const char *)text.name.data);
        }
    }
    if (last != (text.below_ppm < 0)) {
        rlc_reading_refuse(reading, item, "All bands but the last one say 'below'.",
                           last ? "nothing would be above the last band"
                                : "a band without 'below' must be the last one");
    } else if (!last && text.below_ppm <= (model->band_count ? (int64_t)band[-1].below_ppm : 0)) {
        rlc_reading_refuse(reading, rlc_yaml_get(item, "below"),
                           "Order the bands from the best to the worst.",
                           "no probability would be in this band");
    }
    /* A probability of one is in the last band. */
    *band = (struct scoring_band){ .name = text.name,
                                   .below_ppm = last ? SCORING_PPM + 1 : (uint32_t)text.below_ppm };
    model->band_count++;
}

static void read_bands(struct rlc_reading *reading, const struct rlc_yaml *list,
                       struct scoring_model *model)
{
    struct scoring_band *bands;

    if (!expect_items(reading, list, "bands", SCORING_BANDS_MAX))
        return;
    bands = rlc_reading_array(reading, list->count, sizeof(*bands));
    if (!bands)
        return;
    model->band = bands;
    for (const struct rlc_yaml *item = list->first; item; item = item->next)
        read_band(reading, item, !item->next, model, bands);
}

static void read_points(struct rlc_reading *reading, const struct rlc_yaml *list,
                        struct scoring_curve *curve)
{
    struct scoring_point *points;

    if (!expect_items(reading, list, "points", SCORING_POINTS_MAX))
        return;
    points = rlc_reading_array(reading, list->count, sizeof(*points));
    if (!points)
        return;
    for (const struct rlc_yaml *item = list->first; item; item = item->next) {
        struct scoring_point *point = &points[curve->count++];

        rlc_policy_bind(reading, item, &POINT_TABLE, point, true);
        if (point > points && point->at <= point[-1].at)
            rlc_reading_refuse(reading, item, "Order the points by 'at', each value once.",
                               "at %d comes after %d", point->at, point[-1].at);
    }
    curve->point = points;
}

/* The curve of a feature, or NULL: an error was noted. */
static struct scoring_curve *curve_of(struct rlc_reading *reading, const struct rlc_yaml *item,
                                      struct rlc_span name, struct scoring_model *model)
{
    struct rlc_nearest nearest = rlc_nearest_to(name);

    for (size_t i = 0; i < SCORING_FEATURES; i++) {
        struct rlc_span known = rlc_span_of(SCORING_FEATURE[i].name);

        if (rlc_span_equal(known, name)) {
            if (model->curve[i].count == 0)
                return &model->curve[i];
            rlc_reading_refuse(reading, item, "Keep one of the two.",
                               "the feature '%s' is there twice", SCORING_FEATURE[i].name);
            return NULL;
        }
        rlc_nearest_try(&nearest, known);
    }
    if (nearest.found.data) {
        rlc_reading_refuse(reading, item, NULL, "unknown feature '%.*s', did you mean '%s'?",
                           (int)name.size, (const char *)name.data,
                           (const char *)nearest.found.data);
    } else {
        rlc_reading_refuse(reading, item, "docs/MODEL.md lists the features.",
                           "unknown feature '%.*s'", (int)name.size, (const char *)name.data);
    }
    return NULL;
}

static void read_features(struct rlc_reading *reading, const struct rlc_yaml *list,
                          struct scoring_model *model)
{
    if (!expect_items(reading, list, "features", SCORING_FEATURES))
        return;
    for (const struct rlc_yaml *item = list->first; item; item = item->next) {
        struct feature_text text = { .points = NULL };
        struct scoring_curve *curve;

        rlc_policy_bind(reading, item, &FEATURE_TABLE, &text, true);
        curve = text.name.size > 0 ? curve_of(reading, item, text.name, model) : NULL;
        if (curve)
            read_points(reading, text.points, curve);
    }
}

/* ---- the file ---- */

static void bind(struct rlc_reading *reading, const struct rlc_yaml *root,
                 struct scoring_model *model)
{
    struct model_text text = { .bands = NULL };

    rlc_policy_bind(reading, root, &MODEL_TABLE, &text, true);
    model->name = text.name;
    model->odds = text.odds;
    model->delay = text.delay;
    model->margin_ppm = text.margin_ppm;
    read_bands(reading, text.bands, model);
    read_features(reading, text.features, model);
}

static void read_file(struct rlc_reading *reading, struct rlc_span content,
                      struct rlc_arena *scratch, struct scoring_model *model)
{
    const struct rlc_yaml *root;

    if (!rlc_text_is_utf8(content)) {
        rlc_reading_refuse(reading, NULL, NULL, "the file is not UTF-8");
        return;
    }
    root = rlc_yaml_parse(reading->path, content, scratch, reading->problems);
    if (root && rlc_reading_expect(reading, root, RLC_YAML_MAP, "the file"))
        bind(reading, root, model);
}

static enum rlc_status read_model(struct rlc_reading *reading, struct rlc_span content,
                                  const struct scoring_model **ret_model, struct rlc_error *reterr)
{
    struct scoring_model *model = rlc_arena_alloc(reading->arena, sizeof(*model));
    struct rlc_arena scratch;

    if (!model || rlc_arena_map(&scratch, SCRATCH_BYTES) != RLC_OK)
        return rlc_error_set(reterr, RLC_FATAL, "model", 0, "no memory for the model");
    read_file(reading, content, &scratch, model);
    rlc_arena_unmap(&scratch);
    if (reading->out_of_memory)
        return rlc_error_set(reterr, RLC_FATAL, "model", 0,
                             "the model needs more memory than it may take");
    *ret_model = model;
    return rlc_problems_status(reading->problems, "model", reterr);
}

static enum rlc_status read_bundle(const struct rlc_bundle *bundle, struct rlc_arena *arena,
                                   struct rlc_problems *problems,
                                   const struct scoring_model **ret_model, struct rlc_error *reterr)
{
    struct rlc_reading reading = { .path = rlc_span_of(PATH),
                                   .arena = arena,
                                   .problems = problems };
    struct rlc_span content = rlc_bundle_content(bundle, reading.path);

    *ret_model = NULL;
    if (!content.data)
        return RLC_OK;
    return read_model(&reading, content, ret_model, reterr);
}

enum rlc_status scoring_model_load(const struct rlc_bundle *bundle, struct rlc_arena *arena,
                                   const struct scoring_model **ret_model, struct rlc_error *reterr)
{
    struct rlc_problems *problems = calloc(1, sizeof(*problems));
    enum rlc_status status;

    if (!problems)
        return rlc_error_set(reterr, RLC_FATAL, "model", 0, "no memory");
    status = read_bundle(bundle, arena, problems, ret_model, reterr);
    if (status != RLC_OK)
        *ret_model = NULL;
    free(problems);
    return status;
}

enum rlc_status scoring_model_check(const struct rlc_bundle *bundle, struct rlc_problems *problems,
                                    struct rlc_error *reterr)
{
    const struct scoring_model *model;
    struct rlc_arena arena;
    enum rlc_status status;

    if (rlc_arena_map(&arena, SCORING_MODEL_BYTES) != RLC_OK)
        return rlc_error_set(reterr, RLC_FATAL, "model", 0, "no memory for the model");
    status = read_bundle(bundle, &arena, problems, &model, reterr);
    rlc_arena_unmap(&arena);
    return status;
}

/* ---- for people ---- */

static const char HEAD[] =
    "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
    "# The model of scoring\n"
    "\n"
    "`model.yaml` of a bundle says how a debtor's behaviour becomes a probability of late\n"
    "payment, an expected delay and a risk band. It is a scorecard: each feature of the\n"
    "debtor gives points on a curve, and their sum is the log-odds of a late payment. Nobody\n"
    "writes it by hand; a ledger of closed invoices makes it:\n"
    "\n"
    "    services/scoring/training/train.py LEDGER.csv --output model.yaml --name NAME-1\n"
    "\n"
    "The ledger has the columns `debtor`, `currency`, `amount`, `issued_on`, `due_on`,\n"
    "`paid_on` (empty: not paid yet); `--column amount=total` names one that is called\n"
    "otherwise. Before the file is written, a model of the older invoices is tried on the\n"
    "latest fifth: AUC (how often a late one has the higher score), Brier score (mean squared\n"
    "error of the probability), the mean error in days, and a table of forecasts beside what\n"
    "happened. Look at them before you publish the bundle. The same ledger gives the same\n"
    "file. `score.py` beside it scores invoices by a model; `sample.py` makes up a ledger to\n"
    "try it with.\n"
    "\n"
    "The points of a feature are 0 where it is as usual; a score's reasons are the largest of\n"
    "them. What no ledger of payments tells (broken promises, disputes, payments taken back,\n"
    "contacts without an answer) has points that a person sets: `JUDGED` of\n"
    "`training/scorecard.py`.\n"
    "\n"
    "This page is printed from the tables in the code; a test compares.\n";

static const char FEATURES[] =
    "\n## Features\n\n| feature | reason code | value |\n|---|---|---|\n";

static const struct rlc_policy_table *const TABLES[] = { &MODEL_TABLE, &BAND_TABLE, &FEATURE_TABLE,
                                                         &POINT_TABLE };

void scoring_model_document(FILE *out)
{
    (void)fputs(HEAD, out);
    for (size_t i = 0; i < RLC_COUNT(TABLES); i++)
        rlc_policy_document(TABLES[i], out);
    (void)fputs(FEATURES, out);
    for (size_t i = 0; i < SCORING_FEATURES; i++)
        (void)fprintf(out, "| `%s` | `%s` | %s |\n", SCORING_FEATURE[i].name,
                      SCORING_FEATURE[i].reason, SCORING_FEATURE[i].help);
}
