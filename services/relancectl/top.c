/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl top: how far each worker has read, how fast, and which partition stands still. Asks
 * Kafka where the topics end and Redis how far each owner has looked; no worker is asked. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/pure/calendar.h"
#include "common/runtime/clock.h"
#include "common/runtime/topics.h"
#include "publish.h"
#include "pulse.h"
#include "quiet.h"
#include "stores.h"
#include "text.h"

const struct ctl_option CTL_TOP_OPTIONS[] = {
    { "once", NULL, "look for up to 3 s, print once; exit 1 where a partition does not move" },
    { "topic", "NAME,...",
      "topics of ingest.sources, in its order (default: " CTL_SOURCE_DEFAULT ", if there is one)" },
    { NULL, NULL, NULL },
};

#define ASK_MS 5000
#define LOOK_S 1
/* Of a map of partitions: what 80 columns leave; more are counted in the other columns. */
#define MAP_SIZE 26
/* Partitions that are named with a reason; there may be a thousand of one worker that is away. */
#define NAMED_MAX   12
#define SOURCES_MAX 4

/* Who reads what. Intake and audit have no hot state. Not every installation scores or goes to law:
 * who was never seen there is no trouble. */
static const struct {
    const char *worker;
    enum rlc_topic_use use;
    int32_t input;
    bool has_slice;
    bool may_be_missing;
} READERS[] = {
    { "scenario", RLC_TOPIC_DEBTOR_EVENTS, 0, true, false },
    { "scoring", RLC_TOPIC_DEBTOR_FACTS, 0, true, true },
    { "legal-escalation", RLC_TOPIC_LEGAL_INBOX, 0, true, true },
    { "notifier", RLC_TOPIC_CONTACT_REQUESTS, 0, true, false },
    { "audit", RLC_TOPIC_DEBTOR_FACTS, 0, false, false },
    { "audit", RLC_TOPIC_NOTIFIER_AUDIT, 1, false, false },
    { "audit", RLC_TOPIC_SCORING_AUDIT, 2, false, true },
    { "audit", RLC_TOPIC_LEGAL_AUDIT, 3, false, true },
};

_Static_assert(RLC_COUNT(READERS) + SOURCES_MAX <= QUIET_WATCHED_MAX, "room for every reader");

struct top {
    struct ctl *ctl;
    struct rlc_installation_facts facts;
    char sources[SOURCES_MAX][RLC_TOPIC_NAME_MAX];
    char topics[RLC_COUNT(READERS)][RLC_TOPIC_NAME_MAX];
    bool has_slice[QUIET_WATCHED_MAX];
    bool may_be_missing[QUIET_WATCHED_MAX];
    struct quiet quiet;
    struct ctl_pulse pulses[QUIET_WATCHED_MAX][RLC_SEEN_SLOTS_PER_TOPIC];
    int64_t before_ms;
    int64_t taken_ms; /* between the last two looks; 0 after the first one */
    size_t stuck;     /* partitions that do not move */
    json_t *rows;     /* of the last look */
    json_t *named;
};

static int64_t monotonic_ms(void)
{
    struct rlc_clock clock = rlc_clock_system();

    return (int64_t)(rlc_clock_monotonic_ns(&clock) / 1000000u);
}

/* ---- looking ---- */

static enum rlc_status look_at(struct top *top, size_t number, int32_t partition,
                               const char **ret_server, struct rlc_error *error)
{
    struct quiet_watch *watch = &top->quiet.watched[number];
    struct ctl_pulse_look look = { .has_slice = top->has_slice[number],
                                   .installation = top->facts.uuid,
                                   .at_ms = top->before_ms };
    struct rlc_bus *bus = top->quiet.bus;
    int64_t low;
    enum rlc_status status;

    *ret_server = "kafka";
    status = bus->ops->watermarks(bus, (int32_t)number, partition, ASK_MS, &low, &look.high, error);
    if (status != RLC_OK)
        return status;
    *ret_server = "redis";
    status = watch->view->ops->look(watch->view, watch->first_slot + partition, &look.look, error);
    if (status == RLC_RETRY) /* the server may be back, and only the connection be an old one */
        status =
            watch->view->ops->look(watch->view, watch->first_slot + partition, &look.look, error);
    if (status == RLC_OK)
        ctl_pulse_take(&top->pulses[number][partition], &look);
    return status;
}

static int look_at_all(struct top *top)
{
    struct rlc_error error = { .text = "" };
    const char *server = "kafka";
    enum rlc_status status = RLC_OK;
    int64_t now_ms = monotonic_ms();

    top->taken_ms = top->before_ms ? now_ms - top->before_ms : 0;
    top->before_ms = now_ms;
    for (size_t i = 0; status == RLC_OK && i < top->quiet.count; i++) {
        for (int32_t p = 0; status == RLC_OK && p < top->quiet.watched[i].partitions; p++)
            status = look_at(top, i, p, &server, &error);
    }
    return status == RLC_OK ? CTL_OK : ctl_fail_store(top->ctl, server, &error);
}

