/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/wire_sample.h"

#include <assert.h>
#include <stdio.h>

#include "relance/v1/audit.pb-c.h"
#include "relance/v1/bundle.pb-c.h"
#include "relance/v1/debtor_fact.pb-c.h"
#include "relance/v1/legal_filing.pb-c.h"
#include "relance/v1/legal_inbox.pb-c.h"
#include "relance/v1/reference.pb-c.h"

const struct wire_topic WIRE_TOPICS[] = {
    { "debtor_event", "DebtorEvent", &rlc_debtor_event_type, &relance__v1__event_kind__descriptor },
    { "debtor_fact", "DebtorFact", &rlc_debtor_fact_type, &relance__v1__fact_kind__descriptor },
    { "contact_request", "ContactRequest", &rlc_contact_request_type, NULL },
    { "command", "Command", &rlc_command_type, &relance__v1__command_kind__descriptor },
    { "reference", "ReferenceEvent", &rlc_reference_event_type,
      &relance__v1__reference_event_kind__descriptor },
    { "legal_inbox", "LegalInbox", &rlc_legal_inbox_type,
      &relance__v1__legal_inbox_kind__descriptor },
    { "legal_filing", "LegalFiling", &rlc_legal_filing_type,
      &relance__v1__filing_kind__descriptor },
    { "audit_record", "AuditRecord", &rlc_audit_record_type, &relance__v1__audit_kind__descriptor },
    { "bundle_record", "BundleRecord", &rlc_bundle_record_type,
      &relance__v1__bundle_record_kind__descriptor },
    { "dead_letter", "DeadLetter", &rlc_dead_letter_type, NULL },
    { "checkpoint", "Checkpoint", &rlc_checkpoint_type, NULL },
};
const size_t WIRE_TOPIC_COUNT = RLC_COUNT(WIRE_TOPICS);

enum { ITEMS = 2 };

/* Values follow from the place of the field, so that swapped fields show. */
static int64_t sample_number(const struct rlc_wire_field *row, size_t index)
{
    int64_t value = 1000 + (int64_t)index;

    if (row->form == RLC_FORM_BOOL)
        return 1;
    return value > row->high ? row->high : value;
}

static struct rlc_span sample_text(const struct rlc_wire_field *row, struct rlc_arena *arena)
{
    char *text = rlc_arena_alloc(arena, 64);

    assert(text != NULL);
    snprintf(text, 64, "%s.1", row->name);
    return rlc_span_of(text);
}

/* The last enumerator that a single choice may have; bits and payload kinds come from elsewhere. */
static int32_t sample_enum(const struct rlc_wire_type *type, size_t row)
{
    const ProtobufCEnumDescriptor *values = type->proto->fields[row].descriptor;

    return values->values[values->n_values - 1].value;
}

static void sample_plain(const struct rlc_wire_frame *frame, const struct rlc_wire_field *row,
                         struct rlc_arena *arena)
{
    void *member = rlc_wire_at(frame->value, row->offset);
    int64_t number = sample_number(row, frame->row);
    int32_t narrow = (int32_t)number;

    switch (row->form) {
    case RLC_FORM_BOOL:
        *(bool *)member = true;
        break;
    case RLC_FORM_U32:
    case RLC_FORM_I32:
        memcpy(member, &narrow, sizeof(narrow));
        break;
    case RLC_FORM_ENUM:
        narrow = sample_enum(frame->type, frame->row);
        memcpy(member, &narrow, sizeof(narrow));
        break;
    case RLC_FORM_I64:
        memcpy(member, &number, sizeof(number));
        break;
    case RLC_FORM_TEXT:
    case RLC_FORM_BYTES:
        *(struct rlc_span *)member = sample_text(row, arena);
        break;
    case RLC_FORM_FIXED:
        memset(member, (int)(0xa0 + frame->row), (size_t)row->high);
        break;
    case RLC_FORM_CURRENCY:
        memcpy(member, "EUR", 3);
        break;
    case RLC_FORM_ONE:
    case RLC_FORM_MANY:
        assert(!"a plain row");
    }
}

static void sample_list(struct rlc_wire_walk *walk, struct rlc_wire_frame *frame,
                        const struct rlc_wire_field *row)
{
    void *items = NULL;

    if (frame->item == 0) {
        items = rlc_arena_array(walk->arena, ITEMS, row->type->size);
        assert(items != NULL);
        memcpy(rlc_wire_at(frame->value, row->offset), &items, sizeof(items));
        *(size_t *)rlc_wire_at(frame->value, row->count_offset) = ITEMS;
    }
    if (frame->item == ITEMS) {
        frame->item = 0;
        frame->row++;
        return;
    }
    memcpy(&items, rlc_wire_at(frame->value, row->offset), sizeof(items));
    rlc_wire_push(walk, row->type, NULL, rlc_wire_at(items, frame->item * row->type->size));
    frame->item++;
}

static void sample_row(struct rlc_wire_walk *walk, struct rlc_wire_frame *frame, int32_t kind)
{
    const struct rlc_wire_field *row = &frame->type->fields[frame->row];
    bool top_kind = row == frame->kind_row && walk->depth == 1;

    if (row->form == RLC_FORM_MANY) {
        sample_list(walk, frame, row);
        return;
    }
    if (row->form != RLC_FORM_ONE) {
        sample_plain(frame, row, walk->arena);
        if (top_kind)
            memcpy(rlc_wire_at(frame->value, row->offset), &kind, sizeof(kind));
        frame->row++;
        return;
    }
    frame->row++;
    if (row->kind == 0 || rlc_wire_kind_matches(frame, row))
        rlc_wire_push(walk, row->type, NULL, rlc_wire_at(frame->value, row->offset));
}

void wire_sample(const struct wire_topic *topic, int32_t kind, struct rlc_arena *arena,
                 void *ret_value)
{
    struct rlc_wire_walk walk = { .arena = arena };
    struct rlc_wire_frame *frame;

    rlc_wire_push(&walk, topic->type, NULL, ret_value);
    while ((frame = rlc_wire_top(&walk)) != NULL) {
        if (frame->row == frame->type->count)
            walk.depth--;
        else
            sample_row(&walk, frame, kind);
    }
}
