/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/rc1/audit.h"

#include <assert.h>

#include "common/runtime/bundles.h"
#include "common/runtime/link.h"

enum { HASH_SIZE = sizeof(struct rlc_hash), LINK_FIELD = 2 + HASH_SIZE }; /* tag, length, hash */

static struct rlc_hash next(const struct rlc_hash *head, struct rlc_span body)
{
    uint8_t linked[HASH_SIZE + RC1_RECORD_MAX];

    assert(body.size <= RC1_RECORD_MAX);
    memcpy(linked, head->bytes, HASH_SIZE);
    memcpy(linked + HASH_SIZE, body.data, body.size);
    return rlc_sha256(rlc_span_from(linked, HASH_SIZE + body.size));
}

size_t rc1_audit(const struct rc1_outcome *outcome, struct rlc_hash *head,
                 uint8_t bytes[RC1_RECORD_MAX])
{
    size_t size = rc1_audit_body(outcome, bytes);

    *head = next(head, rlc_span_from(bytes, size));
    return rc1_append_link(bytes, size, head->bytes);
}

bool rc1_audit_continues(struct rlc_span record, struct rlc_hash *head)
{
    struct rlc_hash claimed;

    if (record.size <= LINK_FIELD || record.size > RC1_RECORD_MAX)
        return false;
    memcpy(claimed.bytes, record.data + record.size - HASH_SIZE, HASH_SIZE);
    *head = next(head, rlc_span_from(record.data, record.size - LINK_FIELD));
    return rlc_hash_equal(head, &claimed);
}
