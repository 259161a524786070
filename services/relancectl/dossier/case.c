/* SPDX-License-Identifier: Apache-2.0 */
#include "dossier/case.h"

#include <string.h>

#include "common/pure/text.h"
#include "text.h"

/* ---- which cases there are ---- */

static struct rlc_span case_of_audit(const struct rlc_audit_record *audit)
{
    switch ((int)audit->kind) {
    case RLC_AUDIT_KIND_CASE_OPENED:
        return audit->case_opened.case_id;
    case RLC_AUDIT_KIND_CASE_MOVED:
        return audit->case_moved.case_id;
    case RLC_AUDIT_KIND_FILED:
        return audit->filed.case_id;
    case RLC_AUDIT_KIND_RECALLED:
        return audit->recalled.case_id;
    case RLC_AUDIT_KIND_CONTACT_PROPOSED:
        return audit->contact_proposed.case_id;
    case RLC_AUDIT_KIND_ACT_REFUSED:
        return audit->act_refused.case_id;
    default:
        return (struct rlc_span){ NULL, 0 };
    }
}

static void list_case(void *context, const struct dossier_seen *seen)
{
    json_t *cases = context;
    json_t *entry;

    if (seen->fact && seen->fact->kind == RLC_FACT_KIND_REFERRED) {
        entry = json_object();
        ctl_put_span(entry, "case", seen->fact->referred.case_id);
        ctl_put_span(entry, "creditor", seen->fact->envelope.creditor);
        ctl_put_ms(entry, "referred_at", seen->fact->decided_at_ms);
        (void)json_array_append_new(cases, entry);
    } else if (seen->audit && seen->audit->kind == RLC_AUDIT_KIND_CASE_MOVED) {
        entry = ctl_find(cases, "case", seen->audit->case_moved.case_id);
        if (entry)
            ctl_put_span(entry, "state", seen->audit->case_moved.code);
    }
}

json_t *dossier_cases(struct dossier_trail *trail)
{
    json_t *cases = json_array();

    dossier_trail_each(trail, list_case, cases);
    return cases;
}

/* ---- the case ---- */

struct gathering {
    struct dossier_case *found;
    struct dossier_move **move_tail;
    struct dossier_move **dispute_tail;
    struct dossier_message **message_tail;
    struct dossier_act **act_tail;
    bool crowded; /* memory was short */
};

static void *new_node(struct gathering *gathering, size_t size)
{
    void *node = rlc_arena_alloc(&gathering->found->trail->arena, size);

    if (node)
        memset(node, 0, size);
    else
        gathering->crowded = true;
    return node;
}

static const struct rlc_debtor_fact *keep_fact(struct gathering *gathering,
                                               const struct dossier_seen *seen)
{
    const struct rlc_debtor_fact *fact = dossier_keep_fact(gathering->found->trail, seen->record);

    gathering->crowded = gathering->crowded || !fact;
    return fact;
}

bool dossier_case_has(const struct dossier_case *found, struct rlc_span creditor,
                      struct rlc_span document)
{
    if (!rlc_span_equal(creditor, found->creditor))
        return false;
    for (size_t i = 0; i < found->referred->document_count; i++) {
        if (rlc_span_equal(found->referred->documents[i].document, document))
            return true;
    }
    return false;
}

static void take_referral(void *context, const struct dossier_seen *seen)
{
    struct gathering *gathering = context;
    struct dossier_case *found = gathering->found;
    const struct rlc_debtor_fact *fact;

    if (found->referred || !seen->fact || seen->fact->kind != RLC_FACT_KIND_REFERRED ||
        !rlc_span_equal(seen->fact->referred.case_id, found->case_id))
        return;
    fact = keep_fact(gathering, seen);
    if (!fact)
        return;
    found->referred = &fact->referred;
    found->referral = seen->record;
    found->creditor = fact->envelope.creditor;
    found->bundle_hash = fact->envelope.rules.bundle_hash;
}

/* ---- what became true ---- */

