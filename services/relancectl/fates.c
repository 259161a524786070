/* SPDX-License-Identifier: Apache-2.0 */
#include "fates.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "common/runtime/memory.h"
#include "common/wire/dead_letter.h"
#include "common/wire/debtor_event.h"
#include "common/wire/debtor_fact.h"
#include "objection.h"
#include "text.h"

/* Where an event stands in debtor-events. */
struct place {
    int64_t partition; /* as wide as the offset: no gap between them */
    int64_t offset;
};

struct ctl_fate {
    struct rlc_hash hash; /* of the bytes that were sent */
    struct place at;
    const struct ctl_fate *same; /* of an earlier line with the same bytes */
    const char *word;
    char rule[RLC_CODE_BYTES_MAX + 1];
    char path[96];
    char remedy[512];
    UT_hash_handle by_hash;
    UT_hash_handle by_place;
};

static const char TAKEN[] = "TAKEN";
static const char REFUSED[] = "REFUSED";
static const char LETTER[] = "DEAD_LETTER";
static const char DUPLICATE[] = "DUPLICATE";
static const char STALE[] = "STALE";

/* What to do about a word that came too late; the reason is the order of the contract. */
static const char STALE_REMEDY[] =
    "a later word about the same stands: send a correction with a later time, or a higher revision "
    "where there are revisions";

enum { EVENTS, LETTERS };

static void copy(char *buffer, size_t size, struct rlc_span text)
{
    (void)snprintf(buffer, size, "%.*s", (int)text.size, text.size ? (const char *)text.data : "");
}

/* ---- tables ---- */

/* NOLINTBEGIN(readability-function-size,clang-analyzer-*): what the macros of uthash expand to */

static struct ctl_fate *find_hash(const struct ctl_fates *fates, const struct rlc_hash *hash)
{
    struct ctl_fate *fate;

    HASH_FIND(by_hash, fates->by_hash, hash, sizeof(*hash), fate);
    return fate;
}

static void add_hash(struct ctl_fates *fates, struct ctl_fate *fate)
{
    HASH_ADD(by_hash, fates->by_hash, hash, sizeof(fate->hash), fate);
}

static struct ctl_fate *find_place(const struct ctl_fates *fates, const struct place *at)
{
    struct ctl_fate *fate;

    HASH_FIND(by_place, fates->by_place, at, sizeof(*at), fate);
    return fate;
}

static void add_place(struct ctl_fates *fates, struct ctl_fate *fate)
{
    HASH_ADD(by_place, fates->by_place, at, sizeof(fate->at), fate);
}

static void clear_tables(struct ctl_fates *fates)
{
    HASH_CLEAR(by_hash, fates->by_hash);
    HASH_CLEAR(by_place, fates->by_place);
}

/* NOLINTEND(readability-function-size,clang-analyzer-*) */

/* ---- before ---- */

static void expect(struct ctl_fates *fates, size_t number)
{
    struct ctl_fate *fate = &fates->fates[number];

    fate->hash = rlc_sha256(fates->batch->records[number].json);
    fate->same = find_hash(fates, &fate->hash);
    if (fate->same)
        return;
    add_hash(fates, fate);
    fates->open++;
}

int ctl_fates_open(struct ctl_fates *fates, struct ctl *ctl, const struct ctl_batch *batch)
{
    static const enum rlc_topic_use ARRIVALS[] = {
        [EVENTS] = RLC_TOPIC_DEBTOR_EVENTS, [LETTERS] = RLC_TOPIC_DEAD_LETTERS
    };
    static const enum rlc_topic_use FACTS[] = { RLC_TOPIC_DEBTOR_FACTS };
    int code;

    *fates = (struct ctl_fates){ .ctl = ctl, .batch = batch };
    fates->fates = calloc(batch->count, sizeof(*fates->fates));
    if (!fates->fates || rlc_arena_map(&fates->arena, RLC_DECODE_BYTES_MAX) != RLC_OK)
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    for (size_t i = 0; i < batch->count; i++) {
        if (!batch->records[i].wrong)
            expect(fates, i);
    }
    code = ctl_tail_open(&fates->arrivals, ctl, ARRIVALS, RLC_COUNT(ARRIVALS));
    return code == CTL_OK ? ctl_tail_open(&fates->facts, ctl, FACTS, RLC_COUNT(FACTS)) : code;
}

