/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl replay: the conductor of an installation with a stepped clock. One step: publish the
 * events up to its instant, wait until all is quiet, tick every partition, wait until all is quiet.
 * Steps at which nothing was published and no timer is due are passed over. A server that goes away
 * is waited for, and a replay that was ended goes on where it stopped when it is started again. */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/pure/calendar.h"
#include "common/runtime/clock.h"
#include "common/wire/debtor_event.h"
#include "publish.h"
#include "quiet.h"
#include "resume.h"

const struct ctl_option CTL_REPLAY_OPTIONS[] = {
    { "topic", "NAME", "source topic the events go to (default: " CTL_SOURCE_DEFAULT ")" },
    { "at", "HH:MM", "time of day of the steps, UTC (default: 10:00)" },
    { "to", "DATE", "last day (default: the day of the last event)" },
    { "answers", "WORKER", "who answers contact requests (default: notifier)" },
    { "with", "WORKERS", "wait for these, too, since they run: scoring,legal-escalation" },
    { "without-audit", NULL, "do not wait for the trail at the end" },
    { NULL, NULL, NULL },
};

/* Workers that an installation may do without. */
static const struct {
    const char *name;
    const char *input;
    const char *audit;
} ALSO[] = { { "scoring", "debtor-facts", "scoring.audit" },
             { "legal-escalation", "legal-inbox", "legal-escalation.audit" } };
enum { ALSO_INPUT, ALSO_AUDIT };
/* Of audit, before those of ALSO: facts and contacts. */
#define AUDIT_INPUTS_BEFORE 2

#define QUIET_TIMEOUT_MS 60000
#define FLUSH_MS         5000
#define TICK_SIZE        4096
/* A progress line every so often. */
#define PROGRESS_NS UINT64_C(500000000)

struct replay {
    struct ctl *ctl;
    struct ctl_publisher events;
    char events_topic[256];
    char requests_topic[256];
    char facts_topic[256];
    char contacts_topic[256]; /* the notifier's audit stream */
    char also_topics[RLC_COUNT(ALSO)][ALSO_AUDIT + 1][256];
    const char *tick_topics[1];
    struct rlc_bus_config tick_config;
    struct rlc_bus *ticks;
    int32_t partitions;
    struct quiet quiet;
    struct quiet trail;
    struct ctl_patience patience; /* with the broker, while writing */
    struct ctl_resume resume;
    FILE *file;
    char *line;
    size_t line_size;
    ssize_t line_length;
    int64_t line_number;
    rlc_ms line_ms; /* of the line that waits; RLC_MS_NEVER at the end */
    rlc_ms step_ms;
    rlc_ms shown_ms; /* the latest step that was made */
    rlc_day last_day;
    int64_t steps;
    int64_t ticks_sent;
    uint64_t shown_ns;
    uint64_t began_ns;
};

/* ---- events ---- */

static int read_line(struct replay *replay)
{
    json_error_t ignored;
    json_t *event;
    const char *time;
    bool fine;

    do {
        replay->line_length = getline(&replay->line, &replay->line_size, replay->file);
    } while (replay->line_length == 1);
    if (replay->line_length < 0) {
        replay->line_ms = RLC_MS_NEVER;
        return CTL_OK;
    }
    replay->line_number++;
    if (replay->line[replay->line_length - 1] == '\n')
        replay->line_length--;
    event = json_loadb(replay->line, (size_t)replay->line_length, 0, &ignored);
    time = json_string_value(json_object_get(event, "time"));
    /* An event without a readable time is somebody's mistake that ingest must judge: it goes with
     * its predecessor. */
    fine = time && rlc_ms_parse(rlc_span_of(time), &replay->line_ms);
    json_decref(event);
    if (!fine && replay->line_ms == 0)
        return ctl_fail(replay->ctl, CTL_DATA, "the first event has no readable 'time'");
    return CTL_OK;
}

static struct rlc_span line_of(const struct replay *replay)
{
    return rlc_span_from(replay->line, (size_t)replay->line_length);
}

static bool is_there(const struct replay *replay)
{
    return replay->line_ms != RLC_MS_NEVER && ctl_resume_has(&replay->resume, replay->line_number);
}

/* To the next line that does not stand in the source topic yet. */
static int next_line(struct replay *replay)
{
    int code = read_line(replay);

    while (code == CTL_OK && is_there(replay))
        code = read_line(replay);
    return code;
}

