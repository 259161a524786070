/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/looks_bench.h"

#include <stdlib.h>
#include <string.h>

#include "common/pure/key.h"
#include "common/pure/murmur2.h"
#include "common/wire/last_look.h"

#include "tests/support/check.h"

enum { ROOM = 1 << 20 };

const uint8_t bench_installation[RLC_UUID_SIZE] = { 7 };

static const char *const TOPICS[] = { "debtor-events" };
static const struct rlc_bus_config ASKS = { .topics = TOPICS, .topic_count = 1 };
static const struct rlc_bus_config WRITES = { .topics = TOPICS,
                                              .topic_count = 1,
                                              .transactional_id = "writer" };

/* ---- the world ---- */

static enum rlc_status read_intake(struct rlc_freshness *freshness, struct rlc_arena *arena,
                                   struct rlc_freshness_state *ret_state, struct rlc_error *reterr)
{
    struct looks_intake *intake = (struct looks_intake *)freshness;

    (void)arena;
    (void)reterr;
    if (intake->away)
        return RLC_RETRY;
    intake->source = (struct rlc_freshness_source){ .partitions = 1, .lines = &intake->line };
    *ret_state = (struct rlc_freshness_state){ intake->known, &intake->source, 1 };
    return RLC_OK;
}

static const struct rlc_freshness_ops INTAKE_OPS = { .read = read_intake };

static enum rlc_status look_at(struct rlc_view *view, int32_t partition, struct rlc_look *ret_look,
                               struct rlc_error *reterr)
{
    struct rlc_view *inner = ((struct looks_reader *)view)->inner;

    return inner->ops->look(inner, partition, ret_look, reterr);
}

static enum rlc_status read_records(struct rlc_view *view, struct rlc_view_read *parts,
                                    size_t count, struct rlc_arena *arena, struct rlc_error *reterr)
{
    struct looks_reader *reader = (struct looks_reader *)view;

    *reader->now_ms += reader->takes_ms;
    return reader->inner->ops->read(reader->inner, parts, count, arena, reterr);
}

static const struct rlc_view_ops READER_OPS = { .look = look_at, .read = read_records };

static int32_t partition_of(struct looks_bench *bench, const char *debtor)
{
    return rlc_partition_of(
        rlc_key_of_debtor(&bench->arena, rlc_span_of(LOOKS_TENANT), rlc_span_of(debtor)),
        LOOKS_PARTITIONS);
}

int32_t bench_tenants(void)
{
    return rlc_partition_of(rlc_span_of(LOOKS_TENANT), LOOKS_PARTITIONS);
}

int32_t bench_partition(struct looks_bench *bench, size_t debtor)
{
    return partition_of(bench, bench->debtors[debtor]);
}

/* Each in a partition of its own, but for the last. */
static void choose_debtors(struct looks_bench *bench)
{
    bool used[LOOKS_PARTITIONS] = { [0] = false };
    size_t count = 0;

    used[bench_tenants()] = true;
    for (int number = 0; count < LOOKS_DEBTORS; number++) {
        char name[8] = { 'D', (char)('A' + number % 26), (char)('A' + number / 26) };
        int32_t partition = partition_of(bench, name);

        if (count < LOOKS_DEBTORS - 1 ? used[partition] : partition != bench_partition(bench, 0))
            continue;
        if (count < LOOKS_DEBTORS - 1 || strcmp(name, bench->debtors[0]) != 0)
            memcpy(bench->debtors[count++], name, sizeof(name));
        used[partition] = true;
    }
}

void bench_append(struct looks_bench *bench, int32_t partition, bool open)
{
    struct rlc_outgoing outgoing = { .partition = partition,
                                     .key = rlc_span_of("k"),
                                     .value = rlc_span_of("v") };

    assert_int_equal(bench->writes->ops->begin(bench->writes, NULL), RLC_OK);
    assert_int_equal(bench->writes->ops->produce(bench->writes, &outgoing, NULL), RLC_OK);
    if (!open)
        assert_int_equal(bench->writes->ops->commit(bench->writes, NULL), RLC_OK);
}

