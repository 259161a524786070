/* SPDX-License-Identifier: Apache-2.0 */
/* The contract's own tables, asked before anything is sent: what ingest would refuse is refused
 * while its author still looks at it. */
#ifndef RELANCECTL_CONTRACT_H
#define RELANCECTL_CONTRACT_H

#include "common/pure/arena.h"
#include "common/pure/span.h"
#include "common/pure/status.h"

/* Reads an event as ingest would, whatever its tenant. RLC_OK; RLC_REJECT with code, place and
 * remedy; RLC_RETRY where the arena has no room for it. */
RLC_NODISCARD enum rlc_status ctl_contract_check(struct rlc_span json, struct rlc_arena *arena,
                                                 struct rlc_fault *ret_fault);

#endif