/* ---- ingest's word ---- */

static struct ctl_fate *sent(const struct ctl_fates *fates, const struct rlc_hash *hash)
{
    struct ctl_fate *fate = find_hash(fates, hash);

    return fate && !fate->word ? fate : NULL;
}

static enum ctl_tail_word told(struct ctl_fates *fates)
{
    fates->open--;
    return fates->open ? CTL_TAIL_MINE : CTL_TAIL_DONE;
}

static enum ctl_tail_word take_event(struct ctl_fates *fates, const struct rlc_record *record)
{
    struct rlc_debtor_event event;
    struct rlc_fault fault;
    struct ctl_fate *fate;
    struct rlc_hash itself;

    if (rlc_debtor_event_decode(record->value, &fates->arena, &event, &fault) != RLC_OK)
        return CTL_TAIL_OTHER;
    itself = fates->direct ? rlc_sha256(record->value) : event.envelope.causation.record_hash;
    fate = sent(fates, &itself);
    if (!fate || event.kind == RLC_EVENT_KIND_QUARANTINED)
        return CTL_TAIL_OTHER;
    fate->word = TAKEN;
    fate->at = (struct place){ record->partition, record->offset };
    add_place(fates, fate);
    return told(fates);
}

static enum ctl_tail_word take_letter(struct ctl_fates *fates, const struct rlc_record *record)
{
    struct rlc_dead_letter letter;
    struct rlc_fault fault;
    struct ctl_fate *fate;

    if (rlc_dead_letter_decode(record->value, &fates->arena, &letter, &fault) != RLC_OK)
        return CTL_TAIL_OTHER;
    fate = sent(fates, &letter.record_hash);
    if (!fate)
        return CTL_TAIL_OTHER;
    fate->word = LETTER;
    copy(fate->rule, sizeof(fate->rule), letter.code);
    copy(fate->path, sizeof(fate->path), letter.path);
    copy(fate->remedy, sizeof(fate->remedy), letter.remedy);
    return told(fates);
}

static enum ctl_tail_word take_arrival(void *context, const struct rlc_record *record)
{
    struct ctl_fates *fates = context;

    rlc_arena_reset(&fates->arena);
    return record->topic == EVENTS ? take_event(fates, record) : take_letter(fates, record);
}

/* ---- scenario's word ---- */

static void ignore(struct ctl_fate *fate, struct rlc_span rule)
{
    static const char *const KNOWN[] = { DUPLICATE, STALE };

    fate->word = REFUSED;
    copy(fate->rule, sizeof(fate->rule), rule);
    for (size_t i = 0; i < RLC_COUNT(KNOWN); i++) {
        if (strcmp(fate->rule, KNOWN[i]) != 0)
            continue;
        fate->word = KNOWN[i];
        fate->rule[0] = '\0';
        return;
    }
}

/* What is said first of an event says whether it counts. */
static void judge(struct ctl_fate *fate, const struct rlc_debtor_fact *fact)
{
    fate->word = "ACCEPTED";
    if (fact->kind == RLC_FACT_KIND_EVENT_IGNORED)
        ignore(fate, fact->event_ignored.rule);
    else if (fact->kind == RLC_FACT_KIND_COMMAND_REFUSED)
        ignore(fate, fact->command_refused.rule);
    else if (fact->kind == RLC_FACT_KIND_CONFLICT_FOUND)
        ignore(fate, rlc_span_of("CONFLICT"));
}

