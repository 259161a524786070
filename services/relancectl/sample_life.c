/* SPDX-License-Identifier: Apache-2.0 */
#include "sample_debtor.h"

#include <string.h>

#include "text.h"

enum {
    INVOICES_MIN = 4,
    INVOICES_MAX = 8,
    /* Invoices of the last days would fall due after the year is over. */
    LAST_ISSUE_BEFORE_END = 19,
    KEY_ACCOUNT_PERCENT = 15,
    BILLING_DELAY_DAYS = 7,
    /* Of a liquidation: when in the year, and for how long before it nothing is paid. */
    JUDGMENT_LEAST = 185,
    JUDGMENT_MOST = 205,
    JUDGMENT_DRY_DAYS = 60
};

static const char *const TRADES[] = { "Bakery",   "Garage",  "Printing", "Joinery",
                                      "Optics",   "Nursery", "Roofing",  "Brewery",
                                      "Pottery",  "Cycles",  "Timber",   "Catering",
                                      "Textiles", "Tools",   "Dairy",    "Freight" };
static const char *const PLACES[] = { "Aubrac",  "Bexley", "Calder",   "Dorval",  "Elmet",
                                      "Ferrand", "Grove",  "Hallin",   "Ivry",    "Joule",
                                      "Kestrel", "Lomond", "Merle",    "Norwood", "Ormeau",
                                      "Perrin",  "Quill",  "Rowan",    "Sorel",   "Tamar",
                                      "Ulmes",   "Verne",  "Wexcombe", "Yarrow" };

