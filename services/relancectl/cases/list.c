/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl case list: the cases at law, and what each waits for. */
#include <string.h>

#include "cases/row.h"
#include "commands.h"
#include "text.h"

const struct ctl_option CTL_CASE_LIST_OPTIONS[] = {
    { "waiting", NULL, "only those that wait for an approval" },
    { "all", NULL, "also those that are over" },
    { "tenant", "ID", "only those of this tenant" },
    { "creditor", "ID", "only those of this creditor" },
    { "debtor", "ID", "only those of this debtor" },
    { "limit", "N", "how many, what waits for people first (default 50)" },
    { NULL, NULL, NULL },
};

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     100000

static bool is_wanted(const struct ctl *ctl, const json_t *row)
{
    static const char *const NARROWING[] = { "tenant", "creditor", "debtor" };
    char number[32];

    for (size_t i = 0; i < RLC_COUNT(NARROWING); i++) {
        const char *wanted = ctl_option(ctl, NARROWING[i]);

        if (wanted && strcmp(ctl_text(row, NARROWING[i], number), wanted) != 0)
            return false;
    }
    if (ctl_option(ctl, "waiting"))
        return strcmp(ctl_text(row, "waits_for", number), "APPROVAL") == 0;
    return ctl_option(ctl, "all") || !json_is_true(json_object_get(row, "over"));
}

static void print(const json_t *cases, size_t matched)
{
    static const struct ctl_column COLUMNS[] = {
        { "SINCE", "since", false },
        { "WAITS FOR", "waits", false },
        { "DEADLINE", "deadline_on", false },
        { "DEBTOR", "tenant/debtor", false },
        { "CREDITOR", "creditor", false },
        { "AMOUNT", "amount", true },
        { "", "currency", false },
        { "LAST WORD", "word", false },
        { "CASE", "case", false },
    };

    ctl_table(stdout, cases, COLUMNS, RLC_COUNT(COLUMNS));
    (void)printf("%zu of %zu cases; 'relancectl case show TENANT/CASE' has the claim, and the "
                 "command that approves it\n",
                 json_array_size(cases), matched);
}

int ctl_case_list(struct ctl *ctl)
{
    json_t *rows;
    json_t *cases;
    json_t *row;
    size_t index;
    size_t matched = 0;
    int64_t limit;
    int code;

    if (!ctl_option_number(ctl, "limit", LIMIT_DEFAULT, 1, LIMIT_MAX, &limit))
        return CTL_USAGE;
    code = ctl_case_rows(ctl, NULL, &rows);
    cases = json_array();
    json_array_foreach(rows, index, row)
    {
        if (!is_wanted(ctl, row))
            continue;
        matched++;
        if (json_array_size(cases) < (size_t)limit)
            (void)json_array_append(cases, row);
    }
    if (code == CTL_OK &&
        !ctl_json(ctl, json_pack("{s:I, s:O}", "matched", (json_int_t)matched, "cases", cases)))
        print(cases, matched);
    json_decref(cases);
    json_decref(rows);
    return code;
}
