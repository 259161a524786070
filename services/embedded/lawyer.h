/* SPDX-License-Identifier: Apache-2.0 */
/* Legal-escalation of an installation in memory, with its handles on log and hot state. */
#ifndef EMBEDDED_LAWYER_H
#define EMBEDDED_LAWYER_H

#include "common/memory/installation.h"
#include "common/runtime/bundles.h"

/* The service; its self is what lawyer_new() makes. */
struct rlc_service lawyer_service(void);

/* NULL with an error. Installation and catalog are borrowed. */
RLC_NODISCARD void *lawyer_new(const struct rlc_memory_installation *installation,
                               const struct rlc_clock *clock, const struct rlc_catalog *catalog,
                               struct rlc_error *reterr);
void lawyer_free(void *self); /* accepts NULL */

#endif
