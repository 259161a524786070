/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/line_look.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/pure/calendar.h"
#include "common/pure/text.h"
#include "common/runtime/memory.h"
#include "common/wire/audit_record.h"
#include "common/wire/contact_request.h"
#include "common/wire/dead_letter.h"
#include "common/wire/debtor_fact.h"
#include "common/wire/words.h"
#include "state.h"
#include "tests/support/line_state.h"

#include "tests/support/check.h"

enum { LINE_MAX_BYTES = 400, BALANCES_MAX = 4096 };
#define LOOK_ARENA ((size_t)128 << 20)

/* A line on its way, by the key and place of its record. */
struct told {
    struct rlc_span key;
    int32_t partition;
    int64_t offset;
    const char *text;
};

struct telling {
    struct line *line;
    struct rlc_arena arena;
    struct told *told;
    size_t count;
    size_t capacity;
    bool without_duplicates;
    size_t silences;
    size_t unknowns;
    size_t not_started;
    struct sent *sent; /* requests that were accepted */
    size_t sent_count;
};

/* A request by its name: `<action>-<number>`. */
enum { REQUEST_NAME_SIZE = 2 * sizeof(struct rlc_action_id) + 12 };

struct sent {
    char request[REQUEST_NAME_SIZE];
};

/* ---- lines ---- */

static void tell(struct telling *telling, const struct rlc_record *record, const char *what,
                 struct rlc_span bytes)
{
    struct rlc_hash hash = rlc_sha256(bytes);
    char *text = rlc_arena_alloc(&telling->arena, LINE_MAX_BYTES);
    struct told *told;

    assert_non_null(text);
    assert_non_null(bytes.data);
    if (telling->count == telling->capacity) {
        telling->capacity = telling->capacity ? telling->capacity * 2 : 1024;
        telling->told = realloc(telling->told, telling->capacity * sizeof(*telling->told));
        assert_non_null(telling->told);
    }
    (void)snprintf(text, LINE_MAX_BYTES, "%.*s %s %02x%02x%02x%02x%02x%02x%02x%02x\n",
                   (int)record->key.size, (const char *)record->key.data, what, hash.bytes[0],
                   hash.bytes[1], hash.bytes[2], hash.bytes[3], hash.bytes[4], hash.bytes[5],
                   hash.bytes[6], hash.bytes[7]);
    told = &telling->told[telling->count++];
    *told = (struct told){ .key = rlc_arena_copy(&telling->arena, record->key),
                           .partition = record->partition,
                           .offset = record->offset,
                           .text = text };
}

static int by_place(const void *left, const void *right)
{
    const struct told *a = left;
    const struct told *b = right;
    int order = rlc_span_compare(a->key, b->key);

    if (order == 0)
        order = (a->partition > b->partition) - (a->partition < b->partition);
    return order ? order : (a->offset > b->offset) - (a->offset < b->offset);
}

static char *joined(struct telling *telling)
{
    size_t size = 1;
    char *text;
    char *end;

    if (telling->count)
        qsort(telling->told, telling->count, sizeof(*telling->told), by_place);
    for (size_t i = 0; i < telling->count; i++)
        size += strlen(telling->told[i].text);
    text = malloc(size);
    assert_non_null(text);
    end = text;
    *end = '\0';
    for (size_t i = 0; i < telling->count; i++)
        end = stpcpy(end, telling->told[i].text);
    return text;
}

static bool is_ours(struct rlc_span topic)
{
    return rlc_span_equal(topic, rlc_span_of("debtor-events"));
}

static const char *day_of(rlc_ms at_ms, char buffer[16])
{
    (void)rlc_day_format((rlc_day)(at_ms / RLC_DAY_MS), buffer, 16);
    return buffer;
}

static const char *request_name(const struct rlc_action_id *action, uint32_t number,
                                char buffer[REQUEST_NAME_SIZE])
{
    rlc_hex_write(action->bytes, sizeof(action->bytes), (uint8_t *)buffer);
    (void)snprintf(buffer + 2 * sizeof(action->bytes), 12, "-%u", number);
    return buffer;
}

/* ---- records ---- */

static bool came_before(const struct telling *telling, const struct rlc_record *record,
                        const char *what)
{
    size_t size = strlen(what);

    for (size_t i = telling->count; i > 0; i--) {
        const struct told *told = &telling->told[i - 1];

        if (rlc_span_equal(told->key, record->key) &&
            strncmp(told->text + record->key.size + 1, what, size) == 0)
            return true;
    }
    return false;
}

