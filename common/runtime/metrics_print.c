/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/runtime/build.h"
#include "common/runtime/file.h"
#include "common/runtime/metrics_part.h"

#define NUMBER_SIZE 32

static const char *const TYPE[] = {
    [RLC_METRIC_COUNTER] = "counter",
    [RLC_METRIC_GAUGE] = "gauge",
    [RLC_METRIC_HISTOGRAM] = "histogram",
};

/* The text of a label's value, escaped as the format asks. */
static void print_label_value(const char *value, FILE *out)
{
    for (; *value; value++) {
        if (*value == '\n')
            (void)fputs("\\n", out);
        else if (*value == '"' || *value == '\\')
            (void)fprintf(out, "\\%c", *value);
        else
            (void)fputc(*value, out);
    }
}

/* A recorded value in written units, exactly: 1500 at scale 1000 is "1.5". */
static char *format_scaled(int64_t value, int64_t scale, char buffer[NUMBER_SIZE])
{
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t divisor = scale ? (uint64_t)scale : 1;
    uint64_t rest = size % divisor;
    int written = snprintf(buffer, NUMBER_SIZE, "%s%" PRIu64, value < 0 ? "-" : "", size / divisor);

    if (rest > 0) {
        buffer[written++] = '.';
        for (divisor /= 10; rest > 0; divisor /= 10) {
            buffer[written++] = (char)('0' + rest / divisor);
            rest %= divisor;
        }
        buffer[written] = '\0';
    }
    return buffer;
}

/* The text of a label's value number `index`; NULL where it is a number, or no value at all. */
static const char *label_text(const struct rlc_metric_label *label, size_t index)
{
    if (label->word)
        return label->word(index);
    return label->values ? label->values[index] : NULL;
}

static bool is_text(const struct rlc_metric_label *label)
{
    return label->word || label->values;
}

/* Indexes of the values of a series' labels. */
static void label_indexes(const struct rlc_metric *row, size_t series,
                          size_t ret_index[RLC_METRIC_LABELS])
{
    size_t second = rlc_metric_label_count(row, 1);

    ret_index[0] = series / second;
    ret_index[1] = series % second;
}

/* "{partition="3",le="0.5"}"; nothing when there are no labels. `bound` NULL: not a bucket. */
static void print_labels(const struct rlc_metric *row, size_t series, const char *bound, FILE *out)
{
    size_t index[RLC_METRIC_LABELS];
    const char *before = "{";

    label_indexes(row, series, index);
    for (size_t i = 0; i < RLC_METRIC_LABELS && row->label[i].name; i++) {
        (void)fprintf(out, "%s%s=\"", before, row->label[i].name);
        if (is_text(&row->label[i]))
            print_label_value(label_text(&row->label[i], index[i]), out);
        else
            (void)fprintf(out, "%zu", index[i]);
        (void)fputc('"', out);
        before = ",";
    }
    if (bound)
        (void)fprintf(out, "%sle=\"%s\"", before, bound);
    if (bound || row->label[0].name)
        (void)fputc('}', out);
}

static void print_line(const struct rlc_metric *row, const char *name, size_t series,
                       const char *number, FILE *out)
{
    (void)fputs(name, out);
    print_labels(row, series, NULL, out);
    (void)fprintf(out, " %s\n", number);
}

static void print_histogram(const struct rlc_metric *row, const char *name, size_t series,
                            const _Atomic int64_t *slots, FILE *out)
{
    char number[NUMBER_SIZE];
    int64_t count = 0;

    for (size_t i = 0; i <= row->bound_count; i++) {
        count += atomic_load_explicit(&slots[i], memory_order_relaxed);
        (void)fprintf(out, "%s_bucket", name);
        print_labels(
            row, series,
            i < row->bound_count ? format_scaled(row->bounds[i], row->scale, number) : "+Inf", out);
        (void)fprintf(out, " %" PRId64 "\n", count);
    }
    (void)fprintf(out, "%s_sum", name);
    print_line(
        row, "", series,
        format_scaled(atomic_load_explicit(&slots[row->bound_count + 1], memory_order_relaxed),
                      row->scale, number),
        out);
    (void)fprintf(out, "%s_count", name);
    print_line(row, "", series, format_scaled(count, 1, number), out);
}

/* Whether every series of the metric is written from the start. */
static bool is_always_there(const struct rlc_metric *row)
{
    for (size_t i = 0; i < RLC_METRIC_LABELS && row->label[i].name; i++) {
        if (!is_text(&row->label[i]) || row->type == RLC_METRIC_GAUGE)
            return false;
    }
    return true;
}

/* Whether the values of the series' labels exist. */
static bool has_words(const struct rlc_metric *row, size_t series)
{
    size_t index[RLC_METRIC_LABELS];

    label_indexes(row, series, index);
    for (size_t i = 0; i < RLC_METRIC_LABELS && row->label[i].name; i++) {
        if (is_text(&row->label[i]) && !label_text(&row->label[i], index[i]))
            return false;
    }
    return true;
}

static void print_metric(const struct rlc_metrics *metrics, size_t metric, FILE *out)
{
    const struct rlc_metric *row = &metrics->rows[metric];
    const struct rlc_metric_place *place = &metrics->places[metric];
    char name[RLC_METRIC_NAME_SIZE];
    char number[NUMBER_SIZE];

    rlc_metric_full_name(row, name);
    (void)fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, row->help, name, TYPE[row->type]);
    for (size_t i = 0; i < place->series; i++) {
        const _Atomic int64_t *slots = &metrics->slots[place->first_slot + i * place->width];

        if (!has_words(row, i))
            continue;
        if (!is_always_there(row) &&
            !atomic_load_explicit(&metrics->updated[place->first_series + i], memory_order_relaxed))
            continue;
        if (row->type == RLC_METRIC_HISTOGRAM) {
            print_histogram(row, name, i, slots, out);
        } else {
            print_line(row, name, i,
                       format_scaled(atomic_load_explicit(slots, memory_order_relaxed), row->scale,
                                     number),
                       out);
        }
    }
}

