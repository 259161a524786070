/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet.h"

#include <string.h>

#include "text.h"

static const char *const NAMES[CTL_SHEET_LIST_COUNT] = {
    [CTL_SHEET_ACCOUNTS] = "accounts", [CTL_SHEET_RECEIVABLES] = "receivables",
    [CTL_SHEET_STEPS] = "steps",       [CTL_SHEET_AGREEMENTS] = "agreements",
    [CTL_SHEET_REQUESTS] = "requests", [CTL_SHEET_QUARANTINE] = "quarantine",
    [CTL_SHEET_TASKS] = "tasks",       [CTL_SHEET_CREDITS] = "credits",
};

void ctl_sheet_init(struct ctl_sheet *sheet)
{
    sheet->head = json_object();
    for (size_t i = 0; i < CTL_SHEET_LIST_COUNT; i++)
        sheet->lists[i] = json_object();
}

void ctl_sheet_clear(struct ctl_sheet *sheet)
{
    json_decref(sheet->head);
    for (size_t i = 0; i < CTL_SHEET_LIST_COUNT; i++)
        json_decref(sheet->lists[i]);
    *sheet = (struct ctl_sheet){ .head = NULL };
}

const char *ctl_sheet_key(char key[CTL_SHEET_KEY_SIZE], const struct rlc_span *parts, size_t count)
{
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        if (used + parts[i].size + 2 > CTL_SHEET_KEY_SIZE)
            break;
        if (parts[i].size > 0)
            memcpy(key + used, parts[i].data, parts[i].size);
        used += parts[i].size;
        key[used++] = '|';
    }
    key[used] = '\0';
    return key;
}

json_t *ctl_sheet_entry(struct ctl_sheet *sheet, enum ctl_sheet_list list, const char *key)
{
    json_t *entry = json_object_get(sheet->lists[list], key);

    if (entry)
        return entry;
    ctl_put(sheet->lists[list], key, json_object());
    return json_object_get(sheet->lists[list], key);
}

void ctl_sheet_drop(struct ctl_sheet *sheet, enum ctl_sheet_list list, const char *key)
{
    (void)json_object_del(sheet->lists[list], key);
}

void ctl_sheet_money(json_t *entry, const char *name, struct rlc_money money)
{
    char minor[64];

    if (money.currency[0] == '\0')
        return;
    ctl_put_money(entry, name, money);
    (void)snprintf(minor, sizeof(minor), "%s_minor", name);
    ctl_put(entry, minor, json_integer(money.minor));
}

/* ---- balances ---- */

static struct rlc_span member_span(const json_t *entry, const char *name)
{
    return rlc_span_of(json_string_value(json_object_get(entry, name)));
}

static void count_in(json_t *balances, const json_t *entry, const char *from, const char *into)
{
    struct rlc_span parts[] = { member_span(entry, "creditor"), member_span(entry, "currency") };
    char key[CTL_SHEET_KEY_SIZE];
    const json_t *added = json_object_get(entry, from);
    json_t *balance = json_object_get(balances, ctl_sheet_key(key, parts, RLC_COUNT(parts)));
    struct rlc_money sum = { .minor = json_integer_value(added) };
    char minor[64];

    if (!added || parts[1].size != RLC_CURRENCY_SIZE - 1)
        return;
    if (!balance) {
        balance = json_object();
        ctl_put(balances, key, balance);
        ctl_put_span(balance, "creditor", parts[0]);
    }
    memcpy(sum.currency, parts[1].data, parts[1].size);
    (void)snprintf(minor, sizeof(minor), "%s_minor", into);
    sum.minor += json_integer_value(json_object_get(balance, minor));
    ctl_sheet_money(balance, into, sum);
    if (strcmp(into, "open") == 0)
        ctl_put(balance, "documents",
                json_integer(json_integer_value(json_object_get(balance, "documents")) + 1));
}

static json_t *values_of(json_t *map)
{
    json_t *array = json_array();
    const char *key;
    json_t *value;

    json_object_foreach(map, key, value)(void) json_array_append(array, value);
    return array;
}

static json_t *balances_of(const struct ctl_sheet *sheet)
{
    json_t *balances = json_object();
    json_t *array;
    const char *key;
    json_t *entry;

    json_object_foreach(sheet->lists[CTL_SHEET_RECEIVABLES], key, entry)
        count_in(balances, entry, "open_minor", "open");
    json_object_foreach(sheet->lists[CTL_SHEET_CREDITS], key, entry)
        count_in(balances, entry, "credit_minor", "credit");
    array = values_of(balances);
    json_decref(balances);
    return array;
}

