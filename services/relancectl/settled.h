/* SPDX-License-Identifier: Apache-2.0 */
/* Which dead letters still hold their debtor. */
#ifndef RELANCECTL_SETTLED_H
#define RELANCECTL_SETTLED_H

#include "stores.h"

/* Gives each letter (ctl_letter_json) the member "state": OPEN while its debtor is held for it,
 * else SETTLED, by scenario's hot state. None for a letter that holds nobody, or where that is not
 * known: a hot state that does not answer is no reason not to list, `ret_why` then says it (else
 * it is empty). CTL_OK, or the exit code after a message. */
int ctl_letters_settled(struct ctl *ctl, json_t *letters, char ret_why[CTL_WHY_SIZE]);

#endif
