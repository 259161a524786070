/* SPDX-License-Identifier: Apache-2.0 */
/* A connection in the middle that can be cut where it hurts: right behind a COMMIT that the server
 * gets and whose answer the client does not. */
#ifndef RLC_TESTS_CUTTER_H
#define RLC_TESTS_CUTTER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct cutter {
    int listener;
    uint16_t port;        /* clients connect here, on 127.0.0.1 */
    uint16_t server_port; /* on 127.0.0.1 */
    pthread_t thread;
    atomic_bool stop;
    atomic_bool armed; /* the next COMMIT loses its answer; disarms itself */
    atomic_int cuts;
    atomic_bool frozen; /* nothing is passed on */
};

/* Starts passing on; false if it cannot listen. */
bool cutter_start(struct cutter *cutter, uint16_t server_port);
void cutter_stop(struct cutter *cutter);

#endif
