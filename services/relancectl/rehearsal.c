/* SPDX-License-Identifier: Apache-2.0 */
#include "rehearsal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/pure/key.h"
#include "common/runtime/bundles.h"
#include "common/runtime/loop/service.h"
#include "common/runtime/memory.h"
#include "core/scenario.h"
#include "core/store.h"
#include "shell.h"

/* Address space: an item with its steps and the decisions about it takes some 10 kB, so this is for
 * 800,000 of them. Pages are taken as they are used. */
#define REHEARSAL_BYTES ((size_t)8 << 30)
#define BUCKET_BITS     20 /* as many buckets: records of some 300,000 items, 3 each */
#define ROUNDS_MAX      5  /* scenario_keys() wants nothing more after four */

static const struct rlc_hash BUNDLE = { { 1 } }; /* whatever: there is one */

struct ctl_rehearsal {
    const struct policy *policy;
    struct scenario_world world;
    struct rlc_span tenant;
    rlc_ms now_ms;
    int64_t offset;
    struct rlc_arena arena; /* of records, events and decisions: nothing is ever given back */
    struct rlc_overlay overlay;
    const struct rlc_slot **debtors; /* once everything was told */
    size_t debtor_count;
    const struct ctl_rehearsal_ear *ear;
    const struct scenario_output **asked; /* requests of this minute, to be answered */
    size_t asked_count;
    size_t asked_capacity;
    const struct rlc_scope *decided; /* a scope that is not read back yet */
};

static const struct policy *policy_of(void *context, const struct rlc_hash *hash)
{
    const struct ctl_rehearsal *rehearsal = context;

    return hash->bytes[0] == BUNDLE.bytes[0] ? rehearsal->policy : &POLICY_EMPTY;
}

/* ---- one decision ---- */

/* Nothing lies in a store: a record that was not made yet does not exist. */
static bool name_records(struct ctl_rehearsal *rehearsal, const struct scenario_event *event)
{
    struct rlc_overlay *overlay = &rehearsal->overlay;

    for (int round = 0; round < ROUNDS_MAX; round++) {
        struct rlc_slot *last = overlay->last;

        scenario_keys(event, overlay);
        if (overlay->full || overlay->wanted == 0)
            return !overlay->full;
        for (struct rlc_slot *slot = last ? last->next : overlay->first; slot; slot = slot->next) {
            if (slot->state == RLC_SLOT_WANTED)
                rlc_overlay_found(overlay, slot, (struct rlc_span){ NULL, 0 }, NULL);
        }
    }
    return false;
}

static bool keep_asked(struct ctl_rehearsal *rehearsal, const struct scenario_output *output)
{
    size_t capacity = rehearsal->asked_capacity ? rehearsal->asked_capacity * 2 : 256;
    const struct scenario_output **larger;

    if (rehearsal->asked_count == rehearsal->asked_capacity) {
        larger = realloc(rehearsal->asked, capacity * sizeof(const struct scenario_output *));
        if (!larger)
            return false;
        rehearsal->asked = larger;
        rehearsal->asked_capacity = capacity;
    }
    rehearsal->asked[rehearsal->asked_count++] = output;
    return true;
}

static bool take(struct ctl_rehearsal *rehearsal, const struct scenario_output *output)
{
    if (output->kind == SCENARIO_OUTPUT_SCOPE)
        rehearsal->decided = output->body;
    if (output->kind == SCENARIO_OUTPUT_REQUEST)
        return keep_asked(rehearsal, output);
    return true;
}

static bool decide(struct ctl_rehearsal *rehearsal, struct scenario_event *event)
{
    const struct rlc_arena *arena = &rehearsal->arena;
    struct scenario_outputs outputs;
    bool kept = true;

    if (arena->size - arena->used < RLC_DECIDE_RESERVE || !name_records(rehearsal, event))
        return false;
    event->at = (struct rlc_coordinates){ rlc_span_of("debtor-events"), 0, rehearsal->offset++ };
    scenario_decide(&rehearsal->world, event, rehearsal->now_ms, &rehearsal->overlay, &outputs);
    for (const struct scenario_output *output = outputs.first; output && kept;
         output = output->next)
        kept = take(rehearsal, output);
    return kept;
}

/* ---- telling ---- */

struct rlc_arena *ctl_rehearsal_arena(struct ctl_rehearsal *rehearsal)
{
    return &rehearsal->arena;
}

