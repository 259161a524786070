/* SPDX-License-Identifier: Apache-2.0 */
#include "common/memory/trail_memory.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory/keyring_memory.h"
#include "common/memory/log.h"
#include "common/runtime/error.h"

/* A table without room grows by doubling (rlc_memory_grow). */
struct part {
    char *worker;
    int32_t partition;
    struct rlc_trail_end end;
    int64_t unreported;
    struct rlc_trail_row *rows; /* by offset; their bytes in one allocation, at `raw` */
    size_t count;
    size_t capacity;
};

struct erased {
    uint8_t *bytes;
    struct rlc_span tenant;
    struct rlc_span subject;
};

struct rlc_memory_trail {
    struct rlc_trail base;
    struct rlc_keyring *keyring;
    bool claimed;
    uint8_t installation[RLC_UUID_SIZE];
    struct part *parts;
    size_t part_count;
    size_t part_capacity;
    struct erased *erased; /* of the batch under way */
    size_t erased_count;
    size_t erased_capacity;
    size_t refused;
    bool away;
    enum rlc_memory_outcome next;
};

static struct rlc_memory_trail *of(struct rlc_trail *base)
{
    return (struct rlc_memory_trail *)base;
}

static enum rlc_status no_memory(struct rlc_error *reterr)
{
    return rlc_error_set(reterr, RLC_RETRY, "trail", 0, "out of memory");
}

static struct part *find(const struct rlc_memory_trail *trail, const char *worker,
                         int32_t partition)
{
    for (size_t i = 0; i < trail->part_count; i++) {
        if (trail->parts[i].partition == partition && strcmp(trail->parts[i].worker, worker) == 0)
            return &trail->parts[i];
    }
    return NULL;
}

/* ---- whose it is, where it ends ---- */

static enum rlc_status claim(struct rlc_trail *base, const uint8_t installation[RLC_UUID_SIZE],
                             struct rlc_error *reterr)
{
    struct rlc_memory_trail *trail = of(base);

    if (trail->away)
        return rlc_error_set(reterr, RLC_RETRY, "trail", 0, "the trail is away");
    if (!trail->claimed)
        memcpy(trail->installation, installation, RLC_UUID_SIZE);
    trail->claimed = true;
    if (memcmp(trail->installation, installation, RLC_UUID_SIZE) == 0)
        return RLC_OK;
    return rlc_error_set(reterr, RLC_FATAL, "trail", 0,
                         "this is the trail of another installation");
}

static struct part *add(struct rlc_memory_trail *trail, const char *worker, int32_t partition,
                        const struct rlc_hash *genesis)
{
    struct part *parts =
        rlc_memory_grow(trail->parts, &trail->part_capacity, trail->part_count + 1, sizeof(*parts));
    struct part *part;

    if (!parts)
        return NULL;
    trail->parts = parts;
    part = &parts[trail->part_count];
    *part = (struct part){ .worker = strdup(worker), .partition = partition };
    part->end = (struct rlc_trail_end){ .next_off = -1, .head = *genesis };
    if (!part->worker)
        return NULL;
    trail->part_count++;
    return part;
}

static enum rlc_status ask_end(struct rlc_trail *base, const char *worker, int32_t partition,
                               const struct rlc_hash *genesis, struct rlc_trail_end *ret_end,
                               struct rlc_error *reterr)
{
    struct rlc_memory_trail *trail = of(base);
    struct part *part = find(trail, worker, partition);

    if (trail->away)
        return rlc_error_set(reterr, RLC_RETRY, "trail", 0, "the trail is away");
    if (!part)
        part = add(trail, worker, partition, genesis);
    if (!part)
        return no_memory(reterr);
    *ret_end = part->end;
    return RLC_OK;
}

/* ---- rows ---- */

static struct rlc_span take(uint8_t **cursor, struct rlc_span source)
{
    struct rlc_span copy = { *cursor, source.size };

    if (source.size)
        memcpy(*cursor, source.data, source.size);
    *cursor += source.size;
    return copy;
}

