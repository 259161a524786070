/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a view, and its small calls: one script each. */
#include "common/redis/view.h"

#include <stdlib.h>
#include <string.h>

#include "common/redis/fields.h"
#include "common/runtime/error.h"

/* Longest argument list of the small scripts: three keys, two numbers or a number and an id. */
#define SMALL_ARGUMENTS (RLC_REDIS_SCRIPT_ARGUMENTS + 5u)
#define SMALL_NUMBERS   (RLC_REDIS_SCRIPT_NUMBERS + 2u)

enum rlc_status rlc_redis_view_begin(struct rlc_redis_view *view, struct rlc_error *reterr)
{
    if (rlc_redis_begin(view->redis, reterr) == RLC_OK)
        return RLC_OK;
    if (reterr)
        reterr->status = RLC_RETRY;
    return RLC_RETRY;
}

/* ---- one script ---- */

/* A call of a small script: which keys of which partition. */
struct call {
    enum rlc_redis_script script;
    const char *letters; /* of the keys, in the script's order */
    struct rlc_redis_name name[3];
};

static enum rlc_status begin_call(struct rlc_redis_view *view, struct call *call, int32_t partition,
                                  struct rlc_error *reterr)
{
    size_t keys = strlen(call->letters);
    enum rlc_status status = rlc_redis_view_begin(view, reterr);

    if (status == RLC_OK)
        status = rlc_redis_command_begin(&view->command, SMALL_ARGUMENTS, SMALL_NUMBERS, reterr);
    if (status != RLC_OK)
        return status;
    rlc_redis_script_add(&view->command, &view->script[call->script], keys);
    for (size_t i = 0; i < keys; i++) {
        call->name[i] = rlc_redis_slice_name(view->prefix, partition, call->letters[i]);
        rlc_redis_command_text(&view->command, call->name[i].text);
    }
    return RLC_OK;
}

static enum rlc_status ask(struct rlc_redis_view *view, redisReply **ret_reply,
                           struct rlc_error *reterr)
{
    enum rlc_status status = rlc_redis_send(view->redis, &view->command, reterr);

    return status == RLC_OK ? rlc_redis_receive(view->redis, ret_reply, reterr) : status;
}

/* Sends the call. Its answer is a number; a key of a wrong type counts as `if_wrong_type`. */
static enum rlc_status end_call(struct rlc_redis_view *view, const struct call *call,
                                int64_t if_wrong_type, int64_t *ret_number,
                                struct rlc_error *reterr)
{
    redisReply *reply;
    enum rlc_status status = ask(view, &reply, reterr);

    if (status == RLC_OK && rlc_redis_script_is_unknown(reply)) {
        freeReplyObject(reply);
        rlc_redis_script_spell_out(&view->command, call->script);
        status = ask(view, &reply, reterr);
    }
    if (status != RLC_OK)
        return status;
    if (rlc_redis_is_wrong_type(reply))
        *ret_number = if_wrong_type;
    else if (!rlc_redis_number(reply, ret_number))
        status = rlc_redis_refuse(view->redis, reply, reterr);
    freeReplyObject(reply);
    return status;
}

static enum rlc_status wipe(struct rlc_view *base, int32_t partition, int64_t epoch,
                            const uint8_t installation[RLC_UUID_SIZE], bool *ret_mine,
                            struct rlc_error *reterr)
{
    struct rlc_redis_view *view = rlc_redis_view_of(base);
    struct call call = { .script = RLC_REDIS_WIPE, .letters = "fht" };
    char uuid[RLC_REDIS_UUID_SIZE];
    int64_t mine = 0;
    enum rlc_status status = begin_call(view, &call, partition, reterr);

    if (status != RLC_OK)
        return status;
    rlc_redis_uuid_spell(installation, uuid);
    rlc_redis_command_number(&view->command, epoch);
    rlc_redis_command_text(&view->command, uuid);
    status = end_call(view, &call, 0, &mine, reterr);
    *ret_mine = status == RLC_OK && mine == 1;
    return status;
}

static enum rlc_status take_over(struct rlc_view *base, int32_t partition, int64_t epoch,
                                 bool *ret_mine, struct rlc_error *reterr)
{
    struct rlc_redis_view *view = rlc_redis_view_of(base);
    struct call call = { .script = RLC_REDIS_TAKE_OVER, .letters = "f" };
    int64_t mine = 0;
    enum rlc_status status = begin_call(view, &call, partition, reterr);

    if (status != RLC_OK)
        return status;
    rlc_redis_command_number(&view->command, epoch);
    status = end_call(view, &call, 0, &mine, reterr);
    *ret_mine = status == RLC_OK && mine == 1;
    return status;
}

