/* SPDX-License-Identifier: Apache-2.0 */
/* What an address may look like, by channel. These are security boundaries: a line feed in an
 * e-mail address would become a second recipient or a header of its own. */
#ifndef INGEST_CORE_ADDRESS_H
#define INGEST_CORE_ADDRESS_H

#include "common/pure/span.h"
#include "common/wire/vocabulary.h"

#define ADDRESS_POSTAL_LINES_MAX 6 /* ISO 20022 and the windows of envelopes have no more */

/* Whether `address` can be used on this channel: an e-mail address (rlc_email_valid), an E.164
 * number, postal lines joined by a line feed, an https URL. */
bool address_valid(enum rlc_channel channel, struct rlc_span address);

/* What such an address must be, in one sentence for the sender. */
const char *address_remedy(enum rlc_channel channel);

/* 1 to `lines_max` lines of clean text joined by a line feed, none empty. */
bool postal_lines_valid(struct rlc_span address, size_t lines_max);

/* E.164: '+', then 7 to 15 digits, the first of them not zero. */
bool phone_valid(struct rlc_span number);

/* "https://", a host name with an optional port, then printable ASCII without spaces and quotes. No
 * user name before the host: it would show another host than the one that is asked. */
bool https_valid(struct rlc_span url);

/* Looks like a name of the IANA time zone database ("America/Argentina/Buenos_Aires", "UTC");
 * whether there is such a zone is the bundle's to say. */
bool zone_name_valid(struct rlc_span name);

#endif
