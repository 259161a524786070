/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl dlq replay|drop: a record is sent again, corrected or as it was, or given up; either
 * way its debtor is let go by a command. The command follows the record on the same partition, so
 * that nobody is reminded before the record counts. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "common/pure/calendar.h"
#include "common/runtime/file.h"
#include "common/runtime/memory.h"
#include "common/runtime/topics.h"
#include "contract.h"
#include "letters.h"
#include "publish.h"
#include "scan.h"
#include "stepped.h"
#include "stores.h"
#include "text.h"

/* A record with its key, unsealed, or an event with what it is decoded to. */
#define RECORD_SIZE (((size_t)4 << 20) + RLC_DECODE_BYTES_MAX)

const struct ctl_option CTL_DLQ_REPLAY_OPTIONS[] = {
    { "file", "EVENT.json", "the corrected event (default: the record as it was)" },
    { "topic", "NAME", "source topic (default: where the record came from, else billing.events)" },
    { "tenant-keys", "FOLDER", "open the raw record where its topic no longer holds it" },
    { "actor", "ID", "who decides it (default: relancectl)" },
    { "time", "INSTANT", "RFC 3339 (default: now, or where a stepped clock stands)" },
    { "no-wait", NULL, "do not wait for the answer (default: up to 10 s)" },
    { NULL, NULL, NULL },
};

const struct ctl_option CTL_DLQ_DROP_OPTIONS[] = {
    { "topic", "NAME", "source topic for the command (default: billing.events)" },
    { "actor", "ID", "who decides it (default: relancectl)" },
    { "time", "INSTANT", "RFC 3339 (default: now, or where a stepped clock stands)" },
    { "no-wait", NULL, "do not wait for the answer (default: up to 10 s)" },
    { NULL, NULL, NULL },
};

/* A record to be sent again. */
struct again {
    struct ctl *ctl;
    struct ctl_letter letter;
    struct rlc_arena arena;
    char origin[RLC_TOPIC_NAME_MAX];
    const char *topic;         /* where the record goes */
    const char *command_topic; /* where the command goes */
    struct rlc_span key;
    struct rlc_span value;
    int32_t partition; /* where it went */
    rlc_ms now_ms;
};

/* Whether the record stood in a topic that only Relance writes. */
static bool is_internal(const struct again *again)
{
    const char *prefix = again->ctl->settings.installation.topic_prefix;
    size_t size = strlen(prefix);

    return strncmp(again->origin, prefix, size) == 0 && again->origin[size] == '.' &&
           rlc_topic_row_of(again->origin + size + 1);
}

/* Events of people and upstream go to source topics; a record as it was goes back where it stood.
 */
static void choose_topics(struct again *again)
{
    again->command_topic = ctl_option(again->ctl, "topic");
    if (!again->command_topic)
        again->command_topic = is_internal(again) ? CTL_SOURCE_DEFAULT : again->origin;
    again->topic = ctl_option(again->ctl, "file") ? again->command_topic : again->origin;
}

static int open_again(struct ctl *ctl, struct again *again)
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
    if (code != CTL_OK)
        return code;
    (void)snprintf(again->origin, sizeof(again->origin), "%.*s",
                   (int)again->letter.letter.at.topic.size,
                   (const char *)again->letter.letter.at.topic.data);
    choose_topics(again);
    return CTL_OK;
}

static void clear_again(struct again *again)
{
    ctl_letter_clear(&again->letter);
    rlc_arena_unmap(&again->arena);
}

/* ---- the record ---- */

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

static int read_corrected(struct again *again, const char *path)
{
    char *text = rlc_arena_alloc(&again->arena, RLC_RECORD_BYTES_MAX + 1);
    struct rlc_error error = { .text = "" };
    struct rlc_fault fault = { .code = "TOO_LARGE" };
    json_error_t where;
    json_t *event;
    size_t size;

    if (!text)
        return ctl_fail(again->ctl, CTL_INTERNAL, "out of memory");
    if (rlc_file_read(path, text, RLC_RECORD_BYTES_MAX, &size, &error) != RLC_OK)
        return ctl_fail(again->ctl, CTL_DATA, "%s", error.text);
    again->value = rlc_span_from(text, size);
    event = json_loadb((const char *)again->value.data, again->value.size, JSON_REJECT_DUPLICATES,
                       &where);
    if (!json_is_object(event)) {
        json_decref(event);
        return ctl_fail(again->ctl, CTL_DATA, "'%s' is no event: line %d: %s", path, where.line,
                        event ? "not an object" : where.text);
    }
    json_decref(event);
    if (ctl_contract_check(again->value, &again->arena, &fault) != RLC_OK)
        return ctl_fail(again->ctl, CTL_DATA, "'%s' would be refused again: %s: %s: %s", path,
                        fault.path, fault.code, fault.remedy);
    return CTL_OK;
}

