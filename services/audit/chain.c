/* SPDX-License-Identifier: Apache-2.0 */
#include "chain.h"

const char *const CHAIN_FLAWS[CHAIN_FLAW_COUNT] = {
    [CHAIN_GAP] = "GAP",
    [CHAIN_REPEATED] = "REPEATED",
    [CHAIN_BROKEN] = "BROKEN",
    [CHAIN_UNREADABLE] = "UNREADABLE",
};

enum chain_flaw chain_step(struct rlc_trail_end *end, const struct rlc_link *link,
                           const struct rlc_hash *leaf, int64_t off)
{
    enum chain_flaw flaw = CHAIN_WHOLE;

    end->next_off = off + 1;
    if (!link)
        return CHAIN_UNREADABLE;
    if (link->chain.sequence <= end->seq)
        return CHAIN_REPEATED;
    if (link->chain.sequence > end->seq + 1)
        flaw = CHAIN_GAP;
    else if (!rlc_hash_equal(&link->chain.previous, &end->head))
        flaw = CHAIN_BROKEN;
    end->seq = link->chain.sequence;
    end->head = rlc_link_head(&link->chain.previous, leaf);
    return flaw;
}