/* Where the partitions ended when they were asked, and when that was. */
static void forget_look(struct rlc_look_taken *look)
{
    look->watermark = 0;
    look->tenant_watermark = 0;
    look->asked_at_ms = RLC_MS_NONE;
}

static const char *unknown_mark(const struct rlc_outcome *outcome)
{
    return outcome->result == RLC_OUTCOME_RESULT_UNKNOWN ? LINE_UNKNOWN_MARK : "";
}

static void tell_event(void *context, const struct rlc_record *record)
{
    struct telling *telling = context;
    struct rlc_debtor_event event;
    struct rlc_fault fault;
    char what[256];

    assert_int_equal(rlc_debtor_event_decode(record->value, &telling->arena, &event, &fault),
                     RLC_OK);
    if (event.kind == RLC_EVENT_KIND_TICK || event.kind == RLC_EVENT_KIND_SCOPE_CHANGED)
        return;
    event.envelope.causation = (struct rlc_causation){ 0 };
    if (event.kind == RLC_EVENT_KIND_QUARANTINED && is_ours(event.quarantined.at.topic))
        event.quarantined.at.offset = 0;
    if (event.kind == RLC_EVENT_KIND_OUTCOME)
        forget_look(&event.outcome.look);
    if (event.kind == RLC_EVENT_KIND_RETURNED)
        forget_look(&event.returned.look);
    (void)snprintf(what, sizeof(what), "%s%s %.*s/%.*s",
                   rlc_word(RLC_VOCABULARY_EVENT_KIND, event.kind),
                   event.kind == RLC_EVENT_KIND_OUTCOME ? unknown_mark(&event.outcome) : "",
                   (int)event.envelope.source.size, (const char *)event.envelope.source.data,
                   (int)event.envelope.source_event_id.size,
                   (const char *)event.envelope.source_event_id.data);
    /* A duplicate comes at another time; a conflict has another body. */
    if (telling->without_duplicates) {
        event.envelope.ingested_at_ms = 0;
        if (came_before(telling, record, what))
            return;
    }
    tell(telling, record, what, rlc_debtor_event_encode(&event, &telling->arena));
}

/* What silences a debtor in quarantine is named by its coordinates. */
static void forget_places(struct rlc_suppressed *suppressed, struct rlc_arena *arena)
{
    struct rlc_coordinates *places =
        rlc_arena_array(arena, suppressed->evidence_count + 1, sizeof(*places));

    assert_non_null(places);
    for (size_t i = 0; i < suppressed->evidence_count; i++) {
        places[i] = suppressed->evidence[i];
        if (is_ours(places[i].topic))
            places[i].offset = 0;
    }
    suppressed->evidence = places;
}

static void tell_fact(void *context, const struct rlc_record *record)
{
    struct telling *telling = context;
    struct rlc_debtor_fact fact;
    struct rlc_fault fault;
    const char *mark = "";
    char day[16];
    char what[128];

    assert_int_equal(rlc_debtor_fact_decode(record->value, &telling->arena, &fact, &fault), RLC_OK);
    if (telling->without_duplicates && fact.kind == RLC_FACT_KIND_EVENT_IGNORED &&
        rlc_span_equal(fact.event_ignored.rule, rlc_span_of("DUPLICATE")))
        return;
    telling->silences += fact.kind == RLC_FACT_KIND_SUPPRESSED;
    fact.chain = (struct rlc_chain){ .sequence = 1, .previous = { { 1 } } };
    fact.envelope.causation = (struct rlc_causation){ 0 };
    if (fact.kind == RLC_FACT_KIND_QUARANTINE_CHANGED && is_ours(fact.quarantine_changed.at.topic))
        fact.quarantine_changed.at.offset = 0;
    if (fact.kind == RLC_FACT_KIND_CONTACT_OUTCOME) {
        mark = unknown_mark(&fact.contact_outcome);
        forget_look(&fact.contact_outcome.look);
    }
    if (fact.kind == RLC_FACT_KIND_CONTACT_RETURNED)
        forget_look(&fact.contact_returned.look);
    if (fact.kind == RLC_FACT_KIND_SUPPRESSED)
        forget_places(&fact.suppressed, &telling->arena);
    (void)snprintf(what, sizeof(what), "%s%s %s", rlc_word(RLC_VOCABULARY_FACT_KIND, fact.kind),
                   mark, day_of(fact.decided_at_ms, day));
    tell(telling, record, what, rlc_debtor_fact_encode(&fact, &telling->arena));
}

