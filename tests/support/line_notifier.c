/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/line_notifier.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory/freshness_memory.h"
#include "common/runtime/memory.h"
#include "common/wire/checkpoint.h"
#include "services/notifier/state.h"
#include "services/notifier/worker.h"

#include "tests/support/check.h"

/* Of the records that are under way at a time. */
#define OPEN_ARENA ((size_t)256 << 20)

struct line_notifier {
    struct notifier_worker worker; /* first: it is the service's self */
    struct notifier_config config;
    struct world *world;
    const char *topics[1];
    struct rlc_bus_config bus_config;
};

struct rlc_service line_notifier_service(void)
{
    return notifier_worker_service();
}

/* ---- what it borrows ---- */

static enum rlc_status address_key(void *context, struct rlc_span tenant,
                                   struct rlc_seal_key *ret_key, struct rlc_error *reterr)
{
    (void)context;
    (void)tenant;
    (void)reterr;
    memset(ret_key, 2, sizeof(*ret_key));
    return RLC_OK;
}

static struct rlc_view *open_view(struct world *world, const char *worker)
{
    struct rlc_view *view = NULL;
    struct rlc_error error;

    assert_int_equal(rlc_memory_view_open(world->store, worker, &view, &error), RLC_OK);
    return view;
}

static void open_looks(struct line_notifier *notifier)
{
    struct world *world = notifier->world;
    struct looks_config *looks = &notifier->config.looks;
    struct rlc_error error;

    notifier->topics[0] = "debtor-events";
    notifier->bus_config = (struct rlc_bus_config){ .topics = notifier->topics, .topic_count = 1 };
    assert_int_equal(rlc_memory_bus_open(world->broker, &notifier->bus_config, &looks->bus, &error),
                     RLC_OK);
    looks->view = open_view(world, "scenario");
    looks->freshness = rlc_memory_freshness_open(world->store);
    assert_non_null(looks->freshness);
    looks->clock = world->clock;
    looks->partitions = world->partitions;
    looks->stepped = world->stepped;
    memcpy(looks->installation, world->facts.uuid, sizeof(looks->installation));
}

/* ---- its life ---- */

void *line_notifier_new(const struct line_notifier_setup *setup)
{
    struct line_notifier *notifier = calloc(1, sizeof(*notifier));
    struct notifier_config *config;

    assert_non_null(notifier);
    config = &notifier->config;
    notifier->world = setup->world;
    open_looks(notifier);
    config->prepare = (struct prepare_config){ .keyring = setup->keyring,
                                               .catalog.bundles = setup->catalog,
                                               .address_key = address_key };
    config->carrier = post_carrier(setup->post);
    config->records = open_view(setup->world, "notifier");
    memcpy(config->owner.bytes, &setup->process, sizeof(setup->process));
    assert_true(notifier_worker_open(&notifier->worker, config));
    return notifier;
}

void line_notifier_free(void *self)
{
    struct line_notifier *notifier = self;
    struct notifier_config *config = &notifier->config;

    config->carrier->ops->close(config->carrier);
    notifier_worker_close(&notifier->worker);
    config->looks.freshness->ops->close(config->looks.freshness);
    config->looks.view->ops->close(config->looks.view);
    config->records->ops->close(config->records);
    config->looks.bus->ops->close(config->looks.bus, true);
    free(notifier);
}

/* ---- what is under way ---- */

/* Attempts of the process, by the last record of each contact. */
struct counting {
    const struct rlc_action_id *owner;
    struct rlc_arena arena;
    struct rlc_span *open; /* keys */
    size_t count;
    size_t capacity;
};

static void forget(struct counting *counting, struct rlc_span key)
{
    for (size_t i = 0; i < counting->count; i++) {
        if (rlc_span_equal(counting->open[i], key))
            counting->open[i--] = counting->open[--counting->count];
    }
}

static void count_record(void *context, const struct rlc_record *record)
{
    struct counting *counting = context;
    const struct rlc_waiting_contact *contact;

    if (rlc_span_equal(record->key, rlc_span_of(RLC_CHECKPOINT_KEY)) ||
        !notifier_state_is_contact(record->key))
        return;
    forget(counting, record->key);
    if (!record->value.data)
        return;
    contact = notifier_state_decode(record->key, record->value, &counting->arena);
    assert_non_null(contact);
    if (contact->phase != RLC_CONTACT_PHASE_ATTEMPTED ||
        memcmp(&contact->owner, counting->owner, sizeof(contact->owner)) != 0)
        return;
    if (counting->count == counting->capacity) {
        counting->capacity = counting->capacity ? counting->capacity * 2 : 16;
        counting->open = realloc(counting->open, counting->capacity * sizeof(*counting->open));
        assert_non_null(counting->open);
    }
    counting->open[counting->count++] = rlc_arena_copy(&counting->arena, record->key);
}

size_t line_notifier_open(void *self)
{
    const struct line_notifier *notifier = self;
    struct counting counting = { .owner = &notifier->config.owner };

    assert_int_equal(rlc_arena_map(&counting.arena, OPEN_ARENA), RLC_OK);
    world_each(notifier->world, world_topic(notifier->world, "notifier.state"), count_record,
               &counting);
    rlc_arena_unmap(&counting.arena);
    free(counting.open);
    return counting.count;
}
