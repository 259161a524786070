/* SPDX-License-Identifier: Apache-2.0 */
#include "core/retention.h"

#include "common/pure/key.h"

#include "core/store.h"

/* What the accounts of a debtor say, taken together. */
struct holdings {
    bool open;         /* something is owed, or in force on what was owed */
    rlc_day booked_on; /* latest entry; 0 = none */
};

/* Accounts to which nothing was booked since rules version 3 know only when money came in. */
static rlc_day last_entry(const struct rlc_account_record *account)
{
    rlc_day received_on =
        account->receipt_count > 0 ? account->receipts[account->receipt_count - 1].on : 0;

    return account->booked_on > received_on ? account->booked_on : received_on;
}

static struct holdings holdings_of(const struct decision *decision)
{
    const struct rlc_debtor_record *debtor = decision->debtor;
    struct holdings holdings = { .open = false };

    for (size_t i = 0; i < debtor->account_count; i++) {
        const struct rlc_account_record *account;
        struct store_key key;

        store_key_account(decision->key, debtor->accounts[i].creditor, &key);
        account = store_get(decision->overlay, &key);
        if (!account)
            continue;
        holdings.open = holdings.open || account->page_count > 0;
        if (last_entry(account) > holdings.booked_on)
            holdings.booked_on = last_entry(account);
    }
    return holdings;
}

/* The last day of the year that ends `years` after that of `day`. */
static rlc_day end_of_year(rlc_day day, int32_t years)
{
    struct rlc_date end = { .year = rlc_day_date(day).year + years, .month = 12, .day = 31 };
    rlc_day end_on;

    return rlc_day_from_date(end, &end_on) ? end_on : RLC_DAY_MAX;
}

/* ---- saying it ---- */

struct text {
    char *bytes;
    size_t size;
};

static void append(struct text *text, struct rlc_span more)
{
    if (more.size > 0)
        memcpy(text->bytes + text->size, more.data, more.size);
    text->size += more.size;
}

static void tell(struct decision *decision, const char *what, struct rlc_span ground,
                 rlc_day until_on)
{
    static const char UNTIL[] = " until ";
    struct text text = { .bytes = decision_alloc(decision, strlen(what) + 1 + ground.size +
                                                               sizeof(UNTIL) + RLC_DAY_SIZE) };
    char day[RLC_DAY_SIZE];

    append(&text, rlc_span_of(what));
    append(&text, rlc_span_of(" "));
    append(&text, ground);
    if (until_on != RLC_DAY_NONE && rlc_day_format(until_on, day, sizeof(day)) > 0) {
        append(&text, rlc_span_of(UNTIL));
        append(&text, rlc_span_of(day));
    }
    decision->detail = rlc_span_from(text.bytes, text.size);
}

bool retention_keeps(struct decision *decision, struct rlc_span subject)
{
    const struct policy_retention *policy = &decision->policy->retention;
    struct holdings holdings;
    rlc_day until_on;

    if (!rlc_span_equal(subject, decision->debtor_id))
        return false;
    holdings = holdings_of(decision);
    if (holdings.open) {
        tell(decision, "claims", policy->claims_ground, RLC_DAY_NONE);
        return true;
    }
    if (holdings.booked_on == RLC_DAY_NONE)
        return false;
    until_on = end_of_year(holdings.booked_on, policy->ledger_years);
    if (decision->today > until_on)
        return false;
    tell(decision, "ledger", policy->ledger_ground, until_on);
    return true;
}

/* ---- keys ---- */

void retention_keys(struct rlc_span debtor_key, struct rlc_span subject,
                    struct rlc_overlay *overlay)
{
    const struct rlc_debtor_record *debtor;
    struct rlc_span tenant;
    struct rlc_span id;
    struct store_key key;

    if (!rlc_key_split_debtor(debtor_key, &tenant, &id) || !rlc_span_equal(subject, id))
        return;
    store_key_debtor(debtor_key, &key);
    if (!rlc_overlay_want(overlay, key.span))
        return;
    debtor = store_get(overlay, &key);
    for (size_t i = 0; debtor && i < debtor->account_count; i++) {
        store_key_account(debtor_key, debtor->accounts[i].creditor, &key);
        (void)rlc_overlay_want(overlay, key.span);
    }
}
