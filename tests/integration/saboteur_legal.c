/* SPDX-License-Identifier: Apache-2.0 */
/* Linked into a legal-escalation of the tests beside saboteur.c, this stops it at the steps of a
 * filing:
 *
 *   SCENARIO  a look's question has been asked, how far scenario has come is about to be read
 *   INBOX     the end of the inbox has been asked for, how far we have read is about to be
 *   FILE      a look has ended well, its act is about to be decided
 *   FILING    filings are written, their transaction is about to commit
 *   FILED     it has committed, and we do not know yet
 *
 * and makes it blind in one eye. SABOTAGE_WITHOUT also knows: gate (scenario seems to have seen
 * everything at once), intake (every payment source seems to be read), inbox (our own inbox seems
 * to be read), order (the end of the inbox is asked for before scenario has answered). */
#include <librdkafka/rdkafka.h>
#include <string.h>

#include "common/redis/view.h"
#include "common/runtime/freshness.h"
#include "services/legal_escalation/looks.h"
#include "services/legal_escalation/shell.h"
#include "tests/integration/saboteur.h"

#define SCENARIO ".scenario"

/* So long what was asked too early is the answer: a test has everybody pay and be told of
 * meanwhile, on a machine that may be slow. */
#define EARLY_NS (UINT64_C(60) * 1000000000u)
#define ASK_MS   500

/* What the look is made of; whether one is under way; whether the transaction files. */
static struct legal_looks_config made_of;
static bool looking;
static bool filing;
/* Ends of the inbox, asked for before anything else. */
static int64_t early[RLC_PARTITIONS_MAX];
static uint64_t early_ns;

/* What --wrap calls the product's own functions. */
/* NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming) */
struct legal_looks *__real_legal_looks_new(const struct legal_looks_config *config);
struct legal_looks *__wrap_legal_looks_new(const struct legal_looks_config *config);
bool __real_legal_looks_take(struct legal_looks *looks, struct rlc_span tenant, int32_t partition,
                             struct rlc_look_taken *ret_taken);
bool __wrap_legal_looks_take(struct legal_looks *looks, struct rlc_span tenant, int32_t partition,
                             struct rlc_look_taken *ret_taken);
void __real_legal_file(const struct legal_world *world, struct rlc_span key,
                       const struct rlc_hash *claim_hash, const struct rlc_look_taken *look,
                       rlc_ms now_ms, struct rlc_overlay *overlay,
                       struct legal_outputs *ret_outputs);
void __wrap_legal_file(const struct legal_world *world, struct rlc_span key,
                       const struct rlc_hash *claim_hash, const struct rlc_look_taken *look,
                       rlc_ms now_ms, struct rlc_overlay *overlay,
                       struct legal_outputs *ret_outputs);
bool __real_rlc_freshness_holds(const struct rlc_freshness_state *state, struct rlc_span tenant,
                                rlc_ms now_ms, bool stepped);
bool __wrap_rlc_freshness_holds(const struct rlc_freshness_state *state, struct rlc_span tenant,
                                rlc_ms now_ms, bool stepped);
enum rlc_status __real_rlc_redis_view_look(struct rlc_view *base, int32_t partition,
                                           struct rlc_look *ret_look, struct rlc_error *reterr);
enum rlc_status __wrap_rlc_redis_view_look(struct rlc_view *base, int32_t partition,
                                           struct rlc_look *ret_look, struct rlc_error *reterr);
rd_kafka_error_t *__real_rd_kafka_commit_transaction(rd_kafka_t *rk, int timeout_ms);
rd_kafka_error_t *__wrap_rd_kafka_commit_transaction(rd_kafka_t *rk, int timeout_ms);

/* ---- stopped between two steps ---- */

void __wrap_legal_file(const struct legal_world *world, struct rlc_span key,
                       const struct rlc_hash *claim_hash, const struct rlc_look_taken *look,
                       rlc_ms now_ms, struct rlc_overlay *overlay,
                       struct legal_outputs *ret_outputs)
{
    saboteur_at("FILE");
    filing = true;
    __real_legal_file(world, key, claim_hash, look, now_ms, overlay, ret_outputs);
}

rd_kafka_error_t *__wrap_rd_kafka_commit_transaction(rd_kafka_t *rk, int timeout_ms)
{
    rd_kafka_error_t *error;

    if (filing)
        saboteur_at("FILING");
    error = __real_rd_kafka_commit_transaction(rk, timeout_ms);
    if (filing && !error)
        saboteur_at("FILED");
    filing = false;
    return error;
}

/* ---- blind in one eye ---- */

bool __wrap_rlc_freshness_holds(const struct rlc_freshness_state *state, struct rlc_span tenant,
                                rlc_ms now_ms, bool stepped)
{
    return saboteur_without("intake") || __real_rlc_freshness_holds(state, tenant, now_ms, stepped);
}

struct legal_looks *__wrap_legal_looks_new(const struct legal_looks_config *config)
{
    made_of = *config;
    return __real_legal_looks_new(config);
}

static void ask_early(void)
{
    uint64_t now_ns = rlc_clock_monotonic_ns(&made_of.clock);
    struct rlc_error ignored;
    int64_t low;

    if (early_ns && now_ns - early_ns < EARLY_NS)
        return;
    early_ns = now_ns;
    for (int32_t p = 0; p < made_of.partitions; p++) {
        if (made_of.bus->ops->watermarks(made_of.bus, made_of.inbox_topic, p, ASK_MS, &low,
                                         &early[p], &ignored) != RLC_OK)
            early_ns = 0;
    }
}

bool __wrap_legal_looks_take(struct legal_looks *looks, struct rlc_span tenant, int32_t partition,
                             struct rlc_look_taken *ret_taken)
{
    bool good;

    if (saboteur_without("order"))
        ask_early();
    looking = true;
    good = __real_legal_looks_take(looks, tenant, partition, ret_taken);
    looking = false;
    return good;
}

static bool is_scenarios(struct rlc_view *base)
{
    const char *prefix = rlc_redis_view_of(base)->prefix;
    size_t size = strlen(prefix);

    return size >= strlen(SCENARIO) && strcmp(prefix + size - strlen(SCENARIO), SCENARIO) == 0;
}

static bool seems_read(int32_t partition, const struct rlc_look *look)
{
    return saboteur_without("inbox") ||
           (saboteur_without("order") && early_ns && look->seen.seen >= early[partition]);
}

/* Of looks only: the loop compares the seen of our own slices. */
enum rlc_status __wrap_rlc_redis_view_look(struct rlc_view *base, int32_t partition,
                                           struct rlc_look *ret_look, struct rlc_error *reterr)
{
    bool scenarios = looking && is_scenarios(base);
    enum rlc_status status;

    if (looking)
        saboteur_at(scenarios ? "SCENARIO" : "INBOX");
    status = __real_rlc_redis_view_look(base, partition, ret_look, reterr);
    if (status != RLC_OK || !looking)
        return status;
    if (scenarios ? saboteur_without("gate") : seems_read(partition, ret_look))
        ret_look->seen.seen = INT64_MAX;
    return status;
}
/* NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming) */