/* ---- sending ---- */

/* The record as it was goes where it was. */
static int send_as_it_was(struct again *again, struct ctl_publisher *publisher)
{
    int32_t partition = again->letter.letter.at.partition;

    if (partition >= publisher->partitions)
        return ctl_fail(again->ctl, CTL_DATA, "'%s' has no partition %d", again->topic,
                        (int)partition);
    return ctl_publish_record(publisher, partition, again->key, again->value, again->now_ms);
}

static int send_again(struct again *again, bool corrected)
{
    struct ctl_publisher publisher = { 0 };
    int code = ctl_publisher_open(&publisher, again->ctl, again->topic);

    if (code == CTL_OK && corrected)
        code = ctl_publish(&publisher, again->value, again->now_ms);
    else if (code == CTL_OK)
        code = send_as_it_was(again, &publisher);
    if (code == CTL_OK)
        again->partition = publisher.last_partition;
    if (code == CTL_OK)
        code = ctl_publisher_flush(&publisher);
    ctl_publisher_close(&publisher);
    return code;
}

/* ---- letting the debtor go ---- */

static char *text_of(struct again *again, struct rlc_span span)
{
    char *text = span.size ? rlc_arena_alloc(&again->arena, span.size + 1) : NULL;

    if (text)
        memcpy(text, span.data, span.size);
    return text;
}

/* The same letter is released once, however often it is asked for. */
static int release(struct again *again, bool replayed)
{
    const struct rlc_dead_letter *letter = &again->letter.letter;
    bool follows = strcmp(again->topic, again->command_topic) == 0;
    char id[64];
    struct ctl_order order = { .kind = "RELEASE_QUARANTINE",
                               .tenant = text_of(again, letter->tenant),
                               .debtor = text_of(again, letter->debtor),
                               .actor = ctl_option(again->ctl, "actor"),
                               .id = id,
                               .repeats = true,
                               .topic = again->command_topic };
    char now[RLC_MS_SIZE];
    int code;

    if (again->now_ms != 0 && rlc_ms_format(again->now_ms, now, sizeof(now)))
        order.time = now;

    if (follows && again->partition != RLC_PARTITION_NONE)
        order.partition = &again->partition;
    (void)snprintf(id, sizeof(id), "dlq-%s-%s", replayed ? "replay" : "drop", again->letter.id);
    order.payload = ctl_coordinates(&letter->at);
    ctl_put(order.payload, "replayed", json_boolean(replayed));
    code = ctl_command_send(again->ctl, &order);
    json_decref(order.payload);
    return code;
}

static int finish(struct again *again, bool replayed)
{
    const struct rlc_dead_letter *letter = &again->letter.letter;

    if (letter->tenant.size > 0 && letter->debtor.size > 0)
        return release(again, replayed);
    if (!ctl_json(again->ctl, json_pack("{s:s, s:b, s:n}", "id", again->letter.id, "replayed",
                                        replayed, "command")))
        (void)printf("no debtor was held for %s: there is nothing to release\n", again->letter.id);
    return CTL_OK;
}

/* The same body loses against the first one however often it comes. */
static int refuse_conflict(struct again *again)
{
    if (!rlc_span_equal(again->letter.letter.code, rlc_span_of("CONFLICT")))
        return CTL_OK;
    return ctl_fail(again->ctl, CTL_DATA,
                    "%s is a conflict: sent as it was, it stays one. Drop it and the first stands, "
                    "or replay it with --file, under a new id and a higher revision",
                    again->letter.id);
}

int ctl_dlq_replay(struct ctl *ctl)
{
    static struct again again;
    const char *file = ctl_option(ctl, "file");
    int code = open_again(ctl, &again);

    if (code == CTL_OK && !file)
        code = refuse_conflict(&again);
    if (code == CTL_OK)
        code = file ? read_corrected(&again, file) : fetch(&again);
    if (code == CTL_OK)
        code = send_again(&again, file != NULL);
    if (code == CTL_OK && !ctl->json)
        (void)printf("sent again: %s, partition %d\n", again.topic, (int)again.partition);
    if (code == CTL_OK)
        code = finish(&again, true);
    clear_again(&again);
    return code;
}

int ctl_dlq_drop(struct ctl *ctl)
{
    static struct again again;
    int code = open_again(ctl, &again);

    if (code == CTL_OK)
        code = finish(&again, false);
    clear_again(&again);
    return code;
}
