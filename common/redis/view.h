/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the view share. Inside of common/redis. */
#ifndef RLC_REDIS_VIEW_H
#define RLC_REDIS_VIEW_H

#include "common/redis/script.h"
#include "common/redis/slice.h"

struct rlc_redis_view {
    struct rlc_view base;
    struct rlc_redis *redis;
    struct rlc_redis_command command; /* reused by every call */
    struct rlc_redis_hash script[RLC_REDIS_SCRIPTS];
    char prefix[RLC_REDIS_PREFIX_MAX + 1];
};

static inline struct rlc_redis_view *rlc_redis_view_of(struct rlc_view *base)
{
    return (struct rlc_redis_view *)base;
}

/* Starts a round trip; what ails the server is never worse than RLC_RETRY for a view. */
RLC_NODISCARD enum rlc_status rlc_redis_view_begin(struct rlc_redis_view *view,
                                                   struct rlc_error *reterr);

/* look.c, read.c */
enum rlc_status rlc_redis_view_look(struct rlc_view *base, int32_t partition,
                                    struct rlc_look *ret_look, struct rlc_error *reterr);
enum rlc_status rlc_redis_view_read(struct rlc_view *base, struct rlc_view_read *parts,
                                    size_t count, struct rlc_arena *arena,
                                    struct rlc_error *reterr);
enum rlc_status rlc_redis_view_due(struct rlc_view *base, struct rlc_view_due *due,
                                   struct rlc_arena *arena, struct rlc_error *reterr);

/* apply.c */
enum rlc_status rlc_redis_view_apply(struct rlc_view *base, struct rlc_view_apply *parts,
                                     size_t count, struct rlc_error *reterr);
enum rlc_status rlc_redis_view_apply_send(struct rlc_view *base, struct rlc_view_apply *parts,
                                          size_t count, struct rlc_error *reterr);
enum rlc_status rlc_redis_view_apply_receive(struct rlc_view *base, struct rlc_view_apply *parts,
                                             size_t count, struct rlc_error *reterr);

#endif
