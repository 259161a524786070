/* SPDX-License-Identifier: Apache-2.0 */
/* RC-1 inside our loop. How the program is called: tests/support/small_main.h; RELANCE_RC1_INPUT
 * names the topic of the events, whole. The head of a partition's audit chain is a record like a
 * debtor's, so it is as safe as one. */
#include <assert.h>
#include <stddef.h>

#include "tests/bench/rc1/audit.h"
#include "tests/support/small_main.h"

enum { FACTS, COMMANDS, AUDIT, STATE, DEAD_LETTERS, TOPICS };

/* In the running process the input stands in front of them. */
enum { INPUTS = 1 };

/* No debtor's key: those have a slash. */
#define HEAD_KEY "head"

static const char *const TOPIC[TOPICS] = {
    [FACTS] = "rc1.facts", [COMMANDS] = "rc1.commands",         [AUDIT] = "rc1.audit",
    [STATE] = "rc1.state", [DEAD_LETTERS] = "rc1.dead-letters",
};

static struct rlc_span head_key(void)
{
    return rlc_span_from(HEAD_KEY, sizeof(HEAD_KEY) - 1);
}

static enum rlc_status decode(void *self, const struct rlc_record *record, struct rlc_arena *arena,
                              struct rlc_event *ret_event, struct rlc_fault *ret_fault)
{
    struct rc1_event *event = rlc_arena_alloc(arena, sizeof(*event));

    (void)self;
    assert(event);
    if (!rc1_event_decode(record->value, event))
        return rlc_fault_set(ret_fault, "BAD_EVENT", "value", "send an event of RC-1");
    ret_event->at_ms = record->append_ms;
    ret_event->subject = event->debtor;
    ret_event->body = event;
    return RLC_OK;
}

static void keys(void *self, const struct rlc_event *event, struct rlc_overlay *overlay)
{
    (void)self;
    if (event->class != RLC_EVENT_PLAIN)
        return;
    (void)rlc_overlay_want(overlay, event->subject);
    (void)rlc_overlay_want(overlay, head_key());
}

static void *record_of(struct rlc_overlay *overlay, struct rlc_span key, size_t size)
{
    void *record = rlc_overlay_change(overlay, key);

    return record ? record : rlc_overlay_put(overlay, key, size);
}

static struct rlc_span kept(struct rlc_turn *turn, const uint8_t *bytes, size_t size)
{
    struct rlc_span copy = rlc_arena_copy(turn->arena, rlc_span_from(bytes, size));

    assert(copy.data);
    return copy;
}

static void write_outputs(const struct rc1_outcome *outcome, struct rlc_turn *turn)
{
    struct rlc_span debtor = outcome->event->debtor;
    struct rlc_hash *head = record_of(turn->overlay, head_key(), sizeof(struct rlc_hash));
    uint8_t bytes[RC1_RECORD_MAX];

    rlc_turn_emit(turn, INPUTS + FACTS, turn->partition, debtor,
                  kept(turn, bytes, rc1_fact(outcome, bytes)));
    rlc_turn_emit(turn, INPUTS + COMMANDS, turn->partition, debtor,
                  kept(turn, bytes, rc1_command(outcome, bytes)));
    rlc_turn_emit(turn, INPUTS + AUDIT, turn->partition, debtor,
                  kept(turn, bytes, rc1_audit(outcome, head, bytes)));
}

static void decide(void *self, const struct rlc_event *event, struct rlc_turn *turn)
{
    struct rc1_state *state;
    struct rc1_decision decision;

    if (event->class != RLC_EVENT_PLAIN)
        return;
    state = record_of(turn->overlay, event->subject, sizeof(*state));
    if (rc1_decide(self, event->body, state, &decision)) {
        const struct rc1_outcome outcome = { event->body, state, &decision, turn->partition,
                                             event->record->offset };

        write_outputs(&outcome, turn);
    }
}

static size_t size_of(struct rlc_span key)
{
    return rlc_span_equal(key, head_key()) ? sizeof(struct rlc_hash) : sizeof(struct rc1_state);
}

static void *decode_record(void *self, struct rlc_span key, struct rlc_span bytes,
                           struct rlc_arena *arena)
{
    void *record = rlc_arena_alloc(arena, size_of(key));

    (void)self;
    if (!record || bytes.size != size_of(key))
        return NULL;
    memcpy(record, bytes.data, bytes.size);
    return record;
}

static struct rlc_span encode_record(void *self, struct rlc_span key, const void *record,
                                     struct rlc_arena *arena)
{
    (void)self;
    (void)arena;
    return rlc_span_from(record, size_of(key));
}

/* Nobody wants to be woken, so no tick is ever made. */
static bool wake(void *self, struct rlc_span key, const void *record, rlc_ms *ret_wake_ms)
{
    (void)self;
    (void)key;
    (void)record;
    *ret_wake_ms = RLC_MS_NEVER;
    return false;
}

static const struct rlc_service rc1_service = {
    .name = "rc1",
    .role = RLC_ROLE_STATE,
    .rules_version = 1,
    .topics = TOPIC,
    .topic_count = TOPICS,
    .state_topic = STATE,
    .chain_topic = RLC_TOPIC_NONE,
    .dead_letter_topic = DEAD_LETTERS,
    .decode = decode,
    .keys = keys,
    .decide = decide,
    .decode_record = decode_record,
    .encode_record = encode_record,
    .wake = wake,
};

struct rc1_settings {
    char input[RLC_CONFIG_ITEM_SIZE];
};

static const struct rlc_config_field FIELDS[] = {
    { .name = "rc1.input",
      .type = RLC_CONFIG_TEXT,
      .offset = offsetof(struct rc1_settings, input),
      .min = 1,
      .max = RLC_CONFIG_ITEM_SIZE - 1,
      .help = "Topic of the events." },
};

static size_t inputs(const struct rlc_process *process, const char **ret_names, size_t max)
{
    const struct rc1_settings *settings = process->own;

    assert(max >= INPUTS);
    ret_names[0] = settings->input;
    return INPUTS;
}

static enum rlc_status open_tables(const struct rlc_process *process, void **ret_self,
                                   struct rlc_error *reterr)
{
    static struct rc1_tables tables; /* the worker's only one */

    (void)process;
    (void)reterr;
    rc1_tables_fill(&tables);
    *ret_self = &tables;
    return RLC_OK;
}

int main(int argc, char **argv)
{
    static struct rc1_settings settings;
    const struct rlc_process_spec spec = {
        .service = &rc1_service,
        .table = { FIELDS, RLC_COUNT(FIELDS), &settings },
        .inputs = inputs,
        .open = open_tables,
    };

    return small_main(argc, argv, &spec);
}
