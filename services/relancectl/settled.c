/* SPDX-License-Identifier: Apache-2.0 */
#include "settled.h"

#include <string.h>

#include "common/pure/murmur2.h"
#include "common/pure/text.h"
#include "common/runtime/clock.h"
#include "common/runtime/memory.h"
#include "common/runtime/topics.h"
#include "common/wire/limits.h"
#include "core/records.h"
#include "core/store.h"
#include "publish.h"
#include "state.h"
#include "text.h"

struct asking {
    struct rlc_installation_facts facts;
    struct rlc_view *view;
    struct rlc_arena arena;
    char *why;
};

static bool stands_at(const json_t *letter, const struct rlc_coordinates *at)
{
    const char *topic = json_string_value(json_object_get(letter, "topic"));

    return topic && rlc_span_equal(at->topic, rlc_span_of(topic)) &&
           json_integer_value(json_object_get(letter, "partition")) == at->partition &&
           json_integer_value(json_object_get(letter, "offset")) == at->offset;
}

/* NULL: a full list says nothing about what is not in it. */
static const char *state_of(const struct rlc_debtor_record *debtor, const json_t *letter)
{
    for (size_t i = 0; i < debtor->quarantine_count; i++) {
        if (stands_at(letter, &debtor->quarantine[i]))
            return "OPEN";
    }
    return debtor->quarantine_count < QUARANTINE_MAX ? "SETTLED" : NULL;
}

static void look(struct asking *asking, json_t *letter, const char *debtor)
{
    struct rlc_span value = { NULL, 0 };
    struct store_key key;
    struct rlc_view_read read = { .partition = rlc_partition_of(rlc_span_of(debtor),
                                                                asking->facts.partitions),
                                  .keys = &key.span,
                                  .count = 1,
                                  .values = &value };
    const struct rlc_debtor_record *record = NULL;
    struct rlc_error error = { .text = "" };

    store_key_debtor(rlc_span_of(debtor), &key);
    rlc_arena_reset(&asking->arena);
    if (asking->view->ops->read(asking->view, &read, 1, &asking->arena, &error) != RLC_OK)
        (void)snprintf(asking->why, CTL_WHY_SIZE, "redis: %s", error.text);
    else if (value.data && rlc_look_is_whole(&read.look, asking->facts.uuid))
        record = scenario_state_decode(key.span, value, &asking->arena);
    if (record)
        ctl_put_text(letter, "state", state_of(record, letter));
}

static void look_at_all(struct asking *asking, json_t *letters)
{
    char debtor[RLC_TENANT_MAX + RLC_ID_MAX + 2];
    size_t index;
    json_t *letter;

    json_array_foreach(letters, index, letter)
    {
        const char *tenant = json_string_value(json_object_get(letter, "tenant"));
        const char *id = json_string_value(json_object_get(letter, "debtor"));

        if ((!tenant || !id) && !json_object_get(letter, "state"))
            ctl_put_text(letter, "state", "OPEN");
        if (asking->why[0] || !tenant || !id)
            continue;
        (void)snprintf(debtor, sizeof(debtor), "%s/%s", tenant, id);
        look(asking, letter, debtor);
    }
}

int ctl_letters_settled(struct ctl *ctl, json_t *letters, char ret_why[CTL_WHY_SIZE])
{
    struct asking asking = { .why = ret_why };
    int code = ctl_installation(ctl, &asking.facts);

    ret_why[0] = '\0';
    if (code == CTL_OK && rlc_arena_map(&asking.arena, 2 * (size_t)RLC_DECODE_BYTES_MAX) != RLC_OK)
        code = ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    if (code == CTL_OK)
        code = ctl_view_open(ctl, "scenario", &asking.view);
    if (code == CTL_OK)
        look_at_all(&asking, letters);
    if (asking.view)
        asking.view->ops->close(asking.view);
    rlc_arena_unmap(&asking.arena);
    return code;
}

/* ---- settling what holds nobody ---- */

#define ACTOR_DEFAULT "relancectl"

static int write_again(struct ctl *ctl, const struct ctl_letter *letter, struct rlc_span value,
                       rlc_ms now_ms)
{
    struct rlc_span key = rlc_span_from(letter->key, sizeof(letter->key));
    struct ctl_publisher publisher = { 0 };
    char topic[RLC_TOPIC_NAME_MAX];
    int code;

    if (!ctl_topic(ctl, rlc_topic_row(RLC_TOPIC_DEAD_LETTERS)->suffix, topic))
        return CTL_CONFIG;
    code = ctl_publisher_open(&publisher, ctl, topic);
    if (code == CTL_OK)
        code = ctl_publish_record(&publisher, rlc_partition_of(key, publisher.partitions), key,
                                  value, now_ms);
    if (code == CTL_OK)
        code = ctl_publisher_flush(&publisher);
    ctl_publisher_close(&publisher);
    return code;
}

int ctl_letter_settle(struct ctl *ctl, const struct ctl_letter *letter, const char *actor,
                      rlc_ms now_ms)
{
    struct rlc_dead_letter settled = letter->letter;
    struct rlc_clock clock = rlc_clock_system();
    struct rlc_arena arena;
    int code;

    settled.settled_at_ms = now_ms ? now_ms : clock.now_ms(clock.context);
    settled.settled_by = rlc_span_of(actor ? actor : ACTOR_DEFAULT);
    if (!rlc_id_valid(settled.settled_by))
        return ctl_fail(ctl, CTL_USAGE, "--actor is an identifier");
    if (rlc_arena_map(&arena, 2 * (size_t)RLC_DECODE_BYTES_MAX) != RLC_OK)
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    code = write_again(ctl, letter, rlc_dead_letter_encode(&settled, &arena), now_ms);
    rlc_arena_unmap(&arena);
    return code;
}
