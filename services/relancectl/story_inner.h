/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of a story: what all kinds of entries share. */
#ifndef RELANCECTL_STORY_INNER_H
#define RELANCECTL_STORY_INNER_H

#include "story.h"

/* An entry with its time and place; the caller owns it. */
json_t *ctl_story_entry(const struct ctl_past_fact *taken, const char *kind);

/* Closes a memory stream over `text` and makes it the entry's sentence. */
void ctl_story_say(json_t *entry, FILE *out, char **text);

/* Takes over `entry`. Where one day is asked for, others are not told. */
void ctl_story_tell(struct ctl_story *story, const struct ctl_past_fact *taken, json_t *entry);

/* The answer to a command. */
void ctl_story_command(struct ctl_story *story, const struct ctl_past_fact *taken);

#endif
