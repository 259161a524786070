/* SPDX-License-Identifier: Apache-2.0 */
/* A Redis server of one test program: on a port and in a folder of its own, without persistence,
 * stopped with the program however that ends. Helpers fail the test themselves. */
#ifndef RLC_TESTS_REDIS_LAB_H
#define RLC_TESTS_REDIS_LAB_H

#include <sys/types.h>

#include "common/redis/settings.h"
#include "tests/support/check.h"

#define REDIS_LAB_SKIPPED 77
/* Time-outs of its settings: long for any honest answer on a busy machine. */
#define REDIS_LAB_TIMEOUT_MS 10000

struct redis_lab {
    pid_t server; /* 0: not running */
    int port;
    bool tls; /* the port speaks TLS, with certificate.pem and key.pem of the folder */
    char folder[32];
    char socket[48];
};

/* Starts the server and waits until it answers. False, after saying why, where there is none. */
bool redis_lab_start(struct redis_lab *lab);
/* The same with TLS on its port: `certify` is a shell command that makes certificate.pem and
 * key.pem in the current folder. */
bool redis_lab_start_tls(struct redis_lab *lab, const char *certify);
/* Kills it without warning; with that, all its data are gone. */
void redis_lab_kill(struct redis_lab *lab);
/* Starts it again, on the same port. */
void redis_lab_restart(struct redis_lab *lab);
/* Stops it and removes the folder. */
void redis_lab_stop(struct redis_lab *lab);

/* How to reach it by TCP. */
struct rlc_redis_settings redis_lab_settings(const struct redis_lab *lab);

/* Sends one command, given as words that are separated by single spaces, and returns its answer as
 * text: of an array the elements, separated by spaces; "-" for nothing; an error as it is. The text
 * is valid until the next call. */
const char *redis_lab_do(const struct redis_lab *lab, const char *format, ...) RLC_PRINTF(2, 3);

#endif
