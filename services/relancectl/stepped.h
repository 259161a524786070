/* SPDX-License-Identifier: Apache-2.0 */
/* The time of an installation whose clock only moves with its records. */
#ifndef RELANCECTL_STEPPED_H
#define RELANCECTL_STEPPED_H

#include "cli.h"

/* The instant that an order without --time is given at: where the clock of a stepped installation
 * stands, so that it does not jump to today; 0 in system time. CTL_OK, or the exit code after a
 * message: CTL_USAGE where the clock has not begun. */
int ctl_stepped_now(struct ctl *ctl, rlc_ms *ret_now_ms);

#endif
