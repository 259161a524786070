/* SPDX-License-Identifier: Apache-2.0 */
/* A debtor as scenario's hot state in Redis has it, read in rounds like an event: from the debtor
 * down to its accounts, pages, receivables and what they name. All rounds must see the same
 * instant, which the fence tells; otherwise everything is read again. */
#include <string.h>

#include "common/pure/murmur2.h"
#include "common/runtime/memory.h"
#include "common/runtime/topics.h"
#include "core/store.h"
#include "scan.h"
#include "sheet.h"
#include "state.h"
#include "stores.h"
#include "text.h"

#define WORKER      "scenario"
#define TRIES       5
#define KEYS_MAX    512               /* of one round trip */
#define MEMORY_SIZE ((size_t)1 << 30) /* address space; the largest debtor known takes some MiB */

struct hot {
    struct ctl *ctl;
    struct ctl_sheet *sheet;
    struct rlc_span debtor;
    struct rlc_installation_facts facts;
    int32_t partition;
    struct rlc_view *view;
    struct rlc_arena arena;
    struct rlc_look look; /* of the first read */
    bool moved;           /* a later read saw another instant */
    int code;
};

/* Records of one round. */
struct round {
    struct rlc_span *keys;
    struct rlc_span *values;
    const void **records;       /* NULL where there is none */
    struct rlc_span *creditors; /* whose each is */
    size_t count;
    size_t capacity;
};

/* What the rounds brought. */
struct rounds {
    const struct rlc_debtor_record *debtor;
    struct round accounts;
    struct round pages;
    struct round receivables;
    struct round agreements;
    struct round contacts;
    struct round tasks;
};

/* ---- one round ---- */

static void fail(struct hot *hot, int code)
{
    if (hot->code == CTL_OK)
        hot->code = code;
}

static void *more(struct hot *hot, const void *old, size_t count, size_t capacity, size_t size)
{
    void *grown = rlc_arena_array(&hot->arena, capacity, size);

    if (!grown)
        fail(hot, ctl_fail(hot->ctl, CTL_INTERNAL, "out of memory"));
    else if (count > 0)
        memcpy(grown, old, count * size);
    return grown;
}

static bool grow(struct hot *hot, struct round *round)
{
    size_t capacity = round->capacity ? 2 * round->capacity : 64;

    if (round->count < round->capacity)
        return true;
    round->keys = more(hot, round->keys, round->count, capacity, sizeof(*round->keys));
    round->creditors =
        more(hot, round->creditors, round->count, capacity, sizeof(*round->creditors));
    round->values = more(hot, NULL, 0, capacity, sizeof(*round->values));
    round->records = more(hot, NULL, 0, capacity, sizeof(*round->records));
    round->capacity = capacity;
    return hot->code == CTL_OK;
}

static void want(struct hot *hot, struct round *round, const struct store_key *key,
                 struct rlc_span creditor)
{
    if (hot->code != CTL_OK || !grow(hot, round))
        return;
    for (size_t i = 0; i < round->count; i++) {
        /* Several blocks may lead to one agreement; other rounds name each record once. */
        if (rlc_span_equal(round->keys[i], key->span))
            return;
    }
    round->keys[round->count] = rlc_arena_copy(&hot->arena, key->span);
    round->creditors[round->count++] = creditor;
}

/* The first read tells the instant; the others must be of the same. */
static bool check_look(struct hot *hot, const struct rlc_look *look)
{
    if (!rlc_look_is_whole(look, hot->facts.uuid)) {
        fail(hot, ctl_fail(hot->ctl, CTL_UNAVAILABLE,
                           "redis: partition %d of scenario's hot state is not whole (empty, being "
                           "rebuilt, or of another installation); does a scenario worker run?",
                           (int)hot->partition));
        return false;
    }
    if (!hot->look.fence_present)
        hot->look = *look;
    hot->moved = hot->moved || hot->look.fence.off != look->fence.off;
    return true;
}

