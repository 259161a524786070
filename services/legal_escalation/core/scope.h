/* SPDX-License-Identifier: Apache-2.0 */
/* What is wider than a case: the tenant's scope, as scenario told it in the transaction in which it
 * took effect for the partition. While it holds a case, nothing of it is filed; recalls are never
 * held. */
#ifndef LEGAL_CORE_SCOPE_H
#define LEGAL_CORE_SCOPE_H

#include "common/pure/overlay.h"
#include "common/wire/scope.h"

#include "core/case_record.h"

/* Why an act that is approved is not filed now. */
struct legal_hold {
    const char *rule; /* static; NULL: nothing holds it */
    rlc_ms
        until_ms; /* at that instant it may be different; RLC_MS_NONE = something has to happen */
};

/* Keeps the tenant's scope iff it is newer than the one that is known. Its record must be known. */
void scope_take(struct rlc_overlay *overlay, struct rlc_span tenant, const struct rlc_scope *scope);

/* What holds the case at `now_ms`. A tenant whose scope was never told is held: a kill switch may
 * be on. A freeze holds nothing: it is for channels, and a filing goes through none. */
struct legal_hold scope_holds(const struct rlc_overlay *overlay,
                              const struct rlc_case_record *record, rlc_ms now_ms);

#endif
