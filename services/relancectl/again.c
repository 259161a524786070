/* SPDX-License-Identifier: Apache-2.0 */
#include "again.h"

#include <string.h>

#include "common/pure/calendar.h"
#include "common/runtime/file.h"
#include "common/runtime/memory.h"
#include "common/wire/debtor_event.h"
#include "contract.h"
#include "publish.h"
#include "scan.h"
#include "stepped.h"
#include "stores.h"

/* A record with its key, unsealed, or an event with what it is decoded to. */
#define RECORD_SIZE (((size_t)4 << 20) + RLC_DECODE_BYTES_MAX)

/* ---- topics ---- */

static bool is_topic_of_relance(const struct ctl *ctl, const char *topic)
{
    const char *prefix = ctl->settings.installation.topic_prefix;
    size_t size = strlen(prefix);

    return strncmp(topic, prefix, size) == 0 && topic[size] == '.' &&
           rlc_topic_row_of(topic + size + 1);
}

bool ctl_again_is_internal(const struct again *again)
{
    return is_topic_of_relance(again->ctl, again->origin);
}

static void name_topic(struct rlc_span topic, char name[RLC_TOPIC_NAME_MAX])
{
    (void)snprintf(name, RLC_TOPIC_NAME_MAX, "%.*s", (int)topic.size,
                   topic.size ? (const char *)topic.data : "");
}

/* The event says which record of which topic it came of. */
static bool take_source(void *context, const struct rlc_record *record)
{
    struct again *again = context;
    struct rlc_debtor_event event;
    struct rlc_fault fault;

    if (rlc_debtor_event_decode(record->value, &again->arena, &event, &fault) == RLC_OK)
        name_topic(event.envelope.causation.at.topic, again->source);
    rlc_arena_reset(&again->arena);
    return false;
}

/* Where the letter's event came in; the default where the log has forgotten it. */
static int find_source(struct again *again)
{
    struct ctl_scan scan = { .topic = again->origin,
                             .partition = again->letter.letter.at.partition,
                             .offset = again->letter.letter.at.offset,
                             .take = take_source,
                             .context = again };
    int code = CTL_OK;

    if (!ctl_again_is_internal(again)) {
        memcpy(again->source, again->origin, sizeof(again->source));
        return CTL_OK;
    }
    if (!ctl_option(again->ctl, "topic"))
        code = ctl_scan(again->ctl, &scan);
    if (!again->source[0] || is_topic_of_relance(again->ctl, again->source))
        name_topic(rlc_span_of(CTL_SOURCE_DEFAULT), again->source);
    return code;
}

/* Events of people and upstream go to source topics; a record as it was goes back where it stood.
 */
static int choose_topics(struct again *again)
{
    int code;

    name_topic(again->letter.letter.at.topic, again->origin);
    code = find_source(again);
    again->command_topic = ctl_option(again->ctl, "topic");
    if (!again->command_topic)
        again->command_topic = again->source;
    again->topic = ctl_option(again->ctl, "file") ? again->command_topic : again->origin;
    return code;
}

int ctl_again_open(struct ctl *ctl, struct again *again)
{
    const char *time = ctl_option(ctl, "time");
    int code;

    *again = (struct again){ .ctl = ctl, .partition = RLC_PARTITION_NONE };
    if (time && !rlc_ms_parse(rlc_span_of(time), &again->now_ms))
        return ctl_fail(ctl, CTL_USAGE, "--time is an RFC 3339 instant with offset");
    if (rlc_arena_map(&again->arena, RECORD_SIZE) != RLC_OK)
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    code = ctl_letter_find(ctl, ctl->arguments[0], &again->letter);
    if (code == CTL_OK && !time)
        code = ctl_stepped_now(ctl, &again->now_ms);
    return code == CTL_OK ? choose_topics(again) : code;
}

void ctl_again_close(struct again *again)
{
    ctl_letter_clear(&again->letter);
    rlc_arena_unmap(&again->arena);
}

char *ctl_again_text(struct again *again, struct rlc_span text)
{
    char *copy = text.size ? rlc_arena_alloc(&again->arena, text.size + 1) : NULL;

    if (copy)
        memcpy(copy, text.data, text.size);
    return copy;
}

/* ---- as it was ---- */

static bool take_record(void *context, const struct rlc_record *record)
{
    struct again *again = context;

    again->key = rlc_arena_copy(&again->arena, record->key);
    again->value = rlc_arena_copy(&again->arena, record->value);
    return false;
}

/* As it stands in its topic; where that has forgotten it, the raw bytes of the letter. */
static int fetch(struct again *again)
{
    const struct rlc_dead_letter *letter = &again->letter.letter;
    struct ctl_scan scan = { .topic = again->origin,
                             .partition = letter->at.partition,
                             .offset = letter->at.offset,
                             .take = take_record,
                             .context = again };
    char why[CTL_WHY_SIZE];
    int code = ctl_scan(again->ctl, &scan);
    struct rlc_hash hash = rlc_sha256(again->value);

    if (code != CTL_OK)
        return code;
    if (again->value.data && memcmp(&hash, &letter->record_hash, sizeof(hash)) == 0)
        return CTL_OK;
    again->value = ctl_unseal(again->ctl, ctl_option(again->ctl, "tenant-keys"), letter->tenant,
                              &letter->raw, &again->arena, why);
    if (again->value.data && again->value.size == letter->record_bytes)
        return CTL_OK;
    return ctl_fail(again->ctl, CTL_NOT_THERE,
                    "%s/%d@%lld no longer holds the record, and its raw copy cannot be used: %s",
                    again->origin, (int)letter->at.partition, (long long)letter->at.offset,
                    again->value.data ? "it was cut" : why);
}

