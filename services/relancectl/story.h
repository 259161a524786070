/* SPDX-License-Identifier: Apache-2.0 */
/* A debtor's facts as a story: each contact and each silence with its reason. Fed fact by fact; no
 * server, so that tests can tell it anything. */
#ifndef RELANCECTL_STORY_H
#define RELANCECTL_STORY_H

#include "past.h"

struct ctl_story {
    rlc_day on;           /* tell of this day only; RLC_DAY_NONE = all */
    const char *document; /* and of this document only; NULL = all */
    json_t *entries;      /* told, in the order of the log */
    json_t *standing;     /* latest silence of each open step, and agreements in force */
    json_t *agreements;   /* by creditor, kind and id: where the event stands that opened it */
    json_t *cases;        /* by case: what was referred with it */
    json_t *actions;      /* by action id: contacts that are told of */
    json_t *quarantine;   /* where the records stand that hold the debtor back */
};

void ctl_story_init(struct ctl_story *story, rlc_day on, const char *document);
void ctl_story_clear(struct ctl_story *story);

/* Takes the next fact: a `take` of struct ctl_past. */
void ctl_story_take(void *context, const struct ctl_past_fact *fact);

/* Ends the story: of a single day, silences that were said before and still held are told first.
 * Returns the entries, owned by the story; each has a member `sentence`. */
const json_t *ctl_story_end(struct ctl_story *story);

#endif
