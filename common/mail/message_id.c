/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdio.h>

#include "common/mail/mail.h"

/* The left side: two digits a byte. */
#define LEFT_SIZE (2 * sizeof(struct rlc_action_id))

static_assert(LEFT_SIZE <= RLC_EMAIL_LOCAL_MAX, "the left side of an id passes its own check");

size_t rlc_mail_message_id(const struct rlc_action_id *action, struct rlc_span domain,
                           char ret_text[RLC_MAIL_MESSAGE_ID_SIZE])
{
    uint8_t left[LEFT_SIZE];

    rlc_hex_write(action->bytes, sizeof(action->bytes), left);
    ret_text[0] = '\0';
    if (!rlc_domain_valid(domain) || LEFT_SIZE + sizeof("@") - 1 + domain.size > RLC_EMAIL_MAX)
        return 0;
    return (size_t)snprintf(ret_text, RLC_MAIL_MESSAGE_ID_SIZE, "<%.*s@%.*s>", (int)LEFT_SIZE,
                            (const char *)left, (int)domain.size, (const char *)domain.data);
}
