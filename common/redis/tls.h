/* SPDX-License-Identifier: Apache-2.0 */
/* TLS over a connected context. Inside of common/redis. */
#ifndef RLC_REDIS_TLS_H
#define RLC_REDIS_TLS_H

#include <hiredis/hiredis.h>

#include "common/pure/status.h"
#include "common/redis/settings.h"

/* Shakes hands and checks the server's certificate against the authorities and the host's name.
 * Reads the authorities anew each time, so that a replaced file counts from the next connection on.
 * RLC_RETRY when the server or its certificate is refused or the file cannot be read; RLC_FATAL in
 * a build without TLS. */
RLC_NODISCARD enum rlc_status rlc_redis_tls_start(redisContext *context,
                                                  const struct rlc_redis_settings *settings,
                                                  struct rlc_error *reterr);

#endif
