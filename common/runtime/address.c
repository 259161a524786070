/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define PORT_DIGITS_MAX 5

static bool parse_port(const char *text, in_port_t *ret_port)
{
    size_t size = strlen(text);
    uint32_t port = 0;

    if (size == 0 || size > PORT_DIGITS_MAX || strspn(text, "0123456789") != size)
        return false;
    for (; *text; text++)
        port = port * 10 + (uint32_t)(*text - '0');
    if (port > UINT16_MAX)
        return false;
    *ret_port = htons((uint16_t)port);
    return true;
}

bool rlc_address_parse(const char *text, struct sockaddr_storage *ret_address, socklen_t *ret_size)
{
    struct sockaddr_in *four = (struct sockaddr_in *)ret_address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)ret_address;
    const char *colon = strrchr(text, ':');
    bool bracketed = colon && colon > text + 1 && text[0] == '[' && colon[-1] == ']';
    size_t size = colon ? (size_t)(colon - text) - (bracketed ? 2 : 0) : 0;
    char host[INET6_ADDRSTRLEN];

    if (!colon || size >= sizeof(host))
        return false;
    memcpy(host, text + bracketed, size);
    host[size] = '\0';
    memset(ret_address, 0, sizeof(*ret_address));
    if (bracketed) {
        six->sin6_family = AF_INET6;
        *ret_size = sizeof(*six);
        return inet_pton(AF_INET6, host, &six->sin6_addr) == 1 &&
               parse_port(colon + 1, &six->sin6_port);
    }
    four->sin_family = AF_INET;
    *ret_size = sizeof(*four);
    return inet_pton(AF_INET, host, &four->sin_addr) == 1 && parse_port(colon + 1, &four->sin_port);
}
