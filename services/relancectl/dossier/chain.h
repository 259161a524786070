/* SPDX-License-Identifier: Apache-2.0 */
/* The records behind a dossier, and the links that hold them together. */
#ifndef RELANCECTL_DOSSIER_CHAIN_H
#define RELANCECTL_DOSSIER_CHAIN_H

#include "dossier/folder.h"
#include "dossier/trail.h"

/* Adds a file for each record that was chosen and, for each chain, one with its leaves from the
 * first of them to the last; puts "records" and "links" (arrays of objects) into `sheet`. CTL_OK,
 * or the exit code after a message: CTL_FOUND where a chain is broken between two of them. */
int dossier_chain_add(struct ctl *ctl, const struct dossier_trail *trail, json_t *sheet,
                      struct dossier_folder *folder);

#endif
