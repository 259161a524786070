/* SPDX-License-Identifier: Apache-2.0 */
#include "plain.h"

#include <stdint.h>
#include <string.h>

#include "common/pure/base.h"

/* U+00A0 to U+00FF by their letter; '_' parts words, ' ' goes, '.' stays as it is. */
static const char LATIN_1[] = "_..............."
                              " ......... ....."
                              "aaaaaaaceeeeiiii"
                              "dnooooo.ouuuuy.s"
                              "aaaaaaaceeeeiiii"
                              "dnooooo.ouuuuy.y";

/* Others, by their bytes; the first that fits decides. */
static const struct {
    const char *bytes;
    const char *plain;
} OTHERS[] = {
    { "\xc5\x92", "oe" },    /* U+0152 */
    { "\xc5\x93", "oe" },    /* U+0153 */
    { "\xe2\x80\x98", "_" }, /* U+2018, an apostrophe */
    { "\xe2\x80\x99", "_" }, /* U+2019, an apostrophe */
    { "\xe2\x80\xaf", "_" }, /* U+202F, a narrow space */
    { "\xcc\x80", "" },      /* U+0300, a grave accent that combines */
    { "\xcc\x81", "" },      /* U+0301, an acute one */
    { "\xcc\x82", "" },      /* U+0302, a circumflex */
    { "\xcc\x88", "" },      /* U+0308, a diaeresis */
    { "\xcc\xa7", "" },      /* U+0327, a cedilla */
};

static char plain_ascii(char sign)
{
    if (sign >= 'A' && sign <= 'Z')
        return (char)(sign - 'A' + 'a');
    return sign == ' ' || sign == '-' || sign == '\'' ? '_' : sign;
}

/* The sign at `text` in its plain form, at most two bytes; how many bytes of the text it was. */
static size_t take(const char *text, char ret_plain[3])
{
    uint8_t lead = (uint8_t)text[0];
    uint8_t next = lead ? (uint8_t)text[1] : 0;

    ret_plain[1] = ret_plain[2] = '\0';
    if ((lead == 0xc2 && next >= 0xa0 && next < 0xc0) ||
        (lead == 0xc3 && next >= 0x80 && next < 0xc0)) {
        char letter = LATIN_1[(lead - 0xc2) * 0x20 + (lead == 0xc2 ? next - 0xa0 : next - 0x80)];

        if (letter != '.') {
            ret_plain[0] = letter == ' ' ? '\0' : letter;
            return 2;
        }
    }
    for (size_t i = 0; i < RLC_COUNT(OTHERS); i++) {
        if (strncmp(text, OTHERS[i].bytes, strlen(OTHERS[i].bytes)) == 0) {
            memcpy(ret_plain, OTHERS[i].plain, strlen(OTHERS[i].plain) + 1);
            return strlen(OTHERS[i].bytes);
        }
    }
    ret_plain[0] = plain_ascii(text[0]);
    return 1;
}

void ctl_plain(const char *text, char *ret_plain, size_t size)
{
    size_t used = 0;
    char sign[3];

    while (*text) {
        text += take(text, sign);
        for (size_t i = 0; sign[i] && used + 1 < size; i++)
            ret_plain[used++] = sign[i];
    }
    ret_plain[used] = '\0';
}
