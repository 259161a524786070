/* SPDX-License-Identifier: Apache-2.0 */
#include "core/legal.h"

#include <assert.h>
#include <string.h>

#include "common/pure/text.h"

#include "core/case_hold.h"
#include "core/decision.h"

/* ---- keys ---- */

static void build(char kind, const struct rlc_span *part, size_t count, struct legal_key *ret_key)
{
    struct rlc_arena arena;

    rlc_arena_init(&arena, ret_key->room, sizeof(ret_key->room));
    ret_key->span = rlc_key_build(&arena, kind, part, count);
    assert(ret_key->span.data);
}

void legal_key_case(struct rlc_span debtor, struct rlc_span case_id, struct legal_key *ret_key)
{
    struct rlc_span part[] = { debtor, case_id };

    build('l', part, RLC_COUNT(part), ret_key);
}

void legal_key_scope(struct rlc_span tenant, struct legal_key *ret_key)
{
    build('s', &tenant, 1, ret_key);
}

bool legal_key_is_case(struct rlc_span key)
{
    return key.size > 0 && key.data[0] == 'l';
}

static struct rlc_span case_of(const struct rlc_legal_inbox *message)
{
    switch ((int)message->kind) {
    case RLC_LEGAL_INBOX_KIND_CASE_REFERRED:
        return message->case_referred.case_id;
    case RLC_LEGAL_INBOX_KIND_CLAIM_CHANGED:
        return message->claim_changed.case_id;
    case RLC_LEGAL_INBOX_KIND_CASE_RECALLED:
        return message->case_recalled.case_id;
    case RLC_LEGAL_INBOX_KIND_CONTACT_ANSWERED:
        return message->contact_answered.case_id;
    case RLC_LEGAL_INBOX_KIND_PARTY_CHANGED:
        return message->party_changed.case_id;
    case RLC_LEGAL_INBOX_KIND_CASE_HELD:
        return message->case_held.case_id;
    case RLC_LEGAL_INBOX_KIND_COMMAND_ROUTED:
        return message->command_routed.kind == RLC_COMMAND_KIND_RECORD_ACT
                   ? message->command_routed.record_act.case_id
                   : message->command_routed.approve.case_id;
    default:
        return (struct rlc_span){ NULL, 0 };
    }
}

bool legal_key_of(const struct rlc_legal_inbox *message, struct legal_key *ret_key)
{
    uint8_t room[RLC_TENANT_MAX + RLC_ID_MAX + 16];
    struct rlc_span case_id = case_of(message);
    struct rlc_arena arena;
    struct rlc_span debtor;

    if (message->kind == RLC_LEGAL_INBOX_KIND_SCOPE_CHANGED) {
        legal_key_scope(message->envelope.tenant, ret_key);
        return true;
    }
    if (case_id.size == 0)
        return false;
    rlc_arena_init(&arena, room, sizeof(room));
    debtor = rlc_key_of_debtor(&arena, message->envelope.tenant, message->envelope.debtor);
    assert(debtor.data);
    legal_key_case(debtor, case_id, ret_key);
    return true;
}

/* ---- the decision ---- */

void *case_alloc(const struct decision *decision, size_t size)
{
    void *memory = rlc_arena_alloc(decision->arena, size ? size : 1);

    assert(memory);
    return memory;
}

void case_place(struct decision *decision)
{
    const struct rlc_case_record *record = decision->record;

    decision->procedure = legal_procedure_find(decision->policy, record->procedure);
    decision->state =
        decision->procedure ? legal_state_find(decision->procedure, record->state) : NULL;
}

struct legal_output *case_output(struct decision *decision, enum rlc_audit_kind kind)
{
    struct legal_output *output = case_alloc(decision, sizeof(*output));
    struct rlc_case_record *record = decision->record;
    const struct rlc_envelope *envelope = decision->envelope;

    *output = (struct legal_output){ .kind = kind,
                                     .tenant = record ? record->tenant : envelope->tenant,
                                     .debtor = record ? record->debtor : envelope->debtor,
                                     .creditor = record ? record->creditor : envelope->creditor,
                                     .bundle_hash = decision->policy->bundle_hash,
                                     .causation = decision->causation };
    if (record)
        output->number = ++record->said;
    *decision->outputs->tail = output;
    decision->outputs->tail = &output->next;
    decision->outputs->count++;
    return output;
}