/* ---- what it comes to ---- */

static const char *short_name(const struct top *top, const char *topic)
{
    const char *prefix = top->ctl->settings.installation.topic_prefix;
    size_t size = strlen(prefix);

    return strncmp(topic, prefix, size) == 0 && topic[size] == '.' ? topic + size + 1 : topic;
}

static void name_partition(struct top *top, const struct quiet_watch *watch, int32_t partition,
                           const struct ctl_pulse *pulse)
{
    json_t *row;

    top->stuck++;
    if (json_array_size(top->named) == NAMED_MAX)
        return;
    row = json_object();
    ctl_put_text(row, "worker", watch->worker);
    ctl_put_text(row, "topic", watch->topic);
    ctl_put(row, "partition", json_integer(partition));
    ctl_put_text(row, "state", ctl_pulse_word(pulse->state));
    ctl_put(row, "behind", json_integer(pulse->behind));
    ctl_put(row, "still_s", json_integer(pulse->still_ms / 1000));
    ctl_put_text(row, "why", ctl_pulse_reason(pulse->state));
    (void)json_array_append_new(top->named, row);
}

static bool is_missing(const struct top *top, size_t number)
{
    bool missing = top->may_be_missing[number];

    for (int32_t p = 0; missing && p < top->quiet.watched[number].partitions; p++)
        missing = top->pulses[number][p].state == CTL_PULSE_UNSEEN;
    return missing;
}

static void sum_up(struct top *top, size_t number)
{
    const struct quiet_watch *watch = &top->quiet.watched[number];
    char map[MAP_SIZE + 1] = "";
    int64_t behind = 0;
    int64_t read = 0;
    int64_t busy = 0;
    json_t *row = json_object();

    for (int32_t p = 0; p < watch->partitions; p++) {
        const struct ctl_pulse *pulse = &top->pulses[number][p];

        behind += pulse->behind;
        read += pulse->read;
        busy += pulse->busy;
        if (p < MAP_SIZE)
            map[p] = ctl_pulse_sign(pulse->state);
        if (ctl_pulse_reason(pulse->state))
            name_partition(top, watch, p, pulse);
    }
    ctl_put_text(row, "worker", watch->worker);
    ctl_put_text(row, "topic", short_name(top, watch->topic));
    ctl_put(row, "partitions", json_integer(watch->partitions));
    ctl_put(row, "behind", json_integer(behind));
    ctl_put(row, "per_s", json_integer(top->taken_ms ? read * 1000 / top->taken_ms : 0));
    ctl_put(row, "busy", json_integer(busy));
    ctl_put_text(row, "map", map);
    (void)json_array_append_new(top->rows, row);
}

static void sum_up_all(struct top *top)
{
    json_decref(top->rows);
    json_decref(top->named);
    top->rows = json_array();
    top->named = json_array();
    top->stuck = 0;
    for (size_t i = 0; i < top->quiet.count; i++) {
        if (!is_missing(top, i))
            sum_up(top, i);
    }
}

/* ---- printing ---- */

static void print_named(const struct top *top)
{
    size_t i;
    json_t *row;
    char number[32];

    json_array_foreach(top->named, i, row)
    {
        (void)printf("%s%s ", i ? "" : "\n", ctl_text(row, "worker", number));
        (void)printf("%s", short_name(top, ctl_text(row, "topic", number)));
        (void)printf("/%s: ", ctl_text(row, "partition", number));
        (void)printf("%s, ", ctl_text(row, "state", number));
        (void)printf("%s behind", ctl_text(row, "behind", number));
        (void)printf(" for %s s\n", ctl_text(row, "still_s", number));
        (void)printf("    %s\n", ctl_text(row, "why", number));
    }
    if (top->stuck > i)
        (void)printf("... and %zu more\n", top->stuck - i);
}

static void print(struct top *top)
{
    static const struct ctl_column COLUMNS[] = {
        { "WORKER", "worker", false },      { "TOPIC", "topic", false },
        { "PARTS", "partitions", true },    { "BEHIND", "behind", true },
        { "PER S", "per_s", true },         { "BUSY", "busy", true },
        { "EACH PARTITION", "map", false },
    };
    struct rlc_clock clock = rlc_clock_system();
    char now[RLC_MS_SIZE];

    if (ctl_json(top->ctl, json_pack("{s:O, s:i, s:O}", "workers", top->rows, "stuck",
                                     (int)top->stuck, "partitions", top->named)))
        return;
    (void)rlc_ms_format(clock.now_ms(clock.context), now, sizeof(now));
    if (isatty(STDOUT_FILENO) && !ctl_option(top->ctl, "once"))
        (void)fputs("\033[H\033[J", stdout);
    (void)printf("%s at %s\n\n", top->ctl->settings.installation.topic_prefix, now);
    ctl_table(stdout, top->rows, COLUMNS, RLC_COUNT(COLUMNS));
    print_named(top);
    (void)printf(
        "\n. at the end   + reads   ! stands still   b rebuilds   x not whole   ? unseen\n");
    (void)fflush(stdout);
}

