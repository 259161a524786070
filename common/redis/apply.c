/* SPDX-License-Identifier: Apache-2.0 */
/* Applying committed transactions: each part is one MULTI, in which the puts stand between the
 * script that opens the slice to them and the one that closes it (script.c). They go out in runs of
 * one command each, in the order of the puts: a key may be put and deleted. */
#include <string.h>

#include "common/redis/multi.h"
#include "common/redis/view.h"
#include "common/runtime/error.h"

/* Arguments of one command. More is not faster, and the server's memory for a command stays small
 * (tests/bench/bench_view.c). */
#define RUN_ARGUMENTS 512u

/* What one put adds at most: a timer's score and its key, or a record's key and its value. */
#define PUT_ARGUMENTS 2u

/* Names of the keys of a slice as the scripts take them, in their order. */
#define KEYS 6u
static const char LETTERS[KEYS] = "fhtHTs";
enum { OPEN_RECORDS = 3, OPEN_TIMERS = 4 };

/* Arguments of the scripts behind the keys. */
#define OPEN_ARGUMENTS  3u
#define CLOSE_ARGUMENTS 11u

/* ---- sending ---- */

struct sending {
    struct rlc_redis_view *view;
    struct rlc_view_apply *part;
    struct rlc_redis_name name[KEYS];
    char uuid[RLC_REDIS_UUID_SIZE];
    const char *verb; /* of the run that is being put together; NULL: none */
    enum rlc_status status;
    struct rlc_error *reterr;
};

static void send_command(struct sending *sending)
{
    if (sending->status == RLC_OK)
        sending->status =
            rlc_redis_send(sending->view->redis, &sending->view->command, sending->reterr);
    sending->part->commands++;
    sending->verb = NULL;
}

/* Begins a call of one of the two scripts with at most so many arguments behind the keys. */
static void begin_script(struct sending *sending, enum rlc_redis_script script, size_t arguments)
{
    struct rlc_redis_command *command = &sending->view->command;

    if (sending->status != RLC_OK)
        return;
    sending->status =
        rlc_redis_command_begin(command, RLC_REDIS_SCRIPT_ARGUMENTS + KEYS + arguments,
                                RLC_REDIS_SCRIPT_NUMBERS + arguments, sending->reterr);
    if (sending->status != RLC_OK)
        return;
    rlc_redis_script_add_text(command, script, KEYS);
    for (size_t i = 0; i < KEYS; i++)
        rlc_redis_command_text(command, sending->name[i].text);
}

static void send_open(struct sending *sending)
{
    struct rlc_redis_command *command = &sending->view->command;
    const struct rlc_view_apply *part = sending->part;

    begin_script(sending, RLC_REDIS_OPEN, OPEN_ARGUMENTS);
    if (sending->status != RLC_OK)
        return;
    rlc_redis_command_number(command, part->expect_off);
    rlc_redis_command_number(command, part->to.off);
    rlc_redis_command_text(command, sending->uuid);
    send_command(sending);
}

static void send_close(struct sending *sending)
{
    struct rlc_redis_command *command = &sending->view->command;
    const struct rlc_view_apply *part = sending->part;

    begin_script(sending, RLC_REDIS_CLOSE, CLOSE_ARGUMENTS);
    if (sending->status != RLC_OK)
        return;
    rlc_redis_command_number(command, part->to.off);
    rlc_redis_command_number(command, part->to.next_in);
    rlc_redis_command_number(command, part->to.txn_seq);
    rlc_redis_command_number(command, part->to.ckpt_ms);
    rlc_redis_command_number(command, part->to.owner_epoch);
    rlc_redis_command_text(command, sending->uuid);
    rlc_redis_command_number(command, part->building);
    if (part->seen) {
        rlc_redis_command_number(command, part->seen->base);
        rlc_redis_command_number(command, part->seen->seen);
        rlc_redis_command_number(command, part->seen->at_ms);
        rlc_redis_command_number(command, part->seen->busy);
    }
    send_command(sending);
}

/* Makes the arguments that follow belong to `verb` on the key. */
static void enter_run(struct sending *sending, const char *verb, size_t key)
{
    struct rlc_redis_command *command = &sending->view->command;

    if (sending->verb && strcmp(sending->verb, verb) == 0 &&
        command->count + PUT_ARGUMENTS <= RUN_ARGUMENTS)
        return;
    if (sending->verb)
        send_command(sending);
    if (sending->status == RLC_OK)
        sending->status =
            rlc_redis_command_begin(command, RUN_ARGUMENTS, RUN_ARGUMENTS, sending->reterr);
    if (sending->status != RLC_OK)
        return;
    rlc_redis_command_text(command, verb);
    rlc_redis_command_text(command, sending->name[key].text);
    sending->verb = verb;
}

static void end_run(struct sending *sending)
{
    if (sending->verb)
        send_command(sending);
}

