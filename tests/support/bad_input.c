/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/bad_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "tests/support/check.h"

#define HUGE_SIZE ((size_t)990 * 1000) /* the largest that a producer of ours sends */
#define LONG_SIZE ((size_t)100 * 1000)

struct maker {
    const char *example;
    struct bad_input *bad;
    size_t count;
    bool has_debtor;
};

static json_t *parsed(const struct maker *maker)
{
    json_t *root = json_loads(maker->example, 0, NULL);

    assert_non_null(root);
    return root;
}

static struct bad_input *add(struct maker *maker, const char *class_name, const char *code,
                             const char *path)
{
    struct bad_input *bad = &maker->bad[maker->count++];

    assert_true(maker->count <= BAD_INPUTS_MAX);
    bad->class_name = class_name;
    bad->code = code;
    bad->readable = maker->has_debtor;
    (void)snprintf(bad->path, sizeof(bad->path), "%s", path);
    return bad;
}

static void keep(struct bad_input *bad, json_t *root)
{
    bad->text = json_dumps(root, JSON_COMPACT);
    assert_non_null(bad->text);
    bad->size = strlen(bad->text);
    json_decref(root);
}

static char *filled(size_t size)
{
    char *text = malloc(size + 1);

    assert_non_null(text);
    memset(text, 'x', size);
    text[size] = '\0';
    return text;
}

/* ---- attributes ---- */

static const struct {
    const char *class_name;
    const char *name;
    const char *json; /* NULL: left out */
    const char *code;
} ATTRIBUTES[] = {
    { "missing attribute", "specversion", NULL, "MISSING_FIELD" },
    { "missing attribute", "type", NULL, "MISSING_FIELD" },
    { "missing attribute", "id", NULL, "MISSING_FIELD" },
    { "missing attribute", "source", NULL, "MISSING_FIELD" },
    { "missing attribute", "time", NULL, "MISSING_FIELD" },
    { "missing attribute", "data", NULL, "MISSING_FIELD" },
    { "null attribute", "id", "null", "MISSING_FIELD" },
    { "unknown version", "specversion", "\"0.3\"", "UNKNOWN_VALUE" },
    { "unknown type", "type", "\"io.relance.invoice.lost.v1\"", "UNKNOWN_TYPE" },
    { "unknown version of a type", "type", "\"io.relance.invoice.issued.v2\"", "UNKNOWN_TYPE" },
    { "wrong type", "id", "7", "WRONG_TYPE" },
    { "wrong type", "data", "[]", "WRONG_TYPE" },
    { "wrong type", "naturalperson", "\"true\"", "WRONG_TYPE" },
    { "fraction", "revision", "1.0", "WRONG_TYPE" },
    { "revision zero", "revision", "0", "OUT_OF_RANGE" },
    { "huge number", "revision", "99999999999999999999", "OUT_OF_RANGE" },
    { "absurd date", "time", "\"2345-01-01T00:00:00Z\"", "BAD_DATE" },
    { "before our time", "time", "\"1969-07-20T20:17:00Z\"", "BAD_DATE" },
    { "no offset", "time", "\"2026-01-01T00:00:00\"", "BAD_DATE" },
    { "line feed", "id", "\"a\\r\\nb\"", "BAD_ID" },
    { "empty", "id", "\"\"", "BAD_ID" },
    { "separator of keys", "id", "\"a|b\"", "BAD_ID" },
    { "NUL", "id", "\"a\\u0000b\"", "BAD_ID" },
    { "turned around", "id", "\"a\\u202eb\"", "BAD_ID" },
    { "other content", "datacontenttype", "\"text/xml\"", "UNKNOWN_VALUE" },
};

/* Written as text: some of these are no values that a library would write. */
static void spoil_attributes(struct maker *maker)
{
    for (size_t i = 0; i < sizeof(ATTRIBUTES) / sizeof(ATTRIBUTES[0]); i++) {
        struct bad_input *bad =
            add(maker, ATTRIBUTES[i].class_name, ATTRIBUTES[i].code, ATTRIBUTES[i].name);
        json_t *root = parsed(maker);
        char *rest;

        (void)json_object_del(root, ATTRIBUTES[i].name);
        rest = json_dumps(root, JSON_COMPACT);
        json_decref(root);
        bad->text = malloc(strlen(rest) + 256);
        assert_true(rest && bad->text);
        if (ATTRIBUTES[i].json) {
            bad->size = (size_t)sprintf(bad->text, "{\"%s\":%s,%s", ATTRIBUTES[i].name,
                                        ATTRIBUTES[i].json, rest + 1);
        } else {
            bad->size = (size_t)sprintf(bad->text, "%s", rest);
        }
        free(rest);
    }
}

