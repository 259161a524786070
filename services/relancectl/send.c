/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl send: events of a file to a source topic, as an upstream system would. All of them
 * are checked before the first is sent, so that a mistake leaves nothing half done. */
#include "batch.h"
#include "commands.h"
#include "fates.h"

#include <string.h>
#include <unistd.h>

#include "common/pure/calendar.h"
#include "common/runtime/clock.h"
#include "publish.h"
#include "stepped.h"
#include "text.h"

const struct ctl_option CTL_SEND_OPTIONS[] = {
    { "topic", "NAME", "source topic (default: " CTL_SOURCE_DEFAULT ")" },
    { "skip-wrong", NULL, "send the rest (default: with a wrong event, none is sent)" },
    { "wait", NULL, "say what became of each (proto/README.md, \"What became of it\")" },
    { "time", "INSTANT",
      "of their arrival, where the clock is stepped (default: where it stands)" },
    { NULL, NULL, NULL },
};

/* A progress line every so often. */
#define PROGRESS_NS UINT64_C(500000000)
/* The clock is looked at once for so many events. */
#define PROGRESS_EVENTS 1000

struct sending {
    struct ctl *ctl;
    struct ctl_batch batch;
    struct ctl_publisher publisher;
    const char *topic;
    rlc_ms now_ms; /* of a stepped clock; 0 = system time */
    uint64_t shown_ns;
    struct ctl_fates fates; /* with --wait */
    json_t *told;           /* of them; NULL without */
};

/* ---- sending ---- */

static void show(struct sending *sending, size_t done)
{
    struct rlc_clock clock = rlc_clock_system();
    uint64_t now_ns;

    if (sending->ctl->json || done % PROGRESS_EVENTS || !isatty(STDERR_FILENO))
        return;
    now_ns = clock.monotonic_ns(clock.context);
    if (now_ns - sending->shown_ns < PROGRESS_NS)
        return;
    sending->shown_ns = now_ns;
    (void)fprintf(stderr, "\r%zu of %zu ", done, sending->batch.count);
}

static int publish(struct sending *sending)
{
    const struct ctl_batch *batch = &sending->batch;
    int code = ctl_publisher_open(&sending->publisher, sending->ctl, sending->topic);

    for (size_t i = 0; code == CTL_OK && i < batch->count; i++) {
        if (!batch->records[i].wrong)
            code = ctl_publish(&sending->publisher, batch->records[i].json, sending->now_ms);
        show(sending, i + 1);
    }
    if (sending->shown_ns)
        (void)fputc('\n', stderr);
    return code == CTL_OK ? ctl_publisher_flush(&sending->publisher) : code;
}

static int read_time(struct sending *sending)
{
    const char *time = ctl_option(sending->ctl, "time");

    if (time && !rlc_ms_parse(rlc_span_of(time), &sending->now_ms))
        return ctl_fail(sending->ctl, CTL_USAGE, "--time is an RFC 3339 instant with offset");
    return CTL_OK;
}

/* ---- the answer ---- */

/* What the fates come to, for a line at the end. */
static const struct {
    const char *words[2];
    const char *many;
} SUMS[] = {
    { { "ACCEPTED" }, "accepted" },
    { { "DUPLICATE" }, "said before, and it counts" },
    { { "STALE" }, "too late: something newer was said before, so it does not count" },
    { { "REFUSED", "DEAD_LETTER" }, "refused, see 'relancectl dlq list' and 'explain'" },
    { { "TAKEN", "UNKNOWN" }, "without an answer; do the workers run?" },
};

static bool counts_as(size_t sum, const json_t *fate)
{
    const char *word = json_string_value(json_object_get(fate, "fate"));

    for (size_t i = 0; i < RLC_COUNT(SUMS[sum].words) && SUMS[sum].words[i]; i++) {
        if (strcmp(word, SUMS[sum].words[i]) == 0)
            return true;
    }
    return false;
}

/* Of what is as everybody hoped, only the number. */
static void print_told(json_t *told)
{
    size_t counts[RLC_COUNT(SUMS)] = { 0 };
    size_t i;
    json_t *fate;

    json_array_foreach(told, i, fate)
    {
        for (size_t sum = 0; sum < RLC_COUNT(SUMS); sum++)
            counts[sum] += counts_as(sum, fate);
        if (counts_as(0, fate))
            continue;
        (void)printf("line %lld: ", (long long)json_integer_value(json_object_get(fate, "line")));
        ctl_fate_print(fate);
    }
    for (size_t sum = 0; sum < RLC_COUNT(SUMS); sum++) {
        if (counts[sum])
            (void)printf("%zu %s\n", counts[sum], SUMS[sum].many);
    }
}

static int report(const struct sending *sending, int code)
{
    const struct ctl_batch *batch = &sending->batch;

    if (batch->wrong)
        code = CTL_DATA;
    if (ctl_json(sending->ctl, json_pack("{s:s, s:I, s:I, s:I, s:O, s:O*}", "topic", sending->topic,
                                         "events", (json_int_t)batch->count, "sent",
                                         (json_int_t)sending->publisher.published, "wrong",
                                         (json_int_t)batch->wrong, "faults", batch->faults, "fates",
                                         sending->told)))
        return code;
    ctl_batch_print(batch);
    (void)printf("%lld of %zu events sent to '%s'", (long long)sending->publisher.published,
                 batch->count, sending->topic);
    if (batch->wrong)
        (void)printf(", %zu %s wrong", batch->wrong, batch->wrong == 1 ? "is" : "are");
    (void)putchar('\n');
    print_told(sending->told);
    return code;
}

/* Whoever waits stands at the end of the answers before anything is sent. */
static int send_and_wait(struct sending *sending)
{
    int code = ctl_fates_open(&sending->fates, sending->ctl, &sending->batch);

    if (code == CTL_OK)
        code = publish(sending);
    if (code != CTL_OK)
        return code;
    code = ctl_fates_wait(&sending->fates, &sending->told);
    return code == CTL_OK || json_array_size(sending->told) ? report(sending, code) : code;
}

static int send_batch(struct sending *sending)
{
    struct ctl *ctl = sending->ctl;
    const struct ctl_batch *batch = &sending->batch;
    int code = CTL_OK;

    if (batch->wrong == batch->count || (batch->wrong && !ctl_option(ctl, "skip-wrong")))
        return report(sending, code);
    if (sending->now_ms == 0)
        code = ctl_stepped_now(ctl, &sending->now_ms);
    if (code == CTL_OK && ctl_option(ctl, "wait"))
        return send_and_wait(sending);
    if (code == CTL_OK)
        code = publish(sending);
    return code == CTL_OK ? report(sending, code) : code;
}

int ctl_send(struct ctl *ctl)
{
    static struct sending sending; /* as wide as the widest installation */
    const char *topic = ctl_option(ctl, "topic");
    int code;

    sending.ctl = ctl;
    sending.topic = topic ? topic : CTL_SOURCE_DEFAULT;
    code = read_time(&sending);
    if (code != CTL_OK)
        return code;
    code = ctl_batch_read(&sending.batch, ctl, ctl->argument_count ? ctl->arguments[0] : "-");
    if (code == CTL_OK)
        code = send_batch(&sending);
    json_decref(sending.told);
    ctl_fates_close(&sending.fates);
    ctl_publisher_close(&sending.publisher);
    ctl_batch_clear(&sending.batch);
    return code;
}
