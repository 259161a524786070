/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions of the broker in memory: opened by their first write, decided once; then one marker
 * for each partition they touched, and one for the group whose offsets they carry. */
#include <stdlib.h>
#include <string.h>

#include "common/memory/broker.h"
#include "common/runtime/error.h"

static rlc_ms now_ms(const struct rlc_memory_broker *broker)
{
    return rlc_clock_now_ms(&broker->clock);
}

/* ---- markers ---- */

static bool write_marker(const struct rlc_memory_broker *broker,
                         const struct rlc_memory_marker *marker)
{
    if (marker->group)
        rlc_memory_group_decide(marker->group, marker->transaction, marker->commit);
    else if (!rlc_memory_log_decide(marker->log, marker->transaction, marker->commit,
                                    now_ms(broker)))
        return false;
    marker->writer->markers_due--;
    return true;
}

bool rlc_memory_markers_write(struct rlc_memory_broker *broker)
{
    size_t kept = 0;
    bool written = true;

    for (size_t i = 0; i < broker->marker_count; i++) {
        struct rlc_memory_marker marker = broker->markers[i];

        if (marker.due_call > broker->calls || !written)
            broker->markers[kept++] = marker;
        else if (!write_marker(broker, &marker)) {
            written = false;
            broker->markers[kept++] = marker;
        }
    }
    broker->marker_count = kept;
    return written;
}

static bool add_marker(struct rlc_memory_broker *broker, const struct rlc_memory_marker *marker)
{
    struct rlc_memory_marker *markers = rlc_memory_grow(broker->markers, &broker->marker_capacity,
                                                        broker->marker_count + 1, sizeof(*markers));

    if (!markers)
        return false;
    broker->markers = markers;
    markers[broker->marker_count++] = *marker;
    marker->writer->markers_due++;
    return true;
}

/* ---- writers ---- */

bool rlc_memory_writer_touch(struct rlc_memory_broker *broker, struct rlc_memory_writer *writer,
                             struct rlc_memory_log *log)
{
    struct rlc_memory_transaction *open = &writer->open;
    struct rlc_memory_log **logs;

    if (open->number == RLC_MEMORY_NO_TRANSACTION) {
        open->number = ++broker->transactions;
        open->begun_ms = now_ms(broker);
    }
    for (size_t i = 0; i < open->log_count; i++) {
        if (open->logs[i] == log)
            return true;
    }
    if (!log)
        return true;
    logs = rlc_memory_grow(open->logs, &open->log_capacity, open->log_count + 1,
                           sizeof(struct rlc_memory_log *));
    if (!logs)
        return false;
    open->logs = logs;
    logs[open->log_count++] = log;
    return true;
}

/* Saturating: a delay of UINT64_MAX means "not before it is told". */
static uint64_t due_call(const struct rlc_memory_broker *broker)
{
    uint64_t delay = broker->trouble.marker_delay_calls;

    return delay > UINT64_MAX - broker->calls ? UINT64_MAX : broker->calls + delay;
}

enum rlc_status rlc_memory_writer_decide(struct rlc_memory_broker *broker,
                                         struct rlc_memory_writer *writer, bool commit,
                                         struct rlc_error *reterr)
{
    struct rlc_memory_transaction *open = &writer->open;
    struct rlc_memory_marker marker = { .writer = writer,
                                        .transaction = open->number,
                                        .commit = commit,
                                        .due_call = due_call(broker) };
    bool fine = true;

    if (open->number == RLC_MEMORY_NO_TRANSACTION)
        return RLC_OK;
    for (size_t i = 0; fine && i < open->log_count; i++) {
        marker.log = open->logs[i];
        fine = add_marker(broker, &marker);
    }
    marker.log = NULL;
    marker.group = open->group;
    if (fine && open->group)
        fine = add_marker(broker, &marker);
    open->number = RLC_MEMORY_NO_TRANSACTION;
    open->log_count = 0;
    open->group = NULL;
    if (fine && rlc_memory_markers_write(broker))
        return RLC_OK;
    return rlc_error_set(reterr, RLC_FATAL, "end_transaction", 0, "out of memory");
}

enum rlc_status rlc_memory_writer_init(struct rlc_memory_broker *broker,
                                       struct rlc_memory_writer *writer, int64_t *ret_epoch,
                                       struct rlc_error *reterr)
{
    enum rlc_status status;

    if (writer->open.number != RLC_MEMORY_NO_TRANSACTION) {
        writer->epoch++; /* whoever had it open is fenced before its transaction is gone */
        status = rlc_memory_writer_decide(broker, writer, false, reterr);
        if (status != RLC_OK)
            return status;
    }
    if (writer->markers_due) {
        return rlc_error_set(reterr, RLC_RETRY, "init_transactions", 0,
                             "markers of the last transaction of %s are still being written",
                             writer->id);
    }
    *ret_epoch = ++writer->epoch;
    return RLC_OK;
}

size_t rlc_memory_broker_expire_transactions(struct rlc_memory_broker *broker)
{
    size_t expired = 0;

    for (size_t i = 0; i < broker->writer_count; i++) {
        struct rlc_memory_writer *writer = broker->writers[i];
        const struct rlc_memory_transaction *open = &writer->open;

        if (open->number == RLC_MEMORY_NO_TRANSACTION ||
            now_ms(broker) - open->begun_ms < RLC_MEMORY_TRANSACTION_TIMEOUT_MS)
            continue;
        /* The coordinator raises the epoch, so the producer finds itself fenced (findings 0). */
        if (rlc_memory_writer_decide(broker, writer, false, NULL) == RLC_OK)
            writer->epoch++;
        expired++;
    }
    return expired;
}
