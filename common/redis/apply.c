/* SPDX-License-Identifier: Apache-2.0 */
/* Applying committed transactions: the puts of one partition become the arguments of one script, in
 * runs of one Redis command each, in the order of the puts (a key may be put and deleted). */
#include <string.h>

#include "common/redis/view.h"
#include "common/runtime/error.h"

/* Arguments of one command inside the script. Lua's stack holds 8000; more than some hundred is not
 * faster (tests/bench/bench_view.c), and a run in between costs nothing measurable. */
#define RUN_ARGUMENTS 512u

/* Before the runs: three keys, the expected offset, the new fence, the mark. */
#define FENCE_ARGUMENTS (RLC_REDIS_SCRIPT_ARGUMENTS + 11u)
#define FENCE_NUMBERS   (RLC_REDIS_SCRIPT_NUMBERS + 7u)
/* A put is at most two arguments in each of two keys, each of which may begin a run: the command,
 * the key's number and how many arguments follow. */
#define PUT_ARGUMENTS 10u
#define PUT_NUMBERS   3u

/* The script's keys, by their numbers in KEYS. */
#define RECORDS "2"
#define TIMERS  "3"

struct run {
    struct rlc_redis_command *command;
    const char *verb; /* NULL: none */
    size_t count_at;  /* the argument that says how many follow */
};

static size_t run_length(const struct run *run)
{
    return run->command->count - run->count_at - 1;
}

static void end_run(struct run *run)
{
    if (run->verb)
        rlc_redis_command_set_number(run->command, run->count_at, (int64_t)run_length(run));
    run->verb = NULL;
}

/* Makes the arguments that follow belong to `verb` on `key`. */
static void enter_run(struct run *run, const char *verb, const char *key)
{
    if (run->verb && strcmp(run->verb, verb) == 0 && run_length(run) < RUN_ARGUMENTS)
        return;
    end_run(run);
    rlc_redis_command_text(run->command, verb);
    rlc_redis_command_text(run->command, key);
    run->count_at = run->command->count;
    rlc_redis_command_text(run->command, "");
    run->verb = verb;
}

static void add_records(struct rlc_redis_command *command, const struct rlc_view_apply *part)
{
    struct run run = { .command = command };

    for (size_t i = 0; i < part->count; i++) {
        const struct rlc_view_put *put = &part->puts[i];

        enter_run(&run, put->value.data ? "HSET" : "HDEL", RECORDS);
        rlc_redis_command_add(command, put->key);
        if (put->value.data)
            rlc_redis_command_add(command, put->value);
    }
    end_run(&run);
}

/* A deleted record takes its timer along, whoever deletes it: a tombstone cannot be asked. */
static void add_timers(struct rlc_redis_command *command, const struct rlc_view_apply *part)
{
    struct run run = { .command = command };

    for (size_t i = 0; i < part->count; i++) {
        const struct rlc_view_put *put = &part->puts[i];

        if (put->value.data && !put->timed)
            continue;
        enter_run(&run, put->value.data ? "ZADD" : "ZREM", TIMERS);
        if (put->value.data)
            rlc_redis_command_number(command, put->wake_ms);
        rlc_redis_command_add(command, put->key);
    }
    end_run(&run);
}

/* What must live until the command was sent. */
struct spelling {
    struct rlc_redis_name fence, records, timers;
    char uuid[RLC_REDIS_UUID_SIZE];
};

static void add_fence(struct rlc_redis_view *view, const struct rlc_view_apply *part,
                      struct spelling *spelling)
{
    struct rlc_redis_command *command = &view->command;

    spelling->fence = rlc_redis_slice_name(view->prefix, part->partition, 'f');
    spelling->records = rlc_redis_slice_name(view->prefix, part->partition, 'h');
    spelling->timers = rlc_redis_slice_name(view->prefix, part->partition, 't');
    rlc_redis_uuid_spell(part->to.installation, spelling->uuid);

