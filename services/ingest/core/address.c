/* SPDX-License-Identifier: Apache-2.0 */
#include "core/address.h"

#include <assert.h>

#include "common/pure/text.h"
#include "common/wire/limits.h"

#define PHONE_DIGITS_MIN 7 /* the shortest international numbers in use */
#define PHONE_DIGITS_MAX 15
#define HOST_MAX         253
#define PORT_DIGITS_MAX  5

static const char HTTPS[] = "https://";

static bool in(uint8_t letter, const char *list)
{
    for (; *list; list++) {
        if (letter == (uint8_t)*list)
            return true;
    }
    return false;
}

static bool is_digit(uint8_t letter)
{
    return letter >= '0' && letter <= '9';
}

static bool is_letter(uint8_t letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

bool phone_valid(struct rlc_span number)
{
    if (number.size < PHONE_DIGITS_MIN + 1 || number.size > PHONE_DIGITS_MAX + 1 ||
        number.data[0] != '+' || number.data[1] == '0')
        return false;
    for (size_t i = 1; i < number.size; i++) {
        if (!is_digit(number.data[i]))
            return false;
    }
    return true;
}

bool postal_lines_valid(struct rlc_span address, size_t lines_max)
{
    size_t lines = 0;
    size_t start = 0;

    while (start <= address.size) {
        const uint8_t *from = address.data + start;
        size_t left = address.size - start;
        const uint8_t *end = left ? memchr(from, '\n', left) : NULL;
        struct rlc_span line = rlc_span_from(from, end ? (size_t)(end - from) : left);

        if (line.size == 0 || ++lines > lines_max || !rlc_text_is_clean(line))
            return false;
        start += line.size + 1;
    }
    return true;
}

/* The host's size, 0 if it is none. */
static size_t host_size(struct rlc_span rest)
{
    size_t size = 0;
    size_t dots = 0;

    while (size < rest.size &&
           (is_letter(rest.data[size]) || is_digit(rest.data[size]) || in(rest.data[size], "-."))) {
        dots += rest.data[size] == '.';
        /* No empty label. */
        if (rest.data[size] == '.' && (size == 0 || rest.data[size - 1] == '.'))
            return 0;
        size++;
    }
    if (dots == 0 || size > HOST_MAX || rest.data[size - 1] == '.')
        return 0;
    return size;
}

static size_t port_size(struct rlc_span rest)
{
    size_t size = 1;

    if (rest.size == 0 || rest.data[0] != ':')
        return 0;
    while (size < rest.size && size <= PORT_DIGITS_MAX && is_digit(rest.data[size]))
        size++;
    return size > 1 ? size : 0;
}

static struct rlc_span without(struct rlc_span text, size_t size)
{
    return rlc_span_from(text.data + size, text.size - size);
}

bool https_valid(struct rlc_span url)
{
    size_t prefix = strlen(HTTPS);
    struct rlc_span rest;
    size_t host;

    if (url.size <= prefix || url.size > RLC_URI_BYTES_MAX || memcmp(url.data, HTTPS, prefix) != 0)
        return false;
    rest = without(url, prefix);
    host = host_size(rest);
    if (host == 0)
        return false;
    rest = without(rest, host);
    rest = without(rest, port_size(rest));
    if (rest.size && !in(rest.data[0], "/?#"))
        return false;
    for (size_t i = 0; i < rest.size; i++) {
        if (rest.data[i] <= ' ' || rest.data[i] >= 0x7f || in(rest.data[i], "\"'<>\\^`{|}"))
            return false;
    }
    return true;
}

static bool letter_valid(struct rlc_span address)
{
    return postal_lines_valid(address, ADDRESS_POSTAL_LINES_MAX);
}

static const char EMAIL_REMEDY[] = "Send an e-mail address in plain ASCII, without display name.";
static const char PHONE_REMEDY[] = "Send an E.164 number such as +33140000000.";
static const char POSTAL_REMEDY[] = "Send one to six postal lines joined by a line feed.";
static const char URL_REMEDY[] = "Send an https URL with a host name.";

static const struct {
    bool (*valid)(struct rlc_span address);
    const char *remedy;
} CHANNELS[] = {
    [RLC_CHANNEL_EMAIL] = { rlc_email_valid, EMAIL_REMEDY },
    [RLC_CHANNEL_LETTER] = { letter_valid, POSTAL_REMEDY },
    [RLC_CHANNEL_REGISTERED_LETTER] = { letter_valid, POSTAL_REMEDY },
    [RLC_CHANNEL_REGISTERED_EMAIL] = { rlc_email_valid, EMAIL_REMEDY },
    [RLC_CHANNEL_SMS] = { phone_valid, PHONE_REMEDY },
    [RLC_CHANNEL_CALL] = { phone_valid, PHONE_REMEDY },
    [RLC_CHANNEL_WEBHOOK] = { https_valid, URL_REMEDY },
    [RLC_CHANNEL_PORTAL] = { https_valid, URL_REMEDY },
    [RLC_CHANNEL_MEETING] = { letter_valid, POSTAL_REMEDY },
};

bool address_valid(enum rlc_channel channel, struct rlc_span address)
{
    assert((size_t)channel < RLC_COUNT(CHANNELS) && CHANNELS[channel].valid);
    return CHANNELS[channel].valid(address);
}

const char *address_remedy(enum rlc_channel channel)
{
    assert((size_t)channel < RLC_COUNT(CHANNELS) && CHANNELS[channel].remedy);
    return CHANNELS[channel].remedy;
}

bool zone_name_valid(struct rlc_span name)
{
    if (name.size == 0 || name.size > RLC_CODE_BYTES_MAX || !is_letter(name.data[0]))
        return false;
    for (size_t i = 0; i < name.size; i++) {
        if (!is_letter(name.data[i]) && !is_digit(name.data[i]) && !in(name.data[i], "/_+-"))
            return false;
    }
    return true;
}
