/* SPDX-License-Identifier: Apache-2.0 */
/* State records by key. Keys are built on the stack; the overlay copies those it does not know. */
#ifndef SCENARIO_CORE_STORE_H
#define SCENARIO_CORE_STORE_H

#include "common/pure/overlay.h"

#include "core/records.h"

/* Room for the longest key: kind, tenant, debtor, creditor, word, id and what separates them. */
#define STORE_KEY_ROOM 640

struct store_key {
    uint8_t room[STORE_KEY_ROOM];
    struct rlc_span span; /* into `room`: a store_key is never copied */
};

void store_key_debtor(struct rlc_span debtor, struct store_key *ret_key);
void store_key_book(struct rlc_span debtor, struct store_key *ret_key);
void store_key_account(struct rlc_span debtor, struct rlc_span creditor, struct store_key *ret_key);
void store_key_page(struct rlc_span debtor, struct rlc_span creditor, uint32_t page,
                    struct store_key *ret_key);
void store_key_receivable(struct rlc_span debtor, struct rlc_span creditor,
                          struct rlc_span document, struct store_key *ret_key);
void store_key_settlement(struct rlc_span debtor, struct rlc_span creditor,
                          enum rlc_settlement_kind kind, struct rlc_span id,
                          struct store_key *ret_key);
/* Holds are the debtor's, whatever they cover: their `creditor` is not part of the key. */
void store_key_agreement(struct rlc_span debtor, struct rlc_span creditor,
                         enum rlc_agreement_kind kind, struct rlc_span id,
                         struct store_key *ret_key);
void store_key_contact(struct rlc_span debtor, const struct rlc_action_id *action,
                       struct store_key *ret_key);
void store_key_task(struct rlc_span debtor, struct rlc_span task, struct store_key *ret_key);
/* `owner` is a debtor's key or a tenant. */
void store_key_command(struct rlc_span owner, struct rlc_span command, struct store_key *ret_key);
void store_key_scope(struct rlc_span tenant, struct store_key *ret_key);
void store_key_decided_scope(struct rlc_span tenant, struct store_key *ret_key);

/* 32 lower-case hexadecimal digits, without NUL. */
#define STORE_HEX_SIZE 32
void store_hex(const struct rlc_action_id *action, uint8_t ret_hex[STORE_HEX_SIZE]);

/* The record, or NULL. `change` also marks it as changed. The key must be known. */
void *store_get(const struct rlc_overlay *overlay, const struct store_key *key);
void *store_change(struct rlc_overlay *overlay, const struct store_key *key);

/* The record to change; a zeroed one of `size` bytes if there is none. */
void *store_open(struct rlc_overlay *overlay, const struct store_key *key, size_t size);

#endif
