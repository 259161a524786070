/* SPDX-License-Identifier: Apache-2.0 */
/* Events of the contract out of a file, each read as ingest would read it before any is sent. */
#ifndef RELANCECTL_BATCH_H
#define RELANCECTL_BATCH_H

#include "cli.h"

/* One JSON object: a line, or several as an editor formats it; the next one then begins on a line
 * that begins with '{'. */
struct ctl_batch_record {
    struct rlc_span json; /* without the space around it; in the batch's memory */
    long line;            /* its first */
    bool wrong;
};

struct ctl_batch {
    struct ctl *ctl;
    char *text;
    size_t size;
    struct ctl_batch_record *records;
    size_t count;
    size_t wrong;
    size_t listed;  /* wrong ones whose faults are in the list */
    json_t *faults; /* of the first wrong ones, all of each: {"line", "path", "code", "remedy"} */
};

/* Reads and checks a file, "-" for standard input. CTL_OK, also with wrong records; or the exit
 * code after a message. Pair with ctl_batch_clear() in either case. */
int ctl_batch_read(struct ctl_batch *batch, struct ctl *ctl, const char *path);

/* Says on stderr what is wrong: a line each, with place and remedy. */
void ctl_batch_print(const struct ctl_batch *batch);
void ctl_batch_clear(struct ctl_batch *batch);

#endif
