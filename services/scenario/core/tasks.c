/* SPDX-License-Identifier: Apache-2.0 */
#include "core/tasks.h"

#include "common/pure/decimal.h"

#include "core/account.h"
#include "core/store.h"
#include "core/words.h"

/* "<kind>-<object>-<number>", the object cut short where the id would get too long; kind and number
 * alone then still tell tasks about one debtor apart. */
static struct rlc_span name_task(struct decision *decision, enum rlc_task_kind kind,
                                 const struct task_about *about)
{
    enum { OBJECT_MAX = 64 }; /* leaves room for the rest below RLC_ID_MAX */
    struct rlc_span word = word_task_kind(kind);
    size_t object_size = about->object.size <= OBJECT_MAX ? about->object.size : 0;
    uint8_t *id = decision_alloc(decision, RLC_ID_MAX);
    size_t size = word.size;

    memcpy(id, word.data, word.size);
    if (object_size > 0) {
        id[size++] = '-';
        memcpy(id + size, about->object.data, object_size);
        size += object_size;
    }
    id[size++] = '-';
    size += rlc_u64_format(about->number, (char *)id + size, RLC_DECIMAL_SIZE);
    return rlc_span_from(id, size);
}

static void tell(struct decision *decision, enum rlc_fact_kind kind, struct rlc_span id,
                 const struct rlc_task_record *task)
{
    struct rlc_task_fact *fact = decision_fact(decision, kind, task->creditor, sizeof(*fact));

    fact->task = id;
    fact->kind = task->kind;
    fact->object = task->object;
    fact->outcome_code = task->outcome_code;
}

struct rlc_span task_open(struct decision *decision, enum rlc_task_kind kind,
                          const struct task_about *about)
{
    struct rlc_span id = name_task(decision, kind, about);
    struct rlc_task_record *task;
    struct store_key key;

    store_key_task(decision->key, id, &key);
    task = store_open(decision->overlay, &key, sizeof(*task));
    *task = (struct rlc_task_record){ .format = RECORD_FORMAT,
                                      .kind = kind,
                                      .creditor = about->creditor,
                                      .object = about->object,
                                      .opened_at_ms = decision->now_ms };
    tell(decision, RLC_FACT_KIND_TASK_OPENED, id, task);
    return id;
}

void task_close(struct decision *decision, struct rlc_span id, struct rlc_span outcome_code)
{
    struct rlc_task_record *task;
    struct store_key key;

    store_key_task(decision->key, id, &key);
    task = store_change(decision->overlay, &key);
    if (!task || task->done)
        return;
    task->done = true;
    task->outcome_code = outcome_code;
    tell(decision, RLC_FACT_KIND_TASK_CLOSED, id, task);
}

/* An account that waited for the task goes on at the next tick. */
static void release_account(struct decision *decision, struct rlc_span creditor, struct rlc_span id)
{
    struct rlc_account_record *account = account_change(decision, creditor);

    if (!account || !rlc_span_equal(account->wait_object, id))
        return;
    account->wait_reason = RLC_SUPPRESSION_UNSPECIFIED;
    account->wait_object = (struct rlc_span){ 0 };
    account->not_before_ms = RLC_MS_NONE;
    account_review(decision, creditor, account, RLC_REVIEW_READY);
}

void task_done(struct decision *decision, struct rlc_span id, struct rlc_span outcome_code)
{
    const struct rlc_task_record *task;
    struct store_key key;

    store_key_task(decision->key, id, &key);
    task = store_get(decision->overlay, &key);
    if (!task || task->done) {
        decision_ignored(decision, task ? "DUPLICATE" : "UNKNOWN_OBJECT", id);
        return;
    }
    /* Reading the records again or dropping them ends a quarantine, and a yes or a no the
     * question of a case: not a tick on a list. */
    if (task->kind == RLC_TASK_KIND_QUARANTINE) {
        decision_ignored(decision, "STILL_IN_QUARANTINE", id);
        return;
    }
    if (task->kind == RLC_TASK_KIND_APPROVAL) {
        decision_ignored(decision, "STILL_ASKED", id);
        return;
    }
    task_close(decision, id, outcome_code);
    if (task->creditor.size > 0)
        release_account(decision, task->creditor, id);
}

void task_keys(struct rlc_span debtor_key, struct rlc_span id, struct rlc_overlay *overlay)
{
    const struct rlc_task_record *task;
    struct store_key key;

    store_key_task(debtor_key, id, &key);
    if (!rlc_overlay_want(overlay, key.span))
        return;
    task = store_get(overlay, &key);
    if (!task || task->creditor.size == 0)
        return;
    store_key_account(debtor_key, task->creditor, &key);
    (void)rlc_overlay_want(overlay, key.span);
}
