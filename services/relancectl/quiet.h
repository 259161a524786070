/* SPDX-License-Identifier: Apache-2.0 */
/* When is an installation quiet? All watermarks are read, then how far each worker has looked;
 * every worker must be at its watermark, and the watermarks, read again, must not have moved. */
#ifndef RELANCECTL_QUIET_H
#define RELANCECTL_QUIET_H

#include "cli.h"
#include "common/runtime/view.h"
#include "patience.h"

#define QUIET_WATCHED_MAX 16

/* One worker and the topic it reads. */
struct quiet_watch {
    const char *worker;
    const char *topic;  /* full name */
    int32_t first_slot; /* under which its partitions are shown; see RLC_SEEN_SLOTS_PER_TOPIC */
    int32_t partitions;
    struct rlc_view *view;
    int64_t high[RLC_SEEN_SLOTS_PER_TOPIC];
};

struct quiet {
    struct ctl *ctl;
    const char *topics[QUIET_WATCHED_MAX];
    struct rlc_bus_config config;
    struct rlc_bus *bus;
    struct quiet_watch watched[QUIET_WATCHED_MAX];
    size_t count;
    rlc_ms next_due_ms;      /* earliest timer of all, as of the last quiet moment */
    const char *waiting_for; /* worker that was last seen behind; NULL: nobody */
    struct ctl_patience patience;
};

/* Adds a worker that reads `topic` as its input number `input`; before quiet_open(). Names outlive
 * it. */
void quiet_add(struct quiet *quiet, const char *worker, const char *topic, int32_t input);
/* Opens; CTL_OK, or the exit code after a message. */
int quiet_open(struct quiet *quiet, struct ctl *ctl);
/* Waits until all is quiet, at most `timeout_ms` without any progress. A server that goes away
 * meanwhile is waited for (patience.h). */
int quiet_wait(struct quiet *quiet, int64_t timeout_ms);
void quiet_close(struct quiet *quiet);

#endif
