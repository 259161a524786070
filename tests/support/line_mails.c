/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the mails that arrived are those of which the log tells. */
#include "tests/support/line.h"

#include <stdlib.h>

#include "common/runtime/memory.h"
#include "common/wire/debtor_event.h"

#include "tests/support/check.h"

#define EVENTS_ARENA ((size_t)64 << 20)

/* Requests whose message had this content: one, unless the same was asked for twice. */
struct letter {
    struct rlc_hash content;
    char message_id[128];
    size_t accepted;
    size_t unknown;
    size_t arrived;
};

struct letters {
    struct rlc_arena arena;
    struct letter *letter;
    size_t count;
};

static struct letter *find(struct letters *letters, const struct rlc_hash *content)
{
    for (size_t i = 0; i < letters->count; i++) {
        if (memcmp(&letters->letter[i].content, content, sizeof(*content)) == 0)
            return &letters->letter[i];
    }
    return NULL;
}

static struct letter *find_or_add(struct letters *letters, const struct rlc_outcome *outcome)
{
    struct letter *letter = find(letters, &outcome->content_hash);

    if (letter)
        return letter;
    letters->letter = realloc(letters->letter, (letters->count + 1) * sizeof(*letters->letter));
    assert_non_null(letters->letter);
    letter = &letters->letter[letters->count++];
    *letter = (struct letter){ .content = outcome->content_hash };
    assert_true(outcome->message_id.size < sizeof(letter->message_id));
    memcpy(letter->message_id, outcome->message_id.data, outcome->message_id.size);
    return letter;
}

static void take_outcome(void *context, const struct rlc_record *record)
{
    struct letters *letters = context;
    struct rlc_debtor_event event;
    struct rlc_fault fault;
    struct letter *letter;

    rlc_arena_reset(&letters->arena);
    assert_int_equal(rlc_debtor_event_decode(record->value, &letters->arena, &event, &fault),
                     RLC_OK);
    if (event.kind != RLC_EVENT_KIND_OUTCOME)
        return;
    letter = find_or_add(letters, &event.outcome);
    letter->accepted += event.outcome.result == RLC_OUTCOME_RESULT_ACCEPTED;
    letter->unknown += event.outcome.result == RLC_OUTCOME_RESULT_UNKNOWN;
}

/* What is answered is forgotten. */
static void assert_nothing_is_kept(struct line *line)
{
    struct rlc_view *eye = line->world.roles[LINE_NOTIFIER].eye;

    for (int32_t p = 0; p < line->setup.partitions; p++) {
        struct rlc_look look;
        struct rlc_error error;

        assert_int_equal(eye->ops->look(eye, p, &look, &error), RLC_OK);
        assert_int_equal(look.records, 0);
    }
}

void line_check_mails(struct line *line)
{
    struct letters letters = { .count = 0 };

    assert_int_equal(rlc_arena_map(&letters.arena, EVENTS_ARENA), RLC_OK);
    world_each(&line->world, world_topic(&line->world, "debtor-events"), take_outcome, &letters);
    for (size_t i = 0; i < line->post.count; i++) {
        const struct post_mail *mail = &line->post.mails[i];
        struct letter *letter = find(&letters, &mail->content_hash);

        if (!letter) {
            fail_msg("a mail to %s that nobody knows of", mail->to);
            continue;
        }
        assert_string_equal(letter->message_id, mail->message_id);
        letter->arrived++;
    }
    for (size_t i = 0; i < letters.count; i++) {
        const struct letter *letter = &letters.letter[i];

        if (letter->arrived < letter->accepted ||
            letter->arrived > letter->accepted + letter->unknown)
            fail_msg("%s: %zu accepted, %zu unknown, %zu mails", letter->message_id,
                     letter->accepted, letter->unknown, letter->arrived);
    }
    rlc_arena_unmap(&letters.arena);
    free(letters.letter);
    assert_nothing_is_kept(line);
}
