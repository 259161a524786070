/* SPDX-License-Identifier: Apache-2.0 */
#include "json/canonical.h"

#include <assert.h>
#include <string.h>

#include "common/pure/text.h"
#include "core/rules.h"
#include "core/scan.h"
#include "json/reader.h"
#include "json/shapes.h"

static const char TYPE_PREFIX[] = "io.relance.";
static const char TYPE_SUFFIX[] = ".v1";

/* The attributes of CloudEvents 1.0 and ours. Others are read over. */
struct rlc_attributes {
    struct rlc_span specversion;
    struct rlc_span type;
    struct rlc_span id;
    struct rlc_span source;
    rlc_ms time_ms;
    struct rlc_span tenant;
    struct rlc_span debtor;
    struct rlc_span creditor;
    int64_t revision;
    bool naturalperson;
    struct rlc_span datacontenttype;
    json_t *data;
};

static const struct member ATTRIBUTES[] = {
    { CODE(attributes, specversion), .flags = REQUIRED },
    { AT(attributes, type), .form = FORM_CODE, .high = RLC_ID_MAX, .flags = REQUIRED },
    { ID(attributes, id), .flags = REQUIRED },
    { ID(attributes, source), .flags = REQUIRED },
    { INSTANT("time", attributes, time_ms), .flags = REQUIRED },
    { AT(attributes, tenant), .form = FORM_TENANT },
    { ID(attributes, debtor) },
    { ID(attributes, creditor) },
    { COUNTER("revision", attributes, revision, 1) },
    { FLAG(attributes, naturalperson) },
    { CODE(attributes, datacontenttype) },
    { .name = "data", .form = FORM_OBJECT, .flags = REQUIRED },
};
static const struct shape SHAPE_ATTRIBUTES = {
    .members = ATTRIBUTES,
    .count = RLC_COUNT(ATTRIBUTES),
    .size = sizeof(struct rlc_attributes),
    .open = true,
};

static const struct member *attribute(const char *name)
{
    size_t i = 0;

    while (i + 1 < RLC_COUNT(ATTRIBUTES) && strcmp(ATTRIBUTES[i].name, name) != 0)
        i++;
    return &ATTRIBUTES[i];
}

/* ---- the text ---- */

static bool has_name(const struct shape *shape, struct rlc_span name)
{
    for (; shape; shape = shape->base) {
        for (size_t i = 0; i < shape->count; i++) {
            const struct member *member = &shape->members[i];

            if (rlc_span_equal(name, rlc_span_of(member->name)))
                return true;
            for (size_t k = 0; member->of && k < member->of->count; k++) {
                if (rlc_span_equal(name, rlc_span_of(member->of->members[k].name)))
                    return true;
            }
        }
    }
    return false;
}

/* Whether the schema has a member of this name anywhere. */
static bool is_schema_name(struct rlc_span name)
{
    size_t count;
    const struct event_type *types = event_types(&count);
    bool known = has_name(&SHAPE_ATTRIBUTES, name);

    for (size_t i = 0; !known && i < count; i++)
        known = has_name(types[i].shape, name);
    for (int32_t kind = 1; !known && kind < RLC_COMMAND_KIND_LIFT_FREEZE + 1; kind++)
        known = rlc_word(RLC_VOCABULARY_COMMAND_KIND, kind) &&
                has_name(command_type_of((enum rlc_command_kind)kind)->shape, name);
    return known;
}

static enum rlc_status refuse_text(struct rlc_span bytes, size_t at, const char *code,
                                   const char *remedy, struct rlc_fault *ret_fault)
{
    char path[sizeof(ret_fault->path)];

    scan_place(bytes, at, is_schema_name, path, sizeof(path));
    return rlc_fault_set(ret_fault, code, path, remedy);
}

static const struct {
    enum json_error_code error;
    const char *code;
    const char *remedy;
} PARSE_FAULTS[] = {
    { json_error_invalid_utf8, "NOT_UTF8", "Encode the record as UTF-8." },
    { json_error_duplicate_key, "DUPLICATE_MEMBER", "Send each member of an object once." },
    { json_error_numeric_overflow, "OUT_OF_RANGE", "Send whole numbers below 2^53." },
    { json_error_null_byte_in_key, "UNKNOWN_FIELD", "No member has a NUL in its name." },
    { json_error_unknown, "NOT_JSON", "Send one whole JSON object." }, /* and all others */
};

