/* SPDX-License-Identifier: Apache-2.0 */
/* Legal-escalation with its servers: puts the worker together in a process. */
#ifndef LEGAL_ASSEMBLY_H
#define LEGAL_ASSEMBLY_H

#include "common/process/process.h"

/* For struct rlc_process_spec; the worker is its `self`. */
enum rlc_status legal_open(const struct rlc_process *process, void **ret_self,
                           struct rlc_error *reterr);
void legal_close(void *self);

#endif
