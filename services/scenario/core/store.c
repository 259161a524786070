/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store.h"

#include <assert.h>

#include "common/pure/key.h"
#include "common/pure/text.h"

static void build(char kind, const struct rlc_span *part, size_t count, struct store_key *ret_key)
{
    struct rlc_arena arena;

    rlc_arena_init(&arena, ret_key->room, sizeof(ret_key->room));
    ret_key->span = rlc_key_build(&arena, kind, part, count);
    assert(ret_key->span.data);
}

void store_key_debtor(struct rlc_span debtor, struct store_key *ret_key)
{
    build('d', &debtor, 1, ret_key);
}

void store_key_book(struct rlc_span debtor, struct store_key *ret_key)
{
    build('h', &debtor, 1, ret_key);
}

void store_key_account(struct rlc_span debtor, struct rlc_span creditor, struct store_key *ret_key)
{
    struct rlc_span part[] = { debtor, creditor };

    build('a', part, RLC_COUNT(part), ret_key);
}

void store_key_page(struct rlc_span debtor, struct rlc_span creditor, uint32_t page,
                    struct store_key *ret_key)
{
    uint8_t room[64];
    struct rlc_arena arena;

    rlc_arena_init(&arena, room, sizeof(room));

    struct rlc_span part[] = { debtor, creditor, rlc_key_u64(&arena, page) };

    build('o', part, RLC_COUNT(part), ret_key);
}

void store_key_receivable(struct rlc_span debtor, struct rlc_span creditor,
                          struct rlc_span document, struct store_key *ret_key)
{
    struct rlc_span part[] = { debtor, creditor, document };

    build('r', part, RLC_COUNT(part), ret_key);
}

void store_key_settlement(struct rlc_span debtor, struct rlc_span creditor,
                          enum rlc_settlement_kind kind, struct rlc_span id,
                          struct store_key *ret_key)
{
    static const char *const WORD[] = { [RLC_SETTLEMENT_KIND_PAYMENT] = "payment",
                                        [RLC_SETTLEMENT_KIND_CREDIT_NOTE] = "credit",
                                        [RLC_SETTLEMENT_KIND_WRITE_OFF] = "writeoff" };
    struct rlc_span part[] = { debtor, creditor, rlc_span_of(WORD[kind]), id };

    build('p', part, RLC_COUNT(part), ret_key);
}

void store_key_agreement(struct rlc_span debtor, struct rlc_span creditor,
                         enum rlc_agreement_kind kind, struct rlc_span id,
                         struct store_key *ret_key)
{
    static const char *const WORD[] = { [RLC_AGREEMENT_KIND_DISPUTE] = "dispute",
                                        [RLC_AGREEMENT_KIND_PROMISE] = "promise",
                                        [RLC_AGREEMENT_KIND_PLAN] = "plan",
                                        [RLC_AGREEMENT_KIND_OFFER] = "offer",
                                        [RLC_AGREEMENT_KIND_HOLD] = "hold" };
    struct rlc_span hold[] = { debtor, rlc_span_of(WORD[kind]), id };
    struct rlc_span other[] = { debtor, creditor, rlc_span_of(WORD[kind]), id };

    if (kind == RLC_AGREEMENT_KIND_HOLD)
        build('g', hold, RLC_COUNT(hold), ret_key);
    else
        build('g', other, RLC_COUNT(other), ret_key);
}

void store_hex(const struct rlc_action_id *action, uint8_t ret_hex[STORE_HEX_SIZE])
{
    rlc_hex_write(action->bytes, sizeof(action->bytes), ret_hex);
}

void store_key_contact(struct rlc_span debtor, const struct rlc_action_id *action,
                       struct store_key *ret_key)
{
    uint8_t hex[STORE_HEX_SIZE];

    store_hex(action, hex);

    struct rlc_span part[] = { debtor, rlc_span_from(hex, sizeof(hex)) };

    build('c', part, RLC_COUNT(part), ret_key);
}

void store_key_task(struct rlc_span debtor, struct rlc_span task, struct store_key *ret_key)
{
    struct rlc_span part[] = { debtor, task };

    build('k', part, RLC_COUNT(part), ret_key);
}

void store_key_command(struct rlc_span owner, struct rlc_span command, struct store_key *ret_key)
{
    struct rlc_span part[] = { owner, command };

    build('q', part, RLC_COUNT(part), ret_key);
}

void store_key_scope(struct rlc_span tenant, struct store_key *ret_key)
{
    build('s', &tenant, 1, ret_key);
}

void store_key_decided_scope(struct rlc_span tenant, struct store_key *ret_key)
{
    build('t', &tenant, 1, ret_key);
}

void *store_get(const struct rlc_overlay *overlay, const struct store_key *key)
{
    return rlc_overlay_get(overlay, key->span);
}

void *store_change(struct rlc_overlay *overlay, const struct store_key *key)
{
    return rlc_overlay_change(overlay, key->span);
}

void *store_open(struct rlc_overlay *overlay, const struct store_key *key, size_t size)
{
    void *record = NULL;

    if (rlc_overlay_find(overlay, key->span))
        record = rlc_overlay_change(overlay, key->span);
    if (record)
        return record;
    record = rlc_overlay_put(overlay, key->span, size);
    *(uint32_t *)record = RECORD_FORMAT;
    return record;
}