struct rlc_milestone *case_milestone(struct decision *decision, struct rlc_span code)
{
    struct rlc_milestone *milestone = &case_output(decision, RLC_AUDIT_KIND_CASE_MOVED)->case_moved;
    const struct rlc_case_record *record = decision->record;

    *milestone = (struct rlc_milestone){ .case_id = record->case_id,
                                         .procedure = record->procedure,
                                         .code = code,
                                         .on = decision->today,
                                         .deadline_on = record->deadline_on,
                                         .claim_hash = record->claim.claim_hash,
                                         .holds = true };
    return milestone;
}

/* Under which bundle: that of the message, else that of the case. */
static void begin(struct decision *decision, struct rlc_span key, const struct rlc_hash *bundle,
                  struct legal_outputs *ret_outputs)
{
    *ret_outputs = (struct legal_outputs){ .first = NULL };
    ret_outputs->tail = &ret_outputs->first;
    decision->outputs = ret_outputs;
    decision->arena = decision->overlay->arena;
    decision->key = key;
    decision->record = key.size ? rlc_overlay_change(decision->overlay, key) : NULL;
    if (!bundle && decision->record)
        bundle = &decision->record->bundle_hash;
    decision->policy = decision->world->policy(decision->world->context,
                                               bundle ? bundle : &(struct rlc_hash){ 0 });
    decision->today = rlc_zone_day(&decision->policy->zone, decision->now_ms);
    if (!decision->record)
        return;
    decision->record->bundle_hash = decision->policy->bundle_hash;
    case_place(decision);
}

/* ---- referral ---- */

static bool is_insolvent(enum rlc_party_status status)
{
    return status != RLC_PARTY_STATUS_UNSPECIFIED && status != RLC_PARTY_STATUS_ACTIVE;
}

static void note_party(struct rlc_case_record *record, const struct rlc_debtor *debtor)
{
    record->status = debtor->status;
    record->debtor_name = debtor->name;
    record->debtor_address = debtor->address;
    record->country = debtor->country;
}

/* Nobody may pursue alone a debtor that is under a collective procedure (C. com. L622-21). */
static bool stays(struct decision *decision)
{
    if (!is_insolvent(decision->record->status))
        return false;
    engine_recall(decision, rlc_span_of("INSOLVENT"), (struct rlc_span){ NULL, 0 });
    engine_close(decision, rlc_span_of("INSOLVENT"));
    return true;
}

static void say_opened(struct decision *decision)
{
    const struct rlc_case_record *record = decision->record;

    case_output(decision, RLC_AUDIT_KIND_CASE_OPENED)->case_opened =
        (struct rlc_case_opened){ .case_id = record->case_id,
                                  .procedure = record->procedure,
                                  .claim_hash = record->claim.claim_hash,
                                  .principal = claim_principal(&record->claim),
                                  .rule = rlc_span_of("ASKED_FOR") };
}

static void take_referral(struct decision *decision, const struct rlc_legal_inbox *message)
{
    const struct rlc_case_referred *referred = &message->case_referred;
    struct rlc_case_record *record;

    /* A case is referred once: a second time is a replay of the first. */
    if (decision->record)
        return;
    record = rlc_overlay_put(decision->overlay, decision->key, sizeof(*record));
    *record = (struct rlc_case_record){ .format = LEGAL_FORMAT,
                                        .bundle_hash = decision->policy->bundle_hash,
                                        .tenant = message->envelope.tenant,
                                        .debtor = message->envelope.debtor,
                                        .creditor = message->envelope.creditor,
                                        .case_id = referred->case_id,
                                        .procedure = referred->procedure,
                                        .segment = referred->segment };
    note_party(record, &referred->debtor);
    claim_take(&referred->claim, decision->world->sha256, decision->arena, &record->claim);
    decision->record = record;
    say_opened(decision);
    if (!stays(decision))
        engine_begin(decision, referred->procedure);
}

/* ---- what changes ---- */

static bool is_less(struct rlc_money now, struct rlc_money before)
{
    return now.minor < before.minor;
}

static void say_changed(struct decision *decision, const struct rlc_claim_changed *changed)
{
    struct rlc_milestone *milestone = case_milestone(decision, rlc_span_of("CLAIM_CHANGED"));
    struct rlc_document_ref *document = case_alloc(decision, sizeof(*document));

    document->document = changed->document;
    milestone->rule = changed->reason;
    milestone->documents = document;
    milestone->document_count = changed->document.size > 0;
}

