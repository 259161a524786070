/* SPDX-License-Identifier: Apache-2.0 */
/* A reproducible stream of numbers for property tests: same seed, same test, on every machine. */
#ifndef RLC_TESTS_RANDOM_H
#define RLC_TESTS_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state; /* the seed, then wherever the stream is */
};

/* The next 64 bits: a linear congruential step, with the weak low bits folded away. */
static inline uint64_t random_next(struct random *random)
{
    random->state = random->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return random->state ^ random->state >> 29;
}

/* A number from 0 to bound - 1. */
static inline uint64_t random_below(struct random *random, uint64_t bound)
{
    return random_next(random) % bound;
}

#endif
