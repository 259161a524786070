/* SPDX-License-Identifier: Apache-2.0 */
/* The messages of a case as they were sent: made again out of the trail, and compared with the
 * hash that was recorded before the first byte left. */
#ifndef RELANCECTL_DOSSIER_DOCUMENTS_H
#define RELANCECTL_DOSSIER_DOCUMENTS_H

#include "dossier/case.h"
#include "dossier/folder.h"

/* Adds a file for each message that left, and puts "documents" (an array of objects) into `sheet`.
 * State AS_SENT: the file is what was sent, byte for byte. Otherwise the file is a note that says
 * why the message is not there: ERASED, or NOT_AS_SENT, which is a remark and sets `ret_whole` to
 * false. CTL_OK, or the exit code after a message: CTL_NOT_THERE where a key or a bundle is missing
 * that there should be. */
int dossier_documents_add(struct ctl *ctl, const struct dossier_case *found,
                          const struct rlc_bundles *bundles, json_t *sheet,
                          struct dossier_folder *folder, bool *ret_whole);

#endif
