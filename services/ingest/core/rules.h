/* SPDX-License-Identifier: Apache-2.0 */
/* What one record may not say: rules over several of its members (proto/README.md section 3). What
 * would need other records (a known id with another body, a document that never existed) is not
 * decided here but by the owner of the debtor. */
#ifndef INGEST_CORE_RULES_H
#define INGEST_CORE_RULES_H

#include "common/wire/debtor_event.h"

/* Checks a decoded event; `natural` is its `naturalperson`. RLC_OK, or RLC_REJECT with the code and
 * the place of the first rule that is broken. */
RLC_NODISCARD enum rlc_status check_event(const struct rlc_debtor_event *event, bool natural,
                                          struct rlc_fault *ret_fault);

#endif
