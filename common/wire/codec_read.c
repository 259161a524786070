/* SPDX-License-Identifier: Apache-2.0 */
/* From bytes to a plain struct. Every length is checked against the message around it before it is
 * used, every value against its row before it is kept. */
#include "common/wire/codec.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* A message whose fields are being read. */
struct level {
    const struct rlc_wire_type *type;
    uint8_t *value;
    const uint8_t *end; /* of its bytes */
    size_t row;         /* rows before this one are settled */
    size_t items;       /* MANY: items of `row` entered so far */
    size_t items_all;   /* MANY: items the list was made for */
    uint32_t flags;     /* of the row that holds it */
};

struct reader {
    struct level level[RLC_WIRE_DEPTH_MAX];
    size_t depth;
    const uint8_t *at;
    struct rlc_arena *arena;
    bool full;          /* the arena has no room */
    bool lost;          /* the field at fault could not be told */
    const char *member; /* what a rule over a whole struct found at fault */
};

/* One varint in its shortest form, at most ten bytes; false for anything else. */
static bool read_varint(struct reader *reader, const uint8_t *end, uint64_t *ret_number)
{
    uint64_t number = 0;
    const uint8_t *at = reader->at;

    for (unsigned int shift = 0; at < end && shift < 70; shift += 7) {
        uint8_t byte = *at++;

        if (shift == 63 && byte > 1)
            return false;
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte & 0x80)
            continue;
        if (byte == 0 && shift > 0)
            return false;
        reader->at = at;
        *ret_number = number;
        return true;
    }
    return false;
}

static bool read_length(struct reader *reader, const uint8_t *end, struct rlc_span *ret_bytes)
{
    uint64_t size;

    if (!read_varint(reader, end, &size) || size > (uint64_t)(end - reader->at))
        return false;
    *ret_bytes = rlc_span_from(reader->at, size);
    reader->at += size;
    return true;
}

/* Steps over a field of a schema newer than this program. */
static bool skip_field(struct reader *reader, const uint8_t *end, unsigned int form)
{
    uint64_t number;
    struct rlc_span bytes;
    size_t fixed = form == 1 ? 8 : 4;

    if (form == RLC_WIRE_VARINT)
        return read_varint(reader, end, &number);
    if (form == RLC_WIRE_LENGTH)
        return read_length(reader, end, &bytes);
    if ((form != 1 && form != 5) || (size_t)(end - reader->at) < fixed)
        return false;
    reader->at += fixed;
    return true;
}

/* Settles the payloads before field number `id`, all at once: there are dozens. */
static const char *settle_payloads(struct level *level, uint64_t id)
{
    size_t payload = rlc_wire_payload_row(level->type, level->value);
    size_t next = rlc_wire_row_from(level->type, level->row, id);
    bool left_out = payload >= level->row && payload < next;

    level->row = left_out ? payload : next;
    return left_out ? "MISSING_FIELD" : NULL;
}

/* Settles every row before field number `id`. Returns the fault code or NULL. */
static const char *settle_rows(struct level *level, uint64_t id)
{
    const struct rlc_wire_type *type = level->type;

    while (level->row < type->count && type->proto->fields[level->row].id < id) {
        const struct rlc_wire_field *row = &type->fields[level->row];

        if (row->kind != 0)
            return settle_payloads(level, id);
        if (level->items == 0 && (row->flags & RLC_REQUIRED))
            return "MISSING_FIELD";
        level->items = 0;
        level->items_all = 0;
        level->row++;
    }
    return NULL;
}

static const char *keep_number(const struct rlc_wire_field *row,
                               const ProtobufCFieldDescriptor *field, uint64_t number, void *member)
{
    int64_t wide = (int64_t)number;
    int32_t narrow = (int32_t)wide;
    uint32_t positive = (uint32_t)number;

    if (number == 0)
        return "NOT_CANONICAL";
    if (row->form == RLC_FORM_I64)
        memcpy(member, &wide, sizeof(wide));
    else if (row->form == RLC_FORM_U32)
        memcpy(member, &positive, sizeof(positive));
    else if (row->form == RLC_FORM_BOOL)
        *(bool *)member = true;
    else
        memcpy(member, &narrow, sizeof(narrow));
    /* What does not fit the member was not kept whole. */
    if (rlc_wire_number(row, member) != wide)
        return "OUT_OF_RANGE";
    return rlc_wire_check_number(row, field, wide);
}

