/* SPDX-License-Identifier: Apache-2.0 */
#include "core/look.h"

enum rlc_return_reason look_compare(const struct rlc_contact_request *request,
                                    const struct look_found *found)
{
    const struct rlc_contact_body *body = &request->body;

    if (found->scope_revision != request->envelope.epochs.scope_revision)
        return RLC_RETURN_REASON_SCOPE_CHANGED;
    if (found->debtor_epoch != request->envelope.epochs.debtor)
        return RLC_RETURN_REASON_DEBTOR_CHANGED;
    for (size_t i = 0; i < body->account_count; i++) {
        if (found->account_epochs[i] != body->accounts[i].account_epoch)
            return RLC_RETURN_REASON_ACCOUNT_CHANGED;
    }
    return RLC_RETURN_REASON_UNSPECIFIED;
}