/* A filing for more than is owed does not stand: at once where nothing is left to claim, or where
 * the state says what follows. An order that was granted stands; what was paid is taken off when it
 * is enforced. */
static void take_back(struct decision *decision, struct rlc_span reason, struct rlc_span document,
                      bool nothing_left)
{
    struct rlc_span reduced = rlc_span_of(LEGAL_WORD_REDUCED);

    if (nothing_left || (decision->state && legal_move_find(decision->state, reduced)))
        engine_recall(decision, reason, document);
    if (claim_principal(&decision->record->claim).minor > 0)
        (void)engine_say(decision, reduced, decision->today);
}

/* Money on account is not looked at here: what was applied of it is told behind this. */
static void take_change(struct decision *decision, const struct rlc_legal_inbox *message)
{
    const struct rlc_claim_changed *changed = &message->claim_changed;
    struct rlc_claim *claim = &decision->record->claim;
    struct rlc_money before = claim_principal(claim);

    if (!claim_merge(claim, &changed->claim, decision->world->sha256, decision->arena))
        return;
    say_changed(decision, changed);
    if (is_less(claim_principal(claim), before))
        take_back(decision, changed->reason, changed->document, claim_principal(claim).minor == 0);
}

/* Money that nobody has applied counts as paid on the claim: a debtor need not say for which of his
 * debts he pays what reaches them all (C. civ. 1342-10). */
static void take_held(struct decision *decision, const struct rlc_legal_inbox *message)
{
    const struct rlc_case_held *held = &message->case_held;
    struct rlc_case_record *record = decision->record;
    bool came_in = is_less(record->on_account, held->on_account);
    bool nothing_left;

    record->standing = held->reason;
    record->on_account = held->on_account;
    nothing_left = case_open(record).minor == 0 && record->on_account.minor > 0;
    if (came_in || nothing_left)
        take_back(decision, rlc_span_of("PAID"), (struct rlc_span){ NULL, 0 }, nothing_left);
}

static void take_recall(struct decision *decision, const struct rlc_legal_inbox *message)
{
    engine_recall(decision, message->case_recalled.reason, (struct rlc_span){ NULL, 0 });
    engine_close(decision, rlc_span_of("RECALLED"));
}

static void take_party(struct decision *decision, const struct rlc_legal_inbox *message)
{
    note_party(decision->record, &message->party_changed.debtor);
    decision->record->segment = message->party_changed.segment;
    (void)stays(decision);
}

/* ---- contacts ---- */

static bool is_kept(const struct rlc_hash *hash)
{
    static const struct rlc_hash NONE;

    return memcmp(hash, &NONE, sizeof(NONE)) != 0;
}

/* A formal notice that was handed over proves that each line was called in. One of which nobody can
 * show what it said proves nothing. */
static void prove_notice(struct decision *decision, const struct rlc_contact_answered *answered,
                         rlc_day on)
{
    struct rlc_claim *claim = &decision->record->claim;
    struct rlc_proof *proofs = case_alloc(decision, claim->line_count * sizeof(*proofs));
    size_t count = 0;

    if (decision->state->contact.tone != RLC_TONE_FORMAL_NOTICE ||
        !is_kept(&answered->content_hash))
        return;
    for (size_t i = 0; i < claim->line_count; i++) {
        if (claim->lines[i].principal.minor <= 0)
            continue;
        proofs[count++] = (struct rlc_proof){ .kind = RLC_PROOF_KIND_FORMAL_NOTICE,
                                              .document = claim->lines[i].document,
                                              .content_hash = answered->content_hash,
                                              .dated_on = on };
    }
    claim_prove(claim, proofs, count, decision->world->sha256, decision->arena);
}

static void take_answer(struct decision *decision, const struct rlc_legal_inbox *message)
{
    const struct rlc_contact_answered *answered = &message->contact_answered;
    const struct rlc_case_record *record = decision->record;
    bool accepted = answered->result == RLC_OUTCOME_RESULT_ACCEPTED;
    rlc_day on = answered->answered_at_ms > 0
                     ? rlc_zone_day(&decision->policy->zone, answered->answered_at_ms)
                     : decision->today;

    /* An answer to an earlier proposal moves nothing. */
    if (!decision->state || answered->occurrence != record->occurrence)
        return;
    if (accepted)
        prove_notice(decision, answered, on);
    (void)engine_say(decision, rlc_span_of(accepted ? LEGAL_WORD_ACCEPTED : LEGAL_WORD_FAILED), on);
}

