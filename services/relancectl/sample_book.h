/* SPDX-License-Identifier: Apache-2.0 */
/* The book of a made-up portfolio: its records in the order of delivery, and what must come of
 * them, counted while they are made and by nothing that decides. */
#ifndef RELANCECTL_SAMPLE_BOOK_H
#define RELANCECTL_SAMPLE_BOOK_H

#include <jansson.h>
#include <stdio.h>

#include "common/pure/calendar.h"

struct sample_seller {
    const char *name;
    const char *currency;
    const char *country;
    const char *zone;
    const char *language;
};

enum { SAMPLE_SELLERS = 3, SAMPLE_WRONGS = 10 };

/* The creditors of the demonstration's bundle. */
extern const struct sample_seller SAMPLE_SELLER[SAMPLE_SELLERS];

struct sample_line {
    rlc_ms delivered_ms;
    size_t number;
    char *json;
};

struct sample_book {
    const char *tenant;
    int32_t year;
    rlc_day first_on; /* nothing is delivered before ... */
    rlc_day last_on;  /* ... or after */

    struct sample_line *lines;
    size_t line_count;
    size_t line_capacity;
    bool out_of_memory; /* then the book is of no use */
    int64_t ids;
    int64_t documents[26]; /* by the letter they begin with */

    int64_t debtors;
    int64_t invoices;
    int64_t wrong[SAMPLE_WRONGS]; /* records, by the row of their mistake */
    int64_t wrongs;
    int64_t quarantined;                /* debtors */
    int64_t open_minor[SAMPLE_SELLERS]; /* of all invoices, by seller */
};

/* All of one year; texts are borrowed. */
void sample_book_init(struct sample_book *book, const char *tenant, int32_t year);
void sample_book_clear(struct sample_book *book);

/* The name of the next document whose names begin with `letter` (A to Z): "F2025-00001". */
#define SAMPLE_NAME_SIZE 32
void sample_book_document(struct sample_book *book, char letter, char name[SAMPLE_NAME_SIZE]);
void sample_book_id(struct sample_book *book, char name[SAMPLE_NAME_SIZE]);

/* Adds a record, unless it is delivered after the year. Takes over `json` (malloc; NULL: memory is
 * out). Records of one instant stay in the order in which they were added. */
void sample_book_add(struct sample_book *book, rlc_ms delivered_ms, char *json);

/* Sorts the records; then writes one a line. False when not all could be written. */
bool sample_book_write(struct sample_book *book, FILE *out);

#endif
