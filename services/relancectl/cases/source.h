/* SPDX-License-Identifier: Apache-2.0 */
/* Which source topic a debtor's events come from: a command about it goes the same way. */
#ifndef RELANCECTL_CASES_SOURCE_H
#define RELANCECTL_CASES_SOURCE_H

#include "common/runtime/topics.h"
#include "dossier/case.h"

/* Finds the topic in the event that moved one of the case's receivables last. False, and no
 * message, where that event is not in the log any more. */
bool ctl_case_source(struct ctl *ctl, const struct dossier_case *found,
                     char ret_topic[RLC_TOPIC_NAME_MAX]);

#endif
