/* SPDX-License-Identifier: Apache-2.0 */
/* The commands, one file each; commands.c is their table. */
#ifndef RELANCECTL_COMMANDS_H
#define RELANCECTL_COMMANDS_H

#include "cli.h"

extern const struct ctl_option CTL_TOPICS_CREATE_OPTIONS[];
int ctl_topics_create(struct ctl *ctl);
extern const struct ctl_option CTL_IMPORT_OPTIONS[];
int ctl_import(struct ctl *ctl);

#endif
