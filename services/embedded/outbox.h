/* SPDX-License-Identifier: Apache-2.0 */
/* A carrier that sends nothing: every mail is accepted at once and kept as a file, or only counted.
 * The notifier cannot tell it from a relay. */
#ifndef EMBEDDED_OUTBOX_H
#define EMBEDDED_OUTBOX_H

#include "carrier.h"

/* Opens it over an existing folder (the text is borrowed; NULL: mails are only counted). Mail
 * number n becomes `<n>.eml`, six digits, in the order in which they left. RLC_FATAL when memory is
 * short. A mail that cannot be written is deferred, as a relay without room does it. */
RLC_NODISCARD enum rlc_status outbox_open(const char *folder, struct carrier **ret_carrier,
                                          struct rlc_error *reterr);

/* Mails that it has accepted. */
int64_t outbox_count(const struct carrier *carrier);

#endif
