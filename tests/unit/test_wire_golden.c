/* SPDX-License-Identifier: Apache-2.0 */
/* Golden bytes: every record that a released program may have written is in tests/golden as hex and
 * must decode for ever, to a struct that encodes to the same bytes. `test_wire_golden --write` adds
 * what is missing and never touches what is there. */
#include "tests/support/check.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/random.h"
#include "tests/support/wire_sample.h"

enum {
    VALUE_BYTES = 2048, /* the largest topic struct, with room */
    ARENA_BYTES = 2 * RLC_DECODE_BYTES_MAX,
    GOLDEN_BYTES_MAX = 64 * 1024,
    FILES_MAX = 512,
    MUTATIONS = 400 /* per golden record */
};

struct fixture {
    struct rlc_arena arena;
    max_align_t value[VALUE_BYTES / sizeof(max_align_t)];
    max_align_t again[VALUE_BYTES / sizeof(max_align_t)];
};

static int set_up(void **state)
{
    static struct fixture fixture;
    void *memory = malloc(ARENA_BYTES);

    if (memory == NULL)
        return -1;
    rlc_arena_init(&fixture.arena, memory, ARENA_BYTES);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    free(fixture->arena.base);
    return 0;
}

static size_t read_hex(const char *path, uint8_t *ret_bytes)
{
    static const char DIGITS[] = "0123456789abcdef";
    FILE *file = fopen(path, "r");
    size_t digits = 0;
    int letter;

    if (file == NULL)
        return 0;
    while (digits < 2 * (size_t)GOLDEN_BYTES_MAX && (letter = fgetc(file)) != EOF) {
        const char *digit = letter ? strchr(DIGITS, letter) : NULL;

        if (digit == NULL)
            continue;
        ret_bytes[digits / 2] = (uint8_t)(ret_bytes[digits / 2] << 4 | (digit - DIGITS));
        digits++;
    }
    fclose(file);
    return digits / 2;
}

static bool write_hex(const char *path, struct rlc_span bytes)
{
    FILE *file = fopen(path, "wx"); /* fails on an existing file */

    if (file == NULL)
        return false;
    for (size_t i = 0; i < bytes.size; i++)
        fprintf(file, "%02x%s", bytes.data[i], i + 1 == bytes.size || i % 40 == 39 ? "\n" : "");
    return fclose(file) == 0;
}

static void golden_path(const struct wire_topic *topic, const char *kind, int version, char *ret,
                        size_t size)
{
    snprintf(ret, size, "%s/%s/%s-%d.hex", RLC_GOLDEN_DIR, topic->name, kind, version);
}

/* The version of the golden file that equals `bytes`; `*ret_next` is the first unused one. */
static int find_version(const struct wire_topic *topic, const char *kind, struct rlc_span bytes,
                        int *ret_next)
{
    static uint8_t stored[GOLDEN_BYTES_MAX];
    char path[512];
    size_t size;

    for (*ret_next = 1;; (*ret_next)++) {
        golden_path(topic, kind, *ret_next, path, sizeof(path));
        size = read_hex(path, stored);
        if (size == 0)
            return 0;
        if (rlc_span_equal(rlc_span_from(stored, size), bytes))
            return *ret_next;
    }
}

static struct rlc_span encode_sample(struct fixture *fixture, const struct wire_topic *topic,
                                     int32_t kind)
{
    assert_true(topic->type->size <= sizeof(fixture->value));
    rlc_arena_reset(&fixture->arena);
    memset(fixture->value, 0, sizeof(fixture->value));
    wire_sample(topic, kind, &fixture->arena, fixture->value);
    return rlc_wire_encode(topic->type, fixture->value, &fixture->arena);
}

/* Calls `visit` with the sample of every kind of every topic. */
static void each_sample(struct fixture *fixture,
                        void (*visit)(const struct wire_topic *, const char *, struct rlc_span))
{
    for (size_t t = 0; t < WIRE_TOPIC_COUNT; t++) {
        const struct wire_topic *topic = &WIRE_TOPICS[t];
        size_t kinds = topic->kinds ? topic->kinds->n_values : 1;

        for (size_t k = topic->kinds ? 1 : 0; k < kinds; k++) {
            int32_t kind = topic->kinds ? topic->kinds->values[k].value : 0;
            const char *name = topic->kinds ? rlc_wire_enum_name(topic->kinds, kind) : "ANY";

            visit(topic, name, encode_sample(fixture, topic, kind));
        }
    }
}

