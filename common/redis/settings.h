/* SPDX-License-Identifier: Apache-2.0 */
/* How to reach a Redis server. Any server that speaks its protocol since version 4 will do. */
#ifndef RLC_REDIS_SETTINGS_H
#define RLC_REDIS_SETTINGS_H

#include "common/pure/base.h"

/* All strings are copied by whoever opens something with them. */
struct rlc_redis_settings {
    const char *host; /* name or address; what begins with '/' is the path of a unix socket */
    int32_t port;
    int32_t database;     /* 0 to 65535; only 0 exists in a cluster */
    const char *username; /* NULL or empty: the default user */
    const char *password; /* NULL or empty: no login */
    bool tls;
    const char *tls_ca;         /* PEM file of authorities; NULL or empty: the system's */
    int32_t connect_timeout_ms; /* of a connection, name resolution excluded; > 0 */
    int32_t call_timeout_ms;    /* of one round trip, however many commands are in it; > 0 */
};

/* Whether this build can connect by TLS (hiredis 1.0 or newer was there with its TLS part). */
bool rlc_redis_has_tls(void);

#endif
