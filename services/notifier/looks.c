/* SPDX-License-Identifier: Apache-2.0 */
#include "looks.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/key.h"
#include "common/pure/murmur2.h"
#include "common/wire/last_look.h"

/* The loop, whose thread this is, has other partitions to serve than one whose leader does not
 * answer within this time. */
#define ASK_MS 500
/* After a wait in vain all leaders that do not answer are left alone for so many times as long, so
 * that together they cost the loop a fifth of its time. */
#define ASK_REST 4u

/* Tenants share a slot by hash: sharing one only asks more often. */
#define STALE_SLOTS 64u

struct looks {
    struct looks_config config;
    struct rlc_gate outer[RLC_PARTITIONS_MAX];  /* of tenants and aliases: open before ... */
    struct rlc_gate debtor[RLC_PARTITIONS_MAX]; /* ... the debtor's is asked */
    uint64_t stale_ns[STALE_SLOTS];             /* when a tenant's intake was last found behind */
    /* Until when a leader is left alone that did not answer the last question; 0 = it did. */
    uint64_t rest_until_ns[RLC_PARTITIONS_MAX];
    uint32_t silent; /* leaders that did not */
};

struct looks *looks_new(const struct looks_config *config)
{
    struct looks *looks = calloc(1, sizeof(*looks));

    assert(config->partitions > 0 && config->partitions <= RLC_PARTITIONS_MAX);
    if (looks)
        looks->config = *config;
    return looks;
}

void looks_free(struct looks *looks)
{
    free(looks);
}

static uint64_t now_ns(const struct looks *looks)
{
    return rlc_clock_monotonic_ns(&looks->config.clock);
}

/* ---- gates ---- */

static void is_silent(struct looks *looks, int32_t partition, uint64_t asked_ns)
{
    uint64_t waited_ns = now_ns(looks) - asked_ns;

    looks->silent += looks->rest_until_ns[partition] == 0;
    looks->rest_until_ns[partition] = now_ns(looks) + waited_ns * ASK_REST * looks->silent;
}

/* If one answers again, the others may, too: their broker is back. */
static void answers(struct looks *looks, int32_t partition)
{
    if (looks->rest_until_ns[partition] == 0)
        return;
    looks->rest_until_ns[partition] = 0;
    looks->silent--;
    for (int32_t i = 0; i < looks->config.partitions; i++) {
        if (looks->rest_until_ns[i])
            looks->rest_until_ns[i] = now_ns(looks);
    }
}

/* The time is taken before the question leaves: what is committed before it is in the answer. */
static void ask(struct looks *looks, struct rlc_gate *gate, int32_t partition)
{
    struct rlc_bus *bus = looks->config.bus;
    struct rlc_gate asked = { .asked_ns = now_ns(looks),
                              .asked_at_ms = rlc_clock_now_ms(&looks->config.clock) };
    struct rlc_error ignored;
    int64_t low;

    *gate = (struct rlc_gate){ .asked_ns = 0 };
    if (asked.asked_ns < looks->rest_until_ns[partition])
        return;
    if (bus->ops->watermarks(bus, looks->config.events_topic, partition, ASK_MS, &low,
                             &asked.watermark, &ignored) != RLC_OK) {
        is_silent(looks, partition, asked.asked_ns);
        return;
    }
    answers(looks, partition);
    *gate = asked;
}

/* How far scenario has looked, and that its slice shows all of it. */
static bool is_readable(const struct looks *looks, const struct rlc_look *look)
{
    return rlc_look_is_whole(look, looks->config.installation) && look->seen_present &&
           look->seen.base <= look->fence.next_in;
}

/* What intake told before it had caught up may not be in the log when the end is asked for: of the
 * tenant only questions from behind that time count. */
static bool outer_is_open(struct looks *looks, int32_t partition, uint64_t stale_ns)
{
    struct rlc_gate *gate = &looks->outer[partition];
    struct rlc_view *view = looks->config.view;
    struct rlc_look look;
    struct rlc_error ignored;

    if (!rlc_gate_is_asked(gate, now_ns(looks)) || gate->asked_ns <= stale_ns)
        ask(looks, gate, partition);
    if (!gate->opened_ns && view->ops->look(view, partition, &look, &ignored) == RLC_OK &&
        is_readable(looks, &look))
        rlc_gate_look(gate, look.seen.seen, now_ns(looks));
    return rlc_gate_is_open(gate, now_ns(looks));
}

/* ---- where things are ---- */

/* Partitions of a request. What is about to reach the debtor's may still lie in the others:
 * commands to the tenant, and events of debtors that were merged into this one, which scenario
 * passes on. */
struct places {
    int32_t debtor;
    int32_t outer[1 + RLC_ALIASES_MAX]; /* the tenant's, then the aliases' */
    size_t outer_count;
    struct rlc_span key; /* D */
};

