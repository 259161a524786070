/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/codec.h"

#include <assert.h>
#include <string.h>

#include "common/wire/envelope.h"
#include "common/wire/rows.h"

static int64_t number_of(const struct rlc_wire_field *row, const void *member)
{
    int64_t wide;
    int32_t narrow;
    uint32_t positive;

    switch (row->form) {
    case RLC_FORM_I64:
        memcpy(&wide, member, sizeof(wide));
        return wide;
    case RLC_FORM_I32:
    case RLC_FORM_ENUM:
        memcpy(&narrow, member, sizeof(narrow));
        return narrow;
    case RLC_FORM_U32:
        memcpy(&positive, member, sizeof(positive));
        return positive;
    case RLC_FORM_BOOL:
        return *(const bool *)member;
    case RLC_FORM_TEXT:
    case RLC_FORM_BYTES:
    case RLC_FORM_FIXED:
    case RLC_FORM_CURRENCY:
    case RLC_FORM_ONE:
    case RLC_FORM_MANY:
        break;
    }
    assert(!"a row of a number");
    return 0;
}

static bool all_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

bool rlc_wire_is_absent(const struct rlc_wire_field *row, const void *member)
{
    switch (row->form) {
    case RLC_FORM_BOOL:
    case RLC_FORM_U32:
    case RLC_FORM_I32:
    case RLC_FORM_I64:
    case RLC_FORM_ENUM:
        return number_of(row, member) == 0;
    case RLC_FORM_TEXT:
    case RLC_FORM_BYTES:
        return ((const struct rlc_span *)member)->size == 0;
    case RLC_FORM_FIXED:
        return all_zero(member, (size_t)row->high);
    case RLC_FORM_CURRENCY:
        return *(const char *)member == '\0';
    case RLC_FORM_ONE:
    case RLC_FORM_MANY:
        break;
    }
    assert(!"a row of a plain member");
    return true;
}

static const char *check_number(const struct rlc_wire_field *row, const void *member)
{
    int64_t value = number_of(row, member);

    return value < row->low || value > row->high ? "OUT_OF_RANGE" : NULL;
}

static const char *check_enum(const struct rlc_wire_field *row,
                              const ProtobufCFieldDescriptor *field, const void *member)
{
    int number = (int)number_of(row, member);

    return protobuf_c_enum_descriptor_get_value(field->descriptor, number) ? NULL : "UNKNOWN_VALUE";
}

static const char *check_span(const struct rlc_wire_field *row, const void *member)
{
    const struct rlc_span *span = member;

    if (span->size > (size_t)row->high)
        return "TOO_LONG";
    return row->valid && !row->valid(*span) ? "BAD_TEXT" : NULL;
}

static const char *check_currency(const void *member)
{
    const char *code = member;
    char known[4];

    return rlc_currency_parse(rlc_span_from(code, 3), known) ? NULL : "BAD_CURRENCY";
}

const char *rlc_wire_check(const struct rlc_wire_field *row, const ProtobufCFieldDescriptor *field,
                           const void *member)
{
    bool counts = row->form == RLC_FORM_U32 || row->form == RLC_FORM_I64;

    if (rlc_wire_is_absent(row, member)) {
        if (row->flags & RLC_REQUIRED)
            return "MISSING_FIELD";
        /* A zero that its row does not allow was left out. */
        return counts && row->low > 0 ? "MISSING_FIELD" : NULL;
    }
    switch (row->form) {
    case RLC_FORM_U32:
    case RLC_FORM_I32:
    case RLC_FORM_I64:
        return check_number(row, member);
    case RLC_FORM_ENUM:
        return check_enum(row, field, member);
    case RLC_FORM_TEXT:
    case RLC_FORM_BYTES:
        return check_span(row, member);
    case RLC_FORM_CURRENCY:
        return check_currency(member);
    case RLC_FORM_BOOL:
    case RLC_FORM_FIXED:
    case RLC_FORM_ONE:
    case RLC_FORM_MANY:
        break;
    }
    return NULL;
}

const struct rlc_wire_field *rlc_wire_kind_row(const struct rlc_wire_type *type)
{
    bool has_kinds = type->count > 0 && type->fields[type->count - 1].kind != 0;

    for (size_t i = 0; has_kinds && i < type->count; i++)
        if (strcmp(type->fields[i].name, "kind") == 0)
            return &type->fields[i];
    return NULL;
}

const struct rlc_wire_field *rlc_wire_payload_row(const struct rlc_wire_type *type,
                                                  const void *value)
{
    const struct rlc_wire_field *kind_row = rlc_wire_kind_row(type);

    assert(kind_row != NULL);

    int64_t kind = number_of(kind_row, rlc_wire_at_const(value, kind_row->offset));

    for (size_t i = 0; kind != 0 && i < type->count; i++)
        if (type->fields[i].kind == kind)
            return &type->fields[i];
    return NULL;
}

static uint32_t needs_of(const struct rlc_wire_type *type, const void *value)
{
    const struct rlc_wire_field *payload =
        rlc_wire_kind_row(type) ? rlc_wire_payload_row(type, value) : NULL;

    return payload ? payload->flags : type->needs;
}

const char *rlc_wire_check_envelope(const struct rlc_wire_type *type, const void *value)
{
    uint32_t needs = needs_of(type, value);

    if (type->fields[0].type != &rlc_envelope_type)
        return NULL;

    const struct rlc_envelope *envelope = rlc_wire_at_const(value, type->fields[0].offset);

    if ((needs & RLC_NEEDS_TENANT) && envelope->tenant.size == 0)
        return "envelope.tenant";
    if ((needs & RLC_NEEDS_DEBTOR) && envelope->debtor.size == 0)
        return "envelope.debtor";
    if ((needs & RLC_NEEDS_CREDITOR) && envelope->creditor.size == 0)
        return "envelope.creditor";
    return NULL;
}

const char *rlc_wire_enum_name(const ProtobufCEnumDescriptor *enumeration, int32_t number)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(enumeration, number);
    const ProtobufCEnumValue *zero = protobuf_c_enum_descriptor_get_value(enumeration, 0);

    /* The zero is always <PREFIX>_UNSPECIFIED: it shows how long the prefix is. */
    return value ? value->name + strlen(zero->name) - strlen("UNSPECIFIED") : NULL;
}

struct rlc_wire_frame *rlc_wire_push(struct rlc_wire_walk *walk, const struct rlc_wire_type *type,
                                     ProtobufCMessage *wire, void *value)
{
    assert(walk->depth < RLC_WIRE_DEPTH_MAX);
    assert(type->count == type->proto->n_fields);

    struct rlc_wire_frame *frame = &walk->frame[walk->depth++];

    *frame = (struct rlc_wire_frame){
        .type = type, .kind_row = rlc_wire_kind_row(type), .wire = wire, .value = value
    };
    return frame;
}

bool rlc_wire_kind_matches(const struct rlc_wire_frame *frame, const struct rlc_wire_field *row)
{
    int32_t kind;

    assert(frame->kind_row != NULL && row->kind != 0);
    memcpy(&kind, rlc_wire_at_const(frame->value, frame->kind_row->offset), sizeof(kind));
    return kind == row->kind;
}
