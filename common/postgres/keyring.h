/* SPDX-License-Identifier: Apache-2.0 */
/* The keyring over the table data_key: one SELECT per batch, at most one INSERT and one more SELECT
 * for what is new, opened keys kept for a minute. */
#ifndef RLC_POSTGRES_KEYRING_H
#define RLC_POSTGRES_KEYRING_H

#include "common/postgres/connection.h"
#include "common/runtime/clock.h"
#include "common/runtime/keyring.h"

#define RLC_KEY_KEPT_MS 60000 /* an erasure takes effect everywhere within this time */
#define RLC_KEY_KEPT_MAX                                                                           \
    65536u /* opened keys in memory, about 12 MB; more than one batch needs                        \
            */

struct rlc_keyring_config {
    struct rlc_postgres_config postgres; /* role relance_keys */
    const char *tenant_keys;             /* folder of the tenants' keys; borrowed */
    struct rlc_clock clock;              /* for the minute */
};

/* A keyring; connects when it is first asked. NULL with an error if the configuration cannot be
 * used or memory is short. Closed by its own `close`. */
RLC_NODISCARD struct rlc_keyring *rlc_keyring_postgres_new(const struct rlc_keyring_config *config,
                                                           struct rlc_error *reterr);

/* Whether the log-in of `keyring`, one of the above, may read keys and, with `create`, add some, so
 * that this is known before the first record. RLC_FATAL with the remedy if it may not, or if the
 * database has no such table; RLC_RETRY if the server is away: nothing is known. Blocks. */
RLC_NODISCARD enum rlc_status rlc_keyring_postgres_check(struct rlc_keyring *keyring, bool create,
                                                         struct rlc_error *reterr);

#endif
