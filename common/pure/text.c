/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/text.h"

#include <string.h>

void rlc_hex_write(const uint8_t *bytes, size_t size, uint8_t *ret_digits)
{
    static const char DIGIT[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        ret_digits[2 * i] = (uint8_t)DIGIT[bytes[i] >> 4];
        ret_digits[2 * i + 1] = (uint8_t)DIGIT[bytes[i] & 15];
    }
}

#define CODE_POINT_MAX UINT32_C(0x10ffff)
#define CHARACTER_MAX  4 /* bytes of one character */

struct code_range {
    uint32_t first;
    uint32_t last;
};

/* What no honest name, identifier or reference contains: it is not seen, or changes how its
 * neighbours are seen. Ascending. Noncharacters at the end of each plane are checked apart. */
static const struct code_range UNCLEAN[] = {
    { 0x0000, 0x001f },   /* C0 controls, with NUL, TAB, LF, CR, ESC */
    { 0x007f, 0x009f },   /* DEL and C1 controls, with NEL */
    { 0x00ad, 0x00ad },   /* soft hyphen */
    { 0x034f, 0x034f },   /* combining grapheme joiner */
    { 0x061c, 0x061c },   /* Arabic letter mark */
    { 0x115f, 0x1160 },   /* Hangul fillers */
    { 0x17b4, 0x17b5 },   /* Khmer inherent vowels */
    { 0x180e, 0x180e },   /* Mongolian vowel separator */
    { 0x200b, 0x200f },   /* zero-width space, joiners, direction marks */
    { 0x2028, 0x202e },   /* line and paragraph separators, embeddings, overrides */
    { 0x2060, 0x206f },   /* word joiner, invisible operators, isolates, deprecated formats */
    { 0x3164, 0x3164 },   /* Hangul filler */
    { 0xfdd0, 0xfdef },   /* noncharacters */
    { 0xfeff, 0xfeff },   /* byte order mark, zero-width no-break space */
    { 0xffa0, 0xffa0 },   /* halfwidth Hangul filler */
    { 0xfff9, 0xfffb },   /* interlinear annotations */
    { 0xe0000, 0xe007f }, /* tags */
};

