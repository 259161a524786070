/* SPDX-License-Identifier: Apache-2.0 */
/* A small audit worker for tests of the trail alone: a topic in memory, and a hand that stores it
 * batch by batch as the worker does. */
#ifndef RLC_TESTS_TRAIL_WRITER_H
#define RLC_TESTS_TRAIL_WRITER_H

#include "common/postgres/trail.h"
#include "common/postgres/verify.h"
#include "tests/support/fact_maker.h"

/* One partition of debtor-facts; a fact has its number as offset. */
struct trail_topic {
    int32_t partition;
    size_t count;
    struct rlc_span *records;
    uint8_t **bytes; /* what they borrow */
    struct rlc_hash genesis;
    struct rlc_chain end; /* behind the last record */
};

struct trail_topic trail_topic_make(int32_t partition, size_t count);
void trail_topic_free(struct trail_topic *topic);

/* Stores up to `max` records behind `end` of the topic and moves `end`. */
RLC_NODISCARD enum rlc_status trail_write(struct rlc_postgres *postgres,
                                          const struct trail_topic *topic,
                                          struct rlc_trail_end *end, size_t max,
                                          struct rlc_error *reterr);

/* Stores what is left of a topic in batches, asking for the end after every failure, as the loop
 * does. Returns how many attempts failed. */
size_t trail_write_all(struct rlc_postgres *postgres, const struct trail_topic *topic, size_t max);

/* Anchor of a topic whose records are all in the log. */
struct rlc_trail_anchor trail_anchor(const struct trail_topic *topic);

/* Verifies the trail against the topics; returns the number of findings, the first in `ret_first`
 * (may be NULL). */
int64_t trail_verify(struct rlc_postgres *postgres, const struct trail_topic *topics, size_t count,
                     struct rlc_trail_finding *ret_first);

#endif
