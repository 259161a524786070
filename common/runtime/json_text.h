/* SPDX-License-Identifier: Apache-2.0 */
/* Text as a JSON string: for log lines, health answers and the printed configuration (a JSON string
 * is a YAML string too). */
#ifndef RLC_RUNTIME_JSON_TEXT_H
#define RLC_RUNTIME_JSON_TEXT_H

#include "common/pure/base.h"
#include "common/pure/span.h"

/* Room that is always enough for `size` bytes of text: six bytes for each, the quotes, the mark of
 * a cut and a NUL. */
#define RLC_JSON_ROOM(size) ((size_t)6 * (size) + 6)

/* Writes `text` in quotes, and a NUL. Control characters and the line separators U+2028 and U+2029
 * are escaped, each byte that is no UTF-8 becomes U+FFFD. A text longer than `size_max` bytes, or
 * than fits, is cut between two characters and ends in an ellipsis. Returns the bytes written
 * without the NUL; 0, with nothing written, when `capacity` is below RLC_JSON_ROOM(0). */
size_t rlc_json_quote(struct rlc_span text, size_t size_max, char *buffer, size_t capacity);

#endif
