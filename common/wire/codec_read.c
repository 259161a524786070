/* SPDX-License-Identifier: Apache-2.0 */
/* From bytes to a plain struct. protobuf-c parses, the walk below copies field by field into the
 * struct and refuses whatever a row does not allow. */
#include "common/wire/codec.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* protobuf-c asks this for memory. In front of every piece stands its size, which gives back the
 * length of a string: protobuf-c hands out C strings, and a NUL inside would cut an id short. */
struct memory {
    struct rlc_arena *arena;
    bool full;
};

enum { SIZE_PREFIX = 16 }; /* keeps the pieces aligned */

struct reader {
    struct rlc_wire_walk walk;
    struct memory memory;
    char path[sizeof(((struct rlc_fault *)NULL)->path)];
};

static void *memory_take(void *data, size_t size)
{
    struct memory *memory = data;
    uint8_t *piece = rlc_arena_alloc(memory->arena, size + SIZE_PREFIX);

    if (piece == NULL) {
        memory->full = true;
        return NULL;
    }
    memcpy(piece, &size, sizeof(size));
    return piece + SIZE_PREFIX;
}

static void memory_give(void *data, void *piece)
{
    (void)data;
    (void)piece; /* the arena is rewound as a whole */
}

static struct rlc_span string_of(const ProtobufCFieldDescriptor *field, const char *text)
{
    size_t size;

    if (text == NULL || text == field->default_value)
        return (struct rlc_span){ NULL, 0 };
    memcpy(&size, text - SIZE_PREFIX, sizeof(size));
    assert(size > 0); /* the NUL that protobuf-c adds */
    return rlc_span_from(text, size - 1);
}

/* Texts and byte strings of the message; false when it has the wrong length for a fixed array. */
static bool read_bytes(const struct rlc_wire_field *row, const ProtobufCFieldDescriptor *field,
                       const void *wire, void *member)
{
    struct rlc_span span;

    if (field->type == PROTOBUF_C_TYPE_STRING) {
        const char *text;

        memcpy(&text, wire, sizeof(text));
        span = string_of(field, text);
    } else {
        const ProtobufCBinaryData *data = wire;

        span = rlc_span_from(data->data, data->len);
    }
    if (row->form == RLC_FORM_TEXT || row->form == RLC_FORM_BYTES) {
        *(struct rlc_span *)member = span;
        return true;
    }

    size_t expected = row->form == RLC_FORM_CURRENCY ? 3 : (size_t)row->high;

    if (span.size != 0 && span.size != expected)
        return false;
    if (span.size != 0)
        memcpy(member, span.data, span.size);
    return true;
}

/* One plain field: copied, then checked. Returns the fault code or NULL. */
static const char *read_plain(const struct rlc_wire_field *row,
                              const ProtobufCFieldDescriptor *field, const void *wire, void *member)
{
    protobuf_c_boolean flag;

    switch (row->form) {
    case RLC_FORM_BOOL:
        memcpy(&flag, wire, sizeof(flag));
        *(bool *)member = flag != 0;
        break;
    case RLC_FORM_U32:
    case RLC_FORM_I32:
    case RLC_FORM_ENUM:
        memcpy(member, wire, sizeof(int32_t));
        break;
    case RLC_FORM_I64:
        memcpy(member, wire, sizeof(int64_t));
        break;
    case RLC_FORM_TEXT:
    case RLC_FORM_BYTES:
    case RLC_FORM_FIXED:
    case RLC_FORM_CURRENCY:
        if (!read_bytes(row, field, wire, member))
            return row->form == RLC_FORM_CURRENCY ? "BAD_CURRENCY" : "BAD_LENGTH";
        break;
    case RLC_FORM_ONE:
    case RLC_FORM_MANY:
        assert(!"a plain row");
    }
    return rlc_wire_check(row, field, member);
}

/* Appends ".name", or ".name[item]" for an item, to the path of the frame; what does not fit is
 * cut. */
static void path_append(struct reader *reader, const struct rlc_wire_frame *frame,
                        const struct rlc_wire_field *row, bool item)
{
    size_t size = frame->path_size;
    char *end = reader->path + size;
    size_t room = sizeof(reader->path) - size;
    const char *dot = size ? "." : "";

    if (item)
        snprintf(end, room, "%s%s[%zu]", dot, row->name, frame->item);
    else
        snprintf(end, room, "%s%s", dot, row->name);
}

