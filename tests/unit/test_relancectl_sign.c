/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl command approve --key: what leaves is what a filing can be checked with. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "common/runtime/approval.h"
#include "sign.h"

#include "tests/support/check.h"

#define HASH "00000000000000000000000000000000000000000000000000000000000000ab"

static char path[] = "/tmp/sign-XXXXXX";
static uint8_t public_key[RLC_PUBLIC_KEY_SIZE];

static int write_key(void **state)
{
    const uint8_t seed[32] = { 3 };
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof(seed));
    FILE *file = fdopen(mkstemp(path), "w");
    size_t size = sizeof(public_key);

    (void)state;
    assert_non_null(file);
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(EVP_PKEY_get_raw_public_key(key, public_key, &size), 1);
    EVP_PKEY_free(key);
    return fclose(file);
}

static int remove_key(void **state)
{
    (void)state;
    return unlink(path);
}

static int sign(struct ctl_order *order, const char *payload,
                char ret_signature[CTL_SIGNATURE_SIZE])
{
    struct ctl ctl = { .json = false };
    int code;

    order->payload = json_loads(payload, 0, NULL);
    assert_non_null(order->payload);
    code = ctl_sign(&ctl, order, "c1", path, ret_signature);
    json_decref(order->payload);
    return code;
}

static struct ctl_order order_of(const char *kind)
{
    return (struct ctl_order){
        .kind = kind, .tenant = "acme", .actor = "anna", .signing_key = "anna-1"
    };
}

static void a_signed_approval_is_verified_with_the_public_key(void **state)
{
    struct ctl_order order = order_of("APPROVE");
    struct rlc_approval approval = { .kind = RLC_COMMAND_KIND_APPROVE,
                                     .tenant = rlc_span_of("acme"),
                                     .case_id = rlc_span_of("case-1"),
                                     .act = rlc_span_of("FILE"),
                                     .command = rlc_span_of("c1"),
                                     .actor = rlc_span_of("anna"),
                                     .claim_hash = { { 0 } } };
    char written[CTL_SIGNATURE_SIZE];
    uint8_t signature[RLC_SIGNATURE_SIZE + 2];

    (void)state;
    approval.claim_hash.bytes[31] = 0xab;
    assert_int_equal(sign(&order,
                          "{\"case_id\":\"case-1\",\"act\":\"FILE\",\"claim_hash\":\"" HASH "\"}",
                          written),
                     CTL_OK);
    assert_int_equal(strlen(written), CTL_SIGNATURE_SIZE - 1);
    assert_int_equal(EVP_DecodeBlock(signature, (const unsigned char *)written, 88), 66);
    assert_true(
        rlc_approval_verify(&approval, public_key, rlc_span_from(signature, RLC_SIGNATURE_SIZE)));
}

static void what_is_incomplete_or_of_another_kind_is_not_signed(void **state)
{
    static const char PAYLOAD[] =
        "{\"case_id\":\"case-1\",\"act\":\"FILE\",\"claim_hash\":\"" HASH "\"}";
    struct ctl_order order = order_of("WRITE_OFF");
    char written[CTL_SIGNATURE_SIZE];

    (void)state;
    assert_int_equal(sign(&order, PAYLOAD, written), CTL_USAGE);
    order = order_of("REFUSE");
    assert_int_equal(sign(&order, PAYLOAD, written), CTL_OK);
    assert_int_equal(sign(&order, "{\"case_id\":\"case-1\",\"act\":\"FILE\"}", written), CTL_USAGE);
    assert_int_equal(
        sign(&order, "{\"case_id\":\"c\",\"act\":\"FILE\",\"claim_hash\":\"AB\"}", written),
        CTL_USAGE);
    order.actor = NULL;
    assert_int_equal(sign(&order, PAYLOAD, written), CTL_USAGE);
    order = order_of("REFUSE");
    order.signing_key = NULL;
    assert_int_equal(sign(&order, PAYLOAD, written), CTL_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signed_approval_is_verified_with_the_public_key),
        cmocka_unit_test(what_is_incomplete_or_of_another_kind_is_not_signed),
    };

    return cmocka_run_group_tests(tests, write_key, remove_key);
}
