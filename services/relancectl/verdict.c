/* SPDX-License-Identifier: Apache-2.0 */
#include "verdict.h"

#include <string.h>

#include "common/runtime/memory.h"

static const enum rlc_topic_use USES[] = { RLC_TOPIC_LEGAL_AUDIT };

struct waiting {
    struct rlc_span tenant;
    struct rlc_span command;
    struct rlc_arena arena;
    struct ctl_verdict *verdict;
};

bool ctl_verdict_comes(const char *kind)
{
    static const char *const KINDS[] = { "APPROVE", "REFUSE", "RECORD_ACT" };

    for (size_t i = 0; i < RLC_COUNT(KINDS); i++) {
        if (strcmp(KINDS[i], kind) == 0)
            return true;
    }
    return false;
}

int ctl_verdict_open(struct ctl_tail *verdicts, struct ctl *ctl)
{
    return ctl_tail_open(verdicts, ctl, USES, RLC_COUNT(USES));
}

static void copy(char text[CTL_VERDICT_WORD_SIZE], struct rlc_span from)
{
    (void)snprintf(text, CTL_VERDICT_WORD_SIZE, "%.*s", (int)from.size,
                   from.size ? (const char *)from.data : "");
}

/* A refusal stands in the audit topic before the milestone that tells it. */
bool ctl_verdict_take(struct rlc_span tenant, struct rlc_span command,
                      const struct rlc_audit_record *record, struct ctl_verdict *ret_verdict)
{
    if (!rlc_span_equal(record->envelope.tenant, tenant))
        return false;
    if (record->kind == RLC_AUDIT_KIND_ACT_REFUSED &&
        rlc_span_equal(record->act_refused.command, command)) {
        ret_verdict->binds = false;
        copy(ret_verdict->word, rlc_span_of("REFUSED"));
        copy(ret_verdict->rule, record->act_refused.rule);
        return true;
    }
    if (record->kind == RLC_AUDIT_KIND_CASE_MOVED &&
        rlc_span_equal(record->case_moved.command, command)) {
        ret_verdict->binds = true;
        copy(ret_verdict->word, record->case_moved.code);
        return true;
    }
    return false;
}

static enum ctl_tail_word take(void *context, const struct rlc_record *record)
{
    struct waiting *waiting = context;
    struct rlc_audit_record audit;
    struct rlc_fault fault;

    rlc_arena_reset(&waiting->arena);
    if (rlc_audit_record_decode(record->value, &waiting->arena, &audit, &fault) == RLC_OK &&
        ctl_verdict_take(waiting->tenant, waiting->command, &audit, waiting->verdict))
        return CTL_TAIL_DONE;
    return CTL_TAIL_OTHER;
}

int ctl_verdict_wait(struct ctl_tail *verdicts, const char *tenant, const char *command,
                     struct ctl_verdict *ret_verdict)
{
    struct waiting waiting = { .tenant = rlc_span_of(tenant),
                               .command = rlc_span_of(command),
                               .verdict = ret_verdict };
    int code;

    *ret_verdict = (struct ctl_verdict){ .binds = false };
    if (rlc_arena_map(&waiting.arena, RLC_DECODE_BYTES_MAX) != RLC_OK)
        return ctl_fail(verdicts->ctl, CTL_INTERNAL, "out of memory");
    code = ctl_tail_wait(verdicts, take, &waiting);
    rlc_arena_unmap(&waiting.arena);
    return code;
}