/* splitmix64 (Steele, Lea, Flood 2014): each seed begins a stream of its own. */
static uint64_t next_number(uint64_t *state)
{
    uint64_t mixed = *state += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

int64_t sample_draw(struct sample_debtor *debtor, int64_t least, int64_t most)
{
    return least + (int64_t)(next_number(&debtor->luck) % (uint64_t)(most - least + 1));
}

struct rlc_money sample_money(const struct sample_seller *seller, int64_t minor)
{
    struct rlc_money money = { .minor = minor };

    (void)snprintf(money.currency, sizeof(money.currency), "%s", seller->currency);
    return money;
}

/* ---- events ---- */

/* In the morning, before the day's reminders are decided. */
static rlc_ms morning(struct sample_debtor *debtor, rlc_day day)
{
    int64_t hour = sample_draw(debtor, 6, 8);
    int64_t minute = sample_draw(debtor, 0, 59);

    return day * RLC_DAY_MS + (hour * 60 + minute) * 60000;
}

json_t *sample_event(struct sample_debtor *debtor, const char *type, const char *source,
                     const struct sample_seller *seller, rlc_day on, json_t *data)
{
    json_t *event = json_object();
    char name[SAMPLE_NAME_SIZE];
    char full[64];

    (void)snprintf(full, sizeof(full), "io.relance.%s.v1", type);
    sample_book_id(debtor->book, name);
    ctl_put_text(event, "specversion", "1.0");
    ctl_put_text(event, "type", full);
    ctl_put_text(event, "id", name);
    ctl_put_text(event, "source", source);
    ctl_put_ms(event, "time", morning(debtor, on));
    ctl_put_text(event, "tenant", debtor->book->tenant);
    ctl_put_text(event, "debtor", debtor->name);
    if (seller)
        ctl_put_text(event, "creditor", seller->name);
    if (debtor->story->flags & SAMPLE_NATURAL)
        ctl_put(event, "naturalperson", json_true());
    ctl_put(event, "data", data);
    return event;
}

void sample_deliver(struct sample_debtor *debtor, rlc_day delivered_on, json_t *event)
{
    const char *time = json_string_value(json_object_get(event, "time"));
    rlc_ms at_ms;

    if (!time || !rlc_ms_parse(rlc_span_of(time), &at_ms)) {
        debtor->book->out_of_memory = true;
        return;
    }
    sample_book_add(debtor->book, delivered_on * RLC_DAY_MS + at_ms % RLC_DAY_MS,
                    json_dumps(event, JSON_COMPACT | JSON_PRESERVE_ORDER));
}

void sample_tell(struct sample_debtor *debtor, const char *type, const char *source,
                 const struct sample_seller *seller, rlc_day on, json_t *data)
{
    json_t *event = sample_event(debtor, type, source, seller, on, data);

    sample_deliver(debtor, on, event);
    json_decref(event);
}

/* ---- the party ---- */

static json_t *party_of(struct sample_debtor *debtor, const char *title, int64_t house)
{
    char street[64];
    json_t *data = json_object();

    (void)snprintf(street, sizeof(street), "%lld Market Street", (long long)house);
    ctl_put_text(data, "kind", debtor->story->flags & SAMPLE_NATURAL ? "SOLE_TRADER" : "COMPANY");
    ctl_put_text(data, "country", debtor->seller->country);
    ctl_put_text(data, "zone", debtor->seller->zone);
    ctl_put_text(data, "calendar", debtor->seller->country);
    ctl_put_text(data, "language", debtor->seller->language);
    ctl_put_text(data, "name", title);
    ctl_put(data, "address", json_pack("[s, s]", street, "10000 Exampleton"));
    return data;
}

static void open_account(struct sample_debtor *debtor, const struct sample_seller *seller)
{
    json_t *data = json_pack("{s:s}", "segment", debtor->key_account ? "key-account" : "retail");

    sample_tell(debtor, "account.upserted", "crm", seller, debtor->book->first_on, data);
}

static void tell_address(struct sample_debtor *debtor, const char *title)
{
    char name[80], address[80];

    (void)snprintf(name, sizeof(name), "Accounts of %s", title);
    (void)snprintf(address, sizeof(address), "accounts.c-%s@debtor.example", debtor->name + 2);
    sample_tell(debtor, "contact.upserted", "crm", NULL, debtor->book->first_on,
                json_pack("{s:s, s:[s], s:s, s:s, s:[{s:s, s:s}]}", "contact", "1", "roles",
                          "ACCOUNTS_PAYABLE", "language", debtor->seller->language, "name", name,
                          "channels", "channel", "EMAIL", "address", address));
}

/* A court opens its liquidation: from that day on it is asked for nothing. */
static void go_under(struct sample_debtor *debtor, const char *title, int64_t house)
{
    rlc_day judgment_on =
        debtor->book->first_on + (rlc_day)sample_draw(debtor, JUDGMENT_LEAST, JUDGMENT_MOST);
    json_t *data = party_of(debtor, title, house);

    ctl_put_text(data, "status", "LIQUIDATION");
    ctl_put_day(data, "status_since", judgment_on);
    sample_tell(debtor, "debtor.upserted", "crm", NULL, judgment_on, data);
    debtor->issues_until_on = judgment_on;
    debtor->acts_until_on = judgment_on - JUDGMENT_DRY_DAYS;
}

static void introduce(struct sample_debtor *debtor)
{
    int64_t house = sample_draw(debtor, 1, 90);
    char title[64];

    (void)snprintf(title, sizeof(title), "%s %s",
                   TRADES[sample_draw(debtor, 0, RLC_COUNT(TRADES) - 1)],
                   PLACES[sample_draw(debtor, 0, RLC_COUNT(PLACES) - 1)]);
    sample_tell(debtor, "debtor.upserted", "crm", NULL, debtor->book->first_on,
                party_of(debtor, title, house));
    open_account(debtor, debtor->seller);
    if (!(debtor->story->flags & SAMPLE_NO_ADDRESS))
        tell_address(debtor, title);
    if (debtor->story->flags & SAMPLE_INSOLVENT)
        go_under(debtor, title, house);
}

/* ---- invoices ---- */

static int64_t amount_of(struct sample_debtor *debtor)
{
    if (debtor->key_account)
        return sample_draw(debtor, 200000, 2500000);
    return sample_draw(debtor, 0, 1) ? sample_draw(debtor, 2000, 9000)
                                     : sample_draw(debtor, 9000, 250000);
}

static json_t *terms_of(const struct sample_invoice *invoice)
{
    json_t *data = json_object();

    ctl_put_text(data, "document", invoice->document);
    ctl_put_money(data, "total", sample_money(invoice->seller, invoice->total_minor));
    ctl_put_day(data, "issued_on", invoice->issued_on);
    ctl_put_day(data, "due_on", invoice->due_on);
    return data;
}

static void count_invoice(struct sample_debtor *debtor, const struct sample_invoice *invoice)
{
    debtor->book->invoices++;
    debtor->book->open_minor[invoice->seller - SAMPLE_SELLER] += invoice->open_minor;
}

static void issue(struct sample_debtor *debtor, const struct sample_seller *seller,
                  rlc_day issued_on, struct sample_invoice *ret_invoice)
{
    static const int TERM_DAYS[] = { 14, 30, 30, 45 };
    rlc_day delay = debtor->story->flags & SAMPLE_LATE_BILLING ? BILLING_DELAY_DAYS : 0;
    struct sample_invoice invoice = { .seller = seller, .issued_on = issued_on };

    sample_book_document(debtor->book, 'F', invoice.document);
    invoice.due_on = issued_on + TERM_DAYS[sample_draw(debtor, 0, RLC_COUNT(TERM_DAYS) - 1)];
    invoice.total_minor = invoice.open_minor = amount_of(debtor);
    invoice.event =
        sample_event(debtor, "invoice.issued", "erp", seller, issued_on, terms_of(&invoice));
    count_invoice(debtor, &invoice);
    sample_deliver(debtor, issued_on + delay, invoice.event);
    *ret_invoice = invoice;
}

static void live(struct sample_debtor *debtor, struct sample_invoice *invoice)
{
    rlc_day before_on = invoice->issued_on;

    for (int i = 0; i < SAMPLE_ACTS_MAX && debtor->story->act[i].verb != SAMPLE_NOTHING; i++) {
        const struct sample_act *act = &debtor->story->act[i];
        const rlc_day since[] = { [SAMPLE_SINCE_DUE] = invoice->due_on,
                                  [SAMPLE_SINCE_ISSUE] = invoice->issued_on,
                                  [SAMPLE_SINCE_BEFORE] = before_on };

        before_on =
            since[act->since] + (rlc_day)sample_draw(debtor, act->least_days, act->most_days);
        sample_act(debtor, invoice, act, before_on);
    }
}

static void buy(struct sample_debtor *debtor, const struct sample_seller *seller, rlc_day on,
                bool spoil)
{
    struct sample_invoice invoice;

    issue(debtor, seller, on, &invoice);
    live(debtor, &invoice);
    if (spoil)
        sample_spoil(debtor, &invoice);
    json_decref(invoice.event);
}

/* Owes half of an invoice since last year; pays it within two months. */
static void open_with_debt(struct sample_debtor *debtor)
{
    static const struct sample_act PAYS = { .verb = SAMPLE_PAYS };
    struct sample_book *book = debtor->book;
    rlc_day year_on = book->first_on - 1;
    struct sample_invoice invoice = { .seller = debtor->seller };
    json_t *data;

    sample_book_document(book, 'F', invoice.document);
    invoice.issued_on = year_on - (rlc_day)sample_draw(debtor, 34, 59); /* in November */
    invoice.due_on = invoice.issued_on + 30;
    invoice.total_minor = amount_of(debtor);
    invoice.open_minor = invoice.total_minor / 2;
    count_invoice(debtor, &invoice);
    data = terms_of(&invoice);
    ctl_put_money(data, "open", sample_money(debtor->seller, invoice.open_minor));
    ctl_put_text(data, "last_step", "reminder");
    ctl_put_ms(data, "last_contact_at", (year_on - 12) * RLC_DAY_MS + RLC_DAY_MS / 2);
    sample_tell(debtor, "opening_item.entered", "erp", debtor->seller, book->first_on, data);
    sample_act(debtor, &invoice, &PAYS, book->first_on + (rlc_day)sample_draw(debtor, 30, 60));
}

/* The days of a handful of invoices over the year, ascending, no day twice. */
static int choose_days(struct sample_debtor *debtor, rlc_day days[INVOICES_MAX])
{
    struct sample_book *book = debtor->book;
    int64_t count = sample_draw(debtor, INVOICES_MIN, INVOICES_MAX);
    int64_t span = book->last_on - LAST_ISSUE_BEFORE_END - book->first_on;

    for (int64_t i = 0; i < count; i++) {
        /* One of each stretch of the year, so that none can meet another. */
        days[i] = book->first_on +
                  (rlc_day)sample_draw(debtor, 1 + span * i / count, span * (i + 1) / count);
    }
    return (int)count;
}

void sample_life(struct sample_book *book, uint64_t seed, int64_t number,
                 const struct sample_story *story)
{
    struct sample_debtor debtor = { .book = book,
                                    .story = story,
                                    .seller = &SAMPLE_SELLER[number % SAMPLE_SELLERS],
                                    .luck = seed + ((uint64_t)number << 32),
                                    .issues_until_on = book->last_on + 1,
                                    .acts_until_on = book->last_on + 1 };
    const struct sample_seller *other = &SAMPLE_SELLER[debtor.seller == SAMPLE_SELLER + 2 ? 0 : 2];
    rlc_day days[INVOICES_MAX];
    int count;

    (void)snprintf(debtor.name, sizeof(debtor.name), "C-%lld", (long long)(10000 + number));
    debtor.key_account = sample_draw(&debtor, 0, 99) < KEY_ACCOUNT_PERCENT;
    book->debtors++;
    introduce(&debtor);
    if (story->flags & SAMPLE_TWO_SELLERS)
        open_account(&debtor, other);
    if (story->flags & SAMPLE_OPENING_ITEM)
        open_with_debt(&debtor);
    count = choose_days(&debtor, days);
    for (int i = 0; i < count && days[i] < debtor.issues_until_on; i++) {
        buy(&debtor, debtor.seller, days[i], i == 0 && story->flags & SAMPLE_WRONG_RECORD);
        if (story->flags & SAMPLE_TWO_SELLERS)
            buy(&debtor, other, days[i], false);
    }
}
