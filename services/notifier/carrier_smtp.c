/* SPDX-License-Identifier: Apache-2.0 */
#include "carrier_smtp.h"

#include <stdlib.h>

#include "common/runtime/error.h"

struct carrier_smtp {
    struct carrier carrier;
    struct rlc_smtp_pool *pool;
};

static struct rlc_smtp_pool *pool_of(struct carrier *carrier)
{
    return ((struct carrier_smtp *)carrier)->pool;
}

static enum rlc_status claim(struct carrier *carrier, struct rlc_span to,
                             struct rlc_smtp_claim *ret_claim, int64_t *ret_wait_ms,
                             struct rlc_error *reterr)
{
    return rlc_smtp_pool_claim(pool_of(carrier), to, ret_claim, ret_wait_ms, reterr);
}

static void release(struct carrier *carrier, struct rlc_smtp_claim claimed)
{
    rlc_smtp_pool_release(pool_of(carrier), claimed);
}

static enum rlc_status submit(struct carrier *carrier, struct rlc_smtp_claim claimed,
                              const struct rlc_smtp_mail *mail, struct rlc_error *reterr)
{
    return rlc_smtp_pool_submit(pool_of(carrier), claimed, mail, reterr);
}

static bool collect(struct carrier *carrier, struct rlc_smtp_result *ret_result)
{
    return rlc_smtp_pool_collect(pool_of(carrier), ret_result);
}

static void close_carrier(struct carrier *carrier)
{
    rlc_smtp_pool_close(pool_of(carrier));
    free(carrier);
}

static const struct carrier_ops OPS = { claim, release, submit, collect, close_carrier };

enum rlc_status carrier_smtp_open(const struct rlc_smtp_settings *settings,
                                  struct carrier **ret_carrier, struct rlc_error *reterr)
{
    struct carrier_smtp *carrier = calloc(1, sizeof(*carrier));
    enum rlc_status status;

    if (!carrier)
        return rlc_error_set(reterr, RLC_FATAL, "smtp", 0, "out of memory");
    status = rlc_smtp_pool_open(settings, &carrier->pool, reterr);
    if (status != RLC_OK) {
        free(carrier);
        return status;
    }
    carrier->carrier.ops = &OPS;
    for (size_t i = 0; i < settings->relay_count; i++)
        carrier->carrier.connections += (size_t)settings->relays[i].connections;
    *ret_carrier = &carrier->carrier;
    return RLC_OK;
}
