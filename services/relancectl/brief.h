/* SPDX-License-Identifier: Apache-2.0 */
/* The story of one document in a few lines, as one tells it to a colleague: invoice, contacts,
 * silences with their reason, payments, end. Fed fact by fact, like story.h. */
#ifndef RELANCECTL_BRIEF_H
#define RELANCECTL_BRIEF_H

#include "past.h"

struct ctl_brief {
    const char *document;
    json_t *entries; /* told, in the order of the log */
    json_t *asked;   /* by action id: contacts that speak of the document, with their sentence */
    json_t *said;    /* silences that were told: the same reason of a step is told once */
    json_t *cases;   /* by id: those that the document went into */
    int contacts;    /* that were accepted */
    rlc_day due_on;
};

void ctl_brief_init(struct ctl_brief *brief, const char *document);
void ctl_brief_clear(struct ctl_brief *brief);

/* Takes the next fact: a `take` of struct ctl_past. */
void ctl_brief_take(void *context, const struct ctl_past_fact *fact);

#endif
