/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/line_story.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/calendar.h"
#include "tests/support/random.h"

#include "tests/support/check.h"

enum { JSON_MAX = 1024, INVOICES_MAX = 3, MORNING_MINUTES = 480 };

#define FIRST_DAY "2026-03-02" /* a Monday */

struct teller {
    struct story *story;
    struct random random;
    int debtor;
    int invoice;
    int serial;
    bool once; /* what is said now does not come again */
};

struct invoice {
    char document[24];
    int issued;
    int64_t minor;
};

static rlc_day first_day(void)
{
    rlc_day day = RLC_DAY_NONE;

    assert_true(rlc_day_parse(rlc_span_of(FIRST_DAY), &day));
    return day;
}

rlc_ms story_morning(int day)
{
    return ((rlc_ms)first_day() + day) * RLC_DAY_MS + MORNING_MINUTES * RLC_MINUTE_MS;
}

void story_debtor(int debtor, char ret_id[16])
{
    (void)snprintf(ret_id, 16, "C%03d", debtor);
}

static const char *date(int day, char buffer[16])
{
    (void)rlc_day_format(first_day() + day, buffer, 16);
    return buffer;
}

static int below(struct teller *teller, int bound)
{
    return (int)random_below(&teller->random, (uint64_t)bound);
}

bool story_is_natural(int debtor)
{
    return debtor % 9 == 5;
}

bool story_is_erased(int debtor)
{
    return debtor % 13 == 2;
}

/* ---- writing ---- */

static struct story_event *put(struct teller *teller, int day, const char *json)
{
    struct story *story = teller->story;
    struct story_event *event;
    char id[16];

    if (day >= story->days)
        return NULL;
    assert_true(story->count < STORY_EVENTS_MAX);
    event = &story->event[story->count++];
    *event = (struct story_event){ .day = day, .once = teller->once, .json = strdup(json) };
    assert_non_null(event->json);
    story_debtor(teller->debtor, id);
    (void)snprintf(event->key, sizeof(event->key), STORY_TENANT "/%s", id);
    return event;
}

static void head(struct teller *teller, int day, const char *type, const char *id, char *json)
{
    char debtor[16];
    char on[16];

    story_debtor(teller->debtor, debtor);
    (void)snprintf(json, JSON_MAX,
                   "{\"specversion\":\"1.0\",\"type\":\"io.relance.%s.v1\",\"id\":\"%s\","
                   "\"source\":\"erp\",\"time\":\"%sT07:00:00Z\",\"tenant\":\"" STORY_TENANT
                   "\",\"debtor\":\"%s\",\"creditor\":\"ACME-FR\",%s\"data\":",
                   type, id, date(day, on), debtor,
                   story_is_natural(teller->debtor) ? "\"naturalperson\":true," : "");
}

/* An event whose data are `format`; at times it comes again on a later day. */
static void say(struct teller *teller, int day, const char *type, const char *format, ...)
    RLC_PRINTF(4, 5);

static void say(struct teller *teller, int day, const char *type, const char *format, ...)
{
    char json[JSON_MAX];
    char id[16];
    size_t used;
    va_list values;

    (void)snprintf(id, sizeof(id), "e%d-%d", teller->debtor, ++teller->serial);
    head(teller, day, type, id, json);
    used = strlen(json);
    va_start(values, format);
    used += (size_t)vsnprintf(json + used, JSON_MAX - used, format, values);
    va_end(values);
    assert_true(used < JSON_MAX);
    (void)snprintf(json + used, JSON_MAX - used, "}");
    if (put(teller, day, json) && below(teller, 8) == 0 && !teller->once) {
        struct story_event *again = put(teller, day + 1 + below(teller, 4), json);

        if (again)
            again->duplicate = true;
    }
}

static const char *amount(int64_t minor, char buffer[24])
{
    (void)snprintf(buffer, 24, "%d.%02d", (int)(minor / 100), (int)(minor % 100));
    return buffer;
}

/* ---- what happens to an invoice ---- */

static void pay(struct teller *teller, const struct invoice *invoice, int day, int64_t minor)
{
    char text[24];
    char on[16];

    if (day >= teller->story->days)
        return;
    (void)amount(minor, text);
    say(teller, day, "payment.received",
        "{\"payment\":\"P%s-%d\",\"currency\":\"EUR\",\"amount\":\"%s\",\"received_on\":\"%s\","
        "\"payer\":\"Somebody of %s\",\"allocations\":[{\"document\":\"%s\",\"amount\":\"%s\"}]}",
        invoice->document, teller->serial, text, date(day, on), invoice->document,
        invoice->document, text);
    teller->story->open_minor[teller->debtor] -= minor;
}

static void in_full(struct teller *teller, const struct invoice *invoice)
{
    pay(teller, invoice, invoice->issued + 2 + below(teller, 12), invoice->minor);
}

