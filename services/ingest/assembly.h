/* SPDX-License-Identifier: Apache-2.0 */
/* The intake on real servers: keys in PostgreSQL, freshness in Redis. What main.c hands to the
 * process (common/process/process.h). */
#ifndef INGEST_ASSEMBLY_H
#define INGEST_ASSEMBLY_H

#include "common/process/process.h"

/* The topics of the sources. */
size_t ingest_inputs(const struct rlc_process *process, const char **ret_names, size_t max);

/* Makes the service's `self`. RLC_RETRY: a tenant's key or a source's topic is missing, or a server
 * is away. */
RLC_NODISCARD enum rlc_status ingest_open(const struct rlc_process *process, void **ret_self,
                                          struct rlc_error *reterr);

/* NULL is allowed. */
void ingest_close(void *self);

#endif
