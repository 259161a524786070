/* SPDX-License-Identifier: Apache-2.0 */
#include "core/rules.h"

#include <assert.h>

/* An invoice that falls due more than a year before it was issued has its dates confused. */
#define DUE_BEFORE_ISSUE_DAYS 366

static const char DATA[] = "data.";
static const char PAYLOAD[] = "data.payload.";

/* A broken rule; code NULL: none is. */
struct breach {
    const char *code;
    const char *member; /* behind the prefix of the payload; NULL: an attribute, `attribute` */
    const char *attribute;
    const char *remedy;
};

static const struct breach NONE = { NULL, NULL, NULL, NULL };

static struct breach inconsistent(const char *member, const char *remedy)
{
    return (struct breach){ "INCONSISTENT", member, NULL, remedy };
}

/* Whether the amounts add up to more than `limit`; amounts are of one currency. */
static bool exceeds(const struct rlc_allocation *allocations, size_t count, struct rlc_money limit)
{
    int64_t left = limit.minor;

    for (size_t i = 0; i < count; i++) {
        if (allocations[i].amount.minor > left)
            return true;
        left -= allocations[i].amount.minor;
    }
    return false;
}

/* ---- parties ---- */

static struct breach check_debtor(const struct rlc_debtor *debtor, bool natural)
{
    bool says_natural =
        debtor->kind == RLC_PARTY_KIND_SOLE_TRADER || debtor->kind == RLC_PARTY_KIND_CONSUMER;

    if (says_natural && !natural)
        return (struct breach){ "NATURAL_PERSON", "kind", NULL,
                                "Send naturalperson: true with every event of this debtor." };
    if (!says_natural && natural)
        return inconsistent("kind", "Only a sole trader or a consumer is a natural person.");
    if (natural && debtor->registry_id.size)
        return inconsistent("registry_id", "A natural person has no register number here.");
    return NONE;
}

/* ---- ledger ---- */

static struct breach check_invoice(const struct rlc_invoice *invoice)
{
    if (invoice->tax.currency[0] && invoice->tax.minor > invoice->total.minor)
        return inconsistent("tax", "The tax is contained in the total and cannot exceed it.");
    if (invoice->due_on < invoice->issued_on - DUE_BEFORE_ISSUE_DAYS)
        return inconsistent("due_on", "The due date lies more than a year before the issue.");
    return NONE;
}

static struct breach check_opening(const struct rlc_opening_item *item)
{
    if (item->open.minor > item->invoice.total.minor)
        return inconsistent("open", "What is open cannot exceed the total.");
    return check_invoice(&item->invoice);
}

static struct breach check_credit_note(const struct rlc_credit_note *note)
{
    return exceeds(note->allocations, note->allocation_count, note->total)
               ? inconsistent("allocations", "The allocations add up to more than the total.")
               : NONE;
}

static struct breach check_payment(const struct rlc_payment *payment)
{
    return exceeds(payment->allocations, payment->allocation_count, payment->amount)
               ? inconsistent("allocations", "The allocations add up to more than the payment.")
               : NONE;
}

/* ---- standing ---- */

static struct breach check_dispute(const struct rlc_dispute *dispute)
{
    return dispute->expires_on && dispute->expires_on < dispute->opened_on
               ? inconsistent("expires_on", "A dispute cannot end before it was opened.")
               : NONE;
}

static struct breach check_resolved(const struct rlc_dispute_resolved *resolved)
{
    bool accepted = resolved->result == RLC_DISPUTE_RESULT_ACCEPTED;
    bool has_amount = resolved->accepted.currency[0] != '\0';

    if (accepted && !has_amount)
        return (struct breach){ "MISSING_FIELD", "accepted", NULL,
                                "Send the accepted amount with ACCEPTED." };
    if (!accepted && has_amount)
        return inconsistent("accepted", "Only ACCEPTED comes with an amount.");
    return NONE;
}

static struct breach check_promise(const struct rlc_promise *promise)
{
    return promise->promised_for < promise->made_on
               ? inconsistent("promised_for", "The promised day lies before the promise.")
               : NONE;
}

static struct breach check_hold(const struct rlc_hold *hold, bool has_creditor)
{
    if (hold->reach != RLC_REACH_DEBTOR && !has_creditor)
        return (struct breach){ "MISSING_FIELD", NULL, "creditor",
                                "A hold on a document or an account names its creditor." };
    if (hold->reach == RLC_REACH_DOCUMENT && !hold->document.size)
        return (struct breach){ "MISSING_FIELD", "document", NULL,
                                "A hold on a document names it." };
    if (hold->reach != RLC_REACH_DOCUMENT && hold->document.size)
        return inconsistent("document", "Only a hold with reach DOCUMENT names a document.");
    if (hold->until_ms && hold->until_ms <= hold->from_ms)
        return inconsistent("until", "The hold ends before it begins.");
    return NONE;
}

/* ---- commands ---- */

static struct breach check_interval(rlc_ms from_ms, rlc_ms until_ms)
{
    return until_ms && until_ms <= from_ms ? inconsistent("until", "It ends before it begins.")
                                           : NONE;
}

static struct breach check_case(const struct rlc_command *command)
{
    bool names_case = command->recall.case_id.size != 0;

