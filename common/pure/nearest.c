/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pure/nearest.h"

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;

    return least < c ? least : c;
}

/* Levenshtein's distance; one row of the matrix is enough. */
size_t rlc_edit_distance(struct rlc_span from, struct rlc_span to)
{
    size_t row[RLC_NEAREST_WORD_MAX + 1];

    if (from.size > RLC_NEAREST_WORD_MAX || to.size > RLC_NEAREST_WORD_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= to.size; j++)
        row[j] = j;
    for (size_t i = 1; i <= from.size; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= to.size; j++) {
            size_t replaced = diagonal + (from.data[i - 1] != to.data[j - 1]);

            diagonal = row[j];
            row[j] = smallest(row[j] + 1, row[j - 1] + 1, replaced);
        }
    }
    return row[to.size];
}

static size_t tolerance(size_t size)
{
    if (size <= 3)
        return 1;
    return size <= 6 ? 2 : size / 3;
}

struct rlc_nearest rlc_nearest_to(struct rlc_span wanted)
{
    return (struct rlc_nearest){ .wanted = wanted, .distance = tolerance(wanted.size) + 1 };
}

void rlc_nearest_try(struct rlc_nearest *nearest, struct rlc_span candidate)
{
    size_t distance = rlc_edit_distance(nearest->wanted, candidate);

    if (distance >= nearest->distance)
        return;
    nearest->distance = distance;
    nearest->found = candidate;
}
