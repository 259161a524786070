/* SPDX-License-Identifier: Apache-2.0 */
#include "balance.h"

#include <stdlib.h>
#include <string.h>

#include "common/pure/calendar.h"
#include "common/runtime/memory.h"
#include "contract.h"

/* Address space: an item and its events take some 2 kB. */
#define BALANCE_BYTES ((size_t)4 << 30)
#define PREFIX        "io.relance."

/* ---- what a mapping of open items may hold ---- */

/* What settles an item is not part of a balance: the balance is what is left. */
static const struct {
    const char *type;
    bool is_item;
} TYPES[] = {
    { PREFIX "opening_item.entered.v1", true }, { PREFIX "invoice.issued.v1", true },
    { PREFIX "debtor.upserted.v1", false },     { PREFIX "account.upserted.v1", false },
    { PREFIX "contact.upserted.v1", false },    { PREFIX "dispute.opened.v1", false },
    { PREFIX "promise.made.v1", false },        { PREFIX "hold.placed.v1", false },
};

static bool known_type(const char *type, bool *ret_is_item)
{
    for (size_t i = 0; i < RLC_COUNT(TYPES); i++) {
        *ret_is_item = TYPES[i].is_item;
        if (strcmp(TYPES[i].type, type) == 0)
            return true;
    }
    return false;
}

/* ---- lists ---- */

static void *grow(void *items, size_t count, size_t *capacity, size_t size)
{
    size_t more = *capacity ? *capacity * 2 : 1024;

    if (count < *capacity)
        return items;
    items = realloc(items, more * size);
    if (items)
        *capacity = more;
    return items;
}

/* Appends a zeroed element to a list of the balance; NULL when memory is short. */
#define APPEND(list, count, capacity)                                                              \
    __extension__({                                                                                \
        void *grown = grow(list, count, &(capacity), sizeof(*(list)));                             \
        if (grown) {                                                                               \
            (list) = grown;                                                                        \
            memset(&(list)[(count)++], 0, sizeof(*(list)));                                        \
        }                                                                                          \
        grown ? &(list)[(count)-1] : NULL;                                                         \
    })

/* The number of a debtor, a new one if it is; false when memory is short. */
static bool number_debtor(struct ctl_balance *balance, struct rlc_span id, size_t *ret_number)
{
    const json_t *known = json_object_getn(balance->numbers, (const char *)id.data, id.size);

    if (known) {
        *ret_number = (size_t)json_integer_value(known);
        return true;
    }
    *ret_number = balance->debtor_count;
    return APPEND(balance->kinds, balance->debtor_count, balance->debtor_capacity) &&
           json_object_setn_new(balance->numbers, (const char *)id.data, id.size,
                                json_integer((json_int_t)*ret_number)) == 0;
}

static int out_of_memory(const struct ctl_balance *balance)
{
    return ctl_fail(balance->ctl, CTL_INTERNAL, "out of memory at line %ld",
                    balance->ledger->csv.record_line);
}

/* ---- one event of a row ---- */

struct row_event {
    size_t number; /* of the mapping's events */
    const json_t *json;
    const json_t *data;
    bool is_item;
};

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

static struct ctl_flaw_place place_of(const struct ctl_balance *balance,
                                      const struct row_event *event, const char *path)
{
    return (
        struct ctl_flaw_place){ balance->ledger->csv.record_line,
                                mapping_template(&balance->ledger->mapping, event->number, path) };
}

static void note(struct ctl_balance *balance, const struct row_event *event, enum ctl_flaw flaw,
                 const char *path, const char *what)
{
    struct ctl_flaw_place place = place_of(balance, event, path);

    ctl_flaw_note(&balance->flaws, flaw, &place, what, NULL);
}

/* Reads the event as ingest would and keeps it for the rehearsal. */
static int keep_event(struct ctl_balance *balance, const struct row_event *event)
{
    char *json = json_dumps(event->json, JSON_COMPACT);
    struct intake_event *read = NULL;
    struct rlc_fault fault = { 0 };
    enum rlc_status status = RLC_RETRY;
    struct rlc_debtor_event **kept;
    struct ctl_flaw_place place;

    if (json)
        status = ctl_contract_read(rlc_span_of(json), &balance->arena, &read, &fault);
    free(json);
    if (status == RLC_REJECT) {
        place = place_of(balance, event, fault.path);
        (void)ctl_flaw_refused(&balance->flaws, &place, &fault);
        return CTL_OK;
    }
    kept = status == RLC_OK ? APPEND(balance->events, balance->event_count, balance->event_capacity)
                            : NULL;
    if (!kept)
        return out_of_memory(balance);
    /* Nothing is sealed here: what decides only asks whether there is something. */
    for (struct personal *personal = read->personal; personal; personal = personal->next)
        personal->target->key_id = rlc_span_of("clear");
    *kept = &read->event;
    return CTL_OK;
}

