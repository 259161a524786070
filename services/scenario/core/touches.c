/* SPDX-License-Identifier: Apache-2.0 */
#include "core/touches.h"

#include "core/account.h"
#include "core/store.h"

static void drop_touches(struct rlc_debtor_record *debtor, const struct rlc_action_id *action)
{
    for (size_t i = debtor->touch_count; i-- > 0;) {
        if (memcmp(&debtor->touches[i].action, action, sizeof(*action)) == 0)
            LIST_REMOVE(debtor->touches, debtor->touch_count, i);
    }
}

/* By the UTC day, so that keys and decision mean the same. */
static bool is_aged(const struct rlc_touch *touch, rlc_ms due_ms)
{
    return touch->on <= (rlc_day)(due_ms / RLC_DAY_MS) - CONTACT_KEPT_DAYS;
}

/* A closed contact goes; one that still waits for somebody stays. */
static bool forget_contact(struct decision *decision, const struct rlc_action_id *action)
{
    const struct rlc_contact_record *contact;
    struct store_key key;

    store_key_contact(decision->key, action, &key);
    contact = store_get(decision->overlay, &key);
    if (contact && contact->state != RLC_CONTACT_STATE_CLOSED)
        return false;
    if (contact)
        rlc_overlay_delete(decision->overlay, key.span);
    return true;
}

void touches_forget(struct decision *decision)
{
    struct rlc_debtor_record *debtor = decision->debtor;

    for (size_t i = debtor->touch_count; i-- > 0;) {
        if (is_aged(&debtor->touches[i], decision->due_ms) &&
            forget_contact(decision, &debtor->touches[i].action))
            LIST_REMOVE(debtor->touches, debtor->touch_count, i);
    }
}

/* More contacts than can be remembered: the oldest weigh least. */
static void forget_oldest(struct decision *decision)
{
    struct rlc_debtor_record *debtor = decision->debtor;

    (void)forget_contact(decision, &debtor->touches[0].action);
    LIST_REMOVE(debtor->touches, debtor->touch_count, 0);
}

/* The aged ones, and as many of the oldest as there are accounts that may ask for another. */
void touches_keys(struct rlc_span debtor_key, const struct rlc_debtor_record *debtor, rlc_ms due_ms,
                  struct rlc_overlay *overlay)
{
    size_t wanted = debtor->touch_count + debtor->account_count;

    for (size_t i = 0; i < debtor->touch_count; i++) {
        struct store_key key;

        if (i + TOUCHES_MAX >= wanted && !is_aged(&debtor->touches[i], due_ms))
            continue;
        store_key_contact(debtor_key, &debtor->touches[i].action, &key);
        (void)rlc_overlay_want(overlay, key.span);
    }
}

/* ---- caps ---- */

void touches_add(struct decision *decision, rlc_day on, const struct rlc_action_id *action)
{
    struct rlc_debtor_record *debtor = decision->debtor;
    size_t i = 0;

    drop_touches(debtor, action);
    if (debtor->touch_count == TOUCHES_MAX)
        forget_oldest(decision);
    while (i < debtor->touch_count && debtor->touches[i].on <= on)
        i++;
    LIST_INSERT(decision, debtor->touches, debtor->touch_count, debtor->touch_capacity, i)->on = on;
    debtor->touches[i].action = *action;
    decision_debtor_changed(decision);
}

void touches_take_back(struct decision *decision, const struct rlc_action_id *action)
{
    drop_touches(decision->debtor, action);
    debtor_review(decision, RLC_REVIEW_READY);
}

void touches_remember(struct decision *decision, rlc_ms at_ms)
{
    const struct rlc_debtor_record *debtor = decision->debtor;
    rlc_day on = rlc_zone_day(decision->zone, at_ms);
    struct rlc_action_id elsewhere = { { 0 } };

    for (size_t i = 0; i < debtor->touch_count; i++) {
        if (debtor->touches[i].on == on)
            return;
    }
    if (on <= decision->today - POLICY_CAP_DAYS_MAX || on > decision->today ||
        debtor->touch_count == TOUCHES_MAX)
        return;
    /* No message of ours has such an id; the day keeps the contacts apart. */
    memcpy(elsewhere.bytes, &on, sizeof(on));
    touches_add(decision, on, &elsewhere);
}

bool touches_is_elsewhere(const struct rlc_action_id *action)
{
    static const struct rlc_action_id NONE;
    size_t named = sizeof(rlc_day);

    return memcmp(action->bytes + named, NONE.bytes + named, sizeof(NONE.bytes) - named) == 0;
}
