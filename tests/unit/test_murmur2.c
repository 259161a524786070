/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/murmur2.h"

#include "tests/support/check.h"

struct vector {
    const char *key_hex;
    int32_t hash;
    int32_t partition_of_6;
    int32_t partition_of_24;
};

static const struct vector VECTORS[] = {
#include "tests/unit/data/murmur2_vectors.inc"
};

#define KEY_MAX 1025

static uint8_t hex_digit(char digit)
{
    return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

static struct rlc_span key_of(const struct vector *vector, uint8_t buffer[KEY_MAX])
{
    size_t size = strlen(vector->key_hex) / 2;

    assert_in_range(size, 0, KEY_MAX);
    for (size_t i = 0; i < size; i++)
        buffer[i] = (uint8_t)(hex_digit(vector->key_hex[2 * i]) << 4 |
                              hex_digit(vector->key_hex[2 * i + 1]));
    return rlc_span_from(buffer, size);
}

static void hash_and_partition_equal_those_of_the_java_client(void **state)
{
    uint8_t buffer[KEY_MAX];

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(VECTORS); i++) {
        struct rlc_span key = key_of(&VECTORS[i], buffer);

        assert_int_equal(rlc_murmur2(key), VECTORS[i].hash);
        assert_int_equal(rlc_partition_of(key, 6), VECTORS[i].partition_of_6);
        assert_int_equal(rlc_partition_of(key, 24), VECTORS[i].partition_of_24);
    }
}

static void a_hash_does_not_depend_on_where_the_key_lies_in_memory(void **state)
{
    static const uint8_t key[13] = "acme/42-x-y-z";
    uint8_t buffer[8 + sizeof(key)];

    (void)state;
    for (size_t shift = 0; shift < 8; shift++) {
        memcpy(buffer + shift, key, sizeof(key));
        assert_int_equal(rlc_murmur2(rlc_span_from(buffer + shift, sizeof(key))),
                         rlc_murmur2(rlc_span_of("acme/42-x-y-z")));
    }
}

static void one_partition_takes_every_key(void **state)
{
    uint8_t buffer[KEY_MAX];

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(VECTORS); i++)
        assert_int_equal(rlc_partition_of(key_of(&VECTORS[i], buffer), 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_and_partition_equal_those_of_the_java_client),
        cmocka_unit_test(a_hash_does_not_depend_on_where_the_key_lies_in_memory),
        cmocka_unit_test(one_partition_takes_every_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
