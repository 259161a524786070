/* SPDX-License-Identifier: Apache-2.0 */
/* The words that several topics share. Numbers are those of proto/relance/v1/vocabulary.proto (a
 * test compares the two); they are never reused. Zero is never a valid value on the wire unless the
 * field's comment says that it may be absent. */
#ifndef RLC_WIRE_VOCABULARY_H
#define RLC_WIRE_VOCABULARY_H

#include "common/pure/base.h"

enum rlc_channel {
    RLC_CHANNEL_UNSPECIFIED = 0,
    RLC_CHANNEL_EMAIL = 1,
    RLC_CHANNEL_LETTER = 2,
    RLC_CHANNEL_REGISTERED_LETTER = 3,
    RLC_CHANNEL_REGISTERED_EMAIL = 4,
    RLC_CHANNEL_SMS = 5,
    RLC_CHANNEL_CALL = 6,
    RLC_CHANNEL_WEBHOOK = 7,
    RLC_CHANNEL_PORTAL = 8,
    RLC_CHANNEL_MEETING = 9
};

/* Ordered: a higher tone goes first, and carries lower ones along. */
enum rlc_tone {
    RLC_TONE_UNSPECIFIED = 0,
    RLC_TONE_COURTESY = 1,
    RLC_TONE_FRIENDLY = 2,
    RLC_TONE_FIRM = 3,
    RLC_TONE_FINAL = 4,
    RLC_TONE_FORMAL_NOTICE = 5,
    RLC_TONE_LEGAL = 6
};

enum rlc_creditor_mode {
    RLC_CREDITOR_MODE_UNSPECIFIED = 0,
    RLC_CREDITOR_MODE_OBSERVE = 1, /* evaluates, asks for no contact: reason OBSERVE_MODE */
    RLC_CREDITOR_MODE_SHADOW = 2,  /* as observe, and records what it would have asked */
    RLC_CREDITOR_MODE_LIVE = 3
};

/* What a suspension does to the dunning clock of what it covers. */
enum rlc_clock_effect {
    RLC_CLOCK_EFFECT_UNSPECIFIED = 0,
    RLC_CLOCK_EFFECT_STOP = 1,     /* days under it do not count */
    RLC_CLOCK_EFFECT_CONTINUE = 2, /* days count, contacts are held back */
    RLC_CLOCK_EFFECT_RESTART = 3   /* counting begins anew when it ends */
};

/* How far a suspension reaches. */
enum rlc_reach {
    RLC_REACH_UNSPECIFIED = 0,
    RLC_REACH_DOCUMENT = 1,
    RLC_REACH_ACCOUNT = 2,
    RLC_REACH_DEBTOR = 3
};

enum rlc_hold_reason {
    RLC_HOLD_REASON_UNSPECIFIED = 0,
    RLC_HOLD_REASON_MANUAL = 1,
    RLC_HOLD_REASON_INSOLVENCY = 2,
    RLC_HOLD_REASON_MEDIATION = 3,
    RLC_HOLD_REASON_CAMPAIGN = 4,
    RLC_HOLD_REASON_HARDSHIP = 5,
    RLC_HOLD_REASON_LEGAL = 6,
    RLC_HOLD_REASON_INSURER = 7,
    RLC_HOLD_REASON_PAYMENT_ANNOUNCED = 8,
    RLC_HOLD_REASON_CASH_SUSPECTED = 9,
    RLC_HOLD_REASON_FRAUD = 10,
    RLC_HOLD_REASON_DECEASED = 11,
    RLC_HOLD_REASON_MISSING_DOCUMENT = 12,
    RLC_HOLD_REASON_COMMERCIAL = 13,
    RLC_HOLD_REASON_OTHER = 14
};

/* The fifteen types of dispute; upstream's own code travels beside it. */
enum rlc_dispute_reason {
    RLC_DISPUTE_REASON_UNSPECIFIED = 0,
    RLC_DISPUTE_REASON_AMOUNT = 1,
    RLC_DISPUTE_REASON_PRICE = 2,
    RLC_DISPUTE_REASON_QUANTITY = 3,
    RLC_DISPUTE_REASON_QUALITY = 4,
    RLC_DISPUTE_REASON_DELIVERY = 5,
    RLC_DISPUTE_REASON_TAX = 6,
    RLC_DISPUTE_REASON_DUPLICATE = 7,
    RLC_DISPUTE_REASON_NO_ORDER = 8,
    RLC_DISPUTE_REASON_CONTRACT = 9,
    RLC_DISPUTE_REASON_MISSING_DOCUMENT = 10,
    RLC_DISPUTE_REASON_FORM = 11,
    RLC_DISPUTE_REASON_ROUTING = 12,
    RLC_DISPUTE_REASON_WRONG_PARTY = 13,
    RLC_DISPUTE_REASON_PAYMENT_DETAILS = 14,
    RLC_DISPUTE_REASON_OTHER = 15
};

