/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cover.h"

#include <assert.h>

#include "core/ladder.h"

#define COVER_OF(record)                                                                           \
    ((struct cover){ .blocks = &(record)->blocks,                                                  \
                     .block_count = &(record)->block_count,                                        \
                     .block_capacity = &(record)->block_capacity,                                  \
                     .stops = &(record)->stops,                                                    \
                     .stop_count = &(record)->stop_count,                                          \
                     .stop_capacity = &(record)->stop_capacity,                                    \
                     .restart_on = &(record)->restart_on })

struct cover cover_of_debtor(struct rlc_debtor_record *debtor)
{
    return COVER_OF(debtor);
}

struct cover cover_of_account(struct rlc_account_record *account)
{
    return COVER_OF(account);
}

struct cover cover_of_receivable(struct rlc_receivable_record *receivable)
{
    return COVER_OF(receivable);
}

static int order(const struct rlc_block *block, enum rlc_agreement_kind kind, struct rlc_span id)
{
    if (block->kind != kind)
        return block->kind < kind ? -1 : 1;
    return rlc_span_compare(block->id, id);
}

/* Place of the agreement's block, or where it belongs. */
static size_t place_of(const struct cover *cover, enum rlc_agreement_kind kind, struct rlc_span id,
                       bool *ret_found)
{
    size_t i = 0;

    while (i < *cover->block_count && order(&(*cover->blocks)[i], kind, id) < 0)
        i++;
    *ret_found = i < *cover->block_count && order(&(*cover->blocks)[i], kind, id) == 0;
    return i;
}

bool cover_has_room(const struct cover *cover, enum rlc_agreement_kind kind, struct rlc_span id)
{
    bool found;

    (void)place_of(cover, kind, id, &found);
    return found || *cover->block_count < BLOCKS_MAX;
}

void cover_lay(struct decision *decision, const struct cover *cover, const struct rlc_block *block)
{
    bool found;
    size_t place = place_of(cover, block->kind, block->id, &found);

    assert(found || *cover->block_count < BLOCKS_MAX);
    if (found)
        (*cover->blocks)[place] = *block;
    else
        *LIST_INSERT(decision, *cover->blocks, *cover->block_count, *cover->block_capacity, place) =
            *block;
}

static void note_clock(struct decision *decision, const struct cover *cover,
                       const struct rlc_block *block, rlc_ms until_ms)
{
    struct rlc_stop stop = { .from_on = rlc_zone_day(decision->zone, block->from_ms),
                             .to_on = rlc_zone_day(decision->zone, until_ms) };

    /* Lifted before it began: it never was. */
    if (until_ms <= block->from_ms)
        return;
    if (block->clock == RLC_CLOCK_EFFECT_RESTART && stop.to_on > *cover->restart_on)
        *cover->restart_on = stop.to_on;
    if (block->clock == RLC_CLOCK_EFFECT_STOP || block->clock == RLC_CLOCK_EFFECT_RESTART)
        ladder_note_stop(decision, cover->stops, cover->stop_count, cover->stop_capacity, stop);
}

bool cover_lift(struct decision *decision, const struct cover *cover, enum rlc_agreement_kind kind,
                struct rlc_span id, rlc_ms until_ms)
{
    bool found;
    size_t place = place_of(cover, kind, id, &found);

    if (!found)
        return false;
    note_clock(decision, cover, &(*cover->blocks)[place], until_ms);
    LIST_REMOVE(*cover->blocks, *cover->block_count, place);
    return true;
}

const struct rlc_block *cover_ended(const struct cover *cover, rlc_ms now_ms)
{
    for (size_t i = 0; i < *cover->block_count; i++) {
        const struct rlc_block *block = &(*cover->blocks)[i];

        if (block->until_ms > 0 && block->until_ms <= now_ms)
            return block;
    }
    return NULL;
}
