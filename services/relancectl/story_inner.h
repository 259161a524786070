/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of a story: what all kinds of entries share. */
#ifndef RELANCECTL_STORY_INNER_H
#define RELANCECTL_STORY_INNER_H

#include "story.h"

#define CTL_STORY_KEY_SIZE 1024
#define CTL_STORY_NAMED    5 /* documents that a sentence names; all of them stand in the JSON */

/* Whether the document is told of. */
bool ctl_story_wants(const struct ctl_story *story, struct rlc_span document);

/* Names a step instance among the standing silences. */
void ctl_story_instance_key(const struct ctl_past_fact *taken,
                            const struct rlc_step_instance *instance, char key[CTL_STORY_KEY_SIZE]);

/* The events and places that the entry names: "; because of ...". */
void ctl_story_say_evidence(FILE *out, const json_t *entry);

/* An entry with its time and place; the caller owns it. */
json_t *ctl_story_entry(const struct ctl_past_fact *taken, const char *kind);

/* Closes a memory stream over `text` and makes it the entry's sentence. */
void ctl_story_say(json_t *entry, FILE *out, char **text);

/* Takes over `entry`. Where one day is asked for, others are not told. */
void ctl_story_tell(struct ctl_story *story, const struct ctl_past_fact *taken, json_t *entry);

/* A contact: what was asked for, came back, or became of it. */
void ctl_story_request(struct ctl_story *story, const struct ctl_past_fact *taken);
void ctl_story_return(struct ctl_story *story, const struct ctl_past_fact *taken);
void ctl_story_outcome(struct ctl_story *story, const struct ctl_past_fact *taken);

/* The answer to a command. */
void ctl_story_command(struct ctl_story *story, const struct ctl_past_fact *taken);

/* What went to law, how its case moves, what scoring thinks. */
void ctl_story_referred(struct ctl_story *story, const struct ctl_past_fact *taken);
void ctl_story_case(struct ctl_story *story, const struct ctl_past_fact *taken);
void ctl_story_score(struct ctl_story *story, const struct ctl_past_fact *taken);

/* A debtor or contact person that was erased. */
void ctl_story_erasure(struct ctl_story *story, const struct ctl_past_fact *taken);

#endif
