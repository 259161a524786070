/* SPDX-License-Identifier: Apache-2.0 */
#include "core/procedure.h"

const struct rlc_money *legal_amount_in(const struct rlc_money *amounts, size_t count,
                                        struct rlc_money like)
{
    for (size_t i = 0; i < count; i++) {
        if (rlc_money_same_currency(amounts[i], like))
            return &amounts[i];
    }
    return NULL;
}

const struct legal_procedure *legal_procedure_find(const struct legal_policy *policy,
                                                   struct rlc_span name)
{
    for (size_t i = 0; i < policy->procedure_count; i++) {
        if (rlc_span_equal(policy->procedure[i].name, name))
            return &policy->procedure[i];
    }
    return NULL;
}

const struct legal_state *legal_state_find(const struct legal_procedure *procedure,
                                           struct rlc_span name)
{
    for (size_t i = 0; i < procedure->state_count; i++) {
        if (rlc_span_equal(procedure->state[i].name, name))
            return &procedure->state[i];
    }
    return NULL;
}

const struct legal_move *legal_move_find(const struct legal_state *state, struct rlc_span word)
{
    for (size_t i = 0; i < state->move_count; i++) {
        if (rlc_span_equal(state->move[i].on, word))
            return &state->move[i];
    }
    return NULL;
}

const struct legal_authority *legal_authority_find(const struct legal_policy *policy,
                                                   struct rlc_span actor)
{
    for (size_t i = 0; i < policy->authority_count; i++) {
        if (rlc_span_equal(policy->authority[i].actor, actor))
            return &policy->authority[i];
    }
    return NULL;
}

bool legal_word_is_own(struct rlc_span word)
{
    static const char *const WORDS[] = { LEGAL_WORD_ACCEPTED, LEGAL_WORD_FAILED,
                                         LEGAL_WORD_FILED,    LEGAL_WORD_REFUSED,
                                         LEGAL_WORD_REDUCED,  LEGAL_WORD_DEADLINE,
                                         LEGAL_WORD_TOO_SMALL };

    for (size_t i = 0; i < RLC_COUNT(WORDS); i++) {
        if (rlc_span_equal(word, rlc_span_of(WORDS[i])))
            return true;
    }
    return false;
}

const struct legal_policy LEGAL_POLICY_EMPTY = { .procedure = NULL };
