/* SPDX-License-Identifier: Apache-2.0 */
/* Scenario's state: small records, so that an event touches what it names and not the whole debtor.
 *
 *   d|D       debtor      epoch, directory of accounts, caps, quarantine, the one timer
 *   h|D       book        whom to speak to: names and addresses, sealed; opt-outs
 *   a|D|C     account     epoch, directory of pages, cash on account, request under way
 *   o|D|C|n   page        at most 32 receivables, with what an evaluation must know of each
 *   r|D|C|doc receivable  what is owed and why, and its step instances
 *   p|D|C|kind|id  settlement   a payment, credit note or write-off and what it moved
 *   g|D|hold|id, g|D|C|kind|id  agreement   dispute, promise, plan or hold
 *   c|D|action     contact      a request under way, or closed a quarter ago at most
 *   k|D|task  task        something people must do
 *   q|D|id, q|tenant|id   command   how it was answered
 *   s|tenant  scope       as this partition has read it
 *   t|tenant  decided scope     as the owner of the tenant's partition has decided it
 *
 * Conventions as in common/wire (absent = zero). Lists are a pointer and a count; `capacity` is
 * room in memory and not stored. Whatever would exceed a limit becomes a fact or a task. */
#ifndef SCENARIO_CORE_RECORDS_H
#define SCENARIO_CORE_RECORDS_H

#include "common/wire/contact.h"
#include "common/wire/debtor_event.h"
#include "common/wire/envelope.h"
#include "common/wire/ledger.h"
#include "common/wire/party.h"
#include "common/wire/scope.h"
#include "common/wire/standing.h"
#include "common/wire/vocabulary.h"

enum {
    ACCOUNTS_MAX = 64,   /* creditors of one tenant that one debtor buys from */
    PAGE_ITEMS_MAX = 32, /* a page is rewritten whole: 32 items are about 2 kB */
    PAGES_MAX = 1024,    /* 32,768 open receivables of one account */
    STEPS_MAX = 24,      /* step instances a receivable remembers (architecture, rule 5) */
    BLOCKS_MAX = 32,     /* agreements in force on one receivable, account or debtor */
    STOPS_MAX = 16,      /* past stretches of stopped clock; more are joined, which stops longer */
    RECEIPTS_MAX = 32,   /* days on which money came in; older ones are joined */
    SETTLED_MAX = RLC_ON_ACCOUNT_MAX,       /* currencies in which one document was paid */
    POSTINGS_MAX = 2 * RLC_ALLOCATIONS_MAX, /* documents of one settlement, old and new revision */
    REVERSALS_MAX = 16,                     /* reversals of one payment */
    CREDITS_MAX = 16,                /* currencies on account: as many as a request has totals */
    CASES_MAX = 16,                  /* of one account that are with legal-escalation */
    CASE_LINES_MAX = RLC_PROOFS_MAX, /* receivables of one case: each has its notice as a proof */
    ACTS_MAX = 96,                   /* (scenario, step) pairs an account has been reminded by */
    TOUCHES_MAX = 64,                /* latest contacts of a debtor that are remembered */
    CONTACT_KEPT_DAYS = 92,   /* a closed contact waits so long for its late return (letters) */
    QUARANTINE_MAX = 64,      /* records about one debtor that could not be understood */
    PERSONS_MAX = 16,         /* contact persons of a debtor */
    OPT_OUTS_MAX = 64,        /* each person and channel */
    ERASED_MAX = 32,          /* subjects of a debtor that were erased */
    CONTACT_LINES_MAX = 5000, /* lines of one message: its record stays below 900 kB */
    KNOWN_STEPS_MAX = 1024    /* steps of a bundle, over all its scenarios */
};

/* Largest amount of one message, in minor units: ten thousand times what any invoice is, and sums
 * of thousands of them still fit into 64 bits. */
#define AMOUNT_MAX INT64_C(1000000000000000)

/* Of every record, in its first member: raised when an older program must not read it. */
#define RECORD_FORMAT 1u

/* Whose word an entity's present state is: orders versions and shows conflicts. */
struct rlc_version {
    int64_t revision; /* upstream's; 0 = it has none */
    rlc_ms occurred_at_ms;
    struct rlc_span source;
    struct rlc_span event_id; /* absent = no version yet */
    struct rlc_hash body_hash;
    struct rlc_hash refused_hash; /* body of the conflict that was refused last; absent = none */
};

