/* SPDX-License-Identifier: Apache-2.0 */
/* How people, CRM and portal act: one message, answered once by a fact. Mirrors
 * proto/relance/v1/command.proto. */
#ifndef RLC_WIRE_COMMAND_H
#define RLC_WIRE_COMMAND_H

#include "common/wire/envelope.h"
#include "common/wire/scope.h"
#include "common/wire/standing.h"
#include "common/wire/vocabulary.h"

/* Below 100: about a debtor, key `<tenant>/<debtor>`. From 100 on: about the tenant's scope, key
 * `<tenant>`. */
enum rlc_command_kind {
    RLC_COMMAND_KIND_UNSPECIFIED = 0,
    RLC_COMMAND_KIND_PLACE_HOLD = 1,
    RLC_COMMAND_KIND_LIFT_HOLD = 2,
    RLC_COMMAND_KIND_OPEN_DISPUTE = 3,
    RLC_COMMAND_KIND_RESOLVE_DISPUTE = 4,
    RLC_COMMAND_KIND_RECORD_PROMISE = 5,
    RLC_COMMAND_KIND_AGREE_PLAN = 6,
    RLC_COMMAND_KIND_CANCEL_AGREEMENT = 7,
    RLC_COMMAND_KIND_APPROVE = 8,
    RLC_COMMAND_KIND_REFUSE = 9,
    RLC_COMMAND_KIND_OPT_OUT = 10,
    RLC_COMMAND_KIND_OPT_IN = 11,
    RLC_COMMAND_KIND_MERGE = 12,
    RLC_COMMAND_KIND_WRITE_OFF = 13,
    RLC_COMMAND_KIND_CAMPAIGN = 14,
    RLC_COMMAND_KIND_TASK_DONE = 15,
    RLC_COMMAND_KIND_ERASE = 16,
    RLC_COMMAND_KIND_RESOLVE_UNKNOWN = 17,
    RLC_COMMAND_KIND_RELEASE_QUARANTINE = 18,
    RLC_COMMAND_KIND_CHOOSE_SCENARIO = 19,
    RLC_COMMAND_KIND_REFER_TO_LAW = 20,
    RLC_COMMAND_KIND_RECALL = 21,
    RLC_COMMAND_KIND_RECORD_ACT = 22,
    RLC_COMMAND_KIND_ACTIVATE_BUNDLE = 100,
    RLC_COMMAND_KIND_KILL_SWITCH = 101,
    RLC_COMMAND_KIND_CREDITOR_MODE = 102,
    RLC_COMMAND_KIND_PLACE_SCOPE_HOLD = 103,
    RLC_COMMAND_KIND_LIFT_SCOPE_HOLD = 104,
    RLC_COMMAND_KIND_PLACE_FREEZE = 105,
    RLC_COMMAND_KIND_LIFT_FREEZE = 106
};

enum { RLC_COMMAND_KIND_SCOPE_FIRST = RLC_COMMAND_KIND_ACTIVATE_BUNDLE };

struct rlc_command_cancel_agreement {
    enum rlc_agreement_kind kind;
    struct rlc_span agreement;
};

/* An answer to a proposal of legal-escalation, bound to what was shown. */
struct rlc_command_approval {
    struct rlc_span case_id;
    struct rlc_span act;         /* the act asked for, for example "FILE_PAYMENT_ORDER" */
    struct rlc_hash claim_hash;  /* of the claim as the approver saw it */
    struct rlc_span reason_code; /* with REFUSE */
};

struct rlc_command_opt {
    struct rlc_span contact;  /* absent = the whole debtor */
    enum rlc_channel channel; /* absent = every channel */
};

struct rlc_command_merge {
    struct rlc_span into; /* debtor that stays; the envelope's debtor becomes its alias */
};

struct rlc_command_write_off {
    struct rlc_span document;
    struct rlc_money amount; /* absent = all that is open */
    struct rlc_span reason_code;
};