static enum rlc_status refuse_parse(struct rlc_span bytes, const json_error_t *error,
                                    struct rlc_fault *ret_fault)
{
    size_t i = 0;

    while (i + 1 < RLC_COUNT(PARSE_FAULTS) && PARSE_FAULTS[i].error != json_error_code(error))
        i++;
    return refuse_text(bytes, error->position > 0 ? (size_t)error->position : 0,
                       PARSE_FAULTS[i].code, PARSE_FAULTS[i].remedy, ret_fault);
}

static enum rlc_status parse(struct rlc_span bytes, json_t **ret_root, struct rlc_fault *ret_fault)
{
    json_error_t error;
    size_t at = 0;

    if (bytes.size > RLC_RECORD_BYTES_MAX)
        return rlc_fault_set(ret_fault, "TOO_LARGE", "", "Send at most 900,000 bytes per record.");
    switch (scan_bounds(bytes, &at)) {
    case SCAN_TOO_DEEP:
        return refuse_text(bytes, at, "TOO_DEEP", "Nest at most 8 levels deep.", ret_fault);
    case SCAN_TOO_MANY:
        return refuse_text(bytes, at, "TOO_LARGE", "Send fewer values in one record.", ret_fault);
    case SCAN_FITS:
        break;
    }
    *ret_root = json_loadb(bytes.size ? (const char *)bytes.data : "", bytes.size,
                           JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (!*ret_root && json_error_code(&error) == json_error_out_of_memory)
        return RLC_RETRY;
    if (!*ret_root)
        return refuse_parse(bytes, &error, ret_fault);
    return json_is_object(*ret_root)
               ? RLC_OK
               : rlc_fault_set(ret_fault, "WRONG_TYPE", "", "Send one JSON object per record.");
}

/* ---- attributes ---- */

static const struct event_type *find_type(struct rlc_span type)
{
    struct rlc_span prefix = rlc_span_of(TYPE_PREFIX);
    struct rlc_span suffix = rlc_span_of(TYPE_SUFFIX);
    size_t count;
    const struct event_type *types = event_types(&count);
    struct rlc_span name;

    if (type.size <= prefix.size + suffix.size ||
        memcmp(type.data, prefix.data, prefix.size) != 0 ||
        memcmp(type.data + type.size - suffix.size, suffix.data, suffix.size) != 0)
        return NULL;
    name = rlc_span_from(type.data + prefix.size, type.size - prefix.size - suffix.size);
    for (size_t i = 0; i < count; i++) {
        if (rlc_span_equal(name, rlc_span_of(types[i].name)))
            return &types[i];
    }
    return NULL;
}

static bool serves(const struct tenant_names *tenants, struct rlc_span tenant)
{
    for (size_t i = 0; i < tenants->count; i++) {
        if (rlc_span_equal(tenants->names[i], tenant))
            return true;
    }
    return false;
}

static enum rlc_status check_tenant(const struct reader *reader, struct rlc_span fixed,
                                    const struct tenant_names *tenants,
                                    struct rlc_attributes *attributes)
{
    struct rlc_span said = attributes->tenant;

