/* SPDX-License-Identifier: Apache-2.0 */
/* Reads CSV as RFC 4180 writes it, and as accounting systems do: any one-byte delimiter, quotes,
 * line ends CR LF or LF, an optional byte order mark. Strict about the rest, with the place of the
 * fault: a ledger that is read wrongly is worse than one that is refused. */
#ifndef RELANCECTL_CSV_H
#define RELANCECTL_CSV_H

#include <stdio.h>

#include "common/pure/span.h"
#include "common/pure/status.h"

#define CSV_FIELDS_MAX 512        /* columns of the widest export we have seen, twice over */
#define CSV_RECORD_MAX (1u << 20) /* bytes of one record: more means a quote was never closed */

struct csv {
    FILE *file;
    char delimiter;
    long line;        /* where the next record starts, from 1 */
    long record_line; /* where the last record started */
    char *bytes;      /* of the last record, unquoted */
    size_t size;
    size_t capacity;
    struct rlc_span fields[CSV_FIELDS_MAX]; /* of the last record; into `bytes` */
    size_t starts[CSV_FIELDS_MAX + 1];
    size_t count;
    const char *field_word; /* what a field is called in messages: "column" */
};

enum csv_answer { CSV_RECORD, CSV_END, CSV_WRONG };

/* Reads from `file` (the caller's), which starts at line 1. */
void csv_init(struct csv *csv, FILE *file, char delimiter);
void csv_clear(struct csv *csv);

/* The next record into csv->fields; empty lines are passed over. CSV_WRONG: `ret_fault->path` holds
 * "line N" and the remedy says what is wrong there. */
enum csv_answer csv_next(struct csv *csv, struct rlc_fault *ret_fault);

#endif
