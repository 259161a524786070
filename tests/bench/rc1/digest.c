/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/rc1/digest.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/pure/murmur2.h"
#include "tests/bench/rc1/audit.h"
#include "tests/bench/rc1/input.h"

void rc1_digest_add(struct rc1_digest *digest, struct rlc_span key, struct rlc_span value)
{
    digest->records++;
    digest->sum += rc1_fnv(rc1_fnv(RC1_FNV_BASE, key), value);
}

/* Debtors of a whole topic, decided in memory. */
struct world {
    struct rc1_tables tables;
    struct rc1_input input;
    struct rc1_state *states; /* by debtor */
    struct rlc_hash *heads;   /* by partition */
    int64_t *offsets;         /* by partition: the next one */
    int32_t partitions;
};

static bool open_world(struct world *world, int64_t debtors, int32_t partitions)
{
    bool opened = rc1_input_open(&world->input, debtors);

    rc1_tables_fill(&world->tables);
    world->partitions = partitions;
    world->states = calloc((size_t)debtors, sizeof(*world->states));
    world->heads = calloc((size_t)partitions, sizeof(*world->heads));
    world->offsets = calloc((size_t)partitions, sizeof(*world->offsets));
    return opened && world->states && world->heads && world->offsets;
}

static void close_world(struct world *world)
{
    rc1_input_close(&world->input);
    free(world->states);
    free(world->heads);
    free(world->offsets);
}

/* The next event as it comes out of its record: the filler is shorter there. */
static void read_next(struct world *world, uint8_t record[RC1_RECORD_MAX],
                      struct rc1_event *ret_event)
{
    bool read;

    rc1_input_next(&world->input, ret_event);
    read = rc1_event_decode(rlc_span_from(record, rc1_event_encode(ret_event, record)), ret_event);
    assert(read);
    (void)read;
}

static void decide_next(struct world *world, struct rc1_digest digests[RC1_OUTPUTS])
{
    uint8_t record[RC1_RECORD_MAX], bytes[RC1_RECORD_MAX];
    struct rc1_event event;
    struct rc1_decision decision;
    struct rc1_outcome outcome = { .event = &event, .decision = &decision };
    struct rc1_state *state;
    bool decided;

    read_next(world, record, &event);
    state = &world->states[world->input.debtor];
    outcome.state = state;
    outcome.partition = rlc_partition_of(event.debtor, world->partitions);
    outcome.offset = world->offsets[outcome.partition]++;
    decided = rc1_decide(&world->tables, &event, state, &decision);
    assert(decided);
    (void)decided;
    rc1_digest_add(&digests[RC1_FACTS], event.debtor,
                   rlc_span_from(bytes, rc1_fact(&outcome, bytes)));
    rc1_digest_add(&digests[RC1_COMMANDS], event.debtor,
                   rlc_span_from(bytes, rc1_command(&outcome, bytes)));
    rc1_digest_add(
        &digests[RC1_AUDIT], event.debtor,
        rlc_span_from(bytes, rc1_audit(&outcome, &world->heads[outcome.partition], bytes)));
}

static void add_states(const struct world *world, struct rc1_digest *digest)
{
    for (int64_t i = 0; i < world->input.debtors; i++) {
        char key[RC1_NAME_MAX];

        (void)snprintf(key, sizeof(key), RC1_DEBTOR_FORM, i);
        if (world->states[i].epoch)
            rc1_digest_add(digest, rlc_span_of(key),
                           rlc_span_from(&world->states[i], sizeof(world->states[i])));
    }
}

bool rc1_predict(int64_t events, int64_t debtors, int32_t partitions,
                 struct rc1_digest ret_digests[RC1_OUTPUTS])
{
    struct world world = { .partitions = 0 };
    bool opened = open_world(&world, debtors, partitions);

    memset(ret_digests, 0, RC1_OUTPUTS * sizeof(*ret_digests));
    for (int64_t i = 0; opened && i < events; i++)
        decide_next(&world, ret_digests);
    if (opened)
        add_states(&world, &ret_digests[RC1_STATES]);
    close_world(&world);
    return opened;
}

void rc1_digests_print(const struct rc1_digest digests[RC1_OUTPUTS])
{
    static const char *const NAMES[RC1_OUTPUTS] = { "facts", "commands", "audit", "states" };

    for (int i = 0; i < RC1_OUTPUTS; i++)
        (void)printf("%s\"%s\":\"%" PRId64 "/%016" PRIx64 "\"", i ? "," : "{", NAMES[i],
                     digests[i].records, digests[i].sum);
    (void)puts("}");
}
