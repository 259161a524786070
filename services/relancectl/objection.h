/* SPDX-License-Identifier: Apache-2.0 */
/* The dead letters that stand against events: what scenario refused of them, now or when they were
 * sent before. */
#ifndef RELANCECTL_OBJECTION_H
#define RELANCECTL_OBJECTION_H

#include "cli.h"

/* Gives each event, an object with "source" and "id", the member "letter" where scenario has
 * refused an event of these: the "id" of the letter, "state" (OPEN, SETTLED; none where it is not
 * known), "code", "path", "remedy", "partition", "offset". Of several the newest, but one that is
 * OPEN before any other. Events without both members get none. CTL_OK, or the exit code after a
 * message. */
int ctl_objections(struct ctl *ctl, json_t *events);

#endif
