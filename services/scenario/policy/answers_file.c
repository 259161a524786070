/* SPDX-License-Identifier: Apache-2.0 */
/* What follows a request that did not end in an accepted message. */
#include "policy/draft.h"

#define REACTIONS "`ask_again`, `wait 30m`, `repair`, `task review`"

/* `answers` beside the struct that the core knows. */
struct answers_text {
    struct policy_answers answers;
    const struct rlc_yaml *returned;
};

static const struct rlc_policy_key WAIT = { .name = "wait",
                                            .type = RLC_POLICY_MINUTES,
                                            .min = 1,
                                            .max = INT64_C(1) * POLICY_CAP_DAYS_MAX *
                                                   RLC_MINUTES_PER_DAY };
static const struct rlc_policy_key TASK = { .name = "task",
                                            .type = RLC_POLICY_WORD,
                                            .vocabulary = RLC_VOCABULARY_TASK_KIND };

/* A verb and what may follow it. */
static const struct {
    const char *verb;
    enum policy_reaction reaction;
    const struct rlc_policy_key *key; /* of what follows; NULL: nothing may */
    size_t offset;                    /* of where it goes */
    enum rlc_task_kind task;
} REACTION[] = {
    { "ask_again", POLICY_ASK_AGAIN, NULL, 0, RLC_TASK_KIND_UNSPECIFIED },
    { "wait", POLICY_WAIT, &WAIT, offsetof(struct policy_answer, wait_minutes),
      RLC_TASK_KIND_UNSPECIFIED },
    { "repair", POLICY_REPAIR, NULL, 0, RLC_TASK_KIND_REPAIR_CONTACT },
    { "task", POLICY_TASK, &TASK, offsetof(struct policy_answer, task), RLC_TASK_KIND_UNSPECIFIED },
};

static struct rlc_span verb_of(struct rlc_span text)
{
    const uint8_t *space = text.size ? memchr(text.data, ' ', text.size) : NULL;

    return space ? rlc_span_from(text.data, (size_t)(space - text.data)) : text;
}

static bool read_reaction(struct rlc_reading *reading, const struct rlc_policy_key *key,
                          const struct rlc_yaml *node, void *member)
{
    struct rlc_span verb = verb_of(node->text);
    struct policy_answer answer = { .wait_minutes = 0 };
    struct rlc_yaml rest = *node;
    size_t i = 0;

    while (i < RLC_COUNT(REACTION) && !rlc_span_equal(verb, rlc_span_of(REACTION[i].verb)))
        i++;
    if (i == RLC_COUNT(REACTION) || !REACTION[i].key != (verb.size == node->text.size))
        return rlc_policy_refuse(reading, key, node,
                                 "ask_again, repair, 'wait 30m' or 'task review'");
    answer.reaction = REACTION[i].reaction;
    answer.task = REACTION[i].task;
    if (REACTION[i].key) {
        rest.text = rlc_span_from(verb.data + verb.size + 1, node->text.size - verb.size - 1);
        rest.column += (int32_t)verb.size + 1;
        if (!rlc_policy_read(reading, REACTION[i].key, &rest, (char *)&answer + REACTION[i].offset))
            return false;
    }
    memcpy(member, &answer, sizeof(answer));
    return true;
}

/* A refused message is over: only what a person does next is a choice. */
static bool read_refused(struct rlc_reading *reading, const struct rlc_policy_key *key,
                         const struct rlc_yaml *node, void *member)
{
    struct policy_answer answer = { .wait_minutes = 0 };

    if (!read_reaction(reading, key, node, &answer))
        return false;
    if (answer.reaction != POLICY_REPAIR && answer.reaction != POLICY_TASK)
        return rlc_policy_refuse(reading, key, node, "repair or 'task review'");
    memcpy(member, &answer, sizeof(answer));
    return true;
}

#define RETURNED(word, number, usual, text)                                                        \
    {                                                                                              \
        .name = (word), .type = RLC_POLICY_OWN, .read = read_reaction, .fallback = (usual),        \
        .offset = offsetof(struct policy_answers, returned[(number)]), .values = REACTIONS,        \
        .help = (text)                                                                             \
    }