static struct places places_of(const struct looks *looks, const struct rlc_contact_request *request,
                               struct rlc_arena *arena)
{
    const struct rlc_envelope *envelope = &request->envelope;
    struct places places = { .key = rlc_key_of_debtor(arena, envelope->tenant, envelope->debtor) };

    assert(places.key.data);
    places.debtor = rlc_partition_of(places.key, looks->config.partitions);
    places.outer[places.outer_count++] =
        rlc_partition_of(envelope->tenant, looks->config.partitions);
    for (size_t i = 0; i < request->body.alias_count; i++) {
        struct rlc_span alias =
            rlc_key_of_debtor(arena, envelope->tenant, request->body.aliases[i].debtor);

        assert(alias.data);
        places.outer[places.outer_count++] = rlc_partition_of(alias, looks->config.partitions);
    }
    return places;
}

/* ---- one contact ---- */

/* A look on its way. */
struct taking {
    struct look *look;
    struct places places;
    uint64_t stale_ns; /* when the tenant's intake was last found behind */
    struct rlc_view_read *read;
    struct rlc_span *keys;
    struct rlc_span *values;
};

/* Whether the debtor's question may be used: asked behind all outer gates, and behind the record
 * that the request follows from. */
static bool is_usable(const struct looks *looks, const struct taking *taking)
{
    const struct rlc_gate *gate = &looks->debtor[taking->places.debtor];

    if (!rlc_gate_is_asked(gate, now_ns(looks)) ||
        !rlc_gate_covers(gate, taking->look->request->envelope.causation.at.offset))
        return false;
    for (size_t i = 0; i < taking->places.outer_count; i++) {
        if (!rlc_gate_follows(gate, &looks->outer[taking->places.outer[i]]))
            return false;
    }
    return true;
}

static bool outer_are_open(struct looks *looks, struct taking *taking)
{
    for (size_t i = 0; i < taking->places.outer_count; i++) {
        if (outer_is_open(looks, taking->places.outer[i], taking->stale_ns))
            continue;
        taking->look->wait = i == 0 ? LOOK_WAITS_FOR_TENANT : LOOK_WAITS_FOR_DEBTOR;
        return false;
    }
    return true;
}

static bool intake_is_fresh(struct looks *looks, const struct rlc_freshness_state *intake,
                            struct taking *taking)
{
    struct rlc_span tenant = taking->look->request->envelope.tenant;
    uint64_t *stale_ns = &looks->stale_ns[(uint32_t)rlc_murmur2(tenant) % STALE_SLOTS];
    bool fresh = rlc_freshness_holds(intake, tenant, rlc_clock_now_ms(&looks->config.clock),
                                     looks->config.stepped);

    if (!fresh) {
        *stale_ns = now_ns(looks);
        taking->look->wait = LOOK_WAITS_FOR_INTAKE;
    }
    taking->stale_ns = *stale_ns;
    return fresh;
}

static bool may_read(struct looks *looks, const struct rlc_freshness_state *intake,
                     struct taking *taking)
{
    if (!intake_is_fresh(looks, intake, taking) || !outer_are_open(looks, taking))
        return false;
    if (!is_usable(looks, taking))
        ask(looks, &looks->debtor[taking->places.debtor], taking->places.debtor);
    if (is_usable(looks, taking))
        return true;
    taking->look->wait = LOOK_WAITS_FOR_DEBTOR;
    return false;
}

/* Names scope, debtor and accounts. */
static void name_records(struct taking *taking, struct rlc_view_read *read, struct rlc_arena *arena)
{
    const struct rlc_contact_request *request = taking->look->request;
    size_t count = 2 + request->body.account_count;

    taking->keys = rlc_arena_array(arena, count, sizeof(*taking->keys));
    taking->values = rlc_arena_array(arena, count, sizeof(*taking->values));
    assert(taking->keys && taking->values);
    taking->keys[0] = rlc_revision_key(arena, request->envelope.tenant);
    taking->keys[1] = rlc_epoch_key_debtor(arena, taking->places.key);
    for (size_t i = 0; i < request->body.account_count; i++)
        taking->keys[2 + i] =
            rlc_epoch_key_account(arena, taking->places.key, request->body.accounts[i].creditor);
    taking->read = read;
    *read = (struct rlc_view_read){ .partition = taking->places.debtor,
                                    .keys = taking->keys,
                                    .count = count,
                                    .values = taking->values };
}

/* The debtor's partition is seen past its gate, at the instant of the read. A gate may have been
 * asked anew meanwhile, for another contact of this round. */
static enum look_wait passes(struct looks *looks, const struct taking *taking)
{
    struct rlc_gate *gate = &looks->debtor[taking->places.debtor];
    const struct rlc_look *now = &taking->read->look;

