/* SPDX-License-Identifier: Apache-2.0 */
#include "common/policy/layout.h"

#include "common/policy/tables.h"
#include "common/pure/nearest.h"

const struct rlc_layout_row RLC_LAYOUT[] = {
    { "", "bundle", ".yaml", "What holds for all: zone, hours, caps, standing, answers." },
    { "", "choices", ".yaml", "Which account follows which scenario." },
    { "", "zones", ".csv",
      "Time zones as data: written by the publisher from the machine's own; a file that is there "
      "is used as it is." },
    { "", "model", ".yaml", "How likely a debtor is to pay late: see [MODEL.md](MODEL.md)." },
    { "", "deadlines", ".csv", "How long the law gives for what, by the day of the act." },
    { "", "authorities", ".yaml", "Who may approve which legal act, up to which amount." },
    { "scenarios", NULL, ".yaml", "A way of collecting, step by step." },
    { "procedures", NULL, ".yaml", "A procedure of the law, state by state." },
    { "creditors", NULL, ".yaml", "One of our legal entities." },
    { "senders", NULL, ".yaml", "Who speaks to debtors: name, address, where answers go." },
    { "calendars", NULL, ".csv", "Holidays: lines `date,name`." },
    { "templates", NULL, ".txt", "A message, `<template>.<language>.txt`." },
    { "templates", NULL, ".html", "The same as HTML, `<template>.<language>.html`." },
};
const size_t RLC_LAYOUT_COUNT = RLC_COUNT(RLC_LAYOUT);

static bool is_top(const struct rlc_layout_row *row, struct rlc_span path)
{
    size_t name = strlen(row->name);

    return path.size == name + strlen(row->ending) && memcmp(path.data, row->name, name) == 0 &&
           memcmp(path.data + name, row->ending, path.size - name) == 0;
}

const struct rlc_layout_row *rlc_layout_find(struct rlc_span path)
{
    struct rlc_span name;

    for (size_t i = 0; i < RLC_LAYOUT_COUNT; i++) {
        const struct rlc_layout_row *row = &RLC_LAYOUT[i];

        if (row->name ? is_top(row, path) : rlc_policy_path(path, row->folder, row->ending, &name))
            return row;
    }
    return NULL;
}

/* The first part of a path, or the file's name before its ending. */
static struct rlc_span first_part(struct rlc_span path)
{
    size_t size = 0;

    while (size < path.size && path.data[size] != '/' && path.data[size] != '.')
        size++;
    return rlc_span_from(path.data, size);
}

const char *rlc_layout_suggest(struct rlc_span path)
{
    struct rlc_nearest nearest = rlc_nearest_to(first_part(path));

    for (size_t i = 0; i < RLC_LAYOUT_COUNT; i++)
        rlc_nearest_try(
            &nearest, rlc_span_of(RLC_LAYOUT[i].name ? RLC_LAYOUT[i].name : RLC_LAYOUT[i].folder));
    return (const char *)nearest.found.data;
}

bool rlc_layout_ignores(struct rlc_span path)
{
    size_t name = path.size;

    while (name > 0 && path.data[name - 1] != '/')
        name--;
    return path.data[name] == '.' ||
           (path.size - name > 3 && memcmp(path.data + path.size - 3, ".md", 3) == 0);
}

void rlc_layout_document(FILE *out)
{
    (void)fputs("| file | what it is |\n|---|---|\n", out);
    for (size_t i = 0; i < RLC_LAYOUT_COUNT; i++) {
        const struct rlc_layout_row *row = &RLC_LAYOUT[i];

        (void)fprintf(out, "| `%s%s%s%s` | %s |\n", row->folder, row->name ? "" : "/",
                      row->name ? row->name : "<name>", row->ending, row->help);
    }
}
