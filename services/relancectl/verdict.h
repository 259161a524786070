/* SPDX-License-Identifier: Apache-2.0 */
/* What a case says to a command: scenario only passes on approvals and acts of courts, whether they
 * bind is for legal-escalation to say, in its audit topic. */
#ifndef RELANCECTL_VERDICT_H
#define RELANCECTL_VERDICT_H

#include "common/wire/audit_record.h"
#include "common/wire/limits.h"
#include "tail.h"

#define CTL_VERDICT_WORD_SIZE (RLC_CODE_BYTES_MAX + 1)

struct ctl_verdict {
    bool binds;                       /* false: it was refused, or `word` is empty */
    char word[CTL_VERDICT_WORD_SIZE]; /* APPROVED, DECLINED, the act of a court, or REFUSED; "":
                                       * the case did not answer in time */
    char rule[CTL_VERDICT_WORD_SIZE]; /* why it was refused: STALE_CLAIM, NO_AUTHORITY ... */
};

/* Whether a case answers a command of this kind (a word of CommandKind). */
bool ctl_verdict_comes(const char *kind);

/* Before the command is sent: where the verdict will stand. CTL_OK, or the exit code after a
 * message. */
int ctl_verdict_open(struct ctl_tail *verdicts, struct ctl *ctl);

/* Waits up to 10 s for the verdict on a command of the tenant. CTL_OK with or without one, or the
 * exit code after a message. */
int ctl_verdict_wait(struct ctl_tail *verdicts, const char *tenant, const char *command,
                     struct ctl_verdict *ret_verdict);

/* Takes one record of the audit topic: whether it is the verdict on the command. */
bool ctl_verdict_take(struct rlc_span tenant, struct rlc_span command,
                      const struct rlc_audit_record *record, struct ctl_verdict *ret_verdict);

#endif
