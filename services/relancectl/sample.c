/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl sample: the records of a made-up portfolio over a year, to try the system on. The same
 * options give the same bytes on every machine. */
#include "commands.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "sample_life.h"
#include "text.h"

const struct ctl_option CTL_SAMPLE_OPTIONS[] = {
    { "out", "FILE", "where the records go (default: standard output)" },
    { "seed", "NUMBER", "another portfolio of the same kind (default: 2025)" },
    { "debtors", "NUMBER", "how many (default: 318; 80 to 20000)" },
    { "year", "YYYY", "the year they live through (default: 2025)" },
    { "tenant", "NAME", "whose debtors they are (default: acme)" },
    { "stories", NULL, "print the stories instead, with one debtor of each" },
    { "expect", NULL, "print what must come of them instead, as NAME=VALUE lines" },
    { NULL, NULL, NULL },
};

enum {
    DEBTORS_MIN = 80, /* fewer, and a story has none to tell it */
    /* More fit into no demonstration: 340,000 records, half a gigabyte of memory. */
    DEBTORS_MAX = 20000,
    YEAR_MIN = 2000,
    YEAR_MAX = 2100
};

struct sample {
    struct ctl *ctl;
    int64_t seed;
    int64_t debtors;
    struct sample_book book;
    json_t *stories; /* a row each, for people */
};

/* The number of the first debtor of a story, counted over all debtors. */
static int64_t first_of(const struct sample *sample, int shares_before)
{
    return (shares_before * sample->debtors + SAMPLE_SHARES / 2) / SAMPLE_SHARES;
}

static json_t *keys_of(const struct sample *sample, int64_t first, int64_t end)
{
    json_t *keys = json_array();
    char key[SAMPLE_NAME_SIZE + 128];

    for (int64_t number = first; number < end; number++) {
        (void)snprintf(key, sizeof(key), "%s/C-%" PRId64, sample->book.tenant, 10000 + number);
        (void)json_array_append_new(keys, json_string(key));
    }
    return keys;
}

static void note_story(struct sample *sample, const struct sample_story *story, int64_t first,
                       int64_t end, const struct sample_book *before)
{
    json_t *keys = keys_of(sample, first, end);

    (void)json_array_append_new(
        sample->stories,
        json_pack("{s:s, s:I, s:I, s:I, s:O, s:s, s:o}", "story", story->name, "debtors",
                  (json_int_t)(end - first), "invoices",
                  (json_int_t)(sample->book.invoices - before->invoices), "records",
                  (json_int_t)(sample->book.line_count - before->line_count), "one",
                  json_array_get(keys, 0), "tells", story->tells, "keys", keys));
}

static void tell(struct sample *sample)
{
    int shares = 0;

    for (int i = 0; i < SAMPLE_STORY_COUNT; i++) {
        const struct sample_story *story = &SAMPLE_STORIES[i];
        const struct sample_book before = sample->book;
        int64_t first = first_of(sample, shares);
        int64_t end = first_of(sample, shares + story->share);

        for (int64_t number = first; number < end; number++)
            sample_life(&sample->book, (uint64_t)sample->seed, number, story);
        note_story(sample, story, first, end, &before);
        shares += story->share;
    }
}

/* ---- what is printed ---- */

static int print_stories(struct sample *sample)
{
    static const struct ctl_column COLUMNS[] = {
        { "STORY", "story", false },      { "DEBTORS", "debtors", true },
        { "INVOICES", "invoices", true }, { "RECORDS", "records", true },
        { "ONE OF THEM", "one", false },  { "WHAT IT DOES", "tells", false },
    };

    if (!ctl_json(sample->ctl, json_pack("{s:O}", "stories", sample->stories)))
        ctl_table(stdout, sample->stories, COLUMNS, RLC_COUNT(COLUMNS));
    return CTL_OK;
}

static json_t *expectation(const struct sample_book *book)
{
    json_t *expected = json_pack(
        "{s:I, s:I, s:I, s:I, s:I}", "debtors", (json_int_t)book->debtors, "invoices",
        (json_int_t)book->invoices, "records", (json_int_t)book->line_count, "dead_letters",
        (json_int_t)book->wrongs, "quarantined", (json_int_t)book->quarantined);

    for (int i = 0; i < SAMPLE_WRONGS; i++) {
        if (strcmp(sample_mistake(i), "CONFLICT") == 0)
            ctl_put(expected, "conflicts", json_integer(book->wrong[i]));
    }
    ctl_put_day(expected, "last_day", book->last_on);
    for (int i = 0; i < SAMPLE_SELLERS; i++) {
        char name[16];
        json_int_t before;

        (void)snprintf(name, sizeof(name), "open_%s", SAMPLE_SELLER[i].currency);
        before = json_integer_value(json_object_get(expected, name));
        ctl_put(expected, name, json_integer(before + book->open_minor[i]));
    }
    return expected;
}

static int print_expectation(struct sample *sample)
{
    json_t *expected = expectation(&sample->book);
    const char *name;
    json_t *value;
    char number[32];

    if (!sample->ctl->json) {
        json_object_foreach(expected, name, value)(void)
            printf("%s=%s\n", name, ctl_text(expected, name, number));
    }
    (void)ctl_json(sample->ctl, expected);
    return CTL_OK;
}

static int write_records(struct sample *sample)
{
    const char *path = ctl_option(sample->ctl, "out");
    FILE *out = path ? fopen(path, "wb") : stdout;
    bool written;

    if (!out)
        return ctl_fail(sample->ctl, CTL_NOT_THERE, "cannot write '%s': %s", path, strerror(errno));
    written = sample_book_write(&sample->book, out);
    if (path)
        written = fclose(out) == 0 && written;
    if (!written)
        return ctl_fail(sample->ctl, CTL_INTERNAL, "cannot write all records: %s", strerror(errno));
    if (path &&
        !ctl_json(sample->ctl, json_pack("{s:I, s:I}", "debtors", (json_int_t)sample->book.debtors,
                                         "records", (json_int_t)sample->book.line_count)))
        (void)printf("%zu records about %" PRId64 " debtors in %s\n", sample->book.line_count,
                     sample->book.debtors, path);
    return CTL_OK;
}

/* ---- the command ---- */

static bool read_options(struct sample *sample, int64_t *ret_year)
{
    return ctl_option_number(sample->ctl, "seed", 2025, 0, INT32_MAX, &sample->seed) &&
           ctl_option_number(sample->ctl, "debtors", SAMPLE_SHARES, DEBTORS_MIN, DEBTORS_MAX,
                             &sample->debtors) &&
           ctl_option_number(sample->ctl, "year", 2025, YEAR_MIN, YEAR_MAX, ret_year);
}

static int print_what_was_asked(struct sample *sample)
{
    if (sample->book.out_of_memory)
        return ctl_fail(sample->ctl, CTL_INTERNAL, "out of memory");
    if (ctl_option(sample->ctl, "stories"))
        return print_stories(sample);
    if (ctl_option(sample->ctl, "expect"))
        return print_expectation(sample);
    return write_records(sample);
}

int ctl_sample(struct ctl *ctl)
{
    struct sample sample = { .ctl = ctl };
    const char *tenant = ctl_option(ctl, "tenant");
    int64_t year;
    int code;

    if (!read_options(&sample, &year))
        return CTL_USAGE;
    sample.stories = json_array();
    sample_book_init(&sample.book, tenant ? tenant : "acme", (int32_t)year);
    tell(&sample);
    code = print_what_was_asked(&sample);
    sample_book_clear(&sample.book);
    json_decref(sample.stories);
    return code;
}
