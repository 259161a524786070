/* SPDX-License-Identifier: Apache-2.0 */
/* The notifier with its servers: puts the worker together in a process. */
#ifndef NOTIFIER_ASSEMBLY_H
#define NOTIFIER_ASSEMBLY_H

#include "common/process/process.h"

/* For struct rlc_process_spec; the worker is its `self`. */
enum rlc_status notifier_open(const struct rlc_process *process, void **ret_self,
                              struct rlc_error *reterr);
void notifier_close(void *self);

#endif