static bool copy_row(struct rlc_trail_row *target, const struct rlc_trail_row *row,
                     const char *worker)
{
    uint8_t *cursor =
        malloc(row->raw.size + row->tenant.size + row->debtor.size + row->kind.size + 1);

    if (!cursor)
        return false;
    *target = *row;
    target->worker = worker;
    target->raw = take(&cursor, row->raw);
    target->tenant = take(&cursor, row->tenant);
    target->debtor = take(&cursor, row->debtor);
    target->kind = take(&cursor, row->kind);
    return true;
}

static void free_row(const struct rlc_trail_row *row)
{
    union {
        const uint8_t *lent;
        void *own;
    } bytes = { .lent = row->raw.data };

    free(bytes.own);
}

static bool has_row(const struct part *part, int64_t off)
{
    for (size_t i = part->count; i > 0 && part->rows[i - 1].off >= off; i--) {
        if (part->rows[i - 1].off == off)
            return true;
    }
    return false;
}

static enum rlc_status insert(struct rlc_memory_trail *trail, const struct rlc_trail_row *row,
                              struct rlc_error *reterr)
{
    struct part *part = find(trail, row->worker, row->partition);
    struct rlc_trail_row copy;
    struct rlc_trail_row *rows;
    size_t place;

    if (!part || has_row(part, row->off))
        return rlc_error_set(reterr, RLC_REJECT, "trail", 0, "a record is there already");
    rows = rlc_memory_grow(part->rows, &part->capacity, part->count + 1, sizeof(*rows));
    if (rows)
        part->rows = rows;
    if (!rows || !copy_row(&copy, row, part->worker))
        return no_memory(reterr);
    for (place = part->count++; place > 0 && rows[place - 1].off > row->off; place--)
        rows[place] = rows[place - 1];
    rows[place] = copy;
    return RLC_OK;
}

static void take_back(struct rlc_memory_trail *trail, const struct rlc_trail_row *row)
{
    struct part *part = find(trail, row->worker, row->partition);

    for (size_t i = 0; i < part->count; i++) {
        if (part->rows[i].off != row->off)
            continue;
        free_row(&part->rows[i]);
        part->count--;
        memmove(&part->rows[i], &part->rows[i + 1], (part->count - i) * sizeof(part->rows[0]));
        return;
    }
}

/* ---- erasure ---- */

static enum rlc_status erase_key(struct rlc_trail *base, struct rlc_span tenant,
                                 struct rlc_span subject, struct rlc_error *reterr)
{
    struct rlc_memory_trail *trail = of(base);
    struct erased *erased = rlc_memory_grow(trail->erased, &trail->erased_capacity,
                                            trail->erased_count + 1, sizeof(*erased));
    uint8_t *bytes = malloc(tenant.size + subject.size + 1);
    uint8_t *cursor = bytes;

    if (erased)
        trail->erased = erased;
    if (!erased || !bytes) {
        free(bytes);
        return no_memory(reterr);
    }
    erased = &trail->erased[trail->erased_count++];
    erased->bytes = bytes;
    erased->tenant = take(&cursor, tenant);
    erased->subject = take(&cursor, subject);
    return RLC_OK;
}

static bool forget_keys(struct rlc_memory_trail *trail)
{
    bool done = true;

    for (size_t i = 0; done && trail->keyring && i < trail->erased_count; i++)
        done = rlc_keyring_memory_erase(trail->keyring, trail->erased[i].tenant,
                                        trail->erased[i].subject);
    return done;
}

static void end_erasures(struct rlc_memory_trail *trail)
{
    for (size_t i = 0; i < trail->erased_count; i++)
        free(trail->erased[i].bytes);
    trail->erased_count = 0;
}

/* ---- storing ---- */

static enum rlc_status compare(const struct rlc_memory_trail *trail,
                               const struct rlc_trail_batch *batch, struct rlc_error *reterr)
{
    for (size_t i = 0; i < batch->move_count; i++) {
        const struct rlc_trail_move *move = &batch->moves[i];
        const struct part *part = find(trail, move->worker, move->partition);

        if (!part || part->end.next_off != move->from.next_off) {
            return rlc_error_set(reterr, RLC_ABORT, "trail", 0,
                                 "another process moved the trail of %s/%d", move->worker,
                                 move->partition);
        }
    }
    return RLC_OK;
}