static const struct rlc_policy_key RETURNED_KEYS[] = {
    RETURNED("debtor_changed", RLC_RETURN_REASON_DEBTOR_CHANGED, "ask_again",
             "Something about the debtor changed before the message left."),
    RETURNED("account_changed", RLC_RETURN_REASON_ACCOUNT_CHANGED, "ask_again",
             "A payment, a dispute or the like came in before the message left."),
    RETURNED("scope_changed", RLC_RETURN_REASON_SCOPE_CHANGED, "ask_again",
             "Another bundle, a hold or a kill switch came before the message left."),
    RETURNED("too_late", RLC_RETURN_REASON_TOO_LATE, "ask_again",
             "The request waited longer than `request_valid`."),
    RETURNED("erased", RLC_RETURN_REASON_ERASED, "repair",
             "The addressee's personal data were erased."),
    RETURNED("bad_address", RLC_RETURN_REASON_BAD_ADDRESS, "repair",
             "The address is none that can be written to."),
    RETURNED("not_rendered", RLC_RETURN_REASON_NOT_RENDERED, "task review",
             "The template could not be filled."),
    RETURNED("no_channel", RLC_RETURN_REASON_NO_CHANNEL, "task review",
             "This installation does not have the channel."),
    RETURNED("shutdown", RLC_RETURN_REASON_SHUTDOWN, "wait 15m",
             "The sender was being restarted; this does not count for `asks_max`."),
};

const struct rlc_policy_table DRAFT_RETURNED_TABLE = {
    .title = "`answers: returned`",
    .help = "Why a request may come back without an attempt, and what follows: `ask_again` looks "
            "at everything anew at once, `wait 30m` after a while, `repair` sets the address aside "
            "and opens a task for a better one, `task review` waits until a person has done a task "
            "of that kind.",
    .keys = RETURNED_KEYS,
    .count = RLC_COUNT(RETURNED_KEYS),
};

static const struct rlc_policy_key ANSWERS_KEYS[] = {
    { .name = "returned",
      .type = RLC_POLICY_NODE,
      .offset = offsetof(struct answers_text, returned),
      .help = "By reason, see `answers: returned`." },
    { .name = "refused",
      .type = RLC_POLICY_OWN,
      .read = read_refused,
      .offset = offsetof(struct answers_text, answers.refused),
      .fallback = "repair",
      .values = "`repair`, `task review`",
      .help = "The address does not exist or refuses for good." },
    { .name = "unknown",
      .type = RLC_POLICY_WORD,
      .vocabulary = RLC_VOCABULARY_UNKNOWN_POLICY,
      .offset = offsetof(struct answers_text, answers.unknown),
      .fallback = "ask_again",
      .help = "The connection was lost after the message was handed over: send it once more under "
              "the same message id, or let a person find out. A step of tone `formal_notice` or "
              "`legal`, or by a registered channel, waits for a person unless it says otherwise "
              "itself." },
    { .name = "asks_max",
      .type = RLC_POLICY_INTEGER,
      .offset = offsetof(struct answers_text, answers.asks_max),
      .fallback = "10",
      .min = 1,
      .max = 100,
      .help = "Requests for one message before a task stops it." },
};

const struct rlc_policy_table DRAFT_ANSWERS_TABLE = {
    .title = "`answers`",
    .help = "What follows when a message was not accepted. In `bundle.yaml` for all steps; a step "
            "may say otherwise, key by key.",
    .keys = ANSWERS_KEYS,
    .count = RLC_COUNT(ANSWERS_KEYS),
};

void draft_read_answers(struct rlc_reading *reading, const struct rlc_yaml *node,
                        struct policy_answers *answers, bool fallbacks)
{
    struct answers_text text = { .answers = *answers };

    rlc_policy_bind(reading, node ? node : &DRAFT_NOTHING, &DRAFT_ANSWERS_TABLE, &text, fallbacks);
    if (text.returned || fallbacks)
        rlc_policy_bind(reading, text.returned ? text.returned : &DRAFT_NOTHING,
                        &DRAFT_RETURNED_TABLE, &text.answers, fallbacks);
    *answers = text.answers;
}
