/* SPDX-License-Identifier: Apache-2.0 */
/* A case: what is known about one debtor when a message is written, as a YAML file that a person
 * writes in order to see the message. `relancectl render --help` shows one. */
#ifndef RELANCECTL_RENDER_CASE_H
#define RELANCECTL_RENDER_CASE_H

#include "common/message/message.h"
#include "common/policy/problems.h"

/* Reads a case into an order without its bundle; totals are the sums of the lines. False with at
 * least one problem when it is wrong. Everything lives in the arena or in `content`. */
RLC_NODISCARD bool render_case_read(struct rlc_span path, struct rlc_span content,
                                    struct rlc_arena *arena, struct rlc_problems *problems,
                                    struct rlc_message_order *ret_order);

#endif
