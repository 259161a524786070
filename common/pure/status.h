/* SPDX-License-Identifier: Apache-2.0 */
/* How things fail. A status names the reaction it asks for, never the cause. */
#ifndef RLC_PURE_STATUS_H
#define RLC_PURE_STATUS_H

#include "common/pure/base.h"

enum rlc_status {
    RLC_OK = 0,
    RLC_RETRY,  /* the same call may succeed later: wait, keep the transaction */
    RLC_ABORT,  /* abort the transaction, forget the batch, read it again */
    RLC_REJECT, /* this record can never succeed: dead-letter it and go on */
    RLC_FATAL   /* this handle is finished (fenced, corrupt): drop it, make a new one, restore */
};

/* What went wrong, for people. By value, no heap; `text` never holds personal data. */
struct rlc_error {
    enum rlc_status status;
    int32_t code;       /* the library's own code, 0 when there is none */
    const char *origin; /* static: the call that failed, for example "commit_transaction" */
    char text[256];     /* lower case, cause first, no full stop */
};

/* Why a record was refused: a stable code, the exact place and what to do about it. */
struct rlc_fault {
    const char *code; /* static, SCREAMING_CASE, one of the published reason codes; NULL = none */
    char path[96];    /* place inside the record, for example "invoice.lines[3].amount" */
    char remedy[160]; /* one sentence for the sender, without the offending value */
};

/* Fills `fault` (truncating path and remedy) and returns RLC_REJECT, so decoders can return it. */
enum rlc_status rlc_fault_set(struct rlc_fault *fault, const char *code, const char *path,
                              const char *remedy);

#endif
