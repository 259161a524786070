/* SPDX-License-Identifier: Apache-2.0 */
/* A ledger (CSV or JSON lines) and the mapping that says what its rows mean, read together row by
 * row. */
#ifndef RELANCECTL_LEDGER_H
#define RELANCECTL_LEDGER_H

#include "cli.h"
#include "json_lines.h"
#include "mapping.h"

struct ctl_ledger {
    FILE *file;
    struct mapping mapping;
    struct csv csv; /* the row that is looked at; of JSON its members in the order of `header` */
    struct csv header;
    struct json_lines json;           /* with mapping.json */
    struct mapping_row element;       /* of a list of that row */
    size_t element_mark;              /* of `row`: behind it lies what one element needs */
    struct mapping_elements elements; /* its lists */
    struct rlc_arena tree;            /* of the mapping and the header */
    struct rlc_arena row;             /* of the row that is looked at: the reader resets it */
    struct rlc_problems problems;
    json_t *seen; /* per event of the mapping: the "once" texts so far */
};

/* Opens both and ties the mapping to the header. CTL_OK; CTL_FOUND: the mapping is wrong or does
 * not fit, `problems` says where; else the exit code after a message. Pair with
 * ctl_ledger_close() in any case. */
int ctl_ledger_open(struct ctl *ctl, const char *path, const char *mapping,
                    struct ctl_ledger *ret_ledger);
void ctl_ledger_close(struct ctl_ledger *ledger);

/* The next row into ledger->csv, after resetting the arena `row`. With CSV_WRONG `ret_fault` has
 * the line and the reason; behind it CSV cannot be read any further, JSON lines can. */
enum csv_answer ctl_ledger_next(struct ctl_ledger *ledger, struct rlc_fault *ret_fault);

/* Converts that row; see mapping_convert(). */
RLC_NODISCARD enum rlc_status ctl_ledger_convert(struct ctl_ledger *ledger,
                                                 struct mapping_row *ret_row,
                                                 struct rlc_fault *ret_fault);

/* Whether event number `event` of the mapping came with this "once" text before; an empty one never
 * did.
 */
bool ctl_ledger_knows(const struct ctl_ledger *ledger, size_t event, const char *once);
/* From now on it has; an empty text is not remembered. */
void ctl_ledger_remember(struct ctl_ledger *ledger, size_t event, const char *once);

/* Both: whether event number `event` of the mapping came with this "once" text before; an empty one
 * never did. */
bool ctl_ledger_repeats(struct ctl_ledger *ledger, size_t event, const char *once);

#endif
