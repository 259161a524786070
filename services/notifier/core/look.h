/* SPDX-License-Identifier: Apache-2.0 */
/* What a last look concludes, pure. */
#ifndef NOTIFIER_LOOK_H
#define NOTIFIER_LOOK_H

#include "common/wire/contact_request.h"

/* What the debtor's partition says now, of one instant at which its gate is open. */
struct look_found {
    int64_t debtor_epoch;
    const int64_t *account_epochs; /* as the request's accounts */
    int64_t scope_revision;
};

/* UNSPECIFIED: the request is exact, send. Else why it must come back. */
enum rlc_return_reason look_compare(const struct rlc_contact_request *request,
                                    const struct look_found *found);

#endif
