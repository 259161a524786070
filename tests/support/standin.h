/* SPDX-License-Identifier: Apache-2.0 */
/* In the place of the notifier while there is none: answers every contact request `accepted`, and
 * says in the outcome that this is assumed. Nothing is sent. */
#ifndef RLC_TESTS_STANDIN_H
#define RLC_TESTS_STANDIN_H

#include "common/runtime/loop/service.h"

/* Topics by suffix, as the tables of the loop number them. */
enum { STANDIN_REQUESTS, STANDIN_EVENTS, STANDIN_STATE, STANDIN_DEAD_LETTERS, STANDIN_TOPICS };

/* The service table; `self` is not used. A source: it keeps no state but its position. */
extern const struct rlc_service standin_service;

#endif