static void in_parts(struct teller *teller, const struct invoice *invoice)
{
    int64_t part = invoice->minor / 3;

    pay(teller, invoice, invoice->issued + 1 + below(teller, 6), part);
    pay(teller, invoice, invoice->issued + 8 + below(teller, 8), invoice->minor - part);
}

static void a_part_only(struct teller *teller, const struct invoice *invoice)
{
    pay(teller, invoice, invoice->issued + 3, invoice->minor / 2);
}

static void before_it_is_issued(struct teller *teller, const struct invoice *invoice)
{
    pay(teller, invoice, invoice->issued > 1 ? invoice->issued - 1 : 0, invoice->minor);
}

static void disputed(struct teller *teller, const struct invoice *invoice)
{
    int day = invoice->issued + 2;
    char on[16];

    say(teller, day, "dispute.opened",
        "{\"dispute\":\"D%s\",\"document\":\"%s\",\"reason\":\"PRICE\",\"opened_on\":\"%s\","
        "\"note\":\"too dear\"}",
        invoice->document, invoice->document, date(day, on));
    day += 3 + below(teller, 9);
    say(teller, day, "dispute.resolved",
        "{\"dispute\":\"D%s\",\"result\":\"REJECTED\",\"resolved_on\":\"%s\"}", invoice->document,
        date(day, on));
}

static void promised(struct teller *teller, const struct invoice *invoice)
{
    int day = invoice->issued + 3;
    int until = day + 3 + below(teller, 5);
    char on[16];
    char for_on[16];
    char text[24];

    say(teller, day, "promise.made",
        "{\"promise\":\"R%s\",\"currency\":\"EUR\",\"amount\":\"%s\",\"made_on\":\"%s\","
        "\"promised_for\":\"%s\",\"channel\":\"CALL\",\"documents\":[\"%s\"]}",
        invoice->document, amount(invoice->minor, text), date(day, on), date(until, for_on),
        invoice->document);
    if (below(teller, 2))
        pay(teller, invoice, until, invoice->minor);
}

static void held(struct teller *teller, const struct invoice *invoice)
{
    int day = invoice->issued + 1;

    say(teller, day, "hold.placed",
        "{\"hold\":\"H%s\",\"reach\":\"DEBTOR\",\"reason\":\"MEDIATION\",\"clock\":\"STOP\"}",
        invoice->document);
    say(teller, day + 4 + below(teller, 6), "hold.lifted", "{\"hold\":\"H%s\"}", invoice->document);
}

static void cancelled(struct teller *teller, const struct invoice *invoice)
{
    int day = invoice->issued + 5;
    char on[16];

    if (day >= teller->story->days)
        return;
    say(teller, day, "invoice.cancelled", "{\"document\":\"%s\",\"cancelled_on\":\"%s\"}",
        invoice->document, date(day, on));
    teller->story->open_minor[teller->debtor] -= invoice->minor;
}

static void written_off(struct teller *teller, const struct invoice *invoice)
{
    int day = invoice->issued + 6;

    if (day >= teller->story->days)
        return;
    say(teller, day, "command.issued",
        "{\"command\":\"off-%s\",\"kind\":\"WRITE_OFF\",\"actor\":\"desk\","
        "\"payload\":{\"document\":\"%s\"}}",
        invoice->document, invoice->document);
    teller->story->open_minor[teller->debtor] -= invoice->minor;
}

static void forgotten(struct teller *teller, const struct invoice *invoice)
{
    (void)teller;
    (void)invoice;
}

static void tell_invoice(struct teller *teller)
{
    static void (*const FATES[])(struct teller *, const struct invoice *) = {
        in_full, in_full,   in_parts,    a_part_only, before_it_is_issued, disputed, promised,
        held,    cancelled, written_off, forgotten
    };
    struct invoice invoice;
    char text[24];
    char on[16];
    char due_on[16];

    (void)snprintf(invoice.document, sizeof(invoice.document), "F%03d-%d", teller->debtor,
                   ++teller->invoice);
    invoice.issued = below(teller, teller->story->days / 2 + 1);
    invoice.minor = 2000 + below(teller, 90000);
    say(teller, invoice.issued, "invoice.issued",
        "{\"document\":\"%s\",\"currency\":\"EUR\",\"total\":\"%s\",\"issued_on\":\"%s\","
        "\"due_on\":\"%s\",\"description\":\"goods\"}",
        invoice.document, amount(invoice.minor, text), date(invoice.issued, on),
        date(invoice.issued - 2 + below(teller, 6), due_on));
    teller->story->open_minor[teller->debtor] += invoice.minor;
    FATES[below(teller, RLC_COUNT(FATES))](teller, &invoice);
}

/* ---- what is wrong ---- */