static void tell_request(void *context, const struct rlc_record *record)
{
    struct telling *telling = context;
    struct rlc_contact_request request;
    struct rlc_fault fault;
    char day[16];
    char name[REQUEST_NAME_SIZE];
    char what[96];

    assert_int_equal(rlc_contact_request_decode(record->value, &telling->arena, &request, &fault),
                     RLC_OK);
    request.envelope.causation = (struct rlc_causation){ 0 };
    (void)snprintf(what, sizeof(what), "%s %s", day_of(request.body.decided_at_ms, day),
                   request_name(&request.body.action, request.body.request_number, name));
    tell(telling, record, what, rlc_contact_request_encode(&request, &telling->arena));
}

/* ---- contacts ---- */

static void take_sent(void *context, const struct rlc_record *record)
{
    struct telling *telling = context;
    struct rlc_debtor_event event;
    struct rlc_fault fault;
    size_t mark = rlc_arena_mark(&telling->arena);

    assert_int_equal(rlc_debtor_event_decode(record->value, &telling->arena, &event, &fault),
                     RLC_OK);
    if (event.kind == RLC_EVENT_KIND_OUTCOME &&
        event.outcome.result == RLC_OUTCOME_RESULT_ACCEPTED) {
        telling->sent = realloc(telling->sent, (telling->sent_count + 1) * sizeof(*telling->sent));
        assert_non_null(telling->sent);
        (void)request_name(&event.outcome.action, event.outcome.request_number,
                           telling->sent[telling->sent_count++].request);
    }
    rlc_arena_rewind(&telling->arena, mark);
}

static bool was_sent(const struct telling *telling, const char *request)
{
    for (size_t i = 0; i < telling->sent_count; i++) {
        if (strcmp(telling->sent[i].request, request) == 0)
            return true;
    }
    return false;
}

/* One line of text for each line of the message. */
static void tell_contact(void *context, const struct rlc_record *record)
{
    struct telling *telling = context;
    struct rlc_contact_request request;
    struct rlc_fault fault;
    char name[REQUEST_NAME_SIZE];
    char day[16];
    char what[256];

    assert_int_equal(rlc_contact_request_decode(record->value, &telling->arena, &request, &fault),
                     RLC_OK);
    if (!was_sent(telling, request_name(&request.body.action, request.body.request_number, name)))
        return;
    *strchr(name, '-') = '\0';
    (void)rlc_day_format(request.body.as_of_on, day, sizeof(day));
    for (size_t i = 0; i < request.body.line_count; i++) {
        const struct rlc_line *line = &request.body.lines[i];

        (void)snprintf(what, sizeof(what), "%s %s %.*s %" PRId64 " %s", name, day,
                       (int)line->document.size, (const char *)line->document.data,
                       line->open.minor, line->open.currency);
        tell(telling, record, what, rlc_span_of(what));
    }
}

static void tell_contacts(struct telling *telling)
{
    world_each(&telling->line->world, world_topic(&telling->line->world, "debtor-events"),
               take_sent, telling);
    world_each(&telling->line->world, world_topic(&telling->line->world, "contact-requests"),
               tell_contact, telling);
    free(telling->sent);
}

/* ---- what the notifier did ---- */

/* Nothing had left: the attempt is as if it had not been. */
static void forget_attempt(struct telling *telling, const char *request)
{
    char what[96];
    size_t kept = 0;

    (void)snprintf(what, sizeof(what), " %s %s ",
                   rlc_word(RLC_VOCABULARY_AUDIT_KIND, RLC_AUDIT_KIND_ATTEMPTED), request);
    for (size_t i = 0; i < telling->count; i++) {
        if (!strstr(telling->told[i].text, what))
            telling->told[kept++] = telling->told[i];
    }
    assert_true(kept < telling->count);
    telling->count = kept;
    telling->not_started++;
}

