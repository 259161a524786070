/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for a server that went away while a long command was under way. A command that finds no
 * server when it starts says so and ends; one that has worked for an hour waits. */
#ifndef RELANCECTL_PATIENCE_H
#define RELANCECTL_PATIENCE_H

#include "cli.h"

struct ctl_patience {
    uint64_t since_ns; /* of the first call without an answer; 0 = the server answers */
    uint64_t said_ns;
};

/* After a call that gave RLC_RETRY: pauses and returns true, to ask again. Says at once, and then
 * every 10 s, who is waited for. False after 4 minutes without an answer. */
bool ctl_patience_wait(struct ctl_patience *patience, const struct ctl *ctl, const char *server,
                       const struct rlc_error *error);

/* After a call that was answered. */
void ctl_patience_answered(struct ctl_patience *patience, const struct ctl *ctl);

#endif
