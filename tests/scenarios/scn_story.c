/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/scenarios/scn_story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/runtime/memory.h"
#include "common/wire/words.h"

enum { MORNING = 9 * 60 }; /* an event without a time; reminders are due at 10:00 */

struct rlc_span scn_keep(struct scn_story *story, const char *text)
{
    return rlc_arena_copy(&story->arena, rlc_span_of(text));
}

struct rlc_span scn_span(struct scn_story *story, struct scn_line *line, const char *what)
{
    return scn_keep(story, scn_word(line, what));
}

int32_t scn_vocable(struct scn_line *line, enum rlc_vocabulary vocabulary, const char *what)
{
    const char *word = scn_word(line, what);
    int32_t number = 0;

    if (!rlc_word_parse(vocabulary, rlc_span_of(word), &number))
        scn_line_wrong(line, "'%s' is no %s", word, what);
    return number;
}

rlc_ms scn_instant(const struct scn_story *story, rlc_day day, int32_t minute)
{
    static const struct rlc_zone UTC;

    return rlc_zone_instant(story->zone ? story->zone : &UTC, day, minute);
}

struct scn_happening *scn_happen(struct scn_story *story, struct scn_line *line,
                                 enum scn_action action)
{
    struct scn_happening *happening = &story->happenings[story->happening_count];

    if (story->happening_count == SCN_HAPPENINGS_MAX - 1)
        scn_line_wrong(line, "the script is too long");
    else
        story->happening_count++;
    memset(happening, 0, sizeof(*happening));
    happening->at_ms = story->now_ms;
    happening->line = story->line;
    happening->action = action;
    return happening;
}

/* ---- days ---- */

/* DATE or DATE..DATE. */
static bool read_days(struct scn_line *line, rlc_day *ret_from, rlc_day *ret_to)
{
    char first[11] = "";
    const char *word = scn_peek(line);
    size_t size = strlen(word);

    if (size == 10 && scn_is_day(word)) {
        *ret_from = *ret_to = scn_day(line);
        return true;
    }
    if (size != 22 || strncmp(word + 10, "..", 2) != 0 || !scn_is_day(word + 12))
        return false;
    memcpy(first, word, 10);
    (void)scn_word(line, "days");
    return rlc_day_parse(rlc_span_of(first), ret_from) &&
           rlc_day_parse(rlc_span_of(word + 12), ret_to);
}

static void read_expect(struct scn_story *story, struct scn_line *line, const char *text,
                        const rlc_day days[2])
{
    struct scn_expect *expect = &story->expects[story->expect_count];

    if (story->expect_count == SCN_EXPECTS_MAX) {
        scn_line_wrong(line, "too many expectations");
        return;
    }
    story->expect_count++;
    *expect = (struct scn_expect){ .line = story->line,
                                   .text = (const char *)scn_keep(story, text).data,
                                   .count = -1,
                                   .from_on = days[0],
                                   .to_on = days[1],
                                   .whole = days[0] == 0,
                                   .at_minute = -1,
                                   .until_minute = -1 };
    scn_read_expect(story, line, expect);
}

static void move_on(struct scn_story *story, struct scn_line *line, rlc_day day)
{
    int32_t minute = MORNING;
    rlc_ms now_ms;

    if (scn_minute(scn_peek(line), &minute))
        (void)scn_word(line, "a time");
    now_ms = scn_instant(story, day, minute);
    if (story->dated && now_ms < story->now_ms)
        scn_line_wrong(line, "this happened before the line above; put it there");
    story->dated = true;
    story->today = day;
    story->now_ms = now_ms;
}

/* What is said before the first date is so from a week before it. */
static void date_the_beginning(struct scn_story *story, rlc_day first)
{
    for (size_t i = 0; i < story->happening_count; i++)
        story->happenings[i].at_ms = scn_instant(story, first - 7, 0);
}

static void read_line(struct scn_story *story, struct scn_line *line, const char *text)
{
    rlc_day days[2] = { 0, 0 };
    bool dated = read_days(line, &days[0], &days[1]);

    if (scn_accept(line, "EXPECT")) {
        read_expect(story, line, text, days);
        return;
    }
    if (dated && !story->dated)
        date_the_beginning(story, days[0]);
    if (dated && days[0] != days[1])
        scn_line_wrong(line, "an event has one date");
    if (dated)
        move_on(story, line, days[0]);
    if (scn_accept(line, "UNTIL"))
        story->end_on = scn_day(line);
    else if (!scn_read_event(story, line) && !scn_read_direction(story, line))
        scn_line_wrong(line, "'%s' is no verb of the language", scn_peek(line));
}

/* ---- the file ---- */

static void finish_line(struct scn_story *story, struct scn_line *line)
{
    if (!scn_line_ended(line))
        scn_line_wrong(line, "'%s' is not understood here", scn_peek(line));
    if (scn_line_is_wrong(line))
        (void)snprintf(story->mistake, sizeof(story->mistake), "%s:%d: %s", story->name,
                       story->line, line->mistake);
}

static void check_whole(struct scn_story *story)
{
    if (story->mistake[0])
        return;
    if (!story->zone || story->end_on == 0 || story->expect_count == 0)
        (void)snprintf(story->mistake, sizeof(story->mistake),
                       "%s: a script needs POLICY, UNTIL and an EXPECT", story->name);
}

bool scn_story_read(struct scn_story *story, const char *path, struct scn_bundles *bundles)
{
    FILE *file = fopen(path, "r");
    char text[SCN_LINE_BYTES];

    memset(story, 0, sizeof(*story));
    story->name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    story->bundles = bundles;
    if (!file || rlc_arena_map(&story->arena, (size_t)16 << 20) != RLC_OK) {
        (void)snprintf(story->mistake, sizeof(story->mistake), "%s: cannot be read", path);
        if (file)
            (void)fclose(file);
        return false;
    }
    while (!story->mistake[0] && fgets(text, sizeof(text), file)) {
        struct scn_line line;

        story->line++;
        text[strcspn(text, "\r\n")] = '\0';
        scn_line_cut(&line, text);
        if (line.count == 0)
            continue;
        read_line(story, &line, text);
        finish_line(story, &line);
    }
    (void)fclose(file);
    check_whole(story);
    return !story->mistake[0];
}

void scn_story_close(struct scn_story *story)
{
    rlc_arena_unmap(&story->arena);
}
