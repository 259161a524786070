/* SPDX-License-Identifier: Apache-2.0 */
/* A case at law as commands open it: what the trail holds about its debtor, the case in it, and the
 * rules it goes by. */
#ifndef RELANCECTL_DOSSIER_OPEN_H
#define RELANCECTL_DOSSIER_OPEN_H

#include "common/runtime/bundles.h"
#include "core/procedure.h"
#include "dossier/case.h"

/* All zero is an empty one, and may be closed. */
struct dossier_open {
    struct ctl *ctl;
    struct dossier_trail trail;
    struct dossier_case found;
    struct rlc_bundles *bundles;
    struct rlc_arena rules;            /* of the policy */
    const struct legal_policy *policy; /* of the bundle that the case goes by */
};

/* Opens the case of a debtor; `case_id` NULL: the only one it has. CTL_OK, or the exit code after a
 * message: CTL_USAGE where the debtor has several and none is named, CTL_NOT_THERE where there is
 * none, or none of that name, or its bundle is gone. Borrows tenant, debtor and case. */
int dossier_open(struct ctl *ctl, struct rlc_span tenant, struct rlc_span debtor,
                 const char *case_id, struct dossier_open *ret_open);
void dossier_close(struct dossier_open *open);

/* The bundle that the case goes by: that of the filing its claim stands in, or else the latest. */
const struct rlc_bundle *dossier_bundle(const struct dossier_open *open);

#endif
