/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary in which types are described, and every type. Private to common/wire.
 *
 * Owners and types are named without `rlc_`: RLC_ONE(invoice, total, money, RLC_POSITIVE) is member
 * `total` of struct rlc_invoice, a struct rlc_money. A row whose member has another C type does not
 * compile. */
#ifndef RLC_WIRE_ROWS_H
#define RLC_WIRE_ROWS_H

#include "common/pure/text.h"
#include "common/wire/codec.h"
#include "common/wire/envelope.h"

/* clang-format off */
#define RLC_MEMBER(owner, member) (((struct rlc_##owner *)0)->member)
/* 0, or an error if the member is not of that type. */
#define RLC_TYPED(owner, member, expected)                                                         \
    (0 * sizeof(char[__builtin_types_compatible_p(__typeof__(RLC_MEMBER(owner, member)), expected) \
                     ? 1 : -1]))
#define RLC_ROW(owner, member, expected)                                                           \
    .name = #member,                                                                               \
    .offset = offsetof(struct rlc_##owner, member) + RLC_TYPED(owner, member, expected)

/* Numbers. */
#define RLC_FLAG(owner, member)                                                                    \
    { RLC_ROW(owner, member, bool), .form = RLC_FORM_BOOL, .high = 1 }
#define RLC_U32(owner, member, least, most)                                                        \
    { RLC_ROW(owner, member, uint32_t), .form = RLC_FORM_U32, .low = (least), .high = (most),      \
      .flags = (least) > 0 ? RLC_REQUIRED : RLC_OPTIONAL }
#define RLC_I32(owner, member, least, most)                                                        \
    { RLC_ROW(owner, member, int32_t), .form = RLC_FORM_I32, .low = (least), .high = (most) }
#define RLC_I64(owner, member, least, most)                                                        \
    { RLC_ROW(owner, member, int64_t), .form = RLC_FORM_I64, .low = (least), .high = (most),       \
      .flags = (least) > 0 ? RLC_REQUIRED : RLC_OPTIONAL }
/* Offsets, revisions, epochs, sequences: below 2^53, since they pass through Lua and JSON. */
#define RLC_COUNTER(owner, member, least) RLC_I64(owner, member, least, INT64_C(9007199254740991))
#define RLC_DAY(owner, member, flag)                                                               \
    { RLC_ROW(owner, member, rlc_day), .form = RLC_FORM_I32, .flags = (flag),                      \
      .low = RLC_DAY_FIRST, .high = RLC_DAY_LAST }
#define RLC_INSTANT(owner, member, flag)                                                           \
    { RLC_ROW(owner, member, rlc_ms), .form = RLC_FORM_I64, .flags = (flag),                       \
      .low = 0, .high = RLC_DAY_LAST * RLC_DAY_MS }
#define RLC_ENUM(owner, member, enumeration, flag)                                                 \
    { RLC_ROW(owner, member, enum rlc_##enumeration), .form = RLC_FORM_ENUM, .flags = (flag) }

/* Texts and bytes. */
#define RLC_SPAN(owner, member, kind_of_bytes, check, most, flag)                                  \
    { RLC_ROW(owner, member, struct rlc_span), .form = (kind_of_bytes), .valid = (check),          \
      .high = (most), .flags = (flag) }
#define RLC_TENANT(owner, member, flag)                                                            \
    RLC_SPAN(owner, member, RLC_FORM_TEXT, rlc_tenant_valid, RLC_TENANT_MAX, flag)
#define RLC_ID(owner, member, flag)                                                                \
    RLC_SPAN(owner, member, RLC_FORM_TEXT, rlc_id_valid, RLC_ID_MAX, flag)
#define RLC_TEXT(owner, member, most, flag)                                                        \
    RLC_SPAN(owner, member, RLC_FORM_TEXT, rlc_text_is_clean, most, flag)
#define RLC_CODE(owner, member, flag) RLC_TEXT(owner, member, RLC_CODE_BYTES_MAX, flag)
#define RLC_BYTES(owner, member, most, flag)                                                       \
    RLC_SPAN(owner, member, RLC_FORM_BYTES, NULL, most, flag)
#define RLC_CURRENCY(owner, member)                                                                \
    { RLC_ROW(owner, member, char[4]), .form = RLC_FORM_CURRENCY }
#define RLC_FIXED(owner, member, expected, flag)                                                   \
    { RLC_ROW(owner, member, expected), .form = RLC_FORM_FIXED, .flags = (flag),                   \
      .high = sizeof(RLC_MEMBER(owner, member)) }
#define RLC_HASH(owner, member, flag)   RLC_FIXED(owner, member, struct rlc_hash, flag)
#define RLC_ACTION(owner, member, flag) RLC_FIXED(owner, member, struct rlc_action_id, flag)
#define RLC_UUID(owner, member, flag)   RLC_FIXED(owner, member, uint8_t[16], flag)

/* Messages. */
#define RLC_ONE(owner, member, of, flag)                                                           \
    { RLC_ROW(owner, member, struct rlc_##of), .form = RLC_FORM_ONE, .type = &rlc_##of##_type,     \
      .flags = (flag) }
#define RLC_MANY(owner, member, count_member, of, least, most)                                     \
    { RLC_ROW(owner, member, const struct rlc_##of *), .form = RLC_FORM_MANY,                      \
      .count_offset = offsetof(struct rlc_##owner, count_member), .type = &rlc_##of##_type,        \
      .low = (least), .high = (most), .flags = (least) > 0 ? RLC_REQUIRED : RLC_OPTIONAL }
/* The same for a list that a core changes: its items are not const. */
#define RLC_LIST(owner, member, count_member, of, most)                                            \
    { RLC_ROW(owner, member, struct rlc_##of *), .form = RLC_FORM_MANY,                            \
      .count_offset = offsetof(struct rlc_##owner, count_member), .type = &rlc_##of##_type,        \
      .low = 0, .high = (most) }
/* The payload of one kind: set with this kind and with no other. */
#define RLC_WHEN(owner, member, of, of_kind, flag)                                                 \
    { RLC_ROW(owner, member, struct rlc_##of), .form = RLC_FORM_ONE, .type = &rlc_##of##_type,     \
      .kind = (of_kind), .flags = (flag) }

/* Defines rlc_<of>_type from its rows. */
#define RLC_TYPE(of, rows)                                                                         \
    const struct rlc_wire_type rlc_##of##_type = {                                                 \
        .proto = &relance__v1__##of##__descriptor, .size = sizeof(struct rlc_##of),                \
        .fields = (rows), .count = RLC_COUNT(rows) }
/* The same for a type whose payload depends on its kind. */
#define RLC_TYPE_OF_KINDS(of, rows)                                                                \
    const struct rlc_wire_type rlc_##of##_type = {                                                 \
        .proto = &relance__v1__##of##__descriptor, .size = sizeof(struct rlc_##of),                \
        .fields = (rows), .count = RLC_COUNT(rows), .has_kinds = true,                             \
        .kind_offset = offsetof(struct rlc_##of, kind) }
/* clang-format on */

/* Dates of receivables: 1900-01-01 to 2199-12-31. */
enum { RLC_DAY_FIRST = -25567, RLC_DAY_LAST = 84005 };

/* Every type, in the file of its struct. */
extern const struct rlc_wire_type rlc_money_type;
extern const struct rlc_wire_type rlc_sealed_type;
extern const struct rlc_wire_type rlc_coordinates_type;
extern const struct rlc_wire_type rlc_event_reference_type;
extern const struct rlc_wire_type rlc_causation_type;
extern const struct rlc_wire_type rlc_epochs_type;
extern const struct rlc_wire_type rlc_rules_type;
extern const struct rlc_wire_type rlc_envelope_type;
extern const struct rlc_wire_type rlc_chain_type;
extern const struct rlc_wire_type rlc_reference_type;
extern const struct rlc_wire_type rlc_invoice_type;
extern const struct rlc_wire_type rlc_invoice_cancelled_type;
extern const struct rlc_wire_type rlc_allocation_type;
extern const struct rlc_wire_type rlc_credit_note_type;
extern const struct rlc_wire_type rlc_payment_type;
extern const struct rlc_wire_type rlc_payment_reversed_type;
extern const struct rlc_wire_type rlc_opening_item_type;
extern const struct rlc_wire_type rlc_cash_suspected_type;
extern const struct rlc_wire_type rlc_cash_cleared_type;
extern const struct rlc_wire_type rlc_document_ref_type;
extern const struct rlc_wire_type rlc_dispute_type;
extern const struct rlc_wire_type rlc_dispute_resolved_type;
extern const struct rlc_wire_type rlc_promise_type;
extern const struct rlc_wire_type rlc_instalment_type;
extern const struct rlc_wire_type rlc_plan_type;
extern const struct rlc_wire_type rlc_hold_type;
extern const struct rlc_wire_type rlc_hold_lifted_type;
extern const struct rlc_wire_type rlc_promise_withdrawn_type;
extern const struct rlc_wire_type rlc_debtor_type;
extern const struct rlc_wire_type rlc_account_type;
extern const struct rlc_wire_type rlc_contact_channel_type;
extern const struct rlc_wire_type rlc_contact_type;
extern const struct rlc_wire_type rlc_step_instance_type;
extern const struct rlc_wire_type rlc_interest_segment_type;
extern const struct rlc_wire_type rlc_line_type;
extern const struct rlc_wire_type rlc_recipient_type;
extern const struct rlc_wire_type rlc_total_type;
extern const struct rlc_wire_type rlc_account_part_type;
extern const struct rlc_wire_type rlc_alias_type;
extern const struct rlc_wire_type rlc_contact_body_type;
extern const struct rlc_wire_type rlc_look_taken_type;
extern const struct rlc_wire_type rlc_returned_type;
extern const struct rlc_wire_type rlc_outcome_type;
extern const struct rlc_wire_type rlc_creditor_setting_type;
extern const struct rlc_wire_type rlc_scope_hold_type;
extern const struct rlc_wire_type rlc_scope_freeze_type;
extern const struct rlc_wire_type rlc_stale_source_type;
extern const struct rlc_wire_type rlc_scope_type;
extern const struct rlc_wire_type rlc_command_cancel_agreement_type;
extern const struct rlc_wire_type rlc_command_approval_type;
extern const struct rlc_wire_type rlc_command_opt_type;
extern const struct rlc_wire_type rlc_command_merge_type;
extern const struct rlc_wire_type rlc_command_write_off_type;
extern const struct rlc_wire_type rlc_command_campaign_type;
extern const struct rlc_wire_type rlc_command_task_done_type;
extern const struct rlc_wire_type rlc_command_erase_type;
extern const struct rlc_wire_type rlc_command_resolve_unknown_type;
extern const struct rlc_wire_type rlc_command_release_quarantine_type;
extern const struct rlc_wire_type rlc_command_choose_scenario_type;
extern const struct rlc_wire_type rlc_command_case_type;
extern const struct rlc_wire_type rlc_command_record_act_type;
extern const struct rlc_wire_type rlc_command_activate_bundle_type;
extern const struct rlc_wire_type rlc_command_kill_switch_type;
extern const struct rlc_wire_type rlc_command_lift_type;
extern const struct rlc_wire_type rlc_command_type;
extern const struct rlc_wire_type rlc_tick_type;
extern const struct rlc_wire_type rlc_quarantined_type;
extern const struct rlc_wire_type rlc_quarantine_released_type;
extern const struct rlc_wire_type rlc_source_state_type;
extern const struct rlc_wire_type rlc_merged_type;
extern const struct rlc_wire_type rlc_subject_erased_type;
extern const struct rlc_wire_type rlc_score_reason_type;
extern const struct rlc_wire_type rlc_score_changed_type;
extern const struct rlc_wire_type rlc_milestone_type;
extern const struct rlc_wire_type rlc_contact_proposed_type;
extern const struct rlc_wire_type rlc_task_done_type;
extern const struct rlc_wire_type rlc_debtor_event_type;
extern const struct rlc_wire_type rlc_receivable_fact_type;
extern const struct rlc_wire_type rlc_applied_type;
extern const struct rlc_wire_type rlc_settlement_fact_type;
extern const struct rlc_wire_type rlc_agreement_fact_type;
extern const struct rlc_wire_type rlc_step_opened_type;
extern const struct rlc_wire_type rlc_step_closed_type;
extern const struct rlc_wire_type rlc_suppressed_type;
extern const struct rlc_wire_type rlc_referred_type;
extern const struct rlc_wire_type rlc_command_answer_type;
extern const struct rlc_wire_type rlc_quarantine_changed_type;
extern const struct rlc_wire_type rlc_task_fact_type;
extern const struct rlc_wire_type rlc_conflict_type;
extern const struct rlc_wire_type rlc_event_ignored_type;
extern const struct rlc_wire_type rlc_debtor_fact_type;
extern const struct rlc_wire_type rlc_contact_request_type;
extern const struct rlc_wire_type rlc_dead_letter_type;
extern const struct rlc_wire_type rlc_input_position_type;
extern const struct rlc_wire_type rlc_checkpoint_type;
extern const struct rlc_wire_type rlc_reference_declared_type;
extern const struct rlc_wire_type rlc_payment_offered_type;
extern const struct rlc_wire_type rlc_payment_claimed_type;
extern const struct rlc_wire_type rlc_reference_event_type;
extern const struct rlc_wire_type rlc_proof_type;
extern const struct rlc_wire_type rlc_claim_line_type;
extern const struct rlc_wire_type rlc_claim_type;
extern const struct rlc_wire_type rlc_case_referred_type;
extern const struct rlc_wire_type rlc_claim_changed_type;
extern const struct rlc_wire_type rlc_case_recalled_type;
extern const struct rlc_wire_type rlc_contact_answered_type;
extern const struct rlc_wire_type rlc_party_changed_type;
extern const struct rlc_wire_type rlc_legal_inbox_type;
extern const struct rlc_wire_type rlc_filed_type;
extern const struct rlc_wire_type rlc_recalled_type;
extern const struct rlc_wire_type rlc_legal_filing_type;
extern const struct rlc_wire_type rlc_attempt_line_type;
extern const struct rlc_wire_type rlc_attempted_type;
extern const struct rlc_wire_type rlc_local_event_type;
extern const struct rlc_wire_type rlc_case_opened_type;
extern const struct rlc_wire_type rlc_act_refused_type;
extern const struct rlc_wire_type rlc_audit_record_type;
extern const struct rlc_wire_type rlc_installation_type;
extern const struct rlc_wire_type rlc_bundle_file_type;
extern const struct rlc_wire_type rlc_bundle_manifest_type;
extern const struct rlc_wire_type rlc_bundle_chunk_type;
extern const struct rlc_wire_type rlc_bundle_record_type;
/* Sealed, with room for a whole raw record. */
extern const struct rlc_wire_type rlc_sealed_raw_type;

#endif