static void send_records(struct sending *sending)
{
    struct rlc_redis_command *command = &sending->view->command;

    for (size_t i = 0; sending->status == RLC_OK && i < sending->part->count; i++) {
        const struct rlc_view_put *put = &sending->part->puts[i];

        enter_run(sending, put->value.data ? "HSET" : "HDEL", OPEN_RECORDS);
        if (sending->status != RLC_OK)
            return;
        rlc_redis_command_add(command, put->key);
        if (put->value.data)
            rlc_redis_command_add(command, put->value);
    }
    end_run(sending);
}

/* A deleted record takes its timer along, whoever deletes it: a tombstone cannot be asked. */
static void send_timers(struct sending *sending)
{
    struct rlc_redis_command *command = &sending->view->command;

    for (size_t i = 0; sending->status == RLC_OK && i < sending->part->count; i++) {
        const struct rlc_view_put *put = &sending->part->puts[i];

        if (put->value.data && !put->timed)
            continue;
        enter_run(sending, put->value.data ? "ZADD" : "ZREM", OPEN_TIMERS);
        if (sending->status != RLC_OK)
            return;
        if (put->value.data)
            rlc_redis_command_number(command, put->wake_ms);
        rlc_redis_command_add(command, put->key);
    }
    end_run(sending);
}

static enum rlc_status send_part(struct rlc_redis_view *view, struct rlc_view_apply *part,
                                 struct rlc_error *reterr)
{
    struct sending sending = { .view = view, .part = part, .reterr = reterr };

    for (size_t i = 0; i < KEYS; i++)
        sending.name[i] = rlc_redis_slice_name(view->prefix, part->partition, LETTERS[i]);
    rlc_redis_uuid_spell(part->to.installation, sending.uuid);
    part->commands = 0;
    sending.status = rlc_redis_multi_send(view, reterr);
    send_open(&sending);
    send_records(&sending);
    send_timers(&sending);
    send_close(&sending);
    return sending.status == RLC_OK ? rlc_redis_multi_send_end(view, reterr) : sending.status;
}

enum rlc_status rlc_redis_view_apply_send(struct rlc_view *base, struct rlc_view_apply *parts,
                                          size_t count, struct rlc_error *reterr)
{
    struct rlc_redis_view *view = rlc_redis_view_of(base);
    enum rlc_status status = count ? rlc_redis_view_begin(view, reterr) : RLC_OK;

    for (size_t i = 0; status == RLC_OK && i < count; i++)
        status = send_part(view, &parts[i], reterr);
    return status == RLC_OK && count ? rlc_redis_flush(view->redis, reterr) : status;
}

/* ---- receiving ---- */

/* Fills in what the scripts answered; false if they answered something else. */
static bool read_answers(const redisReply *opened, const redisReply *closed,
                         struct rlc_view_apply *part)
{
    static const enum rlc_apply_result RESULT[] = { RLC_APPLIED, RLC_APPLY_ALREADY, RLC_APPLY_GAP };
    int64_t result, first_ms;

    if (opened->type != REDIS_REPLY_ARRAY || opened->elements != 2 ||
        !rlc_redis_number(opened->element[0], &result) || result < 0 ||
        (size_t)result >= RLC_COUNT(RESULT))
        return false;
    part->result = RESULT[result];
    if (!rlc_redis_number(part->result == RLC_APPLIED ? closed : opened->element[1], &first_ms))
        first_ms = RLC_MS_NEVER;
    part->first_timer_ms = first_ms;
    return true;
}

static bool any_is_wrong_type(const redisReply *reply)
{
    for (size_t i = 0; i < reply->elements; i++) {
        if (reply->element[i]->type == REDIS_REPLY_ERROR)
            return true;
    }
    return false;
}

static enum rlc_status receive_part(struct rlc_redis_view *view, struct rlc_view_apply *part,
                                    struct rlc_error *reterr)
{
    redisReply *reply;
    enum rlc_status status = rlc_redis_multi_receive(view, part->commands, &reply, reterr);

    if (status != RLC_OK)
        return status;
    if (any_is_wrong_type(reply)) {
        part->result = RLC_APPLY_GAP;
        part->first_timer_ms = RLC_MS_NEVER;
    } else if (!read_answers(reply->element[0], reply->element[part->commands - 1], part)) {
        status = rlc_redis_refuse(view->redis, reply, reterr);
    }
    freeReplyObject(reply);
    return status;
}

enum rlc_status rlc_redis_view_apply_receive(struct rlc_view *base, struct rlc_view_apply *parts,
                                             size_t count, struct rlc_error *reterr)
{
    struct rlc_redis_view *view = rlc_redis_view_of(base);
    enum rlc_status status = RLC_OK;

    rlc_redis_wait_anew(view->redis);
    for (size_t i = 0; status == RLC_OK && i < count; i++)
        status = receive_part(view, &parts[i], reterr);
    return status;
}

enum rlc_status rlc_redis_view_apply(struct rlc_view *base, struct rlc_view_apply *parts,
                                     size_t count, struct rlc_error *reterr)
{
    enum rlc_status status = rlc_redis_view_apply_send(base, parts, count, reterr);

    return status == RLC_OK ? rlc_redis_view_apply_receive(base, parts, count, reterr) : status;
}