static void tell_audit(void *context, const struct rlc_record *record)
{
    struct telling *telling = context;
    struct rlc_audit_record audit;
    struct rlc_fault fault;
    const char *mark = "";
    char name[REQUEST_NAME_SIZE] = "";
    char what[160];

    assert_int_equal(rlc_audit_record_decode(record->value, &telling->arena, &audit, &fault),
                     RLC_OK);
    audit.chain = (struct rlc_chain){ .sequence = 1, .previous = { { 1 } } };
    audit.envelope.causation = (struct rlc_causation){ 0 };
    if (audit.kind == RLC_AUDIT_KIND_ATTEMPTED) {
        forget_look(&audit.attempted.look);
        (void)request_name(&audit.attempted.action, audit.attempted.request_number, name);
    } else if (audit.kind == RLC_AUDIT_KIND_CONTACT_ENDED) {
        telling->unknowns += audit.contact_ended.result == RLC_OUTCOME_RESULT_UNKNOWN;
        mark = unknown_mark(&audit.contact_ended);
        forget_look(&audit.contact_ended.look);
        (void)request_name(&audit.contact_ended.action, audit.contact_ended.request_number, name);
    } else if (audit.kind == RLC_AUDIT_KIND_CONTACT_RETURNED) {
        forget_look(&audit.contact_returned.look);
        (void)request_name(&audit.contact_returned.action, audit.contact_returned.request_number,
                           name);
    } else {
        assert_int_equal(audit.kind, RLC_AUDIT_KIND_LOCAL_EVENT);
        (void)request_name(&audit.local_event.action, audit.local_event.request_number, name);
        if (audit.local_event.event == RLC_LOCAL_EVENT_KIND_TRANSFER_FINISHED) {
            forget_attempt(telling, name);
            return;
        }
        mark = LINE_UNKNOWN_MARK;
    }
    (void)snprintf(what, sizeof(what), "%s%s %s", rlc_word(RLC_VOCABULARY_AUDIT_KIND, audit.kind),
                   mark, name);
    tell(telling, record, what, rlc_audit_record_encode(&audit, &telling->arena));
}

/* ---- letters ---- */

/* The key of a dead letter is made of its coordinates. */
static void tell_letter(void *context, const struct rlc_record *record)
{
    struct telling *telling = context;
    struct rlc_record by_debtor = *record;
    struct rlc_dead_letter letter;
    struct rlc_fault fault;
    char what[160];

    assert_int_equal(rlc_dead_letter_decode(record->value, &telling->arena, &letter, &fault),
                     RLC_OK);
    by_debtor.key = letter.debtor.size ? letter.debtor : rlc_span_of("-");
    by_debtor.partition = letter.at.partition;
    by_debtor.offset = letter.at.offset;
    if (is_ours(letter.at.topic)) {
        letter.at.offset = 0;
        letter.record_hash = (struct rlc_hash){ { 1 } }; /* required */
    }
    (void)snprintf(what, sizeof(what), "%.*s %.*s", (int)letter.code.size,
                   (const char *)letter.code.data, (int)letter.path.size,
                   (const char *)letter.path.data);
    tell(telling, &by_debtor, what, rlc_dead_letter_encode(&letter, &telling->arena));
}

/* ---- state ---- */

/* A debtor's record lists what is in quarantine by coordinates. */
static struct rlc_span bare_record(const struct line_kept *kept, struct rlc_arena *arena)
{
    struct rlc_debtor_record *debtor;

    if (kept->key.data[0] != 'd')
        return kept->value;
    debtor = scenario_state_decode(kept->key, kept->value, arena);
    assert_non_null(debtor);
    for (size_t i = 0; i < debtor->quarantine_count; i++) {
        if (is_ours(debtor->quarantine[i].topic))
            debtor->quarantine[i].offset = 0;
    }
    return scenario_state_encode(kept->key, debtor, arena);
}

static void tell_state(struct telling *telling)
{
    struct line_state state;

    line_state_read(telling->line, &state);
    for (size_t i = 0; i < state.count; i++) {
        const struct line_kept *kept = &state.kept[i];
        struct rlc_record record = { .key = kept->key, .partition = kept->partition };

        if (kept->value.data)
            tell(telling, &record, "is", bare_record(kept, &telling->arena));
    }
    line_state_free(&state);
}

/* ---- balances ---- */

struct balance {
    struct rlc_span key;
    char currency[RLC_CURRENCY_SIZE];
    int64_t minor;
};

struct balances {
    struct rlc_arena *arena;
    struct balance balance[BALANCES_MAX];
    size_t count;
};

