/* SPDX-License-Identifier: Apache-2.0 */
/* How a plain struct and its protobuf message are turned into each other: one row per field.
 * Private to common/wire.
 *
 * A type is a list of rows in the order of the message's field numbers; names are the same on both
 * sides (a test compares them). Rows say what the schema language cannot: bounds, required fields,
 * which payload belongs to which kind. One engine walks the rows in both directions (codec_read.c,
 * codec_write.c), without recursion, so that a new event is a few rows and no new code. */
#ifndef RLC_WIRE_CODEC_H
#define RLC_WIRE_CODEC_H

#include <protobuf-c/protobuf-c.h>

#include "common/pure/arena.h"
#include "common/pure/base.h"
#include "common/pure/span.h"
#include "common/pure/status.h"
#include "common/wire/limits.h"

enum rlc_form {
    RLC_FORM_BOOL,
    RLC_FORM_U32,
    RLC_FORM_I32,
    RLC_FORM_I64,
    RLC_FORM_ENUM,
    RLC_FORM_TEXT,     /* struct rlc_span */
    RLC_FORM_BYTES,    /* struct rlc_span */
    RLC_FORM_FIXED,    /* an array of bytes: all of it, or absent */
    RLC_FORM_CURRENCY, /* char[4] */
    RLC_FORM_ONE,      /* a struct by value */
    RLC_FORM_MANY      /* pointer and count */
};

/* Flags of a row. */
enum {
    RLC_OPTIONAL = 0,
    RLC_REQUIRED = 1,
    RLC_POSITIVE = 2,     /* money: more than zero (implies required) */
    RLC_NOT_NEGATIVE = 4, /* money: zero or more */
    RLC_NEEDS_TENANT = 8, /* payload: the envelope must name these */
    RLC_NEEDS_DEBTOR = 16,
    RLC_NEEDS_CREDITOR = 32
};

#define RLC_OF_TENANT  RLC_NEEDS_TENANT
#define RLC_OF_DEBTOR  (RLC_NEEDS_TENANT | RLC_NEEDS_DEBTOR)
#define RLC_OF_ACCOUNT (RLC_OF_DEBTOR | RLC_NEEDS_CREDITOR)

struct rlc_wire_type;

struct rlc_wire_field {
    const char *name;
    size_t offset;       /* of the member */
    size_t count_offset; /* MANY: of the count */
    enum rlc_form form;
    uint32_t flags;
    int64_t low;  /* numbers: least value; MANY: least count */
    int64_t high; /* numbers: greatest value; TEXT, BYTES: most bytes; FIXED: bytes; MANY: most */
    bool (*valid)(struct rlc_span text);
    const struct rlc_wire_type *type; /* ONE, MANY */
    int32_t kind;                     /* != 0: this payload belongs to this kind */
};

struct rlc_wire_type {
    const ProtobufCMessageDescriptor *proto;
    size_t size; /* of the struct */
    const struct rlc_wire_field *fields;
    size_t count;
    /* A rule over the whole struct; `flags` are those of the row that holds it. Returns a fault
     * code and the member at fault, or NULL. */
    const char *(*check)(const void *value, uint32_t flags, const char **ret_member);
    uint32_t needs; /* of a topic without kinds: what its envelope must name */
};

/* Reads a record of a topic's type; see rlc_debtor_event_decode. */
RLC_NODISCARD enum rlc_status rlc_wire_decode(const struct rlc_wire_type *type,
                                              struct rlc_span bytes, struct rlc_arena *arena,
                                              void *ret_value, struct rlc_fault *ret_fault);

/* Writes a record of a topic's type; see rlc_debtor_event_encode. */
struct rlc_span rlc_wire_encode(const struct rlc_wire_type *type, const void *value,
                                struct rlc_arena *arena);

/* The bytes of the one payload that the struct's kind names; for body hashes. */
struct rlc_span rlc_wire_encode_payload(const struct rlc_wire_type *type, const void *value,
                                        struct rlc_arena *arena);

/* Whether a member holds a value its row allows: NULL, or the fault code. Not for ONE. `field` is
 * the message's own description of it. */
const char *rlc_wire_check(const struct rlc_wire_field *row, const ProtobufCFieldDescriptor *field,
                           const void *member);

/* What the envelope of a whole record lacks for its kind: the member's path, or NULL. */
const char *rlc_wire_check_envelope(const struct rlc_wire_type *type, const void *value);

/* Whether a member has its absent value. Not for ONE. */
bool rlc_wire_is_absent(const struct rlc_wire_field *row, const void *member);

/* The row that holds the type's kind; NULL if the type has none. */
const struct rlc_wire_field *rlc_wire_kind_row(const struct rlc_wire_type *type);

/* The row of the payload that the struct's kind names; NULL for a number that is no kind. The type
 * must have kinds. */
const struct rlc_wire_field *rlc_wire_payload_row(const struct rlc_wire_type *type,
                                                  const void *value);

/* Name of an enumerator without its type's prefix ("CAP"), NULL for an unknown number. */
const char *rlc_wire_enum_name(const ProtobufCEnumDescriptor *enumeration, int32_t number);

/* One level of a walk over nested messages. */
struct rlc_wire_frame {
    const struct rlc_wire_type *type;
    const struct rlc_wire_field *kind_row; /* NULL: the type has no kinds */
    ProtobufCMessage *wire;
    void *value;
    size_t row;       /* next row to handle */
    size_t item;      /* next item of a MANY row */
    size_t path_size; /* length of the path of this level */
    uint32_t flags;   /* of the row that holds this value */
    bool filled;      /* writing: something in it is not absent */
    bool missing;     /* writing: something required is absent */
};

/* Deepest nesting of our messages (event, command, plan, instalment, money) and one to spare. */
enum { RLC_WIRE_DEPTH_MAX = 6 };

struct rlc_wire_walk {
    struct rlc_wire_frame frame[RLC_WIRE_DEPTH_MAX];
    size_t depth;
    struct rlc_arena *arena;
};

/* Opens a level below the current one. */
struct rlc_wire_frame *rlc_wire_push(struct rlc_wire_walk *walk, const struct rlc_wire_type *type,
                                     ProtobufCMessage *wire, void *value);

/* Whether the struct is of the kind that this payload row belongs to. */
bool rlc_wire_kind_matches(const struct rlc_wire_frame *frame, const struct rlc_wire_field *row);

static inline struct rlc_wire_frame *rlc_wire_top(struct rlc_wire_walk *walk)
{
    return walk->depth ? &walk->frame[walk->depth - 1] : NULL;
}

/* The member and the message field of a row; `wire` must be of the frame's type. */
static inline const ProtobufCFieldDescriptor *rlc_wire_field_of(const struct rlc_wire_frame *frame)
{
    return &frame->type->proto->fields[frame->row];
}

/* Members are reached as bytes at an offset that the compiler computed from the struct itself. */
static inline void *rlc_wire_at(void *base, size_t offset)
{
    return (uint8_t *)base + offset;
}

static inline const void *rlc_wire_at_const(const void *base, size_t offset)
{
    return (const uint8_t *)base + offset;
}

#endif
