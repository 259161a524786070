/* SPDX-License-Identifier: Apache-2.0 */
/* The scoring worker of an installation in memory. */
#ifndef EMBEDDED_SCORER_H
#define EMBEDDED_SCORER_H

#include "common/runtime/bundles.h"
#include "common/runtime/loop/service.h"

/* The service; its self is what scorer_new() makes. */
struct rlc_service scorer_service(void);

/* NULL with an error. The catalog is borrowed. */
RLC_NODISCARD void *scorer_new(const struct rlc_catalog *catalog, struct rlc_error *reterr);
void scorer_free(void *self); /* accepts NULL */

#endif
