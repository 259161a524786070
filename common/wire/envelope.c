/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/envelope.h"

#include "common/wire/rows.h"
#include "relance/v1/envelope.pb-c.h"
#include "relance/v1/sealed.pb-c.h"

static const struct rlc_wire_field MONEY_ROWS[] = {
    RLC_I64(money, minor, INT64_MIN, INT64_MAX),
    RLC_CURRENCY(money, currency),
};

/* An amount without a currency is no amount; what its row asks of the sign is checked here too. */
static const char *check_money(const void *value, uint32_t flags, const char **ret_member)
{
    const struct rlc_money *money = value;
    bool wanted = (flags & (RLC_REQUIRED | RLC_POSITIVE)) != 0;

    if (money->currency[0] == '\0') {
        *ret_member = "currency";
        return wanted || money->minor != 0 ? "MISSING_FIELD" : NULL;
    }
    *ret_member = "minor";
    if ((flags & RLC_POSITIVE) == RLC_POSITIVE && money->minor <= 0)
        return "OUT_OF_RANGE";
    return (flags & RLC_NOT_NEGATIVE) && money->minor < 0 ? "OUT_OF_RANGE" : NULL;
}

const struct rlc_wire_type rlc_money_type = {
    .proto = &relance__v1__money__descriptor,
    .size = sizeof(struct rlc_money),
    .fields = MONEY_ROWS,
    .count = RLC_COUNT(MONEY_ROWS),
    .check = check_money,
};

static const struct rlc_wire_field SEALED_ROWS[] = {
    RLC_ID(sealed, key_id, RLC_REQUIRED),
    RLC_BYTES(sealed, bytes, RLC_SEALED_BYTES_MAX, RLC_REQUIRED),
};
RLC_TYPE(sealed, SEALED_ROWS);

static const struct rlc_wire_field COORDINATES_ROWS[] = {
    RLC_TEXT(coordinates, topic, RLC_TOPIC_BYTES_MAX, RLC_REQUIRED),
    RLC_I32(coordinates, partition, 0, INT32_MAX),
    RLC_COUNTER(coordinates, offset, 0),
};
RLC_TYPE(coordinates, COORDINATES_ROWS);

static const struct rlc_wire_field EVENT_REFERENCE_ROWS[] = {
    RLC_ID(event_reference, source, RLC_OPTIONAL),
    RLC_ID(event_reference, source_event_id, RLC_REQUIRED),
};
RLC_TYPE(event_reference, EVENT_REFERENCE_ROWS);

static const struct rlc_wire_field CAUSATION_ROWS[] = {
    RLC_ONE(causation, at, coordinates, RLC_REQUIRED),
    RLC_HASH(causation, record_hash, RLC_OPTIONAL),
};
RLC_TYPE(causation, CAUSATION_ROWS);

static const struct rlc_wire_field EPOCHS_ROWS[] = {
    RLC_COUNTER(epochs, debtor, 0),
    RLC_COUNTER(epochs, account, 0),
    RLC_COUNTER(epochs, scope_revision, 0),
};
RLC_TYPE(epochs, EPOCHS_ROWS);

static const struct rlc_wire_field RULES_ROWS[] = {
    RLC_HASH(rules, bundle_hash, RLC_OPTIONAL),
    RLC_U32(rules, rules_version, 0, UINT32_MAX),
};
RLC_TYPE(rules, RULES_ROWS);

static const struct rlc_wire_field ENVELOPE_ROWS[] = {
    RLC_TENANT(envelope, tenant, RLC_OPTIONAL),
    RLC_ID(envelope, debtor, RLC_OPTIONAL),
    RLC_ID(envelope, creditor, RLC_OPTIONAL),
    RLC_ID(envelope, source, RLC_OPTIONAL),
    RLC_ID(envelope, source_event_id, RLC_OPTIONAL),
    RLC_COUNTER(envelope, entity_revision, 0),
    RLC_HASH(envelope, body_hash, RLC_OPTIONAL),
    RLC_INSTANT(envelope, occurred_at_ms, RLC_OPTIONAL),
    RLC_INSTANT(envelope, ingested_at_ms, RLC_OPTIONAL),
    RLC_ONE(envelope, causation, causation, RLC_OPTIONAL),
    RLC_ONE(envelope, epochs, epochs, RLC_OPTIONAL),
    RLC_ONE(envelope, rules, rules, RLC_OPTIONAL),
    RLC_ID(envelope, actor, RLC_OPTIONAL),
    RLC_ID(envelope, redirected_from, RLC_OPTIONAL),
};
RLC_TYPE(envelope, ENVELOPE_ROWS);

static const struct rlc_wire_field CHAIN_ROWS[] = {
    RLC_COUNTER(chain, sequence, 1),
    RLC_HASH(chain, previous, RLC_OPTIONAL),
};
RLC_TYPE(chain, CHAIN_ROWS);
