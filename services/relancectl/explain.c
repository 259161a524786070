/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl explain: each contact and each silence of a debtor with its reason, out of the trail.
 */
#include "commands.h"
#include "story.h"
#include "text.h"

const struct ctl_option CTL_EXPLAIN_OPTIONS[] = {
    { "on", "DATE", "this day only, on the debtor's calendar (default: everything)" },
    { "document", "ID", "this document only" },
    { NULL, NULL, NULL },
};

static void print_story(const json_t *entries)
{
    size_t index;
    const json_t *entry;
    char number[32];

    json_array_foreach(entries, index, entry)(void)
        printf("%s  %s%s\n", ctl_text(entry, "local", number),
               json_object_get(entry, "still") ? "and since then " : "",
               ctl_text(entry, "sentence", number));
}

int ctl_explain(struct ctl *ctl)
{
    static struct ctl_past past; /* zones are large */
    struct ctl_story story;
    const json_t *entries;
    rlc_day on;
    int code;

    past = (struct ctl_past){ .take = ctl_story_take, .context = &story };
    if (!ctl_debtor_argument(ctl, ctl->arguments[0], &past.tenant, &past.debtor) ||
        !ctl_day_option(ctl, "on", &on))
        return CTL_USAGE;
    past.until_on = on;
    ctl_story_init(&story, on, ctl_option(ctl, "document"));
    code = ctl_past_read(ctl, &past);
    entries = ctl_story_end(&story);
    if (code == CTL_OK &&
        !ctl_json(ctl, json_pack("{s:s, s:s, s:I, s:I, s:O}", "debtor", ctl->arguments[0], "zone",
                                 past.zone.name, "facts", (json_int_t)past.count, "unreadable",
                                 (json_int_t)past.unreadable, "entries", entries))) {
        print_story(entries);
        (void)printf("%zu entries out of %zu facts about %s; times are those of %s\n",
                     json_array_size(entries), past.count, ctl->arguments[0], past.zone.name);
    }
    ctl_story_clear(&story);
    return code;
}