static void expect_golden(const struct wire_topic *topic, const char *kind, struct rlc_span bytes)
{
    int next;

    assert_true(bytes.size > 0);
    if (find_version(topic, kind, bytes, &next) == 0)
        fail_msg("%s %s has no golden file of today's fields: run test_wire_golden --write",
                 topic->name, kind);
}

static void add_golden(const struct wire_topic *topic, const char *kind, struct rlc_span bytes)
{
    char path[512];
    int next;

    if (find_version(topic, kind, bytes, &next) != 0)
        return;
    golden_path(topic, kind, next, path, sizeof(path));
    *strrchr(path, '/') = '\0';
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        fail_msg("cannot create %s", path);
    golden_path(topic, kind, next, path, sizeof(path));
    if (!write_hex(path, bytes))
        fail_msg("cannot write %s", path);
    print_message("added %s\n", path);
}

static void every_kind_has_a_golden_record_with_all_of_its_fields(void **state)
{
    each_sample(*state, expect_golden);
}

/* Calls `visit` with every golden file. */
static void each_golden(struct fixture *fixture,
                        void (*visit)(struct fixture *, const struct wire_topic *, const char *,
                                      struct rlc_span))
{
    static uint8_t bytes[GOLDEN_BYTES_MAX];
    size_t count = 0;

    for (size_t t = 0; t < WIRE_TOPIC_COUNT; t++) {
        struct dirent **names;
        char path[512];

        snprintf(path, sizeof(path), "%s/%s", RLC_GOLDEN_DIR, WIRE_TOPICS[t].name);

        int files = scandir(path, &names, NULL, alphasort);

        assert_true(files >= 0);
        for (int i = 0; i < files; i++) {
            if (strstr(names[i]->d_name, ".hex") != NULL) {
                snprintf(path, sizeof(path), "%s/%s/%s", RLC_GOLDEN_DIR, WIRE_TOPICS[t].name,
                         names[i]->d_name);
                visit(fixture, &WIRE_TOPICS[t], path, rlc_span_from(bytes, read_hex(path, bytes)));
                count++;
            }
            free(names[i]);
        }
        free(names);
    }
    assert_true(count > 0 && count < FILES_MAX);
}

static void decode_and_encode(struct fixture *fixture, const struct wire_topic *topic,
                              const char *path, struct rlc_span bytes)
{
    struct rlc_fault fault = { 0 };

    rlc_arena_reset(&fixture->arena);

    enum rlc_status status =
        rlc_wire_decode(topic->type, bytes, &fixture->arena, fixture->value, &fault);

    if (status != RLC_OK)
        fail_msg("%s no longer decodes: %s at '%s'", path, fault.code, fault.path);

    struct rlc_span again = rlc_wire_encode(topic->type, fixture->value, &fixture->arena);

    if (!rlc_span_equal(again, bytes))
        fail_msg("%s encodes to other bytes than it was decoded from", path);
}

static void golden_records_decode_and_encode_to_the_same_bytes(void **state)
{
    each_golden(*state, decode_and_encode);
}

/* Flips bytes and cuts the end, by a fixed random. */
static struct rlc_span mutate(struct rlc_span bytes, struct random *random, uint8_t *ret_copy)
{
    size_t flips = random_below(random, 4);
    size_t size = random_below(random, 3) == 0 ? random_below(random, bytes.size + 1) : bytes.size;

    memcpy(ret_copy, bytes.data, size);
    for (size_t i = 0; i < flips && size > 0; i++)
        ret_copy[random_below(random, size)] = (uint8_t)random_next(random);
    return rlc_span_from(ret_copy, size);
}

/* Whatever is accepted must be a record to protobuf-c too, in the one form that it writes itself;
 * and it must be writable again, and stable from then on. */
static void expect_stable(struct fixture *fixture, const struct wire_topic *topic,
                          struct rlc_span bytes)
{
    struct rlc_fault fault = { 0 };
    ProtobufCMessage *message =
        protobuf_c_message_unpack(topic->type->proto, NULL, bytes.size, bytes.data);

    assert_non_null(message);
    assert_int_equal(protobuf_c_message_get_packed_size(message), bytes.size);
    protobuf_c_message_free_unpacked(message, NULL);

    struct rlc_span once = rlc_wire_encode(topic->type, fixture->value, &fixture->arena);

    assert_non_null(once.data);
    assert_int_equal(rlc_wire_decode(topic->type, once, &fixture->arena, fixture->again, &fault),
                     RLC_OK);

    struct rlc_span twice = rlc_wire_encode(topic->type, fixture->again, &fixture->arena);