int64_t bench_end(struct looks_bench *bench, int32_t partition)
{
    int64_t low, high;

    assert_int_equal(bench->asks->ops->watermarks(bench->asks, 0, partition, 0, &low, &high, NULL),
                     RLC_OK);
    return high;
}

void bench_see(struct looks_bench *bench, int32_t partition, int64_t seen)
{
    struct rlc_seen said = { .base = 0, .seen = seen, .at_ms = bench->now_ms };

    assert_int_equal(bench->owner->ops->publish_seen(bench->owner, partition, &said, NULL), RLC_OK);
}

void bench_see_all(struct looks_bench *bench)
{
    for (int32_t partition = 0; partition < LOOKS_PARTITIONS; partition++)
        bench_see(bench, partition, bench_end(bench, partition));
}

/* As in proto/relance/v1/last_look.proto: format 1, then the number. */
static struct rlc_span epoch_bytes(struct looks_bench *bench, uint8_t epoch)
{
    uint8_t bytes[] = { 1 << 3, 1, 2 << 3, epoch };

    return rlc_arena_copy(&bench->arena, rlc_span_from(bytes, sizeof(bytes)));
}

static struct rlc_span revision_bytes(struct looks_bench *bench, uint8_t revision)
{
    uint8_t bytes[] = { 1 << 3, 1, 2 << 3 | 2, 2, 1 << 3, revision };

    return rlc_arena_copy(&bench->arena, rlc_span_from(bytes, sizeof(bytes)));
}

void bench_put(struct looks_bench *bench, int32_t partition, struct rlc_span key,
               struct rlc_span value)
{
    struct rlc_view_put one = { .key = key, .value = value, .wake_ms = RLC_MS_NEVER };
    struct rlc_view_apply apply = { .partition = partition,
                                    .expect_off = bench->off[partition],
                                    .to = { .off = bench->off[partition] + 1, .owner_epoch = 1 },
                                    .puts = &one,
                                    .count = 1 };

    memcpy(apply.to.installation, bench_installation, sizeof(bench_installation));
    assert_int_equal(bench->owner->ops->apply(bench->owner, &apply, 1, NULL), RLC_OK);
    assert_int_equal(apply.result, RLC_APPLIED);
    bench->off[partition]++;
}

struct rlc_span bench_debtor_key(struct looks_bench *bench)
{
    return rlc_key_of_debtor(&bench->arena, rlc_span_of(LOOKS_TENANT),
                             rlc_span_of(bench->debtors[0]));
}

struct rlc_span bench_account_key(struct looks_bench *bench)
{
    return rlc_epoch_key_account(&bench->arena, bench_debtor_key(bench),
                                 rlc_span_of(LOOKS_CREDITOR));
}

void bench_put_scope(struct looks_bench *bench, uint8_t revision)
{
    bench_put(bench, bench_partition(bench, 0),
              rlc_revision_key(&bench->arena, rlc_span_of(LOOKS_TENANT)),
              revision_bytes(bench, revision));
}

void bench_put_debtor(struct looks_bench *bench, uint8_t epoch)
{
    bench_put(bench, bench_partition(bench, 0),
              rlc_epoch_key_debtor(&bench->arena, bench_debtor_key(bench)),
              epoch_bytes(bench, epoch));
}

void bench_put_account(struct looks_bench *bench, uint8_t epoch)
{
    bench_put(bench, bench_partition(bench, 0), bench_account_key(bench),
              epoch_bytes(bench, epoch));
}

static void open_slices(struct looks_bench *bench)
{
    for (int32_t partition = 0; partition < LOOKS_PARTITIONS; partition++) {
        bool mine = false;

        assert_int_equal(
            bench->owner->ops->wipe(bench->owner, partition, 1, bench_installation, &mine, NULL),
            RLC_OK);
        bench->off[partition] = RLC_OFFSET_NONE;
        bench_put(bench, partition, rlc_span_of("x|1"), rlc_span_of("v"));
        assert_int_equal(bench->owner->ops->finish(bench->owner, partition, bench->off[partition],
                                                   1, &mine, NULL),
                         RLC_OK);
        assert_true(mine);
    }
}

