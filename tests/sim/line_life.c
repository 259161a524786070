/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/line_life.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory/keyring_memory.h"
#include "tests/support/bundle_feed.h"
#include "tests/support/line_notifier.h"
#include "tests/support/random.h"

#include "tests/support/check.h"

enum { PARTITIONS = 3, TICK_MINUTES = 120, LATER_MINUTES = 60, LATER_TIMES = 6 };

/* Recipients that the relay does not like, now or at all. */
#define REFUSED  "C004@example.test"
#define DEFERRED "C009@example.test"

static struct rlc_bundles *catalog;
static struct rlc_hash bundle;
static struct tenants tenants;

/* ---- planned trouble ---- */

enum trouble { DELIVERY_FAILS, COMMIT_UNKNOWN, COMMIT_LOST, STORE_UNKNOWN, STORE_LOST };

/* Happens when the worker is at that step for the first time from that day on. */
struct bump {
    int day;
    int role;
    enum rlc_step step;
    enum trouble trouble;
};

static const struct bump BUMPS[] = {
    { 0, LINE_INGEST, RLC_STEP_PRODUCE_CHECKPOINT, DELIVERY_FAILS },
    { 1, LINE_INGEST, RLC_STEP_COMMIT, COMMIT_UNKNOWN },
    { 1, LINE_SCENARIO, RLC_STEP_PRODUCE_CHECKPOINT, DELIVERY_FAILS },
    { 1, LINE_AUDIT, RLC_STEP_STORE, STORE_UNKNOWN },
    { 1, LINE_NOTIFIER, RLC_STEP_PRODUCE_CHECKPOINT, DELIVERY_FAILS },
    { 2, LINE_SCENARIO, RLC_STEP_COMMIT, COMMIT_LOST },
    { 2, LINE_AUDIT, RLC_STEP_STORE, STORE_LOST },
    { 2, LINE_NOTIFIER, RLC_STEP_COMMIT, COMMIT_LOST },
    { 3, LINE_NOTIFIER, RLC_STEP_COMMIT, COMMIT_UNKNOWN },
    { 3, LINE_SCENARIO, RLC_STEP_COMMIT, COMMIT_UNKNOWN },
};

enum { DAY_OF_FLUSH = 2, DAY_OF_COMPACTION = 2, DAY_OF_NEW_OWNERS = 3, DAY_OF_ERASURE = 3 };

struct life {
    const struct way *way;
    struct line line;
    struct rlc_keyring *keyring;
    struct random random;
    int day;
    bool done[RLC_COUNT(BUMPS)];
    uint64_t stops; /* times at the step to stop at */
    bool armed;     /* a storm's next trouble */
    struct bump next;
};

static void make_trouble(struct life *life, enum trouble trouble)
{
    struct rlc_memory_broker *broker = life->line.world.broker;

    switch (trouble) {
    case DELIVERY_FAILS:
        rlc_memory_faults_next_delivery_fails(broker);
        break;
    case COMMIT_UNKNOWN:
        rlc_memory_faults_next_commit(broker, RLC_MEMORY_UNKNOWN_COMMITTED);
        break;
    case COMMIT_LOST:
        rlc_memory_faults_next_commit(broker, RLC_MEMORY_UNKNOWN_LOST);
        break;
    case STORE_UNKNOWN:
        rlc_memory_trail_next_store(life->line.trail, RLC_MEMORY_UNKNOWN_COMMITTED);
        break;
    case STORE_LOST:
        rlc_memory_trail_next_store(life->line.trail, RLC_MEMORY_UNKNOWN_LOST);
        break;
    }
}

/* The process that acts, and its session is over at once. */
static void stop_here(struct life *life)
{
    struct world *world = &life->line.world;
    struct world_process *process = &world->processes[world->acting];

    process->stop_at = 1;
    if (process->role == &world->roles[LINE_NOTIFIER])
        life->line.left_open += line_notifier_open(process->self);
    (void)rlc_memory_broker_expire_member(world->broker, process->role->service->name,
                                          process->member);
}