static int take_party(struct ctl_balance *balance, const struct row_event *event)
{
    size_t before = balance->event_count;
    const struct rlc_debtor_event *kept;
    size_t number;
    int code = keep_event(balance, event);

    if (code != CTL_OK || balance->event_count == before)
        return code;
    kept = balance->events[before];
    if (kept->kind != RLC_EVENT_KIND_DEBTOR_UPSERTED)
        return CTL_OK;
    if (!number_debtor(balance, kept->envelope.debtor, &number))
        return out_of_memory(balance);
    balance->kinds[number] = kept->debtor_upserted.kind;
    return CTL_OK;
}

/* ---- items ---- */

static bool count_credit(struct ctl_balance *balance, struct rlc_money amount)
{
    size_t i = 0;

    while (i < balance->credit_count &&
           !rlc_money_same_currency(balance->credits[i].amount, amount))
        i++;
    if (i == CTL_BALANCE_CURRENCIES_MAX)
        return false;
    if (i == balance->credit_count)
        balance->credits[balance->credit_count++] = (struct ctl_credits){ amount, 0 };
    else if (!rlc_money_add(balance->credits[i].amount, amount, &balance->credits[i].amount))
        return false;
    balance->credits[i].rows++;
    return true;
}

/* The amount that is open, where it can be counted; else its flaw is noted. */
static bool read_open(struct ctl_balance *balance, const struct row_event *event,
                      struct rlc_money *ret_open)
{
    const char *path = json_object_get(event->data, "open") ? "data.open" : "data.total";
    struct rlc_span text = rlc_span_of(text_of(event->data, path + strlen("data.")));
    char currency[RLC_CURRENCY_SIZE];

    if (!rlc_currency_parse(rlc_span_of(text_of(event->data, "currency")), currency)) {
        note(balance, event, CTL_FLAW_CURRENCY, "data.currency", NULL);
        return false;
    }
    if (rlc_money_parse(text, currency, RLC_MONEY_CANONICAL, ret_open) != RLC_MONEY_OK) {
        note(balance, event, CTL_FLAW_AMOUNT, path, NULL);
        return false;
    }
    if (ret_open->minor >= 0)
        return true;
    note(balance, event, count_credit(balance, *ret_open) ? CTL_FLAW_NEGATIVE : CTL_FLAW_AMOUNT,
         path, NULL);
    return false;
}

/* Whether another row had the document; then that is noted. */
static bool is_double(struct ctl_balance *balance, const struct row_event *event)
{
    char key[2 * MAPPING_TEXT_MAX + 2];
    char what[64];
    const json_t *first;

    (void)snprintf(key, sizeof(key), "%s\n%s", text_of(event->json, "creditor"),
                   text_of(event->data, "document"));
    first = json_object_get(balance->lines, key);
    if (!first) {
        (void)json_object_set_new(balance->lines, key,
                                  json_integer(balance->ledger->csv.record_line));
        return false;
    }
    (void)snprintf(what, sizeof(what), "the same number as in line %lld",
                   (long long)json_integer_value(first));
    note(balance, event, CTL_FLAW_DUPLICATE, "data.document", what);
    return true;
}

/* Dates that may be right and hardly are: the item is taken as it says. */
static void doubt_dates(struct ctl_balance *balance, const struct row_event *event, rlc_day due_on)
{
    rlc_day issued_on;

    if (!rlc_day_parse(rlc_span_of(text_of(event->data, "issued_on")), &issued_on))
        return;
    if (due_on < issued_on)
        note(balance, event, CTL_FLAW_DUE_BEFORE_ISSUE, "data.due_on", NULL);
    if (issued_on > balance->on)
        note(balance, event, CTL_FLAW_FUTURE, "data.issued_on", NULL);
}