static const char *keep_bytes(const struct rlc_wire_field *row, struct rlc_span bytes, void *member)
{
    if (bytes.size == 0)
        return "NOT_CANONICAL";
    if (row->form == RLC_FORM_TEXT || row->form == RLC_FORM_BYTES) {
        *(struct rlc_span *)member = bytes;
    } else {
        size_t expected = row->form == RLC_FORM_CURRENCY ? 3 : (size_t)row->high;

        if (bytes.size != expected)
            return row->form == RLC_FORM_CURRENCY ? "BAD_CURRENCY" : "BAD_LENGTH";
        memcpy(member, bytes.data, bytes.size);
        if (rlc_wire_all_zero(bytes.data, bytes.size))
            return "NOT_CANONICAL";
    }
    return rlc_wire_check_bytes(row, bytes);
}

static void push(struct reader *reader, const struct rlc_wire_type *type, void *value,
                 struct rlc_span bytes)
{
    assert(reader->depth < RLC_WIRE_DEPTH_MAX);
    assert(type->count == type->proto->n_fields);
    reader->level[reader->depth++] =
        (struct level){ .type = type, .value = value, .end = bytes.data + bytes.size };
    reader->at = bytes.data;
}

static const char *enter_one(struct reader *reader, struct level *level,
                             const struct rlc_wire_field *row, struct rlc_span bytes)
{
    if (row->kind != 0 && row->kind != rlc_wire_kind(level->type, level->value))
        return "WRONG_PAYLOAD";
    if (bytes.size == 0 && (row->flags & RLC_REQUIRED))
        return "MISSING_FIELD";
    push(reader, row->type, level->value + row->offset, bytes);
    reader->level[reader->depth - 1].flags = row->flags;
    return NULL;
}

/* Items of the list that starts with the one just read: the same tag again and again. */
static size_t count_items(struct reader *reader, const struct level *level, uint64_t tag)
{
    const uint8_t *first_end = reader->at;
    size_t count = 0;
    uint64_t next = tag;
    struct rlc_span bytes;

    do
        count++;
    while (read_varint(reader, level->end, &next) && next == tag &&
           read_length(reader, level->end, &bytes));
    reader->at = first_end;
    return count;
}

static const char *open_list(struct reader *reader, struct level *level,
                             const struct rlc_wire_field *row, uint64_t tag)
{
    size_t count = count_items(reader, level, tag);
    void *items;

    if (count > (size_t)row->high)
        return "TOO_MANY";
    if (count < (size_t)row->low)
        return "MISSING_FIELD";
    items = rlc_arena_array(reader->arena, count, row->type->size);
    if (items == NULL) {
        reader->full = true;
        return "TOO_LARGE";
    }
    memcpy(level->value + row->offset, &items, sizeof(items));
    memcpy(level->value + row->count_offset, &count, sizeof(count));
    level->items_all = count;
    return NULL;
}

static const char *enter_item(struct reader *reader, struct level *level,
                              const struct rlc_wire_field *row, struct rlc_span bytes, uint64_t tag)
{
    const char *code = level->items == 0 ? open_list(reader, level, row, tag) : NULL;
    uint8_t *items;

    if (code != NULL)
        return code;
    if (level->items == level->items_all)
        return "NOT_CANONICAL";
    memcpy(&items, level->value + row->offset, sizeof(items));
    push(reader, row->type, items + level->items * row->type->size, bytes);
    level->items++;
    return NULL;
}

/* A field that the level's current row describes. */
static const char *read_known(struct reader *reader, struct level *level, uint64_t tag)
{
    const struct rlc_wire_field *row = &level->type->fields[level->row];
    const ProtobufCFieldDescriptor *field = &level->type->proto->fields[level->row];
    unsigned int form = row->form <= RLC_FORM_ENUM ? RLC_WIRE_VARINT : RLC_WIRE_LENGTH;
    void *member = level->value + row->offset;
    const char *code;
    uint64_t number;
    struct rlc_span bytes;

    if ((tag & 7) != form)
        return "NOT_PROTOBUF";
    if (form == RLC_WIRE_VARINT) {
        if (!read_varint(reader, level->end, &number))
            return "NOT_PROTOBUF";
        code = keep_number(row, field, number, member);
    } else {
        if (!read_length(reader, level->end, &bytes))
            return "NOT_PROTOBUF";
        if (row->form == RLC_FORM_MANY)
            return enter_item(reader, level, row, bytes, tag);
        code = row->form == RLC_FORM_ONE ? enter_one(reader, level, row, bytes)
                                         : keep_bytes(row, bytes, member);
    }
    if (code == NULL)
        level->row++;
    return code;
}

static const char *read_field(struct reader *reader, struct level *level)
{
    const ProtobufCMessageDescriptor *proto = level->type->proto;
    const char *code;
    uint64_t tag;

    reader->lost = true;
    if (!read_varint(reader, level->end, &tag) || tag >> 3 == 0)
        return "NOT_PROTOBUF";
    if (level->row > 0 && tag >> 3 <= proto->fields[level->row - 1].id)
        return "NOT_CANONICAL";
    if (level->row == level->type->count || tag >> 3 < proto->fields[level->row].id)
        return skip_field(reader, level->end, tag & 7) ? NULL : "NOT_PROTOBUF";
    reader->lost = false;
    code = settle_rows(level, tag >> 3);
    if (code != NULL)
        return code;
    if (level->row < level->type->count && proto->fields[level->row].id == tag >> 3)
        return read_known(reader, level, tag);
    return skip_field(reader, level->end, tag & 7) ? NULL : "NOT_PROTOBUF";
}