struct rlc_command_campaign {
    struct rlc_span campaign; /* id */
    struct rlc_span scenario; /* takes the place of the policy's choice until `until_ms` */
    rlc_ms until_ms;
};

struct rlc_command_task_done {
    struct rlc_span task;
    struct rlc_span outcome_code; /* one of the task kind's codes in the bundle */
    struct rlc_sealed note;
};

struct rlc_command_erase {
    struct rlc_span subject;
    struct rlc_span ground; /* legal ground given, for example "GDPR17" */
};

/* What a person found out about a contact whose answer was lost. */
struct rlc_command_resolve_unknown {
    struct rlc_action_id action;
    uint32_t request_number;
    enum rlc_outcome_result result; /* ACCEPTED or REFUSED */
};

struct rlc_command_release_quarantine {
    struct rlc_coordinates at;
    bool replayed; /* else dropped */
};

struct rlc_command_choose_scenario {
    struct rlc_span scenario; /* absent = back to the policy's choice */
};

struct rlc_command_case {
    struct rlc_span case_id; /* with RECALL; absent with REFER_TO_LAW */
    struct rlc_span reason_code;
    const struct rlc_document_ref *documents;
    size_t document_count; /* 0 = all that is overdue */
};

/* What a court, an officer or the debtor did in a case. */
struct rlc_command_record_act {
    struct rlc_span case_id;
    struct rlc_span act; /* word of the procedure, for example "ORDER_GRANTED" */
    rlc_day on;          /* date of the act itself */
};

struct rlc_command_activate_bundle {
    struct rlc_hash bundle_hash;
};

struct rlc_command_kill_switch {
    bool on;
};

struct rlc_command_lift {
    struct rlc_span id; /* of the scope hold or freeze */
};

/* The target is the envelope's tenant, debtor and creditor, plus what the payload names. */
struct rlc_command {
    struct rlc_span command; /* id: the same id is answered once */
    enum rlc_command_kind kind;
    struct rlc_span actor;       /* who; required */
    struct rlc_span reason_code; /* may be absent */
    struct rlc_sealed reason;    /* free text */
    rlc_ms issued_at_ms;
    rlc_ms expires_at_ms;        /* refused from then on; 0 = never */
    int64_t expected_epoch;      /* of the debtor; refused if another; 0 = any */
    struct rlc_span signing_key; /* id of the actor's key; absent = unsigned */
    struct rlc_span signature;   /* Ed25519, see proto/README.md */
    union {
        struct rlc_hold place_hold;
        struct rlc_hold_lifted lift_hold;
        struct rlc_dispute open_dispute;
        struct rlc_dispute_resolved resolve_dispute;
        struct rlc_promise record_promise;
        struct rlc_plan agree_plan;
        struct rlc_command_cancel_agreement cancel_agreement;
        struct rlc_command_approval approve;
        struct rlc_command_approval refuse;
        struct rlc_command_opt opt_out;
        struct rlc_command_opt opt_in;
        struct rlc_command_merge merge;
        struct rlc_command_write_off write_off;
        struct rlc_command_campaign campaign;
        struct rlc_command_task_done task_done;
        struct rlc_command_erase erase;
        struct rlc_command_resolve_unknown resolve_unknown;
        struct rlc_command_release_quarantine release_quarantine;
        struct rlc_command_choose_scenario choose_scenario;
        struct rlc_command_case refer_to_law;
        struct rlc_command_case recall;
        struct rlc_command_record_act record_act;
        struct rlc_command_activate_bundle activate_bundle;
        struct rlc_command_kill_switch kill_switch;
        struct rlc_creditor_setting creditor_mode;
        struct rlc_scope_hold place_scope_hold;
        struct rlc_command_lift lift_scope_hold;
        struct rlc_scope_freeze place_freeze;
        struct rlc_command_lift lift_freeze;
    };
};

#endif