/* ---- commands ---- */

/* Why it cannot have happened like that; NULL if it can. */
static const char *doubt(const struct decision *decision, const struct rlc_command_record_act *act)
{
    const struct rlc_case_record *record = decision->record;

    if (!decision->state || legal_word_is_own(act->act) ||
        !legal_move_find(decision->state, act->act))
        return "NOT_EXPECTED";
    if (act->on > decision->today)
        return "FUTURE_DATE";
    if (act->on < record->since_on)
        return "BEFORE_LAST";
    if (record->deadline_on != RLC_DAY_NONE && act->on > record->deadline_on &&
        legal_move_find(decision->state, rlc_span_of(LEGAL_WORD_DEADLINE)))
        return "AFTER_DEADLINE";
    return NULL;
}

static void record_act(struct decision *decision, const struct rlc_command *command)
{
    const struct rlc_command_record_act *act = &command->record_act;
    const char *rule = doubt(decision, act);
    struct legal_output **here = decision->outputs->tail;

    if (rule) {
        approval_refuse(decision, command, act->act, "ACT_REFUSED", rule);
        return;
    }
    (void)engine_say(decision, act->act, act->on);
    (*here)->case_moved.command = command->command;
}

static void take_command(struct decision *decision, const struct rlc_legal_inbox *message)
{
    const struct rlc_command *command = &message->command_routed;

    if (command->kind == RLC_COMMAND_KIND_RECORD_ACT)
        record_act(decision, command);
    else
        approval_decide(decision, command);
}

/* ---- deciding ---- */

static void (*const TAKES[])(struct decision *decision, const struct rlc_legal_inbox *message) = {
    [RLC_LEGAL_INBOX_KIND_CASE_REFERRED] = take_referral,
    [RLC_LEGAL_INBOX_KIND_CLAIM_CHANGED] = take_change,
    [RLC_LEGAL_INBOX_KIND_CASE_RECALLED] = take_recall,
    [RLC_LEGAL_INBOX_KIND_COMMAND_ROUTED] = take_command,
    [RLC_LEGAL_INBOX_KIND_CONTACT_ANSWERED] = take_answer,
    [RLC_LEGAL_INBOX_KIND_PARTY_CHANGED] = take_party,
    [RLC_LEGAL_INBOX_KIND_CASE_HELD] = take_held,
};

/* Nothing is known of the case: it was never referred, or it is over. A command gets its answer. */
static void refuse_unknown(struct decision *decision, const struct rlc_legal_inbox *message)
{
    const struct rlc_command *command = &message->command_routed;

    if (message->kind != RLC_LEGAL_INBOX_KIND_COMMAND_ROUTED)
        return;
    approval_refuse(decision, command,
                    command->kind == RLC_COMMAND_KIND_RECORD_ACT ? command->record_act.act
                                                                 : command->approve.act,
                    "", "UNKNOWN_CASE");
}

void legal_decide(const struct legal_world *world, const struct rlc_legal_inbox *message,
                  rlc_ms now_ms, struct rlc_overlay *overlay, struct legal_outputs *ret_outputs)
{
    struct decision decision = {
        .world = world, .envelope = &message->envelope, .now_ms = now_ms, .overlay = overlay
    };
    bool refers = message->kind == RLC_LEGAL_INBOX_KIND_CASE_REFERRED;
    struct legal_key key = { .span = { NULL, 0 } };

    if (message->kind == RLC_LEGAL_INBOX_KIND_SCOPE_CHANGED) {
        *ret_outputs = (struct legal_outputs){ .first = NULL };
        scope_take(overlay, message->envelope.tenant, &message->scope_changed);
        return;
    }
    if (legal_key_of(message, &key))
        key.span = rlc_arena_copy(overlay->arena, key.span);
    begin(&decision, key.span, &message->envelope.rules.bundle_hash, ret_outputs);
    if (key.span.size == 0)
        return;
    if (!decision.record && !refers) {
        refuse_unknown(&decision, message);
        return;
    }
    TAKES[message->kind](&decision, message);
    engine_review(&decision);
}

