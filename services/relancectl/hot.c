/* SPDX-License-Identifier: Apache-2.0 */
/* A debtor as scenario's hot state in Redis has it, read in rounds like an event: from the debtor
 * down to its accounts, pages, receivables and what they name. All rounds must see the same
 * instant, which the fence tells; otherwise everything is read again. */
#include "hot.h"

#include <string.h>

#include "common/pure/murmur2.h"
#include "common/runtime/memory.h"
#include "common/runtime/topics.h"
#include "common/wire/checkpoint.h"
#include "core/store.h"
#include "scan.h"
#include "state.h"
#include "stores.h"
#include "text.h"

#define WORKER      "scenario"
#define TRIES       5
#define KEYS_MAX    512               /* of one round trip */
#define MEMORY_SIZE ((size_t)1 << 30) /* address space; the largest debtor known takes some MiB */

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

/* ---- what time it is there ---- */

static bool take_checkpoint(void *context, const struct rlc_record *record)
{
    struct hot *hot = context;
    struct rlc_checkpoint checkpoint;
    struct rlc_fault fault;

    if (record->value.data &&
        rlc_checkpoint_decode(record->value, &hot->arena, &checkpoint, &fault) == RLC_OK)
        hot->time_ms = checkpoint.time_ms;
    return false;
}

/* The state equals a checkpoint of the changelog, which knows the partition's time: the clock on
 * the wall is another where time is stepped. */
static void read_time(struct hot *hot)
{
    char topic[RLC_TOPIC_NAME_MAX];
    struct ctl_scan scan = { .topic = topic,
                             .partition = hot->partition,
                             .offset = hot->look.fence.off,
                             .take = take_checkpoint,
                             .context = hot };

    if (!ctl_topic(hot->ctl, rlc_topic_row(RLC_TOPIC_SCENARIO_STATE)->suffix, topic))
        hot->code = CTL_CONFIG;
    else
        hot->code = ctl_scan(hot->ctl, &scan);
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
    ctl_put_ms(head, "as_of", hot->time_ms);
    if (!hot->look.seen_present) {
        ctl_put_text(head, "fresh", "nobody has said how far the owner has looked");
        return;
    }
    ctl_put(head, "seen", json_integer(seen->seen));
    ctl_put(head, "behind", json_integer(behind));
    ctl_put_ms(head, "looked_at", seen->at_ms);
    if (behind == 0) {
        (void)snprintf(text, sizeof(text), "yes: all of %s/%d up to %lld is in it", topic,
                       (int)hot->partition, (long long)watermark);
    } else {
        (void)snprintf(text, sizeof(text), "no: %lld offsets of %s/%d are not looked at yet",
                       (long long)behind, topic, (int)hot->partition);
    }
    ctl_put_text(head, "fresh", text);
    if (hot->moved)
        ctl_put_text(head, "note", "it changed while it was read, again and again");
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
    if (hot.code == CTL_OK)
        read_time(&hot);
    if (hot.code == CTL_OK) {
        ctl_hot_fill(&hot, &rounds);
        put_freshness(&hot, topic, watermark);
    }
    if (hot.view)
        hot.view->ops->close(hot.view);
    rlc_arena_unmap(&hot.arena);
    return hot.code;
}
