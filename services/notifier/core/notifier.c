/* SPDX-License-Identifier: Apache-2.0 */
#include "core/notifier.h"

#include <assert.h>
#include <string.h>

#include "common/pure/text.h"

/* ---- keys ---- */

static void build(char kind, const struct rlc_span *part, size_t count,
                  struct notifier_key *ret_key)
{
    struct rlc_arena arena;

    rlc_arena_init(&arena, ret_key->room, sizeof(ret_key->room));
    ret_key->span = rlc_key_build(&arena, kind, part, count);
    assert(ret_key->span.data);
}

void notifier_key_contact(struct rlc_span debtor, const struct rlc_action_id *action,
                          struct notifier_key *ret_key)
{
    uint8_t hex[2 * sizeof(action->bytes)];

    rlc_hex_write(action->bytes, sizeof(action->bytes), hex);

    struct rlc_span part[] = { debtor, rlc_span_from(hex, sizeof(hex)) };

    build('c', part, RLC_COUNT(part), ret_key);
}

void notifier_key_annex(struct rlc_span debtor, const struct rlc_action_id *action, uint32_t number,
                        struct notifier_key *ret_key)
{
    uint8_t hex[2 * sizeof(action->bytes)];
    uint8_t room[32];
    struct rlc_arena arena;

    rlc_arena_init(&arena, room, sizeof(room));
    rlc_hex_write(action->bytes, sizeof(action->bytes), hex);

    struct rlc_span part[] = { debtor, rlc_span_from(hex, sizeof(hex)),
                               rlc_key_u64(&arena, number) };

    build('l', part, RLC_COUNT(part), ret_key);
}

/* D of a request. */
static struct rlc_span debtor_of(const struct rlc_contact_request *request, struct rlc_arena *arena)
{
    struct rlc_span debtor =
        rlc_key_of_debtor(arena, request->envelope.tenant, request->envelope.debtor);

    assert(debtor.data);
    return debtor;
}

void notifier_keys_of_request(const struct rlc_contact_request *request,
                              struct rlc_overlay *overlay)
{
    uint8_t room[NOTIFIER_KEY_ROOM];
    struct rlc_arena arena;
    struct notifier_key key;
    struct rlc_span debtor;

    rlc_arena_init(&arena, room, sizeof(room));
    debtor = debtor_of(request, &arena);
    notifier_key_contact(debtor, &request->body.action, &key);
    (void)rlc_overlay_want(overlay, key.span);
}

void notifier_keys_of_local(const struct notifier_local *local, struct rlc_overlay *overlay)
{
    const struct rlc_waiting_contact *contact;
    struct notifier_key key;

    notifier_key_contact(local->debtor, &local->action, &key);
    if (!rlc_overlay_want(overlay, key.span))
        return;
    contact = rlc_overlay_get(overlay, key.span);
    for (uint32_t part = 1; contact && part < contact->parts; part++) {
        notifier_key_annex(local->debtor, &local->action, part, &key);
        (void)rlc_overlay_want(overlay, key.span);
    }
}

/* ---- outputs ---- */

static struct notifier_output *add(struct notifier_decision *decision, enum rlc_audit_kind kind)
{
    struct notifier_output *output = &decision->output[decision->output_count++];

    assert(decision->output_count <= NOTIFIER_OUTPUTS_MAX);
    memset(output, 0, sizeof(*output));
    output->kind = kind;
    return output;
}

static void add_returned(struct notifier_decision *decision, const struct rlc_contact_body *body,
                         enum rlc_return_reason reason, const struct notifier_local *local)
{
    struct rlc_returned *returned = &add(decision, RLC_AUDIT_KIND_CONTACT_RETURNED)->returned;

    *returned = (struct rlc_returned){ .action = body->action,
                                       .request_number = body->request_number,
                                       .reason = reason };
    if (!local)
        return;
    returned->contact_number = local->contact_number;
    returned->look = local->look;
    returned->detail = local->detail;
}

static void add_local(struct notifier_decision *decision, const struct notifier_local *local)
{
    add(decision, RLC_AUDIT_KIND_LOCAL_EVENT)->local =
        (struct rlc_local_event){ .event = local->kind,
                                  .action = local->action,
                                  .request_number = local->request_number,
                                  .at_ms = decision->now_ms,
                                  .result = local->result,
                                  .code = local->code };
}

static void add_outcome(struct notifier_decision *decision, const struct notifier_local *local,
                        enum rlc_outcome_result result)
{
    const struct rlc_waiting_contact *contact = decision->contact;

