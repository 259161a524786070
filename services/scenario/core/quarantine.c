/* SPDX-License-Identifier: Apache-2.0 */
#include "core/quarantine.h"

#include "core/account.h"
#include "core/store.h"
#include "core/tasks.h"

static size_t find(const struct rlc_debtor_record *debtor, const struct rlc_coordinates *at)
{
    size_t i = 0;

    while (i < debtor->quarantine_count &&
           (debtor->quarantine[i].offset != at->offset ||
            debtor->quarantine[i].partition != at->partition ||
            !rlc_span_equal(debtor->quarantine[i].topic, at->topic)))
        i++;
    return i;
}

static void changed(struct decision *decision, const struct rlc_coordinates *at,
                    struct rlc_span code, bool released)
{
    struct rlc_debtor_record *debtor = decision->debtor;
    struct rlc_quarantine_changed *fact = decision_fact(decision, RLC_FACT_KIND_QUARANTINE_CHANGED,
                                                        (struct rlc_span){ 0 }, sizeof(*fact));

    fact->at = *at;
    fact->code = code;
    fact->released = released;
    fact->open_count = (uint32_t)debtor->quarantine_count;
    decision_raise_debtor(decision);
    debtor_review(decision, RLC_REVIEW_READY);
}

void quarantine_add(struct decision *decision, const struct rlc_coordinates *at,
                    struct rlc_span code)
{
    struct rlc_debtor_record *debtor = decision->debtor;
    struct rlc_coordinates place = at ? *at : decision->event->at;
    struct task_about about = { 0 };

    if (find(debtor, &place) < debtor->quarantine_count)
        return;
    /* A full list stays full: the records beyond it are in the dead letters, and the debtor stays
     * silent until a person has gone through all that is listed. */
    if (debtor->quarantine_count < QUARANTINE_MAX) {
        struct rlc_coordinates *entry =
            LIST_INSERT(decision, debtor->quarantine, debtor->quarantine_count,
                        debtor->quarantine_capacity, debtor->quarantine_count);

        *entry = place;
    }
    changed(decision, &place, code, false);
    about.number = (uint64_t)debtor->epoch;
    if (debtor->quarantine_task.size == 0)
        debtor->quarantine_task = task_open(decision, RLC_TASK_KIND_QUARANTINE, &about);
}

void quarantine_release(struct decision *decision, const struct rlc_coordinates *at)
{
    struct rlc_debtor_record *debtor = decision->debtor;
    size_t index = find(debtor, at);

    if (index == debtor->quarantine_count) {
        decision_ignored(decision, "UNKNOWN_OBJECT", at->topic);
        return;
    }
    LIST_REMOVE(debtor->quarantine, debtor->quarantine_count, index);
    changed(decision, at, rlc_span_of("RELEASED"), true);
    if (debtor->quarantine_count > 0)
        return;
    task_close(decision, debtor->quarantine_task, rlc_span_of("RELEASED"));
    debtor->quarantine_task = (struct rlc_span){ 0 };
}

static void tell_conflict(struct decision *decision, const struct rlc_version *known,
                          struct rlc_span entity)
{
    struct rlc_conflict *conflict = decision_fact(decision, RLC_FACT_KIND_CONFLICT_FOUND,
                                                  decision->envelope->creditor, sizeof(*conflict));

    conflict->entity = entity;
    conflict->known = known->body_hash;
    conflict->found = decision->envelope->body_hash;
}

void quarantine_conflict(struct decision *decision, const struct rlc_version *known,
                         struct rlc_span entity)
{
    static const struct rlc_hash ABSENT;

    if (memcmp(&decision->envelope->body_hash, &ABSENT, sizeof(ABSENT)) == 0)
        decision_ignored(decision, "CONFLICT", entity);
    else
        tell_conflict(decision, known, entity);
    quarantine_add(decision, NULL, rlc_span_of("CONFLICT"));
}

void quarantine_limit(struct decision *decision, const char *rule, struct rlc_span object)
{
    decision_ignored(decision, rule, object);
    quarantine_add(decision, NULL, rlc_span_of(rule));
}

bool quarantine_fits(struct decision *decision, struct rlc_money amount, struct rlc_span object)
{
    if (amount.minor <= AMOUNT_MAX && amount.minor >= -AMOUNT_MAX)
        return true;
    quarantine_limit(decision, "LIMIT_AMOUNT", object);
    return false;
}

void quarantine_keys(const struct rlc_debtor_record *debtor, struct rlc_span debtor_key,
                     struct rlc_overlay *overlay)
{
    struct store_key key;

    if (debtor->quarantine_task.size == 0)
        return;
    store_key_task(debtor_key, debtor->quarantine_task, &key);
    (void)rlc_overlay_want(overlay, key.span);
}
