/* SPDX-License-Identifier: Apache-2.0 */
#include "core/quarantine.h"

#include "core/account.h"
#include "core/tasks.h"

/* ---- the list ---- */

static bool same_place(const struct rlc_coordinates *a, const struct rlc_coordinates *b)
{
    return a->offset == b->offset && a->partition == b->partition &&
           rlc_span_equal(a->topic, b->topic);
}

static size_t find(const struct rlc_debtor_record *debtor, const struct rlc_coordinates *at)
{
    size_t i = 0;

    while (i < debtor->quarantine_count && !same_place(&debtor->quarantine[i], at))
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
    struct task_about about = { 0 };

    if (find(debtor, at) < debtor->quarantine_count)
        return;
    /* A full list stays full: the records beyond it are in the dead letters, and the debtor stays
     * silent until a person has gone through all that is listed. */
    if (debtor->quarantine_count < QUARANTINE_MAX) {
        struct rlc_coordinates *entry =
            LIST_INSERT(decision, debtor->quarantine, debtor->quarantine_count,
                        debtor->quarantine_capacity, debtor->quarantine_count);

        *entry = *at;
    }
    changed(decision, at, code, false);
    about.number = (uint64_t)debtor->epoch;
    if (debtor->quarantine_task.size == 0)
        debtor->quarantine_task = task_open(decision, RLC_TASK_KIND_QUARANTINE, &about);
}

static void stop_waiting(struct rlc_debtor_record *debtor, const struct rlc_coordinates *at)
{
    for (size_t i = debtor->waiting_count; i-- > 0;) {
        if (same_place(&debtor->waiting[i].at, at))
            LIST_REMOVE(debtor->waiting, debtor->waiting_count, i);
    }
}

static void take_out(struct decision *decision, size_t index, const char *why)
{
    struct rlc_debtor_record *debtor = decision->debtor;
    struct rlc_coordinates at = debtor->quarantine[index];

    LIST_REMOVE(debtor->quarantine, debtor->quarantine_count, index);
    stop_waiting(debtor, &at);
    changed(decision, &at, rlc_span_of(why), true);
    if (debtor->quarantine_count > 0)
        return;
    task_close(decision, debtor->quarantine_task, rlc_span_of(why));
    debtor->quarantine_task = (struct rlc_span){ 0 };
}

void quarantine_release(struct decision *decision, const struct rlc_coordinates *at)
{
    size_t index = find(decision->debtor, at);

    if (index < decision->debtor->quarantine_count)
        take_out(decision, index, "RELEASED");
    else
        decision_ignored(decision, "UNKNOWN_OBJECT", at->topic);
}

/* ---- refusing the event ---- */

/* What an event has in `data`, the command of its name has in `data.payload`. */
static void set_path(const struct decision *decision, const char *path, struct rlc_fault *fault)
{
    static const char DATA[] = "data";
    static const char PAYLOAD[] = "data.payload";
    size_t kept = sizeof(PAYLOAD) - 1;

    if (decision->event->record->kind != RLC_EVENT_KIND_COMMAND_ISSUED ||
        memcmp(path, DATA, sizeof(DATA) - 1) != 0)
        return;
    memcpy(fault->path, PAYLOAD, kept);
    memcpy(fault->path + kept, path + sizeof(DATA) - 1, strlen(path) - sizeof(DATA) + 2);
}

/* A record is in the dead letters once, for what was found first. */
static void refuse(struct decision *decision, const char *code, const char *path,
                   const char *remedy)
{
    struct rlc_fault *fault;

    if (decision->refused)
        return;
    decision->refused = code;
    fault = decision_output(decision, SCENARIO_OUTPUT_LETTER, decision->envelope->creditor,
                            sizeof(*fault));
    (void)rlc_fault_set(fault, code, path, remedy);
    set_path(decision, path, fault);
    quarantine_add(decision, &decision->event->at, rlc_span_of(code));
}

static bool is_hash(const struct rlc_hash *hash)
{
    static const struct rlc_hash ABSENT;

    return memcmp(hash, &ABSENT, sizeof(ABSENT)) != 0;
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

static const char *what_is_the_same(const struct decision *decision,
                                    const struct rlc_version *known)
{
    bool same_event = rlc_span_equal(known->source, decision->envelope->source) &&
                      rlc_span_equal(known->event_id, decision->envelope->source_event_id);

    return same_event ? "id" : "revision";
}

void quarantine_conflict(struct decision *decision, struct rlc_version *known,
                         struct rlc_span entity, const char *path)
{
    const struct rlc_hash *found = &decision->envelope->body_hash;

    /* Delivered again it counts as little as before: its letter is there, and it is no duplicate of
     * what stands. */
    if (is_hash(found) && memcmp(found, &known->refused_hash, sizeof(*found)) == 0) {
        decision_ignored(decision, "CONFLICT", entity);
        return;
    }
    known->refused_hash = *found;
    if (is_hash(found))
        tell_conflict(decision, known, entity);
    else
        decision_ignored(decision, "CONFLICT", entity);
    refuse(decision, "CONFLICT", path ? path : what_is_the_same(decision, known),
           "the first one stands: send the correction under a new id and a later time, or a higher "
           "revision where there are revisions; or drop this one");
}

void quarantine_limit(struct decision *decision, const char *rule, struct rlc_span object,
                      const char *path)
{
    decision_ignored(decision, rule, object);
    refuse(
        decision, rule, path,
        "more than is kept about one debtor: correct it, or settle it by hand and drop this one");
}

bool quarantine_fits(struct decision *decision, struct rlc_money amount, struct rlc_span object,
                     const char *path)
{
    if (amount.minor <= AMOUNT_MAX && amount.minor >= -AMOUNT_MAX)
        return true;
    quarantine_limit(decision, "LIMIT_AMOUNT", object, path);
    return false;
}

/* ---- what waits for its beginning ---- */

static struct rlc_span copy_key(struct decision *decision, const struct store_key *key)
{
    uint8_t *copy = decision_alloc(decision, key->span.size);

    memcpy(copy, key->span.data, key->span.size);
    return rlc_span_from(copy, key->span.size);
}

void quarantine_unknown(struct decision *decision, const struct store_key *object,
                        struct rlc_span id, const char *path)
{
    struct rlc_debtor_record *debtor = decision->debtor;

    decision_ignored(decision, "UNKNOWN_OBJECT", id);
    refuse(decision, "UNKNOWN_OBJECT", path,
           "send what it ends or undoes: the debtor is then let go by itself; or drop it");
    /* What found no room in the list stays silent until a person has gone through all of it. */
    if (find(debtor, &decision->event->at) == debtor->quarantine_count)
        return;
    *LIST_INSERT(decision, debtor->waiting, debtor->waiting_count, debtor->waiting_capacity,
                 debtor->waiting_count) =
        (struct rlc_waiting){ .at = decision->event->at, .object = copy_key(decision, object) };
}

void quarantine_found(struct decision *decision, const struct store_key *object)
{
    struct rlc_debtor_record *debtor = decision->debtor;

    for (size_t i = debtor->waiting_count; i-- > 0;) {
        if (rlc_span_equal(debtor->waiting[i].object, object->span))
            take_out(decision, find(debtor, &debtor->waiting[i].at), "FOUND");
    }
}

/* ---- keys ---- */

void quarantine_keys(const struct rlc_debtor_record *debtor, struct rlc_span debtor_key,
                     struct rlc_overlay *overlay)
{
    struct store_key key;

    if (debtor->quarantine_task.size == 0)
        return;
    store_key_task(debtor_key, debtor->quarantine_task, &key);
    (void)rlc_overlay_want(overlay, key.span);
}