    add(decision, RLC_AUDIT_KIND_CONTACT_ENDED)->ended =
        (struct rlc_outcome){ .action = local->action,
                              .request_number = local->request_number,
                              .result = result,
                              .until_ms = result == RLC_OUTCOME_RESULT_DEFERRED
                                              ? decision->now_ms + local->defer_ms
                                              : RLC_MS_NONE,
                              .attempted_at_ms = contact->attempted_at_ms,
                              .contact_number = local->contact_number,
                              .code = local->code,
                              .message_id = contact->message_id,
                              .content_hash = contact->content_hash,
                              .look = contact->look };
}

/* ---- requests ---- */

/* What no look can mend. */
static enum rlc_return_reason hopeless(const struct rlc_contact_body *body)
{
    if (body->channel != RLC_CHANNEL_EMAIL)
        return RLC_RETURN_REASON_NO_CHANNEL;
    return body->recipient_count ? RLC_RETURN_REASON_UNSPECIFIED : RLC_RETURN_REASON_BAD_ADDRESS;
}

static void take_head(const struct notifier_arrival *arrival, const struct notifier_key *key,
                      struct notifier_decision *decision)
{
    const struct rlc_contact_body *body = &arrival->request->body;
    enum rlc_return_reason reason = hopeless(body);
    struct rlc_waiting_contact *contact;

    contact = rlc_overlay_put(decision->overlay, key->span, sizeof(*contact));
    *contact = (struct rlc_waiting_contact){ .format = NOTIFIER_FORMAT,
                                             .phase = RLC_CONTACT_PHASE_WAITING,
                                             .request = *arrival->request,
                                             .at = arrival->at,
                                             .record_hash = arrival->record_hash,
                                             .parts = 1 };
    decision->contact = contact;
    decision->stays = reason == RLC_RETURN_REASON_UNSPECIFIED && body->part_count == 1;
    if (reason == RLC_RETURN_REASON_UNSPECIFIED)
        return;
    add_returned(decision, body, reason, NULL);
    rlc_overlay_delete(decision->overlay, key->span);
}

/* Parts follow each other in the log. One whose request was returned at once has nothing to add to.
 */
static void take_annex(const struct notifier_arrival *arrival, struct rlc_span debtor,
                       struct rlc_waiting_contact *contact, struct notifier_decision *decision)
{
    const struct rlc_contact_body *body = &arrival->request->body;
    struct rlc_waiting_annex *annex;
    struct notifier_key key;

    if (!contact || contact->request.body.request_number != body->request_number)
        return;
    if (body->part != contact->parts || body->part >= contact->request.body.part_count) {
        decision->fault = "a part of a request that does not follow the one before";
        return;
    }
    notifier_key_annex(debtor, &body->action, body->part, &key);
    annex = rlc_overlay_put(decision->overlay, key.span, sizeof(*annex));
    *annex = (struct rlc_waiting_annex){ .format = NOTIFIER_FORMAT,
                                         .lines = body->lines,
                                         .line_count = body->line_count };
    contact->parts++;
    decision->stays = contact->parts == contact->request.body.part_count;
}

void notifier_take(const struct notifier_arrival *arrival, struct notifier_decision *decision)
{
    const struct rlc_contact_body *body = &arrival->request->body;
    uint8_t room[NOTIFIER_KEY_ROOM];
    struct rlc_arena arena;
    struct rlc_span debtor;
    struct notifier_key key;
    struct rlc_waiting_contact *known;

    rlc_arena_init(&arena, room, sizeof(room));
    debtor = debtor_of(arrival->request, &arena);
    notifier_key_contact(debtor, &body->action, &key);
    known = rlc_overlay_get(decision->overlay, key.span);
    decision->contact = known;
    if (body->part > 0)
        take_annex(arrival, debtor, rlc_overlay_change(decision->overlay, key.span), decision);
    else if (known)
        decision->fault = "a contact that is under way already is asked for";
    else if (body->part_count > NOTIFIER_PARTS_MAX)
        decision->fault = "a request of more parts than a message may have";
    else
        take_head(arrival, &key, decision);
}

/* ---- what happened outside ---- */

static const struct rlc_attempt_line *lines_of(struct notifier_decision *decision,
                                               const struct rlc_line *lines, size_t count)
{
    struct rlc_attempt_line *said =
        rlc_arena_array(decision->overlay->arena, count + 1, sizeof(*said));

    assert(said); /* the loop keeps a reserve for every decision */
    for (size_t i = 0; i < count; i++)
        said[i] = (struct rlc_attempt_line){ lines[i].creditor, lines[i].document, lines[i].open };
    return said;
}

