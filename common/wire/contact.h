/* SPDX-License-Identifier: Apache-2.0 */
/* A contact from the wish to its end: request, return, outcome. Mirrors
 * proto/relance/v1/contact.proto. */
#ifndef RLC_WIRE_CONTACT_H
#define RLC_WIRE_CONTACT_H

#include "common/wire/envelope.h"
#include "common/wire/vocabulary.h"

/* (receivable, scenario, step, occurrence): what is opened once and closed once. */
struct rlc_step_instance {
    struct rlc_span document;
    struct rlc_span scenario;
    struct rlc_span step;
    uint32_t occurrence; /* 1 for a step that does not repeat */
};

/* One constant stretch of interest, for claims and for showing the computation. */
struct rlc_interest_segment {
    rlc_day from_on;  /* first day counted */
    rlc_day to_on;    /* last day counted */
    int64_t rate_ppm; /* yearly: 121500 = 12.15 % */
    struct rlc_money principal;
    struct rlc_money interest;
    struct rlc_span rate_source; /* name and version of the rate table */
};

/* One receivable as the message will show it. */
struct rlc_line {
    struct rlc_span creditor; /* absent = the envelope's */
    struct rlc_span document;
    struct rlc_span number; /* as printed */
    rlc_day issued_on;
    rlc_day due_on;
    struct rlc_money total;
    struct rlc_money open;     /* asked for: without the disputed part */
    struct rlc_money disputed; /* held back; absent = nothing */
    struct rlc_money interest; /* accrued up to `interest_as_of_on`; absent = not claimed */
    rlc_day interest_as_of_on;
    struct rlc_money indemnity; /* flat recovery cost; absent = not claimed */
    struct rlc_span terms_version;
    struct rlc_step_instance instance; /* the step that speaks about this line */
};

/* To whom: opened only by the notifier. */
struct rlc_recipient {
    struct rlc_span contact; /* id; absent = the debtor's own address */
    struct rlc_span subject; /* whose key seals name and address */
    uint32_t number;         /* named by outcomes and returns */
    bool copy;               /* Cc instead of To */
    struct rlc_span language;
    struct rlc_sealed name;
    struct rlc_sealed address;
};

/* Per currency; never a sum across currencies. */
struct rlc_total {
    struct rlc_money open;
    struct rlc_money interest;
    struct rlc_money indemnity;
    uint32_t line_count; /* over all records of the request */
};

/* What the notifier does when it cannot know whether the message arrived. */
enum rlc_unknown_policy {
    RLC_UNKNOWN_POLICY_UNSPECIFIED = 0,
    RLC_UNKNOWN_POLICY_ASK_AGAIN = 1, /* same message id again */
    RLC_UNKNOWN_POLICY_WAIT_FOR_HUMAN = 2
};

/* An account whose lines the message carries. */
struct rlc_account_part {
    struct rlc_span creditor;
    int64_t account_epoch;
};

/* A debtor that was merged into this one: its partition's gate counts too. */
struct rlc_alias {
    struct rlc_span debtor;
};

/* One contact, complete. Its epochs, bundle and creditor are the envelope's. A request with more
 * lines than one record holds is continued by records with the same action id and request number
 * and a higher `part`: they repeat the head and carry further lines (the annex), no recipients. */
struct rlc_contact_body {
    struct rlc_action_id action;
    uint32_t request_number; /* 1, 2 ...: asked again under the same action id */
    uint32_t part;           /* 0 = the request, 1.. = annex */
    uint32_t part_count;     /* records of this request, >= 1 */

    struct rlc_span scenario;
    struct rlc_span step; /* the step with the highest tone: it chose channel and template */
    uint32_t occurrence;
    uint32_t channel_ordinal; /* position of the channel in the step */
    enum rlc_channel channel;
    enum rlc_tone tone;
    struct rlc_span template_name;
    struct rlc_span sender; /* sender of the bundle that speaks */
    struct rlc_span language;
    struct rlc_span zone; /* the debtor's */
    enum rlc_unknown_policy unknown_policy;

    rlc_ms decided_at_ms; /* partition time of the decision: dates the message */
    rlc_ms not_after_ms;  /* past it the request comes back */
    rlc_day as_of_on;     /* civil day of the amounts, in the debtor's zone */

    struct rlc_sealed debtor_name;
    struct rlc_sealed debtor_address;
    struct rlc_sealed account_reference;
    struct rlc_span customer_number;
    const struct rlc_account_part *accounts;
    size_t account_count; /* 1..RLC_REQUEST_ACCOUNTS_MAX, the envelope's creditor first */
    const struct rlc_recipient *recipients;
    size_t recipient_count; /* <= RLC_REQUEST_CONTACTS_MAX */
    const struct rlc_line *lines;
    size_t line_count; /* <= RLC_REQUEST_LINES_MAX */
    const struct rlc_total *totals;
    size_t total_count; /* <= RLC_REQUEST_TOTALS_MAX */
    const struct rlc_alias *aliases;
    size_t alias_count; /* <= RLC_ALIASES_MAX */
    bool unsubscribe;   /* the message says how to get no more of its kind */
};

/* What the last look had read when it returned a request or let it go. */
struct rlc_look_taken {
    int64_t watermark;        /* of the debtor's partition of debtor-events */
    int64_t tenant_watermark; /* of the tenant's partition */
    rlc_ms asked_at_ms;       /* when the debtor's watermark was asked */
    struct rlc_epochs epochs; /* read after the gates had opened */
};

/* A request that came back without an attempt. */
struct rlc_returned {
    struct rlc_action_id action;
    uint32_t request_number;
    enum rlc_return_reason reason;
    uint32_t contact_number; /* the recipient at fault; 0 = none */
    struct rlc_look_taken look;
    struct rlc_span detail; /* for people, no personal data */
};

/* What became of an attempt. */
struct rlc_outcome {
    struct rlc_action_id action;
    uint32_t request_number;
    enum rlc_outcome_result result;
    rlc_ms until_ms; /* with DEFERRED */
    rlc_ms attempted_at_ms;
    uint32_t contact_number; /* the recipient this is about; 0 = all */
    struct rlc_span code;    /* the channel's answer code, for example "550 5.1.1" */
    struct rlc_span message_id;
    struct rlc_span provider_reference;
    struct rlc_hash content_hash; /* of what was handed over */
    struct rlc_look_taken look;
    bool assumed; /* no channel behind it: a simulation or a stand-in took it as accepted */
};

#endif
