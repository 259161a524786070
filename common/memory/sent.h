/* SPDX-License-Identifier: Apache-2.0 */
/* What the first half of an apply has sent and the second has not been asked about yet: copies,
 * since the caller's puts may be gone by then. Inside of common/memory. */
#ifndef RLC_MEMORY_SENT_H
#define RLC_MEMORY_SENT_H

#include "common/runtime/view.h"

struct rlc_memory_sent {
    struct rlc_view_apply *parts; /* NULL: nothing is under way */
    size_t count;
    struct rlc_view_put *puts;
    uint8_t *bytes;
};

/* Copies parts, puts and seen; false when there is no memory. */
RLC_NODISCARD bool rlc_memory_sent_keep(struct rlc_memory_sent *sent,
                                        const struct rlc_view_apply *parts, size_t count);
/* Frees what was kept. */
void rlc_memory_sent_drop(struct rlc_memory_sent *sent);

#endif