/* An agreement where it works: on the receivable, account or debtor that it covers. Kept after its
 * end while its stretch of stopped clock counts. */
struct rlc_block {
    enum rlc_agreement_kind kind;
    struct rlc_span id;
    struct rlc_money amount; /* held back; absent = all of it */
    rlc_ms from_ms;
    rlc_ms until_ms; /* first instant without it; 0 = open end */
    enum rlc_clock_effect clock;
    enum rlc_suppression reason;
    struct rlc_event_reference said; /* the event that laid it */
    bool conceded;                   /* what a resolved dispute conceded, until it is credited */
    int64_t total_minor;             /* with `conceded`: total of the document at that time */
};

/* Civil days on which a clock stood still. */
struct rlc_stop {
    rlc_day from_on; /* first day */
    rlc_day to_on;   /* first day after it */
};

/* Money that came in for something, by value date. */
struct rlc_receipt {
    rlc_day on;
    struct rlc_money amount; /* negative when more was taken back than given on that day */
};

/* ---- debtor ---- */

struct rlc_account_entry {
    struct rlc_span creditor;
    rlc_ms wake_ms; /* not later than the earliest of the account; 0 = none */
    bool ready;     /* it may have items that wait only for something wider than themselves */
    bool at_law;    /* it has cases with legal-escalation */
};

/* A contact of the last CONTACT_KEPT_DAYS, those of them that the caps count: reserved by a
 * request, kept unless it comes back. With it goes the record of a contact that is closed. */
struct rlc_touch {
    rlc_day on; /* civil day in the debtor's zone */
    struct rlc_action_id action;
};

/* A record in quarantine because it ends or undoes something that nobody has told of yet. */
struct rlc_waiting {
    struct rlc_coordinates at;
    struct rlc_span object; /* state key of what it waits for */
};

/* What the next DUE looks at, besides what is due. */
enum rlc_review {
    RLC_REVIEW_UNSPECIFIED = 0, /* what is due */
    RLC_REVIEW_READY = 1,       /* ... and every account with ready items */
    RLC_REVIEW_ALL = 2          /* every open receivable: rules or calendar changed */
};

/* What scoring thinks of the debtor. */
struct rlc_score {
    struct rlc_version version; /* absent = no score yet */
    struct rlc_span model;
    struct rlc_span band;
    uint32_t late_ppm;
    int32_t delay_days;
};

struct rlc_debtor_record {
    uint32_t format; /* RECORD_FORMAT */
    int64_t epoch;   /* raised by standing, contact data, quarantine, erasure of the debtor */
    struct rlc_version version;
    enum rlc_party_kind kind;
    enum rlc_party_status status;
    struct rlc_span country;
    struct rlc_span zone;
    struct rlc_span language;
    struct rlc_span calendar;
    struct rlc_account_entry *accounts; /* sorted by creditor */
    size_t account_count;
    size_t account_capacity;
    struct rlc_touch *touches; /* sorted by day, then action */
    size_t touch_count;
    size_t touch_capacity;
    struct rlc_coordinates *quarantine; /* in the order they came */
    size_t quarantine_count;
    size_t quarantine_capacity;
    struct rlc_span quarantine_task; /* open while the list is not empty */
    struct rlc_waiting *waiting;     /* those of the list that are let go by what they wait for */
    size_t waiting_count;
    size_t waiting_capacity;
    struct rlc_block *blocks; /* sorted by kind, then id */
    size_t block_count;
    size_t block_capacity;
    struct rlc_stop *stops; /* sorted, disjoint */
    size_t stop_count;
    size_t stop_capacity;
    rlc_day restart_on;     /* counting began anew; 0 = it never did */
    int64_t armed_revision; /* of the scope that its timers were last set under */
    enum rlc_review review;
    struct rlc_score score;
    rlc_ms wake_ms; /* the debtor's one timer; 0 = none */
};

/* ---- book ---- */

struct rlc_person {
    struct rlc_contact contact;
    struct rlc_version version;
    uint32_t bad_channels; /* bit per channel: its address was refused; cleared by an upsert */
};

struct rlc_opt_out {
    struct rlc_span contact;  /* absent = the whole debtor */
    enum rlc_channel channel; /* absent = every channel */
    struct rlc_event_reference said;
};

