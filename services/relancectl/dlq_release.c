/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl dlq replay|drop: a record is sent again, corrected or as it was, or given up; then its
 * debtor is let go by a command. That is sent only when the record counts: else a correction could
 * be lost while its debtor is reminded. */
#include "commands.h"

#include <string.h>

#include "again.h"
#include "common/pure/calendar.h"
#include "fates.h"
#include "publish.h"
#include "settled.h"
#include "text.h"

const struct ctl_option CTL_DLQ_REPLAY_OPTIONS[] = {
    { "file", "EVENT.json", "the corrected event (default: the record as it was)" },
    { "topic", "NAME", "source topic (default: where the record came from)" },
    { "tenant-keys", "FOLDER", "open the raw record where its topic no longer holds it" },
    { "actor", "ID", "who decides it (default: relancectl)" },
    { "time", "INSTANT", "RFC 3339 (default: now, or where a stepped clock stands)" },
    { "no-wait", NULL, "only send the record, and leave the letter open" },
    { NULL, NULL, NULL },
};

const struct ctl_option CTL_DLQ_DROP_OPTIONS[] = {
    { "topic", "NAME", "source topic for the command (default: where the record came from)" },
    { "actor", "ID", "who decides it (default: relancectl)" },
    { "time", "INSTANT", "RFC 3339 (default: now, or where a stepped clock stands)" },
    { "no-wait", NULL, "do not wait for the answer (default: up to 10 s)" },
    { NULL, NULL, NULL },
};

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

/* The same letter is released once, however often it is asked for. */
static int release(struct again *again, bool replayed, json_t *fate)
{
    const struct rlc_dead_letter *letter = &again->letter.letter;
    bool follows = strcmp(again->topic, again->command_topic) == 0;
    char id[64];
    struct ctl_order order = { .kind = "RELEASE_QUARANTINE",
                               .tenant = ctl_again_text(again, letter->tenant),
                               .debtor = ctl_again_text(again, letter->debtor),
                               .actor = ctl_option(again->ctl, "actor"),
                               .id = id,
                               .repeats = true,
                               .record = fate,
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

static int settle(struct again *again, bool replayed, json_t *fate)
{
    const struct rlc_dead_letter *letter = &again->letter.letter;
    int code;

    if (letter->tenant.size > 0 && letter->debtor.size > 0)
        return release(again, replayed, fate);
    code = ctl_letter_settle(again->ctl, &again->letter, ctl_option(again->ctl, "actor"),
                             again->now_ms);
    if (code == CTL_OK && !ctl_json(again->ctl, json_pack("{s:s, s:b, s:b, s:O*, s:n}", "id",
                                                          again->letter.id, "replayed", replayed,
                                                          "settled", 1, "record", fate, "command")))
        (void)printf("%s is settled; it held no debtor\n", again->letter.id);
    return code;
}

/* ---- what became of the record ---- */

/* Of what only another worker reads, nothing is heard here. */
static bool is_heard(const struct again *again)
{
    char events[RLC_TOPIC_NAME_MAX];

    return strcmp(again->topic, again->origin) != 0 || !ctl_again_is_internal(again) ||
           (ctl_topic(again->ctl, rlc_topic_row(RLC_TOPIC_DEBTOR_EVENTS)->suffix, events) &&
            strcmp(again->topic, events) == 0);
}

/* As it was, an end of what is not there is asked about no more: it stands as it is. */
static int judge(const struct again *again, bool corrected, int code)
{
    bool stands = !corrected && code == CTL_FOUND &&
                  rlc_span_equal(again->letter.letter.code, rlc_span_of("UNKNOWN_OBJECT"));

    return stands ? CTL_OK : code;
}

/* CTL_OK: the record counts. */
static int send_and_hear(struct again *again, bool corrected, json_t **ret_fate)
{
    static struct ctl_fates fates; /* as wide as the widest installation */
    struct ctl_batch_record record = { .json = again->value, .line = 1 };
    struct ctl_batch batch = { .ctl = again->ctl, .records = &record, .count = 1 };
    json_t *told = NULL;
    int code = ctl_fates_open(&fates, again->ctl, &batch);

    fates.direct = !corrected && ctl_again_is_internal(again);
    if (code == CTL_OK)
        code = send_again(again, corrected);
    if (code == CTL_OK)
        code = judge(again, corrected, ctl_fates_wait(&fates, &told));
    *ret_fate = json_incref(json_array_get(told, 0));
    json_decref(told);
    ctl_fates_close(&fates);
    return code;
}

static void print_sent(const struct again *again, const json_t *fate)
{
    (void)printf("sent again: %s, partition %d\n", again->topic, (int)again->partition);
    if (fate)
        ctl_fate_print(fate);
}

/* The letter stays: `code` is that of the record's fate, CTL_OK where nobody waits for one. */
static int leave_open(const struct again *again, json_t *fate, int code)
{
    static const char *const WHY[] = { "the record does not count",
                                       "what became of the record is not known: ask again with "
                                       "the same command" };

    if (!ctl_json(again->ctl, json_pack("{s:s, s:b, s:b, s:O*, s:n}", "id", again->letter.id,
                                        "replayed", 1, "settled", 0, "record", fate, "command")))
        (void)printf("%s stays open: %s\n", again->letter.id, WHY[code != CTL_FOUND]);
    return code;
}

static int replay(struct again *again, bool corrected)
{
    bool waits = !ctl_option(again->ctl, "no-wait") && is_heard(again);
    json_t *fate = NULL;
    int code = waits ? send_and_hear(again, corrected, &fate) : send_again(again, corrected);

    if (!again->ctl->json && (code == CTL_OK || fate))
        print_sent(again, fate);
    if (code != CTL_OK)
        code = fate ? leave_open(again, fate, code) : code;
    else if (ctl_option(again->ctl, "no-wait"))
        code = leave_open(again, NULL, CTL_OK);
    else
        code = settle(again, true, fate);
    json_decref(fate);
    return code;
}

int ctl_dlq_replay(struct ctl *ctl)
{
    static struct again again;
    const char *file = ctl_option(ctl, "file");
    int code = ctl_again_open(ctl, &again);

    if (code == CTL_OK)
        code = file ? ctl_again_corrected(&again, file) : ctl_again_as_it_was(&again);
    if (code == CTL_OK)
        code = replay(&again, file != NULL);
    ctl_again_close(&again);
    return code;
}

int ctl_dlq_drop(struct ctl *ctl)
{
    static struct again again;
    int code = ctl_again_open(ctl, &again);

    if (code == CTL_OK)
        code = settle(&again, false, NULL);
    ctl_again_close(&again);
    return code;
}
