/* SPDX-License-Identifier: Apache-2.0 */
/* Damaged and nasty records, by chance with a fixed seed: refused, or fit to be written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "tests/support/ingest_shop.h"
#include "tests/support/random.h"
#include "json/salvage.h"

#include "tests/support/check.h"

/* Whatever is understood can be written: no bound of ours is wider than the record's. */
static void write_event(struct ingest_shop *shop, struct intake_event *event)
{
    for (struct personal *personal = event->personal; personal; personal = personal->next)
        personal->target->key_id = rlc_span_of("k");
    assert_true(event->event.envelope.debtor.size <= RLC_ID_MAX);
    assert_non_null(rlc_debtor_event_encode(&event->event, &shop->arena).data);
}

static void try_bytes(struct ingest_shop *shop, const char *text, size_t size, size_t *ret_good)
{
    struct intake_event *event = NULL;
    struct rlc_fault fault;
    enum rlc_status status = ingest_shop_decode(shop, text, size, "", &event, &fault);

    if (status == RLC_OK) {
        write_event(shop, event);
        ++*ret_good;
    } else {
        assert_int_equal(status, RLC_REJECT);
        assert_non_null(fault.code);
    }
    (void)salvage(rlc_span_from(text, size), &shop->arena);
    rlc_arena_reset(&shop->arena);
}

static void damaged_bytes_never_do_harm(void **state)
{
    enum { ROUNDS = 20000 };
    struct ingest_shop *shop = *state;
    struct random random = { 42 };
    size_t good = 0;

    for (int i = 0; i < ROUNDS; i++) {
        const char *source = shop->example[random_below(&random, shop->count)];
        size_t size = strlen(source);
        /* Of exactly that size: a read behind it is seen by the sanitizer. */
        char *text = malloc(size);

        memcpy(text, source, size);
        for (uint64_t n = random_below(&random, 4); n < 4; n++) {
            size_t at = random_below(&random, size);
            uint64_t how = random_below(&random, 4);

            if (how == 0)
                text[at] = (char)random_next(&random);
            else if (how == 1)
                text[at] = "{}[]\",:\\0-e \n"[random_below(&random, 13)];
            else if (how == 2)
                memmove(text + at, text + at + 1, size - at - 1);
            else
                size = at + 1;
        }
        try_bytes(shop, text, size, &good);
        free(text);
    }
    assert_true(good > 100);
}

static const char *const NASTY[] = {
    "null",
    "true",
    "0",
    "-1",
    "4294967296",
    "9007199254740991",
    "9007199254740992",
    "1.5",
    "\"\"",
    "\"0\"",
    "\"-0.01\"",
    "\"999999999999999999\"",
    "\"9999999999999999.99\"",
    "\"1970-01-01\"",
    "\"2199-12-31\"",
    "\"2200-01-01\"",
    "\"1900-01-01\"",
    "\"1970-01-01T00:00:00Z\"",
    "\"2199-12-31T23:59:59Z\"",
    "\"2200-01-01T00:00:00Z\"",
    "[]",
    "{}",
    "[null]",
    "[[]]",
    "\"0000000000000000000000000000000000000000000000000000000000000000\"",
    "\"JPY\"",
    "\"EUR\"",
    "\"COMPANY\"",
    "\"CONSUMER\"",
    "\"ACCEPTED\"",
    "\"DOCUMENT\"",
    "\"LETTER\"",
    "\"AGREE_PLAN\"",
    "\"MERGE\"",
    "\"ERASE\"",
    "\"CREDITOR_MODE\"",
    "\"\\u0000\"",
    "\"\\ud83d\\ude00\""
};

/* A random value of the tree. */
static void spoil_value(json_t *root, struct random *random)
{
    json_t *object = root;
    const char *name = NULL;

    while (json_is_object(object) && json_object_size(object)) {
        size_t skip = random_below(random, json_object_size(object));
        void *member = json_object_iter(object);
        json_t *value;

        while (skip--)
            member = json_object_iter_next(object, member);
        name = json_object_iter_key(member);
        value = json_object_iter_value(member);
        if (!json_is_object(value) || random_below(random, 8) == 0)
            break;
        object = value;
    }
    if (name && random_below(random, 5) == 0) {
        char text[400];
        size_t size = 60 + random_below(random, 200);

        memset(text, 'a', size);
        text[size] = '\0';
        (void)json_object_set_new(object, name, json_string(text));
    } else if (name) {
        (void)json_object_set_new(object, name,
                                  json_loads(NASTY[random_below(random, RLC_COUNT(NASTY))],
                                             JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL));
    }
}

static void nasty_values_are_refused_or_fit_into_the_record(void **state)
{
    enum { ROUNDS = 30000 };
    struct ingest_shop *shop = *state;
    struct random random = { 43 };
    size_t good = 0;

    for (int i = 0; i < ROUNDS; i++) {
        json_t *root = json_loads(shop->example[random_below(&random, shop->count)], 0, NULL);
        char *text;

        for (uint64_t n = random_below(&random, 2); n < 2; n++)
            spoil_value(root, &random);
        text = json_dumps(root, JSON_COMPACT);
        json_decref(root);
        assert_non_null(text);
        try_bytes(shop, text, strlen(text), &good);
        free(text);
    }
    assert_true(good > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_bytes_never_do_harm),
        cmocka_unit_test(nasty_values_are_refused_or_fit_into_the_record),
    };

    return cmocka_run_group_tests(tests, ingest_shop_open, ingest_shop_close);
}
