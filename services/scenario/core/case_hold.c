/* SPDX-License-Identifier: Apache-2.0 */
#include "core/case_hold.h"

#include "core/cash.h"
#include "core/litigation.h"
#include "core/standing.h"
#include "core/store.h"

/* What lies on debtor and account, in the order of the gates of a contact. */
static void lies_on(const struct decision *decision, const struct rlc_account_record *account,
                    struct rlc_case_held *held)
{
    const struct rlc_debtor_record *debtor = decision->debtor;
    struct standing answer = standing_of_account(decision, account);

    if (debtor->quarantine_count > 0) {
        held->reason = RLC_SUPPRESSION_QUARANTINED;
        held->object = debtor->quarantine_task;
        return;
    }
    held->reason = answer.reason;
    held->object = answer.object;
}

static bool was_told(const struct rlc_case_entry *entry, const struct rlc_case_held *held)
{
    return entry->held == held->reason && rlc_span_equal(entry->held_by, held->object) &&
           entry->on_account.minor == held->on_account.minor;
}

static void tell(struct decision *decision, struct rlc_span creditor, struct rlc_case_entry *entry,
                 const struct rlc_case_held *held)
{
    entry->held = held->reason;
    entry->held_by = held->object;
    entry->on_account = held->on_account;
    litigation_tell(
        decision, creditor,
        &(struct rlc_legal_inbox){ .kind = RLC_LEGAL_INBOX_KIND_CASE_HELD, .case_held = *held });
}

static void tell_account(struct decision *decision, struct rlc_span creditor)
{
    const struct rlc_account_record *account;
    struct rlc_case_held held = { .reason = RLC_SUPPRESSION_UNSPECIFIED };
    struct store_key key;

    store_key_account(decision->key, creditor, &key);
    account = store_get(decision->overlay, &key);
    if (!account)
        return;
    lies_on(decision, account, &held);
    for (size_t i = 0; i < account->case_count; i++) {
        held.case_id = account->cases[i].case_id;
        held.on_account = cash_on(account, account->cases[i].on_account.currency);
        /* What of the money was applied, and what is disputed since, is judged together. */
        if (!was_told(&account->cases[i], &held) ||
            (decision->claims_told && held.on_account.minor > 0))
            tell(decision, creditor, &account_change(decision, creditor)->cases[i], &held);
    }
}

void case_hold_tell(struct decision *decision)
{
    for (size_t i = 0; i < decision->debtor->account_count; i++) {
        if (decision->debtor->accounts[i].at_law)
            tell_account(decision, decision->debtor->accounts[i].creditor);
    }
}

void case_hold_keys(struct rlc_span debtor_key, const struct rlc_debtor_record *debtor,
                    struct rlc_overlay *overlay)
{
    struct store_key key;

    for (size_t i = 0; i < debtor->account_count; i++) {
        if (!debtor->accounts[i].at_law)
            continue;
        store_key_account(debtor_key, debtor->accounts[i].creditor, &key);
        (void)rlc_overlay_want(overlay, key.span);
    }
}