enum rlc_dispute_result {
    RLC_DISPUTE_RESULT_UNSPECIFIED = 0,
    RLC_DISPUTE_RESULT_REJECTED = 1,  /* the debtor owes all of it */
    RLC_DISPUTE_RESULT_ACCEPTED = 2,  /* the accepted amount will be credited */
    RLC_DISPUTE_RESULT_WITHDRAWN = 3, /* by the debtor */
    RLC_DISPUTE_RESULT_EXPIRED = 4    /* never substantiated in time */
};

enum rlc_document_type {
    RLC_DOCUMENT_TYPE_UNSPECIFIED = 0,
    RLC_DOCUMENT_TYPE_INVOICE = 1,
    RLC_DOCUMENT_TYPE_CORRECTED_INVOICE = 2,
    RLC_DOCUMENT_TYPE_PREPAYMENT_INVOICE = 3,
    RLC_DOCUMENT_TYPE_SELF_BILLED_INVOICE = 4,
    RLC_DOCUMENT_TYPE_PARTIAL_INVOICE = 5,
    RLC_DOCUMENT_TYPE_DEBIT_NOTE = 6,
    RLC_DOCUMENT_TYPE_FEE = 7
};

enum rlc_reference_kind {
    RLC_REFERENCE_KIND_UNSPECIFIED = 0,
    RLC_REFERENCE_KIND_DOCUMENT = 1,          /* the seller's document number */
    RLC_REFERENCE_KIND_PURCHASE_ORDER = 2,    /* BT-13 */
    RLC_REFERENCE_KIND_CONTRACT = 3,          /* BT-12 */
    RLC_REFERENCE_KIND_DELIVERY_NOTE = 4,     /* BT-16 */
    RLC_REFERENCE_KIND_BUYER = 5,             /* BT-10 */
    RLC_REFERENCE_KIND_REMITTANCE = 6,        /* BT-83, for example an ISO 11649 RF reference */
    RLC_REFERENCE_KIND_PRECEDING_INVOICE = 7, /* BT-25: what a correction or credit is about */
    RLC_REFERENCE_KIND_PROOF_OF_DELIVERY = 8,
    RLC_REFERENCE_KIND_PAYER_ACCOUNT = 9, /* keyed hash of the account payments come from */
    RLC_REFERENCE_KIND_TERMS = 10         /* the general terms of sale that apply */
};

enum rlc_payment_method {
    RLC_PAYMENT_METHOD_UNSPECIFIED = 0,
    RLC_PAYMENT_METHOD_TRANSFER = 1,
    RLC_PAYMENT_METHOD_DIRECT_DEBIT = 2,
    RLC_PAYMENT_METHOD_CARD = 3,
    RLC_PAYMENT_METHOD_CHEQUE = 4,
    RLC_PAYMENT_METHOD_BILL = 5,
    RLC_PAYMENT_METHOD_CASH = 6,
    RLC_PAYMENT_METHOD_SET_OFF = 7,
    RLC_PAYMENT_METHOD_INSURER = 8,
    RLC_PAYMENT_METHOD_FACTOR = 9,
    RLC_PAYMENT_METHOD_OTHER = 10
};

/* One shape for everything that stands between a receivable and a reminder. */
enum rlc_agreement_kind {
    RLC_AGREEMENT_KIND_UNSPECIFIED = 0,
    RLC_AGREEMENT_KIND_DISPUTE = 1,
    RLC_AGREEMENT_KIND_PROMISE = 2,
    RLC_AGREEMENT_KIND_PLAN = 3,
    RLC_AGREEMENT_KIND_OFFER = 4,
    RLC_AGREEMENT_KIND_HOLD = 5
};

enum rlc_agreement_result {
    RLC_AGREEMENT_RESULT_UNSPECIFIED = 0,
    RLC_AGREEMENT_RESULT_KEPT = 1,    /* promise: at least 95 % came in by its day and grace */
    RLC_AGREEMENT_RESULT_PARTIAL = 2, /* promise: at least half */
    RLC_AGREEMENT_RESULT_BROKEN = 3,
    RLC_AGREEMENT_RESULT_RESOLVED = 4, /* dispute: see the event's own result */
    RLC_AGREEMENT_RESULT_LIFTED = 5,
    RLC_AGREEMENT_RESULT_EXPIRED = 6,
    RLC_AGREEMENT_RESULT_REPLACED = 7,
    RLC_AGREEMENT_RESULT_MOOT = 8 /* nothing it covers is open any more */
};

