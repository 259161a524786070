/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/party.h"

#include "common/wire/rows.h"
#include "relance/v1/party.pb-c.h"

static const struct rlc_wire_field DEBTOR_ROWS[] = {
    RLC_ENUM(debtor, kind, party_kind, RLC_REQUIRED),
    RLC_ENUM(debtor, status, party_status, RLC_REQUIRED),
    RLC_DAY(debtor, status_since_on, RLC_OPTIONAL),
    RLC_CODE(debtor, country, RLC_REQUIRED),
    RLC_CODE(debtor, zone, RLC_REQUIRED),
    RLC_CODE(debtor, language, RLC_REQUIRED),
    RLC_CODE(debtor, calendar, RLC_OPTIONAL),
    RLC_CODE(debtor, group, RLC_OPTIONAL),
    RLC_CODE(debtor, registry_id, RLC_OPTIONAL),
    RLC_ONE(debtor, name, sealed, RLC_OPTIONAL),
    RLC_ONE(debtor, address, sealed, RLC_OPTIONAL),
    RLC_ONE(debtor, tax_id, sealed, RLC_OPTIONAL),
};
RLC_TYPE(debtor, DEBTOR_ROWS);

static const struct rlc_wire_field ACCOUNT_ROWS[] = {
    RLC_CODE(account, customer_number, RLC_OPTIONAL),
    RLC_CODE(account, scenario, RLC_OPTIONAL),
    RLC_CODE(account, segment, RLC_OPTIONAL),
    RLC_CODE(account, language, RLC_OPTIONAL),
    RLC_CODE(account, owner, RLC_OPTIONAL),
    RLC_ENUM(account, preferred_channel, channel, RLC_OPTIONAL),
    RLC_ONE(account, credit_limit, money, RLC_NOT_NEGATIVE),
    RLC_CODE(account, contract_terms, RLC_OPTIONAL),
    RLC_ONE(account, reference, sealed, RLC_OPTIONAL),
    RLC_FLAG(account, closed),
};
RLC_TYPE(account, ACCOUNT_ROWS);

static const struct rlc_wire_field CONTACT_CHANNEL_ROWS[] = {
    RLC_ENUM(contact_channel, channel, channel, RLC_REQUIRED),
    RLC_ONE(contact_channel, address, sealed, RLC_REQUIRED),
    RLC_HASH(contact_channel, address_digest, RLC_OPTIONAL),
    RLC_U32(contact_channel, rank, 0, UINT32_MAX),
    RLC_FLAG(contact_channel, opted_out),
};
RLC_TYPE(contact_channel, CONTACT_CHANNEL_ROWS);

static const struct rlc_wire_field CONTACT_ROWS[] = {
    RLC_ID(contact, contact, RLC_REQUIRED),
    RLC_ID(contact, subject, RLC_REQUIRED),
    RLC_U32(contact, number, 0, UINT32_MAX),
    RLC_U32(contact, roles, 0, RLC_CONTACT_ROLE_ALL),
    RLC_CODE(contact, language, RLC_OPTIONAL),
    RLC_FLAG(contact, closed),
    RLC_ONE(contact, name, sealed, RLC_OPTIONAL),
    RLC_MANY(contact, channels, channel_count, contact_channel, 0, RLC_CHANNELS_MAX),
};
RLC_TYPE(contact, CONTACT_ROWS);
