/* SPDX-License-Identifier: Apache-2.0 */
#include "json/shapes.h"

/* ---- parties ---- */

static const struct member DEBTOR[] = {
    { WORD(debtor, kind, PARTY_KIND), .flags = REQUIRED },
    { WORD(debtor, status, PARTY_STATUS), .fallback = RLC_PARTY_STATUS_ACTIVE },
    { AS("status_since", debtor, status_since_on), .form = FORM_DATE },
    { AT(debtor, country), .form = FORM_COUNTRY, .flags = REQUIRED },
    { AT(debtor, zone), .form = FORM_ZONE, .flags = REQUIRED },
    { AT(debtor, language), .form = FORM_LANGUAGE, .flags = REQUIRED },
    { CODE(debtor, calendar) },
    /* The record keeps 64 bytes of it. */
    { AT(debtor, group), .form = FORM_ID, .high = RLC_CODE_BYTES_MAX },
    { CODE(debtor, registry_id) },
    { PERSONAL(debtor, name), .flags = REQUIRED },
    { AT(debtor, address), .form = FORM_LINES, .high = ADDRESS_LINES_MAX },
    { PERSONAL(debtor, tax_id) },
};
static const struct shape SHAPE_DEBTOR = SHAPE(DEBTOR, struct rlc_debtor);

static const struct member ACCOUNT[] = {
    { CODE(account, customer_number) },
    { CODE(account, scenario) },
    { CODE(account, segment) },
    { AT(account, language), .form = FORM_LANGUAGE },
    { CODE(account, owner) },
    { WORD(account, preferred_channel, CHANNEL) },
    { CURRENCY },
    { AMOUNT(account, credit_limit) },
    { CODE(account, contract_terms) },
    { PERSONAL(account, reference) },
    { FLAG(account, closed) },
};
static const struct shape SHAPE_ACCOUNT = SHAPE(ACCOUNT, struct rlc_account);

static const struct member CHANNEL[] = {
    { WORD(contact_channel, channel, CHANNEL), .flags = REQUIRED },
    { AT(contact_channel, address), .form = FORM_ADDRESS, .flags = REQUIRED },
    { NUMBER(contact_channel, rank, 1, UINT32_MAX), .flags = OR_PLACE },
    { FLAG(contact_channel, opted_out) },
};
static const struct shape SHAPE_CHANNEL = SHAPE(CHANNEL, struct rlc_contact_channel);

static const struct member CONTACT[] = {
    { ID(contact, contact), .flags = REQUIRED },
    { ID(contact, subject) },
    { AT(contact, roles), .form = FORM_ROLES, .flags = REQUIRED },
    { AT(contact, language), .form = FORM_LANGUAGE },
    { FLAG(contact, closed) },
    { PERSONAL(contact, name) },
    { LIST(contact, channels, channel_count, SHAPE_CHANNEL, RLC_CHANNELS_MAX), .flags = REQUIRED },
};
static const struct shape SHAPE_CONTACT = SHAPE(CONTACT, struct rlc_contact);

/* ---- ledger ---- */

static const struct member REFERENCE[] = {
    { WORD(reference, kind, REFERENCE_KIND), .flags = REQUIRED },
    { TEXT(reference, value, RLC_REFERENCE_BYTES_MAX), .flags = REQUIRED },
};
static const struct shape SHAPE_REFERENCE = SHAPE(REFERENCE, struct rlc_reference);

static const struct member ALLOCATION[] = {
    { ID(allocation, document), .flags = REQUIRED },
    { AMOUNT(allocation, amount), .flags = REQUIRED | POSITIVE },
};
static const struct shape SHAPE_ALLOCATION = SHAPE(ALLOCATION, struct rlc_allocation);

#define REFERENCES(owner)                                                                          \
    LIST(owner, references, reference_count, SHAPE_REFERENCE, RLC_REFERENCES_MAX)
#define ALLOCATIONS(owner)                                                                         \
    LIST(owner, allocations, allocation_count, SHAPE_ALLOCATION, RLC_ALLOCATIONS_MAX)

static const struct member INVOICE[] = {
    { ID(invoice, document), .flags = REQUIRED },
    { TEXT(invoice, number, RLC_NUMBER_BYTES_MAX) },
    { WORD_AS("document_type", invoice, type, DOCUMENT_TYPE),
      .fallback = RLC_DOCUMENT_TYPE_INVOICE },
    { CURRENCY, .flags = REQUIRED },
    { AMOUNT(invoice, total), .flags = REQUIRED | POSITIVE },
    { AMOUNT(invoice, tax) },
    { DATE(invoice, issued_on), .flags = REQUIRED },
    { DATE(invoice, due_on), .flags = REQUIRED },
    { DATE(invoice, performed_on) },
    { CODE(invoice, terms_version) },
    { CODE(invoice, payment_terms) },
    { HASH(invoice, document_hash) },
    { PERSONAL(invoice, description) },
    { REFERENCES(invoice) },
};
static const struct shape SHAPE_INVOICE = SHAPE(INVOICE, struct rlc_invoice);

