/* SPDX-License-Identifier: Apache-2.0 */
/* The part of `audit verify` about contacts: what services/audit/contacts.h finds, for people and
 * as JSON. */
#ifndef RELANCECTL_VERIFY_CONTACTS_H
#define RELANCECTL_VERIFY_CONTACTS_H

#include "cli.h"
#include "contacts.h"

struct ctl_contacts {
    struct lot_verdict verdict;
    json_t *findings; /* the first CTL_CONTACTS_LISTED */
};

/* More are only counted: something is wrong with all of them then. */
#define CTL_CONTACTS_LISTED 1000

/* Judges all contacts of the trail into a zeroed struct, to be cleared by the caller whatever is
 * returned. */
RLC_NODISCARD enum rlc_status ctl_contacts_check(struct ctl_contacts *contacts,
                                                 struct rlc_postgres *postgres, bool at_rest,
                                                 struct rlc_error *reterr);
void ctl_contacts_clear(struct ctl_contacts *contacts);

bool ctl_contacts_clean(const struct ctl_contacts *contacts);

/* {"attempts", "under_way", "behind", "out_of_order", "findings"}; the caller owns it. */
json_t *ctl_contacts_json(const struct ctl_contacts *contacts);

/* A table of what was found, and the counts, on standard output. */
void ctl_contacts_say(const struct ctl_contacts *contacts);

#endif