/* All bytes of a level are read: what was left out, and the rule over the whole struct. */
static const char *leave(struct reader *reader, struct level *level)
{
    const char *code = settle_rows(level, UINT64_MAX);

    reader->lost = false;
    const char *member = NULL;

    if (code == NULL && level->type->check != NULL)
        code = level->type->check(level->value, level->flags, &member);
    if (code == NULL)
        reader->depth--;
    else
        reader->member = member;
    return code;
}

static const char *read_record(struct reader *reader, const struct rlc_wire_type *type,
                               struct rlc_span bytes, void *ret_value)
{
    struct rlc_span copy = rlc_arena_copy(reader->arena, bytes);
    const char *code = NULL;

    if (bytes.size != 0 && copy.data == NULL) {
        reader->full = true;
        return "TOO_LARGE";
    }
    push(reader, type, ret_value, copy);
    while (code == NULL && reader->depth > 0) {
        struct level *level = &reader->level[reader->depth - 1];

        code = reader->at == level->end ? leave(reader, level) : read_field(reader, level);
    }
    if (code != NULL)
        return code;
    reader->member = rlc_wire_check_envelope(type, ret_value);
    return reader->member ? "MISSING_FIELD" : NULL;
}

/* The name of what stands at a level: for the last one the member at fault, "" if it is unknown. */
static const char *name_at(const struct reader *reader, const struct level *level, bool last)
{
    /* A row that holds an open level is settled already, one that holds an open list is not. */
    size_t row = level->row - (last || level->items > 0 ? 0 : 1);

    if (last && reader->member != NULL)
        return reader->member;
    if ((last && reader->lost) || row >= level->type->count)
        return "";
    return level->type->fields[row].name;
}

/* Where the reader stands, as "payment_received.allocations[3].amount"; what does not fit is cut.
 */
static void write_path(const struct reader *reader, char *ret_path, size_t size)
{
    size_t used = 0;

    snprintf(ret_path, size, "%s", reader->depth == 0 && reader->member ? reader->member : "");
    for (size_t i = 0; i < reader->depth && used < size; i++) {
        const struct level *level = &reader->level[i];
        bool last = i + 1 == reader->depth;
        const char *name = name_at(reader, level, last);
        const char *dot = used && name[0] ? "." : "";
        int more;

        if (level->items > 0 && !last) {
            more = snprintf(ret_path + used, size - used, "%s%s[%zu]", dot, name, level->items - 1);
        } else {
            more = snprintf(ret_path + used, size - used, "%s%s", dot, name);
        }
        used += (size_t)more;
    }
}

static enum rlc_status reject(struct rlc_fault *fault, const char *code, const char *path)
{
    static const struct {
        const char *code;
        const char *remedy;
    } REMEDIES[] = {
        { "TOO_LARGE", "send a smaller record" },
        { "NOT_PROTOBUF", "send the message that the topic's schema describes" },
        { "NOT_CANONICAL", "write each field once, in ascending order, and no absent one" },
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

enum rlc_status rlc_wire_decode(const struct rlc_wire_type *type, struct rlc_span bytes,
                                struct rlc_arena *arena, void *ret_value,
                                struct rlc_fault *ret_fault)
{
    struct reader reader; /* its levels are set when they open */
    char path[sizeof(ret_fault->path)];
    size_t mark = rlc_arena_mark(arena);
    size_t cap = arena->cap;
    size_t room = cap > mark ? cap - mark : 0;
    const char *code = "TOO_LARGE";

    reader.depth = 0;
    reader.arena = arena;
    reader.full = false;
    reader.lost = false;
    reader.member = NULL;
    memset(ret_value, 0, type->size);
    if (room > RLC_DECODE_BYTES_MAX)
        rlc_arena_cap(arena, RLC_DECODE_BYTES_MAX);
    if (bytes.size <= RLC_RECORD_BYTES_MAX)
        code = read_record(&reader, type, bytes, ret_value);
    arena->cap = cap;
    if (code == NULL)
        return RLC_OK;

    memset(ret_value, 0, type->size);
    rlc_arena_rewind(arena, mark);
    if (reader.full && room < RLC_DECODE_BYTES_MAX)
        return RLC_RETRY;
    write_path(&reader, path, sizeof(path));
    return reject(ret_fault, code, path);
}