bool ctl_rehearsal_tell(struct ctl_rehearsal *rehearsal, struct rlc_debtor_event *event)
{
    struct scenario_event what = { .record = event };
    struct rlc_span body = rlc_debtor_event_encode_body(event, &rehearsal->arena);

    if (!body.data)
        return false;
    event->envelope.tenant = rehearsal->tenant;
    event->envelope.ingested_at_ms = rehearsal->now_ms;
    event->envelope.body_hash = rlc_sha256(body);
    return decide(rehearsal, &what);
}

/* An event that the rehearsal itself makes. */
static struct rlc_debtor_event *new_event(struct ctl_rehearsal *rehearsal, enum rlc_event_kind kind)
{
    struct rlc_debtor_event *event = rlc_arena_alloc(&rehearsal->arena, sizeof(*event));
    char id[32];

    if (!event)
        return NULL;
    (void)snprintf(id, sizeof(id), "rehearsal-%lld", (long long)rehearsal->offset);
    event->kind = kind;
    event->envelope.source = rlc_span_of("rehearsal");
    event->envelope.source_event_id = rlc_arena_copy(&rehearsal->arena, rlc_span_of(id));
    event->envelope.occurred_at_ms = rehearsal->now_ms;
    return event;
}

static bool order(struct ctl_rehearsal *rehearsal, const struct rlc_command *command)
{
    struct rlc_debtor_event *event = new_event(rehearsal, RLC_EVENT_KIND_COMMAND_ISSUED);
    struct rlc_debtor_event *changed;

    if (!event)
        return false;
    event->command_issued = *command;
    event->command_issued.command = event->envelope.source_event_id;
    event->command_issued.actor = rlc_span_of("rehearsal");
    event->command_issued.issued_at_ms = rehearsal->now_ms;
    if (!ctl_rehearsal_tell(rehearsal, event) || !rehearsal->decided)
        return false;
    changed = new_event(rehearsal, RLC_EVENT_KIND_SCOPE_CHANGED);
    if (!changed)
        return false;
    changed->scope_changed = *rehearsal->decided;
    rehearsal->decided = NULL;
    return ctl_rehearsal_tell(rehearsal, changed);
}

static bool go_live(struct ctl_rehearsal *rehearsal)
{
    struct rlc_command activate = { .kind = RLC_COMMAND_KIND_ACTIVATE_BUNDLE,
                                    .activate_bundle.bundle_hash = BUNDLE };
    struct rlc_command live = { .kind = RLC_COMMAND_KIND_CREDITOR_MODE,
                                .creditor_mode = { .mode = RLC_CREDITOR_MODE_LIVE,
                                                   .ramp_ppm = 1000000 } };

    return order(rehearsal, &activate) && order(rehearsal, &live);
}

struct ctl_rehearsal *ctl_rehearsal_new(const struct policy *policy, struct rlc_span tenant,
                                        rlc_ms now_ms)
{
    struct ctl_rehearsal *rehearsal = calloc(1, sizeof(*rehearsal));

    if (!rehearsal)
        return NULL;
    rehearsal->policy = policy;
    rehearsal->tenant = tenant;
    rehearsal->now_ms = now_ms;
    rehearsal->world = (struct scenario_world){ rehearsal, policy_of, scenario_action_id };
    if (rlc_arena_map(&rehearsal->arena, REHEARSAL_BYTES) == RLC_OK &&
        rlc_overlay_init(&rehearsal->overlay, &rehearsal->arena, BUCKET_BITS) && go_live(rehearsal))
        return rehearsal;
    ctl_rehearsal_free(rehearsal);
    return NULL;
}

void ctl_rehearsal_free(struct ctl_rehearsal *rehearsal)
{
    if (!rehearsal)
        return;
    rlc_arena_unmap(&rehearsal->arena);
    free(rehearsal->debtors);
    free(rehearsal->asked);
    free(rehearsal);
}

/* ---- living ---- */

static bool is_record(const struct rlc_slot *slot, char kind)
{
    return slot->record && slot->key.size > 1 && slot->key.data[0] == (uint8_t)kind &&
           slot->key.data[1] == '|';
}