/* The same body loses against the first one however often it comes. */
static int refuse_conflict(const struct again *again)
{
    if (!rlc_span_equal(again->letter.letter.code, rlc_span_of("CONFLICT")))
        return CTL_OK;
    return ctl_fail(again->ctl, CTL_DATA,
                    "%s is a conflict: sent as it was, it stays one. Drop it and the first stands, "
                    "or replay it with --file, under a new id and a later time, or a higher "
                    "revision where there are revisions",
                    again->letter.id);
}

/* What the contract refuses is refused again: it would only be one letter more. */
static int refuse_wrong(struct again *again)
{
    struct rlc_fault fault = { .path = "" };

    if (ctl_again_is_internal(again) ||
        ctl_contract_check(again->value, &again->arena, &fault) != RLC_REJECT)
        return CTL_OK;
    return ctl_fail(again->ctl, CTL_DATA,
                    "sent as it was, it would be refused again: %s%s%s: %s Correct it with --file, "
                    "or drop it",
                    fault.path, fault.path[0] ? ": " : "", fault.code, fault.remedy);
}

int ctl_again_as_it_was(struct again *again)
{
    int code = refuse_conflict(again);

    if (code == CTL_OK)
        code = fetch(again);
    return code == CTL_OK ? refuse_wrong(again) : code;
}

/* ---- corrected ---- */

static int read_event(struct again *again, const char *path, json_t **ret_event)
{
    char *text = rlc_arena_alloc(&again->arena, RLC_RECORD_BYTES_MAX + 1);
    struct rlc_error error = { .text = "" };
    json_error_t where;
    size_t size;

    if (!text)
        return ctl_fail(again->ctl, CTL_INTERNAL, "out of memory");
    if (rlc_file_read(path, text, RLC_RECORD_BYTES_MAX, &size, &error) != RLC_OK)
        return ctl_fail(again->ctl, CTL_DATA, "%s", error.text);
    again->value = rlc_span_from(text, size);
    *ret_event = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
    if (json_is_object(*ret_event))
        return CTL_OK;
    return ctl_fail(again->ctl, CTL_DATA, "'%s' is no event: line %d: %s", path, where.line,
                    *ret_event ? "not an object" : where.text);
}

static bool says(const json_t *event, const char *name, struct rlc_span wanted)
{
    const char *said = json_string_value(json_object_get(event, name));

    return said && rlc_span_equal(rlc_span_of(said), wanted);
}

/* It would let one debtor go for what is said of another. A natural person's id is another one
 * behind ingest. */
static int refuse_other_debtor(const struct again *again, const json_t *event)
{
    const struct rlc_dead_letter *letter = &again->letter.letter;

    if (letter->debtor.size == 0 || says(event, "debtor", letter->debtor) ||
        json_is_true(json_object_get(event, "naturalperson")))
        return CTL_OK;
    return ctl_fail(again->ctl, CTL_DATA,
                    "%s holds debtor '%.*s', and the file is about another: send that with "
                    "'relancectl send', and drop this letter",
                    again->letter.id, (int)letter->debtor.size, (const char *)letter->debtor.data);
}

/* The id is taken by the first one: whatever the body, it would not count. */
static int refuse_same_id(const struct again *again, const json_t *event)
{
    const struct rlc_dead_letter *letter = &again->letter.letter;

    if (!rlc_span_equal(letter->code, rlc_span_of("CONFLICT")) ||
        !says(event, "source", letter->source) || !says(event, "id", letter->source_event_id))
        return CTL_OK;
    return ctl_fail(again->ctl, CTL_DATA,
                    "%s is a conflict, and '%.*s' is the id of the first one: a correction under "
                    "the same id does not count. Give it a new id and a later time, or a higher "
                    "revision where there are revisions",
                    again->letter.id, (int)letter->source_event_id.size,
                    (const char *)letter->source_event_id.data);
}

int ctl_again_corrected(struct again *again, const char *path)
{
    struct rlc_fault fault = { .code = "TOO_LARGE" };
    json_t *event = NULL;
    int code = read_event(again, path, &event);

    if (code == CTL_OK && ctl_contract_check(again->value, &again->arena, &fault) != RLC_OK)
        code = ctl_fail(again->ctl, CTL_DATA, "'%s' would be refused again: %s: %s: %s", path,
                        fault.path, fault.code, fault.remedy);
    if (code == CTL_OK)
        code = refuse_other_debtor(again, event);
    if (code == CTL_OK)
        code = refuse_same_id(again, event);
    json_decref(event);
    return code;
}