static void enter(struct reader *reader, struct rlc_wire_frame *frame,
                  const struct rlc_wire_field *row, ProtobufCMessage *wire, void *value)
{
    path_append(reader, frame, row, row->form == RLC_FORM_MANY);

    struct rlc_wire_frame *below = rlc_wire_push(&reader->walk, row->type, wire, value);

    below->path_size = strlen(reader->path);
    below->flags = row->flags;
}

/* A message by value: present where it has to be, absent where it must be. */
static const char *read_one(struct reader *reader, struct rlc_wire_frame *frame,
                            const struct rlc_wire_field *row, void *field)
{
    void *wire;
    bool payload = row->kind != 0;
    bool wanted = payload ? rlc_wire_kind_matches(frame, row)
                          : (row->flags & (RLC_REQUIRED | RLC_POSITIVE)) != 0;

    memcpy(&wire, field, sizeof(wire));
    frame->row++;
    if (wire == NULL)
        return wanted ? "MISSING_FIELD" : NULL;
    if (payload && !wanted)
        return "WRONG_PAYLOAD";
    enter(reader, frame, row, wire, rlc_wire_at(frame->value, row->offset));
    return NULL;
}

/* The list of a MANY row: checked and allocated when its first item is due. */
static const char *open_list(struct reader *reader, const struct rlc_wire_field *row, size_t count,
                             void *member, size_t *ret_count)
{
    if (count < (size_t)row->low)
        return "MISSING_FIELD";
    if (count > (size_t)row->high)
        return "TOO_MANY";
    if (count == 0)
        return NULL;

    void *items = rlc_arena_array(reader->walk.arena, count, row->type->size);

    if (items == NULL) {
        reader->memory.full = true;
        return "TOO_LARGE";
    }
    memcpy(member, &items, sizeof(items));
    *ret_count = count;
    return NULL;
}

static const char *read_item(struct reader *reader, struct rlc_wire_frame *frame,
                             const struct rlc_wire_field *row, void *field, size_t count)
{
    ProtobufCMessage **wires;
    void *member = rlc_wire_at(frame->value, row->offset);
    uint8_t *items;
    const char *code = NULL;

    if (frame->item == 0)
        code = open_list(reader, row, count, member, rlc_wire_at(frame->value, row->count_offset));
    if (code != NULL)
        return code;
    if (frame->item == count) {
        frame->item = 0;
        frame->row++;
        return NULL;
    }
    memcpy(&wires, field, sizeof(wires));
    memcpy(&items, member, sizeof(items));
    enter(reader, frame, row, wires[frame->item], items + frame->item * row->type->size);
    frame->item++;
    return NULL;
}

/* Handles the frame's next row. Returns the fault code or NULL. */
static const char *read_row(struct reader *reader, struct rlc_wire_frame *frame)
{
    const struct rlc_wire_field *row = &frame->type->fields[frame->row];
    const ProtobufCFieldDescriptor *field = rlc_wire_field_of(frame);
    void *wire = rlc_wire_at(frame->wire, field->offset);
    size_t count;

    if (row->form == RLC_FORM_ONE)
        return read_one(reader, frame, row, wire);
    if (row->form == RLC_FORM_MANY) {
        memcpy(&count, rlc_wire_at(frame->wire, field->quantifier_offset), sizeof(count));
        return read_item(reader, frame, row, wire, count);
    }
    frame->row++;
    return read_plain(row, field, wire, rlc_wire_at(frame->value, row->offset));
}

static enum rlc_status reject(struct rlc_fault *fault, const char *code, const char *path)
{
    static const struct {
        const char *code;
        const char *remedy;
    } REMEDIES[] = {
        { "TOO_LARGE", "send a smaller record" },
        { "NOT_PROTOBUF", "send the message that the topic's schema describes" },
        { "NOT_CANONICAL", "write each field once, in its shortest form, and no absent one" },
        { "MISSING_FIELD", "fill in the field" },
        { "OUT_OF_RANGE", "send a value within the bounds of the field" },
        { "UNKNOWN_VALUE", "upgrade the reader before the writer, or correct the value" },
        { "TOO_LONG", "shorten the field" },
        { "TOO_MANY", "send fewer entries, or several records" },
        { "BAD_TEXT", "send clean UTF-8 without control or separator characters" },
        { "BAD_LENGTH", "send the exact number of bytes" },
        { "BAD_CURRENCY", "send an ISO 4217 code in upper case" },
        { "WRONG_PAYLOAD", "set exactly the payload that the kind names" },
    };

