/* SPDX-License-Identifier: Apache-2.0 */
/* What a process tells whoever watches it, over HTTP:
 *   /livez    200 while the loop moves: it passed a step within the last 30 s, or is inside a call
 *             that is marked as blocking. Never asks Kafka, Redis or PostgreSQL: a restart does not
 *             heal a broker.
 *   /readyz   200 when every check is fine, else 503; JSON that says which is not, and why
 *   /metrics  Prometheus text
 * One thread of the library serves all; it only reads what the loop publishes here. */
#ifndef RLC_RUNTIME_HEALTH_H
#define RLC_RUNTIME_HEALTH_H

#include "common/pure/status.h"
#include "common/runtime/clock.h"
#include "common/runtime/metrics.h"

#define RLC_HEALTH_SILENCE_MS 30000 /* a step takes milliseconds; half a minute is a hang */
/* A call to a server that has not returned for so long: not ready, and it says which step. */
#define RLC_HEALTH_STUCK_MS 3000
/* One check for each partition a worker may own, and some for what it connects to. */
#define RLC_HEALTH_CHECKS_MAX  288
#define RLC_HEALTH_NAME_SIZE   96
#define RLC_HEALTH_WHY_SIZE    160
#define RLC_HEALTH_METRICS_MAX 4 /* tables: the loop's, the worker's, its connections' */

struct rlc_health;

/* Makes the state of health; serves nothing yet. Not ready until a check says so. `worker` is
 * borrowed. NULL when memory is short. */
RLC_NODISCARD struct rlc_health *rlc_health_new(const char *worker, struct rlc_clock clock);

/* Adds a table of metrics to /metrics; before rlc_health_serve(). Borrowed. */
void rlc_health_add_metrics(struct rlc_health *health, const struct rlc_metrics *metrics);

/* Listens at `listen` (see rlc_address_parse()); port 0 lets the system choose. RLC_FATAL when it
 * cannot. */
RLC_NODISCARD enum rlc_status rlc_health_serve(struct rlc_health *health, const char *listen,
                                               struct rlc_error *reterr);

/* The port listened on; 0 when nothing is served. */
uint16_t rlc_health_port(const struct rlc_health *health);

/* Stops serving and frees everything; NULL is allowed. */
void rlc_health_free(struct rlc_health *health);

/* The place of the check of this name; a new one is not fine ("not checked yet"). Names are cut to
 * RLC_HEALTH_NAME_SIZE. Asserts that no more than RLC_HEALTH_CHECKS_MAX are used. */
size_t rlc_health_check(struct rlc_health *health, const char *name);
/* Says whether a check is fine; `why` (may be NULL when it is) is cut to RLC_HEALTH_WHY_SIZE. */
void rlc_health_set(struct rlc_health *health, size_t check, bool ok, const char *why);
/* Removes a check: a partition that is no longer ours. The place may be given out again. */
void rlc_health_drop(struct rlc_health *health, size_t check);
/* Whether there is a check, all are fine, and the loop is not stuck in a call. */
bool rlc_health_ready(struct rlc_health *health);

/* The loop is at `step` (static text); `now_ns` is the time by the clock that the health was given.
 */
void rlc_health_beat(struct rlc_health *health, const char *step, uint64_t now_ns);
/* The loop enters (or has left) a call that may block for long; implies a beat. */
void rlc_health_block(struct rlc_health *health, bool blocking);
/* What /livez answers. */
bool rlc_health_alive(const struct rlc_health *health);

#endif
