/* SPDX-License-Identifier: Apache-2.0 */
#include "letters.h"

#include <stdlib.h>
#include <string.h>

#include "common/pure/calendar.h"
#include "common/runtime/memory.h"
#include "common/runtime/topics.h"
#include "scan.h"
#include "text.h"

/* A letter with a record of the largest size, decoded, and its copy. */
#define LETTER_SIZE ((size_t)RLC_DECODE_BYTES_MAX + RLC_RECORD_BYTES_MAX)

/* ---- one letter ---- */

static void id_of(struct rlc_span key, char id[CTL_LETTER_ID_SIZE])
{
    ctl_hex(key.data, key.size < 8 ? key.size : 8, id);
}

json_t *ctl_letter_json(const struct rlc_dead_letter *letter, struct rlc_span key)
{
    char id[CTL_LETTER_ID_SIZE];
    char at[RLC_MS_SIZE];
    char hash[65];
    json_t *object = json_object();

    id_of(key, id);
    ctl_hex(letter->record_hash.bytes, sizeof(letter->record_hash.bytes), hash);
    if (!rlc_ms_format(letter->rejected_at_ms, at, sizeof(at)))
        at[0] = '\0';
    ctl_put_text(object, "id", id);
    ctl_put_text(object, "rejected_at", at);
    ctl_put_span(object, "code", letter->code);
    ctl_put_span(object, "path", letter->path);
    ctl_put_span(object, "worker", letter->worker);
    ctl_put_span(object, "tenant", letter->tenant);
    ctl_put_span(object, "debtor", letter->debtor);
    ctl_put_span(object, "creditor", letter->creditor);
    ctl_put_span(object, "topic", letter->at.topic);
    ctl_put(object, "partition", json_integer(letter->at.partition));
    ctl_put(object, "offset", json_integer(letter->at.offset));
    ctl_put_span(object, "source", letter->source);
    ctl_put_span(object, "source_event_id", letter->source_event_id);
    ctl_put_span(object, "remedy", letter->remedy);
    ctl_put(object, "record_bytes", json_integer(letter->record_bytes));
    ctl_put_text(object, "record_hash", hash);
    ctl_put(object, "raw_kept", json_boolean(letter->raw.key_id.size > 0));
    return object;
}

/* ---- the list ---- */

/* Letters kept so far, newest first. */
struct kept {
    rlc_ms at_ms;
    json_t *letter;
};

struct listing {
    const struct ctl_letter_filter *filter;
    struct rlc_arena arena;
    struct kept *kept;
    size_t count;
    size_t matched;
    size_t unreadable;
};

static bool is_debtor(const char *wanted, const struct rlc_dead_letter *letter)
{
    size_t tenant = letter->tenant.size;

    return strlen(wanted) == tenant + 1 + letter->debtor.size &&
           memcmp(wanted, letter->tenant.data, tenant) == 0 && wanted[tenant] == '/' &&
           memcmp(wanted + tenant + 1, letter->debtor.data, letter->debtor.size) == 0;
}

static bool matches(const struct ctl_letter_filter *filter, const struct rlc_dead_letter *letter)
{
    if (filter->code && !rlc_span_equal(letter->code, rlc_span_of(filter->code)))
        return false;
    if (filter->worker && !rlc_span_equal(letter->worker, rlc_span_of(filter->worker)))
        return false;
    return !filter->debtor || (letter->debtor.size > 0 && is_debtor(filter->debtor, letter));
}

/* Puts it where it belongs; the oldest one makes room. */
static void keep(struct listing *listing, rlc_ms at_ms, json_t *letter)
{
    size_t limit = listing->filter->limit;
    size_t place = listing->count;

    while (place > 0 && listing->kept[place - 1].at_ms <= at_ms)
        place--;
    if (place == limit) {
        json_decref(letter);
        return;
    }
    if (listing->count == limit)
        json_decref(listing->kept[--listing->count].letter);
    memmove(&listing->kept[place + 1], &listing->kept[place],
            (listing->count - place) * sizeof(*listing->kept));
    listing->kept[place] = (struct kept){ at_ms, letter };
    listing->count++;
}

/* Somebody has settled one that was listed before: it holds no debtor, so nothing else knows. */
static void note_settled(struct listing *listing, const struct rlc_dead_letter *letter,
                         struct rlc_span key)
{
    char id[CTL_LETTER_ID_SIZE];

