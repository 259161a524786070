/* SPDX-License-Identifier: Apache-2.0 */
#include "core/command.h"

#include "core/book.h"
#include "core/contact.h"
#include "core/ledger.h"
#include "core/litigation.h"
#include "core/quarantine.h"
#include "core/retention.h"
#include "core/scope.h"
#include "core/settlement.h"
#include "core/standing.h"
#include "core/store.h"
#include "core/tasks.h"

static bool is_about_scope(const struct rlc_command *command)
{
    return (int)command->kind >= RLC_COMMAND_KIND_SCOPE_FIRST;
}

/* Each handler returns the rule of a refusal, or NULL. */

static const char *place_hold(struct decision *decision, const struct rlc_command *command)
{
    const struct rlc_hold *hold = &command->place_hold;

    if (hold->reach != RLC_REACH_DEBTOR && decision->envelope->creditor.size == 0)
        return "MISSING_CREDITOR";
    if (hold->reach == RLC_REACH_DOCUMENT && hold->document.size == 0)
        return "MISSING_DOCUMENT";
    if (hold->until_ms > 0 && hold->until_ms <= decision->now_ms)
        return "ALREADY_OVER";
    standing_hold(decision, hold);
    return NULL;
}

static const char *lift_hold(struct decision *decision, const struct rlc_command *command)
{
    return standing_cancel(decision, RLC_AGREEMENT_KIND_HOLD, command->lift_hold.hold,
                           RLC_AGREEMENT_RESULT_LIFTED)
               ? NULL
               : "UNKNOWN_OBJECT";
}

static const char *open_dispute(struct decision *decision, const struct rlc_command *command)
{
    standing_dispute(decision, &command->open_dispute);
    return NULL;
}

static const char *resolve_dispute(struct decision *decision, const struct rlc_command *command)
{
    return standing_settle(decision, &command->resolve_dispute) ? NULL : "UNKNOWN_OBJECT";
}

static const char *record_promise(struct decision *decision, const struct rlc_command *command)
{
    standing_promise(decision, &command->record_promise);
    return NULL;
}

static const char *cancel_agreement(struct decision *decision, const struct rlc_command *command)
{
    const struct rlc_command_cancel_agreement *cancel = &command->cancel_agreement;

    return standing_cancel(decision, cancel->kind, cancel->agreement, RLC_AGREEMENT_RESULT_LIFTED)
               ? NULL
               : "UNKNOWN_OBJECT";
}

static const char *write_off(struct decision *decision, const struct rlc_command *command)
{
    return settlement_write_off(decision, command->command, &command->write_off) ? NULL
                                                                                 : "NOTHING_OPEN";
}

static const char *opt_out(struct decision *decision, const struct rlc_command *command)
{
    return book_opt(decision, &command->opt_out, true);
}

static const char *opt_in(struct decision *decision, const struct rlc_command *command)
{
    return book_opt(decision, &command->opt_in, false);
}

static const char *finish_task(struct decision *decision, const struct rlc_command *command)
{
    task_done(decision, command->task_done.task, command->task_done.outcome_code);
    return NULL;
}

static const char *erase(struct decision *decision, const struct rlc_command *command)
{
    return book_erase_by_order(decision, command->erase.subject);
}

static const char *resolve_unknown(struct decision *decision, const struct rlc_command *command)
{
    return contact_resolve(decision, &command->resolve_unknown);
}

static const char *release_quarantine(struct decision *decision, const struct rlc_command *command)
{
    quarantine_release(decision, &command->release_quarantine.at);
    return NULL;
}

