/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl explain: each contact and each silence of a debtor with its reason, out of the trail.
 */
#include "commands.h"

#include <string.h>

#include "brief.h"
#include "common/runtime/topics.h"
#include "story.h"
#include "text.h"

/* Of a topic with partition and offset. */
#define PLACE_SIZE (RLC_TOPIC_NAME_MAX + 64)

const struct ctl_option CTL_EXPLAIN_OPTIONS[] = {
    { "on", "DATE", "this day only, on the debtor's calendar (default: everything)" },
    { "document", "ID", "this document only" },
    { "evidence", NULL, "also where in the log stands what has no other name (--json has it)" },
    { "short", NULL, "its story in a few lines, from the invoice to the end (with --document)" },
    { NULL, NULL, NULL },
};

static bool ends_with(const char *text, size_t size, const char *end)
{
    return strlen(end) <= size && memcmp(text + size - strlen(end), end, strlen(end)) == 0;
}

/* How much of a sentence is read: without the places in the log at its end, unless they are asked
 * for. An event has a name of its own, which its source knows. */
static int read_size(const json_t *entry, const char *sentence)
{
    static const char *const BEFORE[] = { ", ", "; because of " };
    const json_t *places = json_object_get(entry, "evidence");
    size_t size = strlen(sentence);

    for (size_t i = json_array_size(places); i-- > 0;) {
        const json_t *place = json_array_get(places, i);
        char text[PLACE_SIZE];
        char number[32];
        char offset[32];

        (void)snprintf(text, sizeof(text), "%s/%s@%s", ctl_text(place, "topic", number),
                       ctl_text(place, "partition", number), ctl_text(place, "offset", offset));
        if (!ends_with(sentence, size, text))
            break;
        size -= strlen(text);
        for (size_t k = 0; k < RLC_COUNT(BEFORE); k++)
            size -= ends_with(sentence, size, BEFORE[k]) ? strlen(BEFORE[k]) : 0;
    }
    return (int)size;
}

static void print_story(const json_t *entries, bool whole)
{
    size_t index;
    const json_t *entry;
    char number[32];

    json_array_foreach(entries, index, entry)
    {
        const char *sentence = ctl_text(entry, "sentence", number);

        (void)printf("%s  %s%.*s\n", ctl_text(entry, "local", number),
                     json_object_get(entry, "still") ? "and since then " : "",
                     whole ? (int)strlen(sentence) : read_size(entry, sentence), sentence);
    }
}

static int print(struct ctl *ctl, const struct ctl_past *past, const json_t *entries)
{
    if (ctl_json(ctl, json_pack("{s:s, s:s, s:I, s:I, s:O}", "debtor", ctl->arguments[0], "zone",
                                past->zone.name, "facts", (json_int_t)past->count, "unreadable",
                                (json_int_t)past->unreadable, "entries", entries)))
        return CTL_OK;
    print_story(entries, ctl_option(ctl, "evidence") != NULL);
    (void)printf("%zu entries out of %zu facts about %s; times are those of %s\n",
                 json_array_size(entries), past->count, ctl->arguments[0], past->zone.name);
    return CTL_OK;
}

static int explain_briefly(struct ctl *ctl, struct ctl_past *past)
{
    const char *document = ctl_option(ctl, "document");
    struct ctl_brief brief;
    int code;

    if (!document || ctl_option(ctl, "on"))
        return ctl_fail(ctl, CTL_USAGE, "--short tells of one --document, and of all its days");
    ctl_brief_init(&brief, document);
    past->take = ctl_brief_take;
    past->context = &brief;
    code = ctl_past_read(ctl, past);
    if (code == CTL_OK)
        code = print(ctl, past, brief.entries);
    ctl_brief_clear(&brief);
    return code;
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
    if (ctl_option(ctl, "short"))
        return explain_briefly(ctl, &past);
    ctl_story_init(&story, on, ctl_option(ctl, "document"));
    code = ctl_past_read(ctl, &past);
    entries = ctl_story_end(&story);
    if (code == CTL_OK)
        code = print(ctl, &past, entries);
    ctl_story_clear(&story);
    return code;
}
