/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/metrics.h"

#include "tests/support/check.h"
#include "tests/support/death.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EVENTS, REFUSED, LAG, WAIT, TEMPERATURE, DUPLICATES, KINDS };

static const char *const REASON[] = { "TOO_LARGE", "say \"no\"\n" };
static const char *kind_word(size_t kind)
{
    return kind == 1 ? "ISSUED" : NULL;
}

static const int64_t BOUNDS[] = { 5, 500, 1000 };

static const struct rlc_metric ROWS[] = {
    [EVENTS] = { .name = "worker_EVENTS", .unit = "records", .help = "Records decided." },
    [REFUSED] = { .name = "refused",
                  .unit = "records",
                  .help = "Records refused.",
                  .label = { { "reason", REASON, 2 } } },
    [LAG] = { .name = "lag_records",
              .type = RLC_METRIC_GAUGE,
              .unit = "records",
              .help = "Records behind.",
              .label = { { "topic", REASON, 2 }, { "partition", NULL, 6 } } },
    [WAIT] = { .name = "wait_seconds",
               .type = RLC_METRIC_HISTOGRAM,
               .unit = "seconds",
               .help = "Waiting.",
               .scale = 1000,
               .bounds = BOUNDS,
               .bound_count = RLC_COUNT(BOUNDS) },
    [TEMPERATURE] = { .name = "temperature_celsius",
                      .type = RLC_METRIC_GAUGE,
                      .unit = "degrees",
                      .help = "Warmth.",
                      .scale = 10 },
    [DUPLICATES] = { .name = "duplicates",
                     .unit = "records",
                     .help = "Seen before.",
                     .label = { { "partition", NULL, 3 } } },
    [KINDS] = { .name = "kinds",
                .unit = "records",
                .help = "By kind.",
                .label = { { .name = "kind", .word = kind_word, .count = 3 } } },
};

