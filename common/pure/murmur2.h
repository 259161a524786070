/* SPDX-License-Identifier: Apache-2.0 */
/* Which partition a key belongs to. The answer is part of the stored data: it must be the one that
 * the Java client's default partitioner gives, for ever. */
#ifndef RLC_PURE_MURMUR2_H
#define RLC_PURE_MURMUR2_H

#include "common/pure/base.h"
#include "common/pure/span.h"

/* The 32-bit hash of `bytes`, equal to org.apache.kafka.common.utils.Utils.murmur2. */
int32_t rlc_murmur2(struct rlc_span bytes);

/* The partition of `key`, 0 to partitions - 1. `partitions` must be positive. */
int32_t rlc_partition_of(struct rlc_span key, int32_t partitions);

#endif
