/* SPDX-License-Identifier: Apache-2.0 */
/* Freshness of the intake (common/runtime/freshness.h) in Redis: one hash, {<prefix>}:fresh, with
 * the field `expect` (lines "tenant|source|partitions") and a field "source|partition" for each
 * partition ("position watermark behind-since at"). */
#ifndef RLC_REDIS_FRESHNESS_H
#define RLC_REDIS_FRESHNESS_H

#include "common/redis/settings.h"
#include "common/runtime/freshness.h"

/* Opens a handle with a connection of its own. `prefix` names the installation; rules for it, for
 * the first connection and for errors are those of rlc_redis_view_open(). The caller owns the
 * handle and closes it with its close(). */
RLC_NODISCARD enum rlc_status rlc_redis_freshness_open(const struct rlc_redis_settings *settings,
                                                       const char *prefix,
                                                       struct rlc_freshness **ret_freshness,
                                                       struct rlc_error *reterr);

#endif
