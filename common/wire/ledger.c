/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/ledger.h"

#include "common/wire/rows.h"
#include "relance/v1/ledger.pb-c.h"

static const struct rlc_wire_field REFERENCE_ROWS[] = {
    RLC_ENUM(reference, kind, reference_kind, RLC_REQUIRED),
    RLC_TEXT(reference, value, RLC_REFERENCE_BYTES_MAX, RLC_REQUIRED),
};
RLC_TYPE(reference, REFERENCE_ROWS);

static const struct rlc_wire_field INVOICE_ROWS[] = {
    RLC_ID(invoice, document, RLC_REQUIRED),
    RLC_TEXT(invoice, number, RLC_NUMBER_BYTES_MAX, RLC_OPTIONAL),
    RLC_ENUM(invoice, type, document_type, RLC_REQUIRED),
    RLC_ONE(invoice, total, money, RLC_POSITIVE),
    RLC_ONE(invoice, tax, money, RLC_NOT_NEGATIVE),
    RLC_DAY(invoice, issued_on, RLC_REQUIRED),
    RLC_DAY(invoice, due_on, RLC_REQUIRED),
    RLC_DAY(invoice, performed_on, RLC_OPTIONAL),
    RLC_CODE(invoice, terms_version, RLC_OPTIONAL),
    RLC_CODE(invoice, payment_terms, RLC_OPTIONAL),
    RLC_HASH(invoice, document_hash, RLC_OPTIONAL),
    RLC_ONE(invoice, description, sealed, RLC_OPTIONAL),
    RLC_MANY(invoice, references, reference_count, reference, 0, RLC_REFERENCES_MAX),
};
RLC_TYPE(invoice, INVOICE_ROWS);

static const struct rlc_wire_field INVOICE_CANCELLED_ROWS[] = {
    RLC_ID(invoice_cancelled, document, RLC_REQUIRED),
    RLC_DAY(invoice_cancelled, cancelled_on, RLC_REQUIRED),
    RLC_CODE(invoice_cancelled, reason_code, RLC_OPTIONAL),
    RLC_ID(invoice_cancelled, replaced_by, RLC_OPTIONAL),
};
RLC_TYPE(invoice_cancelled, INVOICE_CANCELLED_ROWS);

static const struct rlc_wire_field ALLOCATION_ROWS[] = {
    RLC_ID(allocation, document, RLC_REQUIRED),
    RLC_ONE(allocation, amount, money, RLC_POSITIVE),
};
RLC_TYPE(allocation, ALLOCATION_ROWS);

static const struct rlc_wire_field CREDIT_NOTE_ROWS[] = {
    RLC_ID(credit_note, document, RLC_REQUIRED),
    RLC_TEXT(credit_note, number, RLC_NUMBER_BYTES_MAX, RLC_OPTIONAL),
    RLC_ONE(credit_note, total, money, RLC_POSITIVE),
    RLC_DAY(credit_note, issued_on, RLC_REQUIRED),
    RLC_CODE(credit_note, reason_code, RLC_OPTIONAL),
    RLC_MANY(credit_note, allocations, allocation_count, allocation, 0, RLC_ALLOCATIONS_MAX),
    RLC_MANY(credit_note, references, reference_count, reference, 0, RLC_REFERENCES_MAX),
};
RLC_TYPE(credit_note, CREDIT_NOTE_ROWS);

static const struct rlc_wire_field PAYMENT_ROWS[] = {
    RLC_ID(payment, payment, RLC_REQUIRED),
    RLC_ONE(payment, amount, money, RLC_POSITIVE),
    RLC_ENUM(payment, method, payment_method, RLC_REQUIRED),
    RLC_DAY(payment, received_on, RLC_REQUIRED),
    RLC_INSTANT(payment, provisional_until_ms, RLC_OPTIONAL),
    RLC_TEXT(payment, bank_reference, RLC_REFERENCE_BYTES_MAX, RLC_OPTIONAL),
    RLC_ONE(payment, payer, sealed, RLC_OPTIONAL),
    RLC_ONE(payment, remittance, sealed, RLC_OPTIONAL),
    RLC_MANY(payment, allocations, allocation_count, allocation, 0, RLC_ALLOCATIONS_MAX),
    RLC_MANY(payment, references, reference_count, reference, 0, RLC_REFERENCES_MAX),
};
RLC_TYPE(payment, PAYMENT_ROWS);

static const struct rlc_wire_field PAYMENT_REVERSED_ROWS[] = {
    RLC_ID(payment_reversed, payment, RLC_REQUIRED),
    RLC_ONE(payment_reversed, amount, money, RLC_NOT_NEGATIVE),
    RLC_DAY(payment_reversed, reversed_on, RLC_REQUIRED),
    RLC_CODE(payment_reversed, reason_code, RLC_OPTIONAL),
    RLC_ONE(payment_reversed, fee, money, RLC_NOT_NEGATIVE),
};
RLC_TYPE(payment_reversed, PAYMENT_REVERSED_ROWS);

static const struct rlc_wire_field OPENING_ITEM_ROWS[] = {
    RLC_ONE(opening_item, invoice, invoice, RLC_REQUIRED),
    RLC_ONE(opening_item, open, money, RLC_REQUIRED | RLC_NOT_NEGATIVE),
    RLC_CODE(opening_item, last_step, RLC_OPTIONAL),
    RLC_INSTANT(opening_item, last_contact_at_ms, RLC_OPTIONAL),
};
RLC_TYPE(opening_item, OPENING_ITEM_ROWS);

static const struct rlc_wire_field CASH_SUSPECTED_ROWS[] = {
    RLC_ID(cash_suspected, suspicion, RLC_REQUIRED),
    RLC_ID(cash_suspected, payment, RLC_OPTIONAL),
    RLC_ONE(cash_suspected, amount, money, RLC_NOT_NEGATIVE),
    RLC_INSTANT(cash_suspected, until_ms, RLC_OPTIONAL),
    RLC_MANY(cash_suspected, references, reference_count, reference, 0, RLC_REFERENCES_MAX),
};
RLC_TYPE(cash_suspected, CASH_SUSPECTED_ROWS);

static const struct rlc_wire_field CASH_CLEARED_ROWS[] = {
    RLC_ID(cash_cleared, suspicion, RLC_REQUIRED),
    RLC_CODE(cash_cleared, reason_code, RLC_OPTIONAL),
};
RLC_TYPE(cash_cleared, CASH_CLEARED_ROWS);
