/* SPDX-License-Identifier: Apache-2.0 */
/* What a contender wrote, in one number a topic: the sum of the FNV-1a hashes of its records, key
 * and value, so that the order of partitions does not matter and each byte does. */
#ifndef RC1_DIGEST_H
#define RC1_DIGEST_H

#include "tests/bench/rc1/core.h"

struct rc1_digest {
    int64_t records;
    uint64_t sum;
};

void rc1_digest_add(struct rc1_digest *digest, struct rlc_span key, struct rlc_span value);

/* Of everything that a contender writes. */
enum rc1_output { RC1_FACTS, RC1_COMMANDS, RC1_AUDIT, RC1_STATES, RC1_OUTPUTS };

/* What a run of so many events of so many debtors over so many partitions must write; of the states
 * the last one of each debtor. False if memory is short. */
RLC_NODISCARD bool rc1_predict(int64_t events, int64_t debtors, int32_t partitions,
                               struct rc1_digest ret_digests[RC1_OUTPUTS]);

/* Prints the digests on one line, as JSON. */
void rc1_digests_print(const struct rc1_digest digests[RC1_OUTPUTS]);

#endif
