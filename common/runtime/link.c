/* SPDX-License-Identifier: Apache-2.0 */
/* Reads four fields of a protobuf message and steps over the rest. The library would copy every
 * field it does not know, and a trail of ten million records is to be verified in a minute. */
#include "common/runtime/link.h"

#include <stdio.h>
#include <string.h>

#include "common/pure/text.h"
#include "common/wire/words.h"

/* Of the wire format. */
enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };
/* Fields of DebtorFact and AuditRecord, of Envelope and of Chain. */
enum { FIELD_ENVELOPE = 1, FIELD_CHAIN = 2, FIELD_AT = 3, FIELD_KIND = 4 };
enum { FIELD_TENANT = 1, FIELD_DEBTOR = 2 };
enum { FIELD_SEQUENCE = 1, FIELD_PREVIOUS = 2 };

struct field {
    uint64_t number;
    uint64_t value;        /* of a varint */
    struct rlc_span bytes; /* of a field with a length */
};

static bool take_varint(struct rlc_span *rest, uint64_t *ret_value)
{
    uint64_t value = 0;

    for (unsigned int shift = 0; shift < 64; shift += 7) {
        uint8_t byte;

        if (rest->size == 0)
            return false;
        byte = *rest->data++;
        rest->size--;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *ret_value = value;
            return true;
        }
    }
    return false;
}

static bool take_bytes(struct rlc_span *rest, uint64_t size, struct rlc_span *ret_bytes)
{
    if (size > rest->size)
        return false;
    *ret_bytes = rlc_span_from(rest->data, size);
    rest->data += size;
    rest->size -= size;
    return true;
}

static bool take_field(struct rlc_span *rest, struct field *ret_field)
{
    uint64_t tag, size;

    *ret_field = (struct field){ 0 };
    if (!take_varint(rest, &tag))
        return false;
    ret_field->number = tag >> 3;
    switch (tag & 7) {
    case WIRE_VARINT:
        return take_varint(rest, &ret_field->value);
    case WIRE_FIXED64:
        return take_bytes(rest, 8, &ret_field->bytes);
    case WIRE_FIXED32:
        return take_bytes(rest, 4, &ret_field->bytes);
    case WIRE_BYTES:
        return take_varint(rest, &size) && take_bytes(rest, size, &ret_field->bytes);
    default:
        return false;
    }
}

static struct rlc_span clean(struct rlc_span text)
{
    return rlc_text_is_clean(text) ? text : (struct rlc_span){ NULL, 0 };
}

static bool read_envelope(struct rlc_span rest, struct rlc_link *link)
{
    struct field field;

    while (rest.size) {
        if (!take_field(&rest, &field))
            return false;
        if (field.number == FIELD_TENANT)
            link->tenant = clean(field.bytes);
        else if (field.number == FIELD_DEBTOR)
            link->debtor = clean(field.bytes);
    }
    return true;
}

static bool read_chain(struct rlc_span rest, struct rlc_chain *chain)
{
    bool has_previous = false;
    struct field field;

    while (rest.size) {
        if (!take_field(&rest, &field))
            return false;
        if (field.number == FIELD_SEQUENCE) {
            chain->sequence = (int64_t)field.value;
        } else if (field.number == FIELD_PREVIOUS) {
            if (field.bytes.size != sizeof(chain->previous.bytes))
                return false;
            memcpy(chain->previous.bytes, field.bytes.data, field.bytes.size);
            has_previous = true;
        }
    }
    return has_previous && chain->sequence > 0;
}

static bool read_record(struct rlc_span rest, struct rlc_link *link)
{
    bool has_chain = false;
    struct field field;

    while (rest.size) {
        if (!take_field(&rest, &field))
            return false;
        if (field.number == FIELD_ENVELOPE && !read_envelope(field.bytes, link))
            return false;
        if (field.number == FIELD_CHAIN && !read_chain(field.bytes, &link->chain))
            return false;
        has_chain = has_chain || field.number == FIELD_CHAIN;
        if (field.number == FIELD_AT)
            link->at_ms = (rlc_ms)field.value;
        else if (field.number == FIELD_KIND)
            link->kind = (int32_t)field.value;
    }
    return has_chain;
}

bool rlc_link_read(struct rlc_span record, struct rlc_link *ret_link)
{
    *ret_link = (struct rlc_link){ 0 };
    if (read_record(record, ret_link))
        return true;
    *ret_link = (struct rlc_link){ 0 };
    return false;
}

struct rlc_hash rlc_link_head(const struct rlc_hash *previous, const struct rlc_hash *leaf)
{
    struct {
        struct rlc_hash previous;
        struct rlc_hash leaf;
    } link = { *previous, *leaf };

    return rlc_sha256(rlc_span_from(&link, sizeof(link)));
}

bool rlc_hash_equal(const struct rlc_hash *a, const struct rlc_hash *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

const char *rlc_link_kind(struct rlc_span worker, int32_t kind, char buffer[RLC_KIND_WORD_MAX])
{
    bool facts = rlc_span_equal(worker, rlc_span_of("scenario"));
    const char *word = rlc_word(facts ? RLC_VOCABULARY_FACT_KIND : RLC_VOCABULARY_AUDIT_KIND, kind);

    if (word)
        return word;
    (void)snprintf(buffer, RLC_KIND_WORD_MAX, "%d", kind);
    return buffer;
}