/* ---- opening ---- */

/* A topic that nobody named may be missing. */
static bool exists(struct ctl *ctl, const char *topic)
{
    const char *topics[] = { topic };
    struct rlc_bus_config config = { .topics = topics, .topic_count = 1 };
    struct rlc_error error = { .text = "" };
    struct rlc_bus *bus = NULL;
    int32_t partitions;
    bool found = rlc_kafka_bus_open(&config, &ctl->kafka, &bus, &error) == RLC_OK &&
                 bus->ops->partitions(bus, 0, &partitions, &error) == RLC_OK;

    if (bus)
        bus->ops->close(bus, true);
    return found;
}

static int add_sources(struct top *top)
{
    const char *at = ctl_option(top->ctl, "topic");
    int32_t count = 0;

    if (!at)
        at = exists(top->ctl, CTL_SOURCE_DEFAULT) ? CTL_SOURCE_DEFAULT : "";
    while (*at) {
        size_t size = strcspn(at, ",");

        if (count == SOURCES_MAX || size == 0 || size >= RLC_TOPIC_NAME_MAX)
            return ctl_fail(top->ctl, CTL_USAGE, "--topic takes up to %d names: A,B", SOURCES_MAX);
        (void)snprintf(top->sources[count], RLC_TOPIC_NAME_MAX, "%.*s", (int)size, at);
        quiet_add(&top->quiet, "ingest", top->sources[count], count);
        count++;
        at += size + (at[size] == ',');
    }
    return CTL_OK;
}

static int open_all(struct top *top)
{
    int code = ctl_installation(top->ctl, &top->facts);

    if (code == CTL_OK)
        code = add_sources(top);
    for (size_t i = 0; code == CTL_OK && i < RLC_COUNT(READERS); i++) {
        if (!ctl_topic(top->ctl, rlc_topic_row(READERS[i].use)->suffix, top->topics[i]))
            return CTL_CONFIG;
        top->has_slice[top->quiet.count] = READERS[i].has_slice;
        top->may_be_missing[top->quiet.count] = READERS[i].may_be_missing;
        quiet_add(&top->quiet, READERS[i].worker, top->topics[i], READERS[i].input);
    }
    return code == CTL_OK ? quiet_open(&top->quiet, top->ctl) : code;
}

/* ---- all ---- */

static bool may_stand(const struct top *top)
{
    for (size_t i = 0; i < top->quiet.count; i++) {
        for (int32_t p = 0; p < top->quiet.watched[i].partitions; p++) {
            if (top->pulses[i][p].behind > 0 && top->pulses[i][p].read == 0)
                return true;
        }
    }
    return false;
}

/* One second is enough where all move or are at the end. */
static int look_once(struct top *top)
{
    struct timespec pause = { LOOK_S, 0 };
    int code = look_at_all(top);

    for (int i = 0; code == CTL_OK && i <= CTL_PULSE_PATIENCE_MS / 1000 && (!i || may_stand(top));
         i++) {
        (void)nanosleep(&pause, NULL);
        code = look_at_all(top);
    }
    if (code != CTL_OK)
        return code;
    sum_up_all(top);
    print(top);
    return top->stuck ? CTL_FOUND : CTL_OK;
}

/* A server that goes away meanwhile has been named; the look goes on until it is back. */
static int look_on(struct top *top)
{
    struct timespec pause = { LOOK_S, 0 };
    int code = look_at_all(top);

    while ((code == CTL_OK || code == CTL_UNAVAILABLE) && !ferror(stdout)) {
        if (code == CTL_OK) {
            sum_up_all(top);
            print(top);
        }
        (void)nanosleep(&pause, NULL);
        code = look_at_all(top);
    }
    return code;
}

int ctl_top(struct ctl *ctl)
{
    static struct top top; /* a pulse for each partition */
    int code;

    top.ctl = ctl;
    code = open_all(&top);
    if (code == CTL_OK)
        code = ctl_option(ctl, "once") ? look_once(&top) : look_on(&top);
    json_decref(top.rows);
    json_decref(top.named);
    quiet_close(&top.quiet);
    return code;
}
