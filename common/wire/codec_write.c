/* SPDX-License-Identifier: Apache-2.0 */
/* From a plain struct to bytes. The record is written from its end to its start: when the length of
 * a message is needed, its content already stands. The free end of the arena is the workplace; the
 * finished record moves to the front. */
#include "common/wire/codec.h"

#include <assert.h>
#include <string.h>

/* A message whose rows are being written, the last one first. */
struct level {
    const struct rlc_wire_type *type;
    const uint8_t *value;
    size_t rows;      /* rows not yet written */
    size_t items;     /* items not yet written of row `rows - 1`, if it is MANY */
    bool items_begun; /* `items` counts */
    size_t end;       /* where its bytes end */
    uint32_t flags;   /* of the row that holds it */
    bool kept;        /* a payload or an item: written even without content */
    bool missing;     /* something required is absent */
};

struct writer {
    struct level level[RLC_WIRE_DEPTH_MAX];
    size_t depth;
    uint8_t *base;
    size_t at; /* the record so far is base[at .. ] */
    bool full;
};

static void put_bytes(struct writer *writer, const void *bytes, size_t size)
{
    if (size > writer->at) {
        writer->full = true;
        return;
    }
    writer->at -= size;
    memcpy(writer->base + writer->at, bytes, size);
}

static void put_long_varint(struct writer *writer, uint64_t number)
{
    uint8_t bytes[10];
    size_t size = 0;

    while (number >= 0x80) {
        bytes[size++] = (uint8_t)(number | 0x80);
        number >>= 7;
    }
    bytes[size++] = (uint8_t)number;
    put_bytes(writer, bytes, size);
}

/* Most tags, lengths and numbers are one byte. */
static void put_varint(struct writer *writer, uint64_t number)
{
    if (number < 0x80 && writer->at > 0)
        writer->base[--writer->at] = (uint8_t)number;
    else
        put_long_varint(writer, number);
}

static void put_tag(struct writer *writer, const ProtobufCFieldDescriptor *field,
                    enum rlc_wire_form form)
{
    put_varint(writer, (uint64_t)field->id << 3 | (uint64_t)form);
}

static void push(struct writer *writer, const struct rlc_wire_type *type, const void *value,
                 uint32_t flags, bool kept)
{
    assert(writer->depth < RLC_WIRE_DEPTH_MAX);
    assert(type->count == type->proto->n_fields);
    writer->level[writer->depth++] = (struct level){ .type = type,
                                                     .value = value,
                                                     .rows = type->count,
                                                     .end = writer->at,
                                                     .flags = flags,
                                                     .kept = kept };
}

/* A record that no reader would accept must not leave: it would quarantine its debtor. What is
 * missing counts only if the struct around it is there at all (see leave). */
static void write_plain(struct writer *writer, struct level *level,
                        const struct rlc_wire_field *row, const ProtobufCFieldDescriptor *field)
{
    const void *member = level->value + row->offset;

    if (row->form <= RLC_FORM_ENUM) {
        int64_t number = rlc_wire_number(row, member);

        if (number != 0) {
            assert(rlc_wire_check_number(row, field, number) == NULL);
            put_varint(writer, (uint64_t)number);
            put_tag(writer, field, RLC_WIRE_VARINT);
            return;
        }
    } else {
        struct rlc_span bytes = rlc_wire_bytes(row, member);

        if (bytes.size != 0) {
            assert(rlc_wire_check_bytes(row, bytes) == NULL);
            put_bytes(writer, bytes.data, bytes.size);
            put_varint(writer, bytes.size);
            put_tag(writer, field, RLC_WIRE_LENGTH);
            return;
        }
    }
    if (row->flags & RLC_REQUIRED)
        level->missing = true;
}