struct rlc_book_record {
    uint32_t format;            /* RECORD_FORMAT */
    struct rlc_debtor debtor;   /* as last upserted; absent = never */
    struct rlc_person *persons; /* sorted by contact id */
    size_t person_count;
    size_t person_capacity;
    struct rlc_opt_out *opt_outs; /* in the order they came */
    size_t opt_out_count;
    size_t opt_out_capacity;
    struct rlc_document_ref *erased; /* subjects, in the order they came */
    size_t erased_count;
    size_t erased_capacity;
    uint32_t last_number; /* given to a person */
};

/* ---- account ---- */

struct rlc_case_entry {
    struct rlc_span case_id;
    /* What legal-escalation was told last of what holds it. */
    enum rlc_suppression held;
    struct rlc_span held_by;
    struct rlc_money on_account; /* its currency is the case's */
    struct rlc_span task;        /* of the approval that is asked for; absent = none is */
    uint32_t asked;              /* tasks there were */
};

/* A contact that legal-escalation asked for and that has no final answer yet. */
struct rlc_proposal {
    struct rlc_span case_id;
    struct rlc_span step; /* the procedure's */
    uint32_t occurrence;
    enum rlc_channel channel;
    enum rlc_tone tone;
    struct rlc_span template_name;
    rlc_ms not_after_ms;
    struct rlc_document_ref *documents;
    size_t document_count;
    size_t document_capacity;
    bool asked;                  /* in a request under way, or in doubt */
    enum rlc_suppression reason; /* why it was not asked for yet, as last said */
    rlc_ms next_at_ms;           /* when that is looked at again, as last said */
};

struct rlc_page_entry {
    uint32_t page;  /* 1, 2 ... */
    uint32_t count; /* items on it */
    uint32_t ready; /* items of state READY */
    rlc_ms wake_ms; /* earliest of its items; 0 = none */
};

/* How often a step has spoken to this account. */
struct rlc_act {
    struct rlc_span scenario;
    struct rlc_span step;
    uint32_t occurrence;         /* of its latest message */
    uint32_t channel_ordinal;    /* of its latest message */
    bool open;                   /* it has no final answer yet: asked again under its action */
    struct rlc_action_id action; /* of its latest message */
};

/* Which event last put money on account. */
struct rlc_credit_origin {
    char currency[RLC_CURRENCY_SIZE];
    struct rlc_event_reference said;
};

struct rlc_account_record {
    uint32_t format; /* RECORD_FORMAT */
    int64_t epoch;   /* raised by ledger and standing of the account */
    struct rlc_version version;
    struct rlc_account terms;     /* as last upserted; absent = never */
    struct rlc_page_entry *pages; /* sorted by page */
    size_t page_count;
    size_t page_capacity;
    struct rlc_money *credits; /* on account, sorted by currency; zero amounts are dropped */
    size_t credit_count;
    size_t credit_capacity;
    struct rlc_credit_origin *credit_origins; /* of `credits`, as far as known */
    size_t credit_origin_count;
    size_t credit_origin_capacity;
    struct rlc_block *blocks;
    size_t block_count;
    size_t block_capacity;
    struct rlc_stop *stops;
    size_t stop_count;
    size_t stop_capacity;
    rlc_day restart_on;
    struct rlc_receipt *receipts; /* sorted by day, then currency */
    size_t receipt_count;
    size_t receipt_capacity;
    struct rlc_act *acts; /* sorted by scenario, then step */
    size_t act_count;
    size_t act_capacity;

    struct rlc_action_id request; /* under way; absent = none */
    /* No request before `not_before_ms`, or before the object is settled when that is 0. */
    enum rlc_suppression wait_reason; /* absent = nothing to wait for */
    rlc_ms not_before_ms;
    struct rlc_span wait_object;  /* task id */
    enum rlc_review review;       /* what its next evaluation looks at besides what is due */
    bool unserved;                /* no scenario fits it: there is a task */
    rlc_day booked_on;            /* civil day of the latest entry in its ledger; 0 = none */
    struct rlc_case_entry *cases; /* with legal-escalation, sorted by id */
    size_t case_count;
    size_t case_capacity;
    struct rlc_proposal *proposals; /* sorted by case, one of each */
    size_t proposal_count;
    size_t proposal_capacity;
    rlc_ms wake_ms; /* earliest of the account itself, pages apart; 0 = none */
};

