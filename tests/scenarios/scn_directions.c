/* SPDX-License-Identifier: Apache-2.0 */
/* Directions: what no system says, but is done to the play. */
#include <string.h>

#include "tests/scenarios/scn_story.h"

static void read_answer(struct scn_story *story, struct scn_line *line, bool once)
{
    static const char *const WORDS[] = {
        [SCN_ACCEPTED] = "accepted", [SCN_REFUSED] = "refused",   [SCN_DEFERRED] = "deferred",
        [SCN_UNKNOWN] = "unknown",   [SCN_RETURNED] = "returned", [SCN_NO_ANSWER] = "none"
    };
    struct scn_answer *answer = &scn_happen(story, line, SCN_ANSWERS)->answer;

    answer->once = once;
    while (answer->kind <= SCN_NO_ANSWER && !scn_accept(line, WORDS[answer->kind]))
        answer->kind++;
    if (answer->kind > SCN_NO_ANSWER)
        scn_line_wrong(line, "'%s' is no answer", scn_peek(line));
    if (answer->kind == SCN_RETURNED)
        answer->reason = (enum rlc_return_reason)scn_vocable(line, RLC_VOCABULARY_RETURN_REASON,
                                                             "reason of a return");
    if (answer->kind == SCN_DEFERRED) {
        rlc_day day;
        int32_t minute = 0;

        scn_need(line, "until");
        day = scn_day(line);
        if (scn_minute(scn_peek(line), &minute))
            (void)scn_word(line, "a time");
        answer->until_ms = scn_instant(story, day, minute);
    }
}

static void read_answers(struct scn_story *story, struct scn_line *line)
{
    read_answer(story, line, false);
}

static void read_next_answer(struct scn_story *story, struct scn_line *line)
{
    read_answer(story, line, true);
}

static void about_debtor(struct scn_story *story, struct scn_line *line, enum scn_action action)
{
    struct scn_happening *happening = scn_happen(story, line, action);

    happening->debtor = story->debtor;
    if (scn_accept(line, "about"))
        happening->debtor = scn_span(story, line, "a debtor");
}

static void read_garbage(struct scn_story *story, struct scn_line *line)
{
    about_debtor(story, line, SCN_GARBAGE);
}

static void read_release(struct scn_story *story, struct scn_line *line)
{
    about_debtor(story, line, SCN_RELEASE);
}

static void read_again(struct scn_story *story, struct scn_line *line)
{
    (void)scn_happen(story, line, SCN_AGAIN);
}

static void read_outage(struct scn_story *story, struct scn_line *line)
{
    struct scn_happening *happening = scn_happen(story, line, SCN_OUTAGE);
    int32_t minute = 0;
    rlc_day day;

    scn_need(line, "until");
    day = scn_day(line);
    if (scn_minute(scn_peek(line), &minute))
        (void)scn_word(line, "a time");
    happening->until_ms = scn_instant(story, day, minute);
}

bool scn_read_direction(struct scn_story *story, struct scn_line *line)
{
    static const struct {
        const char *word;
        void (*read)(struct scn_story *, struct scn_line *);
    } DIRECTIONS[] = {
        { "ANSWERS", read_answers },
        { "GARBAGE", read_garbage },
        { "NEXT-ANSWER", read_next_answer },
        { "RELEASE", read_release },
        { "AGAIN", read_again },
        { "OUTAGE", read_outage },
    };

    for (size_t i = 0; i < RLC_COUNT(DIRECTIONS); i++) {
        if (!scn_accept(line, DIRECTIONS[i].word))
            continue;
        DIRECTIONS[i].read(story, line);
        return true;
    }
    return false;
}