static enum rlc_status finish(struct rlc_view *base, int32_t partition, int64_t off, int64_t epoch,
                              bool *ret_done, struct rlc_error *reterr)
{
    struct rlc_redis_view *view = rlc_redis_view_of(base);
    struct call call = { .script = RLC_REDIS_FINISH, .letters = "fht" };
    int64_t done = 0;
    enum rlc_status status = begin_call(view, &call, partition, reterr);

    if (status != RLC_OK)
        return status;
    rlc_redis_command_number(&view->command, off);
    rlc_redis_command_number(&view->command, epoch);
    status = end_call(view, &call, 0, &done, reterr);
    *ret_done = status == RLC_OK && done == 1;
    return status;
}

static enum rlc_status draw_epoch(struct rlc_view *base, int32_t partition, int64_t floor,
                                  int64_t *ret_epoch, struct rlc_error *reterr)
{
    struct rlc_redis_view *view = rlc_redis_view_of(base);
    struct call call = { .script = RLC_REDIS_DRAW_EPOCH, .letters = "ef" };
    int64_t epoch = 0;
    enum rlc_status status = begin_call(view, &call, partition, reterr);

    if (status != RLC_OK)
        return status;
    rlc_redis_command_number(&view->command, floor);
    status = end_call(view, &call, 0, &epoch, reterr);
    if (status == RLC_OK && epoch <= floor)
        return rlc_error_set(reterr, RLC_RETRY, "redis", 0, "no owner epoch could be drawn");
    if (status == RLC_OK)
        *ret_epoch = epoch;
    return status;
}

/* ---- seen ---- */

static enum rlc_status publish_seen(struct rlc_view *base, int32_t partition,
                                    const struct rlc_seen *seen, struct rlc_error *reterr)
{
    struct rlc_redis_view *view = rlc_redis_view_of(base);
    const int64_t value[RLC_REDIS_SEEN_FIELD_COUNT] = { seen->base, seen->seen, seen->at_ms,
                                                        seen->busy, seen->next_due_ms };
    struct rlc_redis_name name = rlc_redis_slice_name(view->prefix, partition, 's');
    enum rlc_status status = rlc_redis_view_begin(view, reterr);

    if (status == RLC_OK)
        status = rlc_redis_command_begin(&view->command, 2 + 2 * RLC_COUNT(value), RLC_COUNT(value),
                                         reterr);
    if (status != RLC_OK)
        return status;
    rlc_redis_command_text(&view->command, "HSET");
    rlc_redis_command_text(&view->command, name.text);
    for (size_t i = 0; i < RLC_COUNT(value); i++) {
        rlc_redis_command_text(&view->command, RLC_REDIS_SEEN_FIELDS[i]);
        rlc_redis_command_number(&view->command, value[i]);
    }
    return rlc_redis_set_fields(view->redis, &view->command, name.text, reterr);
}

/* ---- open and close ---- */

static void view_close(struct rlc_view *base)
{
    struct rlc_redis_view *view = rlc_redis_view_of(base);

    rlc_redis_close(view->redis);
    rlc_redis_command_clear(&view->command);
    free(view);
}

static const struct rlc_view_ops REDIS_VIEW_OPS = {
    .look = rlc_redis_view_look,
    .draw_epoch = draw_epoch,
    .read = rlc_redis_view_read,
    .apply = rlc_redis_view_apply,
    .apply_send = rlc_redis_view_apply_send,
    .apply_receive = rlc_redis_view_apply_receive,
    .wipe = wipe,
    .take_over = take_over,
    .finish = finish,
    .publish_seen = publish_seen,
    .due = rlc_redis_view_due,
    .close = view_close,
};

static enum rlc_status prepare(struct rlc_redis_view *view,
                               const struct rlc_redis_settings *settings, struct rlc_error *reterr)
{
    enum rlc_status status = rlc_redis_script_hash_all(view->script, reterr);

    if (status == RLC_OK)
        status = rlc_redis_open(settings, &view->redis, reterr);
    if (status != RLC_OK)
        return status;
    status = rlc_redis_begin(view->redis, reterr);
    return status == RLC_FATAL ? RLC_FATAL : RLC_OK;
}

enum rlc_status rlc_redis_view_open(const struct rlc_redis_settings *settings, const char *prefix,
                                    struct rlc_view **ret_view, struct rlc_error *reterr)
{
    struct rlc_redis_view *view;
    enum rlc_status status;

    status = rlc_redis_prefix_check(prefix, reterr);
    if (status != RLC_OK)
        return status;
    view = calloc(1, sizeof(*view));
    if (!view)
        return rlc_error_set(reterr, RLC_FATAL, "redis", 0, "out of memory");
    memcpy(view->prefix, prefix, strlen(prefix));
    view->base.ops = &REDIS_VIEW_OPS;
    status = prepare(view, settings, reterr);
    if (status != RLC_OK) {
        view_close(&view->base);
        return status;
    }
    *ret_view = &view->base;
    return RLC_OK;
}

bool rlc_redis_view_policy_hidden(const struct rlc_view *view)
{
    return rlc_redis_policy_hidden(((const struct rlc_redis_view *)view)->redis);
}
