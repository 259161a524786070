/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into any program (LD_PRELOAD), this kills it at a request to a server:
 *
 *   DIE_AT_SEND=N       SIGKILL in place of the Nth message that is sent
 *   COUNT_SENDS=FILE    writes to that file how many were sent, at the end */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long sent;

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
ssize_t sendmsg(int socket, const struct msghdr *message, int flags)
{
    const char *last = getenv("DIE_AT_SEND");

    if (atomic_fetch_add(&sent, 1) + 1 == (last ? strtol(last, NULL, 10) : 0))
        (void)kill(getpid(), SIGKILL);
    return syscall(SYS_sendmsg, socket, message, flags);
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("COUNT_SENDS");
    FILE *file = path ? fopen(path, "we") : NULL;

    if (!file)
        return;
    (void)fprintf(file, "%ld\n", atomic_load(&sent));
    (void)fclose(file);
}
