/* SPDX-License-Identifier: Apache-2.0 */
#include "cases/row.h"

#include <string.h>

#include "common/postgres/copy.h"
#include "common/pure/money.h"
#include "stores.h"
#include "text.h"

#define READ_MS      60000
#define ID_SIZE      32 /* hexadecimal digits of an action's id, which names its case */
#define SENTENCE_MAX 256

#define INSTANT(column)                                                                            \
    "to_char(" column " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"

/* Null members are left out. The order is the view's. */
#define READ                                                                                       \
    "COPY (SELECT json_strip_nulls(json_build_object('tenant', tenant, 'debtor', debtor, 'case', " \
    "case_id, 'creditor', creditor, 'currency', currency, 'referred_minor', referred_minor, "      \
    "'procedure', procedure, 'word', word, 'act', act, 'rule', rule, 'deadline_on', deadline_on, " \
    "'referred_at', " INSTANT("referred_at") ", 'since', " INSTANT(                                \
        "coalesce(asked_at, said_at, referred_at)") ", 'over', not coalesce(holds, true), "        \
                                                    "'waits_for', waits_for))::text FROM "         \
                                                    "case_list"

static const char READ_ALL[] = READ ") TO STDOUT (FORMAT binary)";
#define READ_ONE READ " WHERE case_id = '%s') TO STDOUT (FORMAT binary)"

/* ---- sentences ---- */

static const struct {
    const char *word; /* of the view */
    const char *sentence;
    const char *member; /* goes behind it; NULL: nothing does */
} WAITS[] = {
    { "APPROVAL", "approval of ", "act" },
    { "FILING", "its filing, which is approved", NULL },
    { "HOLD", "the end of a hold: ", "rule" },
    { "CLAIM", "what its claim lacks: ", "rule" },
    { "DEADLINE", "a court, an officer, or its deadline", NULL },
    { "STEP", "its next step", NULL },
};

static void say_waits(json_t *row)
{
    char number[32];
    const char *word = ctl_text(row, "waits_for", number);
    char text[SENTENCE_MAX] = "nothing: it is over";

    for (size_t i = 0; i < RLC_COUNT(WAITS); i++) {
        if (strcmp(WAITS[i].word, word) == 0)
            (void)snprintf(text, sizeof(text), "%s%s", WAITS[i].sentence,
                           WAITS[i].member ? ctl_text(row, WAITS[i].member, number) : "");
    }
    ctl_put_text(row, "waits", text);
}

static void say_amount(json_t *row)
{
    const char *currency = json_string_value(json_object_get(row, "currency"));
    struct rlc_money amount = { .minor =
                                    json_integer_value(json_object_get(row, "referred_minor")) };

    if (currency)
        (void)snprintf(amount.currency, sizeof(amount.currency), "%s", currency);
    (void)json_object_del(row, "referred_minor");
    if (currency)
        ctl_put_money(row, "amount", amount);
}

void ctl_case_row_say(json_t *row)
{
    say_amount(row);
    say_waits(row);
}

/* ---- reading ---- */

bool ctl_case_id_valid(const char *text)
{
    return strlen(text) == ID_SIZE && strspn(text, "0123456789abcdef") == ID_SIZE;
}

static bool take(void *context, const struct rlc_span *fields, size_t count)
{
    json_t *row = json_loadb((const char *)fields[0].data, fields[0].size, 0, NULL);

    (void)count;
    if (!row)
        return true;
    ctl_case_row_say(row);
    (void)json_array_append_new(context, row);
    return true;
}

int ctl_case_rows(struct ctl *ctl, const char *case_id, json_t **ret_rows)
{
    char one[sizeof(READ_ONE) + ID_SIZE];
    const char *sql = READ_ALL;
    struct rlc_error error = { .text = "" };
    struct rlc_postgres *postgres = NULL;
    int code;

    *ret_rows = json_array();
    if (case_id && !ctl_case_id_valid(case_id))
        return CTL_OK;
    if (case_id) {
        (void)snprintf(one, sizeof(one), READ_ONE, case_id);
        sql = one;
    }
    code = ctl_postgres_open(ctl, READ_MS, &postgres);
    if (code == CTL_OK && rlc_copy_out(postgres, sql, take, *ret_rows, &error) != RLC_OK)
        code = ctl_fail_store(ctl, "postgres", &error);
    rlc_postgres_free(postgres);
    return code;
}
