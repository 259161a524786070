/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/codec.h"

#include <assert.h>
#include <string.h>

#include "common/wire/envelope.h"
#include "common/wire/rows.h"

const char *rlc_wire_check_number(const struct rlc_wire_field *row,
                                  const ProtobufCFieldDescriptor *field, int64_t number)
{
    const ProtobufCEnumDescriptor *words = field->descriptor;

    if (row->form == RLC_FORM_ENUM)
        return protobuf_c_enum_descriptor_get_value(words, (int)number) ? NULL : "UNKNOWN_VALUE";
    return number < row->low || number > row->high ? "OUT_OF_RANGE" : NULL;
}

const char *rlc_wire_check_bytes(const struct rlc_wire_field *row, struct rlc_span bytes)
{
    char known[4];

    if (row->form == RLC_FORM_CURRENCY)
        return rlc_currency_parse(bytes, known) ? NULL : "BAD_CURRENCY";
    if (bytes.size > (size_t)row->high)
        return "TOO_LONG";
    return row->valid && !row->valid(bytes) ? "BAD_TEXT" : NULL;
}

int32_t rlc_wire_kind(const struct rlc_wire_type *type, const void *value)
{
    int32_t kind;

    assert(type->has_kinds);
    memcpy(&kind, rlc_wire_at_const(value, type->kind_offset), sizeof(kind));
    return kind;
}

size_t rlc_wire_row_from(const struct rlc_wire_type *type, size_t from, uint64_t id)
{
    size_t end = type->count;

    while (from < end) {
        size_t middle = from + (end - from) / 2;

        if (type->proto->fields[middle].id < id)
            from = middle + 1;
        else
            end = middle;
    }
    return from;
}

size_t rlc_wire_payload_row(const struct rlc_wire_type *type, const void *value)
{
    int32_t kind = rlc_wire_kind(type, value);
    size_t row = kind > 0 ? rlc_wire_row_from(type, 0, RLC_PAYLOAD_ID(kind)) : type->count;

    return row < type->count && type->fields[row].kind == kind ? row : type->count;
}

static uint32_t needs_of(const struct rlc_wire_type *type, const void *value)
{
    size_t payload = type->has_kinds ? rlc_wire_payload_row(type, value) : type->count;

    return payload < type->count ? type->fields[payload].flags : type->needs;
}

const char *rlc_wire_check_envelope(const struct rlc_wire_type *type, const void *value)
{
    if (type->fields[0].type != &rlc_envelope_type)
        return NULL;

    const struct rlc_envelope *envelope = rlc_wire_at_const(value, type->fields[0].offset);
    uint32_t needs = needs_of(type, value);

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