    if (!said.size && !fixed.size)
        return refuse(reader, attribute("tenant"), NO_INDEX, "MISSING_FIELD",
                      "Name the tenant, or let the source's configuration name it.");
    if (said.size && (fixed.size ? !rlc_span_equal(said, fixed) : !serves(tenants, said)))
        return refuse(reader, attribute("tenant"), NO_INDEX, "WRONG_TENANT",
                      "This source may not speak for that tenant.");
    if (!said.size)
        attributes->tenant = fixed;
    return RLC_OK;
}

static enum rlc_status check_attributes(const struct reader *reader,
                                        const struct rlc_attributes *attributes,
                                        const struct event_type **ret_type)
{
    struct rlc_span content = attributes->datacontenttype;

    *ret_type = find_type(attributes->type);
    if (!rlc_span_equal(attributes->specversion, rlc_span_of("1.0")))
        return refuse(reader, attribute("specversion"), NO_INDEX, "UNKNOWN_VALUE", "Send \"1.0\".");
    if (content.size && !rlc_span_equal(content, rlc_span_of("application/json")))
        return refuse(reader, attribute("datacontenttype"), NO_INDEX, "UNKNOWN_VALUE",
                      "Send application/json, or leave the attribute out.");
    if (!*ret_type)
        return refuse(reader, attribute("type"), NO_INDEX, "UNKNOWN_TYPE",
                      "Send a type of the contract, for example io.relance.invoice.issued.v1.");
    return RLC_OK;
}

static enum rlc_status check_target(const struct reader *reader,
                                    const struct rlc_attributes *attributes, bool of_tenant,
                                    bool of_account)
{
    if (of_tenant && attributes->debtor.size)
        return refuse(reader, attribute("debtor"), NO_INDEX, "INCONSISTENT",
                      "A command about the tenant names no debtor.");
    if (of_tenant && attributes->creditor.size)
        return refuse(reader, attribute("creditor"), NO_INDEX, "INCONSISTENT",
                      "A command about the tenant names the creditor in its payload.");
    if (!of_tenant && !attributes->debtor.size)
        return refuse(reader, attribute("debtor"), NO_INDEX, "MISSING_FIELD",
                      "Name the debtor that this is about.");
    if (of_account && !attributes->creditor.size)
        return refuse(reader, attribute("creditor"), NO_INDEX, "MISSING_FIELD",
                      "Name the creditor whose account this is about.");
    return RLC_OK;
}

/* ---- data ---- */

/* Into its place in the event: what is to be sealed or replaced is remembered by address. */
static enum rlc_status read_command(struct reader *reader, const struct rlc_attributes *attributes,
                                    struct rlc_command *command)
{
    const struct command_type *type;
    json_t *payload = json_object_get(attributes->data, "payload");
    enum rlc_status status = read_object(reader, &SHAPE_COMMAND, attributes->data, command);
    struct reader attribute_reader = *reader;

    if (status != RLC_OK || command->kind == 0)
        return status;
    type = command_type_of(command->kind);
    attribute_reader.prefix = NULL;
    status = go_on(&attribute_reader,
                   check_target(&attribute_reader, attributes, type->target == ABOUT_TENANT,
                                type->target == ABOUT_ACCOUNT));
    if (status != RLC_OK || !json_is_object(payload))
        return status;
    reader->prefix = "data.payload";
    memset(reader->currency, 0, sizeof(reader->currency));
    /* All payloads share one place. */
    return read_object(reader, type->shape, payload, &command->place_hold);
}

static enum rlc_status read_data(struct reader *reader, const struct rlc_attributes *attributes,
                                 const struct event_type *type, struct rlc_debtor_event *event)
{
    enum rlc_status status;

    if (type->kind == RLC_EVENT_KIND_COMMAND_ISSUED) {
        reader->prefix = "data";
        return read_command(reader, attributes, &event->command_issued);
    }
    status = go_on(reader, check_target(reader, attributes, false, type->of_account));
    reader->prefix = "data";
    if (status == RLC_OK)
        status = read_object(reader, type->shape, attributes->data, &event->tick);
    return status;
}

/* The default of a contact's `subject`: `<debtor>/<contact>`. */
static enum rlc_status complete_contact(struct reader *reader, struct rlc_span debtor,
                                        struct rlc_contact *contact)
{
    size_t size = debtor.size + 1 + contact->contact.size;
    struct alias *alias = rlc_arena_alloc(reader->arena, sizeof(*alias));
    uint8_t *subject = rlc_arena_alloc(reader->arena, size);

    if (!subject || !alias)
        return RLC_RETRY;
    memcpy(subject, debtor.data, debtor.size);
    subject[debtor.size] = '/';
    memcpy(subject + debtor.size + 1, contact->contact.data, contact->contact.size);
    contact->subject = rlc_span_from(subject, size);
    *alias = (struct alias){ &contact->subject, true, *reader->aliases };
    *reader->aliases = alias;
    return RLC_OK;
}

/* A subject that begins with the debtor's id may be longer once a pseudonym stands there. */
static enum rlc_status check_subjects(const struct reader *reader, const struct intake_event *event)
{
    static const struct member SUBJECT = { .name = "subject" };
    size_t debtor = event->event.envelope.debtor.size;

    for (const struct alias *alias = event->aliases; alias; alias = alias->next) {
        size_t size = alias->target->size;

        if (event->natural && size > debtor)
            size = size - debtor + PSEUDONYM_SIZE;
        if (alias->is_subject && size > RLC_ID_MAX) {
            return refuse(
                reader, &SUBJECT, NO_INDEX, "TOO_LONG",
                "Send a shorter subject of its own: the debtor's id is too long for one.");
        }
    }
    return RLC_OK;
}

/* Defaults that depend on another value than `time`. */
static enum rlc_status complete(struct reader *reader, struct intake_event *event)
{
    struct rlc_contact *contact = &event->event.contact_upserted;
    enum rlc_status status = RLC_OK;