json_t *ctl_sheet_result(struct ctl_sheet *sheet)
{
    json_t *result = json_copy(sheet->head);

    ctl_put(result, "balances", balances_of(sheet));
    for (size_t i = 0; i < CTL_SHEET_LIST_COUNT; i++)
        ctl_put(result, NAMES[i], values_of(sheet->lists[i]));
    return result;
}

/* ---- printing ---- */

static const struct ctl_column BALANCES[] = {
    { "CREDITOR", "creditor", false },  { "OPEN", "open", true },
    { "ON ACCOUNT", "credit", true },   { "CURRENCY", "currency", false },
    { "DOCUMENTS", "documents", true },
};
static const struct ctl_column ACCOUNTS[] = {
    { "CREDITOR", "creditor", false }, { "CUSTOMER", "customer_number", false },
    { "SCENARIO", "scenario", false }, { "SEGMENT", "segment", false },
    { "OWNER", "owner", false },       { "WAITS FOR", "waits_for", false },
    { "UNTIL", "waits_until", false },
};
static const struct ctl_column RECEIVABLES[] = {
    { "CREDITOR", "creditor", false }, { "DOCUMENT", "document", false },
    { "DUE", "due_on", false },        { "OPEN", "open", true },
    { "TOTAL", "total", true },        { "CURRENCY", "currency", false },
};
static const struct ctl_column STEPS[] = {
    { "CREDITOR", "creditor", false },
    { "DOCUMENT", "document", false },
    { "STEP", "scenario/step", false },
    { "REACHED", "step_on", false },
    { "SILENT BECAUSE", "reason", false },
    { "RULE", "rule", false },
    { "OF", "object", false },
    { "UNTIL", "next_at", false },
};
static const struct ctl_column AGREEMENTS[] = {
    { "CREDITOR", "creditor", false }, { "KIND", "kind", false },
    { "ID", "agreement", false },      { "REACH", "reach", false },
    { "DOCUMENT", "document", false }, { "AMOUNT", "amount", true },
    { "CURRENCY", "currency", false }, { "REASON", "reason", false },
    { "FROM", "from", false },         { "UNTIL", "until", false },
};
static const struct ctl_column REQUESTS[] = {
    { "CREDITOR", "creditor", false },    { "ASKED AT", "asked_at", false },
    { "STEP", "scenario/step", false },   { "CHANNEL", "channel", false },
    { "NUMBER", "request_number", true }, { "STATE", "state", false },
    { "ACTION", "action", false },
};
static const struct ctl_column QUARANTINE[] = {
    { "TOPIC", "topic", false },
    { "PARTITION", "partition", true },
    { "OFFSET", "offset", true },
    { "CODE", "code", false },
};
static const struct ctl_column TASKS[] = {
    { "TASK", "task", false },
    { "KIND", "kind", false },
    { "ABOUT", "object", false },
    { "DUE", "due_at", false },
};

static const struct {
    const char *member;
    const char *title;
    const struct ctl_column *columns;
    size_t count;
} SECTIONS[] = {
    { "balances", "balances", BALANCES, RLC_COUNT(BALANCES) },
    { "accounts", "accounts", ACCOUNTS, RLC_COUNT(ACCOUNTS) },
    { "receivables", "open receivables", RECEIVABLES, RLC_COUNT(RECEIVABLES) },
    { "steps", "steps that wait", STEPS, RLC_COUNT(STEPS) },
    { "agreements", "what stands in the way", AGREEMENTS, RLC_COUNT(AGREEMENTS) },
    { "requests", "contacts under way", REQUESTS, RLC_COUNT(REQUESTS) },
    { "quarantine", "records that could not be understood (no contact until they are settled)",
      QUARANTINE, RLC_COUNT(QUARANTINE) },
    { "tasks", "tasks", TASKS, RLC_COUNT(TASKS) },
};

void ctl_sheet_print(FILE *out, json_t *result)
{
    const char *name;
    json_t *value;
    char number[32];

    json_object_foreach(result, name, value)
    {
        if (!json_is_array(value) && !json_is_object(value))
            (void)fprintf(out, "%-10s %s\n", name, ctl_text(result, name, number));
    }
    for (size_t i = 0; i < RLC_COUNT(SECTIONS); i++) {
        const json_t *rows = json_object_get(result, SECTIONS[i].member);

        if (json_array_size(rows) == 0)
            continue;
        (void)fprintf(out, "\n%s\n", SECTIONS[i].title);
        ctl_table(out, rows, SECTIONS[i].columns, SECTIONS[i].count);
    }
}
