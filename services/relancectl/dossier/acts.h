/* SPDX-License-Identifier: Apache-2.0 */
/* Who did, asked, approved or refused what at law, and where the record of it stands. Pure. */
#ifndef RELANCECTL_DOSSIER_ACTS_H
#define RELANCECTL_DOSSIER_ACTS_H

#include "dossier/case.h"

/* Puts into `sheet` "case" (an object: procedure, state and dates) and "acts" (an array of
 * objects, one for each record, in their order). */
void dossier_acts_tell(const struct dossier_case *found, json_t *sheet);

#endif
