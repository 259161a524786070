/* SPDX-License-Identifier: Apache-2.0 */
/* One round of what happens outside the log: results are collected, contacts prepared, looked at
 * and given a connection. Inside of the worker. */
#ifndef NOTIFIER_ROUND_H
#define NOTIFIER_ROUND_H

#include "worker.h"

/* Does all of it, as far as it goes without waiting; what is to be decided is CONTACT_LOOKED or
 * CONTACT_ENDED afterwards. */
void round_go(struct notifier_worker *worker, struct rlc_arena *arena);

/* The attempt of a looked-at contact is committed: hand its mail over. */
void round_submit(struct notifier_worker *worker, struct contact *contact);

/* An attempt of which nothing left the process: it is looked at again. */
void round_not_started(struct notifier_worker *worker, struct contact *contact);

/* Gives back what a look had taken. */
void round_unlook(struct notifier_worker *worker, struct contact *contact);

/* The contact's transfer has finished: what its end means. */
void round_end_transfer(struct notifier_worker *worker, struct contact *contact);

#endif