static int take_item(struct ctl_balance *balance, const struct row_event *event)
{
    struct rlc_span debtor = rlc_span_of(text_of(event->json, "debtor"));
    struct ctl_item *item;
    struct rlc_money open;
    size_t before = balance->event_count;
    int code = CTL_OK;

    if (!read_open(balance, event, &open))
        return CTL_OK;
    item = APPEND(balance->items, balance->item_count, balance->item_capacity);
    if (!item || !number_debtor(balance, debtor, &item->debtor_number))
        return out_of_memory(balance);
    item->debtor = rlc_arena_copy(&balance->arena, debtor);
    item->open = open;
    if (!rlc_day_parse(rlc_span_of(text_of(event->data, "due_on")), &item->due_on))
        item->due_on = RLC_DAY_NONE;
    if (!is_double(balance, event))
        code = keep_event(balance, event);
    /* What the contract refuses for its dates was noted with that. */
    if (code == CTL_OK && balance->event_count > before)
        doubt_dates(balance, event, item->due_on);
    return code;
}

/* ---- rows ---- */

static int take_event(struct ctl_balance *balance, size_t number, const struct mapping_row *row)
{
    char once[MAPPING_TEXT_MAX];
    struct rlc_fault fault = { 0 };
    struct ctl_flaw_place place = { balance->ledger->csv.record_line, { NULL, 0 } };
    json_t *json = mapping_event(&balance->ledger->mapping, number, row, once, &fault);
    struct row_event event = { number, json, json_object_get(json, "data"), false };
    int code = CTL_OK;

    if (!json) {
        (void)ctl_flaw_refused(&balance->flaws, &place, &fault);
        return CTL_OK;
    }
    if (!known_type(text_of(json, "type"), &event.is_item)) {
        code = ctl_fail(balance->ctl, CTL_DATA,
                        "the mapping makes '%s': a balance has open items and who owes them, "
                        "so leave out what settles them",
                        text_of(json, "type"));
    } else if (!ctl_ledger_repeats(balance->ledger, number, once)) {
        code = event.is_item ? take_item(balance, &event) : take_party(balance, &event);
    }
    json_decref(json);
    return code;
}

static int take_row(struct ctl_balance *balance)
{
    static struct mapping_row row; /* as wide as the widest ledger */
    struct ctl_ledger *ledger = balance->ledger;
    struct ctl_flaw_place place = { ledger->csv.record_line, { NULL, 0 } };
    struct rlc_fault fault = { 0 };
    int code = CTL_OK;

    balance->rows++;
    rlc_arena_reset(&ledger->row);
    if (mapping_convert(&ledger->mapping, &ledger->header, &ledger->csv, &ledger->row, &row,
                        &fault) != RLC_OK) {
        (void)ctl_flaw_refused(&balance->flaws, &place, &fault);
        return CTL_OK;
    }
    for (size_t i = 0; code == CTL_OK && i < ledger->mapping.event_count; i++) {
        if (mapping_wants(&ledger->mapping, i, &row))
            code = take_event(balance, i, &row);
    }
    return code;
}

static int read_rows(struct ctl_balance *balance)
{
    struct rlc_fault fault = { 0 };
    enum csv_answer answer;
    int code = CTL_OK;

    while (code == CTL_OK && (answer = csv_next(&balance->ledger->csv, &fault)) == CSV_RECORD)
        code = take_row(balance);
    if (code != CTL_OK || answer == CSV_END)
        return code;
    return ctl_fail(balance->ctl, CTL_DATA, "%s: %s", fault.path, fault.remedy);
}

static bool maps_contacts(const struct mapping *mapping)
{
    static const char CONTACT[] = "contact.upserted";

    for (size_t i = 0; i < mapping->event_count; i++) {
        struct rlc_span type = mapping_template(mapping, i, "type");

        if (rlc_span_equal(type, rlc_span_of(CONTACT)) ||
            rlc_span_equal(type, rlc_span_of(PREFIX "contact.upserted.v1")))
            return true;
    }
    return false;
}

int ctl_balance_read(struct ctl *ctl, struct ctl_ledger *ledger, rlc_day on,
                     struct ctl_balance *ret_balance)
{
    ret_balance->ctl = ctl;
    ret_balance->ledger = ledger;
    ret_balance->on = on;
    ret_balance->has_contacts = maps_contacts(&ledger->mapping);
    ret_balance->flaws.rows = json_array();
    ret_balance->numbers = json_object();
    ret_balance->lines = json_object();
    if (rlc_arena_map(&ret_balance->arena, BALANCE_BYTES) != RLC_OK || !ret_balance->flaws.rows ||
        !ret_balance->numbers || !ret_balance->lines)
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    return read_rows(ret_balance);
}

void ctl_balance_close(struct ctl_balance *balance)
{
    free(balance->items);
    free(balance->events);
    free(balance->kinds);
    json_decref(balance->flaws.rows);
    json_decref(balance->numbers);
    json_decref(balance->lines);
    rlc_arena_unmap(&balance->arena);
}
