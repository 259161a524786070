/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/murmur2.h"

#include <assert.h>

/* The constants of MurmurHash2 and the seed that the Java client chose. */
#define MURMUR2_MULTIPLIER UINT32_C(0x5bd1e995)
#define MURMUR2_SHIFT      24
#define MURMUR2_SEED       UINT32_C(0x9747b28c)

static uint32_t read_little_endian(const uint8_t *data)
{
    return (uint32_t)data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 |
           (uint32_t)data[3] << 24;
}

static uint32_t mix_word(uint32_t hash, uint32_t word)
{
    word *= MURMUR2_MULTIPLIER;
    word ^= word >> MURMUR2_SHIFT;
    word *= MURMUR2_MULTIPLIER;
    return (hash * MURMUR2_MULTIPLIER) ^ word;
}

static uint32_t mix_tail(uint32_t hash, const uint8_t *tail, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash ^= (uint32_t)tail[i] << (8 * i);
    return hash * MURMUR2_MULTIPLIER;
}

int32_t rlc_murmur2(struct rlc_span bytes)
{
    size_t words = bytes.size / 4;
    /* The length is an int in Java; keys are far below its limit, and it wraps all the same. */
    uint32_t hash = MURMUR2_SEED ^ (uint32_t)bytes.size;

    for (size_t i = 0; i < words; i++)
        hash = mix_word(hash, read_little_endian(bytes.data + 4 * i));
    if (bytes.size % 4 != 0)
        hash = mix_tail(hash, bytes.data + 4 * words, bytes.size % 4);
    hash ^= hash >> 13;
    hash *= MURMUR2_MULTIPLIER;
    hash ^= hash >> 15;
    return (int32_t)hash;
}

int32_t rlc_partition_of(struct rlc_span key, int32_t partitions)
{
    assert(partitions > 0);
    /* The client masks the sign away; it does not take the absolute value. */
    return (rlc_murmur2(key) & INT32_MAX) % partitions;
}
