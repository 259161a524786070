/* SPDX-License-Identifier: Apache-2.0 */
/* What has come of a life, as files. */
#ifndef EMBEDDED_DUMP_H
#define EMBEDDED_DUMP_H

#include "common/memory/installation.h"

#include "state_hash.h"

/* Writes every topic to `<folder>/<topic>.jsonl`, a line for each committed
 * record: {"partition", "offset", "key", "value"}, the value as hexadecimal digits of the message
 * that proto/README.md says, null for a deletion. RLC_REJECT when a file cannot be written. */
RLC_NODISCARD enum rlc_status dump_topics(const struct rlc_memory_installation *installation,
                                          const char *folder, struct rlc_error *reterr);

/* Writes `<folder>/state-hashes.jsonl`, a line for each debtor: {"debtor", "records", "hash"}, as
 * `relancectl state hash --each --json` lists them. RLC_REJECT when it cannot be written. */
RLC_NODISCARD enum rlc_status dump_hashes(const struct state_hashes *hashes, const char *folder,
                                          struct rlc_error *reterr);

#endif