void rlc_metrics_render(const struct rlc_metrics *metrics, FILE *out)
{
    for (size_t i = 0; i < metrics->count; i++)
        print_metric(metrics, i, out);
}

void rlc_metrics_document(const struct rlc_metrics *metrics, bool head, FILE *out)
{
    if (head)
        (void)fprintf(out, "| Metric | Type | Unit | Labels | Meaning |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < metrics->count; i++) {
        const struct rlc_metric *row = &metrics->rows[i];
        char name[RLC_METRIC_NAME_SIZE];

        rlc_metric_full_name(row, name);
        (void)fprintf(out, "| `%s` | %s | %s | ", name, TYPE[row->type], row->unit);
        for (size_t j = 0; j < RLC_METRIC_LABELS && row->label[j].name; j++)
            (void)fprintf(out, "%s`%s`", j ? ", " : "", row->label[j].name);
        (void)fprintf(out, " | %s |\n", row->help);
    }
}

static void print_number(const char *name, const char *type, const char *help, const char *number,
                         FILE *out)
{
    (void)fprintf(out, "# HELP %s %s\n# TYPE %s %s\n%s %s\n", name, help, name, type, name, number);
}

static void print_processor_time(FILE *out)
{
    struct rusage usage;
    char number[NUMBER_SIZE];
    int64_t microseconds;

    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return;
    microseconds = (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
                   usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
    print_number("process_cpu_seconds_total", "counter", "User and system processor time.",
                 format_scaled(microseconds, 1000000, number), out);
}

static void print_memory(FILE *out)
{
    char text[128];
    char number[NUMBER_SIZE];
    size_t size;
    char *end;
    int64_t pages[2];

    if (rlc_file_read("/proc/self/statm", text, sizeof(text) - 1, &size, NULL) != RLC_OK)
        return;
    pages[0] = strtoll(text, &end, 10);
    pages[1] = strtoll(end, NULL, 10);
    print_number("process_virtual_memory_bytes", "gauge", "Address space in use.",
                 format_scaled(pages[0] * sysconf(_SC_PAGESIZE), 1, number), out);
    print_number("process_resident_memory_bytes", "gauge", "Memory in use.",
                 format_scaled(pages[1] * sysconf(_SC_PAGESIZE), 1, number), out);
}

static void print_files(FILE *out)
{
    DIR *folder = opendir("/proc/self/fd");
    struct rlimit limit;
    char number[NUMBER_SIZE];
    int64_t count = 0;

    if (folder) {
        while (readdir(folder))
            count++;
        (void)closedir(folder);
        /* Not counted: the two entries for folders, and the descriptor of this reading. */
        print_number("process_open_fds", "gauge", "Open file descriptors.",
                     format_scaled(count - 3, 1, number), out);
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        print_number("process_max_fds", "gauge", "Most file descriptors allowed.",
                     format_scaled((int64_t)limit.rlim_cur, 1, number), out);
}

/* Field number `field` (from 1) of /proc/self/stat, -1 when it is not there. The name of the
 * program stands in brackets and may hold anything. */
static int64_t stat_field(int field)
{
    char text[1024];
    size_t size;
    const char *rest;

    if (rlc_file_read("/proc/self/stat", text, sizeof(text) - 1, &size, NULL) != RLC_OK)
        return -1;
    rest = strrchr(text, ')');
    for (int i = 2; rest && i < field; i++)
        rest = strchr(rest + 1, ' ');
    return rest ? strtoll(rest, NULL, 10) : -1;
}

/* The second at which the machine started; -1 when the system does not say. */
static int64_t boot_second(void)
{
    FILE *file = fopen("/proc/stat", "re");
    char line[256];
    int64_t second = -1;

    while (file && second < 0 && fgets(line, sizeof(line), file)) {
        if (strncmp(line, "btime ", strlen("btime ")) == 0)
            second = strtoll(line + strlen("btime "), NULL, 10);
    }
    if (file)
        (void)fclose(file);
    return second;
}

static void print_start(FILE *out)
{
    int64_t ticks = stat_field(22);
    int64_t boot_s = boot_second();
    int64_t ticks_per_second = sysconf(_SC_CLK_TCK);
    char number[NUMBER_SIZE];

    if (ticks < 0 || boot_s < 0 || ticks_per_second <= 0)
        return;
    print_number("process_start_time_seconds", "gauge", "Start, in seconds since 1970.",
                 format_scaled(boot_s * 100 + ticks * 100 / ticks_per_second, 100, number), out);
}

void rlc_metrics_render_process(const char *worker, FILE *out)
{
    (void)fprintf(out, "# HELP rlc_build_info What this process was built from.\n"
                       "# TYPE rlc_build_info gauge\nrlc_build_info{version=\"");
    print_label_value(rlc_build_version(), out);
    (void)fputs("\",commit=\"", out);
    print_label_value(rlc_build_commit(), out);
    (void)fputs("\",worker=\"", out);
    print_label_value(worker, out);
    (void)fputs("\"} 1\n", out);
    print_processor_time(out);
    print_memory(out);
    print_files(out);
    print_start(out);
}
