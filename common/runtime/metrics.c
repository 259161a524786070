/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/metrics.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/runtime/metrics_part.h"

const int64_t RLC_METRIC_MS[RLC_METRIC_MS_BOUNDS] = {
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 30000,
};

size_t rlc_metric_label_count(const struct rlc_metric *row, size_t label)
{
    return row->label[label].name ? row->label[label].count : 1;
}

void rlc_metric_full_name(const struct rlc_metric *row, char ret_name[RLC_METRIC_NAME_SIZE])
{
    int size = snprintf(ret_name, RLC_METRIC_NAME_SIZE, "rlc_%s%s", row->name,
                        row->type == RLC_METRIC_COUNTER ? "_total" : "");

    assert(size > 0 && size < RLC_METRIC_NAME_SIZE);
    (void)size;
    for (char *letter = ret_name; *letter; letter++) {
        if (*letter >= 'A' && *letter <= 'Z')
            *letter = (char)(*letter - 'A' + 'a');
    }
}

static bool is_power_of_ten(int64_t number)
{
    while (number > 1 && number % 10 == 0)
        number /= 10;
    return number == 1;
}

/* A row that contradicts itself is a programming error. */
static void assert_sound(const struct rlc_metric *row)
{
    char name[RLC_METRIC_NAME_SIZE];

    rlc_metric_full_name(row, name);
    assert(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name));
    assert(strchr(row->help, '\n') == NULL && row->unit != NULL);
    assert(row->scale == 0 || is_power_of_ten(row->scale));
    assert((row->type == RLC_METRIC_HISTOGRAM) == (row->bound_count > 0));
    assert(row->label[0].name != NULL || row->label[1].name == NULL);
    for (size_t i = 1; i < row->bound_count; i++)
        assert(row->bounds[i - 1] < row->bounds[i]);
}

static void assert_distinct(const struct rlc_metrics *metrics)
{
    for (size_t i = 0; i < metrics->count; i++) {
        for (size_t j = 0; j < i; j++) {
            char one[RLC_METRIC_NAME_SIZE];
            char other[RLC_METRIC_NAME_SIZE];

            rlc_metric_full_name(&metrics->rows[i], one);
            rlc_metric_full_name(&metrics->rows[j], other);
            assert(strcmp(one, other) != 0);
        }
    }
}

/* Lays the metrics out one behind the other; the totals are those of all rows. */
static void lay_out(struct rlc_metrics *metrics, size_t *ret_slots, size_t *ret_series)
{
    *ret_slots = 0;
    *ret_series = 0;
    for (size_t i = 0; i < metrics->count; i++) {
        const struct rlc_metric *row = &metrics->rows[i];
        struct rlc_metric_place *place = &metrics->places[i];

        assert_sound(row);
        place->series = rlc_metric_label_count(row, 0) * rlc_metric_label_count(row, 1);
        assert(place->series > 0 && place->series <= RLC_METRIC_SERIES_MAX);
        place->width = row->bound_count ? row->bound_count + 2 : 1;
        place->first_slot = *ret_slots;
        place->first_series = *ret_series;
        *ret_slots += place->series * place->width;
        *ret_series += place->series;
    }
}

struct rlc_metrics *rlc_metrics_new(const struct rlc_metric *rows, size_t count)
{
    struct rlc_metrics *metrics = calloc(1, sizeof(*metrics));
    size_t slots;
    size_t series;

    assert(count > 0);
    if (!metrics)
        return NULL;
    metrics->rows = rows;
    metrics->count = count;
    metrics->places = calloc(count, sizeof(*metrics->places));
    if (metrics->places) {
        lay_out(metrics, &slots, &series);
        assert_distinct(metrics);
        metrics->slots = calloc(slots, sizeof(*metrics->slots));
        metrics->updated = calloc(series, sizeof(*metrics->updated));
    }
    if (!metrics->slots || !metrics->updated) {
        rlc_metrics_free(metrics);
        return NULL;
    }
    return metrics;
}

void rlc_metrics_free(struct rlc_metrics *metrics)
{
    if (!metrics)
        return;
    free(metrics->places);
    free(metrics->slots);
    free(metrics->updated);
    free(metrics);
}

static size_t series_index(const struct rlc_metrics *metrics, struct rlc_series series)
{
    const struct rlc_metric *row = &metrics->rows[series.metric];

    assert(series.metric < metrics->count);
    assert(series.label[0] < rlc_metric_label_count(row, 0));
    assert(series.label[1] < rlc_metric_label_count(row, 1));
    return series.label[0] * rlc_metric_label_count(row, 1) + series.label[1];
}

/* The first slot of the series, after marking it as updated. */
static _Atomic int64_t *updated_slots(struct rlc_metrics *metrics, struct rlc_series series)
{
    size_t index = series_index(metrics, series);
    const struct rlc_metric_place *place = &metrics->places[series.metric];

    atomic_store_explicit(&metrics->updated[place->first_series + index], true,
                          memory_order_relaxed);
    return &metrics->slots[place->first_slot + index * place->width];
}

void rlc_metrics_add(struct rlc_metrics *metrics, struct rlc_series series, int64_t amount)
{
    _Atomic int64_t *slots = updated_slots(metrics, series);
    enum rlc_metric_type type = metrics->rows[series.metric].type;

    assert(type == RLC_METRIC_GAUGE || (type == RLC_METRIC_COUNTER && amount >= 0));
    (void)type;
    (void)atomic_fetch_add_explicit(slots, amount, memory_order_relaxed);
}

void rlc_metrics_set(struct rlc_metrics *metrics, struct rlc_series series, int64_t value)
{
    _Atomic int64_t *slots = updated_slots(metrics, series);

    assert(metrics->rows[series.metric].type == RLC_METRIC_GAUGE);
    atomic_store_explicit(slots, value, memory_order_relaxed);
}

void rlc_metrics_observe(struct rlc_metrics *metrics, struct rlc_series series, int64_t value)
{
    _Atomic int64_t *slots = updated_slots(metrics, series);
    const struct rlc_metric *row = &metrics->rows[series.metric];
    size_t bucket = 0;

    assert(row->type == RLC_METRIC_HISTOGRAM);
    while (bucket < row->bound_count && value > row->bounds[bucket])
        bucket++;
    (void)atomic_fetch_add_explicit(&slots[bucket], 1, memory_order_relaxed);
    (void)atomic_fetch_add_explicit(&slots[row->bound_count + 1], value, memory_order_relaxed);
}

void rlc_metrics_forget(struct rlc_metrics *metrics, struct rlc_series series)
{
    size_t index = series_index(metrics, series);
    const struct rlc_metric_place *place = &metrics->places[series.metric];
    _Atomic int64_t *slots = &metrics->slots[place->first_slot + index * place->width];

    atomic_store_explicit(&metrics->updated[place->first_series + index], false,
                          memory_order_relaxed);
    for (size_t i = 0; i < place->width; i++)
        atomic_store_explicit(&slots[i], 0, memory_order_relaxed);
}

int64_t rlc_metrics_value(const struct rlc_metrics *metrics, struct rlc_series series)
{
    size_t index = series_index(metrics, series);
    const struct rlc_metric_place *place = &metrics->places[series.metric];
    const _Atomic int64_t *slots = &metrics->slots[place->first_slot + index * place->width];
    /* The sum of a histogram's values is no count. */
    size_t counted = place->width > 1 ? place->width - 1 : 1;
    int64_t value = 0;

    for (size_t i = 0; i < counted; i++)
        value += atomic_load_explicit(&slots[i], memory_order_relaxed);
    return value;
}
