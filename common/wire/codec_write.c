/* SPDX-License-Identifier: Apache-2.0 */
/* From a plain struct to bytes: the walk fills protobuf-c's structs in the arena, protobuf-c packs
 * them in the order of the field numbers, and the bytes take the place of the structs. */
#include "common/wire/codec.h"

#include <assert.h>
#include <string.h>

enum written { WRITTEN, WRITTEN_NO_MEMORY };

/* protobuf-c's structs have no const; what we lend them is only read. */
static void *writable(const void *lent)
{
    void *pointer;

    memcpy(&pointer, &lent, sizeof(pointer));
    return pointer;
}

static ProtobufCMessage *new_message(struct rlc_arena *arena, const struct rlc_wire_type *type)
{
    ProtobufCMessage *wire = rlc_arena_alloc(arena, type->proto->sizeof_message);

    if (wire != NULL)
        type->proto->message_init(wire);
    return wire;
}

/* protobuf-c wants C strings, spans have no NUL: texts are copied, bytes only pointed at. */
static enum written write_bytes(const ProtobufCFieldDescriptor *field, struct rlc_span span,
                                struct rlc_arena *arena, void *wire)
{
    if (field->type == PROTOBUF_C_TYPE_BYTES) {
        ProtobufCBinaryData data = { .len = span.size, .data = writable(span.data) };

        memcpy(wire, &data, sizeof(data));
        return WRITTEN;
    }

    char *text = rlc_arena_alloc(arena, span.size + 1);

    if (text == NULL)
        return WRITTEN_NO_MEMORY;
    memcpy(text, span.data, span.size);
    memcpy(wire, &text, sizeof(text));
    return WRITTEN;
}

static enum written write_plain(struct rlc_wire_walk *walk, const struct rlc_wire_field *row,
                                const ProtobufCFieldDescriptor *field, const void *member,
                                void *wire)
{
    protobuf_c_boolean flag;

    switch (row->form) {
    case RLC_FORM_BOOL:
        flag = *(const bool *)member;
        memcpy(wire, &flag, sizeof(flag));
        return WRITTEN;
    case RLC_FORM_U32:
    case RLC_FORM_I32:
    case RLC_FORM_ENUM:
        memcpy(wire, member, sizeof(int32_t));
        return WRITTEN;
    case RLC_FORM_I64:
        memcpy(wire, member, sizeof(int64_t));
        return WRITTEN;
    case RLC_FORM_TEXT:
    case RLC_FORM_BYTES:
        return write_bytes(field, *(const struct rlc_span *)member, walk->arena, wire);
    case RLC_FORM_FIXED:
        return write_bytes(field, rlc_span_from(member, (size_t)row->high), walk->arena, wire);
    case RLC_FORM_CURRENCY:
        return write_bytes(field, rlc_span_from(member, 3), walk->arena, wire);
    case RLC_FORM_ONE:
    case RLC_FORM_MANY:
        break;
    }
    assert(!"a plain row");
    return WRITTEN;
}

static enum written write_one(struct rlc_wire_walk *walk, struct rlc_wire_frame *frame,
                              const struct rlc_wire_field *row, void *field)
{
    if (row->kind != 0 && !rlc_wire_kind_matches(frame, row)) {
        frame->row++;
        return WRITTEN;
    }

    void *wire = new_message(walk->arena, row->type);

    if (wire == NULL)
        return WRITTEN_NO_MEMORY;
    memcpy(field, &wire, sizeof(wire));

    struct rlc_wire_frame *below =
        rlc_wire_push(walk, row->type, wire, rlc_wire_at(frame->value, row->offset));

    below->flags = row->flags;
    /* A payload is written even if all of it is absent: the kind promises it. */
    below->filled = row->kind != 0;
    return WRITTEN;
}

static enum written open_list(struct rlc_wire_walk *walk, struct rlc_wire_frame *frame,
                              size_t count, void *field)
{
    const ProtobufCFieldDescriptor *descriptor = rlc_wire_field_of(frame);
    void *wires = rlc_arena_array(walk->arena, count, sizeof(ProtobufCMessage *));

    if (wires == NULL)
        return WRITTEN_NO_MEMORY;
    memcpy(field, &wires, sizeof(wires));
    memcpy(rlc_wire_at(frame->wire, descriptor->quantifier_offset), &count, sizeof(count));
    return WRITTEN;
}

