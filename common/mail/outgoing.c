/* SPDX-License-Identifier: Apache-2.0 */
/* Shares no code with what wrote the message, and trusts none of it: a header too many is how mail
 * is forged. */
#include "common/mail/outgoing.h"

#include <string.h>

enum { LINE_BYTES_MAX = 998 /* RFC 5322 2.1.1, without CRLF */ };

/* Takes the line at the front, without its CRLF; false when there is no whole and plain one. */
static bool take_line(struct rlc_span *bytes, struct rlc_span *ret_line)
{
    const uint8_t *feed = bytes->size ? memchr(bytes->data, '\n', bytes->size) : NULL;
    size_t size = feed ? (size_t)(feed - bytes->data) : 0;

    if (size == 0 || bytes->data[size - 1] != '\r' || size - 1 > LINE_BYTES_MAX)
        return false;
    for (size_t i = 0; i + 1 < size; i++) {
        if (bytes->data[i] == '\r' || bytes->data[i] == '\0' || bytes->data[i] >= 0x80)
            return false;
    }
    *ret_line = rlc_span_from(bytes->data, size - 1);
    *bytes = rlc_span_from(feed + 1, bytes->size - size - 1);
    return true;
}

static bool starts_header(struct rlc_span line, const char *name)
{
    size_t size = strlen(name);

    return line.size > size && memcmp(line.data, name, size) == 0 && line.data[size] == ':';
}

/* Takes the head with the empty line behind it. */
static bool take_head(struct rlc_span *bytes, const char *const *names, size_t count)
{
    struct rlc_span line;
    size_t seen = 0;

    while (take_line(bytes, &line)) {
        if (line.size == 0)
            return seen == count;
        if (line.data[0] == ' ' && seen > 0)
            continue;
        if (seen == count || !starts_header(line, names[seen]))
            return false;
        seen++;
    }
    return false;
}

bool rlc_mail_outgoing_valid(struct rlc_span bytes, const char *const *names, size_t count)
{
    struct rlc_span line;

    if (!take_head(&bytes, names, count))
        return false;
    while (bytes.size > 0) {
        if (!take_line(&bytes, &line))
            return false;
    }
    return true;
}