static void add_up(struct balances *balances, struct rlc_span key, const struct rlc_money *money,
                   int64_t minor)
{
    struct balance *balance = balances->balance;

    while (balance < balances->balance + balances->count &&
           (!rlc_span_equal(balance->key, key) || strcmp(balance->currency, money->currency) != 0))
        balance++;
    if (balance == balances->balance + balances->count) {
        assert_true(balances->count++ < BALANCES_MAX);
        *balance = (struct balance){ .key = rlc_arena_copy(balances->arena, key) };
        memcpy(balance->currency, money->currency, sizeof(balance->currency));
    }
    balance->minor += minor;
}

static void take_balance(void *context, const struct rlc_record *record)
{
    struct balances *balances = context;
    struct rlc_debtor_fact fact;
    struct rlc_fault fault;

    assert_int_equal(rlc_debtor_fact_decode(record->value, balances->arena, &fact, &fault), RLC_OK);
    /* Opened, changed and closed have one shape. */
    if (fact.kind == RLC_FACT_KIND_RECEIVABLE_OPENED ||
        fact.kind == RLC_FACT_KIND_RECEIVABLE_CHANGED ||
        fact.kind == RLC_FACT_KIND_RECEIVABLE_CLOSED)
        add_up(balances, record->key, &fact.receivable_changed.open,
               fact.receivable_changed.open.minor - fact.receivable_changed.open_before.minor);
}

static void tell_balances(struct telling *telling)
{
    struct balances *balances = rlc_arena_alloc(&telling->arena, sizeof(*balances));

    assert_non_null(balances);
    balances->arena = &telling->arena;
    world_each(&telling->line->world, world_topic(&telling->line->world, "debtor-facts"),
               take_balance, balances);
    for (size_t i = 0; i < balances->count; i++) {
        const struct balance *balance = &balances->balance[i];
        struct rlc_record record = { .key = balance->key };
        char what[64];

        (void)snprintf(what, sizeof(what), "%" PRId64 " %s", balance->minor, balance->currency);
        tell(telling, &record, what, rlc_span_of(what));
    }
}

/* ---- the look ---- */

static void tell_topic(struct telling *telling, const char *topic,
                       void (*see)(void *context, const struct rlc_record *record))
{
    world_each(&telling->line->world, world_topic(&telling->line->world, topic), see, telling);
}

static void tell_text(struct telling *telling, enum line_text text)
{
    static const struct {
        const char *topic;
        void (*see)(void *context, const struct rlc_record *record);
        void (*all)(struct telling *telling);
    } WAYS[LINE_TEXTS] = {
        [LINE_EVENTS] = { "debtor-events", tell_event, NULL },
        [LINE_FACTS] = { "debtor-facts", tell_fact, NULL },
        [LINE_REQUESTS] = { "contact-requests", tell_request, NULL },
        [LINE_LETTERS] = { "dead-letters", tell_letter, NULL },
        [LINE_STATE] = { NULL, NULL, tell_state },
        [LINE_BALANCES] = { NULL, NULL, tell_balances },
        [LINE_AUDITS] = { "notifier.audit", tell_audit, NULL },
        [LINE_CONTACTS] = { NULL, NULL, tell_contacts },
    };

    if (WAYS[text].all)
        WAYS[text].all(telling);
    else
        tell_topic(telling, WAYS[text].topic, WAYS[text].see);
}

void line_look(struct line *line, bool without_duplicates, struct line_look *ret_look)
{
    struct telling telling = { .line = line, .without_duplicates = without_duplicates };

    assert_int_equal(rlc_arena_map(&telling.arena, LOOK_ARENA), RLC_OK);
    for (int text = 0; text < LINE_TEXTS; text++) {
        telling.count = 0;
        tell_text(&telling, (enum line_text)text);
        ret_look->text[text] = joined(&telling);
        ret_look->count[text] = telling.count;
        rlc_arena_reset(&telling.arena);
    }
    ret_look->silences = telling.silences;
    ret_look->unknowns = telling.unknowns;
    ret_look->not_started = telling.not_started;
    ret_look->mails = line->post.count;
    ret_look->orphans_arrived = line->post.orphans_arrived;
    ret_look->orphans_lost = line->post.orphans_lost;
    rlc_arena_unmap(&telling.arena);
    free(telling.told);
}