void bench_restart(struct looks_bench *bench, bool stepped,
                   const uint8_t installation[RLC_UUID_SIZE])
{
    struct looks_config config = { .bus = bench->asks,
                                   .view = &bench->reader.view,
                                   .freshness = &bench->intake.freshness,
                                   .clock = rlc_clock_virtual(&bench->now_ms),
                                   .partitions = LOOKS_PARTITIONS,
                                   .stepped = stepped };

    memcpy(config.installation, installation, sizeof(config.installation));
    looks_free(bench->looks);
    bench->looks = looks_new(&config);
    assert_non_null(bench->looks);
}

static void open_world(struct looks_bench *bench)
{
    struct rlc_memory_topic_config topic = { .name = TOPICS[0], .partitions = LOOKS_PARTITIONS };

    bench->now_ms = LOOKS_BEGIN_MS;
    bench->broker = rlc_memory_broker_new(rlc_clock_virtual(&bench->now_ms));
    assert_int_equal(rlc_memory_broker_add_topic(bench->broker, &topic, NULL), RLC_OK);
    assert_int_equal(rlc_memory_bus_open(bench->broker, &ASKS, &bench->asks, NULL), RLC_OK);
    assert_int_equal(rlc_memory_bus_open(bench->broker, &WRITES, &bench->writes, NULL), RLC_OK);
    bench->store = rlc_memory_store_new();
    assert_int_equal(rlc_memory_view_open(bench->store, "scenario", &bench->owner, NULL), RLC_OK);
    assert_int_equal(rlc_memory_view_open(bench->store, "scenario", &bench->reader.inner, NULL),
                     RLC_OK);
    bench->reader.view.ops = &READER_OPS;
    bench->reader.now_ms = &bench->now_ms;
    bench->intake = (struct looks_intake){ .freshness = { &INTAKE_OPS },
                                           .known = true,
                                           .line = { .at_ms = LOOKS_BEGIN_MS,
                                                     .behind_since_ms = RLC_MS_NONE } };
}

int bench_open(void **state)
{
    struct looks_bench *bench = calloc(1, sizeof(*bench));

    assert_non_null(bench);
    rlc_arena_init(&bench->arena, malloc(ROOM), ROOM);
    open_world(bench);
    choose_debtors(bench);
    open_slices(bench);
    for (int32_t partition = 0; partition < LOOKS_PARTITIONS; partition++)
        bench_append(bench, partition, false);
    bench_put_scope(bench, LOOKS_SCOPE_REVISION);
    bench_put_debtor(bench, LOOKS_DEBTOR_EPOCH);
    bench_put_account(bench, LOOKS_ACCOUNT_EPOCH);
    bench_see_all(bench);
    bench_restart(bench, false, bench_installation);
    bench->account = (struct rlc_account_part){ rlc_span_of(LOOKS_CREDITOR), LOOKS_ACCOUNT_EPOCH };
    bench->request = (struct rlc_contact_request){
        .envelope = { .tenant = rlc_span_of(LOOKS_TENANT),
                      .debtor = rlc_span_of(bench->debtors[0]),
                      .creditor = rlc_span_of(LOOKS_CREDITOR),
                      .causation = { .at = { rlc_span_of(TOPICS[0]), 0, 0 } },
                      .epochs = { LOOKS_DEBTOR_EPOCH, LOOKS_ACCOUNT_EPOCH, LOOKS_SCOPE_REVISION } },
        .body = { .accounts = &bench->account, .account_count = 1 },
    };
    *state = bench;
    return 0;
}

int bench_close(void **state)
{
    struct looks_bench *bench = *state;

    looks_free(bench->looks);
    bench->reader.inner->ops->close(bench->reader.inner);
    bench->owner->ops->close(bench->owner);
    rlc_memory_store_free(bench->store);
    bench->asks->ops->close(bench->asks, true);
    bench->writes->ops->close(bench->writes, true);
    rlc_memory_broker_free(bench->broker);
    free(bench->arena.base);
    free(bench);
    return 0;
}

enum look_wait bench_take(struct looks_bench *bench)
{
    bench->look = (struct look){ .request = &bench->request };
    looks_take(bench->looks, &bench->look, 1, &bench->arena);
    return bench->look.wait;
}
