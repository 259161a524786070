/* SPDX-License-Identifier: Apache-2.0 */
/* Linked into a notifier of the tests beside saboteur.c, this stops it at two steps of its own:
 *
 *   LOOKED   contacts may be sent, no attempt is written yet; their debtors stand, one a line, in
 *            the file SABOTAGE_LOOKED
 *   SUBMIT   an attempt is committed, its mail is not handed over yet
 *
 * and makes it blind in one eye. SABOTAGE_WITHOUT also knows: gate (scenario seems to have seen
 * everything at once), intake (every payment source seems to be read). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/redis/view.h"
#include "common/runtime/freshness.h"
#include "services/notifier/looks.h"
#include "services/notifier/round.h"
#include "tests/integration/saboteur.h"

#define SCENARIO ".scenario"

/* What --wrap calls the product's own functions. */
/* NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming) */
void __real_looks_take(struct looks *looks, struct look *look, size_t count,
                       struct rlc_arena *arena);
void __wrap_looks_take(struct looks *looks, struct look *look, size_t count,
                       struct rlc_arena *arena);
void __real_round_submit(struct notifier_worker *worker, struct contact *contact);
void __wrap_round_submit(struct notifier_worker *worker, struct contact *contact);
bool __real_rlc_freshness_holds(const struct rlc_freshness_state *state, struct rlc_span tenant,
                                rlc_ms now_ms, bool stepped);
bool __wrap_rlc_freshness_holds(const struct rlc_freshness_state *state, struct rlc_span tenant,
                                rlc_ms now_ms, bool stepped);
enum rlc_status __real_rlc_redis_view_look(struct rlc_view *base, int32_t partition,
                                           struct rlc_look *ret_look, struct rlc_error *reterr);
enum rlc_status __wrap_rlc_redis_view_look(struct rlc_view *base, int32_t partition,
                                           struct rlc_look *ret_look, struct rlc_error *reterr);
enum rlc_status __real_rlc_redis_view_read(struct rlc_view *base, struct rlc_view_read *parts,
                                           size_t count, struct rlc_arena *arena,
                                           struct rlc_error *reterr);
enum rlc_status __wrap_rlc_redis_view_read(struct rlc_view *base, struct rlc_view_read *parts,
                                           size_t count, struct rlc_arena *arena,
                                           struct rlc_error *reterr);

/* ---- stopped between two steps ---- */

static bool may_be_sent(const struct look *look)
{
    return look->wait == LOOK_WAITS_FOR_NOTHING && look->reason == RLC_RETURN_REASON_UNSPECIFIED;
}

/* Under its name only once it is whole. */
static size_t write_looked(const struct look *look, size_t count)
{
    const char *path = getenv("SABOTAGE_LOOKED");
    char unfinished[512];
    size_t written = 0;
    FILE *file;

    if (!path)
        return 0;
    (void)snprintf(unfinished, sizeof(unfinished), "%s.new", path);
    file = fopen(unfinished, "we");
    for (size_t i = 0; file && i < count; i++) {
        struct rlc_span debtor = look[i].request->envelope.debtor;

        if (!may_be_sent(&look[i]))
            continue;
        (void)fprintf(file, "%.*s\n", (int)debtor.size, (const char *)debtor.data);
        written++;
    }
    if (file && fclose(file) == 0 && written)
        (void)rename(unfinished, path);
    return written;
}

void __wrap_looks_take(struct looks *looks, struct look *look, size_t count,
                       struct rlc_arena *arena)
{
    __real_looks_take(looks, look, count, arena);
    if (write_looked(look, count))
        saboteur_at("LOOKED");
}

void __wrap_round_submit(struct notifier_worker *worker, struct contact *contact)
{
    saboteur_at("SUBMIT");
    __real_round_submit(worker, contact);
}

/* ---- blind in one eye ---- */

bool __wrap_rlc_freshness_holds(const struct rlc_freshness_state *state, struct rlc_span tenant,
                                rlc_ms now_ms, bool stepped)
{
    return saboteur_without("intake") || __real_rlc_freshness_holds(state, tenant, now_ms, stepped);
}

/* Of scenario's slices only: the loop compares the seen of our own. */
static void open_gate(struct rlc_view *base, struct rlc_look *look)
{
    const char *prefix = rlc_redis_view_of(base)->prefix;
    size_t size = strlen(prefix);

    if (saboteur_without("gate") && size >= strlen(SCENARIO) &&
        strcmp(prefix + size - strlen(SCENARIO), SCENARIO) == 0)
        look->seen.seen = INT64_MAX;
}

enum rlc_status __wrap_rlc_redis_view_look(struct rlc_view *base, int32_t partition,
                                           struct rlc_look *ret_look, struct rlc_error *reterr)
{
    enum rlc_status status = __real_rlc_redis_view_look(base, partition, ret_look, reterr);

    if (status == RLC_OK)
        open_gate(base, ret_look);
    return status;
}

enum rlc_status __wrap_rlc_redis_view_read(struct rlc_view *base, struct rlc_view_read *parts,
                                           size_t count, struct rlc_arena *arena,
                                           struct rlc_error *reterr)
{
    enum rlc_status status = __real_rlc_redis_view_read(base, parts, count, arena, reterr);

    for (size_t i = 0; status == RLC_OK && i < count; i++)
        open_gate(base, &parts[i].look);
    return status;
}
/* NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming) */
