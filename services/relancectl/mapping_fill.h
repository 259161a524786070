/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the mapping: filling in a template. */
#ifndef RELANCECTL_MAPPING_FILL_H
#define RELANCECTL_MAPPING_FILL_H

#include "mapping.h"

/* Replaces each {name} by the row's text of that name. RLC_REJECT for an unknown name, an open
 * brace or a text beyond MAPPING_TEXT_MAX. */
RLC_NODISCARD enum rlc_status mapping_fill(struct rlc_span template_text,
                                           const struct mapping_row *row,
                                           char buffer[MAPPING_TEXT_MAX],
                                           struct rlc_fault *ret_fault);

#endif