/* ---- page ---- */

enum rlc_item_state {
    RLC_ITEM_STATE_UNSPECIFIED = 0,
    RLC_ITEM_STATE_IDLE = 1,    /* no step instance is open */
    RLC_ITEM_STATE_READY = 2,   /* one is open and nothing on the receivable itself holds it back */
    RLC_ITEM_STATE_BLOCKED = 3, /* one is open, held back until `wake_ms` or an event */
    RLC_ITEM_STATE_ASKED = 4    /* it is a line of the request under way */
};

struct rlc_page_item {
    struct rlc_span document;
    rlc_day due_on;
    struct rlc_money open;
    int64_t disputed_minor; /* of it, as last seen: cash on account does not cover that */
    enum rlc_item_state state;
    rlc_ms wake_ms; /* 0 = only by an event */
};

struct rlc_page_record {
    uint32_t format;             /* RECORD_FORMAT */
    struct rlc_page_item *items; /* sorted by document, <= PAGE_ITEMS_MAX */
    size_t item_count;
    size_t item_capacity;
};

/* ---- receivable ---- */

/* What was applied to a document in one currency. */
struct rlc_settled {
    struct rlc_money paid; /* its currency is the entry's */
    int64_t credited_minor;
    int64_t written_off_minor;
};

struct rlc_step_state {
    struct rlc_span scenario;
    struct rlc_span step;
    uint32_t occurrence;
    rlc_day step_on;             /* civil day it was reached */
    enum rlc_step_result result; /* absent = open */
    bool asked;                  /* in a request under way */
    bool fresh;                  /* it was in no request yet */
    enum rlc_suppression reason; /* why it is still open, as last said */
    rlc_ms next_at_ms;           /* when that is looked at again, as last said */
};

struct rlc_receivable_record {
    uint32_t format;          /* RECORD_FORMAT */
    struct rlc_invoice terms; /* absent: only settlements have named it so far */
    struct rlc_version version;
    struct rlc_version cancelled; /* absent = not cancelled; wins iff newer than `version` */
    struct rlc_version entered;   /* of the latest opening item; absent = none */
    int64_t entered_minor;        /* settled elsewhere before go-live, as it says */
    struct rlc_settled *settled;  /* sorted by currency */
    size_t settled_count;
    size_t settled_capacity;
    struct rlc_receipt *receipts;
    size_t receipt_count;
    size_t receipt_capacity;
    struct rlc_block *blocks;
    size_t block_count;
    size_t block_capacity;
    struct rlc_stop *stops;
    size_t stop_count;
    size_t stop_capacity;
    rlc_day restart_on;
    struct rlc_step_state *steps; /* in the order they opened */
    size_t step_count;
    size_t step_capacity;
    bool steps_full;                /* a step could not open for lack of room: there is a task */
    struct rlc_span entered_step;   /* last step done before go-live, as it says; absent = none */
    bool entered_asked;             /* the scenario has no such step: there is a task */
    uint32_t page;                  /* where it is listed; 0 = nowhere (ledger_is_listed) */
    struct rlc_span case_id;        /* the last one it was referred in; absent = none */
    rlc_day notice_on;              /* of the formal notice that was accepted; 0 = none */
    struct rlc_hash notice_hash;    /* what was handed over */
    enum rlc_suppression case_held; /* what lies on it, as the law was told last; disputes apart */
};

/* ---- settlement ---- */

enum rlc_settlement_kind {
    RLC_SETTLEMENT_KIND_UNSPECIFIED = 0,
    RLC_SETTLEMENT_KIND_PAYMENT = 1,
    RLC_SETTLEMENT_KIND_CREDIT_NOTE = 2,
    RLC_SETTLEMENT_KIND_WRITE_OFF = 3
};

struct rlc_posting {
    struct rlc_span document;
    int64_t named_minor;  /* what the settlement says */
    int64_t posted_minor; /* what the document was given: less after a reversal */
};

struct rlc_reversal {
    struct rlc_span event_id;
    struct rlc_money amount;    /* absent = all of it */
    struct rlc_version version; /* absent in records of rules version 1 */
};