static void decode(struct hot *hot, struct round *round, size_t index)
{
    if (!round->values[index].data)
        return;
    round->records[index] =
        scenario_state_decode(round->keys[index], round->values[index], &hot->arena);
    if (!round->records[index])
        fail(hot, ctl_fail(hot->ctl, CTL_DATA, "a record that this version cannot read: %.*s",
                           (int)round->keys[index].size, (const char *)round->keys[index].data));
}

static void fetch(struct hot *hot, struct round *round)
{
    for (size_t at = 0; hot->code == CTL_OK && at < round->count; at += KEYS_MAX) {
        size_t left = round->count - at;
        struct rlc_view_read part = { .partition = hot->partition,
                                      .keys = round->keys + at,
                                      .count = left < KEYS_MAX ? left : KEYS_MAX,
                                      .values = round->values + at };
        struct rlc_error error = { .text = "" };

        if (hot->view->ops->read(hot->view, &part, 1, &hot->arena, &error) != RLC_OK)
            fail(hot, ctl_fail_store(hot->ctl, "redis", &error));
        else if (check_look(hot, &part.look))
            for (size_t i = 0; i < part.count; i++)
                decode(hot, round, at + i);
    }
}

/* ---- the rounds ---- */

static void read_debtor(struct hot *hot, struct rounds *rounds)
{
    struct round round = { .count = 0 };
    struct store_key key;

    store_key_debtor(hot->debtor, &key);
    want(hot, &round, &key, (struct rlc_span){ 0 });
    fetch(hot, &round);
    if (hot->code != CTL_OK)
        return;
    rounds->debtor = round.records[0];
    if (!rounds->debtor)
        fail(hot, ctl_fail(hot->ctl, CTL_NOT_THERE, "scenario knows no debtor '%.*s'",
                           (int)hot->debtor.size, (const char *)hot->debtor.data));
}

static void read_accounts(struct hot *hot, struct rounds *rounds)
{
    struct store_key key;

    for (size_t i = 0; i < rounds->debtor->account_count; i++) {
        struct rlc_span creditor = rounds->debtor->accounts[i].creditor;

        store_key_account(hot->debtor, creditor, &key);
        want(hot, &rounds->accounts, &key, creditor);
    }
    fetch(hot, &rounds->accounts);
    for (size_t i = 0; hot->code == CTL_OK && i < rounds->accounts.count; i++) {
        const struct rlc_account_record *account = rounds->accounts.records[i];

        for (size_t k = 0; account && k < account->page_count; k++) {
            store_key_page(hot->debtor, rounds->accounts.creditors[i], account->pages[k].page,
                           &key);
            want(hot, &rounds->pages, &key, rounds->accounts.creditors[i]);
        }
    }
    fetch(hot, &rounds->pages);
}

/* A document stands on one page: nothing is named twice, so nothing is looked for. */
static void want_receivable(struct hot *hot, struct round *round, struct rlc_span creditor,
                            struct rlc_span document)
{
    struct store_key key;

    if (hot->code != CTL_OK || !grow(hot, round))
        return;
    store_key_receivable(hot->debtor, creditor, document, &key);
    round->keys[round->count] = rlc_arena_copy(&hot->arena, key.span);
    round->creditors[round->count++] = creditor;
}

static void read_receivables(struct hot *hot, struct rounds *rounds)
{
    for (size_t i = 0; hot->code == CTL_OK && i < rounds->pages.count; i++) {
        const struct rlc_page_record *page = rounds->pages.records[i];

        for (size_t k = 0; page && k < page->item_count; k++)
            want_receivable(hot, &rounds->receivables, rounds->pages.creditors[i],
                            page->items[k].document);
    }
    fetch(hot, &rounds->receivables);
}

static void want_blocks(struct hot *hot, struct rounds *rounds, struct rlc_span creditor,
                        const struct rlc_block *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct store_key key;

        if (blocks[i].kind != RLC_AGREEMENT_KIND_HOLD && creditor.size == 0)
            continue;
        store_key_agreement(hot->debtor, creditor, blocks[i].kind, blocks[i].id, &key);
        want(hot, &rounds->agreements, &key, creditor);
    }
}

