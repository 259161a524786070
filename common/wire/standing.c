/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/standing.h"

#include "common/wire/rows.h"
#include "relance/v1/standing.pb-c.h"

static const struct rlc_wire_field DOCUMENT_REF_ROWS[] = {
    RLC_ID(document_ref, document, RLC_REQUIRED),
};
RLC_TYPE(document_ref, DOCUMENT_REF_ROWS);

static const struct rlc_wire_field DISPUTE_ROWS[] = {
    RLC_ID(dispute, dispute, RLC_REQUIRED),
    RLC_ID(dispute, document, RLC_REQUIRED),
    RLC_ONE(dispute, amount, money, RLC_NOT_NEGATIVE),
    RLC_ENUM(dispute, reason, dispute_reason, RLC_REQUIRED),
    RLC_CODE(dispute, reason_code, RLC_OPTIONAL),
    RLC_DAY(dispute, opened_on, RLC_REQUIRED),
    RLC_DAY(dispute, expires_on, RLC_OPTIONAL),
    RLC_ONE(dispute, note, sealed, RLC_OPTIONAL),
};
RLC_TYPE(dispute, DISPUTE_ROWS);

static const struct rlc_wire_field DISPUTE_RESOLVED_ROWS[] = {
    RLC_ID(dispute_resolved, dispute, RLC_REQUIRED),
    RLC_ENUM(dispute_resolved, result, dispute_result, RLC_REQUIRED),
    RLC_ONE(dispute_resolved, accepted, money, RLC_NOT_NEGATIVE),
    RLC_DAY(dispute_resolved, resolved_on, RLC_REQUIRED),
    RLC_ID(dispute_resolved, credit_note, RLC_OPTIONAL),
    RLC_ONE(dispute_resolved, note, sealed, RLC_OPTIONAL),
};
RLC_TYPE(dispute_resolved, DISPUTE_RESOLVED_ROWS);

static const struct rlc_wire_field PROMISE_ROWS[] = {
    RLC_ID(promise, promise, RLC_REQUIRED),
    RLC_ONE(promise, amount, money, RLC_POSITIVE),
    RLC_DAY(promise, made_on, RLC_REQUIRED),
    RLC_DAY(promise, promised_for, RLC_REQUIRED),
    RLC_ENUM(promise, channel, channel, RLC_REQUIRED),
    RLC_ID(promise, contact, RLC_OPTIONAL),
    RLC_MANY(promise, documents, document_count, document_ref, 0, RLC_DOCUMENTS_MAX),
};
RLC_TYPE(promise, PROMISE_ROWS);

static const struct rlc_wire_field PROMISE_WITHDRAWN_ROWS[] = {
    RLC_ID(promise_withdrawn, promise, RLC_REQUIRED),
    RLC_DAY(promise_withdrawn, withdrawn_on, RLC_REQUIRED),
    RLC_CODE(promise_withdrawn, reason_code, RLC_OPTIONAL),
};
RLC_TYPE(promise_withdrawn, PROMISE_WITHDRAWN_ROWS);

static const struct rlc_wire_field INSTALMENT_ROWS[] = {
    RLC_DAY(instalment, due_on, RLC_REQUIRED),
    RLC_ONE(instalment, amount, money, RLC_POSITIVE),
};
RLC_TYPE(instalment, INSTALMENT_ROWS);

static const struct rlc_wire_field PLAN_ROWS[] = {
    RLC_ID(plan, plan, RLC_REQUIRED),
    RLC_DAY(plan, agreed_on, RLC_REQUIRED),
    RLC_U32(plan, grace_days, 0, UINT32_MAX),
    RLC_FLAG(plan, accelerates),
    RLC_HASH(plan, agreement_hash, RLC_OPTIONAL),
    RLC_MANY(plan, instalments, instalment_count, instalment, 1, RLC_INSTALMENTS_MAX),
    RLC_MANY(plan, documents, document_count, document_ref, 0, RLC_DOCUMENTS_MAX),
};
RLC_TYPE(plan, PLAN_ROWS);

static const struct rlc_wire_field HOLD_ROWS[] = {
    RLC_ID(hold, hold, RLC_REQUIRED),
    RLC_ENUM(hold, reach, reach, RLC_REQUIRED),
    RLC_ID(hold, document, RLC_OPTIONAL),
    RLC_ENUM(hold, reason, hold_reason, RLC_REQUIRED),
    RLC_ENUM(hold, clock, clock_effect, RLC_REQUIRED),
    RLC_INSTANT(hold, from_ms, RLC_REQUIRED),
    RLC_INSTANT(hold, until_ms, RLC_OPTIONAL),
    RLC_ONE(hold, note, sealed, RLC_OPTIONAL),
};
RLC_TYPE(hold, HOLD_ROWS);

static const struct rlc_wire_field HOLD_LIFTED_ROWS[] = {
    RLC_ID(hold_lifted, hold, RLC_REQUIRED),
    RLC_CODE(hold_lifted, reason_code, RLC_OPTIONAL),
};
RLC_TYPE(hold_lifted, HOLD_LIFTED_ROWS);