    if (event->event.kind == RLC_EVENT_KIND_COMMAND_ISSUED)
        event->event.envelope.actor = event->event.command_issued.actor;
    if (event->event.kind == RLC_EVENT_KIND_CONTACT_UPSERTED && !contact->subject.size)
        status = complete_contact(reader, event->event.envelope.debtor, contact);
    return status == RLC_OK ? check_subjects(reader, event) : status;
}

static void fill_envelope(const struct rlc_attributes *attributes, struct rlc_envelope *envelope)
{
    envelope->tenant = attributes->tenant;
    envelope->debtor = attributes->debtor;
    envelope->creditor = attributes->creditor;
    envelope->source = attributes->source;
    envelope->source_event_id = attributes->id;
    envelope->entity_revision = attributes->revision;
    envelope->occurred_at_ms = attributes->time_ms;
}

static bool has_faults(const struct reader *reader)
{
    return reader->all && reader->all->count > 0;
}

static enum rlc_status check_whole(struct reader *reader, struct intake_event *event)
{
    enum rlc_status status = complete(reader, event);

    if (status == RLC_OK)
        status = check_event(&event->event, event->natural, reader->fault);
    return go_on(reader, status);
}

static enum rlc_status read_event(json_t *root, struct rlc_span fixed,
                                  const struct tenant_names *tenants, struct reader *reader,
                                  struct intake_event *event)
{
    struct rlc_attributes attributes = { .data = NULL };
    const struct event_type *type = NULL;
    enum rlc_status status = read_object(reader, &SHAPE_ATTRIBUTES, root, &attributes);

    if (status == RLC_OK)
        status = go_on(reader, check_attributes(reader, &attributes, &type));
    if (status == RLC_OK)
        status = go_on(reader, check_tenant(reader, fixed, tenants, &attributes));
    attributes.data = json_object_get(root, "data");
    if (status != RLC_OK || !type || !json_is_object(attributes.data))
        return status;
    reader->time_ms = attributes.time_ms;
    fill_envelope(&attributes, &event->event.envelope);
    event->natural = attributes.naturalperson;
    event->event.kind = type->kind;
    status = read_data(reader, &attributes, type, &event->event);
    return status == RLC_OK && !has_faults(reader) ? check_whole(reader, event) : status;
}

static enum rlc_status decode(struct rlc_span bytes, struct rlc_span fixed,
                              const struct tenant_names *tenants, struct reader *reader,
                              struct intake_event **ret_event)
{
    size_t mark = rlc_arena_mark(reader->arena);
    struct intake_event *event = rlc_arena_alloc(reader->arena, sizeof(*event));
    json_t *root = NULL;
    enum rlc_status status = RLC_RETRY;

    *ret_event = event;
    if (event) {
        reader->personal = &event->personal;
        reader->aliases = &event->aliases;
        status = parse(bytes, &root, reader->fault);
        if (status == RLC_OK)
            status = read_event(root, fixed, tenants, reader, event);
        else
            status = go_on(reader, status);
    }
    json_decref(root);
    if (status == RLC_OK && has_faults(reader))
        status = RLC_REJECT;
    if (status != RLC_OK)
        rlc_arena_rewind(reader->arena, mark);
    return status;
}

enum rlc_status canonical_decode(struct rlc_span bytes, struct rlc_span fixed,
                                 const struct tenant_names *tenants, struct rlc_arena *arena,
                                 struct intake_event **ret_event, struct rlc_fault *ret_fault)
{
    struct reader reader = { .arena = arena, .fault = ret_fault };

    return decode(bytes, fixed, tenants, &reader, ret_event);
}

enum rlc_status canonical_faults(struct rlc_span bytes, struct rlc_span fixed,
                                 const struct tenant_names *tenants, struct rlc_arena *arena,
                                 struct canonical_faults *ret_faults)
{
    struct rlc_fault fault = { .path = "" };
    struct reader reader = { .arena = arena, .fault = &fault, .all = ret_faults };
    struct intake_event *ignored;

    ret_faults->count = 0;
    return decode(bytes, fixed, tenants, &reader, &ignored);
}
