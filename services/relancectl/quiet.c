/* SPDX-License-Identifier: Apache-2.0 */
#include "quiet.h"

#include <time.h>

#include "common/process/process.h"
#include "common/redis/view_redis.h"
#include "common/runtime/clock.h"
#include "stores.h"

#define ASK_MS   5000
#define PAUSE_NS (3L * 1000 * 1000)

void quiet_add(struct quiet *quiet, const char *worker, const char *topic, int32_t input)
{
    struct quiet_watch *watch = &quiet->watched[quiet->count];

    quiet->topics[quiet->count++] = topic;
    watch->worker = worker;
    watch->topic = topic;
    watch->first_slot = input * RLC_SEEN_SLOTS_PER_TOPIC;
}

static enum rlc_status open_watch(struct quiet *quiet, size_t number, struct rlc_error *reterr)
{
    const struct rlc_settings *settings = &quiet->ctl->settings;
    struct quiet_watch *watch = &quiet->watched[number];
    struct rlc_redis_settings redis = rlc_process_redis(settings);
    char prefix[RLC_REDIS_PREFIX_MAX];
    enum rlc_status status;

    (void)snprintf(prefix, sizeof(prefix), "%s.%s", settings->installation.topic_prefix,
                   watch->worker);
    status = rlc_redis_view_open(&redis, prefix, &watch->view, reterr);
    if (status == RLC_OK)
        status =
            quiet->bus->ops->partitions(quiet->bus, (int32_t)number, &watch->partitions, reterr);
    return status;
}

int quiet_open(struct quiet *quiet, struct ctl *ctl)
{
    struct rlc_error error = { .text = "" };
    enum rlc_status status;

    quiet->ctl = ctl;
    quiet->config = (struct rlc_bus_config){ .topics = quiet->topics, .topic_count = quiet->count };
    status = rlc_kafka_bus_open(&quiet->config, &ctl->kafka, &quiet->bus, &error);
    for (size_t i = 0; status == RLC_OK && i < quiet->count; i++)
        status = open_watch(quiet, i, &error);
    if (status == RLC_REJECT)
        return ctl_fail(ctl, CTL_NOT_THERE, "a topic is missing: %s", error.text);
    return status == RLC_OK ? CTL_OK : ctl_fail_error(ctl, ctl->command->name, &error);
}

/* Reads all watermarks; `*ret_moved` when one differs from the last time. */
static enum rlc_status read_high(struct quiet *quiet, bool *ret_moved, struct rlc_error *reterr)
{
    *ret_moved = false;
    for (size_t i = 0; i < quiet->count; i++) {
        struct quiet_watch *watch = &quiet->watched[i];

        for (int32_t p = 0; p < watch->partitions; p++) {
            int64_t low, high;
            enum rlc_status status =
                quiet->bus->ops->watermarks(quiet->bus, (int32_t)i, p, ASK_MS, &low, &high, reterr);

            if (status != RLC_OK)
                return status;
            *ret_moved = *ret_moved || high != watch->high[p];
            watch->high[p] = high;
        }
    }
    return RLC_OK;
}

static enum rlc_status all_seen(struct quiet *quiet, bool *ret_all, struct rlc_error *reterr)
{
    *ret_all = false;
    quiet->next_due_ms = RLC_MS_NEVER;
    for (size_t i = 0; i < quiet->count; i++) {
        struct quiet_watch *watch = &quiet->watched[i];

        for (int32_t p = 0; p < watch->partitions; p++) {
            struct rlc_look look;
            enum rlc_status status =
                watch->view->ops->look(watch->view, watch->first_slot + p, &look, reterr);

            if (status != RLC_OK)
                return status;
            quiet->waiting_for = watch->worker;
            if ((!look.seen_present && watch->high[p] > 0) || look.seen.seen < watch->high[p] ||
                look.seen.busy > 0)
                return RLC_OK;
            if (look.seen_present && look.seen.next_due_ms < quiet->next_due_ms)
                quiet->next_due_ms = look.seen.next_due_ms;
        }
    }
    quiet->waiting_for = NULL;
    *ret_all = true;
    return RLC_OK;
}

/* One look. Quiet: each worker was at the end of its input as it stood before, and it still ends
 * there. */
static enum rlc_status look(struct quiet *quiet, bool *seen, bool *ret_quiet, bool *ret_moved,
                            const char **ret_server, struct rlc_error *reterr)
{
    enum rlc_status status;

    *ret_server = "kafka";
    status = read_high(quiet, ret_moved, reterr);
    *ret_quiet = status == RLC_OK && *seen && !*ret_moved;
    *seen = false;
    if (status != RLC_OK || *ret_quiet)
        return status;
    *ret_server = "redis";
    return all_seen(quiet, seen, reterr);
}

static int nothing_moved(const struct quiet *quiet, int64_t timeout_ms)
{
    return ctl_fail(quiet->ctl, CTL_UNAVAILABLE,
                    "nothing moved for %lld s: %s does not come to the end of its input; is it "
                    "running and ready?",
                    (long long)timeout_ms / 1000,
                    quiet->waiting_for ? quiet->waiting_for : "somebody");
}

int quiet_wait(struct quiet *quiet, int64_t timeout_ms)
{
    struct rlc_clock clock = rlc_clock_system();
    uint64_t moved_ns = rlc_clock_monotonic_ns(&clock);
    struct rlc_error error = { .text = "" };
    const char *server;
    bool seen = false;
    bool moved, all;

    for (;;) {
        struct timespec pause = { 0, PAUSE_NS };
        enum rlc_status status = look(quiet, &seen, &all, &moved, &server, &error);

        if (status == RLC_RETRY && ctl_patience_wait(&quiet->patience, quiet->ctl, server, &error))
            moved = true; /* whoever waits for the same server cannot move either */
        else if (status != RLC_OK)
            return ctl_fail_store(quiet->ctl, server, &error);
        else
            ctl_patience_answered(&quiet->patience, quiet->ctl);
        if (status == RLC_OK && all)
            return CTL_OK;
        if (moved)
            moved_ns = rlc_clock_monotonic_ns(&clock);
        if (rlc_clock_monotonic_ns(&clock) - moved_ns > (uint64_t)timeout_ms * 1000000u)
            return nothing_moved(quiet, timeout_ms);
        (void)nanosleep(&pause, NULL);
    }
}

void quiet_close(struct quiet *quiet)
{
    for (size_t i = 0; i < quiet->count; i++) {
        if (quiet->watched[i].view)
            quiet->watched[i].view->ops->close(quiet->watched[i].view);
    }
    if (quiet->bus)
        quiet->bus->ops->close(quiet->bus, true);
}
