/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"

#include "common/runtime/memory.h"
#include "common/wire/dead_letter.h"
#include "common/wire/debtor_fact.h"

#define RECORD_SIZE ((size_t)RLC_DECODE_BYTES_MAX)

enum { FACTS, LETTERS, TOPICS };

static const enum rlc_topic_use USES[TOPICS] = { RLC_TOPIC_DEBTOR_FACTS, RLC_TOPIC_DEAD_LETTERS };

int ctl_answers_open(struct ctl_tail *answers, struct ctl *ctl)
{
    return ctl_tail_open(answers, ctl, USES, TOPICS);
}

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
    copy(asked->answer->detail, sizeof(asked->answer->detail), answer->detail);
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

static enum ctl_tail_word take(void *context, const struct rlc_record *record)
{
    struct asked *asked = context;
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
    return asked->answer->word ? CTL_TAIL_DONE : CTL_TAIL_OTHER;
}

int ctl_answers_wait(struct ctl_tail *answers, const char *tenant, const char *source,
                     const char *command, struct ctl_answer *ret_answer)
{
    struct asked asked = { .tenant = rlc_span_of(tenant),
                           .source = rlc_span_of(source),
                           .command = rlc_span_of(command),
                           .answer = ret_answer };
    int code;

    *ret_answer = (struct ctl_answer){ .word = NULL };
    if (rlc_arena_map(&asked.arena, RECORD_SIZE) != RLC_OK)
        return ctl_fail(answers->ctl, CTL_INTERNAL, "out of memory");
    code = ctl_tail_wait(answers, take, &asked);
    rlc_arena_unmap(&asked.arena);
    return code;
}
