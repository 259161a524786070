/* SPDX-License-Identifier: Apache-2.0 */
/* The notifier of an installation in memory, with everything it borrows: its handles on log and hot
 * state, and an outbox for a relay. */
#ifndef EMBEDDED_SENDER_H
#define EMBEDDED_SENDER_H

#include "common/memory/installation.h"
#include "common/runtime/keyring.h"

/* Everything is borrowed. */
struct sender_config {
    const struct rlc_memory_installation *installation;
    struct rlc_clock clock;
    struct rlc_keyring *keyring;
    const struct rlc_bundles *bundles;
    const struct rlc_seal_key *tenant_key; /* of the one tenant there is */
    const char *mails;                     /* folder; NULL: mails are only counted */
};

/* The service; its self is what sender_new() makes. */
struct rlc_service sender_service(void);

/* NULL with an error. */
RLC_NODISCARD void *sender_new(const struct sender_config *config, struct rlc_error *reterr);
void sender_free(void *self); /* accepts NULL */

/* Mails that have left. */
int64_t sender_mails(const void *self);

#endif
