/* SPDX-License-Identifier: Apache-2.0 */
#include "sample_book.h"

#include <stdlib.h>
#include <string.h>

const struct sample_seller SAMPLE_SELLER[SAMPLE_SELLERS] = {
    { "ACME-FR", "EUR", "FR", "Europe/Paris", "fr" },
    { "ACME-UK", "GBP", "GB", "Europe/London", "en" },
    { "ACME-SERVICES", "EUR", "FR", "Europe/Paris", "fr" },
};

static rlc_day day_of(int32_t year, int32_t month, int32_t day)
{
    rlc_day found = RLC_DAY_NONE;

    return rlc_day_from_date((struct rlc_date){ year, month, day }, &found) ? found : RLC_DAY_NONE;
}

void sample_book_init(struct sample_book *book, const char *tenant, int32_t year)
{
    *book = (struct sample_book){ .tenant = tenant,
                                  .year = year,
                                  .first_on = day_of(year, 1, 2),
                                  .last_on = day_of(year, 12, 31) };
}

void sample_book_clear(struct sample_book *book)
{
    for (size_t i = 0; i < book->line_count; i++)
        free(book->lines[i].json);
    free(book->lines);
    *book = (struct sample_book){ 0 };
}

void sample_book_document(struct sample_book *book, char letter, char name[SAMPLE_NAME_SIZE])
{
    (void)snprintf(name, SAMPLE_NAME_SIZE, "%c%d-%05lld", letter, (int)book->year,
                   (long long)++book->documents[letter - 'A']);
}

void sample_book_id(struct sample_book *book, char name[SAMPLE_NAME_SIZE])
{
    (void)snprintf(name, SAMPLE_NAME_SIZE, "evt-%06lld", (long long)++book->ids);
}

static bool grow(struct sample_book *book)
{
    size_t capacity = book->line_capacity ? book->line_capacity * 2 : 8192;
    struct sample_line *larger = realloc(book->lines, capacity * sizeof(*larger));

    if (!larger)
        return false;
    book->lines = larger;
    book->line_capacity = capacity;
    return true;
}

void sample_book_add(struct sample_book *book, rlc_ms delivered_ms, char *json)
{
    if (json && delivered_ms < (book->last_on + 1) * RLC_DAY_MS) {
        if (book->line_count < book->line_capacity || grow(book)) {
            book->lines[book->line_count] =
                (struct sample_line){ delivered_ms, book->line_count, json };
            book->line_count++;
            return;
        }
        book->out_of_memory = true;
    }
    if (!json)
        book->out_of_memory = true;
    free(json);
}

static int by_delivery(const void *left, const void *right)
{
    const struct sample_line *a = left;
    const struct sample_line *b = right;

    if (a->delivered_ms != b->delivered_ms)
        return a->delivered_ms < b->delivered_ms ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

bool sample_book_write(struct sample_book *book, FILE *out)
{
    bool written = true;

    if (book->line_count)
        qsort(book->lines, book->line_count, sizeof(*book->lines), by_delivery);
    for (size_t i = 0; written && i < book->line_count; i++)
        written = fputs(book->lines[i].json, out) >= 0 && fputc('\n', out) >= 0;
    return fflush(out) == 0 && written;
}
