/* SPDX-License-Identifier: Apache-2.0 */
/* The hot state (common/runtime/view.h) in Redis.
 *
 * Per partition p five keys under one hash tag, so that a cluster keeps them together:
 *   {<prefix>:p}:h  HASH   record key -> bytes
 *   {<prefix>:p}:t  ZSET   subject -> when it wants to be woken, RLC_MS_NEVER = not
 *   {<prefix>:p}:f  HASH   the fence, with the number of subjects and the first timer
 *   {<prefix>:p}:s  HASH   seen
 *   {<prefix>:p}:e  STRING the counter of owner epochs; a wipe leaves it alone
 *
 * Beyond the contract of view.h:
 * - Connects at the first call and again after any failure; a server that refuses (loading, out of
 *   memory, read-only, wrong password) is RLC_RETRY with its reason, and asked again by the next
 *   call. A call takes at most connect_timeout_ms plus twice call_timeout_ms.
 * - A slice is reported without fence when one of its keys has a type or content that we never
 *   write, or when timers are missing: a wipe repairs that.
 * - RLC_REJECT when the arena is too small for what is read. */
#ifndef RLC_REDIS_VIEW_REDIS_H
#define RLC_REDIS_VIEW_REDIS_H

#include "common/redis/settings.h"
#include "common/runtime/view.h"

/* Longest prefix of keys: two names of 64 bytes and a separator fit. */
#define RLC_REDIS_PREFIX_MAX 160u

/* Opens a view. `prefix` names installation and worker; it is copied, and may not be empty, longer
 * than RLC_REDIS_PREFIX_MAX or contain '{' or '}'. Tries the server once: one that cannot be
 * reached is no error here. RLC_FATAL, with what to change, when the settings are wrong, when the
 * server may drop keys (maxmemory-policy is not noeviction), or when there is no memory. The caller
 * owns the view and closes it with its close(). */
RLC_NODISCARD enum rlc_status rlc_redis_view_open(const struct rlc_redis_settings *settings,
                                                  const char *prefix, struct rlc_view **ret_view,
                                                  struct rlc_error *reterr);

/* Whether the newest connection was to a server that hides its maxmemory-policy (INFO forbidden):
 * then somebody else must make sure that it is noeviction. */
bool rlc_redis_view_policy_hidden(const struct rlc_view *view);

#endif
