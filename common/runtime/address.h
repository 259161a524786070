/* SPDX-License-Identifier: Apache-2.0 */
/* Where a server listens. */
#ifndef RLC_RUNTIME_ADDRESS_H
#define RLC_RUNTIME_ADDRESS_H

#include <sys/socket.h>

#include "common/pure/base.h"

/* Reads "127.0.0.1:9464" or "[::1]:9464": a numeric address, so that listening never waits for a
 * name server, and a port from 0 (the system chooses) to 65535. False for anything else. */
RLC_NODISCARD bool rlc_address_parse(const char *text, struct sockaddr_storage *ret_address,
                                     socklen_t *ret_size);

#endif
