/* SPDX-License-Identifier: Apache-2.0 */
/* What text from outside may look like. These checks are security boundaries: what they let through
 * ends up in keys, log lines, letters and SMTP envelopes. */
#ifndef RLC_PURE_TEXT_H
#define RLC_PURE_TEXT_H

#include "common/pure/base.h"
#include "common/pure/span.h"

#define RLC_ID_MAX           128 /* bytes of an identifier: a URN fits, and so do two in a key */
#define RLC_TENANT_MAX       32  /* bytes of a tenant's name: it is repeated in every key */
#define RLC_EMAIL_MAX        254 /* RFC 5321 4.5.3.1.3, without the angle brackets */
#define RLC_EMAIL_LOCAL_MAX  64  /* RFC 5321 4.5.3.1.1 */
#define RLC_DOMAIN_MAX       253 /* RFC 1035 2.3.4: 255 octets, two of them not written */
#define RLC_DOMAIN_LABEL_MAX 63  /* RFC 1035 2.3.4 */

/* Writes `size` bytes as 2 * `size` lower-case hexadecimal digits, without a NUL. */
void rlc_hex_write(const uint8_t *bytes, size_t size, uint8_t *ret_digits);

/* Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */
bool rlc_text_is_utf8(struct rlc_span text);

/* UTF-8 on one line that looks like what it is: no control characters (CR, LF, TAB, NUL, C1), no
 * bidirectional overrides or isolates, no zero-width or otherwise invisible characters, no line or
 * paragraph separators, no noncharacters. The empty text is clean. */
bool rlc_text_is_clean(struct rlc_span text);

/* An identifier of upstream: 1 to RLC_ID_MAX bytes of clean text, no '|' and no '\' (they
 * separate the parts of keys), no space at either end. */
bool rlc_id_valid(struct rlc_span id);

/* A tenant's name: 1 to RLC_TENANT_MAX of a-z, 0-9, '-', '_' and '.'. No '/', so that the first '/'
 * of a partition key ends it. */
bool rlc_tenant_valid(struct rlc_span tenant);

/* The name of a host (RFC 1123 2.1): at least two labels of letters, digits and inner hyphens, the
 * last not all digits (that would be an address literal). An international name is in its xn--
 * form. */
bool rlc_domain_valid(struct rlc_span domain);

/* An address for the SMTP envelope: ASCII dot-atom, '@', at least two domain labels. Stricter than
 * RFC 5321: no quoted local parts, no address literals, no '%' and '!' (old relays read them as
 * routes), no encoded words (readers decode them), no all-digit top-level label. */
bool rlc_email_valid(struct rlc_span address);

/* What follows the '@' of an address; empty when there is none. Borrowed. */
struct rlc_span rlc_email_domain(struct rlc_span address);

/* Whether a spreadsheet that opens a CSV file would take a cell of that text for a formula: such a
 * cell is written with an apostrophe before it. */
bool rlc_text_is_formula(struct rlc_span text);

#endif
