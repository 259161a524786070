/* SPDX-License-Identifier: Apache-2.0 */
#include "core/question.h"

#include "core/store.h"
#include "core/tasks.h"

/* What is said of a case while its question stands. Every other word, those of the bundle's
 * procedures among them, is an answer or leads away from the question. */
static const char *const STANDS[] = { "APPROVAL_ASKED", "APPROVAL_REFUSED", "ACT_REFUSED",
                                      "CLAIM_CHANGED",  "DEADLINE_NEAR",    "ON_HOLD" };

static bool stands(const struct rlc_milestone *milestone)
{
    for (size_t i = 0; i < RLC_COUNT(STANDS); i++) {
        if (rlc_span_equal(milestone->code, rlc_span_of(STANDS[i])))
            return milestone->holds;
    }
    return false;
}

void question_note(struct decision *decision, struct rlc_case_entry *entry,
                   const struct rlc_milestone *milestone)
{
    bool asks = rlc_span_equal(milestone->code, rlc_span_of("APPROVAL_ASKED"));

    if (entry->task.size > 0 && !stands(milestone)) {
        task_close(decision, entry->task, milestone->code);
        entry->task = (struct rlc_span){ NULL, 0 };
    } else if (entry->task.size == 0 && asks) {
        entry->task = task_open(decision, RLC_TASK_KIND_APPROVAL,
                                &(struct task_about){ .creditor = decision->envelope->creditor,
                                                      .object = entry->case_id,
                                                      .number = ++entry->asked });
    }
}

void question_keys(struct rlc_span debtor_key, struct rlc_span creditor, struct rlc_span case_id,
                   struct rlc_overlay *overlay)
{
    const struct rlc_account_record *account;
    struct store_key key;

    store_key_account(debtor_key, creditor, &key);
    if (!rlc_overlay_want(overlay, key.span))
        return;
    account = store_get(overlay, &key);
    for (size_t i = 0; account && i < account->case_count; i++) {
        const struct rlc_case_entry *entry = &account->cases[i];

        if (entry->task.size > 0 && rlc_span_equal(entry->case_id, case_id))
            task_keys(debtor_key, entry->task, overlay);
    }
}
