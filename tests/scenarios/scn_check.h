/* SPDX-License-Identifier: Apache-2.0 */
/* What a script expects against what became true. */
#ifndef RLC_SCENARIOS_SCN_CHECK_H
#define RLC_SCENARIOS_SCN_CHECK_H

#include <stdio.h>

#include "tests/scenarios/scn_stage.h"

/* Prints every expectation that was not met, with what happened on its days; how many. Besides
 * what the script says: no reminder that nobody expects, and rule 5 of the architecture: every
 * opened step was closed once or is open for a reason. */
size_t scn_check(const struct scn_story *story, const struct scn_record *record, FILE *out);

/* Prints the first line in which two runs of one story differ; whether they do. */
bool scn_differ(const struct scn_record *left, const struct scn_record *right, FILE *out);

#endif