    for (size_t i = 0; i < RLC_COUNT(REMEDIES); i++)
        if (strcmp(REMEDIES[i].code, code) == 0)
            return rlc_fault_set(fault, REMEDIES[i].code, path, REMEDIES[i].remedy);
    assert(!"a fault code with a remedy");
    return RLC_REJECT;
}

/* The rule over a whole struct, once all its rows are read. */
static const char *leave(struct reader *reader, struct rlc_wire_frame *frame)
{
    const char *member = NULL;
    const char *code =
        frame->type->check ? frame->type->check(frame->value, frame->flags, &member) : NULL;

    if (code != NULL && member != NULL)
        snprintf(reader->path + frame->path_size, sizeof(reader->path) - frame->path_size, ".%s",
                 member);
    reader->walk.depth--;
    return code;
}

static const char *read_message(struct reader *reader)
{
    struct rlc_wire_frame *frame;

    while ((frame = rlc_wire_top(&reader->walk)) != NULL) {
        const struct rlc_wire_field *row = &frame->type->fields[frame->row];
        size_t depth = reader->walk.depth;
        const char *code;

        reader->path[frame->path_size] = '\0';
        if (frame->row == frame->type->count) {
            code = leave(reader, frame);
        } else {
            code = read_row(reader, frame);
            if (code != NULL && reader->walk.depth == depth)
                path_append(reader, frame, row, false);
        }
        if (code != NULL)
            return code;
    }
    return NULL;
}

/* Parses and walks; the code of what is wrong, with its place in reader->path, or NULL. */
static const char *read_record(struct reader *reader, const struct rlc_wire_type *type,
                               struct rlc_span bytes, void *ret_value)
{
    ProtobufCAllocator allocator = { memory_take, memory_give, &reader->memory };
    const char *code;
    const char *path;

    if (bytes.size > RLC_RECORD_BYTES_MAX)
        return "TOO_LARGE";

    ProtobufCMessage *wire =
        protobuf_c_message_unpack(type->proto, &allocator, bytes.size, bytes.data);

    if (wire == NULL)
        return reader->memory.full ? "TOO_LARGE" : "NOT_PROTOBUF";
    rlc_wire_push(&reader->walk, type, wire, ret_value);
    code = read_message(reader);
    if (code != NULL)
        return code;
    path = rlc_wire_check_envelope(type, ret_value);
    if (path != NULL) {
        snprintf(reader->path, sizeof(reader->path), "%s", path);
        return "MISSING_FIELD";
    }
    /* A field given twice: protobuf-c forgets numbers of the first when it merges two messages, so
     * a provisional payment could become final. No encoder writes such records. */
    return protobuf_c_message_get_packed_size(wire) == bytes.size ? NULL : "NOT_CANONICAL";
}

enum rlc_status rlc_wire_decode(const struct rlc_wire_type *type, struct rlc_span bytes,
                                struct rlc_arena *arena, void *ret_value,
                                struct rlc_fault *ret_fault)
{
    struct reader reader = { .walk = { .arena = arena }, .memory = { .arena = arena } };
    size_t mark = rlc_arena_mark(arena);
    size_t cap = arena->cap;
    size_t room = cap > mark ? cap - mark : 0;
    const char *code;

    memset(ret_value, 0, type->size);
    if (room > RLC_DECODE_BYTES_MAX)
        rlc_arena_cap(arena, RLC_DECODE_BYTES_MAX);
    code = read_record(&reader, type, bytes, ret_value);
    arena->cap = cap;
    if (code == NULL)
        return RLC_OK;

    memset(ret_value, 0, type->size);
    rlc_arena_rewind(arena, mark);
    if (reader.memory.full && room < RLC_DECODE_BYTES_MAX)
        return RLC_RETRY;
    return reject(ret_fault, code, reader.path);
}
