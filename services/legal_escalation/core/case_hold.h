/* SPDX-License-Identifier: Apache-2.0 */
/* What lies on the debtor of a case, its account or a line of it, and holds the approved act:
 * nobody is taken to court for what he has promised to pay, or may have paid. */
#ifndef LEGAL_CORE_CASE_HOLD_H
#define LEGAL_CORE_CASE_HOLD_H

#include "core/scope.h"

/* What holds the case; it ends by a message, never by time alone. */
struct legal_hold case_holds(const struct rlc_case_record *record);

/* What is left of the principal behind money on account. Never negative. */
struct rlc_money case_open(const struct rlc_case_record *record);

#endif