static enum written write_item(struct rlc_wire_walk *walk, struct rlc_wire_frame *frame,
                               const struct rlc_wire_field *row, void *field)
{
    size_t count = *(const size_t *)rlc_wire_at(frame->value, row->count_offset);
    ProtobufCMessage **wires;
    uint8_t *items;

    assert(count >= (size_t)row->low && count <= (size_t)row->high);
    if (frame->item == count) {
        frame->item = 0;
        frame->row++;
        return WRITTEN;
    }
    if (frame->item == 0 && open_list(walk, frame, count, field) != WRITTEN)
        return WRITTEN_NO_MEMORY;

    ProtobufCMessage *wire = new_message(walk->arena, row->type);

    if (wire == NULL)
        return WRITTEN_NO_MEMORY;
    memcpy(&wires, field, sizeof(wires));
    memcpy(&items, rlc_wire_at(frame->value, row->offset), sizeof(items));
    wires[frame->item] = wire;
    rlc_wire_push(walk, row->type, wire, items + frame->item * row->type->size)->filled = true;
    frame->item++;
    return WRITTEN;
}

/* A record that no reader would accept must not leave: it would quarantine its debtor. What is
 * missing counts only if the struct around it is there at all (see leave). */
static void check_member(struct rlc_wire_frame *frame, const struct rlc_wire_field *row,
                         const ProtobufCFieldDescriptor *field, const void *member)
{
    const char *code = rlc_wire_check(row, field, member);

    if (code != NULL && rlc_wire_is_absent(row, member))
        frame->missing = true;
    else
        assert(code == NULL);
}

static enum written write_row(struct rlc_wire_walk *walk, struct rlc_wire_frame *frame)
{
    const struct rlc_wire_field *row = &frame->type->fields[frame->row];
    const ProtobufCFieldDescriptor *field = rlc_wire_field_of(frame);
    void *wire = rlc_wire_at(frame->wire, field->offset);
    const void *member = rlc_wire_at(frame->value, row->offset);

    if (row->form == RLC_FORM_ONE)
        return write_one(walk, frame, row, wire);
    if (row->form == RLC_FORM_MANY)
        return write_item(walk, frame, row, wire);
    frame->row++;
    check_member(frame, row, field, member);
    if (rlc_wire_is_absent(row, member))
        return WRITTEN;
    frame->filled = true;
    return write_plain(walk, row, field, member, wire);
}

/* Ends a level: an embedded struct without content leaves its field absent. */
static void leave(struct rlc_wire_walk *walk)
{
    struct rlc_wire_frame done = *rlc_wire_top(walk);
    const char *member = NULL;

    walk->depth--;
    if (done.filled) {
        assert(!done.missing);
        assert(done.type->check == NULL ||
               done.type->check(done.value, done.flags, &member) == NULL);
    }
    (void)member;

    struct rlc_wire_frame *frame = rlc_wire_top(walk);

    if (frame == NULL)
        return;
    if (frame->type->fields[frame->row].form == RLC_FORM_ONE) {
        if (!done.filled)
            memset(rlc_wire_at(frame->wire, rlc_wire_field_of(frame)->offset), 0, sizeof(void *));
        frame->row++;
    }
    frame->filled = frame->filled || done.filled;
    if (!done.filled && (done.flags & (RLC_REQUIRED | RLC_POSITIVE)) != 0)
        frame->missing = true;
}

static ProtobufCMessage *write_message(const struct rlc_wire_type *type, const void *value,
                                       struct rlc_arena *arena)
{
    struct rlc_wire_walk walk = { .arena = arena };
    ProtobufCMessage *wire = new_message(arena, type);
    struct rlc_wire_frame *frame;

    if (wire == NULL)
        return NULL;
    rlc_wire_push(&walk, type, wire, writable(value))->filled = true;
    while ((frame = rlc_wire_top(&walk)) != NULL) {
        if (frame->row == frame->type->count)
            leave(&walk);
        else if (write_row(&walk, frame) != WRITTEN)
            return NULL;
    }
    return wire;
}

struct rlc_span rlc_wire_encode(const struct rlc_wire_type *type, const void *value,
                                struct rlc_arena *arena)
{
    struct rlc_span none = { NULL, 0 };
    size_t mark = rlc_arena_mark(arena);
    uint8_t *first = rlc_arena_alloc(arena, 1); /* where the bytes will start */
    ProtobufCMessage *wire = first ? write_message(type, value, arena) : NULL;
    size_t size = wire ? protobuf_c_message_get_packed_size(wire) : 0;
    uint8_t *packed = wire && size <= RLC_RECORD_BYTES_MAX ? rlc_arena_alloc(arena, size) : NULL;

    assert(wire == NULL || rlc_wire_check_envelope(type, value) == NULL);
    if (packed == NULL) {
        rlc_arena_rewind(arena, mark);
        return none;
    }
    protobuf_c_message_pack(wire, packed);
    memmove(first, packed, size);
    rlc_arena_rewind(arena, (size_t)(first - arena->base) + size);
    return rlc_span_from(first, size);
}

struct rlc_span rlc_wire_encode_payload(const struct rlc_wire_type *type, const void *value,
                                        struct rlc_arena *arena)
{
    const struct rlc_wire_field *row = rlc_wire_payload_row(type, value);

    assert(row != NULL);
    return rlc_wire_encode(row->type, rlc_wire_at_const(value, row->offset), arena);
}