    if (command->kind == RLC_COMMAND_KIND_RECALL && !names_case)
        return (struct breach){ "MISSING_FIELD", "case_id", NULL, "Name the case to recall." };
    if (command->kind == RLC_COMMAND_KIND_REFER_TO_LAW && names_case)
        return inconsistent("case_id", "A referral opens a new case and names none.");
    return NONE;
}

static struct breach check_unknown(const struct rlc_command_resolve_unknown *resolve)
{
    if (resolve->result == RLC_OUTCOME_RESULT_ACCEPTED ||
        resolve->result == RLC_OUTCOME_RESULT_REFUSED)
        return NONE;
    return (struct breach){ "UNKNOWN_VALUE", "result", NULL, "Send ACCEPTED or REFUSED." };
}

static struct breach check_payload(const struct rlc_command *command,
                                   const struct rlc_envelope *envelope)
{
    bool has_creditor = envelope->creditor.size != 0;

    switch ((int)command->kind) {
    case RLC_COMMAND_KIND_PLACE_HOLD:
        return check_hold(&command->place_hold, has_creditor);
    case RLC_COMMAND_KIND_OPEN_DISPUTE:
        return check_dispute(&command->open_dispute);
    case RLC_COMMAND_KIND_RESOLVE_DISPUTE:
        return check_resolved(&command->resolve_dispute);
    case RLC_COMMAND_KIND_RECORD_PROMISE:
        return check_promise(&command->record_promise);
    case RLC_COMMAND_KIND_MERGE:
        return rlc_span_equal(command->merge.into, envelope->debtor)
                   ? inconsistent("into", "A debtor cannot be merged into itself.")
                   : NONE;
    case RLC_COMMAND_KIND_RESOLVE_UNKNOWN:
        return check_unknown(&command->resolve_unknown);
    case RLC_COMMAND_KIND_REFER_TO_LAW:
    case RLC_COMMAND_KIND_RECALL:
        return check_case(command);
    case RLC_COMMAND_KIND_PLACE_SCOPE_HOLD:
        return check_interval(command->place_scope_hold.from_ms,
                              command->place_scope_hold.until_ms);
    case RLC_COMMAND_KIND_PLACE_FREEZE:
        return check_interval(command->place_freeze.from_ms, command->place_freeze.until_ms);
    default:
        return NONE;
    }
}

static struct breach check_command(const struct rlc_command *command)
{
    if (command->expires_at_ms && command->expires_at_ms <= command->issued_at_ms)
        return inconsistent("expires_at", "The command expires before it is issued.");
    if (command->signing_key.size && !command->signature.size)
        return (struct breach){ "MISSING_FIELD", "signature", NULL,
                                "Send the signature that belongs to the signing key." };
    if (command->signature.size && !command->signing_key.size)
        return (struct breach){ "MISSING_FIELD", "signing_key", NULL,
                                "Name the key that made the signature." };
    return NONE;
}

/* ---- all ---- */

static struct breach check_body(const struct rlc_debtor_event *event, bool natural)
{
    switch ((int)event->kind) {
    case RLC_EVENT_KIND_DEBTOR_UPSERTED:
        return check_debtor(&event->debtor_upserted, natural);
    case RLC_EVENT_KIND_INVOICE_ISSUED:
    case RLC_EVENT_KIND_INVOICE_AMENDED:
        return check_invoice(&event->invoice_issued);
    case RLC_EVENT_KIND_OPENING_ITEM:
        return check_opening(&event->opening_item);
    case RLC_EVENT_KIND_CREDIT_NOTE_ISSUED:
        return check_credit_note(&event->credit_note_issued);
    case RLC_EVENT_KIND_PAYMENT_RECEIVED:
        return check_payment(&event->payment_received);
    case RLC_EVENT_KIND_DISPUTE_OPENED:
        return check_dispute(&event->dispute_opened);
    case RLC_EVENT_KIND_DISPUTE_RESOLVED:
        return check_resolved(&event->dispute_resolved);
    case RLC_EVENT_KIND_PROMISE_MADE:
        return check_promise(&event->promise_made);
    case RLC_EVENT_KIND_HOLD_PLACED:
        return check_hold(&event->hold_placed, event->envelope.creditor.size != 0);
    case RLC_EVENT_KIND_COMMAND_ISSUED:
        return check_command(&event->command_issued);
    default:
        return NONE;
    }
}

static void join(char *path, size_t size, const char *prefix, const char *name)
{
    size_t used = strlen(prefix);
    size_t rest = strlen(name);

    assert(used + rest < size);
    memcpy(path, prefix, used);
    memcpy(path + used, name, rest);
    path[used + rest] = '\0';
}

enum rlc_status check_event(const struct rlc_debtor_event *event, bool natural,
                            struct rlc_fault *ret_fault)
{
    struct breach breach = check_body(event, natural);
    const char *prefix = DATA;
    char path[sizeof(ret_fault->path)];

    if (!breach.code && event->kind == RLC_EVENT_KIND_COMMAND_ISSUED) {
        breach = check_payload(&event->command_issued, &event->envelope);
        prefix = PAYLOAD;
    }
    if (!breach.code)
        return RLC_OK;
    join(path, sizeof(path), breach.member ? prefix : "",
         breach.member ? breach.member : breach.attribute);
    return rlc_fault_set(ret_fault, breach.code, path, breach.remedy);
}
