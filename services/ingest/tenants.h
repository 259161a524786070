/* SPDX-License-Identifier: Apache-2.0 */
/* The tenants that this installation serves, each with its pseudonym key: what a natural person's
 * id and equal addresses are recognised by. That key is never rotated, or every natural person
 * would become somebody else. */
#ifndef INGEST_TENANTS_H
#define INGEST_TENANTS_H

#include "common/pure/text.h"
#include "common/runtime/config/config.h"
#include "common/runtime/seal.h"
#include "common/wire/envelope.h"
#include "json/canonical.h"

#define TENANTS_MAX ((size_t)2 * RLC_CONFIG_ITEMS_MAX) /* those listed, and those of sources */

struct tenant {
    char name[RLC_TENANT_MAX + 1];
    struct rlc_seal_key pseudonyms;
};

struct tenants {
    struct tenant tenant[TENANTS_MAX];
    struct rlc_span name[TENANTS_MAX]; /* of tenant[i] */
    size_t count;
};

/* Adds a tenant, once; its name is valid (rlc_tenant_valid). */
void tenants_add(struct tenants *tenants, struct rlc_span name);

/* Reads all pseudonym keys from `<folder>/<tenant>.key` (rlc_tenant_key_read). RLC_RETRY: one is
 * missing, the text names it; RLC_FATAL: one cannot be used. */
RLC_NODISCARD enum rlc_status tenants_read_keys(struct tenants *tenants, const char *folder,
                                                struct rlc_error *reterr);

/* A tenant by name; NULL if it is none of them. */
const struct tenant *tenants_find(const struct tenants *tenants, struct rlc_span name);

/* The list for canonical_decode(). */
struct tenant_names tenants_names(const struct tenants *tenants);

/* What takes the place of a natural person's id: the first half of HMAC-SHA-256(key,
 * "relance-pseudonym" NUL id) as lower-case hexadecimal digits. */
void tenant_pseudonym(const struct tenant *tenant, struct rlc_span id,
                      char ret_pseudonym[PSEUDONYM_SIZE]);

/* HMAC-SHA-256(key, "relance-address" NUL address); an e-mail address in lower case, so that two
 * ways of writing it are equal. `address` has at most 1,000 bytes. */
struct rlc_hash tenant_address_digest(const struct tenant *tenant, struct rlc_span address);

/* Overwrites all keys. */
void tenants_forget(struct tenants *tenants);

#endif