    for (size_t i = 0; i < taking->places.outer_count; i++) {
        if (!rlc_gate_is_open(&looks->outer[taking->places.outer[i]], now_ns(looks)))
            return i == 0 ? LOOK_WAITS_FOR_TENANT : LOOK_WAITS_FOR_DEBTOR;
    }
    if (!is_readable(looks, now))
        return LOOK_WAITS_FOR_RECORDS;
    rlc_gate_look(gate, now->seen.seen, now_ns(looks));
    if (!is_usable(looks, taking) || now->seen.seen < gate->watermark)
        return LOOK_WAITS_FOR_DEBTOR;
    return LOOK_WAITS_FOR_NOTHING;
}

static bool read_epochs(const struct taking *taking, struct rlc_arena *arena,
                        struct look_found *ret_found, int64_t *ret_accounts)
{
    size_t accounts = taking->look->request->body.account_count;

    ret_found->account_epochs = ret_accounts;
    if (!taking->values[0].data || !taking->values[1].data ||
        !rlc_revision_read(taking->values[0], arena, &ret_found->scope_revision) ||
        !rlc_epoch_read(taking->values[1], arena, &ret_found->debtor_epoch))
        return false;
    for (size_t i = 0; i < accounts; i++) {
        if (!taking->values[2 + i].data ||
            !rlc_epoch_read(taking->values[2 + i], arena, &ret_accounts[i]))
            return false;
    }
    return true;
}

static struct rlc_look_taken taken_of(const struct rlc_gate *debtor, const struct rlc_gate *tenant,
                                      const struct look_found *found)
{
    return (struct rlc_look_taken){
        .watermark = debtor->watermark,
        .tenant_watermark = tenant->watermark,
        .asked_at_ms = debtor->asked_at_ms,
        .epochs = { .debtor = found->debtor_epoch,
                    .account = found->account_epochs[0],
                    .scope_revision = found->scope_revision },
    };
}

static void conclude(struct looks *looks, struct taking *taking, struct rlc_arena *arena)
{
    struct look *look = taking->look;
    const struct rlc_gate *debtor = &looks->debtor[taking->places.debtor];
    const struct rlc_gate *tenant = &looks->outer[taking->places.outer[0]];
    int64_t accounts[RLC_REQUEST_ACCOUNTS_MAX] = { 0 };
    struct look_found found;

    look->wait = passes(looks, taking);
    if (look->wait != LOOK_WAITS_FOR_NOTHING)
        return;
    if (!read_epochs(taking, arena, &found, accounts)) {
        look->wait = LOOK_WAITS_FOR_RECORDS;
        return;
    }
    look->reason = look_compare(look->request, &found);
    look->taken = taken_of(debtor, tenant, &found);
    look->start_before_ns = rlc_gates_valid_until_ns(debtor, tenant);
    for (size_t i = 1; i < taking->places.outer_count; i++) {
        uint64_t until_ns =
            rlc_gates_valid_until_ns(debtor, &looks->outer[taking->places.outer[i]]);

        if (until_ns < look->start_before_ns)
            look->start_before_ns = until_ns;
    }
}

/* ---- all of them ---- */

static void read_all(struct looks *looks, struct taking *taking, size_t count,
                     struct rlc_view_read *reads, struct rlc_arena *arena)
{
    struct rlc_view *view = looks->config.view;
    struct rlc_error ignored;

    for (size_t i = 0; i < count; i++)
        name_records(&taking[i], &reads[i], arena);
    if (!count)
        return;
    if (view->ops->read(view, reads, count, arena, &ignored) == RLC_OK) {
        for (size_t i = 0; i < count; i++)
            conclude(looks, &taking[i], arena);
        return;
    }
    for (size_t i = 0; i < count; i++)
        taking[i].look->wait = LOOK_WAITS_FOR_RECORDS;
}

void looks_take(struct looks *looks, struct look *look, size_t count, struct rlc_arena *arena)
{
    struct rlc_freshness *freshness = looks->config.freshness;
    struct rlc_freshness_state intake = { .known = false };
    struct taking *taking = rlc_arena_array(arena, count + 1, sizeof(*taking));
    struct rlc_view_read *reads = rlc_arena_array(arena, count + 1, sizeof(*reads));
    struct rlc_error ignored;
    size_t going = 0;

    assert(taking && reads);
    if (freshness->ops->read(freshness, arena, &intake, &ignored) != RLC_OK)
        intake = (struct rlc_freshness_state){ .known = false };
    for (size_t i = 0; i < count; i++) {
        look[i] = (struct look){ .request = look[i].request };
        taking[going] =
            (struct taking){ .look = &look[i], .places = places_of(looks, look[i].request, arena) };
        going += may_read(looks, &intake, &taking[going]);
    }
    read_all(looks, taking, going, reads, arena);
}
