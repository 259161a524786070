/* SPDX-License-Identifier: Apache-2.0 */
/* Where a replay stopped. Every event it publishes carries the name of its file (a digest of the
 * first line), the number of its line and the step it belongs to, so the source topic itself tells
 * which lines stand there already: the same command, given again, goes on with the first that does
 * not, in the step that was under way. */
#ifndef RELANCECTL_RESUME_H
#define RELANCECTL_RESUME_H

#include "cli.h"

#define CTL_LINE_HEADER "relance-line"
#define CTL_LABEL_SIZE  64

struct ctl_resume {
    char file[17]; /* 16 hexadecimal digits */
    bool *there;   /* by line number; grows */
    int64_t capacity;
    bool no_memory;
    int64_t count;  /* lines that are there */
    rlc_ms step_ms; /* the latest step they belong to */
};

/* Reads the source topic; CTL_OK, or the exit code after a message. */
int ctl_resume_read(struct ctl_resume *resume, struct ctl *ctl, const char *topic,
                    struct rlc_span first_line);
/* Whether the line (1, 2 ...) stands in the topic. */
bool ctl_resume_has(const struct ctl_resume *resume, int64_t line);
/* What the event of this line, published in this step, carries as CTL_LINE_HEADER. */
void ctl_resume_label(const struct ctl_resume *resume, int64_t line, rlc_ms step_ms,
                      char label[CTL_LABEL_SIZE]);
void ctl_resume_free(struct ctl_resume *resume);

#endif