static void want_task(struct hot *hot, struct rounds *rounds, struct rlc_span task)
{
    struct store_key key;

    if (task.size == 0)
        return;
    store_key_task(hot->debtor, task, &key);
    want(hot, &rounds->tasks, &key, task);
}

static void read_rest(struct hot *hot, struct rounds *rounds)
{
    static const struct rlc_action_id NONE;
    struct store_key key;

    want_blocks(hot, rounds, (struct rlc_span){ 0 }, rounds->debtor->blocks,
                rounds->debtor->block_count);
    want_task(hot, rounds, rounds->debtor->quarantine_task);
    for (size_t i = 0; i < rounds->accounts.count; i++) {
        const struct rlc_account_record *account = rounds->accounts.records[i];
        struct rlc_span creditor = rounds->accounts.creditors[i];

        if (!account)
            continue;
        want_blocks(hot, rounds, creditor, account->blocks, account->block_count);
        want_task(hot, rounds, account->wait_object);
        if (memcmp(&account->request, &NONE, sizeof(NONE)) == 0)
            continue;
        store_key_contact(hot->debtor, &account->request, &key);
        want(hot, &rounds->contacts, &key, creditor);
    }
    for (size_t i = 0; i < rounds->receivables.count; i++) {
        const struct rlc_receivable_record *receivable = rounds->receivables.records[i];

        if (receivable)
            want_blocks(hot, rounds, rounds->receivables.creditors[i], receivable->blocks,
                        receivable->block_count);
    }
    fetch(hot, &rounds->agreements);
    fetch(hot, &rounds->contacts);
    fetch(hot, &rounds->tasks);
}

static void read_all(struct hot *hot, struct rounds *rounds)
{
    static void (*const READERS[])(struct hot * hot,
                                   struct rounds * rounds) = { read_debtor, read_accounts,
                                                               read_receivables, read_rest };

    for (int i = 0; i < TRIES && hot->code == CTL_OK && (i == 0 || hot->moved); i++) {
        rlc_arena_reset(&hot->arena);
        *rounds = (struct rounds){ .debtor = NULL };
        hot->look = (struct rlc_look){ .fence_present = false };
        hot->moved = false;
        for (size_t k = 0; hot->code == CTL_OK && k < RLC_COUNT(READERS); k++)
            READERS[k](hot, rounds);
    }
}

/* ---- onto the sheet ---- */

static void put_debtor(struct hot *hot, const struct rlc_debtor_record *debtor)
{
    json_t *head = hot->sheet->head;

    ctl_put_word(head, "kind", RLC_VOCABULARY_PARTY_KIND, (int32_t)debtor->kind);
    ctl_put_word(head, "status", RLC_VOCABULARY_PARTY_STATUS, (int32_t)debtor->status);
    ctl_put_span(head, "country", debtor->country);
    ctl_put_span(head, "zone", debtor->zone);
    ctl_put_span(head, "language", debtor->language);
    ctl_put(head, "epoch", json_integer(debtor->epoch));
    ctl_put_ms(head, "wakes_at", debtor->wake_ms);
    for (size_t i = 0; i < debtor->quarantine_count; i++) {
        json_t *at = ctl_coordinates(&debtor->quarantine[i]);
        char key[32];

        (void)snprintf(key, sizeof(key), "%zu", i);
        ctl_put(hot->sheet->lists[CTL_SHEET_QUARANTINE], key, at);
    }
}

static void put_credits(struct hot *hot, struct rlc_span creditor,
                        const struct rlc_account_record *account)
{
    for (size_t i = 0; i < account->credit_count; i++) {
        struct rlc_span parts[] = { creditor, rlc_span_of(account->credits[i].currency) };
        char key[CTL_SHEET_KEY_SIZE];
        json_t *entry = ctl_sheet_entry(hot->sheet, CTL_SHEET_CREDITS,
                                        ctl_sheet_key(key, parts, RLC_COUNT(parts)));

        ctl_put_span(entry, "creditor", creditor);
        ctl_sheet_money(entry, "credit", account->credits[i]);
    }
}

