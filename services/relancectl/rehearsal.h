/* SPDX-License-Identifier: Apache-2.0 */
/* Days to come, lived through in memory: scenario's own core decides, under a policy, about debtors
 * that exist nowhere else. No server, no file; every request is taken as accepted at once. */
#ifndef RELANCECTL_REHEARSAL_H
#define RELANCECTL_REHEARSAL_H

#include "common/wire/contact_request.h"
#include "core/policy.h"
#include "core/records.h"

struct ctl_rehearsal;

/* Who listens; each may be NULL. What they are given lives as long as the rehearsal. */
struct ctl_rehearsal_ear {
    /* A message would leave at `at_ms`. */
    void (*request)(void *context, rlc_ms at_ms, const struct rlc_contact_body *body,
                    struct rlc_span debtor);
    /* An open receivable as it stands at the end, and its place among those of its account. */
    void (*receivable)(void *context, const struct rlc_receivable_record *receivable,
                       const struct rlc_page_item *item);
    void *context;
};

/* Begins at `now_ms`: the policy (borrowed) decides for `tenant` from now on and every creditor is
 * live. NULL when memory is short. */
RLC_NODISCARD struct ctl_rehearsal *ctl_rehearsal_new(const struct policy *policy,
                                                      struct rlc_span tenant, rlc_ms now_ms);
void ctl_rehearsal_free(struct ctl_rehearsal *rehearsal); /* accepts NULL */

/* Where events live that it is told: at least as long as itself. */
struct rlc_arena *ctl_rehearsal_arena(struct ctl_rehearsal *rehearsal);

/* An event of the tenant happens now; its envelope is completed. False when memory is short: then
 * nothing more can be told. */
RLC_NODISCARD bool ctl_rehearsal_tell(struct ctl_rehearsal *rehearsal,
                                      struct rlc_debtor_event *event);

/* Time goes on up to `until_ms` excluded, timer by timer. False when memory is short. */
RLC_NODISCARD bool ctl_rehearsal_live(struct ctl_rehearsal *rehearsal, rlc_ms until_ms,
                                      const struct ctl_rehearsal_ear *ear);

#endif