static const struct {
    enum rlc_command_kind kind;
    bool needs_creditor;
    const char *(*decide)(struct decision *, const struct rlc_command *);
} COMMANDS[] = {
    { RLC_COMMAND_KIND_PLACE_HOLD, false, place_hold },
    { RLC_COMMAND_KIND_LIFT_HOLD, false, lift_hold },
    { RLC_COMMAND_KIND_OPEN_DISPUTE, true, open_dispute },
    { RLC_COMMAND_KIND_RESOLVE_DISPUTE, true, resolve_dispute },
    { RLC_COMMAND_KIND_RECORD_PROMISE, true, record_promise },
    { RLC_COMMAND_KIND_CANCEL_AGREEMENT, false, cancel_agreement },
    { RLC_COMMAND_KIND_WRITE_OFF, true, write_off },
    { RLC_COMMAND_KIND_OPT_OUT, false, opt_out },
    { RLC_COMMAND_KIND_OPT_IN, false, opt_in },
    { RLC_COMMAND_KIND_TASK_DONE, false, finish_task },
    { RLC_COMMAND_KIND_ERASE, false, erase },
    { RLC_COMMAND_KIND_RESOLVE_UNKNOWN, false, resolve_unknown },
    { RLC_COMMAND_KIND_RELEASE_QUARANTINE, false, release_quarantine },
    { RLC_COMMAND_KIND_APPROVE, true, litigation_approve },
    { RLC_COMMAND_KIND_REFUSE, true, litigation_approve },
    { RLC_COMMAND_KIND_RECALL, true, litigation_recall },
    { RLC_COMMAND_KIND_RECORD_ACT, true, litigation_record },
};

static const char *decide_debtor(struct decision *decision, const struct rlc_command *command)
{
    if (command->expected_epoch > 0 && command->expected_epoch != decision->debtor->epoch)
        return "EPOCH";
    for (size_t i = 0; i < RLC_COUNT(COMMANDS); i++) {
        if (COMMANDS[i].kind != command->kind)
            continue;
        if (COMMANDS[i].needs_creditor && decision->envelope->creditor.size == 0)
            return "MISSING_CREDITOR";
        return COMMANDS[i].decide(decision, command);
    }
    return "NOT_SUPPORTED";
}

static const char *decide(struct decision *decision, const struct rlc_command *command)
{
    bool about_scope = is_about_scope(command);

    if (command->expires_at_ms > 0 && command->expires_at_ms <= decision->now_ms)
        return "EXPIRED";
    if (about_scope != (decision->debtor == NULL))
        return "WRONG_TARGET";
    return about_scope ? scope_command(decision, command) : decide_debtor(decision, command);
}

void command_decide(struct decision *decision, const struct rlc_command *command)
{
    struct rlc_span owner = decision->debtor ? decision->key : decision->tenant;
    struct rlc_command_record *record;
    struct rlc_command_answer *answer;
    struct store_key key;
    const char *rule;

    store_key_command(owner, command->command, &key);
    if (store_get(decision->overlay, &key)) {
        decision_ignored(decision, "DUPLICATE", command->command);
        return;
    }
    rule = decide(decision, command);
    if (!rule)
        rule = decision->refused;
    /* What changed nothing was not obeyed. */
    if (!rule)
        rule = decision->ignored;
    record = store_open(decision->overlay, &key, sizeof(*record));
    record->rule = rlc_span_of(rule);
    answer = decision_fact(decision,
                           rule ? RLC_FACT_KIND_COMMAND_REFUSED : RLC_FACT_KIND_COMMAND_ACCEPTED,
                           decision->envelope->creditor, sizeof(*answer));
    answer->command = command->command;
    answer->kind = command->kind;
    answer->rule = record->rule;
    answer->detail = decision->detail;
}

/* ---- keys ---- */