static int publish_line(struct replay *replay)
{
    char label[CTL_LABEL_SIZE];
    int code;

    ctl_resume_label(&replay->resume, replay->line_number, replay->step_ms, label);
    replay->events.label = label;
    code = ctl_publish(&replay->events, line_of(replay), replay->line_ms);
    replay->events.label = NULL;
    return code;
}

/* What was handed to a producer stays there while the broker is away. */
static int flush(struct replay *replay, struct rlc_bus *bus)
{
    struct rlc_error error = { .text = "" };
    enum rlc_status status;

    do {
        status = bus->ops->flush(bus, FLUSH_MS, &error);
    } while (status == RLC_RETRY &&
             ctl_patience_wait(&replay->patience, replay->ctl, "kafka", &error));
    if (status != RLC_OK)
        return ctl_fail_error(replay->ctl, "replay", &error);
    ctl_patience_answered(&replay->patience, replay->ctl);
    return CTL_OK;
}

static int publish_step(struct replay *replay, int64_t *ret_count)
{
    int code = CTL_OK;

    *ret_count = 0;
    while (code == CTL_OK && replay->line_ms <= replay->step_ms) {
        code = publish_line(replay);
        (*ret_count)++;
        if (code == CTL_OK)
            code = next_line(replay);
    }
    return code == CTL_OK && *ret_count ? flush(replay, replay->events.bus) : code;
}

/* ---- ticks ---- */

static int produce_tick(struct replay *replay, const struct rlc_outgoing *outgoing)
{
    struct rlc_error error = { .text = "" };
    enum rlc_status status;

    do {
        status = replay->ticks->ops->produce(replay->ticks, outgoing, &error);
    } while (status == RLC_RETRY &&
             ctl_patience_wait(&replay->patience, replay->ctl, "kafka", &error));
    return status == RLC_OK ? CTL_OK : ctl_fail_error(replay->ctl, "tick", &error);
}

static int tick(struct replay *replay)
{
    uint8_t memory[TICK_SIZE];
    struct rlc_arena arena;
    struct rlc_debtor_event event = { .kind = RLC_EVENT_KIND_TICK,
                                      .envelope = { .source = rlc_span_of("replay"),
                                                    .occurred_at_ms = replay->step_ms,
                                                    .ingested_at_ms = replay->step_ms },
                                      .tick = { replay->step_ms } };
    struct rlc_outgoing outgoing = { .topic = 0 };
    char id[40];
    int code = CTL_OK;

    (void)snprintf(id, sizeof(id), "tick-%lld", (long long)replay->step_ms);
    event.envelope.source_event_id = rlc_span_of(id);
    rlc_arena_init(&arena, memory, sizeof(memory));
    outgoing.value = rlc_debtor_event_encode(&event, &arena);
    for (int32_t p = 0; code == CTL_OK && p < replay->partitions; p++) {
        outgoing.partition = p;
        code = produce_tick(replay, &outgoing);
    }
    replay->ticks_sent++;
    return code == CTL_OK ? flush(replay, replay->ticks) : code;
}

/* ---- steps ---- */

static void show(struct replay *replay, bool last)
{
    struct rlc_clock clock = rlc_clock_system();
    uint64_t now_ns = clock.monotonic_ns(clock.context);
    char day[16];

    if (replay->ctl->json || (!last && now_ns - replay->shown_ns < PROGRESS_NS))
        return;
    replay->shown_ns = now_ns;
    (void)rlc_day_format((rlc_day)(replay->shown_ms / RLC_DAY_MS), day, sizeof(day));
    (void)fprintf(stderr, "%s%s: %lld events, %lld steps with something due, %.1f s%s",
                  isatty(STDERR_FILENO) ? "\r" : "", day, (long long)replay->events.published,
                  (long long)replay->ticks_sent, (double)(now_ns - replay->began_ns) / 1e9,
                  isatty(STDERR_FILENO) && !last ? "   " : "\n");
}

static int one_step(struct replay *replay)
{
    int64_t published;
    int code = publish_step(replay, &published);

    if (code == CTL_OK && published)
        code = quiet_wait(&replay->quiet, QUIET_TIMEOUT_MS);
    if (code != CTL_OK || replay->quiet.next_due_ms > replay->step_ms)
        return code;
    code = tick(replay);
    return code == CTL_OK ? quiet_wait(&replay->quiet, QUIET_TIMEOUT_MS) : code;
}

/* Without --to the last day is that of the last event. */
static bool is_over(struct replay *replay)
{
    int64_t day = replay->step_ms / RLC_DAY_MS;

    if (replay->last_day == 0 && replay->line_ms == RLC_MS_NEVER && replay->steps > 0)
        replay->last_day = (rlc_day)(day - 1);
    return replay->last_day != 0 && day > (int64_t)replay->last_day;
}