static void add_move(struct gathering *gathering, const struct dossier_seen *seen,
                     struct dossier_move ***tail)
{
    struct dossier_move *move = new_node(gathering, sizeof(*move));

    if (!move)
        return;
    move->record = seen->record;
    move->fact = keep_fact(gathering, seen);
    **tail = move;
    *tail = &move->next;
}

static void take_receivable(struct gathering *gathering, const struct dossier_seen *seen)
{
    const struct rlc_debtor_fact *fact = seen->fact;

    if (!dossier_case_has(gathering->found, fact->envelope.creditor,
                          fact->receivable_opened.document))
        return;
    seen->record->chosen = true;
    add_move(gathering, seen, &gathering->move_tail);
}

/* Money on account counts as paid on a claim: it may have held or recalled the filing. */
static void take_settlement(struct gathering *gathering, const struct dossier_seen *seen)
{
    const struct rlc_settlement_fact *settlement = &seen->fact->payment_recorded;

    if (settlement->unapplied.minor > 0 &&
        rlc_span_equal(seen->fact->envelope.creditor, gathering->found->creditor))
        seen->record->chosen = true;
    for (size_t i = 0; i < settlement->applied_count; i++) {
        if (dossier_case_has(gathering->found, seen->fact->envelope.creditor,
                             settlement->applied[i].document))
            seen->record->chosen = true;
    }
}

static void take_agreement(struct gathering *gathering, const struct dossier_seen *seen)
{
    const struct rlc_agreement_fact *agreement = &seen->fact->agreement_opened;

    for (size_t i = 0; i < agreement->document_count; i++) {
        if (dossier_case_has(gathering->found, seen->fact->envelope.creditor,
                             agreement->documents[i].document))
            seen->record->chosen = true;
    }
    if (seen->record->chosen && agreement->kind == RLC_AGREEMENT_KIND_DISPUTE)
        add_move(gathering, seen, &gathering->dispute_tail);
}

static void take_debtor(struct gathering *gathering, const struct dossier_seen *seen)
{
    const struct rlc_debtor_fact *fact = keep_fact(gathering, seen);

    if (!fact)
        return;
    seen->record->chosen = true;
    gathering->found->debtor = &fact->debtor_changed;
    ctl_zone_set(&gathering->found->zone, fact->debtor_changed.zone);
}

static void take_erasure(struct gathering *gathering, const struct dossier_seen *seen)
{
    (void)gathering;
    seen->record->chosen = true;
}

static void take_case_fact(struct gathering *gathering, const struct dossier_seen *seen)
{
    if (rlc_span_equal(seen->fact->case_moved.case_id, gathering->found->case_id))
        seen->record->chosen = true;
}

static void take_command(struct gathering *gathering, const struct dossier_seen *seen)
{
    const struct rlc_debtor_fact *fact = seen->fact;
    char name[RLC_ID_MAX + 1];

    (void)snprintf(name, sizeof(name), "%.*s", (int)fact->command_accepted.command.size,
                   (const char *)fact->command_accepted.command.data);
    ctl_put_span(gathering->found->actors, name, fact->envelope.actor);
}

/* ---- contacts ---- */

static struct dossier_message *find_message(const struct dossier_case *found,
                                            const struct rlc_action_id *action, uint32_t number)
{
    struct dossier_message *message = found->messages;

    while (message &&
           (message->number != number || memcmp(&message->action, action, sizeof(*action)) != 0))
        message = message->next;
    return message;
}

/* A line of the case goes behind those that are there. */
static void add_line(struct gathering *gathering, struct dossier_message *message,
                     const struct rlc_line *line)
{
    struct rlc_arena *arena = &gathering->found->trail->arena;
    struct dossier_line *added = new_node(gathering, sizeof(*added));
    struct dossier_line **tail = &message->lines;

    if (!added)
        return;
    added->document = rlc_arena_copy(arena, line->document);
    added->terms_version = rlc_arena_copy(arena, line->terms_version);
    gathering->crowded = gathering->crowded || !added->document.data;
    while (*tail)
        tail = &(*tail)->next;
    *tail = added;
}

