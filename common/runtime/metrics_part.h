/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the metrics share: for metrics*.c alone. */
#ifndef RLC_RUNTIME_METRICS_PART_H
#define RLC_RUNTIME_METRICS_PART_H

#include <stdatomic.h>

#include "common/runtime/metrics.h"

#define RLC_METRIC_NAME_SIZE 96

/* Where the numbers of one metric lie. */
struct rlc_metric_place {
    size_t first_slot;
    size_t first_series;
    size_t series; /* how many */
    size_t width;  /* slots of one series: 1, or one for each bucket, one above, and the sum */
};

struct rlc_metrics {
    const struct rlc_metric *rows;
    size_t count;
    struct rlc_metric_place *places;
    _Atomic int64_t *slots;
    atomic_bool *updated; /* of each series */
};

/* Values of label number `label`; 1 where there is no such label. */
size_t rlc_metric_label_count(const struct rlc_metric *row, size_t label);

/* "rlc_worker_events_total" */
void rlc_metric_full_name(const struct rlc_metric *row, char ret_name[RLC_METRIC_NAME_SIZE]);

#endif
