/* SPDX-License-Identifier: Apache-2.0 */
#include "common/policy/sender.h"

static const struct rlc_policy_key KEYS[] = {
    { .name = "name",
      .type = RLC_POLICY_SENTENCE,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct rlc_sender, name),
      .min = 1,
      .max = 120,
      .help = "As people read it." },
    { .name = "email",
      .type = RLC_POLICY_EMAIL,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct rlc_sender, email),
      .help = "Where its messages come from." },
    { .name = "reply_to",
      .type = RLC_POLICY_EMAIL,
      .offset = offsetof(struct rlc_sender, reply_to),
      .help = "Where answers go; without it, to `email`." },
    { .name = "disputes_to",
      .type = RLC_POLICY_EMAIL,
      .offset = offsetof(struct rlc_sender, disputes_to),
      .help = "Where a debtor writes that something is wrong with an invoice." },
    { .name = "phone",
      .type = RLC_POLICY_SENTENCE,
      .offset = offsetof(struct rlc_sender, phone),
      .min = 1,
      .max = 40,
      .help = "As printed." },
    { .name = "unsubscribe",
      .type = RLC_POLICY_EMAIL,
      .offset = offsetof(struct rlc_sender, unsubscribe),
      .help = "Where a reader asks to get no more messages of a step with `unsubscribe`." },
};

const struct rlc_policy_table RLC_SENDER_TABLE = {
    .title = "`senders/<name>.yaml`",
    .help = "Who speaks to debtors.",
    .keys = KEYS,
    .count = RLC_COUNT(KEYS),
};
