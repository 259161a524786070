/* SPDX-License-Identifier: Apache-2.0 */
#include "common/process/process.h"

/* Redis answers in milliseconds; a script over a full batch in tens. Beyond this it is away. */
#define CONNECT_MS 2000
#define CALL_MS    5000

struct rlc_redis_settings rlc_process_redis(const struct rlc_settings *settings)
{
    return (struct rlc_redis_settings){
        .host = settings->redis.host,
        .port = (int32_t)settings->redis.port,
        .database = (int32_t)settings->redis.database,
        .username = settings->redis.username,
        .password = settings->redis.password,
        .tls = settings->redis.tls,
        .tls_ca = settings->redis.tls_ca,
        .connect_timeout_ms = CONNECT_MS,
        .call_timeout_ms = CALL_MS,
    };
}