static void add_lines(struct gathering *gathering, struct dossier_message *message,
                      const struct rlc_debtor_fact *fact)
{
    const struct rlc_contact_body *body = &fact->contact_requested;

    for (size_t i = 0; i < body->line_count; i++) {
        struct rlc_span creditor = body->lines[i].creditor;

        if (dossier_case_has(gathering->found, creditor.size ? creditor : fact->envelope.creditor,
                             body->lines[i].document))
            add_line(gathering, message, &body->lines[i]);
    }
}

static void take_request(struct gathering *gathering, const struct dossier_seen *seen)
{
    const struct rlc_contact_body *body = &seen->fact->contact_requested;
    struct dossier_message *message =
        find_message(gathering->found, &body->action, body->request_number);

    if (!message && body->part == 0) {
        message = new_node(gathering, sizeof(*message));
        if (!message)
            return;
        message->action = body->action;
        message->number = body->request_number;
        message->request = keep_fact(gathering, seen);
        *gathering->message_tail = message;
        gathering->message_tail = &message->next;
    }
    if (!message || message->part_count == CTL_REMAKE_PARTS_MAX)
        return;
    message->parts[message->part_count++] = seen->record->raw;
    add_lines(gathering, message, seen->fact);
}

static void take_outcome(struct gathering *gathering, const struct dossier_seen *seen)
{
    const struct rlc_outcome *outcome = &seen->fact->contact_outcome;
    struct dossier_message *message =
        find_message(gathering->found, &outcome->action, outcome->request_number);
    const struct rlc_debtor_fact *fact = message ? keep_fact(gathering, seen) : NULL;

    if (!fact)
        return;
    message->answered = seen->record;
    message->outcome = &fact->contact_outcome;
}

static void take_attempt(struct gathering *gathering, const struct dossier_seen *seen)
{
    const struct rlc_attempted *attempted = &seen->audit->attempted;
    struct dossier_message *message =
        find_message(gathering->found, &attempted->action, attempted->request_number);
    const struct rlc_audit_record *audit =
        message ? dossier_keep_audit(gathering->found->trail, seen->record) : NULL;

    if (!message)
        return;
    gathering->crowded = gathering->crowded || !audit;
    message->attempt = seen->record;
    message->attempted = audit ? &audit->attempted : NULL;
}

/* ---- acts ---- */

static void add_act(struct gathering *gathering, const struct dossier_seen *seen)
{
    struct dossier_act *act = new_node(gathering, sizeof(*act));

    if (!act)
        return;
    seen->record->chosen = true;
    act->record = seen->record;
    if (seen->fact)
        act->fact = keep_fact(gathering, seen);
    else
        act->audit = dossier_keep_audit(gathering->found->trail, seen->record);
    gathering->crowded = gathering->crowded || (!act->fact && !act->audit);
    *gathering->act_tail = act;
    gathering->act_tail = &act->next;
}

static void take_referred(struct gathering *gathering, const struct dossier_seen *seen)
{
    if (rlc_span_equal(seen->fact->referred.case_id, gathering->found->case_id))
        add_act(gathering, seen);
}

static void note_claim(struct dossier_case *found, const struct rlc_hash *claim_hash)
{
    static const struct rlc_hash NONE;

    if (!rlc_hash_equal(claim_hash, &NONE))
        found->claim_hash = *claim_hash;
}

static void note_milestone(struct dossier_case *found, const struct rlc_milestone *milestone)
{
    found->state = milestone->code;
    found->deadline_on = milestone->deadline_on;
    found->procedure = milestone->procedure;
    found->claimed = found->recalled && milestone->holds ? NULL : found->filed;
    note_claim(found, &milestone->claim_hash);
}