static int all_steps(struct replay *replay)
{
    int code = quiet_wait(&replay->quiet, QUIET_TIMEOUT_MS);

    while (code == CTL_OK && !is_over(replay)) {
        code = one_step(replay);
        replay->steps++;
        replay->shown_ms = replay->step_ms;
        show(replay, false);
        replay->step_ms += RLC_DAY_MS;
    }
    return code;
}

/* ---- opening ---- */

static int read_times(struct replay *replay)
{
    const char *at = ctl_option(replay->ctl, "at");
    const char *to = ctl_option(replay->ctl, "to");
    long hour = 10;
    long minute = 0;
    char *end = NULL;

    if (at) {
        hour = strtol(at, &end, 10);
        minute = *end == ':' ? strtol(end + 1, &end, 10) : -1;
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || (at && *end))
        return ctl_fail(replay->ctl, CTL_USAGE, "--at is a time of day like 10:00");
    if (to && !rlc_day_parse(rlc_span_of(to), &replay->last_day))
        return ctl_fail(replay->ctl, CTL_USAGE, "--to is a date like 2026-12-31");
    replay->step_ms =
        replay->line_ms / RLC_DAY_MS * RLC_DAY_MS + (hour * 60 + minute) * RLC_MINUTE_MS;
    return CTL_OK;
}

/* The step that was under way when an earlier replay of this file ended: all before it were
 * complete. */
static int go_on(struct replay *replay, const char *source)
{
    int code;

    if (replay->line_ms == RLC_MS_NEVER) {
        return ctl_fail(replay->ctl, CTL_DATA, "'%s' holds no event: there is no day to begin with",
                        replay->ctl->arguments[0]);
    }
    code = ctl_resume_read(&replay->resume, replay->ctl, source, line_of(replay));
    if (code != CTL_OK || replay->resume.count == 0)
        return code;
    while (replay->step_ms < replay->resume.step_ms)
        replay->step_ms += RLC_DAY_MS;
    if (!replay->ctl->json) {
        (void)fprintf(stderr,
                      "relancectl: %lld events stand in '%s' already; going on behind them\n",
                      (long long)replay->resume.count, source);
    }
    return is_there(replay) ? next_line(replay) : CTL_OK;
}

static int check_clock(struct replay *replay)
{
    struct rlc_installation_facts facts;
    int code = ctl_installation(replay->ctl, &facts);

    if (code != CTL_OK)
        return code;
    if (!facts.stepped) {
        return ctl_fail(replay->ctl, CTL_CONFIG,
                        "this installation lives in system time; replays need one made with "
                        "'relancectl topics create --clock stepped'");
    }
    replay->partitions = facts.partitions;
    return CTL_OK;
}

static int open_ticks(struct replay *replay)
{
    struct rlc_error error = { .text = "" };

    replay->tick_topics[0] = replay->events_topic;
    replay->tick_config =
        (struct rlc_bus_config){ .topics = replay->tick_topics, .topic_count = 1 };
    if (rlc_kafka_bus_open(&replay->tick_config, &replay->ctl->kafka, &replay->ticks, &error) !=
        RLC_OK)
        return ctl_fail_error(replay->ctl, "replay", &error);
    return CTL_OK;
}

/* Takes the next word of a list; its size, 0 at the end. */
static size_t next_word(const char **list, const char **ret_word)
{
    size_t size;

    *ret_word = *list + strspn(*list, ", ");
    size = strcspn(*ret_word, ", ");
    *list = *ret_word + size;
    return size;
}

/* The workers that were named with --with. */
static int add_also(struct replay *replay)
{
    const char *list = ctl_option(replay->ctl, "with");
    const char *word;
    size_t size;

    while (list && (size = next_word(&list, &word)) > 0) {
        size_t i = 0;

        while (i < RLC_COUNT(ALSO) &&
               (strlen(ALSO[i].name) != size || strncmp(ALSO[i].name, word, size) != 0))
            i++;
        if (i == RLC_COUNT(ALSO))
            return ctl_fail(replay->ctl, CTL_USAGE, "--with: '%.*s' is neither %s nor %s",
                            (int)size, word, ALSO[0].name, ALSO[1].name);
        quiet_add(&replay->quiet, ALSO[i].name, replay->also_topics[i][ALSO_INPUT], 0);
    }
    return CTL_OK;
}

