/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"

#include "common/runtime/clock.h"
#include "common/runtime/memory.h"
#include "common/wire/dead_letter.h"
#include "common/wire/debtor_fact.h"

#define ASK_MS      5000
#define POLL_MS     100
#define WAIT_NS     (UINT64_C(10) * 1000 * 1000 * 1000)
#define RECORD_SIZE ((size_t)RLC_DECODE_BYTES_MAX)

enum { FACTS, LETTERS, TOPICS };

static const char *const SUFFIXES[TOPICS] = { "debtor-facts", "dead-letters" };

/* ---- opening ---- */

static enum rlc_status add_ends(struct ctl_answers *answers, int32_t topic, struct rlc_error *error)
{
    const struct rlc_bus_ops *ops = answers->bus->ops;
    int32_t partitions = 0;
    enum rlc_status status = ops->partitions(answers->bus, topic, &partitions, error);

    for (int32_t i = 0; status == RLC_OK && i < partitions && i < RLC_PARTITIONS_MAX; i++) {
        int64_t low;
        int64_t high;

        status = ops->watermarks(answers->bus, topic, i, ASK_MS, &low, &high, error);
        answers->from[answers->from_count++] = (struct rlc_position){ topic, i, high };
    }
    return status;
}

int ctl_answers_open(struct ctl_answers *answers, struct ctl *ctl)
{
    struct rlc_error error = { .text = "" };
    enum rlc_status status;

    *answers = (struct ctl_answers){ .ctl = ctl };
    for (size_t i = 0; i < TOPICS; i++) {
        answers->topics[i] = answers->names[i];
        if (!ctl_topic(ctl, SUFFIXES[i], answers->names[i]))
            return CTL_CONFIG;
    }
    answers->config = (struct rlc_bus_config){ .topics = answers->topics, .topic_count = TOPICS };
    status = rlc_kafka_bus_open(&answers->config, &ctl->kafka, &answers->bus, &error);
    for (int32_t i = 0; status == RLC_OK && i < TOPICS; i++)
        status = add_ends(answers, i, &error);
    if (status == RLC_REJECT)
        return ctl_fail(ctl, CTL_NOT_THERE, "no installation '%s': run 'relancectl topics create'",
                        ctl->settings.installation.topic_prefix);
    if (status == RLC_OK)
        status = answers->bus->ops->read(answers->bus, answers->from, answers->from_count, &error);
    return status == RLC_OK ? CTL_OK : ctl_fail_error(ctl, "answers", &error);
}

void ctl_answers_close(struct ctl_answers *answers)
{
    if (answers->bus)
        answers->bus->ops->close(answers->bus, true);
    answers->bus = NULL;
}

/* ---- waiting ---- */

struct asked {
    struct rlc_span tenant;
    struct rlc_span source;
    struct rlc_span command;
    struct rlc_arena arena;
    struct ctl_answer *answer;
};

static void copy(char *buffer, size_t size, struct rlc_span text)
{
    (void)snprintf(buffer, size, "%.*s", (int)text.size, text.size ? (const char *)text.data : "");
}

static void take_fact(struct asked *asked, const struct rlc_debtor_fact *fact)
{
    const struct rlc_command_answer *answer = &fact->command_accepted;
    const struct rlc_event_ignored *ignored = &fact->event_ignored;

    if (!rlc_span_equal(fact->envelope.tenant, asked->tenant))
        return;
    if (fact->kind == RLC_FACT_KIND_EVENT_IGNORED) {
        /* Of a command that has its answer, nothing else is said. */
        if (ignored->kind == RLC_EVENT_KIND_COMMAND_ISSUED &&
            rlc_span_equal(ignored->rule, rlc_span_of("DUPLICATE")) &&
            rlc_span_equal(ignored->object, asked->command))
            asked->answer->word = "DUPLICATE";
        return;
    }
    if ((fact->kind != RLC_FACT_KIND_COMMAND_ACCEPTED &&
         fact->kind != RLC_FACT_KIND_COMMAND_REFUSED) ||
        !rlc_span_equal(answer->command, asked->command))
        return;
    asked->answer->word = fact->kind == RLC_FACT_KIND_COMMAND_ACCEPTED ? "ACCEPTED" : "REFUSED";
    copy(asked->answer->rule, sizeof(asked->answer->rule), answer->rule);
}

/* Only what ingest refused has no other answer. */
static void take_letter(struct asked *asked, const struct rlc_dead_letter *letter)
{
    if (!rlc_span_equal(letter->worker, rlc_span_of("ingest")) ||
        !rlc_span_equal(letter->source, asked->source) ||
        !rlc_span_equal(letter->source_event_id, asked->command))
        return;
    asked->answer->word = "DEAD_LETTER";
    copy(asked->answer->rule, sizeof(asked->answer->rule), letter->code);
    copy(asked->answer->path, sizeof(asked->answer->path), letter->path);
    copy(asked->answer->remedy, sizeof(asked->answer->remedy), letter->remedy);
}

static void take(struct asked *asked, const struct rlc_record *record)
{
    struct rlc_debtor_fact fact;
    struct rlc_dead_letter letter;
    struct rlc_fault fault;

    rlc_arena_reset(&asked->arena);
    if (record->topic == FACTS &&
        rlc_debtor_fact_decode(record->value, &asked->arena, &fact, &fault) == RLC_OK)
        take_fact(asked, &fact);
    if (record->topic == LETTERS &&
        rlc_dead_letter_decode(record->value, &asked->arena, &letter, &fault) == RLC_OK)
        take_letter(asked, &letter);
}

int ctl_answers_wait(struct ctl_answers *answers, const char *tenant, const char *source,
                     const char *command, struct ctl_answer *ret_answer)
{
    struct rlc_clock clock = rlc_clock_system();
    uint64_t until_ns = rlc_clock_monotonic_ns(&clock) + WAIT_NS;
    struct asked asked = { .tenant = rlc_span_of(tenant),
                           .source = rlc_span_of(source),
                           .command = rlc_span_of(command),
                           .answer = ret_answer };
    struct rlc_error error = { .text = "" };
    enum rlc_status status = rlc_arena_map(&asked.arena, RECORD_SIZE);

    *ret_answer = (struct ctl_answer){ .word = NULL };
    if (status != RLC_OK)
        return ctl_fail(answers->ctl, CTL_INTERNAL, "out of memory");
    while (status == RLC_OK && !ret_answer->word && rlc_clock_monotonic_ns(&clock) < until_ns) {
        struct rlc_bus_event event;

        status = answers->bus->ops->read_poll(answers->bus, POLL_MS, &event, &error);
        if (status == RLC_OK && event.kind == RLC_BUS_RECORD)
            take(&asked, &event.record);
    }
    rlc_arena_unmap(&asked.arena);
    return status == RLC_OK ? CTL_OK : ctl_fail_error(answers->ctl, "answers", &error);
}
