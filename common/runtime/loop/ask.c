/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about one partition that its leader has to answer. Where there is none, nobody answers
 * before the time-out, and the other partitions and the poll wait for it. So who did not answer is
 * asked more patiently but more rarely, and all of them together cost a share of the time. */
#include "common/runtime/loop/lane.h"

/* The first question waits so long, each further one twice as long as the one before. */
#define WAIT_MS      250
#define WAIT_DOUBLES 2u
/* A question that was not answered is put again after this, then after twice as long, ... */
#define AGAIN_MS      (RLC_BACKOFF_MS * 4)
#define AGAIN_DOUBLES 5u /* 6.4 s: seconds after the leader is back */
/* After a wait in vain nobody known not to answer is asked for so many times as long. */
#define REST 4u

static uint32_t at_most(uint32_t number, uint32_t max)
{
    return number < max ? number : max;
}

bool rlc_may_ask(const struct rlc_worker *worker, const struct rlc_part *part)
{
    return part->unanswered == 0 || rlc_monotonic_ns(worker) >= worker->ask_again_ns;
}

int64_t rlc_ask_again_ms(const struct rlc_part *part)
{
    return AGAIN_MS << at_most(part->unanswered, AGAIN_DOUBLES);
}

enum rlc_status rlc_ask_watermarks(struct rlc_worker *worker, struct rlc_part *part,
                                   const struct rlc_position *where, int64_t *ret_low,
                                   int64_t *ret_high, struct rlc_error *reterr)
{
    struct rlc_bus *bus = worker->env.bus;
    int32_t wait_ms = WAIT_MS << at_most(part->unanswered, WAIT_DOUBLES);
    uint64_t asked_ns = rlc_monotonic_ns(worker);
    uint64_t now_ns;
    enum rlc_status status = bus->ops->watermarks(bus, where->topic, where->partition, wait_ms,
                                                  ret_low, ret_high, reterr);

    if (status == RLC_OK) {
        part->unanswered = 0;
        return status;
    }
    part->unanswered = at_most(part->unanswered + 1, AGAIN_DOUBLES);
    now_ns = rlc_monotonic_ns(worker);
    worker->ask_again_ns = now_ns + (now_ns - asked_ns) * REST;
    return status;
}
