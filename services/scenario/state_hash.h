/* SPDX-License-Identifier: Apache-2.0 */
/* One hash for each debtor, over all that scenario remembers of it: equal where two installations
 * have come to the same, whatever they run on.
 *
 * Left out, because it differs without saying anything else:
 *   - what is sealed: every installation draws data keys of its own; and hashes of bodies, which
 *     hold what is sealed. Digests of addresses stay: they follow from the tenant's key;
 *   - places in the log (topic, partition, offset), which aborted transactions and control records
 *     move: how many there are stays;
 *   - the time of day of agreements and scores (their days stay), and when a task was opened. What
 *     an event decides is dated by the newest record that its partition has read, of whatever
 *     debtor, and the order between debtors that came by different partitions of a source is
 *     anybody's;
 *   - what belongs to the tenant: the scope and commands.
 * With another tenant key natural persons have other pseudonyms, and so another hash. */
#ifndef SCENARIO_STATE_HASH_H
#define SCENARIO_STATE_HASH_H

#include "common/pure/span.h"
#include "common/wire/envelope.h"

struct state_hashes;

/* Of one debtor. */
struct state_hash {
    struct rlc_span debtor; /* D, `<tenant>/<debtor>`; borrowed */
    size_t records;
    struct rlc_hash hash;
};

/* NULL when memory is short. */
RLC_NODISCARD struct state_hashes *state_hashes_new(void);
void state_hashes_free(struct state_hashes *hashes); /* accepts NULL */

/* Takes a record of the changelog, in the order of its partition (a newer record of a key replaces
 * the older one; `value` without data: it is gone). Records of other kinds are passed over. False
 * when memory is short. */
RLC_NODISCARD bool state_hashes_take(struct state_hashes *hashes, struct rlc_span key,
                                     struct rlc_span value);

/* All were taken. False when memory is short, or a record cannot be read by this version. */
RLC_NODISCARD bool state_hashes_close(struct state_hashes *hashes);

/* Debtors by name, from 0 on, once it is closed; false behind the last one. */
bool state_hashes_get(const struct state_hashes *hashes, size_t number,
                      struct state_hash *ret_hash);

/* One hash over all of them. */
struct rlc_hash state_hashes_all(const struct state_hashes *hashes);

#endif
