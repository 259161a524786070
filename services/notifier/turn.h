/* SPDX-License-Identifier: Apache-2.0 */
/* When a contact has its turn again, and what it waits for until then. Inside of the worker. */
#ifndef NOTIFIER_TURN_H
#define NOTIFIER_TURN_H

#include "worker.h"

/* How long things wait. */
#define TURN_AGAIN_MS    20    /* a look that found a gate closed is taken again */
#define TURN_TRANSFER_MS 2     /* results are asked for while mails are on their way */
#define TURN_RETRY_MS    1000  /* what lacks a key, a bundle or a server */
#define TURN_STILL_MS    4000  /* where scenario stands still; trying costs the others a second */
#define TURN_BROKEN_MS   30000 /* a relay that we may not use: a person has to act */
/* A prepared contact that cannot leave makes room for others after this time, and what was opened
 * for it is forgotten. */
#define TURN_PATIENCE_NS (UINT64_C(2) * 1000000000u)
/* A relay that was too slow for a look that often has said "not now": to a cold connection once, by
 * chance twice. */
#define TURN_LATE_MAX 3
/* A relay's "not now" is repeated after this time: greylisting wants 5 to 15 minutes. */
#define TURN_DEFERRED_MS (15 * RLC_MINUTE_MS)

/* Of the monotonic clock; `wait_ms` from now. */
uint64_t turn_now_ns(const struct notifier_worker *worker);
uint64_t turn_after_ns(const struct notifier_worker *worker, int64_t wait_ms);

/* The contact is not looked at again for so long. */
void turn_put_off(struct notifier_worker *worker, struct contact *contact, enum notifier_wait wait,
                  int64_t wait_ms);
/* The same at the end of the line, unprepared, so that others get their turn. */
void turn_send_back(struct notifier_worker *worker, struct contact *contact,
                    enum notifier_wait wait, int64_t wait_ms);

/* Tells people, once until there is something else to tell. */
void turn_tell(struct notifier_worker *worker, const char *event, const char *text);

/* What a contact waits for whose look found this. */
extern const enum notifier_wait TURN_WAITS[LOOK_WAITS];

#endif