    id_of(key, id);
    for (size_t i = 0; i < listing->count; i++) {
        json_t *kept = listing->kept[i].letter;

        if (strcmp(json_string_value(json_object_get(kept, "id")), id) != 0)
            continue;
        ctl_put_text(kept, "state", "SETTLED");
        ctl_put_ms(kept, "settled_at", letter->settled_at_ms);
        ctl_put_span(kept, "settled_by", letter->settled_by);
    }
}

static bool list_one(void *context, const struct rlc_record *record)
{
    struct listing *listing = context;
    struct rlc_dead_letter letter;
    struct rlc_fault fault;

    rlc_arena_reset(&listing->arena);
    if (rlc_dead_letter_decode(record->value, &listing->arena, &letter, &fault) != RLC_OK) {
        listing->unreadable++;
        return true;
    }
    if (!matches(listing->filter, &letter))
        return true;
    if (letter.settled_at_ms != 0) {
        note_settled(listing, &letter, record->key);
        return true;
    }
    listing->matched++;
    keep(listing, letter.rejected_at_ms, ctl_letter_json(&letter, record->key));
    return true;
}

static int scan_letters(struct ctl *ctl, bool (*take)(void *, const struct rlc_record *),
                        void *context)
{
    char topic[RLC_TOPIC_NAME_MAX];
    struct ctl_scan scan = {
        .topic = topic, .partition = RLC_PARTITION_NONE, .take = take, .context = context
    };

    if (!ctl_topic(ctl, rlc_topic_row(RLC_TOPIC_DEAD_LETTERS)->suffix, topic))
        return CTL_CONFIG;
    return ctl_scan(ctl, &scan);
}

int ctl_letters_list(struct ctl *ctl, const struct ctl_letter_filter *filter,
                     struct ctl_letter_list *ret_list)
{
    struct listing listing = { .filter = filter,
                               .kept = calloc(filter->limit + 1, sizeof(*listing.kept)) };
    int code;

    *ret_list = (struct ctl_letter_list){ .letters = json_array() };
    if (!listing.kept || rlc_arena_map(&listing.arena, LETTER_SIZE) != RLC_OK) {
        free(listing.kept);
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    }
    code = scan_letters(ctl, list_one, &listing);
    for (size_t i = 0; i < listing.count; i++)
        (void)json_array_append_new(ret_list->letters, listing.kept[i].letter);
    ret_list->matched = listing.matched;
    ret_list->unreadable = listing.unreadable;
    rlc_arena_unmap(&listing.arena);
    free(listing.kept);
    return code;
}

/* ---- finding one ---- */

struct search {
    const char *digits;
    struct ctl_letter *found;
};

static bool find_one(void *context, const struct rlc_record *record)
{
    struct search *search = context;
    struct ctl_letter *found = search->found;
    struct rlc_fault fault;
    char digits[65];

    if (record->key.size != sizeof(found->key))
        return true;
    ctl_hex(record->key.data, record->key.size, digits);
    if (strncmp(digits, search->digits, strlen(search->digits)) != 0)
        return true;
    /* Written again is still the same letter. */
    if (found->matches > 0 && memcmp(found->key, record->key.data, sizeof(found->key)) == 0)
        return true;
    rlc_arena_reset(&found->arena);
    if (rlc_dead_letter_decode(record->value, &found->arena, &found->letter, &fault) != RLC_OK)
        return true;
    memcpy(found->key, record->key.data, sizeof(found->key));
    id_of(record->key, found->id);
    return ++found->matches < 2;
}

int ctl_letter_find(struct ctl *ctl, const char *digits, struct ctl_letter *ret_letter)
{
    struct search search = { .digits = digits, .found = ret_letter };
    size_t length = strlen(digits);
    int code;

    *ret_letter = (struct ctl_letter){ .matches = 0 };
    if (length < CTL_LETTER_ID_MIN || length > 64 || strspn(digits, "0123456789abcdef") != length)
        return ctl_fail(ctl, CTL_USAGE, "'%s' is no id of a dead letter: %d to 16 digits 0-9a-f",
                        digits, CTL_LETTER_ID_MIN);
    if (rlc_arena_map(&ret_letter->arena, LETTER_SIZE) != RLC_OK)
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    code = scan_letters(ctl, find_one, &search);
    if (code == CTL_OK && ret_letter->matches == 0)
        code = ctl_fail(ctl, CTL_NOT_THERE, "no dead letter '%s'; 'relancectl dlq list' lists them",
                        digits);
    if (code == CTL_OK && ret_letter->matches > 1)
        code = ctl_fail(ctl, CTL_USAGE, "more than one dead letter begins with '%s'", digits);
    return code;
}

void ctl_letter_clear(struct ctl_letter *letter)
{
    rlc_arena_unmap(&letter->arena);
}