static void spoil_target(struct maker *maker)
{
    json_t *root = parsed(maker);
    struct bad_input *bad;

    (void)json_object_set_new(root, "tenant", json_string("initech"));
    bad = add(maker, "foreign tenant", "WRONG_TENANT", "tenant");
    bad->readable = false;
    keep(bad, root);

    root = parsed(maker);
    if (json_object_del(root, "debtor") == 0) {
        bad = add(maker, "no debtor", "MISSING_FIELD", "debtor");
        bad->readable = false;
    } else {
        (void)json_object_set_new(root, "debtor", json_string("C-1"));
        bad = add(maker, "a debtor too many", "INCONSISTENT", "debtor");
        bad->readable = true;
    }
    keep(bad, root);
    root = parsed(maker);
    if (json_object_del(root, "creditor") == 0)
        keep(add(maker, "no creditor", "MISSING_FIELD", "creditor"), root);
    else
        json_decref(root);
}

/* ---- text ---- */

static char *compact(const struct maker *maker)
{
    json_t *root = parsed(maker);
    char *text = json_dumps(root, JSON_COMPACT);

    json_decref(root);
    assert_non_null(text);
    return text;
}

static void spoil_text(struct maker *maker)
{
    struct bad_input *bad = add(maker, "truncated", "NOT_JSON", "?");
    const char *first;
    char *data, *text;

    bad->text = compact(maker);
    bad->size = strlen(bad->text) - 3;

    bad = add(maker, "nothing", "NOT_JSON", "");
    bad->readable = false;
    bad->text = filled(0);
    bad->size = 0;

    bad = add(maker, "no object", "WRONG_TYPE", "");
    bad->readable = false;
    bad->text = strdup("[1]");
    bad->size = 3;

    bad = add(maker, "two objects", "NOT_JSON", "");
    text = compact(maker);
    bad->text = malloc(strlen(text) * 2 + 1);
    bad->size = (size_t)sprintf(bad->text, "%s%s", text, text);

    bad = add(maker, "invalid UTF-8", "NOT_UTF8", "source");
    bad->text = compact(maker);
    bad->size = strlen(bad->text);
    strstr(bad->text, "\"source\":\"")[10] = (char)0xff;

    /* The first member of data once more, before it. */
    data = strstr(text, "\"data\":{") + strlen("\"data\":{");
    first = data;
    bad = add(maker, "duplicate member", "DUPLICATE_MEMBER", "");
    (void)snprintf(bad->path, sizeof(bad->path), "data.%.*s", (int)strcspn(first + 1, "\""),
                   first + 1);
    bad->text = malloc(strlen(text) + 100);
    bad->size = (size_t)sprintf(bad->text, "%.*s%.*s:1,%s", (int)(data - text), text,
                                (int)strcspn(first + 1, "\"") + 2, first, data);

    bad = add(maker, "deep nesting", "TOO_DEEP", "data");
    bad->text = malloc(strlen(text) + 100);
    bad->size = (size_t)sprintf(bad->text, "%.*s\"deep\":[[[[[[[0]]]]]]],%s", (int)(data - text),
                                text, data);
    free(text);
}

static void spoil_size(struct maker *maker)
{
    char *huge = filled(HUGE_SIZE);
    char *large = filled(LONG_SIZE);
    json_t *root = parsed(maker);
    json_t *many = json_array();

    (void)json_object_set_new(root, "id", json_string(huge));
    keep(add(maker, "a string of a megabyte", "TOO_LARGE", ""), root);
    root = parsed(maker);
    (void)json_object_set_new(root, "id", json_string(large));
    keep(add(maker, "a string of 100 kB", "TOO_LONG", "id"), root);
    for (int i = 0; i < 40000; i++)
        (void)json_array_append_new(many, json_integer(0));
    root = parsed(maker);
    (void)json_object_set_new(json_object_get(root, "data"), "documents", many);
    keep(add(maker, "40,000 values", "TOO_LARGE", "?"), root);
    free(huge);
    free(large);
}

/* ---- data ---- */

static const struct {
    const char *class_name;
    const char *names; /* members this is tried on: each that the example has */
    const char *json;
    const char *code;
} VALUES[] = {
    { "negative amount", " total amount credit_limit accepted open ", "\"-5.00\"", "BAD_AMOUNT" },
    { "amount as a number", " total amount credit_limit ", "5.0", "WRONG_TYPE" },
    { "too many decimals", " total amount ", "\"5.000\"", "BAD_AMOUNT" },
    { "grouped amount", " total amount ", "\"1,000.00\"", "BAD_AMOUNT" },
    { "19 digits", " total amount ", "\"12345678901234567.89\"", "BAD_AMOUNT" },
    { "nothing owed", " total amount ", "\"0.00\"", "OUT_OF_RANGE" },
    { "unknown currency", " currency ", "\"EUX\"", "BAD_CURRENCY" },
    { "small currency", " currency ", "\"eur\"", "BAD_CURRENCY" },
    { "absurd date",
      " issued_on due_on received_on reversed_on cancelled_on opened_on resolved_on made_on ",
      "\"2345-01-01\"", "BAD_DATE" },
    { "a day that never was", " issued_on received_on opened_on made_on ", "\"2026-02-30\"",
      "BAD_DATE" },
    { "a date as a number", " issued_on received_on ", "20260101", "WRONG_TYPE" },
    { "unknown word", " kind reason result clock reach channel preferred_channel method ",
      "\"NONSENSE\"", "UNKNOWN_VALUE" },
    { "unspecified word", " kind reason result clock reach ", "\"UNSPECIFIED\"", "UNKNOWN_VALUE" },
    { "wrong type", " document payment dispute promise hold contact command country name zone ",
      "{}", "WRONG_TYPE" },
    { "line feed", " document payment dispute promise hold contact command actor ", "\"a\\nb\"",
      "BAD_ID" },
    { "invisible", " reason_code segment owner customer_number registry_id name remittance ",
      "\"a\\u200bb\"", "BAD_TEXT" },
    { "no list", " allocations references roles channels documents address ", "\"x\"",
      "WRONG_TYPE" },
};