/* Everything but the positions; taken back where a part of it fails. */
static enum rlc_status write(struct rlc_memory_trail *trail, const struct rlc_trail_batch *batch,
                             struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;
    size_t written = 0;

    while (status == RLC_OK && written < batch->row_count) {
        status = insert(trail, &batch->rows[written], reterr);
        written += status == RLC_OK;
    }
    if (status == RLC_OK && batch->within)
        status = batch->within(batch->context, &trail->base, reterr);
    if (status == RLC_OK && trail->next == RLC_MEMORY_UNKNOWN_LOST)
        status = rlc_error_set(reterr, RLC_RETRY, "trail", 0, "the commit got lost");
    if (status == RLC_OK && !forget_keys(trail))
        status = no_memory(reterr);
    trail->refused += status == RLC_REJECT;
    while (status != RLC_OK && written > 0)
        take_back(trail, &batch->rows[--written]);
    end_erasures(trail);
    return status;
}

static void move(struct rlc_memory_trail *trail, const struct rlc_trail_batch *batch)
{
    for (size_t i = 0; i < batch->move_count; i++) {
        struct part *part = find(trail, batch->moves[i].worker, batch->moves[i].partition);

        part->end = batch->moves[i].to;
        part->unreported += batch->moves[i].unreported;
    }
}

static enum rlc_status store(struct rlc_trail *base, const struct rlc_trail_batch *batch,
                             struct rlc_error *reterr)
{
    struct rlc_memory_trail *trail = of(base);
    enum rlc_status status;
    bool lost;

    if (trail->away)
        return rlc_error_set(reterr, RLC_RETRY, "trail", 0, "the trail is away");
    status = compare(trail, batch, reterr);
    if (status != RLC_OK)
        return status;
    status = write(trail, batch, reterr);
    if (status == RLC_OK)
        move(trail, batch);
    lost = status == RLC_OK && trail->next == RLC_MEMORY_UNKNOWN_COMMITTED;
    trail->next = RLC_MEMORY_KNOWN;
    if (lost)
        return rlc_error_set(reterr, RLC_RETRY, "trail", 0, "the answer to the commit got lost");
    return status;
}

/* ---- life ---- */

static void close_trail(struct rlc_trail *base)
{
    (void)base;
}

struct rlc_memory_trail *rlc_memory_trail_new(struct rlc_keyring *keyring)
{
    static const struct rlc_trail_ops OPS = { claim, ask_end, store, erase_key, NULL, close_trail };
    struct rlc_memory_trail *trail = calloc(1, sizeof(*trail));

    if (!trail)
        return NULL;
    trail->base.ops = &OPS;
    trail->keyring = keyring;
    return trail;
}

void rlc_memory_trail_free(struct rlc_memory_trail *trail)
{
    if (!trail)
        return;
    for (size_t i = 0; i < trail->part_count; i++) {
        struct part *part = &trail->parts[i];

        for (size_t k = 0; k < part->count; k++)
            free_row(&part->rows[k]);
        free(part->rows);
        free(part->worker);
    }
    free(trail->parts);
    free(trail->erased);
    free(trail);
}

struct rlc_trail *rlc_memory_trail_open(struct rlc_memory_trail *trail)
{
    return &trail->base;
}

bool rlc_memory_trail_part(const struct rlc_memory_trail *trail, size_t number,
                           struct rlc_memory_trail_part *ret_part)
{
    const struct part *part;

    if (number >= trail->part_count)
        return false;
    part = &trail->parts[number];
    *ret_part = (struct rlc_memory_trail_part){ .worker = part->worker,
                                                .partition = part->partition,
                                                .end = part->end,
                                                .unreported = part->unreported,
                                                .rows = part->rows,
                                                .count = part->count };
    return true;
}

size_t rlc_memory_trail_refused(const struct rlc_memory_trail *trail)
{
    return trail->refused;
}

void rlc_memory_trail_set_away(struct rlc_memory_trail *trail, bool away)
{
    trail->away = away;
}

void rlc_memory_trail_next_store(struct rlc_memory_trail *trail, enum rlc_memory_outcome outcome)
{
    trail->next = outcome;
}