/* Why a due step did not act. */
enum rlc_suppression {
    RLC_SUPPRESSION_UNSPECIFIED = 0,
    RLC_SUPPRESSION_PAID = 1,
    RLC_SUPPRESSION_CARRIED = 2,   /* a later step of the same receivable opened */
    RLC_SUPPRESSION_STEP_GONE = 3, /* the active bundle has no step of that name */
    RLC_SUPPRESSION_EXPIRED = 4,   /* older than the step's own limit */
    RLC_SUPPRESSION_DISPUTED = 5,
    RLC_SUPPRESSION_PROMISED = 6,
    RLC_SUPPRESSION_ON_PLAN = 7,
    RLC_SUPPRESSION_ON_HOLD = 8,
    RLC_SUPPRESSION_FROZEN = 9, /* a freeze of the tenant's scope */
    RLC_SUPPRESSION_QUARANTINED = 10,
    RLC_SUPPRESSION_CAP = 11,           /* the debtor's contact budget is used up */
    RLC_SUPPRESSION_OUTSIDE_HOURS = 12, /* not a business day or hour at the debtor's place */
    RLC_SUPPRESSION_OBSERVE_MODE = 13,
    RLC_SUPPRESSION_SHADOW_MODE = 14,
    RLC_SUPPRESSION_RAMP = 15, /* live, but this debtor is not yet in the creditor's ramp */
    RLC_SUPPRESSION_KILL_SWITCH = 16,
    RLC_SUPPRESSION_BELOW_AMOUNT = 17,
    RLC_SUPPRESSION_CONDITION = 18, /* a condition of the step is not met */
    RLC_SUPPRESSION_NO_ADDRESS = 19,
    RLC_SUPPRESSION_OPTED_OUT = 20,
    RLC_SUPPRESSION_CASH_SUSPECTED = 21,
    RLC_SUPPRESSION_STALE_SOURCE = 22,
    RLC_SUPPRESSION_NO_BUNDLE = 23,
    RLC_SUPPRESSION_NO_SCENARIO = 24,
    RLC_SUPPRESSION_DEFERRED = 25,       /* the channel asked for a later time */
    RLC_SUPPRESSION_WAITING_ANSWER = 26, /* a request is under way */
    RLC_SUPPRESSION_WAITING_HUMAN = 27,  /* a task must be done first */
    RLC_SUPPRESSION_ERASED = 28,
    RLC_SUPPRESSION_MERGED = 29,
    RLC_SUPPRESSION_HIGHER_TONE = 30,   /* another account of the group speaks first */
    RLC_SUPPRESSION_IN_LITIGATION = 31, /* the case is with legal-escalation */
    RLC_SUPPRESSION_INSOLVENT = 32,
    RLC_SUPPRESSION_RETURNED = 33,   /* came back from the last look, will be evaluated again */
    RLC_SUPPRESSION_PROVISIONAL = 34 /* a payment that may still bounce covers it */
};

/* How a step instance ends; it ends once. */
enum rlc_step_result {
    RLC_STEP_RESULT_UNSPECIFIED = 0,
    RLC_STEP_RESULT_ACTED = 1,
    RLC_STEP_RESULT_PAID = 2,
    RLC_STEP_RESULT_CARRIED = 3,
    RLC_STEP_RESULT_STEP_GONE = 4,
    RLC_STEP_RESULT_EXPIRED = 5
};

/* What became of a contact that was attempted. */
enum rlc_outcome_result {
    RLC_OUTCOME_RESULT_UNSPECIFIED = 0,
    RLC_OUTCOME_RESULT_ACCEPTED = 1,
    RLC_OUTCOME_RESULT_REFUSED = 2,  /* permanently: the address does not work */
    RLC_OUTCOME_RESULT_DEFERRED = 3, /* not before `until_ms` */
    RLC_OUTCOME_RESULT_UNKNOWN = 4   /* handed over, the answer was lost */
};

/* Why a request came back without an attempt. */
enum rlc_return_reason {
    RLC_RETURN_REASON_UNSPECIFIED = 0,
    RLC_RETURN_REASON_DEBTOR_CHANGED = 1,  /* debtor epoch differs */
    RLC_RETURN_REASON_ACCOUNT_CHANGED = 2, /* account epoch differs */
    RLC_RETURN_REASON_SCOPE_CHANGED = 3,   /* scope revision differs */
    RLC_RETURN_REASON_TOO_LATE = 4,        /* past not_after */
    RLC_RETURN_REASON_ERASED = 5,          /* the addressee's key is gone */
    RLC_RETURN_REASON_BAD_ADDRESS = 6,     /* the sealed address is not a valid address */
    RLC_RETURN_REASON_NOT_RENDERED = 7,    /* the template could not be rendered */
    RLC_RETURN_REASON_NO_CHANNEL = 8,      /* this installation has no such channel */
    RLC_RETURN_REASON_SHUTDOWN = 9         /* the owner stopped before the attempt */
};

enum rlc_task_kind {
    RLC_TASK_KIND_UNSPECIFIED = 0,
    RLC_TASK_KIND_CALL = 1,
    RLC_TASK_KIND_APPROVAL = 2,
    RLC_TASK_KIND_REPAIR_CONTACT = 3,
    RLC_TASK_KIND_REPLY = 4,
    RLC_TASK_KIND_QUARANTINE = 5,
    RLC_TASK_KIND_UNKNOWN_OUTCOME = 6,
    RLC_TASK_KIND_DISPUTE = 7,
    RLC_TASK_KIND_CONFLICT = 8,
    RLC_TASK_KIND_UNAPPLIED_CASH = 9,
    RLC_TASK_KIND_LIMITATION = 10,
    RLC_TASK_KIND_REVIEW = 11
};

#endif