static void on_step(void *context, struct world_role *role, enum rlc_step step)
{
    struct life *life = context;
    int number = (int)(role - life->line.world.roles);

    for (size_t i = 0; life->way->bumpy && i < RLC_COUNT(BUMPS); i++) {
        const struct bump *bump = &BUMPS[i];

        if (life->done[i] || bump->day > life->day || bump->role != number || bump->step != step)
            continue;
        life->done[i] = true;
        make_trouble(life, bump->trouble);
    }
    if (life->way->stop_at && life->way->stop_role == number && life->way->stop_step == step &&
        ++life->stops == life->way->stop_at)
        stop_here(life);
    if (life->armed && life->next.role == number && life->next.step == step) {
        life->armed = false;
        make_trouble(life, life->next.trouble);
    }
}

/* Tombstones go when they are older than any slice that may still be used (SLICE_AGE_MAX_MS): whose
 * slice stands behind one has to rebuild it. */
static void compact(struct life *life, bool drop_tombstones)
{
    static const char *const STATES[] = { "ingest.state", "scenario.state", "notifier.state" };

    for (size_t i = 0; i < RLC_COUNT(STATES); i++) {
        assert_int_equal(
            rlc_memory_broker_compact(life->line.world.broker, STATES[i], drop_tombstones, NULL),
            RLC_OK);
    }
    if (drop_tombstones)
        rlc_memory_store_flush_all(life->line.world.store);
}

/* The second process takes over from the first, which is gone for good. */
static void change_owners(struct life *life)
{
    struct world *world = &life->line.world;

    for (size_t r = 0; r < LINE_ROLES; r++) {
        size_t first = world->roles[r].first;

        world_kill(world, first);
        (void)rlc_memory_broker_expire_member(world->broker, world->roles[r].service->name,
                                              world->processes[first].member);
        world_start(world, first + 1);
    }
}

static void begin_day(struct life *life, int day)
{
    life->day = day;
    if (!life->way->bumpy)
        return;
    if (day == DAY_OF_FLUSH)
        rlc_memory_store_flush_all(life->line.world.store);
    if (day == DAY_OF_COMPACTION)
        compact(life, false);
    if (day == DAY_OF_NEW_OWNERS)
        change_owners(life);
}

/* ---- storms ---- */

static void expire_somebody(struct life *life)
{
    struct world *world = &life->line.world;
    const struct world_process *process =
        &world->processes[random_below(&life->random, world->process_count)];

    (void)rlc_memory_broker_expire_member(world->broker, process->role->service->name,
                                          process->member);
}

static void kill_somebody(struct life *life)
{
    struct world *world = &life->line.world;
    size_t process = random_below(&life->random, world->process_count);

    world_kill(world, process);
    world_start(world, process);
}

/* Stops at one of its next steps, for long enough to be taken for dead, or not (tend_frozen). */
static void freeze_somebody(struct life *life)
{
    struct world *world = &life->line.world;

    world->processes[random_below(&life->random, world->process_count)].stop_at =
        1 + random_below(&life->random, 40);
}

static void tend_frozen(struct life *life)
{
    struct world *world = &life->line.world;

    for (size_t i = 0; i < world->process_count; i++) {
        struct world_process *process = &world->processes[i];
        uint64_t what = random_below(&life->random, 10);

        if (!process->stopped)
            continue;
        if (what < 2) {
            (void)rlc_memory_broker_expire_member(world->broker, process->role->service->name,
                                                  process->member);
        } else if (what == 2) {
            world_continue(world, i);
        }
    }
}

static void thaw_all(struct life *life)
{
    struct world *world = &life->line.world;

    for (size_t i = 0; i < world->process_count; i++) {
        world->processes[i].stop_at = 0;
        if (world->processes[i].stopped)
            world_continue(world, i);
    }
}

