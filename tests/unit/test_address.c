/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/address.h"

#include "tests/support/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static void numeric_addresses_with_a_port_are_read(void **state)
{
    struct sockaddr_storage address;
    const struct sockaddr_in *four = (const struct sockaddr_in *)&address;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&address;
    socklen_t size;

    (void)state;
    assert_true(rlc_address_parse("127.0.0.1:9464", &address, &size));
    assert_int_equal(size, sizeof(*four));
    assert_int_equal(four->sin_family, AF_INET);
    assert_int_equal(ntohs(four->sin_port), 9464);
    assert_int_equal(ntohl(four->sin_addr.s_addr), INADDR_LOOPBACK);

    assert_true(rlc_address_parse("[::1]:65535", &address, &size));
    assert_int_equal(size, sizeof(*six));
    assert_int_equal(six->sin6_family, AF_INET6);
    assert_int_equal(ntohs(six->sin6_port), 65535);
    assert_int_equal(six->sin6_addr.s6_addr[15], 1);

    assert_true(rlc_address_parse("0.0.0.0:0", &address, &size));
}

static void everything_else_is_refused(void **state)
{
    static const char *const TEXT[] = {
        "",
        ":",
        ":80",
        "127.0.0.1",
        "127.0.0.1:",
        "1.2.3:80",
        "1.2.3.4:65536",
        "1.2.3.4:-1",
        "1.2.3.4:8o",
        "1.2.3.4:000080",
        "localhost:80",
        "::1:80",
        "[::1]",
        "[::1]:",
        "[]:80",
        "[::1:80",
        "[1.2.3.4]:80",
        "1.2.3.4 :80",
        "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:80",
    };
    struct sockaddr_storage address;
    socklen_t size;

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(TEXT); i++) {
        if (rlc_address_parse(TEXT[i], &address, &size))
            fail_msg("'%s' was read", TEXT[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numeric_addresses_with_a_port_are_read),
        cmocka_unit_test(everything_else_is_refused),
    };

    return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
