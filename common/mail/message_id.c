/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "common/mail/mail.h"

/* Room for the left side: two digits a byte, a dot, the number. */
#define LEFT_SIZE (2 * sizeof(struct rlc_action_id) + sizeof(".4294967295"))

static_assert(LEFT_SIZE - 1 <= RLC_EMAIL_LOCAL_MAX, "the left side of an id passes its own check");

size_t rlc_mail_message_id(const struct rlc_action_id *action, uint32_t request_number,
                           struct rlc_span domain, char ret_text[RLC_MAIL_MESSAGE_ID_SIZE])
{
    char left[LEFT_SIZE];
    size_t used = 0;

    for (size_t i = 0; i < sizeof(action->bytes); i++, used += 2)
        (void)snprintf(left + used, sizeof(left) - used, "%02x", action->bytes[i]);
    used += (size_t)snprintf(left + used, sizeof(left) - used, ".%" PRIu32, request_number);
    ret_text[0] = '\0';
    if (!rlc_domain_valid(domain) || used + sizeof("@") - 1 + domain.size > RLC_EMAIL_MAX)
        return 0;
    return (size_t)snprintf(ret_text, RLC_MAIL_MESSAGE_ID_SIZE, "<%s@%.*s>", left, (int)domain.size,
                            (const char *)domain.data);
}
