/* SPDX-License-Identifier: Apache-2.0 */
#include "counts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* NOLINTBEGIN(readability-function-size,clang-analyzer-*): what the macros of uthash expand to */
struct count *counts_at(struct counts *counts, const char *name)
{
    struct count *count = NULL;

    HASH_FIND_STR(counts->first, name, count);
    if (count)
        return count;
    count = calloc(1, sizeof(*count));
    if (count)
        count->name = strdup(name);
    if (!count || !count->name) {
        free(count);
        counts->no_memory = true;
        return NULL;
    }
    HASH_ADD_KEYPTR(hh, counts->first, count->name, strlen(count->name), count);
    return count;
}

struct count *counts_named(struct counts *counts, const char *format, ...)
{
    char name[COUNTS_NAME_MAX + 1];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(name, sizeof(name), format, arguments);
    va_end(arguments);
    return counts_at(counts, name);
}

void counts_add(struct counts *counts, const char *name, int64_t number)
{
    struct count *count = counts_at(counts, name);

    if (count)
        count->number += number;
}

int64_t counts_number(const struct counts *counts, const char *name)
{
    const struct count *count = NULL;

    HASH_FIND_STR(counts->first, name, count);
    return count ? count->number : 0;
}

size_t counts_size(const struct counts *counts)
{
    return HASH_COUNT(counts->first);
}

int64_t counts_sum(const struct counts *counts)
{
    int64_t sum = 0;

    for (const struct count *count = counts->first; count; count = count->hh.next)
        sum += count->number;
    return sum;
}

int64_t counts_with(const struct counts *counts, int64_t number)
{
    int64_t sum = 0;

    for (const struct count *count = counts->first; count; count = count->hh.next)
        sum += count->number == number;
    return sum;
}

static int by_number(const struct count *left, const struct count *right)
{
    int order = (left->number < right->number) - (left->number > right->number);

    return order ? order : strcmp(left->name, right->name);
}

void counts_sort(struct counts *counts)
{
    HASH_SORT(counts->first, by_number);
}

void counts_free(struct counts *counts)
{
    struct count *count, *next;

    HASH_ITER(hh, counts->first, count, next)
    {
        HASH_DEL(counts->first, count);
        free(count->name);
        free(count);
    }
}
/* NOLINTEND(readability-function-size,clang-analyzer-*) */
