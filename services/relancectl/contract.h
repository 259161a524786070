/* SPDX-License-Identifier: Apache-2.0 */
/* The contract's own tables, asked before anything is sent: what ingest would refuse is refused
 * while its author still looks at it. */
#ifndef RELANCECTL_CONTRACT_H
#define RELANCECTL_CONTRACT_H

#include "common/pure/arena.h"
#include "common/pure/span.h"
#include "common/pure/status.h"
#include "json/canonical.h"

/* Reads an event as ingest would, whatever its tenant. RLC_OK; RLC_REJECT with code, place and
 * remedy; RLC_RETRY where the arena has no room for it. */
RLC_NODISCARD enum rlc_status ctl_contract_check(struct rlc_span json, struct rlc_arena *arena,
                                                 struct rlc_fault *ret_fault);

/* The same, and what it says: personal values clear, as ingest has them before it seals them. It
 * lives in the arena. */
RLC_NODISCARD enum rlc_status ctl_contract_read(struct rlc_span json, struct rlc_arena *arena,
                                                struct intake_event **ret_event,
                                                struct rlc_fault *ret_fault);

/* All that ingest would refuse about an event, for its author: canonical_faults(). RLC_OK;
 * RLC_REJECT with at least one; RLC_RETRY where the arena has no room for it. */
RLC_NODISCARD enum rlc_status ctl_contract_faults(struct rlc_span json, struct rlc_arena *arena,
                                                  struct canonical_faults *ret_faults);

#endif
