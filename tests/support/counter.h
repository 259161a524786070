/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest stateful worker: it counts. Small enough to predict by hand, it shows the loop
 * alone.
 *
 * Input records have a subject as key and one of these texts as value:
 *   add N        adds N to the subject's sum, emits the fact "subject=count:sum"
 *   wake MS      asks to be woken at MS (then emits "subject woke at MS")
 *   drop         deletes the subject's record
 *   tick MS      time passed (no subject)
 *   sweep        visits every subject (emits "subject swept")
 *   crash        ends the process
 *   bad ...      cannot be understood: a dead letter */
#ifndef RLC_TESTS_COUNTER_H
#define RLC_TESTS_COUNTER_H

#include "common/runtime/loop/service.h"

enum { COUNTER_INPUT, COUNTER_FACTS, COUNTER_STATE, COUNTER_DEAD_LETTERS, COUNTER_TOPICS };

/* The record of a subject, under the key "d|subject". */
struct count {
    int64_t count;
    int64_t sum;
    int64_t wake_ms;
    int64_t swept; /* 1 + offset of the last sweep that visited it */
};

/* Topic names as the table of `counter_service` lists them. */
extern const char *const COUNTER_TOPIC[COUNTER_TOPICS];

/* The service table; `self` is not used. */
extern const struct rlc_service counter_service;

#endif
