/* SPDX-License-Identifier: Apache-2.0 */
/* Processor time of one score: from a profile to values, points, probability, band and reasons.
 *
 * usage: bench_score MODEL.yaml      for example deploy/bundles/demo/model.yaml
 *
 * The profile has settled 500 documents and has so many open ones, each due on a day of its own: a
 * debtor's usual one, a large one, and the most that a profile lists. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/runtime/memory.h"

#include "tests/support/score_model.h"
#include "tests/support/scoring_bench.h"

#define TODAY   20000
#define SETTLED 500
#define ROUNDS  400000 /* of one try */
#define TRIES   5 /* of which the best counts: whoever shares the machine only makes it slower */

static double cpu_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void live(struct bench *bench, int open)
{
    char document[32];

    for (int i = 0; i < SETTLED; i++) {
        (void)snprintf(document, sizeof(document), "S-%d", i);
        bench->today = TODAY - SETTLED + i;
        bench_issue(bench, document, 10000 + i, bench->today + i % 11 - 5);
        bench_pay(bench, document, 10000 + i, bench->today + i % 11 - 5);
    }
    bench->today = TODAY;
    for (int i = 0; i < open; i++) {
        (void)snprintf(document, sizeof(document), "O-%d", i);
        bench_issue(bench, document, 10000, TODAY - open / 2 + i);
    }
}

/* One score, as the worker makes it. Returns something of it, so that it is made. */
static uint32_t score(struct bench *bench, const struct rlc_profile *profile, int round)
{
    const struct scoring_document document = { .amount = { 10000 + round % 100, BENCH_CURRENCY },
                                               .issued_on = TODAY,
                                               .due_on = TODAY + round % 60 };
    struct rlc_score_reason reasons[SCORING_REASONS];
    struct scoring_values values;
    struct scoring_rating rating;

    scoring_values(profile, TODAY, &document, &values);
    scoring_rate(bench->model, &values, &rating);
    return rating.late_ppm +
           (uint32_t)scoring_band_of(bench->model, rating.late_ppm, (struct rlc_span){ 0 }) +
           (uint32_t)scoring_reasons(&rating, SCORING_REASONS, reasons);
}

static double best_us(struct bench *bench, uint32_t *sum)
{
    const struct rlc_profile *profile = bench_profile(bench);
    double best = 0;

    for (int i = 0; i < TRIES; i++) {
        double start = cpu_us();
        double spent;

        for (int round = 0; round < ROUNDS; round++)
            *sum += score(bench, profile, round);
        spent = (cpu_us() - start) / ROUNDS;
        best = i == 0 || spent < best ? spent : best;
    }
    return best;
}

int main(int count, char **arguments)
{
    static const int OPEN[] = { 1, 10, 60, SCORING_DUE_DAYS_MAX };
    struct rlc_arena arena = { .base = NULL };
    const struct scoring_model *model = count == 2 ? score_model_read(arguments[1], &arena) : NULL;
    uint32_t sum = 0;

    if (!model) {
        (void)fputs("usage: bench_score MODEL.yaml\n", stderr);
        return 2;
    }
    for (size_t i = 0; i < RLC_COUNT(OPEN); i++) {
        struct bench bench;

        bench_open(&bench, model, TODAY);
        live(&bench, OPEN[i]);
        (void)printf("%3d due days  %.3f us\n", OPEN[i], best_us(&bench, &sum));
        bench_close(&bench);
    }
    rlc_arena_unmap(&arena);
    return sum > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
