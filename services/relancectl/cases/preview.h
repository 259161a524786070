/* SPDX-License-Identifier: Apache-2.0 */
/* Nobody signs a hash alone: an approval shows its claim first. */
#ifndef RELANCECTL_CASES_PREVIEW_H
#define RELANCECTL_CASES_PREVIEW_H

#include "commands.h"

/* Shows the claim that the order would approve, as `case show` does, and on a terminal asks whether
 * to sign it (not with --yes). CTL_OK: sign. CTL_FOUND: the person said no. Where the claim cannot
 * be shown, a message says why: on a terminal its exit code is returned, otherwise, and with --yes,
 * CTL_OK. With --json a program asked, which has the claim from `case show`: nothing is shown. */
int ctl_case_preview(struct ctl *ctl, const struct ctl_order *order);

#endif
