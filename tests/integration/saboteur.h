/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker that saboteur.c is linked into was ordered; see there. */
#ifndef RLC_TESTS_SABOTEUR_H
#define RLC_TESTS_SABOTEUR_H

#include <stdbool.h>

/* Whether SABOTAGE_WITHOUT names this fence. */
bool saboteur_without(const char *fence);

/* Stops or kills the process here, if SABOTAGE_ORDER says so. */
void saboteur_at(const char *step_name);

#endif
