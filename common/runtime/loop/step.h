/* SPDX-License-Identifier: Apache-2.0 */
/* Every step of the loop and of the restore, by name. One table drives the heartbeat, the mark
 * "inside a call that may block", the trace, and, in tests, where a worker dies. */
#ifndef RLC_RUNTIME_STEP_H
#define RLC_RUNTIME_STEP_H

#include "common/pure/base.h"

/* STEP(name, may_block, "what happens next") */
#define RLC_STEPS(STEP)                                                                            \
    STEP(POLL, false, "poll the subscription")                                                     \
    STEP(SNAPSHOT, false, "take the group metadata")                                               \
    STEP(DECODE, false, "decode the batch")                                                        \
    STEP(DUE, true, "list the subjects that a tick wakes")                                         \
    STEP(PREPARE, true, "fetch what the decisions need from outside the state")                    \
    STEP(LOAD, true, "read the records that the core names")                                       \
    STEP(DECIDE, false, "decide")                                                                  \
    STEP(BEGIN, true, "begin the transaction")                                                     \
    STEP(PRODUCE_OUTPUTS, true, "produce outputs and audit")                                       \
    STEP(PRODUCE_STATE, true, "produce state records")                                             \
    STEP(PRODUCE_CHECKPOINT, true, "produce one checkpoint per touched partition")                 \
    STEP(SEND_OFFSETS, true, "put the offsets under the transaction")                              \
    STEP(COMMIT, true, "commit")                                                                   \
    STEP(COMMITTED, true, "committed, nothing applied yet")                                        \
    STEP(APPLY, true, "fenced apply to the hot state, with seen: send it")                         \
    STEP(APPLY_WAIT, true, "fenced apply to the hot state: wait for it")                           \
    STEP(APPLIED, false, "applied")                                                                \
    STEP(SEEN, true, "publish how far we have looked")                                             \
    STEP(ABORT, true, "abort the transaction")                                                     \
    STEP(TICK, true, "append a tick to our own input")                                             \
    STEP(ADOPT, true, "read what is under way outside the log")                                    \
    STEP(EFFECTS, true, "act and look outside the log")                                            \
    STEP(STORE, true, "store the batch in the sink")                                               \
    STEP(WATCH, true, "look at the fences")                                                        \
    STEP(RESTORE_LOOK, true, "restore: look at the slice, draw an owner epoch")                    \
    STEP(RESTORE_WIPE, true, "restore: empty the slice")                                           \
    STEP(RESTORE_FENCE_WRITER, true, "restore: fence the previous writer")                         \
    STEP(RESTORE_COMMITTED, true, "restore: ask for the stable committed offset")                  \
    STEP(RESTORE_BOUND, true, "restore: ask for the changelog's high watermark")                   \
    STEP(RESTORE_READ, false, "restore: read the changelog")                                       \
    STEP(RESTORE_APPLY, true, "restore: apply whole transactions")                                 \
    STEP(RESTORE_FINISH, true, "restore: compare, clear the building mark")                        \
    STEP(RESTORE_SEEK, true, "restore: seek and resume")

enum rlc_step {
#define RLC_STEP_ENUM(name, may_block, text) RLC_STEP_##name,
    RLC_STEPS(RLC_STEP_ENUM)
#undef RLC_STEP_ENUM
        RLC_STEP_COUNT
};

struct rlc_step_row {
    const char *name;
    bool may_block;
    const char *text;
};

/* Row of a step; the table is indexed by enum rlc_step. */
const struct rlc_step_row *rlc_step_row(enum rlc_step step);

#endif
