/* SPDX-License-Identifier: Apache-2.0 */
/* The audit chain of RC-1: one for each partition, its head 32 zero bytes before the first record.
 * A record ends with the head that it makes: SHA-256 over the head before it and its other bytes.
 */
#ifndef RC1_AUDIT_H
#define RC1_AUDIT_H

#include "common/wire/envelope.h"
#include "tests/bench/rc1/core.h"

/* Encodes the audit record and moves `head` on; returns its size. */
size_t rc1_audit(const struct rc1_outcome *outcome, struct rlc_hash *head,
                 uint8_t bytes[RC1_RECORD_MAX]);

/* Moves `head` on over a record that was read; false if it does not continue the chain. */
RLC_NODISCARD bool rc1_audit_continues(struct rlc_span record, struct rlc_hash *head);

#endif
