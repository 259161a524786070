/* SPDX-License-Identifier: Apache-2.0 */
/* Records that kill the process. While a record is decoded or decided it is the suspect; should the
 * process die of a fault of its own then (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT), the handler
 * notes the record in a file. A record noted three times is refused the next time it is read, so
 * that the rest flows. A kill from outside is never counted. */
#ifndef RLC_RUNTIME_SUSPECT_H
#define RLC_RUNTIME_SUSPECT_H

#include "common/pure/base.h"
#include "common/pure/status.h"

#define RLC_SUSPECT_DEATHS 3     /* once is an accident, twice bad luck */
#define RLC_SUSPECTS_MAX   10000 /* lines of the file that are looked at */

struct rlc_suspects;

/* Opens (and makes) the file, reads what earlier lives noted, installs the handlers. `topics` are
 * the names by topic number; they outlive it. NULL with an error when the file cannot be used. */
RLC_NODISCARD struct rlc_suspects *rlc_suspects_open(const char *path, const char *const *topics,
                                                     size_t topic_count, struct rlc_error *reterr);
void rlc_suspects_close(struct rlc_suspects *suspects); /* accepts NULL */

/* From now on this record is the suspect; only one at a time in a process. */
void rlc_suspect_set(int32_t topic, int32_t partition, int64_t offset);
/* Nobody is. */
void rlc_suspect_clear(void);

/* Whether a record has killed the process often enough; NULL knows none. */
bool rlc_suspect_is_poison(const struct rlc_suspects *suspects, int32_t topic, int32_t partition,
                           int64_t offset);

#endif
