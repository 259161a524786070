/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/json_text.h"

#include <assert.h>
#include <string.h>

#include "common/pure/text.h"

#define REPLACEMENT "\xEF\xBF\xBD"
#define ELLIPSIS    "\xE2\x80\xA6"
/* What must stay free behind every character: the ellipsis, the closing quote, the NUL. */
#define TAIL_ROOM 5
/* The longest form of one character: \u001f. */
#define PIECE_ROOM 7

/* Bytes of the character at the beginning of `text`; 0 when they are no UTF-8. */
static size_t character_size(struct rlc_span text)
{
    uint8_t lead = text.data[0];
    size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    if (size > text.size || !rlc_text_is_utf8(rlc_span_from(text.data, size)))
        return 0;
    return size;
}

/* The code point when it is one that is written as \uXXXX, else 0. C1 controls and the two line
 * separators are legal in JSON, but terminals and line-based tools act on them. */
static unsigned escaped_code(const uint8_t *bytes, size_t size)
{
    if (size == 1)
        return bytes[0];
    if (size == 2 && bytes[0] == 0xC2 && bytes[1] < 0xA0)
        return bytes[1];
    if (size == 3 && bytes[0] == 0xE2 && bytes[1] == 0x80 && (bytes[2] == 0xA8 || bytes[2] == 0xA9))
        return 0x2000u + (bytes[2] & 0x3Fu);
    return 0;
}

static size_t put_escape(unsigned code, char *piece)
{
    static const char HEX[] = "0123456789abcdef";

    piece[0] = '\\';
    piece[1] = 'u';
    for (int digit = 0; digit < 4; digit++)
        piece[2 + digit] = HEX[code >> (12 - 4 * digit) & 0xFu];
    return 6;
}

/* The JSON form of the character at the beginning of `text`; returns its size. */
static size_t put_character(struct rlc_span text, size_t size, char piece[PIECE_ROOM])
{
    static const char SHORT[] = "\"\"\\\\\nn\rr\tt";
    unsigned code;

    if (size == 0) {
        memcpy(piece, REPLACEMENT, sizeof(REPLACEMENT) - 1);
        return sizeof(REPLACEMENT) - 1;
    }
    code = escaped_code(text.data, size);
    for (size_t i = 0; size == 1 && i + 1 < sizeof(SHORT); i += 2) {
        if ((unsigned char)SHORT[i] == code) {
            piece[0] = '\\';
            piece[1] = SHORT[i + 1];
            return 2;
        }
    }
    if (size == 1 ? code < 0x20 || code == 0x7F : code != 0)
        return put_escape(code, piece);
    memcpy(piece, text.data, size);
    return size;
}

size_t rlc_json_quote(struct rlc_span text, size_t size_max, char *buffer, size_t capacity)
{
    size_t written = 0;
    size_t at = 0;

    if (capacity < RLC_JSON_ROOM(0))
        return 0;
    buffer[written++] = '"';
    while (at < text.size) {
        struct rlc_span rest = rlc_span_from(text.data + at, text.size - at);
        char piece[PIECE_ROOM];
        size_t size = character_size(rest);
        size_t piece_size = put_character(rest, size, piece);

        if (at + (size ? size : 1) > size_max || written + piece_size + TAIL_ROOM > capacity)
            break;
        memcpy(buffer + written, piece, piece_size);
        written += piece_size;
        at += size ? size : 1;
    }
    if (at < text.size) {
        memcpy(buffer + written, ELLIPSIS, sizeof(ELLIPSIS) - 1);
        written += sizeof(ELLIPSIS) - 1;
    }
    buffer[written++] = '"';
    buffer[written] = '\0';
    assert(written < capacity);
    return written;
}
