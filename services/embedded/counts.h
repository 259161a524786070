/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers by name: how many of what. */
#ifndef EMBEDDED_COUNTS_H
#define EMBEDDED_COUNTS_H

#include <uthash.h>

#include "common/pure/base.h"
#include "common/pure/span.h"

/* Longest name: three identifiers and a step. */
#define COUNTS_NAME_MAX 1023

struct count {
    char *name;
    int64_t number;
    char word[8]; /* what the number is of, where a name does not say it: a currency */
    UT_hash_handle hh;
};

struct counts {
    struct count *first; /* in the order in which they came */
    bool no_memory;
};

/* The entry of a name, made with 0 if there is none. NULL, `no_memory` set, when memory is short.
 */
struct count *counts_at(struct counts *counts, const char *name);

/* The same, the name being put together as printf() does it. */
struct count *counts_named(struct counts *counts, const char *format, ...) RLC_PRINTF(2, 3);

void counts_add(struct counts *counts, const char *name, int64_t number);

/* 0 for a name that nobody has named. */
int64_t counts_number(const struct counts *counts, const char *name);
size_t counts_size(const struct counts *counts);
int64_t counts_sum(const struct counts *counts);
/* How many entries have this number. */
int64_t counts_with(const struct counts *counts, int64_t number);

/* Largest number first, equal ones by name. */
void counts_sort(struct counts *counts);
void counts_free(struct counts *counts);

#endif