static void put_accounts(struct hot *hot, const struct round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        const struct rlc_account_record *account = round->records[i];
        char key[CTL_SHEET_KEY_SIZE];
        json_t *entry;

        if (!account)
            continue;
        entry = ctl_sheet_entry(hot->sheet, CTL_SHEET_ACCOUNTS,
                                ctl_sheet_key(key, &round->creditors[i], 1));
        ctl_put_span(entry, "creditor", round->creditors[i]);
        ctl_put_span(entry, "customer_number", account->terms.customer_number);
        ctl_put_span(entry, "scenario", account->terms.scenario);
        ctl_put_span(entry, "segment", account->terms.segment);
        ctl_put_span(entry, "owner", account->terms.owner);
        ctl_put(entry, "epoch", json_integer(account->epoch));
        ctl_put_word(entry, "waits_for", RLC_VOCABULARY_SUPPRESSION, (int32_t)account->wait_reason);
        ctl_put_ms(entry, "waits_until", account->not_before_ms);
        put_credits(hot, round->creditors[i], account);
    }
}

static void put_open(struct hot *hot, const struct round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        const struct rlc_page_record *page = round->records[i];

        for (size_t k = 0; page && k < page->item_count; k++) {
            struct rlc_span parts[] = { round->creditors[i], page->items[k].document };
            char key[CTL_SHEET_KEY_SIZE];
            json_t *entry = ctl_sheet_entry(hot->sheet, CTL_SHEET_RECEIVABLES,
                                            ctl_sheet_key(key, parts, RLC_COUNT(parts)));

            ctl_put_span(entry, "creditor", parts[0]);
            ctl_put_span(entry, "document", parts[1]);
            ctl_put_day(entry, "due_on", page->items[k].due_on);
            ctl_sheet_money(entry, "open", page->items[k].open);
        }
    }
}

static void put_step(struct hot *hot, struct rlc_span creditor, struct rlc_span document,
                     const struct rlc_step_state *step)
{
    char occurrence[16];
    struct rlc_span parts[] = { creditor, document, step->scenario, step->step, { NULL, 0 } };
    char key[CTL_SHEET_KEY_SIZE];
    json_t *entry;

    (void)snprintf(occurrence, sizeof(occurrence), "%u", step->occurrence);
    parts[4] = rlc_span_of(occurrence);
    entry =
        ctl_sheet_entry(hot->sheet, CTL_SHEET_STEPS, ctl_sheet_key(key, parts, RLC_COUNT(parts)));
    ctl_put_span(entry, "creditor", creditor);
    ctl_put_span(entry, "document", document);
    ctl_put_span(entry, "scenario", step->scenario);
    ctl_put_span(entry, "step", step->step);
    ctl_put(entry, "occurrence", json_integer(step->occurrence));
    ctl_put_day(entry, "step_on", step->step_on);
    if (step->asked)
        ctl_put_text(entry, "reason", "WAITING_ANSWER");
    else
        ctl_put_word(entry, "reason", RLC_VOCABULARY_SUPPRESSION, (int32_t)step->reason);
    if (!step->asked)
        ctl_put_ms(entry, "next_at", step->next_at_ms);
}

static void put_receivables(struct hot *hot, const struct round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        const struct rlc_receivable_record *receivable = round->records[i];
        struct rlc_span parts[2];
        char key[CTL_SHEET_KEY_SIZE];
        json_t *entry;

        if (!receivable)
            continue;
        parts[0] = round->creditors[i];
        parts[1] = receivable->terms.document;
        entry = ctl_sheet_entry(hot->sheet, CTL_SHEET_RECEIVABLES,
                                ctl_sheet_key(key, parts, RLC_COUNT(parts)));
        ctl_put_span(entry, "number", receivable->terms.number);
        ctl_put_word(entry, "type", RLC_VOCABULARY_DOCUMENT_TYPE, (int32_t)receivable->terms.type);
        ctl_put_day(entry, "issued_on", receivable->terms.issued_on);
        ctl_sheet_money(entry, "total", receivable->terms.total);
        for (size_t k = 0; k < receivable->step_count; k++) {
            if (receivable->steps[k].result == RLC_STEP_RESULT_UNSPECIFIED)
                put_step(hot, parts[0], parts[1], &receivable->steps[k]);
        }
    }
}