/* Who is known by now: no event to come brings another debtor. */
static bool list_debtors(struct ctl_rehearsal *rehearsal)
{
    size_t count = 0;

    for (const struct rlc_slot *slot = rehearsal->overlay.first; slot; slot = slot->next)
        count += is_record(slot, 'd');
    free(rehearsal->debtors);
    rehearsal->debtors = calloc(count + 1, sizeof(const struct rlc_slot *));
    rehearsal->debtor_count = 0;
    if (!rehearsal->debtors)
        return false;
    for (const struct rlc_slot *slot = rehearsal->overlay.first; slot; slot = slot->next) {
        if (is_record(slot, 'd'))
            rehearsal->debtors[rehearsal->debtor_count++] = slot;
    }
    return true;
}

static rlc_ms wake_of(const struct rlc_slot *debtor)
{
    rlc_ms wake_ms = ((const struct rlc_debtor_record *)debtor->record)->wake_ms;

    return wake_ms == RLC_MS_NONE ? RLC_MS_NEVER : wake_ms;
}

static rlc_ms next_wake(const struct ctl_rehearsal *rehearsal)
{
    rlc_ms next_ms = RLC_MS_NEVER;

    for (size_t i = 0; i < rehearsal->debtor_count; i++) {
        if (wake_of(rehearsal->debtors[i]) < next_ms)
            next_ms = wake_of(rehearsal->debtors[i]);
    }
    return next_ms;
}

static bool answer(struct ctl_rehearsal *rehearsal, const struct scenario_output *output)
{
    const struct rlc_contact_body *body = output->body;
    struct rlc_debtor_event *event = new_event(rehearsal, RLC_EVENT_KIND_OUTCOME);

    if (!event)
        return false;
    event->envelope.debtor = output->debtor;
    event->envelope.creditor = output->creditor;
    event->outcome = (struct rlc_outcome){ .action = body->action,
                                           .request_number = body->request_number,
                                           .result = RLC_OUTCOME_RESULT_ACCEPTED,
                                           .attempted_at_ms = rehearsal->now_ms,
                                           .assumed = true };
    return ctl_rehearsal_tell(rehearsal, event);
}

/* Part 0 is the request; the others are its annex. */
static bool answer_all(struct ctl_rehearsal *rehearsal)
{
    bool answered = true;

    for (size_t i = 0; i < rehearsal->asked_count && answered; i++) {
        const struct scenario_output *output = rehearsal->asked[i];
        const struct rlc_contact_body *body = output->body;

        if (rehearsal->ear->request)
            rehearsal->ear->request(rehearsal->ear->context, rehearsal->now_ms, body,
                                    output->debtor);
        answered = body->part > 0 || answer(rehearsal, output);
    }
    rehearsal->asked_count = 0;
    return answered;
}

static bool wake(struct ctl_rehearsal *rehearsal)
{
    bool woken = true;

    for (size_t i = 0; i < rehearsal->debtor_count && woken; i++) {
        struct scenario_event due = { .debtor = rlc_key_debtor(rehearsal->debtors[i]->key),
                                      .due_ms = rehearsal->now_ms };

        if (wake_of(rehearsal->debtors[i]) <= rehearsal->now_ms)
            woken = decide(rehearsal, &due);
    }
    return woken && answer_all(rehearsal);
}

static void tell_page(const struct ctl_rehearsal *rehearsal, const struct rlc_slot *slot,
                      const struct ctl_rehearsal_ear *ear)
{
    const struct rlc_page_record *page = slot->record;
    struct rlc_key key;
    bool parsed = rlc_key_parse(slot->key, &key);

    assert(parsed);
    (void)parsed;
    for (size_t i = 0; i < page->item_count; i++) {
        const struct rlc_receivable_record *receivable;
        struct store_key wanted;

        store_key_receivable(key.part[0], key.part[1], page->items[i].document, &wanted);
        receivable = store_get(&rehearsal->overlay, &wanted);
        assert(receivable);
        ear->receivable(ear->context, receivable, &page->items[i]);
    }
}

bool ctl_rehearsal_live(struct ctl_rehearsal *rehearsal, rlc_ms until_ms,
                        const struct ctl_rehearsal_ear *ear)
{
    rlc_ms next_ms;

    rehearsal->ear = ear;
    if (!list_debtors(rehearsal))
        return false;
    while ((next_ms = next_wake(rehearsal)) < until_ms) {
        rehearsal->now_ms = next_ms;
        if (!wake(rehearsal))
            return false;
    }
    for (const struct rlc_slot *slot = rehearsal->overlay.first; slot; slot = slot->next) {
        if (ear->receivable && is_record(slot, 'o'))
            tell_page(rehearsal, slot, ear);
    }
    return true;
}