static enum ctl_tail_word take_fact(void *context, const struct rlc_record *record)
{
    struct ctl_fates *fates = context;
    struct rlc_debtor_fact fact;
    struct rlc_fault fault;
    struct ctl_fate *fate;
    struct place at;

    rlc_arena_reset(&fates->arena);
    if (rlc_debtor_fact_decode(record->value, &fates->arena, &fact, &fault) != RLC_OK)
        return CTL_TAIL_OTHER;
    at = (struct place){ fact.envelope.causation.at.partition, fact.envelope.causation.at.offset };
    fate = find_place(fates, &at);
    if (!fate || fate->word != TAKEN ||
        !rlc_span_equal(fact.envelope.causation.at.topic,
                        rlc_span_of(fates->arrivals.topics[EVENTS])))
        return CTL_TAIL_OTHER;
    judge(fate, &fact);
    return told(fates);
}

/* ---- all ---- */

static bool is(const json_t *fate, const char *word)
{
    return strcmp(json_string_value(json_object_get(fate, "fate")), word) == 0;
}

/* A natural person's id is another one behind ingest: nothing can be found by it. */
static void put_whose(json_t *object, const json_t *event)
{
    static const char *const NAMES[] = { "source", "id", "tenant", "debtor" };
    size_t count = RLC_COUNT(NAMES);

    if (json_is_true(json_object_get(event, "naturalperson")))
        count--;
    for (size_t i = 0; i < count; i++)
        ctl_put_text(object, NAMES[i], json_string_value(json_object_get(event, NAMES[i])));
}

static json_t *fate_json(const struct ctl_batch_record *record, const struct ctl_fate *fate)
{
    json_t *event = json_loadb((const char *)record->json.data, record->json.size, 0, NULL);
    json_t *object = json_object();

    ctl_put(object, "line", json_integer(record->line));
    put_whose(object, event);
    ctl_put_text(object, "fate", fate->word ? fate->word : "UNKNOWN");
    ctl_put_text(object, "rule", fate->rule);
    ctl_put_text(object, "path", fate->path);
    ctl_put_text(object, "remedy", fate->word == STALE ? STALE_REMEDY : fate->remedy);
    json_decref(event);
    return object;
}

static void list(const struct ctl_fates *fates, json_t *array, json_t *in_doubt)
{
    for (size_t i = 0; i < fates->batch->count; i++) {
        const struct ctl_batch_record *record = &fates->batch->records[i];
        const struct ctl_fate *fate = fates->fates[i].same;
        json_t *object;

        if (record->wrong)
            continue;
        if (!fate)
            fate = &fates->fates[i];
        object = fate_json(record, fate);
        if (fate->word == DUPLICATE || fate->word == REFUSED) {
            ctl_put(object, "partition", json_integer(fate->at.partition));
            ctl_put(object, "offset", json_integer(fate->at.offset));
            (void)json_array_append(in_doubt, object);
        }
        (void)json_array_append_new(array, object);
    }
}

/* ---- letters that stand against them ---- */

static bool same(const json_t *left, const json_t *right, const char *name)
{
    return json_equal(json_object_get(left, name), json_object_get(right, name));
}

/* Of a letter of just now the hot state may not know yet. */
static const char *state_of(const json_t *fate, const json_t *letter)
{
    return same(fate, letter, "partition") && same(fate, letter, "offset")
               ? "OPEN"
               : json_string_value(json_object_get(letter, "state"));
}

/* A duplicate is one of what counts, unless its letter is open: what is not known to be settled is.
 * The letter of a conflict is about the other body of the same id. */
static bool stands_against(const json_t *fate, const json_t *letter, const char *state)
{
    const char *code = json_string_value(json_object_get(letter, "code"));

    if (is(fate, REFUSED))
        return true;
    return strcmp(code, "CONFLICT") != 0 && (!state || strcmp(state, "SETTLED") != 0);
}

