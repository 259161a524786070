/* SPDX-License-Identifier: Apache-2.0 */
/* Records that billing systems get wrong: each becomes a dead letter. */
#include "sample_debtor.h"

#include <stdlib.h>
#include <string.h>

/* Of a record that was cut off on the way, so much arrives. */
#define CUT_BYTES 120

static json_t *data_of(json_t *event)
{
    return json_object_get(event, "data");
}

static void set(json_t *object, const char *name, const char *text)
{
    (void)json_object_set_new(object, name, json_string(text));
}

static void spoil_amount(json_t *event)
{
    set(data_of(event), "total", "12O0.00");
}

static void spoil_currency(json_t *event)
{
    set(data_of(event), "currency", "EURO");
}

/* Long before any year of a sample. */
static void spoil_due_date(json_t *event)
{
    set(data_of(event), "due_on", "1998-06-30");
}

static void drop_due_date(json_t *event)
{
    (void)json_object_del(data_of(event), "due_on");
}

static void misspell_member(json_t *event)
{
    (void)json_object_set(data_of(event), "issuedon", json_object_get(data_of(event), "issued_on"));
    (void)json_object_del(data_of(event), "issued_on");
}

static void number_for_amount(json_t *event)
{
    (void)json_object_set_new(data_of(event), "total", json_integer(1200));
}

static void invent_type(json_t *event)
{
    set(event, "type", "io.relance.invoice.lost.v1");
}

static void say_otherwise(json_t *event)
{
    set(data_of(event), "total", "1.00");
}

static void cancel_what_never_was(json_t *event)
{
    json_t *data = data_of(event);

    set(event, "type", "io.relance.invoice.cancelled.v1");
    (void)json_object_set_new(event, "data",
                              json_pack("{s:O, s:O}", "document", json_object_get(data, "document"),
                                        "cancelled_on", json_object_get(data, "issued_on")));
}

static const struct {
    const char *code;
    void (*spoil)(json_t *event); /* NULL: the record is cut off */
    bool keeps_names;             /* the same event once more, rather than one of its own */
} MISTAKES[SAMPLE_WRONGS] = {
    { "BAD_AMOUNT", spoil_amount, false },
    { "BAD_CURRENCY", spoil_currency, false },
    { "INCONSISTENT", spoil_due_date, false },
    { "MISSING_FIELD", drop_due_date, false },
    { "UNKNOWN_FIELD", misspell_member, false },
    { "WRONG_TYPE", number_for_amount, false },
    { "UNKNOWN_TYPE", invent_type, false },
    { "CONFLICT", say_otherwise, true },
    { "UNKNOWN_OBJECT", cancel_what_never_was, false },
    { "NOT_JSON", NULL, false },
};

const char *sample_mistake(int row)
{
    return MISTAKES[row].code;
}

/* The middle of the day: after the invoice's own day, before any other record. */
static rlc_ms noon_ms(rlc_day day)
{
    return day * RLC_DAY_MS + RLC_DAY_MS / 2;
}

static char *cut_off(const json_t *event)
{
    char *json = json_dumps(event, JSON_COMPACT);

    if (json && strlen(json) > CUT_BYTES)
        json[CUT_BYTES] = '\0';
    return json;
}

void sample_spoil(struct sample_debtor *debtor, const struct sample_invoice *invoice)
{
    struct sample_book *book = debtor->book;
    int64_t row = book->wrongs++ % SAMPLE_WRONGS;
    json_t *event = json_deep_copy(invoice->event);
    char name[SAMPLE_NAME_SIZE];

    if (!event) {
        book->out_of_memory = true;
        return;
    }
    book->wrong[row]++;
    if (!MISTAKES[row].keeps_names) {
        sample_book_id(book, name);
        set(event, "id", name);
        sample_book_document(book, 'F', name);
        set(data_of(event), "document", name);
    }
    if (MISTAKES[row].spoil) {
        MISTAKES[row].spoil(event);
        sample_book_add(book, noon_ms(invoice->issued_on + 1), json_dumps(event, JSON_COMPACT));
        book->quarantined++;
    } else { /* nobody can tell whose it was */
        sample_book_add(book, noon_ms(invoice->issued_on + 1), cut_off(event));
    }
    json_decref(event);
}