/* The number of bytes a lead byte announces; 0 for a byte that starts no character. */
static size_t announced_size(uint8_t lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/* Decodes the character at the front of a text that is not empty. Returns its size; 0 when it is
 * ill-formed. */
static size_t decode_character(struct rlc_span text, uint32_t *ret_code)
{
    static const uint32_t smallest[CHARACTER_MAX + 1] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t size = announced_size(text.data[0]);
    uint32_t code;

    if (size == 0 || size > text.size)
        return 0;
    code = size == 1 ? text.data[0] : text.data[0] & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((text.data[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (text.data[i] & 0x3fu);
    }
    if (code < smallest[size] || code > CODE_POINT_MAX || (code >= 0xd800 && code <= 0xdfff))
        return 0;
    *ret_code = code;
    return size;
}

static bool is_clean_code(uint32_t code)
{
    if ((code & 0xfffe) == 0xfffe)
        return false;
    for (size_t i = 0; i < RLC_COUNT(UNCLEAN) && UNCLEAN[i].first <= code; i++) {
        if (code <= UNCLEAN[i].last)
            return false;
    }
    return true;
}

static bool is_any_code(uint32_t code)
{
    (void)code;
    return true;
}

static bool every_character(struct rlc_span text, bool (*accepts)(uint32_t code))
{
    size_t size;

    for (size_t at = 0; at < text.size; at += size) {
        uint32_t code;

        size = decode_character(rlc_span_from(text.data + at, text.size - at), &code);
        if (size == 0 || !accepts(code))
            return false;
    }
    return true;
}

bool rlc_text_is_utf8(struct rlc_span text)
{
    return every_character(text, is_any_code);
}

/* What follows the printable ASCII that a text starts with: for most texts, nothing. Stops before
 * the two separators of keys, which only some texts may have. */
static struct rlc_span after_ascii(struct rlc_span text)
{
    size_t at = 0;

    while (at < text.size && text.data[at] >= 0x20 && text.data[at] < 0x7f &&
           text.data[at] != '|' && text.data[at] != '\\')
        at++;
    return rlc_span_from(text.data + at, text.size - at);
}

bool rlc_text_is_clean(struct rlc_span text)
{
    return every_character(after_ascii(text), is_clean_code);
}

static bool is_id_code(uint32_t code)
{
    return is_clean_code(code) && code != '|' && code != '\\';
}

bool rlc_id_valid(struct rlc_span id)
{
    if (id.size == 0 || id.size > RLC_ID_MAX || id.data[0] == ' ' || id.data[id.size - 1] == ' ')
        return false;
    return every_character(after_ascii(id), is_id_code);
}

static bool is_digit(uint32_t code)
{
    return code >= '0' && code <= '9';
}

static bool is_letter(uint32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
}

/* True when the list of ASCII characters has this one. */
static bool is_one_of(uint32_t code, const char *list)
{
    for (; *list != '\0'; list++) {
        if (code == (uint8_t)*list)
            return true;
    }
    return false;
}

static bool is_tenant_code(uint32_t code)
{
    return (code >= 'a' && code <= 'z') || is_digit(code) || is_one_of(code, "-_.");
}

bool rlc_tenant_valid(struct rlc_span tenant)
{
    return tenant.size > 0 && tenant.size <= RLC_TENANT_MAX &&
           every_character(tenant, is_tenant_code);
}

/* The atext of RFC 5322 without '%' and '!', and the dot between atoms. */
static bool is_local_code(uint32_t code)
{
    return is_letter(code) || is_digit(code) || is_one_of(code, ".#$&'*+-/=?^_`{|}~");
}

static bool is_label_code(uint32_t code)
{
    return is_letter(code) || is_digit(code) || code == '-';
}

static bool label_valid(struct rlc_span label)
{
    return label.size > 0 && label.size <= RLC_DOMAIN_LABEL_MAX && label.data[0] != '-' &&
           label.data[label.size - 1] != '-' && every_character(label, is_label_code);
}

/* An encoded word stands between "=?" and "?=". Readers decode it also in an address, where RFC
 * 2047 5 forbids it, and show another one than the envelope's. */
static bool has_encoded_word(struct rlc_span text)
{
    bool begun = false;

    for (size_t i = 1; i < text.size; i++) {
        if (begun && text.data[i - 1] == '?' && text.data[i] == '=')
            return true;
        begun = begun || (text.data[i - 1] == '=' && text.data[i] == '?');
    }
    return false;
}

/* Dots separate: none at either end, no two in a row. */
static bool local_valid(struct rlc_span local)
{
    if (local.size == 0 || local.size > RLC_EMAIL_LOCAL_MAX || local.data[0] == '.' ||
        local.data[local.size - 1] == '.')
        return false;
    for (size_t i = 1; i < local.size; i++) {
        if (local.data[i] == '.' && local.data[i - 1] == '.')
            return false;
    }
    return every_character(local, is_local_code) && !has_encoded_word(local);
}

bool rlc_domain_valid(struct rlc_span domain)
{
    struct rlc_span label = { NULL, 0 };
    size_t labels = 0;

    if (domain.size > RLC_DOMAIN_MAX)
        return false;
    for (size_t start = 0; start <= domain.size; start += label.size + 1) {
        const uint8_t *from = domain.data + start;
        size_t left = domain.size - start;
        const uint8_t *dot = left ? memchr(from, '.', left) : NULL;

        label = rlc_span_from(from, dot ? (size_t)(dot - from) : left);
        if (!label_valid(label))
            return false;
        labels++;
    }
    /* A top level of digits would be an IPv4 address. */
    return labels >= 2 && !every_character(label, is_digit);
}

struct rlc_span rlc_email_domain(struct rlc_span address)
{
    const uint8_t *at = address.size ? memchr(address.data, '@', address.size) : NULL;
    size_t local_size = at ? (size_t)(at - address.data) : 0;

    if (!at)
        return (struct rlc_span){ NULL, 0 };
    return rlc_span_from(at + 1, address.size - local_size - 1);
}

bool rlc_email_valid(struct rlc_span address)
{
    struct rlc_span domain = rlc_email_domain(address);

    if (domain.data == NULL || address.size > RLC_EMAIL_MAX)
        return false;
    return local_valid(rlc_span_from(address.data, address.size - domain.size - 1)) &&
           rlc_domain_valid(domain);
}

/* ---- spreadsheets ---- */

/* Source: OWASP, "CSV Injection"; the last four are '=', '+', '-' and '@' in full width, which
 * spreadsheets of East Asia take for the same. */
bool rlc_text_is_formula(struct rlc_span text)
{
    static const char *const starts[] = { "=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠" };

    for (size_t i = 0; i < RLC_COUNT(starts); i++) {
        size_t size = strlen(starts[i]);

        if (text.size >= size && memcmp(text.data, starts[i], size) == 0)
            return true;
    }
    return false;
}
