/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a refused record is about, as far as it says so: its debtor is to be held back. */
#ifndef INGEST_JSON_SALVAGE_H
#define INGEST_JSON_SALVAGE_H

#include "common/pure/arena.h"
#include "common/pure/span.h"

/* Absent (empty): not said, said twice in two ways, or no valid name. */
struct whom {
    struct rlc_span tenant;
    struct rlc_span debtor; /* as the sender wrote it */
    struct rlc_span creditor;
    struct rlc_span source;
    struct rlc_span id;
    bool natural; /* `naturalperson` is there and not plainly false */
};

/* Reads the members at the top of a record, whole or broken. */
struct whom salvage(struct rlc_span bytes, struct rlc_arena *arena);

#endif
