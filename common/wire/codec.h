/* SPDX-License-Identifier: Apache-2.0 */
/* How a plain struct and its protobuf bytes are turned into each other: one row per field. Private
 * to common/wire and to the state records of a worker.
 *
 * A type is a list of rows in the order of the message's field numbers; names are the same on both
 * sides (a test compares them). Rows say what the schema language cannot: bounds, required fields,
 * which payload belongs to which kind. One engine walks the rows in both directions (codec_read.c,
 * codec_write.c), without recursion, so that a new event is a few rows and no new code.
 *
 * The engine reads and writes the bytes itself, with protobuf-c's descriptors for numbers and types
 * (docs/decisions/0007-rows-read-bytes.md). It accepts one form of a record only: fields in
 * ascending order, each once, numbers in their shortest form, nothing absent written out. All
 * protobuf encoders write that form. */
#ifndef RLC_WIRE_CODEC_H
#define RLC_WIRE_CODEC_H

#include <protobuf-c/protobuf-c.h>
#include <string.h>

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
    RLC_POSITIVE = 2 | RLC_REQUIRED, /* money: more than zero */
    RLC_NOT_NEGATIVE = 4,            /* money: zero or more */
    RLC_NEEDS_TENANT = 8,            /* payload: the envelope must name these */
    RLC_NEEDS_DEBTOR = 16,
    RLC_NEEDS_CREDITOR = 32
};

#define RLC_OF_TENANT  RLC_NEEDS_TENANT
#define RLC_OF_DEBTOR  (RLC_NEEDS_TENANT | RLC_NEEDS_DEBTOR)
#define RLC_OF_ACCOUNT (RLC_OF_DEBTOR | RLC_NEEDS_CREDITOR)

struct rlc_wire_type;

/* Small, since every record walks over dozens of them. */
struct rlc_wire_field {
    const char *name;
    const struct rlc_wire_type *type; /* ONE, MANY */
    bool (*valid)(struct rlc_span text);
    int64_t low;  /* numbers: least value; MANY: least count */
    int64_t high; /* numbers: greatest value; TEXT, BYTES: most bytes; FIXED: bytes; MANY: most */
    uint16_t offset;       /* of the member */
    uint16_t count_offset; /* MANY: of the count */
    uint8_t form;          /* enum rlc_form */
    uint8_t flags;
    int16_t kind; /* != 0: this payload belongs to this kind; such rows come last, ascending */
};

struct rlc_wire_type {
    const ProtobufCMessageDescriptor *proto;
    size_t size; /* of the struct */
    const struct rlc_wire_field *fields;
    size_t count;
    bool has_kinds;
    size_t kind_offset; /* of the member `kind` */
    /* A rule over the whole struct; `flags` are those of the row that holds it. Returns a fault
     * code and the member at fault, or NULL. */
    const char *(*check)(const void *value, uint32_t flags, const char **ret_member);
    uint32_t needs; /* of a topic without kinds: what its envelope must name */
};

/* The field number of a kind's payload. */
#define RLC_PAYLOAD_ID(kind) (UINT64_C(100) + (uint64_t)(kind))

/* Deepest nesting of our messages (event, command, plan, instalment, money) and one to spare. */
enum { RLC_WIRE_DEPTH_MAX = 6 };

/* How a field is written (the schema has no others). */
enum rlc_wire_form { RLC_WIRE_VARINT = 0, RLC_WIRE_LENGTH = 2 };

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

/* The fault code of a number (BOOL to ENUM) or of bytes (TEXT to CURRENCY) that are present but not
 * allowed by their row; NULL if they are. */
const char *rlc_wire_check_number(const struct rlc_wire_field *row,
                                  const ProtobufCFieldDescriptor *field, int64_t number);
const char *rlc_wire_check_bytes(const struct rlc_wire_field *row, struct rlc_span bytes);

/* What the envelope of a whole record lacks for its kind: the member's path, or NULL. */
const char *rlc_wire_check_envelope(const struct rlc_wire_type *type, const void *value);

/* The kind of a struct whose type has kinds. */
int32_t rlc_wire_kind(const struct rlc_wire_type *type, const void *value);

/* The first row from `from` on whose field number is not below `id`; `count` if there is none. */
size_t rlc_wire_row_from(const struct rlc_wire_type *type, size_t from, uint64_t id);

/* The row of the payload that the struct's kind names; `count` for a number that is no kind. */
size_t rlc_wire_payload_row(const struct rlc_wire_type *type, const void *value);

/* Name of an enumerator without its type's prefix ("CAP"), NULL for an unknown number. */
const char *rlc_wire_enum_name(const ProtobufCEnumDescriptor *enumeration, int32_t number);

/* Members are reached as bytes at an offset that the compiler computed from the struct itself. */
static inline void *rlc_wire_at(void *base, size_t offset)
{
    return (uint8_t *)base + offset;
}

static inline const void *rlc_wire_at_const(const void *base, size_t offset)
{
    return (const uint8_t *)base + offset;
}

/* The number in a BOOL, U32, I32, I64 or ENUM member. */
static inline int64_t rlc_wire_number(const struct rlc_wire_field *row, const void *member)
{
    int64_t wide;
    int32_t narrow;
    uint32_t positive;

    if (row->form == RLC_FORM_I64) {
        memcpy(&wide, member, sizeof(wide));
        return wide;
    }
    if (row->form == RLC_FORM_U32) {
        memcpy(&positive, member, sizeof(positive));
        return positive;
    }
    if (row->form == RLC_FORM_BOOL)
        return *(const bool *)member;
    memcpy(&narrow, member, sizeof(narrow));
    return narrow;
}

static inline bool rlc_wire_all_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* The bytes of a TEXT, BYTES, FIXED or CURRENCY member; none if it is absent. */
static inline struct rlc_span rlc_wire_bytes(const struct rlc_wire_field *row, const void *member)
{
    size_t size = (size_t)row->high;

    if (row->form == RLC_FORM_TEXT || row->form == RLC_FORM_BYTES)
        return *(const struct rlc_span *)member;
    if (row->form == RLC_FORM_CURRENCY)
        return rlc_span_from(member, *(const char *)member ? 3 : 0);
    return rlc_span_from(member, rlc_wire_all_zero(member, size) ? 0 : size);
}

#endif
