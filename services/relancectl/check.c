/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl check: what ingest would say of events, before anybody sends them; and with a bundle,
 * for whom nobody will ever be reminded. */
#include "batch.h"
#include "commands.h"

#include "common/policy/creditor.h"
#include "common/runtime/memory.h"
#include "text.h"

/* For the creditors' files of a bundle, read one at a time. */
#define READ_SIZE ((size_t)16 << 20)

const struct ctl_option CTL_CHECK_OPTIONS[] = {
    { "bundle", "FOLDER", "also say which creditors these policies do not know" },
    { NULL, NULL, NULL },
};

/* ---- creditors that nobody describes ---- */

static bool is_described(const struct rlc_bundle *bundle, const char *creditor,
                         struct rlc_arena *arena)
{
    rlc_arena_reset(arena);
    return rlc_creditor_title(bundle, rlc_span_of(creditor), arena).size > 0;
}

/* Notes an event of this creditor: false in `seen` for one that is described, else its row. */
static void note(json_t *seen, const struct rlc_bundle *bundle, const char *creditor, long line,
                 struct rlc_arena *arena)
{
    json_t *row = json_object_get(seen, creditor);

    if (!row) {
        row = is_described(bundle, creditor, arena)
                  ? json_false()
                  : json_pack("{s:s, s:I, s:I}", "creditor", creditor, "line", (json_int_t)line,
                              "events", (json_int_t)0);
        (void)json_object_set_new(seen, creditor, row);
    }
    if (json_is_object(row))
        ctl_put(row, "events",
                json_integer(json_integer_value(json_object_get(row, "events")) + 1));
}

/* Those that no file of the bundle describes: {"creditor", "line", "events"} each. */
static json_t *list_unknown(const struct ctl_batch *batch, const struct rlc_bundle *bundle,
                            struct rlc_arena *arena)
{
    json_t *unknown = json_array();
    json_t *seen = json_object();
    const char *ignored;
    json_t *row;

    for (size_t i = 0; i < batch->count; i++) {
        const struct ctl_batch_record *record = &batch->records[i];
        json_t *event = json_loadb((const char *)record->json.data, record->json.size, 0, NULL);
        const char *creditor = json_string_value(json_object_get(event, "creditor"));

        if (creditor && !record->wrong)
            note(seen, bundle, creditor, record->line, arena);
        json_decref(event);
    }
    json_object_foreach(seen, ignored, row)
    {
        if (json_is_object(row))
            (void)json_array_append(unknown, row);
    }
    json_decref(seen);
    return unknown;
}

static int look_for_unknown(struct ctl *ctl, const struct ctl_batch *batch, json_t **ret_unknown)
{
    struct rlc_problems problems = { 0 };
    struct rlc_bundle_build *build;
    struct rlc_arena arena = { .size = 0 };
    int code;

    if (!ctl_option(ctl, "bundle"))
        return CTL_OK;
    build = ctl_bundle_build(ctl, ctl_option(ctl, "bundle"), &problems, stderr, &code);
    if (!build)
        return code;
    if (rlc_arena_map(&arena, READ_SIZE) == RLC_OK)
        *ret_unknown = list_unknown(batch, rlc_bundle_build_bundle(build), &arena);
    else
        code = ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    rlc_arena_unmap(&arena);
    rlc_bundle_build_free(build);
    return code;
}

/* ---- the answer ---- */

static void print_unknown(const json_t *unknown)
{
    size_t i;
    json_t *row;
    char number[32];

    json_array_foreach(unknown, i, row)
    {
        (void)fprintf(stderr, "relancectl: line %lld: ",
                      (long long)json_integer_value(json_object_get(row, "line")));
        (void)fprintf(stderr, "creditor: no file of the bundle describes '%s', ",
                      ctl_text(row, "creditor", number));
        (void)fprintf(stderr, "so nobody is reminded of what is owed to it (events: %lld)\n",
                      (long long)json_integer_value(json_object_get(row, "events")));
    }
}

static int report(struct ctl *ctl, const struct ctl_batch *batch, json_t *unknown)
{
    int code = json_array_size(unknown) ? CTL_FOUND : CTL_OK;

    if (batch->wrong)
        code = CTL_DATA;
    if (ctl_json(ctl, json_pack("{s:I, s:I, s:O, s:O*}", "events", (json_int_t)batch->count,
                                "wrong", (json_int_t)batch->wrong, "faults", batch->faults,
                                "unknown_creditors", unknown)))
        return code;
    ctl_batch_print(batch);
    print_unknown(unknown);
    if (batch->wrong) {
        (void)printf("%zu of %zu events %s wrong\n", batch->wrong, batch->count,
                     batch->wrong == 1 ? "is" : "are");
    } else {
        (void)printf("%zu events, all as the contract wants them\n", batch->count);
    }
    return code;
}

int ctl_check(struct ctl *ctl)
{
    struct ctl_batch batch;
    json_t *unknown = NULL;
    int code = ctl_batch_read(&batch, ctl, ctl->argument_count ? ctl->arguments[0] : "-");

    if (code == CTL_OK)
        code = look_for_unknown(ctl, &batch, &unknown);
    if (code == CTL_OK)
        code = report(ctl, &batch, unknown);
    json_decref(unknown);
    ctl_batch_clear(&batch);
    return code;
}
