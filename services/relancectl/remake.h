/* SPDX-License-Identifier: Apache-2.0 */
/* The message of a contact, made again out of its request in the trail and the bundle that it was
 * decided under, by the code that makes what is sent. */
#ifndef RELANCECTL_REMAKE_H
#define RELANCECTL_REMAKE_H

#include "cli.h"
#include "common/message/request.h"
#include "stores.h"

/* A request of more parts has more lines than an annex takes, and no message. */
#define CTL_REMAKE_PARTS_MAX (2 + RLC_MESSAGE_ANNEX_MAX / RLC_REQUEST_LINES_MAX)

/* Address space that is enough for any message. */
#define CTL_REMAKE_ARENA_SIZE                                                                      \
    ((size_t)CTL_REMAKE_PARTS_MAX * RLC_DECODE_BYTES_MAX + (size_t)RLC_MESSAGE_ARENA_BYTES +       \
     ((size_t)1 << 20))

/* A message, or why there is none. Spans live in the arena. */
struct ctl_remade {
    struct rlc_contact_request request; /* part 0, as it was asked */
    struct rlc_span mail;               /* as it would be sent */
    bool erased;                        /* there is none: somebody in it was erased */
    char why[2 * CTL_WHY_SIZE];         /* there is none; a sentence for people */
};

/* Makes it of the parts of the request, each the bytes of a fact, in their order. Opens personal
 * data with the keys in the folder of --tenant-keys. CTL_OK; otherwise the exit code, with `why`
 * filled and nothing said yet: CTL_NOT_THERE where a bundle or a key is missing, CTL_FOUND where
 * the request can make no mail. */
int ctl_remake(struct ctl *ctl, const struct rlc_span *parts, size_t part_count,
               const struct rlc_bundles *bundles, struct rlc_arena *arena,
               struct ctl_remade *ret_remade);

#endif