/* Opens the next item from the end of a list; false when the list is done. */
static bool next_item(struct writer *writer, struct level *level, const struct rlc_wire_field *row)
{
    const uint8_t *items;

    if (!level->items_begun) {
        memcpy(&level->items, level->value + row->count_offset, sizeof(level->items));
        assert(level->items >= (size_t)row->low && level->items <= (size_t)row->high);
        level->items_begun = true;
    }
    if (level->items == 0) {
        level->items_begun = false;
        return false;
    }
    level->items--;
    memcpy(&items, level->value + row->offset, sizeof(items));
    push(writer, row->type, items + level->items * row->type->size, RLC_OPTIONAL, true);
    return true;
}

/* The one payload that the kind names; then only the rows before all payloads are left. */
static void write_payload(struct writer *writer, struct level *level)
{
    const struct rlc_wire_type *type = level->type;
    size_t payload = rlc_wire_payload_row(type, level->value);
    const struct rlc_wire_field *row = &type->fields[payload];

    assert(payload < type->count); /* a struct without a kind is no record */
    if (payload < level->rows) {
        level->rows = payload;
        push(writer, row->type, level->value + row->offset, row->flags, true);
        return;
    }
    level->rows = rlc_wire_row_from(type, 0, RLC_PAYLOAD_ID(0));
}

/* Writes the last row that is left; a message row only opens its level. */
static void write_row(struct writer *writer, struct level *level)
{
    const struct rlc_wire_field *row = &level->type->fields[level->rows - 1];

    if (row->form == RLC_FORM_MANY) {
        if (!next_item(writer, level, row))
            level->rows--;
        return;
    }
    if (row->kind != 0) {
        write_payload(writer, level);
        return;
    }
    level->rows--;
    if (row->form != RLC_FORM_ONE)
        write_plain(writer, level, row, &level->type->proto->fields[level->rows]);
    else
        push(writer, row->type, level->value + row->offset, row->flags, false);
}

/* Ends a level: length and tag in front of its content. An embedded struct without content leaves
 * its field absent. */
static void leave(struct writer *writer)
{
    struct level done = writer->level[--writer->depth];
    struct level *holder = writer->depth ? &writer->level[writer->depth - 1] : NULL;
    size_t size = done.end - writer->at;
    const char *member = NULL;

    if (size == 0 && !done.kept) {
        if (holder != NULL && (done.flags & RLC_REQUIRED))
            holder->missing = true;
        return;
    }
    assert(!done.missing);
    assert(done.type->check == NULL || done.type->check(done.value, done.flags, &member) == NULL);
    (void)member;
    if (holder == NULL)
        return;

    /* A list's row is counted as left until its first item is written. */
    size_t row = holder->rows - (holder->items_begun ? 1 : 0);

    put_varint(writer, size);
    put_tag(writer, &holder->type->proto->fields[row], RLC_WIRE_LENGTH);
}

struct rlc_span rlc_wire_encode(const struct rlc_wire_type *type, const void *value,
                                struct rlc_arena *arena)
{
    size_t room = arena->cap > arena->used ? arena->cap - arena->used : 0;
    struct writer writer; /* its levels are set when they open */

    writer.depth = 0;
    writer.base = arena->base + arena->used;
    writer.at = room;
    writer.full = false;
    push(&writer, type, value, RLC_OPTIONAL, true);
    while (writer.depth > 0 && !writer.full) {
        struct level *level = &writer.level[writer.depth - 1];

        if (level->rows == 0)
            leave(&writer);
        else
            write_row(&writer, level);
    }

    size_t size = room - writer.at;

    if (writer.full || size > RLC_RECORD_BYTES_MAX)
        return (struct rlc_span){ NULL, 0 };
    assert(rlc_wire_check_envelope(type, value) == NULL);
    memmove(writer.base, writer.base + writer.at, size);
    arena->used += size;
    return rlc_span_from(writer.base, size);
}

struct rlc_span rlc_wire_encode_payload(const struct rlc_wire_type *type, const void *value,
                                        struct rlc_arena *arena)
{
    size_t payload = rlc_wire_payload_row(type, value);
    const struct rlc_wire_field *row = &type->fields[payload];

    assert(payload < type->count);
    return rlc_wire_encode(row->type, rlc_wire_at_const(value, row->offset), arena);
}
