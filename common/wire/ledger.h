/* SPDX-License-Identifier: Apache-2.0 */
/* What is owed: documents, payments and how payments are spread over documents. Mirrors
 * proto/relance/v1/ledger.proto. The creditor of every document is the envelope's. */
#ifndef RLC_WIRE_LEDGER_H
#define RLC_WIRE_LEDGER_H

#include "common/wire/envelope.h"
#include "common/wire/vocabulary.h"

struct rlc_reference {
    enum rlc_reference_kind kind;
    struct rlc_span value; /* <= RLC_REFERENCE_BYTES_MAX */
};

/* The whole document as of its revision; an amendment carries the whole document again. */
struct rlc_invoice {
    struct rlc_span document; /* id, unique per (tenant, creditor) */
    struct rlc_span number;   /* as printed; absent = same as `document` */
    enum rlc_document_type type;
    struct rlc_money total; /* amount due when issued, taxes included, prepayments deducted; > 0 */
    struct rlc_money tax;   /* tax contained in `total` (relief on bad debt); may be absent */
    rlc_day issued_on;
    rlc_day due_on;
    rlc_day performed_on;          /* delivery or performance; absent = unknown */
    struct rlc_span terms_version; /* the terms of sale that govern it; may be absent */
    struct rlc_span payment_terms; /* upstream's code, for example "NET30"; may be absent */
    struct rlc_hash document_hash; /* of the stored original; may be absent */
    struct rlc_sealed description; /* free text: what was sold */
    const struct rlc_reference *references;
    size_t reference_count; /* <= RLC_REFERENCES_MAX */
};

struct rlc_invoice_cancelled {
    struct rlc_span document;
    rlc_day cancelled_on;
    struct rlc_span reason_code; /* upstream's; may be absent */
    struct rlc_span replaced_by; /* document id; may be absent */
};

/* One share of a credit or payment. `document` is of this debtor and of the envelope's creditor. */
struct rlc_allocation {
    struct rlc_span document;
    struct rlc_money amount; /* > 0 */
};

struct rlc_credit_note {
    struct rlc_span document; /* the credit note's own id */
    struct rlc_span number;
    struct rlc_money total; /* > 0; what allocations leave over stays on account */
    rlc_day issued_on;
    struct rlc_span reason_code;
    const struct rlc_allocation *allocations;
    size_t allocation_count; /* <= RLC_ALLOCATIONS_MAX */
    const struct rlc_reference *references;
    size_t reference_count;
};

struct rlc_payment {
    struct rlc_span payment; /* id, unique per (tenant, creditor) */
    struct rlc_money amount; /* > 0; what allocations leave over stays on account */
    enum rlc_payment_method method;
    rlc_day received_on;            /* value date: interest stops here */
    rlc_ms provisional_until_ms;    /* may bounce until then; 0 = final */
    struct rlc_span bank_reference; /* the bank's own, for duplicate feeds; may be absent */
    struct rlc_sealed payer;
    struct rlc_sealed remittance; /* the payer's text */
    const struct rlc_allocation *allocations;
    size_t allocation_count; /* <= RLC_ALLOCATIONS_MAX; their sum never exceeds `amount` */
    const struct rlc_reference *references;
    size_t reference_count;
};

struct rlc_payment_reversed {
    struct rlc_span payment;
    struct rlc_money amount; /* absent = all of it */
    rlc_day reversed_on;
    struct rlc_span reason_code; /* for example a SEPA code such as "AM04" */
    struct rlc_money fee;        /* what the bank charged; may be absent */
};

/* Go-live: a receivable that was already being collected elsewhere. */
struct rlc_opening_item {
    struct rlc_invoice invoice;
    struct rlc_money open;     /* still owed on the day of entry; >= 0 and <= total */
    struct rlc_span last_step; /* name of the last step already done; absent = none */
    rlc_ms last_contact_at_ms; /* 0 = never contacted */
};

/* Money that seems to be there but is not yet applied: holds the debtor's reminders. */
struct rlc_cash_suspected {
    struct rlc_span suspicion; /* id; `CashCleared` names it again */
    struct rlc_span payment;   /* the payment that waits for its debtor */
    struct rlc_money amount;
    rlc_ms until_ms; /* suspicion ends by itself; 0 = when cleared */
    const struct rlc_reference *references;
    size_t reference_count;
};

struct rlc_cash_cleared {
    struct rlc_span suspicion;
    struct rlc_span reason_code; /* "APPLIED", "OTHER_DEBTOR", "RETURNED", "EXPIRED" */
};

#endif
