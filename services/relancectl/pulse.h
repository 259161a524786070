/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a partition of a worker moves: two looks at how far its owner has read, and what the hot
 * state says of itself. Knows no server and no clock, so that tests can show it anything. */
#ifndef RELANCECTL_PULSE_H
#define RELANCECTL_PULSE_H

#include "common/runtime/view.h"

enum ctl_pulse_state {
    CTL_PULSE_DONE,   /* its owner is at the end of the input */
    CTL_PULSE_MOVES,  /* behind, and reading */
    CTL_PULSE_STANDS, /* behind, and nothing was read for CTL_PULSE_PATIENCE_MS */
    CTL_PULSE_BUILDS, /* a restore is under way */
    CTL_PULSE_LOST,   /* the hot state is not whole, and nobody restores it yet */
    CTL_PULSE_UNSEEN, /* nobody has said how far it is read */
    CTL_PULSE_STATES
};

/* The largest batch takes less. */
#define CTL_PULSE_PATIENCE_MS 3000

/* What one look brings. */
struct ctl_pulse_look {
    int64_t high; /* next offset of the input */
    struct rlc_look look;
    bool has_slice;              /* a worker with hot state */
    const uint8_t *installation; /* RLC_UUID_SIZE bytes; with has_slice */
    int64_t at_ms;               /* monotonic */
};

struct ctl_pulse {
    enum ctl_pulse_state state;
    int64_t behind; /* records and marks between its owner and the end; 0 where that is not known */
    int64_t read;   /* since the look before; 0 after the first one */
    int64_t busy;   /* under way outside the log: contacts without answer */
    int64_t still_ms; /* since nothing was read although it is behind */
    bool known;       /* there was a look before */
    int64_t seen;
    int64_t looked_ms; /* when it last read something, or was first looked at */
};

/* Takes the next look at the partition. */
void ctl_pulse_take(struct ctl_pulse *pulse, const struct ctl_pulse_look *look);

/* One character of a map: '.', '+', '!', 'b', 'x', '?'. */
char ctl_pulse_sign(enum ctl_pulse_state state);

/* "STANDS". */
const char *ctl_pulse_word(enum ctl_pulse_state state);

/* What is known of why it does not move, and what to do; NULL where it does. */
const char *ctl_pulse_reason(enum ctl_pulse_state state);

#endif
