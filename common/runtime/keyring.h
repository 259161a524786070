/* SPDX-License-Identifier: Apache-2.0 */
/* Where the data keys of subjects come from. A subject is the unit of erasure: a debtor (its id) or
 * a contact person. Its key is wrapped by the tenant's key, made once and never replaced: not even
 * after an erasure, so that whatever is still sealed under it stays closed for ever.
 *
 * Implemented over PostgreSQL (common/postgres/keyring.h) and in memory
 * (common/memory/keyring_memory.h). One thread uses a keyring. */
#ifndef RLC_RUNTIME_KEYRING_H
#define RLC_RUNTIME_KEYRING_H

#include "common/pure/span.h"
#include "common/pure/status.h"
#include "common/runtime/seal.h"

/* Characters of a key id: 16 bytes as lower-case hexadecimal digits. */
#define RLC_KEY_ID_SIZE 32

/* Most subjects of one call: a full batch in which every event names a debtor and three people. */
#define RLC_KEY_WANTS_MAX 40000u

struct rlc_key_want {
    struct rlc_span tenant;  /* valid (rlc_tenant_valid) */
    struct rlc_span subject; /* valid (rlc_id_valid) */
};

enum rlc_key_state {
    RLC_KEY_MISSING = 0, /* no such key, and it was not to be created */
    RLC_KEY_OPEN,        /* `key` may be used */
    RLC_KEY_ERASED,      /* the subject was erased: what comes for it is dropped */
    RLC_KEY_NO_TENANT,   /* this process has no key of that tenant */
    RLC_KEY_UNREADABLE   /* there is a key, but this tenant's key does not open it */
};

/* A subject's data key as asked for. Whoever holds one forgets `key` (rlc_seal_key_forget) as soon
 * as the batch is sealed or opened. */
struct rlc_data_key {
    enum rlc_key_state state;
    char id[RLC_KEY_ID_SIZE + 1]; /* always set; goes into Sealed.key_id */
    struct rlc_seal_key key;      /* with RLC_KEY_OPEN; all zero otherwise */
};

struct rlc_keyring;

struct rlc_keyring_ops {
    /* Fills `ret_keys[i]` for `wants[i]`, i < count <= RLC_KEY_WANTS_MAX; the same subject may be
     * named more than once. With `create_missing` what is missing is created: an orphan, created
     * for a batch that is then aborted, is harmless. On RLC_OK every key has a state. RLC_RETRY:
     * the store is away, ask again. RLC_FATAL: somebody has to look (no rights, no table). On
     * anything but RLC_OK no key is left in `ret_keys`. Blocks. */
    enum rlc_status (*open)(struct rlc_keyring *keyring, const struct rlc_key_want *wants,
                            size_t count, bool create_missing, struct rlc_data_key *ret_keys,
                            struct rlc_error *reterr);
    /* Overwrites opened keys that are kept for longer than allowed. Called between batches, idle or
     * not, so that a key is gone in time also where nobody asks any more. */
    void (*expire)(struct rlc_keyring *keyring);
    /* Overwrites all keys and frees everything. */
    void (*close)(struct rlc_keyring *keyring);
};

/* Implementations embed this as their first member. */
struct rlc_keyring {
    const struct rlc_keyring_ops *ops;
};

/* The id of a subject's key: the first half of SHA-256("relance-data-key" NUL tenant NUL subject)
 * in hexadecimal digits. Derived, so that two processes that create it at once agree, and that
 * one look-up by id is enough; it says no more than the subject's own pseudonymous id. */
void rlc_data_key_id(struct rlc_span tenant, struct rlc_span subject,
                     char ret_id[RLC_KEY_ID_SIZE + 1]);

/* Overwrites `count` data keys. */
void rlc_data_keys_forget(struct rlc_data_key *keys, size_t count);

/* ---- tenants' keys ---- */

/* Reads the key of a tenant from `<folder>/<tenant>.key`: 128 hexadecimal digits, white space
 * around them ignored. RLC_REJECT: there is no such file; RLC_FATAL: it cannot be used (not
 * readable, readable by everybody, not 128 digits); the text names the file, never its content. */
RLC_NODISCARD enum rlc_status rlc_tenant_key_read(const char *folder, struct rlc_span tenant,
                                                  struct rlc_seal_key *ret_key,
                                                  struct rlc_error *reterr);

/* A data key sealed under the tenant's key: RLC_WRAPPED_KEY_SIZE bytes in the arena; {NULL, 0} if
 * the arena is full. */
#define RLC_WRAPPED_KEY_SIZE (RLC_SEAL_KEY_SIZE + RLC_SEAL_TAG_SIZE)
struct rlc_span rlc_data_key_wrap(const struct rlc_seal_key *tenant_key, struct rlc_span tenant,
                                  const struct rlc_data_key *data_key, struct rlc_arena *arena);

/* Opens a wrapped key into `data_key` (its id must be set) and sets its state to RLC_KEY_OPEN or
 * RLC_KEY_UNREADABLE. */
void rlc_data_key_unwrap(const struct rlc_seal_key *tenant_key, struct rlc_span tenant,
                         struct rlc_span wrapped, struct rlc_data_key *data_key);

#endif