/* The id of an agreement is the last part of its key. */
static struct rlc_span last_part(struct rlc_span key)
{
    size_t at = key.size;

    while (at > 0 && key.data[at - 1] != '|')
        at--;
    return rlc_span_from(key.data + at, key.size - at);
}

static bool in_force(const struct hot *hot, const struct rlc_agreement_record *agreement)
{
    return agreement->result == RLC_AGREEMENT_RESULT_UNSPECIFIED &&
           (agreement->until_ms == RLC_MS_NONE || agreement->until_ms > hot->look.seen.at_ms);
}

static void put_agreements(struct hot *hot, const struct round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        const struct rlc_agreement_record *agreement = round->records[i];
        json_t *entry;

        if (!agreement || !in_force(hot, agreement))
            continue;
        entry = json_object();
        (void)json_object_setn_new(hot->sheet->lists[CTL_SHEET_AGREEMENTS],
                                   (const char *)round->keys[i].data, round->keys[i].size, entry);
        ctl_put_span(entry, "creditor", agreement->creditor);
        ctl_put_word(entry, "kind", RLC_VOCABULARY_AGREEMENT_KIND, (int32_t)agreement->kind);
        ctl_put_span(entry, "agreement", last_part(round->keys[i]));
        ctl_put_word(entry, "reach", RLC_VOCABULARY_REACH, (int32_t)agreement->reach);
        if (agreement->document_count > 0)
            ctl_put_span(entry, "document", agreement->documents[0].document);
        ctl_put(entry, "documents", json_integer((json_int_t)agreement->document_count));
        ctl_sheet_money(entry, "amount", agreement->amount);
        ctl_put_span(entry, "reason", agreement->reason);
        ctl_put_word(entry, "clock", RLC_VOCABULARY_CLOCK_EFFECT, (int32_t)agreement->clock);
        ctl_put_ms(entry, "from", agreement->from_ms);
        ctl_put_ms(entry, "until", agreement->until_ms);
    }
}

static void put_contacts(struct hot *hot, const struct round *round)
{
    static const char *const STATES[] = {
        [RLC_CONTACT_STATE_UNSPECIFIED] = "",      [RLC_CONTACT_STATE_ASKED] = "ASKED",
        [RLC_CONTACT_STATE_OPEN] = "OPEN",         [RLC_CONTACT_STATE_CLOSED] = "CLOSED",
        [RLC_CONTACT_STATE_DOUBTFUL] = "DOUBTFUL",
    };

    for (size_t i = 0; i < round->count; i++) {
        const struct rlc_contact_record *contact = round->records[i];
        json_t *entry;

        if (!contact)
            continue;
        entry = json_object();
        (void)json_object_setn_new(hot->sheet->lists[CTL_SHEET_REQUESTS],
                                   (const char *)round->keys[i].data, round->keys[i].size, entry);
        ctl_put_span(entry, "action", last_part(round->keys[i]));
        ctl_put_span(entry, "creditor", contact->creditor);
        ctl_put(entry, "request_number", json_integer(contact->request_number));
        ctl_put_span(entry, "scenario", contact->scenario);
        ctl_put_span(entry, "step", contact->step);
        ctl_put_word(entry, "channel", RLC_VOCABULARY_CHANNEL, (int32_t)contact->channel);
        ctl_put_ms(entry, "asked_at", contact->asked_at_ms);
        if ((size_t)contact->state < RLC_COUNT(STATES))
            ctl_put_text(entry, "state", STATES[contact->state]);
    }
}

