/* SPDX-License-Identifier: Apache-2.0 */
/* A look at JSON text before, or instead of, parsing it: how deep and how large it is, which place
 * an offset lies in, and which values stand at its top. Works on broken text too, up to the break;
 * a record that cannot be read whole may still say whom it is about. */
#ifndef INGEST_CORE_SCAN_H
#define INGEST_CORE_SCAN_H

#include "common/pure/base.h"
#include "common/pure/span.h"

#define SCAN_DEPTH_MAX 8 /* proto/README.md section 1 */
/* Values of one record: the largest honest one, a payment with 2,000 allocations, has 10,000. What
 * is beyond would only fill memory (a parsed value takes a hundred times its text). */
#define SCAN_VALUES_MAX 32768

enum scan_result { SCAN_FITS, SCAN_TOO_DEEP, SCAN_TOO_MANY };

/* Counts levels and values; with anything but SCAN_FITS `ret_at` is the offset where it happened.
 */
enum scan_result scan_bounds(struct rlc_span text, size_t *ret_at);

/* Writes where `offset` lies, for example "data.allocations[3].amount", with its NUL. Only names
 * for which `is_known` answers true appear; the path ends before any other. */
void scan_place(struct rlc_span text, size_t offset, bool (*is_known)(struct rlc_span name),
                char *path, size_t size);

/* A member of the outermost object: its name and the bytes of its value as they are written, quotes
 * included. Only strings and words (true, 12): what is nested is passed over. */
struct scan_member {
    struct rlc_span name; /* without quotes */
    struct rlc_span value;
};

/* Hands out such members from `*position` (0 at first) on, in order; false at the end or where the
 * text breaks off. */
bool scan_next_member(struct rlc_span text, size_t *position, struct scan_member *ret_member);

#endif