static void tell_bad(struct teller *teller)
{
    static const char *const DATA[] = {
        "{\"document\":\"X\"", /* it ends too early */
        "{\"document\":\"X\",\"currency\":\"EUR\",\"total\":\"-1.00\",\"issued_on\":\"2026-03-02\","
        "\"due_on\":\"2026-03-02\"}}",
        "{\"document\":\"X\",\"currency\":\"XYZ\",\"total\":\"1.00\",\"issued_on\":\"2026-03-02\","
        "\"due_on\":\"2026-03-02\"}}",
        "{\"document\":\"X\",\"colour\":\"red\"}}",
    };
    char json[JSON_MAX];
    char id[16];
    int day = 1 + below(teller, teller->story->days / 2 + 1);
    struct story_event *event;
    size_t used;

    (void)snprintf(id, sizeof(id), "bad-%d", teller->debtor);
    head(teller, day, "invoice.issued", id, json);
    used = strlen(json);
    (void)snprintf(json + used, JSON_MAX - used, "%s", DATA[below(teller, RLC_COUNT(DATA))]);
    event = put(teller, day, json);
    if (event)
        event->bad = event->once = true;
    if (event)
        teller->story->letters++;
}

/* The same id twice, with another body. */
static void tell_conflict(struct teller *teller)
{
    char json[JSON_MAX];

    for (int day = 1; day <= 2; day++) {
        struct story_event *event;
        size_t used;

        head(teller, 1, "hold.placed", "twice", json);
        used = strlen(json);
        (void)snprintf(
            json + used, JSON_MAX - used,
            "{\"hold\":\"HX\",\"reach\":\"DEBTOR\",\"reason\":\"%s\",\"clock\":\"CONTINUE\","
            "\"until\":\"2026-03-05T00:00:00Z\"}}",
            day == 1 ? "MANUAL" : "HARDSHIP");
        event = put(teller, day, json);
        if (event)
            event->once = true;
        if (event && day == 2)
            teller->story->letters++;
    }
}

static void tell_opt_out(struct teller *teller)
{
    say(teller, teller->story->days / 2, "command.issued",
        "{\"command\":\"out-%d\",\"kind\":\"OPT_OUT\",\"actor\":\"desk\",\"payload\":{}}",
        teller->debtor);
}

/* ---- a debtor ---- */

static void tell_party(struct teller *teller)
{
    char debtor[16];

    story_debtor(teller->debtor, debtor);
    say(teller, 0, "debtor.upserted",
        "{\"kind\":\"%s\",\"country\":\"FR\",\"zone\":\"Europe/Paris\",\"language\":\"fr\","
        "\"name\":\"Customer %s\"}",
        story_is_natural(teller->debtor) ? "CONSUMER" : "COMPANY", debtor);
    if (teller->debtor % 7 == 3)
        return; /* without a contact there is no address */
    /* Once the person is erased, it would be refused. */
    teller->once = story_is_erased(teller->debtor);
    say(teller, 0, "contact.upserted",
        "{\"contact\":\"1\",\"roles\":[\"ACCOUNTS_PAYABLE\"],\"language\":\"fr\","
        "\"name\":\"Person of %s\",\"channels\":[{\"channel\":\"EMAIL\","
        "\"address\":\"%s@example.test\"}]}",
        debtor, debtor);
    teller->once = false;
}

static void tell_debtor(struct teller *teller)
{
    tell_party(teller);
    for (int i = 1 + below(teller, INVOICES_MAX); i > 0; i--)
        tell_invoice(teller);
    if (teller->debtor % 6 == 1)
        tell_bad(teller);
    if (teller->debtor % 11 == 4)
        tell_conflict(teller);
    if (teller->debtor % 12 == 8)
        tell_opt_out(teller);
}

/* Within a day the order of the telling stays. */
static void sort_by_day(struct story *story)
{
    static struct story_event sorted[STORY_EVENTS_MAX];
    size_t count = 0;

    for (int day = 0; day < story->days; day++) {
        for (int bad = 0; bad < 2; bad++) {
            for (size_t i = 0; i < story->count; i++) {
                if (story->event[i].day == day && story->event[i].bad == bad)
                    sorted[count++] = story->event[i];
            }
        }
    }
    assert_int_equal(count, story->count);
    memcpy(story->event, sorted, count * sizeof(sorted[0]));
}

struct story *story_make(uint64_t seed, int debtors, int days)
{
    struct story *story = calloc(1, sizeof(*story));

    assert_non_null(story);
    assert_true(debtors <= STORY_DEBTORS_MAX);
    story->days = days;
    story->debtors = debtors;
    for (int debtor = 0; debtor < debtors; debtor++) {
        struct teller teller = { .story = story, .debtor = debtor };

        teller.random.state = seed * 1000003u + (uint64_t)debtor;
        tell_debtor(&teller);
    }
    sort_by_day(story);
    return story;
}

void story_free(struct story *story)
{
    for (size_t i = 0; i < story->count; i++)
        free(story->event[i].json);
    free(story);
}