static void put_letter(json_t *fate, const json_t *letter, const char *state)
{
    static const char *const TOLD[] = { "path", "remedy" };
    json_t *brief = json_object();

    ctl_put_text(fate, "fate", REFUSED);
    ctl_put_text(fate, "rule", json_string_value(json_object_get(letter, "code")));
    for (size_t i = 0; i < RLC_COUNT(TOLD); i++)
        ctl_put_text(fate, TOLD[i], json_string_value(json_object_get(letter, TOLD[i])));
    ctl_put_text(brief, "id", json_string_value(json_object_get(letter, "id")));
    ctl_put_text(brief, "state", state);
    ctl_put(fate, "letter", brief);
}

static void object_to(json_t *fate)
{
    json_t *letter = json_incref(json_object_get(fate, "letter"));
    const char *state = letter ? state_of(fate, letter) : NULL;

    (void)json_object_del(fate, "letter");
    if (letter && stands_against(fate, letter, state))
        put_letter(fate, letter, state);
    (void)json_object_del(fate, "partition");
    (void)json_object_del(fate, "offset");
    json_decref(letter);
}

static int ask_letters(struct ctl *ctl, json_t *in_doubt)
{
    int code = ctl_objections(ctl, in_doubt);
    size_t i;
    json_t *fate;

    json_array_foreach(in_doubt, i, fate) object_to(fate);
    return code;
}

static int code_of(const json_t *fates)
{
    static const struct {
        const char *word;
        int code;
    } CODES[] = { { "ACCEPTED", CTL_OK },
                  { DUPLICATE, CTL_OK },
                  { STALE, CTL_FOUND },
                  { REFUSED, CTL_FOUND },
                  { LETTER, CTL_FOUND } };
    int worst = CTL_OK;
    size_t i;
    json_t *fate;

    json_array_foreach(fates, i, fate)
    {
        int code = CTL_UNAVAILABLE;

        for (size_t k = 0; k < RLC_COUNT(CODES); k++) {
            if (is(fate, CODES[k].word))
                code = CODES[k].code;
        }
        worst = code > worst ? code : worst;
    }
    return worst;
}

int ctl_fates_wait(struct ctl_fates *fates, json_t **ret_fates)
{
    int code = ctl_tail_wait(&fates->arrivals, take_arrival, fates);
    json_t *in_doubt = json_array();

    *ret_fates = json_array();
    fates->open = HASH_CNT(by_place, fates->by_place);
    if (code == CTL_OK && fates->open)
        code = ctl_tail_wait(&fates->facts, take_fact, fates);
    if (code == CTL_OK) {
        list(fates, *ret_fates, in_doubt);
        code = ask_letters(fates->ctl, in_doubt);
    }
    json_decref(in_doubt);
    return code == CTL_OK ? code_of(*ret_fates) : code;
}

void ctl_fate_print(const json_t *fate)
{
    static const char *const WORDS[] = { "id", "fate", "rule", "path", "remedy" };
    const json_t *letter = json_object_get(fate, "letter");
    const char *before = "";
    char number[32];

    for (size_t i = 0; i < RLC_COUNT(WORDS); i++) {
        if (!json_object_get(fate, WORDS[i]))
            continue;
        (void)printf("%s%s", before, ctl_text(fate, WORDS[i], number));
        before = ": ";
    }
    if (letter) {
        (void)printf(": dead letter %s, %s", ctl_text(letter, "id", number),
                     json_object_get(letter, "state") ? ctl_text(letter, "state", number)
                                                      : "its state is not known");
    }
    (void)putchar('\n');
}

void ctl_fates_close(struct ctl_fates *fates)
{
    ctl_tail_close(&fates->arrivals);
    ctl_tail_close(&fates->facts);
    clear_tables(fates);
    rlc_arena_unmap(&fates->arena);
    free(fates->fates);
}