static void arm(struct life *life)
{
    static const struct bump KINDS[] = {
        { 0, LINE_INGEST, RLC_STEP_PRODUCE_CHECKPOINT, DELIVERY_FAILS },
        { 0, LINE_SCENARIO, RLC_STEP_PRODUCE_STATE, DELIVERY_FAILS },
        { 0, LINE_NOTIFIER, RLC_STEP_PRODUCE_OUTPUTS, DELIVERY_FAILS },
        { 0, LINE_INGEST, RLC_STEP_COMMIT, COMMIT_UNKNOWN },
        { 0, LINE_SCENARIO, RLC_STEP_COMMIT, COMMIT_UNKNOWN },
        { 0, LINE_NOTIFIER, RLC_STEP_COMMIT, COMMIT_UNKNOWN },
        { 0, LINE_INGEST, RLC_STEP_COMMIT, COMMIT_LOST },
        { 0, LINE_SCENARIO, RLC_STEP_COMMIT, COMMIT_LOST },
        { 0, LINE_NOTIFIER, RLC_STEP_COMMIT, COMMIT_LOST },
        { 0, LINE_AUDIT, RLC_STEP_STORE, STORE_UNKNOWN },
        { 0, LINE_AUDIT, RLC_STEP_STORE, STORE_LOST },
    };

    life->next = KINDS[random_below(&life->random, RLC_COUNT(KINDS))];
    life->armed = true;
}

static void disturb(struct life *life)
{
    struct world *world = &life->line.world;

    switch (random_below(&life->random, 16)) {
    case 0:
        rlc_memory_store_flush_all(world->store);
        break;
    case 1:
    case 2:
        expire_somebody(life);
        break;
    case 3:
    case 4:
        kill_somebody(life);
        break;
    case 5:
        compact(life, random_below(&life->random, 2));
        break;
    case 6:
        arm(life);
        break;
    case 7:
        freeze_somebody(life);
        break;
    case 8:
        rlc_memory_faults_delay_markers(world->broker, random_below(&life->random, 40));
        break;
    default:
        world->roles[random_below(&life->random, LINE_ROLES)].die_at =
            1 + random_below(&life->random, 60);
        break;
    }
}

/* What is settled in peace elsewhere: some rounds with trouble first. */
static void weather(struct life *life)
{
    for (int i = 0; life->way->storm && i < 12; i++) {
        if (random_below(&life->random, 4) == 0)
            disturb(life);
        world_round(&life->line.world);
        tend_frozen(life);
    }
    if (life->way->stop_at)
        line_settle(&life->line);
    thaw_all(life);
    line_settle(&life->line);
}

/* ---- a life ---- */

static void publish(struct life *life, const struct story_event *event)
{
    line_publish(&life->line, event->bad ? LINE_BANK : LINE_BILLING, rlc_span_of(event->key),
                 rlc_span_of(event->json), story_morning(life->day));
}

static void erase(struct life *life)
{
    for (int debtor = 0; debtor < life->way->story->debtors; debtor++) {
        char id[16];
        char subject[24];

        if (!story_is_erased(debtor))
            continue;
        story_debtor(debtor, id);
        (void)snprintf(subject, sizeof(subject), "%s/1", id);
        line_erase(&life->line, id, subject, story_morning(life->day));
    }
    weather(life);
}

/* In a storm the debtors' events come in another order, each debtor's own in theirs, and some of
 * earlier ones come again. */
static void publish_mixed(struct life *life, size_t first, size_t end)
{
    const struct story *story = life->way->story;
    bool published[STORY_EVENTS_MAX] = { false };

    for (size_t left = end - first; left > 0; left--) {
        size_t chosen = first + random_below(&life->random, end - first);

        while (published[chosen - first])
            chosen = first + (chosen - first + 1) % (end - first);
        /* The first of its debtor that is left. */
        for (size_t i = first; i < chosen; i++) {
            if (!published[i - first] && strcmp(story->event[i].key, story->event[chosen].key) == 0)
                chosen = i;
        }
        published[chosen - first] = true;
        publish(life, &story->event[chosen]);
        chosen = random_below(&life->random, first + 1);
        if (random_below(&life->random, 5) == 0 && chosen < first && !story->event[chosen].once)
            publish(life, &story->event[chosen]);
    }
}