static bool is_listed(const char *names, const char *name)
{
    char padded[64];

    (void)snprintf(padded, sizeof(padded), " %s ", name);
    return strstr(names, padded) != NULL;
}

static void spoil_object(struct maker *maker, const char *prefix, json_t *(*object)(json_t *root),
                         size_t rule)
{
    json_t *model = parsed(maker);
    const char *name;
    json_t *value;

    json_object_foreach(object(model), name, value)
    {
        json_t *root;
        struct bad_input *bad;

        if (!is_listed(VALUES[rule].names, name))
            continue;
        root = parsed(maker);
        (void)json_object_set_new(object(root), name,
                                  json_loads(VALUES[rule].json, JSON_DECODE_ANY, NULL));
        bad = add(maker, VALUES[rule].class_name, VALUES[rule].code, "");
        (void)snprintf(bad->path, sizeof(bad->path), "%s.%s", prefix, name);
        keep(bad, root);
        break;
    }
    json_decref(model);
}

static json_t *data_of(json_t *root)
{
    return json_object_get(root, "data");
}

static json_t *payload_of(json_t *root)
{
    return json_object_get(data_of(root), "payload");
}

static void spoil_data(struct maker *maker)
{
    json_t *root = parsed(maker);

    for (size_t i = 0; i < sizeof(VALUES) / sizeof(VALUES[0]); i++) {
        spoil_object(maker, "data", data_of, i);
        if (payload_of(root))
            spoil_object(maker, "data.payload", payload_of, i);
    }
    (void)json_object_set_new(data_of(root), "surprise", json_integer(1));
    keep(add(maker, "unknown member", "UNKNOWN_FIELD", "data"), root);
}

/* What proto/README.md marks with a star. */
static const struct {
    const char *type;
    const char *names;
} REQUIRED[] = {
    { "debtor.upserted", "kind country zone language name" },
    { "contact.upserted", "contact roles channels" },
    { "invoice.issued", "document currency total issued_on due_on" },
    { "invoice.amended", "document currency total issued_on due_on" },
    { "invoice.cancelled", "document cancelled_on" },
    { "credit_note.issued", "document currency total issued_on" },
    { "payment.received", "payment currency amount received_on" },
    { "payment.reversed", "payment reversed_on" },
    { "opening_item.entered", "document currency total issued_on due_on open" },
    { "dispute.opened", "dispute document reason opened_on" },
    { "dispute.resolved", "dispute result resolved_on" },
    { "promise.made", "promise currency amount made_on promised_for channel" },
    { "promise.withdrawn", "promise withdrawn_on" },
    { "hold.placed", "hold reach reason clock" },
    { "hold.lifted", "hold" },
    { "command.issued", "command kind actor payload" },
};

static void leave_out(struct maker *maker, const char *names)
{
    char copy[128];
    char *rest = copy;
    const char *name;

    (void)snprintf(copy, sizeof(copy), "%s", names);
    while ((name = strtok_r(rest, " ", &rest)) != NULL) {
        json_t *root = parsed(maker);
        struct bad_input *bad = add(maker, "missing member", "MISSING_FIELD", "");

        assert_int_equal(json_object_del(data_of(root), name), 0);
        (void)snprintf(bad->path, sizeof(bad->path), "data.%s", name);
        keep(bad, root);
    }
}

size_t bad_inputs_of(const char *example, struct bad_input *ret_bad)
{
    struct maker maker = { .example = example, .bad = ret_bad };
    json_t *root = parsed(&maker);
    const char *type = json_string_value(json_object_get(root, "type"));

    memset(ret_bad, 0, BAD_INPUTS_MAX * sizeof(*ret_bad));
    maker.has_debtor = json_object_get(root, "debtor") != NULL;
    spoil_attributes(&maker);
    spoil_target(&maker);
    spoil_text(&maker);
    spoil_size(&maker);
    spoil_data(&maker);
    for (size_t i = 0; i < sizeof(REQUIRED) / sizeof(REQUIRED[0]); i++) {
        if (strstr(type, REQUIRED[i].type))
            leave_out(&maker, REQUIRED[i].names);
    }
    json_decref(root);
    return maker.count;
}

void bad_inputs_free(struct bad_input *bad, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(bad[i].text);
}