    rlc_redis_script_add(command, &view->script[RLC_REDIS_APPLY], 3);
    rlc_redis_command_text(command, spelling->fence.text);
    rlc_redis_command_text(command, spelling->records.text);
    rlc_redis_command_text(command, spelling->timers.text);
    rlc_redis_command_number(command, part->expect_off);
    rlc_redis_command_number(command, part->to.off);
    rlc_redis_command_number(command, part->to.next_in);
    rlc_redis_command_number(command, part->to.txn_seq);
    rlc_redis_command_number(command, part->to.ckpt_ms);
    rlc_redis_command_number(command, part->to.owner_epoch);
    rlc_redis_command_text(command, spelling->uuid);
    rlc_redis_command_number(command, part->building);
}

static enum rlc_status send_part(struct rlc_redis_view *view, const struct rlc_view_apply *part,
                                 bool by_text, struct rlc_error *reterr)
{
    struct spelling spelling;
    enum rlc_status status =
        rlc_redis_command_begin(&view->command, FENCE_ARGUMENTS + PUT_ARGUMENTS * part->count,
                                FENCE_NUMBERS + PUT_NUMBERS * part->count, reterr);

    if (status != RLC_OK)
        return status;
    add_fence(view, part, &spelling);
    add_records(&view->command, part);
    add_timers(&view->command, part);
    if (by_text)
        rlc_redis_script_spell_out(&view->command, RLC_REDIS_APPLY);
    return rlc_redis_send(view->redis, &view->command, reterr);
}

/* Fills in what the script answered; false if it answered something else. */
static bool read_answer(const redisReply *reply, struct rlc_view_apply *part)
{
    static const enum rlc_apply_result RESULT[] = { RLC_APPLIED, RLC_APPLY_ALREADY, RLC_APPLY_GAP };
    int64_t result, first_ms;

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 ||
        !rlc_redis_number(reply->element[0], &result) || result < 0 ||
        (size_t)result >= RLC_COUNT(RESULT))
        return false;
    part->result = RESULT[result];
    part->first_timer_ms = rlc_redis_number(reply->element[1], &first_ms) ? first_ms : RLC_MS_NEVER;
    return true;
}

static enum rlc_status receive_part(struct rlc_redis_view *view, struct rlc_view_apply *part,
                                    bool *ret_unknown, struct rlc_error *reterr)
{
    redisReply *reply;
    enum rlc_status status = rlc_redis_receive(view->redis, &reply, reterr);

    if (status != RLC_OK)
        return status;
    *ret_unknown = rlc_redis_script_is_unknown(reply);
    if (rlc_redis_is_wrong_type(reply)) {
        part->result = RLC_APPLY_GAP;
        part->first_timer_ms = RLC_MS_NEVER;
    } else if (!*ret_unknown && !read_answer(reply, part)) {
        status = rlc_redis_refuse(view->redis, reply, reterr);
    }
    freeReplyObject(reply);
    return status;
}

/* Sends the part again with the script's text. */
static enum rlc_status teach(struct rlc_redis_view *view, struct rlc_view_apply *part,
                             struct rlc_error *reterr)
{
    bool unknown = false;
    enum rlc_status status = send_part(view, part, true, reterr);

    if (status == RLC_OK)
        status = receive_part(view, part, &unknown, reterr);
    if (status == RLC_OK && unknown)
        status = rlc_error_set(reterr, RLC_RETRY, "redis", 0, "the server forgets scripts");
    return status;
}

enum rlc_status rlc_redis_view_apply(struct rlc_view *base, struct rlc_view_apply *parts,
                                     size_t count, struct rlc_error *reterr)
{
    struct rlc_redis_view *view = rlc_redis_view_of(base);
    enum rlc_status status = RLC_OK;
    size_t unknown_from = count;

    if (count > 0)
        status = rlc_redis_view_begin(view, reterr);
    for (size_t i = 0; status == RLC_OK && i < count; i++)
        status = send_part(view, &parts[i], false, reterr);
    for (size_t i = 0; status == RLC_OK && i < count; i++) {
        bool unknown = false;

        status = receive_part(view, &parts[i], &unknown, reterr);
        if (unknown && unknown_from == count)
            unknown_from = i;
    }
    /* A server that has lost its scripts has lost them for all that follow, too; a part that was
     * applied all the same answers that it is there already. */
    for (size_t i = unknown_from; status == RLC_OK && i < count; i++)
        status = teach(view, &parts[i], reterr);
    return status;
}
