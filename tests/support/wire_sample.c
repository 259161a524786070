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

/* A struct that is being filled. */
struct level {
    const struct rlc_wire_type *type;
    void *value;
    size_t row;
    size_t item;
};

struct walk {
    struct level level[RLC_WIRE_DEPTH_MAX];
    size_t depth;
    struct rlc_arena *arena;
};

static void push(struct walk *walk, const struct rlc_wire_type *type, void *value)
{
    assert(walk->depth < RLC_WIRE_DEPTH_MAX);
    walk->level[walk->depth++] = (struct level){ .type = type, .value = value };
}

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

static void sample_plain(const struct level *level, const struct rlc_wire_field *row,
                         struct rlc_arena *arena)
{
    void *member = rlc_wire_at(level->value, row->offset);
    int64_t number = sample_number(row, level->row);
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
        narrow = sample_enum(level->type, level->row);
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
        memset(member, (int)(0xa0 + level->row), (size_t)row->high);
        break;
    case RLC_FORM_CURRENCY:
        memcpy(member, "EUR", 3);
        break;
    case RLC_FORM_ONE:
    case RLC_FORM_MANY:
        assert(!"a plain row");
    }
}

static void sample_list(struct walk *walk, struct level *level, const struct rlc_wire_field *row)
{
    void *items = NULL;

    if (level->item == 0) {
        items = rlc_arena_array(walk->arena, ITEMS, row->type->size);
        assert(items != NULL);
        memcpy(rlc_wire_at(level->value, row->offset), &items, sizeof(items));
        *(size_t *)rlc_wire_at(level->value, row->count_offset) = ITEMS;
    }
    if (level->item == ITEMS) {
        level->item = 0;
        level->row++;
        return;
    }
    memcpy(&items, rlc_wire_at(level->value, row->offset), sizeof(items));
    push(walk, row->type, rlc_wire_at(items, level->item * row->type->size));
    level->item++;
}

static void sample_row(struct walk *walk, struct level *level, int32_t kind)
{
    const struct rlc_wire_field *row = &level->type->fields[level->row];
    bool top_kind = walk->depth == 1 && level->type->has_kinds &&
                    row->offset == level->type->kind_offset && row->form == RLC_FORM_ENUM;

    if (row->form == RLC_FORM_MANY) {
        sample_list(walk, level, row);
        return;
    }
    if (row->form != RLC_FORM_ONE) {
        sample_plain(level, row, walk->arena);
        if (top_kind)
            memcpy(rlc_wire_at(level->value, row->offset), &kind, sizeof(kind));
        level->row++;
        return;
    }
    level->row++;
    if (row->kind == 0 || row->kind == rlc_wire_kind(level->type, level->value))
        push(walk, row->type, rlc_wire_at(level->value, row->offset));
}

void wire_sample(const struct wire_topic *topic, int32_t kind, struct rlc_arena *arena,
                 void *ret_value)
{
    struct walk walk = { .arena = arena };

    push(&walk, topic->type, ret_value);
    while (walk.depth > 0) {
        struct level *level = &walk.level[walk.depth - 1];

        if (level->row == level->type->count)
            walk.depth--;
        else
            sample_row(&walk, level, kind);
    }
}
