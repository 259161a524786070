/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl dlq list|show: what no worker could use, why, and what the sender should change. */
#include "commands.h"

#include <string.h>

#include "common/runtime/memory.h"
#include "letters.h"
#include "settled.h"
#include "stores.h"
#include "text.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     100000
#define RAW_SIZE      ((size_t)2 * RLC_RAW_BYTES_MAX)

const struct ctl_option CTL_DLQ_LIST_OPTIONS[] = {
    { "limit", "N", "how many, newest first (default 50)" },
    { "code", "CODE", "only those with this reason code (proto/README.md, section 2)" },
    { "debtor", "TENANT/ID", "only those of this debtor" },
    { "open", NULL, "leave out those of the list that are settled" },
    { NULL, NULL, NULL },
};

const struct ctl_option CTL_DLQ_SHOW_OPTIONS[] = {
    { "tenant-keys", "FOLDER", "open the raw record: it may hold personal data" },
    { NULL, NULL, NULL },
};

static void drop_settled(json_t *letters)
{
    for (size_t i = json_array_size(letters); i-- > 0;) {
        const char *state = json_string_value(json_object_get(json_array_get(letters, i), "state"));

        if (state && strcmp(state, "SETTLED") == 0)
            (void)json_array_remove(letters, i);
    }
}

int ctl_dlq_list(struct ctl *ctl)
{
    static const struct ctl_column COLUMNS[] = {
        { "ID", "id", false },
        { "REJECTED AT", "rejected_at", false },
        { "STATE", "state", false },
        { "CODE", "code", false },
        { "PATH", "path", false },
        { "WORKER", "worker", false },
        { "DEBTOR", "tenant/debtor", false },
        { "TOPIC", "topic", false },
        { "PART", "partition", true },
        { "OFFSET", "offset", true },
        { "REMEDY", "remedy", false },
    };
    struct ctl_letter_filter filter = { .code = ctl_option(ctl, "code"),
                                        .debtor = ctl_option(ctl, "debtor") };
    struct ctl_letter_list list;
    char why[CTL_WHY_SIZE] = "";
    int64_t limit;
    int code;

    if (!ctl_option_number(ctl, "limit", LIMIT_DEFAULT, 1, LIMIT_MAX, &limit))
        return CTL_USAGE;
    filter.limit = (size_t)limit;
    code = ctl_letters_list(ctl, &filter, &list);
    if (code == CTL_OK)
        code = ctl_letters_settled(ctl, list.letters, why);
    if (code == CTL_OK && ctl_option(ctl, "open"))
        drop_settled(list.letters);
    if (code == CTL_OK &&
        !ctl_json(ctl, json_pack("{s:I, s:I, s:s*, s:O}", "matched", (json_int_t)list.matched,
                                 "unreadable", (json_int_t)list.unreadable, "states_why_not",
                                 why[0] ? why : NULL, "letters", list.letters))) {
        ctl_table(stdout, list.letters, COLUMNS, RLC_COUNT(COLUMNS));
        (void)printf("%zu of %zu dead letters\n", json_array_size(list.letters), list.matched);
        if (why[0])
            (void)printf("whom they still hold is not known: %s\n", why);
        if (list.unreadable > 0)
            (void)printf("%zu records of the topic cannot be read by this version\n",
                         list.unreadable);
    }
    json_decref(list.letters);
    return code;
}

static void put_raw(struct ctl *ctl, const struct ctl_letter *found, struct rlc_arena *arena,
                    json_t *object)
{
    const struct rlc_dead_letter *letter = &found->letter;
    char why[CTL_WHY_SIZE];
    struct rlc_span plain;

    if (letter->raw.key_id.size == 0) {
        ctl_put_text(object, "raw_why_not",
                     "only ingest keeps raw records; this one stands in its topic");
        return;
    }
    plain =
        ctl_unseal(ctl, ctl_option(ctl, "tenant-keys"), letter->tenant, &letter->raw, arena, why);
    if (!plain.data) {
        ctl_put_text(object, "raw_why_not", why);
        return;
    }
    ctl_put_span(object, "raw", plain);
    /* What is no UTF-8 cannot stand in JSON as text. */
    if (!json_object_get(object, "raw")) {
        char *digits = rlc_arena_alloc(arena, 2 * plain.size + 1);

        if (digits)
            ctl_hex(plain.data, plain.size, digits);
        ctl_put_text(object, "raw_hex", digits);
    }
}

static void print_letter(json_t *object)
{
    const char *name;
    json_t *value;
    char number[32];

    json_object_foreach(object, name, value)(void)
        printf("%-16s %s\n", name, ctl_text(object, name, number));
}

int ctl_dlq_show(struct ctl *ctl)
{
    struct ctl_letter found;
    struct rlc_arena arena = { .size = 0 };
    int code = ctl_letter_find(ctl, ctl->arguments[0], &found);
    json_t *object;

    if (code == CTL_OK && rlc_arena_map(&arena, 4 * RAW_SIZE) != RLC_OK)
        code = ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    if (code == CTL_OK) {
        object = ctl_letter_json(&found.letter, rlc_span_from(found.key, sizeof(found.key)));
        put_raw(ctl, &found, &arena, object);
        if (!ctl->json)
            print_letter(object);
        (void)ctl_json(ctl, object);
    }
    rlc_arena_unmap(&arena);
    ctl_letter_clear(&found);
    return code;
}
