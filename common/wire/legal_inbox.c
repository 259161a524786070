/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/legal_inbox.h"

#include "common/wire/rows.h"
#include "relance/v1/legal_inbox.pb-c.h"

static const struct rlc_wire_field CASE_REFERRED_ROWS[] = {
    RLC_ID(case_referred, case_id, RLC_REQUIRED),
    RLC_CODE(case_referred, procedure, RLC_OPTIONAL),
    RLC_ONE(case_referred, claim, claim, RLC_REQUIRED),
    RLC_ONE(case_referred, debtor, debtor, RLC_REQUIRED),
    RLC_CODE(case_referred, segment, RLC_OPTIONAL),
};
RLC_TYPE(case_referred, CASE_REFERRED_ROWS);

static const struct rlc_wire_field CLAIM_CHANGED_ROWS[] = {
    RLC_ID(claim_changed, case_id, RLC_REQUIRED),
    RLC_ONE(claim_changed, claim, claim, RLC_REQUIRED),
    RLC_ID(claim_changed, document, RLC_OPTIONAL),
    RLC_CODE(claim_changed, reason, RLC_REQUIRED),
};
RLC_TYPE(claim_changed, CLAIM_CHANGED_ROWS);

static const struct rlc_wire_field CASE_RECALLED_ROWS[] = {
    RLC_ID(case_recalled, case_id, RLC_REQUIRED),
    RLC_CODE(case_recalled, reason, RLC_REQUIRED),
};
RLC_TYPE(case_recalled, CASE_RECALLED_ROWS);

static const struct rlc_wire_field CONTACT_ANSWERED_ROWS[] = {
    RLC_ID(contact_answered, case_id, RLC_REQUIRED),
    RLC_CODE(contact_answered, step, RLC_REQUIRED),
    RLC_U32(contact_answered, occurrence, 0, UINT32_MAX),
    RLC_ENUM(contact_answered, result, outcome_result, RLC_OPTIONAL),
    RLC_ENUM(contact_answered, suppression, suppression, RLC_OPTIONAL),
    RLC_HASH(contact_answered, content_hash, RLC_OPTIONAL),
    RLC_INSTANT(contact_answered, answered_at_ms, RLC_OPTIONAL),
};
RLC_TYPE(contact_answered, CONTACT_ANSWERED_ROWS);

static const struct rlc_wire_field PARTY_CHANGED_ROWS[] = {
    RLC_ID(party_changed, case_id, RLC_REQUIRED),
    RLC_ONE(party_changed, debtor, debtor, RLC_REQUIRED),
    RLC_CODE(party_changed, segment, RLC_OPTIONAL),
};
RLC_TYPE(party_changed, PARTY_CHANGED_ROWS);

static const struct rlc_wire_field CASE_HELD_ROWS[] = {
    RLC_ID(case_held, case_id, RLC_REQUIRED),
    RLC_ENUM(case_held, reason, suppression, RLC_OPTIONAL),
    RLC_ID(case_held, object, RLC_OPTIONAL),
    RLC_ONE(case_held, on_account, money, RLC_NOT_NEGATIVE),
};
RLC_TYPE(case_held, CASE_HELD_ROWS);

static const struct rlc_wire_field LEGAL_INBOX_ROWS[] = {
    RLC_ONE(legal_inbox, envelope, envelope, RLC_OPTIONAL),
    RLC_ENUM(legal_inbox, kind, legal_inbox_kind, RLC_REQUIRED),
    RLC_WHEN(legal_inbox, tick, tick, RLC_LEGAL_INBOX_KIND_TICK, RLC_OPTIONAL),
    RLC_WHEN(legal_inbox, scope_changed, scope, RLC_LEGAL_INBOX_KIND_SCOPE_CHANGED, RLC_OF_TENANT),
    RLC_WHEN(legal_inbox, case_referred, case_referred, RLC_LEGAL_INBOX_KIND_CASE_REFERRED,
             RLC_OF_DEBTOR),
    RLC_WHEN(legal_inbox, claim_changed, claim_changed, RLC_LEGAL_INBOX_KIND_CLAIM_CHANGED,
             RLC_OF_DEBTOR),
    RLC_WHEN(legal_inbox, case_recalled, case_recalled, RLC_LEGAL_INBOX_KIND_CASE_RECALLED,
             RLC_OF_DEBTOR),
    RLC_WHEN(legal_inbox, command_routed, command, RLC_LEGAL_INBOX_KIND_COMMAND_ROUTED,
             RLC_OF_DEBTOR),
    RLC_WHEN(legal_inbox, contact_answered, contact_answered, RLC_LEGAL_INBOX_KIND_CONTACT_ANSWERED,
             RLC_OF_DEBTOR),
    RLC_WHEN(legal_inbox, party_changed, party_changed, RLC_LEGAL_INBOX_KIND_PARTY_CHANGED,
             RLC_OF_DEBTOR),
    RLC_WHEN(legal_inbox, case_held, case_held, RLC_LEGAL_INBOX_KIND_CASE_HELD, RLC_OF_DEBTOR),
};
RLC_TYPE_OF_KINDS(legal_inbox, LEGAL_INBOX_ROWS);

enum rlc_status rlc_legal_inbox_decode(struct rlc_span bytes, struct rlc_arena *arena,
                                       struct rlc_legal_inbox *ret_message,
                                       struct rlc_fault *ret_fault)
{
    return rlc_wire_decode(&rlc_legal_inbox_type, bytes, arena, ret_message, ret_fault);
}

struct rlc_span rlc_legal_inbox_encode(const struct rlc_legal_inbox *message,
                                       struct rlc_arena *arena)
{
    return rlc_wire_encode(&rlc_legal_inbox_type, message, arena);
}
