/* SPDX-License-Identifier: Apache-2.0 */
/* The signature of an approval. */
#include "common/runtime/approval.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "tests/support/check.h"

/* A key in a file, as `openssl genpkey` writes it, and its public half. */
struct key {
    char path[32];
    uint8_t public_key[RLC_PUBLIC_KEY_SIZE];
};

static struct key key_of(uint8_t first, int type)
{
    struct key made = { .path = "/tmp/approval-XXXXXX" };
    uint8_t seed[32] = { first };
    size_t size = sizeof(made.public_key);
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(type, NULL, seed, sizeof(seed));
    int descriptor = mkstemp(made.path);
    FILE *file = fdopen(descriptor, "w");

    assert_non_null(key);
    assert_non_null(file);
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(EVP_PKEY_get_raw_public_key(key, made.public_key, &size), 1);
    EVP_PKEY_free(key);
    return made;
}

static struct rlc_approval sample(void)
{
    return (struct rlc_approval){ .kind = RLC_COMMAND_KIND_APPROVE,
                                  .tenant = rlc_span_of("acme"),
                                  .case_id = rlc_span_of("case-1"),
                                  .act = rlc_span_of("FILE"),
                                  .command = rlc_span_of("c1"),
                                  .actor = rlc_span_of("anna"),
                                  .claim_hash = { { 1, 2 } } };
}

static void sign(const struct rlc_approval *approval, const struct key *key,
                 uint8_t ret_signature[RLC_SIGNATURE_SIZE])
{
    struct rlc_error error;

    assert_int_equal(rlc_approval_sign(approval, key->path, ret_signature, &error), RLC_OK);
}

static void the_signed_bytes_are_those_that_the_contract_describes(void **state)
{
    static const uint8_t TEXT[] = "relance-approval-v1\0"
                                  "\0\0\0\7APPROVE"
                                  "\0\0\0\4acme"
                                  "\0\0\0\6case-1"
                                  "\0\0\0\4FILE"
                                  "\0\0\0\2c1"
                                  "\0\0\0\4anna"
                                  "\1\2";
    uint8_t memory[2048];
    struct rlc_approval approval = sample();
    struct rlc_arena arena;
    struct rlc_span bytes;

    (void)state;
    rlc_arena_init(&arena, memory, sizeof(memory));
    bytes = rlc_approval_bytes(&approval, &arena);
    assert_int_equal(bytes.size, sizeof(TEXT) - 1 + 30);
    assert_memory_equal(bytes.data, TEXT, sizeof(TEXT) - 1);
}

static void what_was_signed_is_verified(void **state)
{
    struct key key = key_of(1, EVP_PKEY_ED25519);
    struct rlc_approval approval = sample();
    uint8_t signature[RLC_SIGNATURE_SIZE];

    (void)state;
    sign(&approval, &key, signature);
    assert_true(rlc_approval_verify(&approval, key.public_key,
                                    rlc_span_from(signature, sizeof(signature))));
    assert_int_equal(unlink(key.path), 0);
}

static void each_part_of_an_approval_is_signed(void **state)
{
    struct key key = key_of(1, EVP_PKEY_ED25519);
    struct rlc_approval others[7];
    struct rlc_approval approval = sample();
    uint8_t signature[RLC_SIGNATURE_SIZE];

    (void)state;
    sign(&approval, &key, signature);
    for (size_t i = 0; i < RLC_COUNT(others); i++)
        others[i] = approval;
    others[0].kind = RLC_COMMAND_KIND_REFUSE;
    others[1].tenant = rlc_span_of("acmf");
    others[2].case_id = rlc_span_of("case-2");
    others[3].act = rlc_span_of("SUE");
    others[4].command = rlc_span_of("c2");
    others[5].actor = rlc_span_of("hanna");
    others[6].claim_hash.bytes[31] = 1;
    for (size_t i = 0; i < RLC_COUNT(others); i++)
        assert_false(rlc_approval_verify(&others[i], key.public_key,
                                         rlc_span_from(signature, sizeof(signature))));
    assert_int_equal(unlink(key.path), 0);
}

static void parts_cannot_be_shifted_into_each_other(void **state)
{
    struct key key = key_of(1, EVP_PKEY_ED25519);
    struct rlc_approval approval = sample();
    uint8_t signature[RLC_SIGNATURE_SIZE];

    (void)state;
    sign(&approval, &key, signature);
    approval.command = rlc_span_of("c1a");
    approval.actor = rlc_span_of("nna");
    assert_false(rlc_approval_verify(&approval, key.public_key,
                                     rlc_span_from(signature, sizeof(signature))));
    assert_int_equal(unlink(key.path), 0);
}

static void another_key_or_a_broken_signature_is_no_approval(void **state)
{
    struct key key = key_of(1, EVP_PKEY_ED25519);
    struct key other = key_of(2, EVP_PKEY_ED25519);
    struct rlc_approval approval = sample();
    uint8_t signature[RLC_SIGNATURE_SIZE];

    (void)state;
    sign(&approval, &key, signature);
    assert_false(rlc_approval_verify(&approval, other.public_key,
                                     rlc_span_from(signature, sizeof(signature))));
    assert_false(rlc_approval_verify(&approval, key.public_key,
                                     rlc_span_from(signature, sizeof(signature) - 1)));
    assert_false(rlc_approval_verify(&approval, key.public_key, rlc_span_from(NULL, 0)));
    signature[0] ^= 1;
    assert_false(rlc_approval_verify(&approval, key.public_key,
                                     rlc_span_from(signature, sizeof(signature))));
    assert_int_equal(unlink(key.path), 0);
    assert_int_equal(unlink(other.path), 0);
}

static void a_file_without_such_a_key_does_not_sign(void **state)
{
    struct key other = key_of(1, EVP_PKEY_X25519);
    struct rlc_approval approval = sample();
    uint8_t signature[RLC_SIGNATURE_SIZE];
    struct rlc_error error;

    (void)state;
    assert_int_equal(rlc_approval_sign(&approval, "/nowhere/key.pem", signature, &error),
                     RLC_REJECT);
    assert_non_null(strstr(error.text, "/nowhere/key.pem"));
    assert_int_equal(rlc_approval_sign(&approval, other.path, signature, &error), RLC_REJECT);
    assert_non_null(strstr(error.text, "openssl genpkey"));
    assert_int_equal(unlink(other.path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_signed_bytes_are_those_that_the_contract_describes),
        cmocka_unit_test(what_was_signed_is_verified),
        cmocka_unit_test(each_part_of_an_approval_is_signed),
        cmocka_unit_test(parts_cannot_be_shifted_into_each_other),
        cmocka_unit_test(another_key_or_a_broken_signature_is_no_approval),
        cmocka_unit_test(a_file_without_such_a_key_does_not_sign),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
