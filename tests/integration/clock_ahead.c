/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into any program (LD_PRELOAD), this puts its clock CLOCK_AHEAD_S seconds ahead.
 * Durations stay true: the monotonic clock, and timespec_get(), by which librdkafka computes until
 * when its threads wait (libfaketime moves that, too, but not the waiting itself). */
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static time_t ahead_s(void)
{
    const char *text = getenv("CLOCK_AHEAD_S");

    return text ? strtol(text, NULL, 10) : 0;
}

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);

    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += ahead_s();
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec precise;
    int result = clock_gettime(CLOCK_REALTIME, &precise);

    (void)zone;
    *now = (struct timeval){ precise.tv_sec, precise.tv_nsec / 1000 };
    return result;
}

time_t time(time_t *ret_now)
{
    struct timespec precise;

    (void)clock_gettime(CLOCK_REALTIME, &precise);
    if (ret_now)
        *ret_now = precise.tv_sec;
    return precise.tv_sec;
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
