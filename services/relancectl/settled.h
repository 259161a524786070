/* SPDX-License-Identifier: Apache-2.0 */
/* Which dead letters still hold their debtor, or wait for somebody, and which are settled. */
#ifndef RELANCECTL_SETTLED_H
#define RELANCECTL_SETTLED_H

#include "letters.h"
#include "stores.h"

/* Gives each letter (ctl_letter_json) the member "state": OPEN while its debtor is held for it,
 * else SETTLED, by scenario's hot state. A letter without a debtor keeps its SETTLED, see
 * ctl_letter_settle(), and is OPEN without. None where that is not known: a hot state that does not
 * answer is no reason not to list, `ret_why` then says it (else it is empty). CTL_OK, or the exit
 * code after a message. */
int ctl_letters_settled(struct ctl *ctl, json_t *letters, char ret_why[CTL_WHY_SIZE]);

/* Settles a letter that holds no debtor: it is written again, with when and by whom (`actor` NULL:
 * relancectl; `now_ms` 0: system time). CTL_OK when the log has it, or the exit code after a
 * message. */
int ctl_letter_settle(struct ctl *ctl, const struct ctl_letter *letter, const char *actor,
                      rlc_ms now_ms);

#endif