static void add_attempted(struct notifier_decision *decision, const struct notifier_local *local,
                          uint32_t part, const struct rlc_line *lines, size_t count)
{
    add(decision, RLC_AUDIT_KIND_ATTEMPTED)->attempted =
        (struct rlc_attempted){ .action = local->action,
                                .request_number = local->request_number,
                                .channel = decision->contact->request.body.channel,
                                .message_id = local->message_id,
                                .content_hash = local->content_hash,
                                .recipient_digest = local->address_digest,
                                .attempted_at_ms = decision->now_ms,
                                .look = local->look,
                                .lines = lines_of(decision, lines, count),
                                .line_count = count,
                                .part = part };
}

static void attempt(const struct notifier_local *local, struct rlc_waiting_contact *contact,
                    struct notifier_decision *decision)
{
    contact->phase = RLC_CONTACT_PHASE_ATTEMPTED;
    contact->attempted_at_ms = decision->now_ms;
    contact->owner = local->owner;
    contact->message_id = local->message_id;
    contact->content_hash = local->content_hash;
    contact->look = local->look;
    add_attempted(decision, local, 0, contact->request.body.lines,
                  contact->request.body.line_count);
    for (uint32_t part = 1; part < contact->parts; part++) {
        const struct rlc_waiting_annex *annex;
        struct notifier_key key;

        notifier_key_annex(local->debtor, &local->action, part, &key);
        annex = rlc_overlay_get(decision->overlay, key.span);
        add_attempted(decision, local, part, annex ? annex->lines : NULL,
                      annex ? annex->line_count : 0);
    }
}

/* The request is answered: nothing of it stays. */
static void forget(const struct notifier_local *local, const struct rlc_waiting_contact *contact,
                   struct notifier_decision *decision)
{
    struct notifier_key key;

    for (uint32_t part = 1; part < contact->parts; part++) {
        notifier_key_annex(local->debtor, &local->action, part, &key);
        rlc_overlay_delete(decision->overlay, key.span);
    }
    notifier_key_contact(local->debtor, &local->action, &key);
    rlc_overlay_delete(decision->overlay, key.span);
}

static void on_look(const struct notifier_local *local, struct rlc_waiting_contact *contact,
                    struct notifier_decision *decision)
{
    if (local->reason == RLC_RETURN_REASON_UNSPECIFIED) {
        attempt(local, contact, decision);
        return;
    }
    add_returned(decision, &contact->request.body, local->reason, local);
    forget(local, contact, decision);
}

static void on_transfer(const struct notifier_local *local, struct rlc_waiting_contact *contact,
                        struct notifier_decision *decision)
{
    if (local->result == RLC_OUTCOME_RESULT_UNSPECIFIED) {
        add_local(decision, local);
        contact->phase = RLC_CONTACT_PHASE_WAITING;
        contact->attempted_at_ms = RLC_MS_NONE;
        contact->owner = (struct rlc_action_id){ { 0 } };
        contact->message_id = (struct rlc_span){ NULL, 0 };
        contact->content_hash = (struct rlc_hash){ { 0 } };
        contact->look = (struct rlc_look_taken){ .watermark = 0 };
        decision->stays = true;
        return;
    }
    add_outcome(decision, local, local->result);
    forget(local, contact, decision);
}

/* Whoever had it under way is gone, and with it the answer. */
static void on_owner_changed(const struct notifier_local *local,
                             struct rlc_waiting_contact *contact,
                             struct notifier_decision *decision)
{
    add_local(decision, local);
    add_outcome(decision, local, RLC_OUTCOME_RESULT_UNKNOWN);
    forget(local, contact, decision);
}

void notifier_move(const struct notifier_local *local, struct notifier_decision *decision)
{
    static const struct {
        enum rlc_contact_phase phase; /* in which the event finds the contact */
        void (*decide)(const struct notifier_local *local, struct rlc_waiting_contact *contact,
                       struct notifier_decision *decision);
    } EVENTS[] = {
        [RLC_LOCAL_EVENT_KIND_LOOK_FINISHED] = { RLC_CONTACT_PHASE_WAITING, on_look },
        [RLC_LOCAL_EVENT_KIND_TRANSFER_FINISHED] = { RLC_CONTACT_PHASE_ATTEMPTED, on_transfer },
        [RLC_LOCAL_EVENT_KIND_OWNER_CHANGED] = { RLC_CONTACT_PHASE_ATTEMPTED, on_owner_changed },
    };
    struct rlc_waiting_contact *contact;
    struct notifier_key key;

    assert(EVENTS[local->kind].decide);
    notifier_key_contact(local->debtor, &local->action, &key);
    contact = rlc_overlay_get(decision->overlay, key.span);
    decision->contact = contact;
    if (!contact || contact->request.body.request_number != local->request_number ||
        contact->phase != EVENTS[local->kind].phase)
        return;
    decision->decided = true;
    EVENTS[local->kind].decide(local, rlc_overlay_change(decision->overlay, key.span), decision);
}