static void live_day(struct life *life, size_t *next)
{
    const struct story *story = life->way->story;
    size_t first = *next;
    size_t end = first;
    rlc_ms now_ms;

    while (end < story->count && story->event[end].day == life->day && !story->event[end].bad)
        end++;
    if (life->way->storm)
        publish_mixed(life, first, end);
    for (; !life->way->storm && first < end; first++)
        publish(life, &story->event[first]);
    weather(life);
    for (first = end; end < story->count && story->event[end].day == life->day; end++)
        publish(life, &story->event[end]);
    if (end > first)
        weather(life);
    *next = end;
    if (life->day == DAY_OF_ERASURE)
        erase(life);
    now_ms = story_morning(life->day) + TICK_MINUTES * RLC_MINUTE_MS;
    (void)line_wake(&life->line, now_ms);
    weather(life);
    /* A contact that ended unknown is asked for again on the same day. */
    for (int i = 0; i < LATER_TIMES; i++) {
        now_ms += LATER_MINUTES * RLC_MINUTE_MS;
        if (line_wake(&life->line, now_ms))
            weather(life);
    }
}

/* With the record that says so, the key is gone, and nobody makes it again. */
static void assert_erased(struct life *life)
{
    for (int debtor = 0; life->day >= DAY_OF_ERASURE && debtor < life->way->story->debtors;
         debtor++) {
        char id[16];
        char subject[24];
        struct rlc_key_want want = { .tenant = rlc_span_of(STORY_TENANT) };
        struct rlc_data_key key;
        struct rlc_error error;

        story_debtor(debtor, id);
        (void)snprintf(subject, sizeof(subject), "%s/1", id);
        want.subject = rlc_span_of(subject);
        assert_int_equal(life->keyring->ops->open(life->keyring, &want, 1, false, &key, &error),
                         RLC_OK);
        assert_int_equal(key.state == RLC_KEY_ERASED, story_is_erased(debtor));
    }
}

void life_live(const struct way *way, struct line_look *ret_look, life_tally made, life_tally died)
{
    struct life *life = calloc(1, sizeof(*life));
    struct line_setup setup = { .partitions = PARTITIONS,
                                .processes = way->processes,
                                .started = way->all_at_once ? way->processes : 1,
                                .batch_max = way->batch_max,
                                .begin_ms = story_morning(-1),
                                .system_time = way->system_time,
                                .tenant = STORY_TENANT,
                                .tenants = &tenants,
                                .catalog = catalog };
    size_t next = 0;

    assert_non_null(life);
    life->way = way;
    life->random.state = way->storm;
    life->keyring = rlc_keyring_memory_new(7);
    assert_non_null(life->keyring);
    setup.keyring = life->keyring;
    setup.post_seed = way->storm + way->die_at;
    line_open(&life->line, &setup);
    life->line.world.on_step = on_step;
    life->line.world.on_step_context = life;
    life->line.world.roles[way->die_role].die_at = way->die_at;
    post_rule(&life->line.post, REFUSED, POST_REFUSES);
    post_rule(&life->line.post, DEFERRED, POST_DEFERS);
    line_activate(&life->line, &bundle, story_morning(-1));
    for (int day = 0; day < way->story->days; day++) {
        begin_day(life, day);
        live_day(life, &next);
    }
    line_look(&life->line, way->bare, ret_look);
    line_check_trail(&life->line);
    line_check_offsets(&life->line);
    line_check_mails(&life->line);
    /* Whoever loses its partitions at random leaves more open. */
    if (!way->storm)
        assert_true(ret_look->unknowns <= life->line.left_open);
    assert_erased(life);
    for (size_t r = 0; r < LINE_ROLES; r++) {
        for (int step = 0; step < RLC_STEP_COUNT; step++) {
            made[r][step] += life->line.world.roles[r].made[step];
            died[r][step] += life->line.world.roles[r].died[step];
        }
    }
    line_close(&life->line);
    life->keyring->ops->close(life->keyring);
    free(life);
}

int life_set_up(void **state)
{
    struct rlc_error error = { .text = "" };

    (void)state;
    catalog = bundle_catalog(RLC_SOURCE_DIR "/deploy/bundles/demo", &bundle, &error);
    if (!catalog)
        fail_msg("%s", error.text);
    tenants_add(&tenants, rlc_span_of(STORY_TENANT));
    memset(&tenants.tenant[0].pseudonyms, 1, sizeof(tenants.tenant[0].pseudonyms));
    return 0;
}

int life_tear_down(void **state)
{
    (void)state;
    rlc_bundles_free(catalog);
    return 0;
}