static const struct member OPENING_ITEM[] = {
    { AMOUNT(opening_item, open), .flags = REQUIRED },
    { CODE(opening_item, last_step) },
    { INSTANT("last_contact_at", opening_item, last_contact_at_ms) },
};
static const struct shape SHAPE_OPENING_ITEM = {
    .members = OPENING_ITEM,
    .count = RLC_COUNT(OPENING_ITEM),
    .size = sizeof(struct rlc_opening_item),
    .base = &SHAPE_INVOICE,
};
_Static_assert(offsetof(struct rlc_opening_item, invoice) == 0, "the invoice is its base");

static const struct member INVOICE_CANCELLED[] = {
    { ID(invoice_cancelled, document), .flags = REQUIRED },
    { DATE(invoice_cancelled, cancelled_on), .flags = REQUIRED },
    { CODE(invoice_cancelled, reason_code) },
    { ID(invoice_cancelled, replaced_by) },
};
static const struct shape SHAPE_INVOICE_CANCELLED =
    SHAPE(INVOICE_CANCELLED, struct rlc_invoice_cancelled);

static const struct member CREDIT_NOTE[] = {
    { ID(credit_note, document), .flags = REQUIRED },
    { TEXT(credit_note, number, RLC_NUMBER_BYTES_MAX) },
    { CURRENCY, .flags = REQUIRED },
    { AMOUNT(credit_note, total), .flags = REQUIRED | POSITIVE },
    { DATE(credit_note, issued_on), .flags = REQUIRED },
    { CODE(credit_note, reason_code) },
    { ALLOCATIONS(credit_note) },
    { REFERENCES(credit_note) },
};
static const struct shape SHAPE_CREDIT_NOTE = SHAPE(CREDIT_NOTE, struct rlc_credit_note);

static const struct member PAYMENT[] = {
    { ID(payment, payment), .flags = REQUIRED },
    { CURRENCY, .flags = REQUIRED },
    { AMOUNT(payment, amount), .flags = REQUIRED | POSITIVE },
    { WORD(payment, method, PAYMENT_METHOD), .fallback = RLC_PAYMENT_METHOD_TRANSFER },
    { DATE(payment, received_on), .flags = REQUIRED },
    { INSTANT("provisional_until", payment, provisional_until_ms) },
    { TEXT(payment, bank_reference, RLC_REFERENCE_BYTES_MAX) },
    { PERSONAL(payment, payer) },
    { PERSONAL(payment, remittance) },
    { ALLOCATIONS(payment) },
    { REFERENCES(payment) },
};
static const struct shape SHAPE_PAYMENT = SHAPE(PAYMENT, struct rlc_payment);

static const struct member PAYMENT_REVERSED[] = {
    { ID(payment_reversed, payment), .flags = REQUIRED },
    { DATE(payment_reversed, reversed_on), .flags = REQUIRED },
    { CURRENCY },
    { AMOUNT(payment_reversed, amount), .flags = POSITIVE },
    { CODE(payment_reversed, reason_code) },
    { AMOUNT(payment_reversed, fee) },
};
static const struct shape SHAPE_PAYMENT_REVERSED =
    SHAPE(PAYMENT_REVERSED, struct rlc_payment_reversed);

/* ---- standing ---- */

static const struct member DISPUTE[] = {
    { ID(dispute, dispute), .flags = REQUIRED },
    { ID(dispute, document), .flags = REQUIRED },
    { CURRENCY },
    { AMOUNT(dispute, amount), .flags = POSITIVE },
    { WORD(dispute, reason, DISPUTE_REASON), .flags = REQUIRED },
    { CODE(dispute, reason_code) },
    { DATE(dispute, opened_on), .flags = REQUIRED },
    { DATE(dispute, expires_on) },
    { PERSONAL(dispute, note) },
};
const struct shape SHAPE_DISPUTE = SHAPE(DISPUTE, struct rlc_dispute);

static const struct member DISPUTE_RESOLVED[] = {
    { ID(dispute_resolved, dispute), .flags = REQUIRED },
    { WORD(dispute_resolved, result, DISPUTE_RESULT), .flags = REQUIRED },
    { CURRENCY },
    { AMOUNT(dispute_resolved, accepted), .flags = POSITIVE },
    { DATE(dispute_resolved, resolved_on), .flags = REQUIRED },
    { ID(dispute_resolved, credit_note) },
    { PERSONAL(dispute_resolved, note) },
};
const struct shape SHAPE_DISPUTE_RESOLVED = SHAPE(DISPUTE_RESOLVED, struct rlc_dispute_resolved);

