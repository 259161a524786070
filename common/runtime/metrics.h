/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers for Prometheus. Each part of a process declares its metrics as one const table; the table
 * gives names, help and documentation, an enum beside it gives the index. Labels take few, fixed
 * values (partition, topic, reason, step, channel): never a debtor, never a text from outside.
 *
 * Updates are relaxed atomics, free of locks and allocation; any thread may update or render. */
#ifndef RLC_RUNTIME_METRICS_H
#define RLC_RUNTIME_METRICS_H

#include <stdio.h>

#include "common/pure/base.h"

#define RLC_METRIC_LABELS 2
/* Series of one metric: more than partitions times reasons of any of ours, little for a server. */
#define RLC_METRIC_SERIES_MAX 8192

enum rlc_metric_type { RLC_METRIC_COUNTER, RLC_METRIC_GAUGE, RLC_METRIC_HISTOGRAM };

/* A label with a fixed set of values: texts in `values`, or what `word` says (NULL: an index that
 * is never used), or, where both are NULL, the numbers from 0 to `count` - 1. */
struct rlc_metric_label {
    const char *name; /* NULL: there is no such label */
    const char *const *values;
    size_t count;
    const char *(*word)(size_t index);
};

struct rlc_metric {
    /* Without the prefix "rlc_", and for counters without "_total"; written in lower case, so that
     * tables may be made from the names of an enum. Gauges and histograms end in their base unit.
     */
    const char *name;
    enum rlc_metric_type type;
    const char *unit; /* of the written value, for people: "records", "seconds" */
    const char *help; /* one line */
    struct rlc_metric_label label[RLC_METRIC_LABELS];
    int64_t scale; /* power of ten: recorded units in a written one (1000: milliseconds written
                    * as seconds); 0 is 1 */
    const int64_t *bounds; /* HISTOGRAM: upper bounds, ascending, in recorded units */
    size_t bound_count;
};

/* Bounds in milliseconds for what takes from a network round trip to a broker's time-out. */
#define RLC_METRIC_MS_BOUNDS 14
extern const int64_t RLC_METRIC_MS[RLC_METRIC_MS_BOUNDS];

/* One line of a metric: its index in the table and the indexes of its labels' values. */
struct rlc_series {
    size_t metric;
    size_t label[RLC_METRIC_LABELS];
};

static inline struct rlc_series rlc_series(size_t metric)
{
    return (struct rlc_series){ .metric = metric };
}

static inline struct rlc_series rlc_series1(size_t metric, size_t first)
{
    return (struct rlc_series){ .metric = metric, .label = { first } };
}

static inline struct rlc_series rlc_series2(size_t metric, size_t first, size_t second)
{
    return (struct rlc_series){ .metric = metric, .label = { first, second } };
}

struct rlc_metrics;

/* Metrics of one table, all zero; NULL when memory is short. Rows and label values are borrowed.
 * Asserts that names are sound and distinct. */
RLC_NODISCARD struct rlc_metrics *rlc_metrics_new(const struct rlc_metric *rows, size_t count);
void rlc_metrics_free(struct rlc_metrics *metrics);

/* Adds to a COUNTER (amount >= 0) or a GAUGE. */
void rlc_metrics_add(struct rlc_metrics *metrics, struct rlc_series series, int64_t amount);
/* Sets a GAUGE. */
void rlc_metrics_set(struct rlc_metrics *metrics, struct rlc_series series, int64_t value);
/* Counts one value of a HISTOGRAM. */
void rlc_metrics_observe(struct rlc_metrics *metrics, struct rlc_series series, int64_t value);
/* Takes a series out of the output and sets it to zero: a partition that is no longer ours. */
void rlc_metrics_forget(struct rlc_metrics *metrics, struct rlc_series series);
/* The recorded value of a COUNTER or GAUGE, the number of values of a HISTOGRAM. */
int64_t rlc_metrics_value(const struct rlc_metrics *metrics, struct rlc_series series);

/* Writes the Prometheus text format. A series whose labels are all fixed texts (or that has none)
 * is always there, so that a rate can see the first event; one with a numbered label from its first
 * update on, and so is a gauge with labels. */
void rlc_metrics_render(const struct rlc_metrics *metrics, FILE *out);

/* Writes rows of a Markdown table: name, type, unit, labels, meaning; with its head if `head`. */
void rlc_metrics_document(const struct rlc_metrics *metrics, bool head, FILE *out);

/* Writes what every process has: rlc_build_info{version,commit,worker} and process_... (processor
 * time, memory, open files, start). What the system does not tell is left out. */
void rlc_metrics_render_process(const char *worker, FILE *out);

#endif
