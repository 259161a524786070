/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical JSON of upstream (proto/README.md, sections 1 to 3) as a struct. */
#ifndef INGEST_JSON_CANONICAL_H
#define INGEST_JSON_CANONICAL_H

#include "common/pure/arena.h"
#include "common/wire/debtor_event.h"

/* Characters of a natural person's pseudonym, which takes the place of its id. */
#define PSEUDONYM_SIZE 32

/* A personal value: clear in `target->bytes`, without key id, until it is sealed. */
struct personal {
    struct rlc_sealed *target;
    struct rlc_hash *digest; /* of an address: where its keyed digest goes; else NULL */
    struct personal *next;
};

/* An identifier inside `data` that a natural person's pseudonym takes the place of. */
struct alias {
    struct rlc_span *target;
    bool is_subject; /* may go on behind the debtor's id: "<debtor>/<contact>" */
    struct alias *next;
};

/* A record that was understood. */
struct intake_event {
    /* Envelope: whose it is, who said so, when; the rest is the caller's. A natural person's id is
     * still the sender's. Values with defaults are filled in. */
    struct rlc_debtor_event event;
    struct personal *personal;
    struct alias *aliases;           /* to be replaced where `natural` */
    bool natural;                    /* the debtor is a natural person */
    size_t key;                      /* the caller's: place of the subject's data key */
    const struct rlc_fault *refusal; /* the caller's: why it is refused all the same; NULL */
};

/* Who may be named: a list of valid tenants. */
struct tenant_names {
    const struct rlc_span *names;
    size_t count;
};

/* Reads one record of a source. `fixed` is the tenant of the source's configuration, or empty; then
 * the record must name one of `tenants`. RLC_OK; RLC_REJECT with code and place; RLC_RETRY where
 * the arena is full, which is then as it was. Everything lives in the arena. */
RLC_NODISCARD enum rlc_status canonical_decode(struct rlc_span bytes, struct rlc_span fixed,
                                               const struct tenant_names *tenants,
                                               struct rlc_arena *arena,
                                               struct intake_event **ret_event,
                                               struct rlc_fault *ret_fault);

/* Faults of one record that are told; more are the same mistake. */
#define CANONICAL_FAULTS_MAX 16

struct canonical_faults {
    struct rlc_fault fault[CANONICAL_FAULTS_MAX]; /* one a place, in the order of the schema */
    size_t count;
};

/* The same, for whoever looks at what they are about to send: all that is wrong at once, and what
 * does not exist by the name that it was given. Nothing of it may be kept: a name may say whom it
 * is about. What a record says as a whole is looked at only when each member is right. */
RLC_NODISCARD enum rlc_status canonical_faults(struct rlc_span bytes, struct rlc_span fixed,
                                               const struct tenant_names *tenants,
                                               struct rlc_arena *arena,
                                               struct canonical_faults *ret_faults);

#endif