void legal_due(const struct legal_world *world, struct rlc_span key, rlc_ms now_ms,
               struct rlc_overlay *overlay, struct legal_outputs *ret_outputs)
{
    struct decision decision = { .world = world, .now_ms = now_ms, .overlay = overlay };

    begin(&decision, key, NULL, ret_outputs);
    engine_review(&decision);
}

/* ---- filing ---- */

bool legal_is_ready(const struct rlc_case_record *record)
{
    return record->approval.command.size > 0;
}

bool legal_is_held(const struct rlc_case_record *record)
{
    return record->held.size > 0;
}

/* The first 16 bytes of SHA-256 over "relance-filing-v1" NUL, the key of the case, the act and how
 * many filings came before: the same in every replay. As 32 hexadecimal digits. */
static struct rlc_span filing_id(struct decision *decision)
{
    static const char DOMAIN[] = "relance-filing-v1";
    struct rlc_span act = decision->state->act;
    size_t size = sizeof(DOMAIN) + decision->key.size + 1 + act.size + 4;
    uint8_t *bytes = case_alloc(decision, size);
    uint8_t *digits = case_alloc(decision, 2 * sizeof(struct rlc_action_id));
    uint32_t number = decision->record->filings;
    struct rlc_hash hash;

    memcpy(bytes, DOMAIN, sizeof(DOMAIN));
    memcpy(bytes + sizeof(DOMAIN), decision->key.data, decision->key.size);
    memcpy(bytes + sizeof(DOMAIN) + decision->key.size + 1, act.data, act.size);
    for (size_t i = 0; i < 4; i++)
        bytes[size - 1 - i] = (uint8_t)(number >> (8 * i));
    hash = decision->world->sha256(rlc_span_from(bytes, size));
    rlc_hex_write(hash.bytes, sizeof(struct rlc_action_id), digits);
    return rlc_span_from(digits, 2 * sizeof(struct rlc_action_id));
}

static void file(struct decision *decision, const struct rlc_look_taken *look)
{
    struct rlc_case_record *record = decision->record;
    struct rlc_filed *filed = &case_output(decision, RLC_AUDIT_KIND_FILED)->filed;

    record->filing = filing_id(decision);
    record->filings++;
    *filed = (struct rlc_filed){ .filing = record->filing,
                                 .case_id = record->case_id,
                                 .procedure = record->procedure,
                                 .act = decision->state->act,
                                 .claim = claim_shown(&record->claim, decision->procedure->interest,
                                                      decision->today, decision->arena),
                                 .filed_at_ms = decision->now_ms,
                                 .approver = record->approval.actor,
                                 .approval = record->approval.command,
                                 .signing_key = record->approval.signing_key,
                                 .signature = record->approval.signature,
                                 .debtor_name = record->debtor_name,
                                 .debtor_address = record->debtor_address,
                                 .look = *look };
    (void)engine_say(decision, rlc_span_of(LEGAL_WORD_FILED), decision->today);
    filed->answer_by_on = record->deadline_on;
}

/* What was certain, liquid and due at the approval is so still, and nothing lies on the debtor or
 * its tenant that holds it: else nothing is filed. */
static void file_or_wait(struct decision *decision, const struct rlc_look_taken *look)
{
    const struct rlc_case_record *record = decision->record;
    struct legal_hold hold = case_holds(record);

    if (!hold.rule)
        hold = scope_holds(decision->overlay, record, decision->now_ms);
    if (claim_gap(&record->claim, decision->procedure, decision->today).rule)
        return;
    if (hold.rule)
        engine_hold(decision, &hold);
    else
        file(decision, look);
}

void legal_file(const struct legal_world *world, struct rlc_span key,
                const struct rlc_hash *claim_hash, const struct rlc_look_taken *look, rlc_ms now_ms,
                struct rlc_overlay *overlay, struct legal_outputs *ret_outputs)
{
    struct decision decision = { .world = world, .now_ms = now_ms, .overlay = overlay };
    const struct rlc_case_record *record;

    begin(&decision, key, NULL, ret_outputs);
    record = decision.record;
    if (!record || !decision.state || !legal_is_ready(record) ||
        memcmp(claim_hash, &record->claim.claim_hash, sizeof(*claim_hash)) != 0)
        return;
    /* A look stands in no log. */
    decision.causation = record->approval.causation;
    file_or_wait(&decision, look);
    engine_review(&decision);
}