    assert_true(rlc_span_equal(once, twice));
}

static void decode_mutations(struct fixture *fixture, const struct wire_topic *topic,
                             const char *path, struct rlc_span bytes)
{
    struct random random = { UINT64_C(20260504) };
    uint8_t *copy = malloc(bytes.size + 1); /* exact, so that the sanitizer sees a read past it */

    assert_non_null(copy);
    for (int i = 0; i < MUTATIONS; i++) {
        struct rlc_fault fault = { 0 };
        struct rlc_span broken = mutate(bytes, &random, copy);

        rlc_arena_reset(&fixture->arena);

        enum rlc_status status =
            rlc_wire_decode(topic->type, broken, &fixture->arena, fixture->value, &fault);

        if (status == RLC_OK) {
            expect_stable(fixture, topic, broken);
            continue;
        }
        assert_int_equal(status, RLC_REJECT);
        if (fault.code == NULL || (fault.path[0] == '\0' && strncmp(fault.code, "NOT_", 4) != 0))
            fail_msg("%s, mutation %d: a fault without code or place", path, i);
        assert_int_equal(fixture->arena.used, 0);
    }
    free(copy);
}

static void damaged_records_decode_or_say_where_they_are_wrong(void **state)
{
    each_golden(*state, decode_mutations);
}

static void check_rows(const struct rlc_wire_type *type)
{
    assert_int_equal(type->count, type->proto->n_fields);
    for (size_t i = 0; i < type->count; i++) {
        const struct rlc_wire_field *row = &type->fields[i];
        const ProtobufCFieldDescriptor *field = &type->proto->fields[i];

        assert_string_equal(row->name, field->name);
        if (row->type != NULL)
            assert_ptr_equal(row->type->proto, field->descriptor);
        assert_int_equal(row->form == RLC_FORM_MANY, field->label == PROTOBUF_C_LABEL_REPEATED);
        if (row->kind != 0)
            assert_int_equal(field->id, 100 + row->kind);
    }
}

static bool form_fits(const struct rlc_wire_field *row, const ProtobufCFieldDescriptor *field)
{
    switch (row->form) {
    case RLC_FORM_BOOL:
        return field->type == PROTOBUF_C_TYPE_BOOL;
    case RLC_FORM_U32:
        return field->type == PROTOBUF_C_TYPE_UINT32;
    case RLC_FORM_I32:
        return field->type == PROTOBUF_C_TYPE_INT32;
    case RLC_FORM_I64:
        return field->type == PROTOBUF_C_TYPE_INT64;
    case RLC_FORM_ENUM:
        return field->type == PROTOBUF_C_TYPE_ENUM;
    case RLC_FORM_TEXT:
    case RLC_FORM_CURRENCY:
        return field->type == PROTOBUF_C_TYPE_STRING;
    case RLC_FORM_BYTES:
    case RLC_FORM_FIXED:
        return field->type == PROTOBUF_C_TYPE_BYTES;
    case RLC_FORM_ONE:
    case RLC_FORM_MANY:
        return field->type == PROTOBUF_C_TYPE_MESSAGE;
    }
    return false;
}

/* Visits every type that the topics reach, each once. */
static void rows_and_schema_agree_on_names_forms_and_kinds(void **state)
{
    const struct rlc_wire_type *known[256];
    size_t count = 0;

    (void)state;
    for (size_t t = 0; t < WIRE_TOPIC_COUNT; t++)
        known[count++] = WIRE_TOPICS[t].type;
    for (size_t next = 0; next < count; next++) {
        check_rows(known[next]);
        for (size_t i = 0; i < known[next]->count; i++) {
            const struct rlc_wire_type *below = known[next]->fields[i].type;
            bool seen = below == NULL;

            assert_true(form_fits(&known[next]->fields[i], &known[next]->proto->fields[i]));
            for (size_t k = 0; k < count && !seen; k++)
                seen = known[k] == below;
            if (!seen)
                known[count++] = below;
            assert_true(count < RLC_COUNT(known));
        }
    }
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--write") == 0) {
        void *state = NULL;

        if (set_up(&state) != 0)
            return 1;
        each_sample(state, add_golden);
        return tear_down(&state);
    }

    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_schema_agree_on_names_forms_and_kinds),
        cmocka_unit_test_setup_teardown(every_kind_has_a_golden_record_with_all_of_its_fields,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(golden_records_decode_and_encode_to_the_same_bytes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(damaged_records_decode_or_say_where_they_are_wrong, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
