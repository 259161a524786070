/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/ingest_shop.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/runtime/memory.h"
#include "tests/support/ingest_lab.h"

#include "tests/support/check.h"

#define ARENA_SIZE ((size_t)64 << 20)

int ingest_shop_open(void **state)
{
    struct ingest_shop *shop = calloc(1, sizeof(*shop));

    assert_non_null(shop);
    assert_int_equal(rlc_arena_map(&shop->arena, ARENA_SIZE), RLC_OK);
    shop->count = ingest_lab_examples(shop->example, INGEST_EXAMPLES_MAX);
    shop->tenants[0] = rlc_span_of("acme");
    shop->tenants[1] = rlc_span_of("globex");
    *state = shop;
    return 0;
}

int ingest_shop_close(void **state)
{
    struct ingest_shop *shop = *state;

    for (size_t i = 0; i < shop->count; i++)
        free(shop->example[i]);
    rlc_arena_unmap(&shop->arena);
    free(shop);
    return 0;
}

enum rlc_status ingest_shop_decode(struct ingest_shop *shop, const char *text, size_t size,
                                   const char *fixed, struct intake_event **ret_event,
                                   struct rlc_fault *ret_fault)
{
    struct tenant_names names = { shop->tenants, 2 };

    memset(ret_fault, 0, sizeof(*ret_fault));
    return canonical_decode(rlc_span_from(text, size), rlc_span_of(fixed), &names, &shop->arena,
                            ret_event, ret_fault);
}

enum rlc_status ingest_shop_faults(struct ingest_shop *shop, const char *text, size_t size,
                                   struct canonical_faults *ret_faults)
{
    struct tenant_names names = { shop->tenants, 2 };

    return canonical_faults(rlc_span_from(text, size), rlc_span_of(""), &names, &shop->arena,
                            ret_faults);
}

const char *ingest_shop_example(const struct ingest_shop *shop, const char *what)
{
    for (size_t i = 0; i < shop->count; i++) {
        if (strstr(shop->example[i], what))
            return shop->example[i];
    }
    fail_msg("no example has '%s'", what);
    return NULL;
}

/* The example with members of `data` (and, with "^", of the top) replaced. */
char *ingest_shop_patched(const struct ingest_shop *shop, const char *what, const char *patch)
{
    json_t *root = json_loads(ingest_shop_example(shop, what), 0, NULL);
    json_t *changes = json_loads(patch, 0, NULL);
    json_t *value;
    const char *name;
    char *text;

    assert_true(root && changes);
    json_object_foreach(changes, name, value)
    {
        bool on_top = name[0] == '^';

        (void)json_object_set(on_top ? root : json_object_get(root, "data"),
                              on_top ? name + 1 : name, value);
    }
    text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    json_decref(changes);
    return text;
}

struct intake_event *ingest_shop_accept(struct ingest_shop *shop, const char *text)
{
    struct intake_event *event = NULL;
    struct rlc_fault fault;

    if (ingest_shop_decode(shop, text, strlen(text), "", &event, &fault) != RLC_OK)
        fail_msg("%s at '%s': %s", fault.code, fault.path, text);
    return event;
}

void assert_span(struct rlc_span span, const char *text)
{
    if (!rlc_span_equal(span, rlc_span_of(text)))
        fail_msg("'%.*s' instead of '%s'", (int)span.size, (const char *)span.data, text);
}
