/* SPDX-License-Identifier: Apache-2.0 */
/* The first part of a round: whose turn it is, their records, and the mails made of them, for as
 * many contacts as the connections will soon take. Inside of the worker. */
#ifndef NOTIFIER_CREW_H
#define NOTIFIER_CREW_H

#include "worker.h"

/* Makes waiting contacts ready, or ends them with the reason why they can never be sent; those that
 * lack something wait on. Blocks for a read of the hot state and one of the store of keys. */
void crew_prepare(struct notifier_worker *worker, struct rlc_arena *arena);

#endif