/* What the case is like after the act: the last one counts. */
static void note_act(struct dossier_case *found, const struct rlc_audit_record *audit)
{
    found->bundle_hash = audit->envelope.rules.bundle_hash;
    if (audit->kind == RLC_AUDIT_KIND_CASE_OPENED)
        note_claim(found, &audit->case_opened.claim_hash);
    if (audit->kind == RLC_AUDIT_KIND_CASE_MOVED)
        note_milestone(found, &audit->case_moved);
    if (audit->kind == RLC_AUDIT_KIND_FILED) {
        found->filed = audit;
        found->claimed = audit;
        found->recalled = NULL;
    }
    if (audit->kind == RLC_AUDIT_KIND_RECALLED)
        found->recalled = audit;
}

static void take_audit(struct gathering *gathering, const struct dossier_seen *seen)
{
    struct dossier_act **here = gathering->act_tail;

    if (!rlc_span_equal(case_of_audit(seen->audit), gathering->found->case_id))
        return;
    add_act(gathering, seen);
    if (*here && (*here)->audit)
        note_act(gathering->found, (*here)->audit);
}

/* ---- gathering ---- */

static void (*const TAKES[])(struct gathering *gathering, const struct dossier_seen *seen) = {
    [RLC_FACT_KIND_RECEIVABLE_OPENED] = take_receivable,
    [RLC_FACT_KIND_RECEIVABLE_CHANGED] = take_receivable,
    [RLC_FACT_KIND_RECEIVABLE_CLOSED] = take_receivable,
    [RLC_FACT_KIND_PAYMENT_RECORDED] = take_settlement,
    [RLC_FACT_KIND_PAYMENT_UNDONE] = take_settlement,
    [RLC_FACT_KIND_CREDIT_RECORDED] = take_settlement,
    [RLC_FACT_KIND_AGREEMENT_OPENED] = take_agreement,
    [RLC_FACT_KIND_AGREEMENT_CHANGED] = take_agreement,
    [RLC_FACT_KIND_AGREEMENT_CLOSED] = take_agreement,
    [RLC_FACT_KIND_CONTACT_REQUESTED] = take_request,
    [RLC_FACT_KIND_CONTACT_OUTCOME] = take_outcome,
    [RLC_FACT_KIND_REFERRED] = take_referred,
    [RLC_FACT_KIND_CASE_MOVED] = take_case_fact,
    [RLC_FACT_KIND_DEBTOR_CHANGED] = take_debtor,
    [RLC_FACT_KIND_SUBJECT_ERASED] = take_erasure,
    [RLC_FACT_KIND_COMMAND_ACCEPTED] = take_command,
    [RLC_FACT_KIND_COMMAND_REFUSED] = take_command,
};

static void gather(void *context, const struct dossier_seen *seen)
{
    struct gathering *gathering = context;
    size_t kind = seen->fact ? (size_t)seen->fact->kind : 0;

    if (seen->audit && seen->audit->kind == RLC_AUDIT_KIND_ATTEMPTED)
        take_attempt(gathering, seen);
    else if (seen->audit)
        take_audit(gathering, seen);
    else if (kind < RLC_COUNT(TAKES) && TAKES[kind])
        TAKES[kind](gathering, seen);
}

/* ---- what only the whole shows ---- */

/* Who is named by an act: the command that it answers. */
static bool is_named(const struct dossier_case *found, struct rlc_span command)
{
    for (const struct dossier_act *act = found->acts; act; act = act->next) {
        if (!act->audit)
            continue;
        if (act->audit->kind == RLC_AUDIT_KIND_CASE_MOVED &&
            rlc_span_equal(act->audit->case_moved.command, command))
            return true;
        if (act->audit->kind == RLC_AUDIT_KIND_ACT_REFUSED &&
            rlc_span_equal(act->audit->act_refused.command, command))
            return true;
    }
    return false;
}

static bool is_about(const struct dossier_case *found, const struct rlc_action_id *action,
                     uint32_t number)
{
    const struct dossier_message *message = find_message(found, action, number);

    return message && message->lines;
}