/* The documents that a command names. */
static void name_documents(struct rlc_span debtor_key, struct rlc_span creditor,
                           const struct rlc_command *command, struct rlc_overlay *overlay)
{
    struct ledger_needs needs = { .debtor_key = debtor_key,
                                  .creditor = creditor,
                                  .overlay = overlay };

    if (command->kind == RLC_COMMAND_KIND_PLACE_HOLD && command->place_hold.document.size > 0)
        ledger_want(&needs, command->place_hold.document);
    if (command->kind == RLC_COMMAND_KIND_OPEN_DISPUTE)
        ledger_want(&needs, command->open_dispute.document);
    if (command->kind == RLC_COMMAND_KIND_WRITE_OFF)
        ledger_want(&needs, command->write_off.document);
    for (size_t i = 0; command->kind == RLC_COMMAND_KIND_RECORD_PROMISE &&
                       i < command->record_promise.document_count;
         i++)
        ledger_want(&needs, command->record_promise.documents[i].document);
    ledger_want_room(&needs);
}

static void name_agreement(struct rlc_span debtor_key, struct rlc_span creditor,
                           const struct rlc_command *command, struct rlc_overlay *overlay)
{
    enum rlc_agreement_kind kind = RLC_AGREEMENT_KIND_UNSPECIFIED;
    struct rlc_span id = { 0 };

    if (command->kind == RLC_COMMAND_KIND_PLACE_HOLD) {
        kind = RLC_AGREEMENT_KIND_HOLD;
        id = command->place_hold.hold;
    } else if (command->kind == RLC_COMMAND_KIND_LIFT_HOLD) {
        kind = RLC_AGREEMENT_KIND_HOLD;
        id = command->lift_hold.hold;
    } else if (command->kind == RLC_COMMAND_KIND_OPEN_DISPUTE) {
        kind = RLC_AGREEMENT_KIND_DISPUTE;
        id = command->open_dispute.dispute;
    } else if (command->kind == RLC_COMMAND_KIND_RESOLVE_DISPUTE) {
        kind = RLC_AGREEMENT_KIND_DISPUTE;
        id = command->resolve_dispute.dispute;
    } else if (command->kind == RLC_COMMAND_KIND_RECORD_PROMISE) {
        kind = RLC_AGREEMENT_KIND_PROMISE;
        id = command->record_promise.promise;
    } else if (command->kind == RLC_COMMAND_KIND_CANCEL_AGREEMENT) {
        kind = command->cancel_agreement.kind;
        id = command->cancel_agreement.agreement;
    }
    if (id.size > 0 && (kind == RLC_AGREEMENT_KIND_HOLD || creditor.size > 0))
        standing_keys(debtor_key, creditor, kind, id, overlay);
}

static void name_rest(struct rlc_span debtor_key, struct rlc_span creditor,
                      const struct rlc_command *command, struct rlc_overlay *overlay)
{
    struct store_key key;

    if (command->kind == RLC_COMMAND_KIND_OPT_OUT || command->kind == RLC_COMMAND_KIND_OPT_IN)
        book_keys(debtor_key, overlay);
    if (command->kind == RLC_COMMAND_KIND_ERASE) {
        book_keys(debtor_key, overlay);
        retention_keys(debtor_key, command->erase.subject, overlay);
    }
    if (command->kind == RLC_COMMAND_KIND_TASK_DONE)
        task_keys(debtor_key, command->task_done.task, overlay);
    if (command->kind == RLC_COMMAND_KIND_RESOLVE_UNKNOWN)
        contact_keys(debtor_key, &command->resolve_unknown.action, overlay);
    if (command->kind == RLC_COMMAND_KIND_WRITE_OFF && creditor.size > 0) {
        store_key_settlement(debtor_key, creditor, RLC_SETTLEMENT_KIND_WRITE_OFF, command->command,
                             &key);
        (void)rlc_overlay_want(overlay, key.span);
    }
}

void command_keys(struct rlc_span owner, struct rlc_span creditor,
                  const struct rlc_command *command, struct rlc_overlay *overlay)
{
    struct store_key key;

    store_key_command(owner, command->command, &key);
    (void)rlc_overlay_want(overlay, key.span);
    if (is_about_scope(command))
        return;
    name_agreement(owner, creditor, command, overlay);
    if (creditor.size > 0)
        name_documents(owner, creditor, command, overlay);
    name_rest(owner, creditor, command, overlay);
}