static const struct member PROMISE[] = {
    { ID(promise, promise), .flags = REQUIRED },
    { CURRENCY, .flags = REQUIRED },
    { AMOUNT(promise, amount), .flags = REQUIRED | POSITIVE },
    { DATE(promise, made_on), .flags = REQUIRED },
    { DATE(promise, promised_for), .flags = REQUIRED },
    { WORD(promise, channel, CHANNEL), .flags = REQUIRED },
    { ID(promise, contact) },
    { DOCUMENTS(promise) },
};
const struct shape SHAPE_PROMISE = SHAPE(PROMISE, struct rlc_promise);

static const struct member PROMISE_WITHDRAWN[] = {
    { ID(promise_withdrawn, promise), .flags = REQUIRED },
    { DATE(promise_withdrawn, withdrawn_on), .flags = REQUIRED },
    { CODE(promise_withdrawn, reason_code) },
};
static const struct shape SHAPE_PROMISE_WITHDRAWN =
    SHAPE(PROMISE_WITHDRAWN, struct rlc_promise_withdrawn);

static const struct member HOLD[] = {
    { ID(hold, hold), .flags = REQUIRED },
    { WORD(hold, reach, REACH), .flags = REQUIRED },
    { ID(hold, document) },
    { WORD(hold, reason, HOLD_REASON), .flags = REQUIRED },
    { WORD(hold, clock, CLOCK_EFFECT), .flags = REQUIRED },
    { INSTANT("from", hold, from_ms), .flags = OR_TIME },
    { INSTANT("until", hold, until_ms) },
    { PERSONAL(hold, note) },
};
const struct shape SHAPE_HOLD = SHAPE(HOLD, struct rlc_hold);

static const struct member HOLD_LIFTED[] = {
    { ID(hold_lifted, hold), .flags = REQUIRED },
    { CODE(hold_lifted, reason_code) },
};
const struct shape SHAPE_HOLD_LIFTED = SHAPE(HOLD_LIFTED, struct rlc_hold_lifted);

/* ---- event types ---- */

static const struct event_type EVENT_TYPES[] = {
    { "debtor.upserted", RLC_EVENT_KIND_DEBTOR_UPSERTED, &SHAPE_DEBTOR, false },
    { "account.upserted", RLC_EVENT_KIND_ACCOUNT_UPSERTED, &SHAPE_ACCOUNT, true },
    { "contact.upserted", RLC_EVENT_KIND_CONTACT_UPSERTED, &SHAPE_CONTACT, false },
    { "invoice.issued", RLC_EVENT_KIND_INVOICE_ISSUED, &SHAPE_INVOICE, true },
    { "invoice.amended", RLC_EVENT_KIND_INVOICE_AMENDED, &SHAPE_INVOICE, true },
    { "invoice.cancelled", RLC_EVENT_KIND_INVOICE_CANCELLED, &SHAPE_INVOICE_CANCELLED, true },
    { "credit_note.issued", RLC_EVENT_KIND_CREDIT_NOTE_ISSUED, &SHAPE_CREDIT_NOTE, true },
    { "payment.received", RLC_EVENT_KIND_PAYMENT_RECEIVED, &SHAPE_PAYMENT, true },
    { "payment.reversed", RLC_EVENT_KIND_PAYMENT_REVERSED, &SHAPE_PAYMENT_REVERSED, true },
    { "opening_item.entered", RLC_EVENT_KIND_OPENING_ITEM, &SHAPE_OPENING_ITEM, true },
    { "dispute.opened", RLC_EVENT_KIND_DISPUTE_OPENED, &SHAPE_DISPUTE, true },
    { "dispute.resolved", RLC_EVENT_KIND_DISPUTE_RESOLVED, &SHAPE_DISPUTE_RESOLVED, true },
    { "promise.made", RLC_EVENT_KIND_PROMISE_MADE, &SHAPE_PROMISE, true },
    { "promise.withdrawn", RLC_EVENT_KIND_PROMISE_WITHDRAWN, &SHAPE_PROMISE_WITHDRAWN, true },
    { "hold.placed", RLC_EVENT_KIND_HOLD_PLACED, &SHAPE_HOLD, false },
    { "hold.lifted", RLC_EVENT_KIND_HOLD_LIFTED, &SHAPE_HOLD_LIFTED, false },
    { "command.issued", RLC_EVENT_KIND_COMMAND_ISSUED, &SHAPE_COMMAND, false },
};

const struct event_type *event_types(size_t *ret_count)
{
    *ret_count = RLC_COUNT(EVENT_TYPES);
    return EVENT_TYPES;
}
