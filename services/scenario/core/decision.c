/* SPDX-License-Identifier: Apache-2.0 */
#include "core/decision.h"

#include "core/quarantine.h"
#include "core/store.h"

/* ---- outputs ---- */

static struct scenario_output *append(struct decision *decision, enum scenario_output_kind kind,
                                      struct rlc_span creditor)
{
    struct scenario_output *output = decision_alloc(decision, sizeof(*output));

    output->kind = kind;
    output->tenant = decision->tenant;
    output->debtor = decision->debtor_id;
    output->creditor = creditor;
    output->bundle_hash = decision->policy->bundle_hash;
    *decision->outputs->tail = output;
    decision->outputs->tail = &output->next;
    decision->outputs->count++;
    return output;
}

void *decision_output(struct decision *decision, enum scenario_output_kind kind,
                      struct rlc_span creditor, size_t size)
{
    struct scenario_output *output = append(decision, kind, creditor);
    void *body = decision_alloc(decision, size);

    output->body = body;
    output->body_size = size;
    return body;
}

void *decision_fact(struct decision *decision, enum rlc_fact_kind kind, struct rlc_span creditor,
                    size_t size)
{
    struct scenario_output *output = append(decision, SCENARIO_OUTPUT_FACT, creditor);
    void *body = decision_alloc(decision, size);

    output->fact = kind;
    output->body = body;
    output->body_size = size;
    return body;
}

void decision_ignored(struct decision *decision, const char *rule, struct rlc_span object)
{
    struct rlc_event_ignored *ignored = decision_fact(
        decision, RLC_FACT_KIND_EVENT_IGNORED, decision->envelope->creditor, sizeof(*ignored));

    ignored->kind = decision->event->record ? decision->event->record->kind : RLC_EVENT_KIND_TICK;
    ignored->rule = rlc_span_of(rule);
    ignored->object = object;
    decision->ignored = rule;
}

void decision_stamp(struct decision *decision)
{
    for (struct scenario_output *output = decision->outputs->first; output; output = output->next) {
        struct store_key key;
        const struct rlc_account_record *account;

        output->epochs.debtor = decision->debtor ? decision->debtor->epoch : 0;
        output->epochs.scope_revision = decision->scope ? decision->scope->scope.revision : 0;
        if (output->creditor.size == 0 || !decision->debtor)
            continue;
        /* Known: every account that a fact can be about was named, so that the epoch does not
         * depend on what else the batch had read. */
        store_key_account(decision->key, output->creditor, &key);
        account = store_get(decision->overlay, &key);
        output->epochs.account = account ? account->epoch : 0;
    }
}

/* ---- epochs ---- */

void decision_debtor_changed(struct decision *decision)
{
    struct store_key key;

    store_key_debtor(decision->key, &key);
    (void)store_change(decision->overlay, &key);
}

void decision_raise_debtor(struct decision *decision)
{
    if (!decision->debtor_raised)
        decision->debtor->epoch++;
    decision->debtor_raised = true;
    decision_debtor_changed(decision);
}

void decision_raise_account(struct decision *decision, struct rlc_account_record *account)
{
    for (size_t i = 0; i < decision->raised_count; i++) {
        if (decision->raised[i] == account)
            return;
    }
    account->epoch++;
    if (decision->raised_count < ACCOUNTS_MAX)
        decision->raised[decision->raised_count++] = account;
}

/* ---- time ---- */

static rlc_ms round_up(rlc_ms instant)
{
    return (instant + RLC_MINUTE_MS - 1) / RLC_MINUTE_MS * RLC_MINUTE_MS;
}

rlc_ms decision_soon(const struct decision *decision)
{
    return round_up(decision->now_ms + 1);
}

rlc_ms decision_timer(const struct decision *decision, rlc_ms instant)
{
    if (instant == RLC_MS_NONE)
        return RLC_MS_NONE;
    return instant > decision->now_ms ? round_up(instant) : decision_soon(decision);
}

rlc_ms timer_min(rlc_ms a, rlc_ms b)
{
    if (a == RLC_MS_NONE || b == RLC_MS_NONE)
        return a == RLC_MS_NONE ? b : a;
    return a < b ? a : b;
}

/* ---- versions ---- */

struct rlc_event_reference decision_said(const struct decision *decision)
{
    return (struct rlc_event_reference){ .source = decision->envelope->source,
                                         .source_event_id = decision->envelope->source_event_id };
}

struct rlc_span decision_hex(const struct decision *decision, const struct rlc_action_id *action)
{
    uint8_t *hex = decision_alloc(decision, STORE_HEX_SIZE);

    store_hex(action, hex);
    return rlc_span_from(hex, STORE_HEX_SIZE);
}

struct rlc_version decision_version(const struct decision *decision)
{
    const struct rlc_envelope *envelope = decision->envelope;

    return (struct rlc_version){
        .revision = envelope->entity_revision,
        .occurred_at_ms = envelope->occurred_at_ms,
        .source = envelope->source,
        .event_id = envelope->source_event_id,
        .body_hash = envelope->body_hash,
    };
}

/* A body without a hash cannot be told from another. */
static bool same_body(const struct rlc_version *a, const struct rlc_version *b)
{
    static const struct rlc_hash ABSENT;

    return memcmp(&a->body_hash, &ABSENT, sizeof(ABSENT)) == 0 ||
           memcmp(&b->body_hash, &ABSENT, sizeof(ABSENT)) == 0 ||
           memcmp(&a->body_hash, &b->body_hash, sizeof(a->body_hash)) == 0;
}

/* Upstream's order, else when it happened; the id decides a tie, so that the order is total and the
 * same everywhere. */
bool version_after(const struct rlc_version *a, const struct rlc_version *b)
{
    if (a->revision != b->revision)
        return a->revision > b->revision;
    if (a->occurred_at_ms != b->occurred_at_ms)
        return a->occurred_at_ms > b->occurred_at_ms;
    return rlc_span_compare(a->event_id, b->event_id) > 0;
}

enum version_order version_order(const struct rlc_version *known, const struct rlc_version *found)
{
    bool same_event = rlc_span_equal(known->source, found->source) &&
                      rlc_span_equal(known->event_id, found->event_id);
    bool same_revision = known->revision > 0 && known->revision == found->revision;

    if (!version_known(known))
        return VERSION_NEWER;
    if (same_event || same_revision)
        return same_body(known, found) ? VERSION_SAME : VERSION_CONFLICT;
    return version_after(found, known) ? VERSION_NEWER : VERSION_OLDER;
}

bool decision_accepts(struct decision *decision, struct rlc_version *known, struct rlc_span entity)
{
    struct rlc_version found = decision_version(decision);

    switch (version_order(known, &found)) {
    case VERSION_NEWER:
        return true;
    case VERSION_SAME:
        decision_ignored(decision, "DUPLICATE", entity);
        return false;
    case VERSION_OLDER:
        decision_ignored(decision, "STALE", entity);
        return false;
    case VERSION_CONFLICT:
        quarantine_conflict(decision, known, entity, NULL);
        return false;
    }
    return false;
}