static bool proves_fact(const struct dossier_case *found, const struct rlc_debtor_fact *fact)
{
    switch ((int)fact->kind) {
    case RLC_FACT_KIND_CONTACT_REQUESTED:
        return is_about(found, &fact->contact_requested.action,
                        fact->contact_requested.request_number);
    case RLC_FACT_KIND_CONTACT_RETURNED:
        return is_about(found, &fact->contact_returned.action,
                        fact->contact_returned.request_number);
    case RLC_FACT_KIND_CONTACT_OUTCOME:
        return is_about(found, &fact->contact_outcome.action, fact->contact_outcome.request_number);
    case RLC_FACT_KIND_COMMAND_ACCEPTED:
    case RLC_FACT_KIND_COMMAND_REFUSED:
        return is_named(found, fact->command_accepted.command);
    default:
        return false;
    }
}

static bool proves_audit(const struct dossier_case *found, const struct rlc_audit_record *audit)
{
    switch ((int)audit->kind) {
    case RLC_AUDIT_KIND_ATTEMPTED:
        return is_about(found, &audit->attempted.action, audit->attempted.request_number);
    case RLC_AUDIT_KIND_CONTACT_ENDED:
        return is_about(found, &audit->contact_ended.action, audit->contact_ended.request_number);
    case RLC_AUDIT_KIND_CONTACT_RETURNED:
        return is_about(found, &audit->contact_returned.action,
                        audit->contact_returned.request_number);
    default:
        return false;
    }
}

static void choose(void *context, const struct dossier_seen *seen)
{
    const struct gathering *gathering = context;

    if (seen->fact ? proves_fact(gathering->found, seen->fact)
                   : proves_audit(gathering->found, seen->audit))
        seen->record->chosen = true;
}

bool dossier_case_init(struct dossier_case *found, struct dossier_trail *trail,
                       struct rlc_span case_id)
{
    struct gathering gathering = { .found = found };

    *found = (struct dossier_case){ .trail = trail, .case_id = case_id, .actors = json_object() };
    memcpy(found->zone.name, "UTC", sizeof("UTC"));
    gathering.move_tail = &found->moves;
    gathering.dispute_tail = &found->disputes;
    gathering.message_tail = &found->messages;
    gathering.act_tail = &found->acts;
    dossier_trail_each(trail, take_referral, &gathering);
    if (!found->referred)
        return false;
    dossier_trail_each(trail, gather, &gathering);
    dossier_trail_each(trail, choose, &gathering);
    return !gathering.crowded;
}

void dossier_case_clear(struct dossier_case *found)
{
    json_decref(found->actors);
    found->actors = NULL;
}

/* ---- questions ---- */

bool dossier_was_known(const struct dossier_case *found, const struct dossier_move *move)
{
    const struct rlc_coordinates *cause = &move->fact->envelope.causation.at;

    if (!found->claimed)
        return true;
    if (cause->topic.size > 0 && cause->partition == move->record->partition)
        return cause->offset < found->claimed->filed.look.watermark;
    return move->record->at_ms <= found->claimed->filed.filed_at_ms;
}

static bool is_set(const struct rlc_hash *hash)
{
    static const struct rlc_hash NONE;

    return !rlc_hash_equal(hash, &NONE);
}

const struct rlc_hash *dossier_sent_hash(const struct dossier_message *message)
{
    if (message->attempted)
        return &message->attempted->content_hash;
    return message->outcome && is_set(&message->outcome->content_hash)
               ? &message->outcome->content_hash
               : NULL;
}

bool dossier_has_left(const struct dossier_message *message)
{
    return dossier_sent_hash(message) != NULL;
}

bool dossier_is_as_sent(const struct dossier_message *message, const struct rlc_hash *hash)
{
    const struct rlc_outcome *outcome = message->outcome;

    return dossier_has_left(message) && rlc_hash_equal(dossier_sent_hash(message), hash) &&
           (!outcome || !is_set(&outcome->content_hash) ||
            rlc_hash_equal(&outcome->content_hash, hash));
}
