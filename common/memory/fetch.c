/* SPDX-License-Identifier: Apache-2.0 */
/* Reading committed records: up to the last stable offset, past control records and aborted data.
 * END comes once for each offset at which the log was found to end, and again after a seek. */
#include "common/memory/handle.h"
#include "common/runtime/error.h"

bool rlc_memory_fetch_add(struct rlc_memory_fetches *fetches, const struct rlc_memory_fetch *fetch)
{
    struct rlc_memory_fetch *items =
        rlc_memory_grow(fetches->items, &fetches->capacity, fetches->count + 1, sizeof(*items));

    if (!items)
        return false;
    fetches->items = items;
    items[fetches->count++] = *fetch;
    return true;
}

struct rlc_memory_fetch *rlc_memory_fetch_find(struct rlc_memory_fetches *fetches, int32_t topic,
                                               int32_t partition)
{
    for (size_t i = 0; i < fetches->count; i++) {
        if (fetches->items[i].topic == topic && fetches->items[i].partition == partition)
            return &fetches->items[i];
    }
    return NULL;
}

/* The next committed record; NULL at the last stable offset. Steps over everything before it. A
 * control record moves the position, as librdkafka's does when the application polls (findings f).
 */
static const struct rlc_memory_entry *next_record(struct rlc_memory_fetch *fetch)
{
    const struct rlc_memory_log *log = fetch->log;
    int64_t stable = rlc_memory_log_stable(log);

    for (size_t i = rlc_memory_log_find(log, fetch->next);
         i < log->count && log->entries[i]->offset < stable; i++) {
        const struct rlc_memory_entry *entry = log->entries[i];

        fetch->next = entry->offset + 1;
        if (entry->kind == RLC_MEMORY_DATA && entry->fate == RLC_MEMORY_ABORTED)
            continue;
        fetch->position = fetch->next;
        if (entry->kind == RLC_MEMORY_DATA)
            return entry;
    }
    if (fetch->next < stable)
        fetch->next = stable;
    return NULL;
}

static void fill_record(const struct rlc_memory_fetch *fetch, const struct rlc_memory_entry *entry,
                        struct rlc_bus_event *ret_event)
{
    ret_event->kind = RLC_BUS_RECORD;
    ret_event->record = (struct rlc_record){ .topic = fetch->topic,
                                             .partition = fetch->partition,
                                             .offset = entry->offset,
                                             .append_ms = entry->append_ms,
                                             .key = entry->key,
                                             .value = entry->value,
                                             .header = entry->header,
                                             .header_count = entry->header_count };
}

static enum rlc_status fetch_one(struct rlc_memory_fetch *fetch, struct rlc_bus_event *ret_event,
                                 struct rlc_memory_entry **ret_entry, struct rlc_error *reterr)
{
    const struct rlc_memory_entry *entry;

    if (fetch->next < fetch->log->low || fetch->next > fetch->log->next) {
        fetch->lost = true;
        ret_event->end = (struct rlc_position){ fetch->topic, fetch->partition, fetch->next };
        return rlc_error_set(reterr, RLC_REJECT, "poll", 0,
                             "offset %lld of partition %d is not in the log",
                             (long long)fetch->next, fetch->partition);
    }
    entry = next_record(fetch);
    if (entry) {
        /* A copy of its own: whoever keeps a pointer past release() reads freed memory here too. */
        *ret_entry = rlc_memory_entry_copy(entry);
        if (!*ret_entry)
            return rlc_error_set(reterr, RLC_FATAL, "poll", 0, "out of memory");
        fill_record(fetch, *ret_entry, ret_event);
    } else if (fetch->last_end != fetch->next) {
        fetch->last_end = fetch->next;
        ret_event->kind = RLC_BUS_END;
        ret_event->end = (struct rlc_position){ fetch->topic, fetch->partition, fetch->next };
    }
    return RLC_OK;
}

enum rlc_status rlc_memory_fetch_next(struct rlc_memory_fetches *fetches,
                                      struct rlc_bus_event *ret_event,
                                      struct rlc_memory_entry **ret_entry, struct rlc_error *reterr)
{
    *ret_event = (struct rlc_bus_event){ .kind = RLC_BUS_NOTHING };
    *ret_entry = NULL;
    for (size_t i = 0; i < fetches->count; i++) {
        size_t at = (fetches->turn + i) % fetches->count;
        enum rlc_status status;

        if (!fetches->items[at].open || fetches->items[at].paused || fetches->items[at].lost)
            continue;
        status = fetch_one(&fetches->items[at], ret_event, ret_entry, reterr);
        if (status != RLC_OK)
            return status;
        if (ret_event->kind != RLC_BUS_NOTHING) {
            fetches->turn = at + 1;
            return RLC_OK;
        }
    }
    return RLC_OK;
}
