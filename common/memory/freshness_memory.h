/* SPDX-License-Identifier: Apache-2.0 */
/* Freshness of the intake (common/runtime/freshness.h) in memory, kept in a store as the one in
 * Redis is kept beside the hot state: who forgets the one forgets the other. */
#ifndef RLC_MEMORY_FRESHNESS_H
#define RLC_MEMORY_FRESHNESS_H

#include "common/memory/view_memory.h"
#include "common/runtime/freshness.h"

/* A handle on the store, which must outlive it. NULL when memory is short. Beyond the contract of
 * freshness.h: RLC_FATAL when the system has no memory. */
RLC_NODISCARD struct rlc_freshness *rlc_memory_freshness_open(struct rlc_memory_store *store);

#endif