/* What `render` writes; the caller frees it. */
static char *rendered(const struct rlc_metrics *metrics)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    rlc_metrics_render(metrics, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static int set_up(void **state)
{
    *state = rlc_metrics_new(ROWS, RLC_COUNT(ROWS));
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    rlc_metrics_free(*state);
    rlc_metrics_free(NULL);
    return 0;
}

static void untouched_metrics_show_what_could_happen(void **state)
{
    char *text = rendered(*state);

    assert_string_equal(text, "# HELP rlc_worker_events_total Records decided.\n"
                              "# TYPE rlc_worker_events_total counter\n"
                              "rlc_worker_events_total 0\n"
                              "# HELP rlc_refused_total Records refused.\n"
                              "# TYPE rlc_refused_total counter\n"
                              "rlc_refused_total{reason=\"TOO_LARGE\"} 0\n"
                              "rlc_refused_total{reason=\"say \\\"no\\\"\\n\"} 0\n"
                              "# HELP rlc_lag_records Records behind.\n"
                              "# TYPE rlc_lag_records gauge\n"
                              "# HELP rlc_wait_seconds Waiting.\n"
                              "# TYPE rlc_wait_seconds histogram\n"
                              "rlc_wait_seconds_bucket{le=\"0.005\"} 0\n"
                              "rlc_wait_seconds_bucket{le=\"0.5\"} 0\n"
                              "rlc_wait_seconds_bucket{le=\"1\"} 0\n"
                              "rlc_wait_seconds_bucket{le=\"+Inf\"} 0\n"
                              "rlc_wait_seconds_sum 0\n"
                              "rlc_wait_seconds_count 0\n"
                              "# HELP rlc_temperature_celsius Warmth.\n"
                              "# TYPE rlc_temperature_celsius gauge\n"
                              "rlc_temperature_celsius 0\n"
                              "# HELP rlc_duplicates_total Seen before.\n"
                              "# TYPE rlc_duplicates_total counter\n"
                              "# HELP rlc_kinds_total By kind.\n"
                              "# TYPE rlc_kinds_total counter\n"
                              "rlc_kinds_total{kind=\"ISSUED\"} 0\n");
    free(text);
}

static void counters_add_up_by_label(void **state)
{
    struct rlc_metrics *metrics = *state;
    char *text;

    rlc_metrics_add(metrics, rlc_series(EVENTS), 40);
    rlc_metrics_add(metrics, rlc_series(EVENTS), 2);
    rlc_metrics_add(metrics, rlc_series1(REFUSED, 1), 3);
    rlc_metrics_add(metrics, rlc_series1(DUPLICATES, 2), 1);

    assert_int_equal(rlc_metrics_value(metrics, rlc_series(EVENTS)), 42);
    assert_int_equal(rlc_metrics_value(metrics, rlc_series1(REFUSED, 0)), 0);
    text = rendered(metrics);
    assert_non_null(strstr(text, "\nrlc_worker_events_total 42\n"));
    assert_non_null(strstr(text, "\nrlc_refused_total{reason=\"say \\\"no\\\"\\n\"} 3\n"));
    assert_non_null(strstr(text, "\nrlc_duplicates_total{partition=\"2\"} 1\n"));
    assert_null(strstr(text, "{partition=\"1\"}"));
    free(text);
}

static void gauges_go_both_ways(void **state)
{
    struct rlc_metrics *metrics = *state;
    char *text;

    rlc_metrics_set(metrics, rlc_series(TEMPERATURE), -205);
    rlc_metrics_set(metrics, rlc_series2(LAG, 0, 5), 7);
    rlc_metrics_add(metrics, rlc_series2(LAG, 0, 5), -2);
    rlc_metrics_set(metrics, rlc_series2(LAG, 1, 0), 1);

    text = rendered(metrics);
    assert_non_null(strstr(text, "\nrlc_temperature_celsius -20.5\n"));
    assert_non_null(strstr(text, "\nrlc_lag_records{topic=\"TOO_LARGE\",partition=\"5\"} 5\n"));
    assert_non_null(
        strstr(text, "\nrlc_lag_records{topic=\"say \\\"no\\\"\\n\",partition=\"0\"} 1\n"));
    free(text);
}

static void a_forgotten_series_is_gone_until_it_comes_back(void **state)
{
    struct rlc_metrics *metrics = *state;
    char *text;

    rlc_metrics_set(metrics, rlc_series2(LAG, 0, 5), 7);
    rlc_metrics_forget(metrics, rlc_series2(LAG, 0, 5));
    text = rendered(metrics);
    assert_null(strstr(text, "rlc_lag_records{"));
    free(text);

    rlc_metrics_observe(metrics, rlc_series(WAIT), 3);
    rlc_metrics_forget(metrics, rlc_series(WAIT));
    assert_int_equal(rlc_metrics_value(metrics, rlc_series(WAIT)), 0);
    assert_int_equal(rlc_metrics_value(metrics, rlc_series(TEMPERATURE)), 0);
    rlc_metrics_add(metrics, rlc_series2(LAG, 0, 5), 1);
    text = rendered(metrics);
    assert_non_null(strstr(text, "partition=\"5\"} 1\n"));
    free(text);
}

static void a_histogram_counts_cumulatively_in_written_units(void **state)
{
    static const int64_t VALUE[] = { 0, 5, 6, 500, 1000, 1001, 2500 };
    struct rlc_metrics *metrics = *state;
    char *text;

    for (size_t i = 0; i < RLC_COUNT(VALUE); i++)
        rlc_metrics_observe(metrics, rlc_series(WAIT), VALUE[i]);

    assert_int_equal(rlc_metrics_value(metrics, rlc_series(WAIT)), RLC_COUNT(VALUE));
    text = rendered(metrics);
    assert_non_null(strstr(text, "rlc_wait_seconds_bucket{le=\"0.005\"} 2\n"
                                 "rlc_wait_seconds_bucket{le=\"0.5\"} 4\n"
                                 "rlc_wait_seconds_bucket{le=\"1\"} 5\n"
                                 "rlc_wait_seconds_bucket{le=\"+Inf\"} 7\n"
                                 "rlc_wait_seconds_sum 5.012\n"
                                 "rlc_wait_seconds_count 7\n"));
    free(text);
}

static void *count_up(void *metrics)
{
    for (int i = 0; i < 100000; i++) {
        rlc_metrics_add(metrics, rlc_series(EVENTS), 1);
        rlc_metrics_observe(metrics, rlc_series(WAIT), i % 2000);
    }
    return NULL;
}

static void threads_lose_no_count(void **state)
{
    struct rlc_metrics *metrics = *state;
    pthread_t thread[2];

    for (size_t i = 0; i < RLC_COUNT(thread); i++)
        assert_int_equal(pthread_create(&thread[i], NULL, count_up, metrics), 0);
    for (size_t i = 0; i < RLC_COUNT(thread); i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);

    assert_int_equal(rlc_metrics_value(metrics, rlc_series(EVENTS)), 200000);
    assert_int_equal(rlc_metrics_value(metrics, rlc_series(WAIT)), 200000);
}

static void the_documentation_lists_every_metric(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    rlc_metrics_document(*state, true, out);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(
        text, "| Metric | Type | Unit | Labels | Meaning |\n|---|---|---|---|---|\n"
              "| `rlc_worker_events_total` | counter | records |  | Records decided. |\n"
              "| `rlc_refused_total` | counter | records | `reason` | Records refused. |\n"
              "| `rlc_lag_records` | gauge | records | `topic`, `partition` | Records behind. |\n"
              "| `rlc_wait_seconds` | histogram | seconds |  | Waiting. |\n"
              "| `rlc_temperature_celsius` | gauge | degrees |  | Warmth. |\n"
              "| `rlc_duplicates_total` | counter | records | `partition` | Seen before. |\n"
              "| `rlc_kinds_total` | counter | records | `kind` | By kind. |\n");
    free(text);
}

/* The number behind "\n<name> ". */
static double number_of(const char *text, const char *name)
{
    char line[64];
    const char *found;

    (void)snprintf(line, sizeof(line), "\n%s ", name);
    found = strstr(text, line);
    if (!found)
        fail_msg("%s is missing", name);
    return found ? strtod(found + strlen(line), NULL) : 0;
}

static void the_process_tells_about_itself(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    double start_s;

    (void)state;
    rlc_metrics_render_process("scenario", out);
    assert_int_equal(fclose(out), 0);

    assert_non_null(strstr(text, "\nrlc_build_info{version=\""));
    assert_non_null(strstr(text, "\",worker=\"scenario\"} 1\n"));
    assert_true(number_of(text, "process_cpu_seconds_total") >= 0);
    assert_true(number_of(text, "process_resident_memory_bytes") > 100000);
    assert_true(number_of(text, "process_virtual_memory_bytes") >=
                number_of(text, "process_resident_memory_bytes"));
    assert_true(number_of(text, "process_open_fds") >= 1);
    assert_true(number_of(text, "process_max_fds") >= number_of(text, "process_open_fds"));
    start_s = number_of(text, "process_start_time_seconds");
    assert_true(start_s > 1700000000.0 && start_s <= (double)time(NULL) + 2);
    free(text);
}

static void a_label_out_of_range(void)
{
    struct rlc_metrics *metrics = rlc_metrics_new(ROWS, RLC_COUNT(ROWS));

    rlc_metrics_add(metrics, rlc_series1(REFUSED, 2), 1);
}

static void a_counter_that_goes_back(void)
{
    struct rlc_metrics *metrics = rlc_metrics_new(ROWS, RLC_COUNT(ROWS));

    rlc_metrics_add(metrics, rlc_series(EVENTS), -1);
}

static void a_name_that_occurs_twice(void)
{
    static const struct rlc_metric SAME[] = {
        { .name = "A", .unit = "x", .help = "x" },
        { .name = "a", .unit = "x", .help = "x" },
    };

    (void)!rlc_metrics_new(SAME, RLC_COUNT(SAME));
}

static void misuse_is_a_programming_error(void **state)
{
    (void)state;
    assert_aborts(a_label_out_of_range);
    assert_aborts(a_counter_that_goes_back);
    assert_aborts(a_name_that_occurs_twice);
}

int main(void)
{
#define METRICS_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        METRICS_TEST(untouched_metrics_show_what_could_happen),
        METRICS_TEST(counters_add_up_by_label),
        METRICS_TEST(gauges_go_both_ways),
        METRICS_TEST(a_forgotten_series_is_gone_until_it_comes_back),
        METRICS_TEST(a_histogram_counts_cumulatively_in_written_units),
        METRICS_TEST(threads_lose_no_count),
        METRICS_TEST(the_documentation_lists_every_metric),
        cmocka_unit_test(the_process_tells_about_itself),
        cmocka_unit_test(misuse_is_a_programming_error),
    };
#undef METRICS_TEST

    return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