static int open_quiet(struct replay *replay, const char *source)
{
    const char *answers = ctl_option(replay->ctl, "answers");
    int code;

    quiet_add(&replay->quiet, "ingest", source, 0);
    quiet_add(&replay->quiet, "scenario", replay->events_topic, 0);
    quiet_add(&replay->quiet, answers ? answers : "notifier", replay->requests_topic, 0);
    code = quiet_open(&replay->quiet, replay->ctl);
    if (code != CTL_OK || ctl_option(replay->ctl, "without-audit"))
        return code;
    quiet_add(&replay->trail, "audit", replay->facts_topic, 0);
    quiet_add(&replay->trail, "audit", replay->contacts_topic, 1);
    for (size_t i = 0; i < RLC_COUNT(ALSO); i++) {
        quiet_add(&replay->trail, "audit", replay->also_topics[i][ALSO_AUDIT],
                  AUDIT_INPUTS_BEFORE + (int32_t)i);
    }
    return quiet_open(&replay->trail, replay->ctl);
}

static int name_topics(struct replay *replay)
{
    bool named = ctl_topic(replay->ctl, "debtor-events", replay->events_topic) &&
                 ctl_topic(replay->ctl, "contact-requests", replay->requests_topic) &&
                 ctl_topic(replay->ctl, "debtor-facts", replay->facts_topic) &&
                 ctl_topic(replay->ctl, "notifier.audit", replay->contacts_topic);

    for (size_t i = 0; named && i < RLC_COUNT(ALSO); i++) {
        named = ctl_topic(replay->ctl, ALSO[i].input, replay->also_topics[i][ALSO_INPUT]) &&
                ctl_topic(replay->ctl, ALSO[i].audit, replay->also_topics[i][ALSO_AUDIT]);
    }
    return named ? CTL_OK : CTL_CONFIG;
}

static int open_all(struct replay *replay)
{
    const char *source = ctl_option(replay->ctl, "topic");
    int code = check_clock(replay);

    source = source ? source : CTL_SOURCE_DEFAULT;
    if (code != CTL_OK)
        return code;
    code = ctl_publisher_open(&replay->events, replay->ctl, source);
    if (code == CTL_OK)
        code = go_on(replay, source);
    if (code == CTL_OK)
        code = open_ticks(replay);
    return code == CTL_OK ? open_quiet(replay, source) : code;
}

/* The trail may lag behind; it is waited for once, at the end. */
static int wait_for_audit(struct replay *replay)
{
    return replay->trail.count ? quiet_wait(&replay->trail, QUIET_TIMEOUT_MS) : CTL_OK;
}

static void close_all(struct replay *replay)
{
    quiet_close(&replay->quiet);
    quiet_close(&replay->trail);
    ctl_resume_free(&replay->resume);
    ctl_publisher_close(&replay->events);
    if (replay->ticks)
        replay->ticks->ops->close(replay->ticks, true);
    free(replay->line);
    if (replay->file)
        (void)fclose(replay->file);
}

static void report(struct replay *replay)
{
    struct rlc_clock clock = rlc_clock_system();
    double seconds = (double)(clock.monotonic_ns(clock.context) - replay->began_ns) / 1e9;

    show(replay, true);
    if (!ctl_json(replay->ctl,
                  json_pack("{s:I, s:I, s:I, s:I, s:f}", "events",
                            (json_int_t)replay->events.published, "there_before",
                            (json_int_t)replay->resume.count, "steps", (json_int_t)replay->steps,
                            "ticks", (json_int_t)replay->ticks_sent, "seconds", seconds)))
        (void)printf("%lld events over %lld days in %.1f s\n", (long long)replay->events.published,
                     (long long)replay->steps, seconds);
}

int ctl_replay(struct ctl *ctl)
{
    static struct replay replay; /* wide tables */
    struct rlc_clock clock = rlc_clock_system();
    int code;

    replay.ctl = ctl;
    replay.began_ns = clock.monotonic_ns(clock.context);
    code = name_topics(&replay);
    if (code == CTL_OK)
        code = add_also(&replay);
    if (code != CTL_OK)
        return code;
    replay.file = fopen(ctl->arguments[0], "rb");
    if (!replay.file)
        return ctl_fail(ctl, CTL_NOT_THERE, "cannot open '%s': %s", ctl->arguments[0],
                        strerror(errno));
    code = read_line(&replay);
    if (code == CTL_OK)
        code = read_times(&replay);
    if (code == CTL_OK)
        code = open_all(&replay);
    if (code == CTL_OK)
        code = all_steps(&replay);
    if (code == CTL_OK)
        code = wait_for_audit(&replay);
    if (code == CTL_OK)
        report(&replay);
    close_all(&replay);
    return code;
}