struct rlc_settlement_record {
    uint32_t format; /* RECORD_FORMAT */
    enum rlc_settlement_kind kind;
    struct rlc_version version; /* absent: only a reversal has named it so far */
    struct rlc_money amount;
    int64_t unapplied_minor; /* on account, of this settlement */
    rlc_day value_on;
    rlc_ms provisional_until_ms;
    struct rlc_posting *postings; /* in the settlement's own order */
    size_t posting_count;
    size_t posting_capacity;
    struct rlc_reversal *reversals; /* sorted by event id */
    size_t reversal_count;
    size_t reversal_capacity;
};

/* ---- agreement ---- */

struct rlc_agreement_record {
    uint32_t format; /* RECORD_FORMAT */
    enum rlc_agreement_kind kind;
    struct rlc_version version; /* absent: only its end has been told so far */
    enum rlc_reach reach;
    struct rlc_span creditor;           /* absent = the debtor as a whole */
    struct rlc_document_ref *documents; /* with reach DOCUMENT */
    size_t document_count;
    size_t document_capacity;
    struct rlc_money amount; /* disputed, promised; absent = all */
    rlc_day made_on;
    rlc_day due_on; /* promised for */
    rlc_ms from_ms;
    rlc_ms until_ms; /* 0 = open end */
    enum rlc_clock_effect clock;
    enum rlc_suppression effect;
    struct rlc_span reason;           /* name of the dispute or hold reason */
    enum rlc_agreement_result result; /* absent = in force, or ended by `until_ms` */
    rlc_ms closed_at_ms;
    struct rlc_version ended; /* whose word its end is; absent = nobody's, or not over */
    bool conceded;            /* of a dispute: it ended with ACCEPTED */
    struct rlc_money accepted;
};

/* ---- contact ---- */

enum rlc_contact_state {
    RLC_CONTACT_STATE_UNSPECIFIED = 0,
    RLC_CONTACT_STATE_ASKED = 1,   /* with the notifier */
    RLC_CONTACT_STATE_OPEN = 2,    /* came back, deferred or lost: may be asked again */
    RLC_CONTACT_STATE_CLOSED = 3,  /* answered for good */
    RLC_CONTACT_STATE_DOUBTFUL = 4 /* outcome unknown, a person must find out */
};

/* A (scenario, step, occurrence) that a message speaks for. */
struct rlc_spoken_step {
    struct rlc_span scenario;
    struct rlc_span step;
    uint32_t occurrence;
};

struct rlc_contact_line {
    struct rlc_span document;
    uint32_t step; /* index into `steps` */
};

struct rlc_contact_record {
    uint32_t format; /* RECORD_FORMAT */
    struct rlc_span creditor;
    struct rlc_span scenario;
    struct rlc_span step;
    uint32_t occurrence;
    uint32_t channel_ordinal;
    enum rlc_channel channel;
    uint32_t request_number; /* of the latest request */
    uint32_t stopped;        /* requests that came back because the sender was being restarted */
    enum rlc_contact_state state;
    enum rlc_outcome_result outcome; /* with CLOSED and DOUBTFUL */
    rlc_ms asked_at_ms;
    rlc_day on;
    struct rlc_epochs epochs;      /* of the latest request */
    struct rlc_span task;          /* opened about it; absent = none */
    struct rlc_spoken_step *steps; /* distinct */
    size_t step_count;
    size_t step_capacity;
    struct rlc_contact_line *lines; /* of the latest request; dropped when it is closed */
    size_t line_count;
    size_t line_capacity;
};

/* ---- task, command, scope ---- */

struct rlc_task_record {
    uint32_t format; /* RECORD_FORMAT */
    enum rlc_task_kind kind;
    struct rlc_span creditor; /* absent = the debtor as a whole */
    struct rlc_span object;
    rlc_ms opened_at_ms;
    bool done;
    struct rlc_span outcome_code;
};

struct rlc_command_record {
    uint32_t format;      /* RECORD_FORMAT */
    struct rlc_span rule; /* of the refusal; absent = accepted */
};

/* Since when a step of the active bundle has its name. */
struct rlc_known_step {
    struct rlc_span scenario;
    struct rlc_span step;
    rlc_ms since_ms;
};

struct rlc_scope_record {
    uint32_t format; /* RECORD_FORMAT */
    struct rlc_scope scope;
    int64_t bundle_revision;      /* revision that brought the active bundle */
    struct rlc_known_step *steps; /* sorted; empty in a decided scope */
    size_t step_count;
    size_t step_capacity;
};

#endif