static void put_tasks(struct hot *hot, const struct round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        const struct rlc_task_record *task = round->records[i];
        json_t *entry;

        if (!task || task->done)
            continue;
        entry = json_object();
        (void)json_object_setn_new(hot->sheet->lists[CTL_SHEET_TASKS],
                                   (const char *)round->keys[i].data, round->keys[i].size, entry);
        ctl_put_span(entry, "task", last_part(round->keys[i]));
        ctl_put_word(entry, "kind", RLC_VOCABULARY_TASK_KIND, (int32_t)task->kind);
        ctl_put_span(entry, "object", task->object);
        ctl_put_ms(entry, "opened_at", task->opened_at_ms);
    }
}

/* ---- how fresh it is ---- */

/* The watermark was asked before the state was read: whatever was in the log then is either in the
 * state or counted as behind. */
static void put_freshness(struct hot *hot, const char *topic, int64_t watermark)
{
    const struct rlc_seen *seen = &hot->look.seen;
    json_t *head = hot->sheet->head;
    int64_t behind = watermark > seen->seen ? watermark - seen->seen : 0;
    char text[RLC_TOPIC_NAME_MAX + 128];

    ctl_put_text(head, "topic", topic);
    ctl_put(head, "partition", json_integer(hot->partition));
    ctl_put(head, "watermark", json_integer(watermark));
    if (!hot->look.seen_present) {
        ctl_put_text(head, "fresh", "nobody has said how far the owner has looked");
        return;
    }
    ctl_put(head, "seen", json_integer(seen->seen));
    ctl_put(head, "behind", json_integer(behind));
    ctl_put_ms(head, "looked_at", seen->at_ms);
    if (behind == 0)
        (void)snprintf(text, sizeof(text), "yes: all of %s/%d up to %lld is in it", topic,
                       (int)hot->partition, (long long)watermark);
    else
        (void)snprintf(text, sizeof(text), "no: %lld offsets of %s/%d are not looked at yet",
                       (long long)behind, topic, (int)hot->partition);
    ctl_put_text(head, "fresh", text);
    if (hot->moved)
        ctl_put_text(head, "note", "it changed while it was read, again and again");
}

static void fill(struct hot *hot, const struct rounds *rounds)
{
    put_debtor(hot, rounds->debtor);
    put_accounts(hot, &rounds->accounts);
    put_open(hot, &rounds->pages);
    put_receivables(hot, &rounds->receivables);
    put_agreements(hot, &rounds->agreements);
    put_contacts(hot, &rounds->contacts);
    put_tasks(hot, &rounds->tasks);
}

int ctl_sheet_read_hot(struct ctl *ctl, struct rlc_span debtor, struct ctl_sheet *sheet)
{
    struct hot hot = { .ctl = ctl, .sheet = sheet, .debtor = debtor };
    char topic[RLC_TOPIC_NAME_MAX];
    struct rounds rounds;
    int64_t watermark = 0;

    if (!ctl_topic(ctl, rlc_topic_row(RLC_TOPIC_DEBTOR_EVENTS)->suffix, topic))
        return CTL_CONFIG;
    hot.code = ctl_installation(ctl, &hot.facts);
    if (hot.code != CTL_OK)
        return hot.code;
    hot.partition = rlc_partition_of(debtor, hot.facts.partitions);
    hot.code = ctl_watermark(ctl, topic, hot.partition, &watermark);
    if (hot.code == CTL_OK && rlc_arena_map(&hot.arena, MEMORY_SIZE) != RLC_OK)
        hot.code = ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    if (hot.code == CTL_OK)
        hot.code = ctl_view_open(ctl, WORKER, &hot.view);
    read_all(&hot, &rounds);
    if (hot.code == CTL_OK) {
        fill(&hot, &rounds);
        put_freshness(&hot, topic, watermark);
    }
    if (hot.view)
        hot.view->ops->close(hot.view);
    rlc_arena_unmap(&hot.arena);
    return hot.code;
}
