/* SPDX-License-Identifier: Apache-2.0 */
/* Acts that bind the creditor wait for a named person's yes to exactly this claim. */
#include <string.h>

#include "core/decision.h"

void approval_refuse(struct decision *decision, const struct rlc_command *command,
                     struct rlc_span act, const char *code, const char *rule)
{
    struct rlc_span case_id = decision->record ? decision->record->case_id
                                               : (command->kind == RLC_COMMAND_KIND_RECORD_ACT
                                                      ? command->record_act.case_id
                                                      : command->approve.case_id);
    struct rlc_act_refused *refused =
        &case_output(decision, RLC_AUDIT_KIND_ACT_REFUSED)->act_refused;
    struct rlc_milestone *milestone;

    *refused = (struct rlc_act_refused){
        .case_id = case_id, .act = act, .command = command->command, .rule = rlc_span_of(rule)
    };
    if (!decision->record)
        return;
    refused->claim_hash = decision->record->claim.claim_hash;
    milestone = case_milestone(decision, rlc_span_of(code));
    milestone->act = act;
    milestone->command = command->command;
    milestone->rule = refused->rule;
}

static bool may_do(const struct legal_authority *authority, struct rlc_span act)
{
    for (size_t i = 0; i < authority->act_count; i++) {
        if (rlc_span_equal(authority->act[i], act))
            return true;
    }
    return false;
}

static bool reaches(const struct legal_authority *authority, struct rlc_money principal)
{
    const struct rlc_money *up_to =
        legal_amount_in(authority->up_to, authority->up_to_count, principal);

    return up_to && principal.minor <= up_to->minor;
}

/* Why it does not bind; NULL if it does. */
static const char *check(const struct decision *decision, const struct rlc_command *command)
{
    const struct rlc_command_approval *approval = &command->approve;
    const struct rlc_case_record *record = decision->record;
    const struct legal_authority *authority;

    if (command->signing_key.size == 0 || command->signature.size == 0)
        return "NO_SIGNATURE";
    authority = legal_authority_find(decision->policy, command->actor);
    if (!authority)
        return "NO_AUTHORITY";
    if (!rlc_span_equal(authority->key, command->signing_key) ||
        !decision->world->verify(authority->public_key, decision->envelope, command))
        return "WRONG_KEY";
    if (!may_do(authority, approval->act) || !reaches(authority, claim_principal(&record->claim)))
        return "NO_AUTHORITY";
    if (command->expires_at_ms > 0 && command->expires_at_ms <= decision->now_ms)
        return "EXPIRED";
    if (!decision->state || decision->state->act.size == 0 ||
        !rlc_span_equal(decision->state->act, approval->act))
        return "NOT_ASKED";
    if (memcmp(&approval->claim_hash, &record->claim.claim_hash, sizeof(approval->claim_hash)) != 0)
        return "STALE_CLAIM";
    return memcmp(&approval->claim_hash, &record->asked, sizeof(approval->claim_hash)) == 0
               ? NULL
               : "NOT_ASKED";
}

static void say(struct decision *decision, const struct rlc_command *command, const char *code)
{
    struct rlc_milestone *milestone = case_milestone(decision, rlc_span_of(code));

    milestone->act = command->approve.act;
    milestone->command = command->command;
}

void approval_decide(struct decision *decision, const struct rlc_command *command)
{
    struct rlc_case_approval *approval = &decision->record->approval;
    const char *rule = check(decision, command);

    if (rule) {
        approval_refuse(decision, command, command->approve.act, "APPROVAL_REFUSED", rule);
    } else if (command->kind == RLC_COMMAND_KIND_REFUSE) {
        say(decision, command, "DECLINED");
        (void)engine_say(decision, rlc_span_of(LEGAL_WORD_REFUSED), decision->today);
    } else if (approval->command.size > 0) {
        approval_refuse(decision, command, command->approve.act, "APPROVAL_REFUSED", "DUPLICATE");
    } else {
        *approval = (struct rlc_case_approval){ .command = command->command,
                                                .actor = command->actor,
                                                .signing_key = command->signing_key,
                                                .signature = command->signature,
                                                .causation = decision->envelope->causation };
        say(decision, command, "APPROVED");
    }
}
