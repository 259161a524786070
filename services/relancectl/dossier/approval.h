/* SPDX-License-Identifier: Apache-2.0 */
/* The approval of a filing, so that anybody can check it: the signed bytes, the signature, and the
 * key that the rules of that day name for its approver. Pure. */
#ifndef RELANCECTL_DOSSIER_APPROVAL_H
#define RELANCECTL_DOSSIER_APPROVAL_H

#include "core/procedure.h"
#include "dossier/case.h"
#include "dossier/folder.h"

/* Adds approval/signed.bin, signature.bin and key.pem, and puts "approval" (an object) into
 * `sheet`; nothing where the claim stands in no filing. What does not fit is a remark,
 * and false. `policy` is
 * that of the filing's bundle. */
bool dossier_approval_add(const struct dossier_case *found, const struct legal_policy *policy,
                          json_t *sheet, struct dossier_folder *folder);

#endif
