/* SPDX-License-Identifier: Apache-2.0 */
/* The reporting tables emptied and filled again from the trail. */
#ifndef AUDIT_REBUILD_H
#define AUDIT_REBUILD_H

#include "common/postgres/connection.h"

/* One transaction: readers see the old rows until the new ones are all there, the audit worker
 * waits. The connection belongs to the owner of the tables and has no statement time-out.
 * `*ret_facts` counts the facts that were read. */
RLC_NODISCARD enum rlc_status audit_rebuild(struct rlc_postgres *owner, int64_t *ret_facts,
                                            struct rlc_error *reterr);

#endif
