/* SPDX-License-Identifier: Apache-2.0 */
#include "patience.h"

#include "common/runtime/clock.h"

/* A record that was handed to the producer is given up after 5 minutes: less than that. */
#define LIMIT_S  240
#define SAY_S    10
#define PAUSE_MS 100
#define NS_PER_S UINT64_C(1000000000)

static uint64_t now_ns(void)
{
    struct rlc_clock clock = rlc_clock_system();

    return rlc_clock_monotonic_ns(&clock);
}

bool ctl_patience_wait(struct ctl_patience *patience, const struct ctl *ctl, const char *server,
                       const struct rlc_error *error)
{
    uint64_t now = now_ns();

    if (patience->since_ns == 0) {
        patience->since_ns = now;
        patience->said_ns = 0;
    }
    if (now - patience->since_ns > LIMIT_S * NS_PER_S)
        return false;
    if (!ctl->json && now - patience->said_ns > SAY_S * NS_PER_S) {
        patience->said_ns = now;
        (void)fprintf(stderr, "relancectl: %s does not answer (%s); waiting for it\n", server,
                      error->text);
    }
    rlc_clock_pause_ms(NULL, PAUSE_MS);
    return true;
}

void ctl_patience_answered(struct ctl_patience *patience, const struct ctl *ctl)
{
    if (patience->since_ns && !ctl->json)
        (void)fprintf(stderr, "relancectl: it answers again after %.0f s; going on\n",
                      (double)(now_ns() - patience->since_ns) / (double)NS_PER_S);
    patience->since_ns = 0;
}
