/* SPDX-License-Identifier: Apache-2.0 */
/* Names that lead nowhere, words that nobody says, and what cannot be meant. */
#include <string.h>

#include "common/pure/nearest.h"

#include "policy/draft.h"

/* A procedure that is looked at. */
struct proof {
    struct draft *draft;
    struct rlc_reading reading;
    const struct draft_procedure *procedure;
};

static const char *text_of(struct rlc_span span)
{
    return span.size ? (const char *)span.data : "";
}

/* The value of a key of a state, or the state where it has no such key. */
static const struct rlc_yaml *at(const struct draft_state *state, const char *key)
{
    const struct rlc_yaml *value = rlc_yaml_get(state->node, key);

    return value ? value : state->node;
}

static const struct rlc_yaml *at_word(const struct draft_state *state, size_t move)
{
    const struct rlc_yaml *word = state->moves->first;

    while (move-- > 0)
        word = word->next;
    return word;
}

static void refuse_unknown(struct proof *proof, const struct rlc_yaml *node, const char *what,
                           const struct rlc_nearest *nearest)
{
    if (nearest->found.data) {
        rlc_reading_refuse(&proof->reading, node, NULL, "unknown %s '%.*s', did you mean '%.*s'?",
                           what, (int)nearest->wanted.size, text_of(nearest->wanted),
                           (int)nearest->found.size, text_of(nearest->found));
    } else {
        rlc_reading_refuse(&proof->reading, node, NULL, "unknown %s '%.*s'", what,
                           (int)nearest->wanted.size, text_of(nearest->wanted));
    }
}

/* ---- where words lead ---- */

static const struct draft_state *find_state(const struct draft_procedure *procedure,
                                            struct rlc_span name)
{
    for (size_t i = 0; i < procedure->state_count; i++) {
        if (rlc_span_equal(procedure->state[i].state.name, name))
            return &procedure->state[i];
    }
    return NULL;
}

static void check_targets(struct proof *proof, const struct draft_state *state)
{
    for (size_t i = 0; i < state->state.move_count; i++) {
        struct rlc_nearest nearest = rlc_nearest_to(state->state.move[i].to);

        if (find_state(proof->procedure, nearest.wanted))
            continue;
        for (size_t k = 0; k < proof->procedure->state_count; k++)
            rlc_nearest_try(&nearest, proof->procedure->state[k].state.name);
        refuse_unknown(proof, at_word(state, i)->value, "state", &nearest);
    }
}

static void check_names(struct proof *proof, const struct draft_state *state)
{
    const struct draft_state *first = find_state(proof->procedure, state->state.name);

    if (state->state.name.size > 0 && first != state) {
        rlc_reading_refuse(&proof->reading, state->node, "Give each state a name of its own.",
                           "a second state '%.*s'; the first is in line %d",
                           (int)state->state.name.size, text_of(state->state.name),
                           first->node->line);
    }
}

/* Which part of a state says which words; each of them must lead somewhere. */
static const struct {
    const char *key;
    const char *words[2];
} SPOKEN[] = {
    { "contact", { LEGAL_WORD_ACCEPTED, LEGAL_WORD_FAILED } },
    { "act", { LEGAL_WORD_FILED, LEGAL_WORD_REFUSED } },
    { "deadline", { LEGAL_WORD_DEADLINE, NULL } },
};

static void check_spoken(struct proof *proof, const struct draft_state *state)
{
    for (size_t i = 0; i < RLC_COUNT(SPOKEN); i++) {
        bool speaks = rlc_yaml_get(state->node, SPOKEN[i].key);

        for (size_t k = 0; k < 2 && SPOKEN[i].words[k]; k++) {
            const char *word = SPOKEN[i].words[k];
            bool heard = legal_move_find(&state->state, rlc_span_of(word));

            if (speaks && !heard) {
                rlc_reading_refuse(&proof->reading, at(state, SPOKEN[i].key),
                                   "Say in 'moves' which state follows.",
                                   "nothing follows the word %s", word);
            }
            if (heard && !speaks) {
                rlc_reading_refuse(&proof->reading, at(state, "moves"), NULL,
                                   "nobody says %s here: the state has no '%s'", word,
                                   SPOKEN[i].key);
            }
        }
    }
}

/* A word that is said where an amount is weighed. Without a move the case is blocked, which is a
 * choice as well. */
static void check_weighed(struct proof *proof, const struct draft_state *state)
{
    const struct legal_procedure *procedure = &proof->procedure->procedure;
    bool weighs = procedure->needs.at_least_count > 0 || procedure->cost_count > 0;

    if (!legal_move_find(&state->state, rlc_span_of(LEGAL_WORD_TOO_SMALL)))
        return;
    if (state->state.act.size == 0) {
        rlc_reading_refuse(&proof->reading, at(state, "moves"), NULL,
                           "nobody says " LEGAL_WORD_TOO_SMALL " here: the state has no 'act'");
    } else if (!weighs) {
        rlc_reading_refuse(&proof->reading, at(state, "moves"),
                           "Say 'cost' of the procedure, or 'at_least' in its 'needs'.",
                           "nobody says " LEGAL_WORD_TOO_SMALL
                           " here: the procedure weighs no amount");
    }
}

static void check_alone(struct proof *proof, const struct draft_state *state)
{
    static const char *const BESIDE[] = { "contact", "act", "deadline", "moves" };
    bool ends = state->state.end.size > 0;
    bool goes_on = state->state.procedure.size > 0;

    for (size_t i = 0; (ends || goes_on) && i < RLC_COUNT(BESIDE); i++) {
        if (rlc_yaml_get(state->node, BESIDE[i])) {
            rlc_reading_refuse(
                &proof->reading, at(state, BESIDE[i]), "Do it in a state of its own.",
                "'%s' beside '%s': the case is gone at once", BESIDE[i], ends ? "end" : "continue");
        }
    }
    if (ends && goes_on)
        rlc_reading_refuse(&proof->reading, at(state, "continue"), NULL,
                           "a case that ends does not go on");
}

static void check_continue(struct proof *proof, const struct draft_state *state)
{
    struct rlc_nearest nearest = rlc_nearest_to(state->state.procedure);
    const struct draft *draft = proof->draft;

    if (nearest.wanted.size == 0)
        return;
    for (size_t i = 0; i < draft->procedure_count; i++) {
        if (rlc_span_equal(draft->procedure[i].name, nearest.wanted))
            return;
        rlc_nearest_try(&nearest, draft->procedure[i].name);
    }
    refuse_unknown(proof, at(state, "continue"), "procedure", &nearest);
}

/* ---- deadlines ---- */

static void check_rule(struct proof *proof, const struct draft_state *state)
{
    struct rlc_nearest nearest = rlc_nearest_to(state->state.time.rule);
    const struct legal_policy *policy = proof->draft->policy;

    if (nearest.wanted.size == 0)
        return;
    for (size_t i = 0; i < policy->rule_count; i++) {
        if (rlc_span_equal(policy->rule[i].code, nearest.wanted))
            return;
        rlc_nearest_try(&nearest, policy->rule[i].code);
    }
    refuse_unknown(proof, rlc_yaml_get(state->deadline, "rule"), "code of " RLC_DEADLINES_PATH,
                   &nearest);
}

static void check_date(struct proof *proof, const struct draft_state *state, const char *key,
                       struct rlc_span word)
{
    struct rlc_nearest nearest = rlc_nearest_to(word);

    if (word.size == 0)
        return;
    for (size_t i = 0; i < proof->procedure->state_count; i++) {
        const struct legal_state *other = &proof->procedure->state[i].state;

        if (legal_move_find(other, word))
            return;
        for (size_t k = 0; k < other->move_count; k++)
            rlc_nearest_try(&nearest, other->move[k].on);
    }
    refuse_unknown(proof, rlc_yaml_get(state->deadline, key), "word", &nearest);
}

/* ---- one procedure ---- */

static void check_state(struct proof *proof, const struct draft_state *state)
{
    check_names(proof, state);
    check_alone(proof, state);
    check_spoken(proof, state);
    check_weighed(proof, state);
    check_targets(proof, state);
    check_continue(proof, state);
    if (!state->deadline)
        return;
    check_rule(proof, state);
    check_date(proof, state, "from", state->state.time.from);
    check_date(proof, state, "law_of", state->state.time.law_of);
}

static void check_first(struct proof *proof)
{
    const struct draft_state *first = proof->procedure->state;

    if (proof->procedure->state_count > 0 &&
        (first->state.end.size > 0 || first->state.procedure.size > 0))
        rlc_reading_refuse(&proof->reading, first->node, "Begin with a state that does something.",
                           "a case would be gone as soon as it is opened");
}

void legal_draft_check(struct draft *draft)
{
    for (size_t i = 0; i < draft->procedure_count; i++) {
        struct proof proof = { .draft = draft, .procedure = &draft->procedure[i] };

        proof.reading = legal_draft_reading(draft, proof.procedure->path);
        check_first(&proof);
        for (size_t k = 0; k < proof.procedure->state_count; k++)
            check_state(&proof, &proof.procedure->state[k]);
        legal_draft_close(draft, &proof.reading);
    }
}

/* ---- what cannot be meant ---- */

/* Follows the moves from the first state; a procedure has few states, so again and again. */
static uint32_t reached_states(const struct draft_procedure *procedure)
{
    uint32_t reached = 1;
    uint32_t before = 0;

    while (reached != before) {
        before = reached;
        for (size_t i = 0; i < procedure->state_count; i++) {
            const struct legal_state *state = &procedure->state[i].state;

            for (size_t k = 0; (reached >> i & 1) && k < state->move_count; k++)
                reached |= UINT32_C(1)
                           << (find_state(procedure, state->move[k].to) - procedure->state);
        }
    }
    return reached;
}

static void prove_reached(struct proof *proof)
{
    uint32_t reached = reached_states(proof->procedure);

    for (size_t i = 0; i < proof->procedure->state_count; i++) {
        if (!(reached >> i & 1)) {
            rlc_reading_refuse(&proof->reading, proof->procedure->state[i].node,
                               "Let a word lead to it, or take it away.", "no word leads to '%.*s'",
                               (int)proof->procedure->state[i].state.name.size,
                               text_of(proof->procedure->state[i].state.name));
        }
    }
}

/* The promise: what is filed is called back when less is owed. */
static void prove_recalled(struct proof *proof, const struct draft_state *state)
{
    const struct legal_move *filed = legal_move_find(&state->state, rlc_span_of(LEGAL_WORD_FILED));
    const struct draft_state *after = filed ? find_state(proof->procedure, filed->to) : NULL;

    if (after && after->state.end.size == 0 &&
        !legal_move_find(&after->state, rlc_span_of(LEGAL_WORD_REDUCED))) {
        rlc_reading_refuse(&proof->reading, after->node,
                           "Add REDUCED to its moves, for example back to the act.",
                           "a payment after the filing would not recall '%.*s'",
                           (int)state->state.act.size, text_of(state->state.act));
    }
    if (after && after->state.end.size > 0) {
        rlc_reading_refuse(&proof->reading, after->node,
                           "Let the case wait in a state until the act is answered.",
                           "a case that ends with its filing cannot recall it");
    }
}

static bool may_anybody(const struct draft *draft, struct rlc_span act)
{
    for (size_t i = 0; i < draft->authority_count; i++) {
        for (size_t k = 0; k < draft->authority[i].acts.count; k++) {
            if (rlc_span_equal(draft->authority[i].acts.name[k], act))
                return true;
        }
    }
    return false;
}

static void prove_approvable(struct proof *proof, const struct draft_state *state)
{
    if (state->state.act.size > 0 && !may_anybody(proof->draft, state->state.act)) {
        rlc_reading_warn(&proof->reading, at(state, "act"), "Name somebody in authorities.yaml.",
                         "nobody may approve '%.*s'", (int)state->state.act.size,
                         text_of(state->state.act));
    }
}

static bool begins_with(struct rlc_span path, const char *text, size_t size)
{
    return path.size > size && memcmp(path.data, text, size) == 0;
}

static void prove_template(struct proof *proof, const struct draft_state *state)
{
    struct rlc_span name = state->state.contact.template_name;
    const struct rlc_bundle *bundle = proof->draft->bundle;
    char path[RLC_POLICY_NAME_MAX + 16];
    int size = snprintf(path, sizeof(path), "templates/%.*s.", (int)name.size, text_of(name));

    if (!state->contact)
        return;
    for (size_t i = 0; i < bundle->file_count; i++) {
        if (begins_with(bundle->files[i].path, path, (size_t)size))
            return;
    }
    rlc_reading_refuse(&proof->reading, rlc_yaml_get(state->contact, "template"),
                       "Write the message, or name one that is there.",
                       "there is no file %s<language>.txt", path);
}

static bool is_act(const struct draft *draft, struct rlc_nearest *nearest)
{
    for (size_t i = 0; i < draft->procedure_count; i++) {
        for (size_t k = 0; k < draft->procedure[i].state_count; k++) {
            struct rlc_span act = draft->procedure[i].state[k].state.act;

            if (act.size > 0 && rlc_span_equal(act, nearest->wanted))
                return true;
            rlc_nearest_try(nearest, act);
        }
    }
    return false;
}

static void prove_acts(struct draft *draft)
{
    struct proof proof = { .draft = draft,
                           .reading = legal_draft_reading(draft, rlc_span_of("authorities.yaml")) };

    for (size_t i = 0; i < draft->authority_count; i++) {
        const struct rlc_policy_names *acts = &draft->authority[i].acts;

        for (size_t k = 0; k < acts->count; k++) {
            struct rlc_nearest nearest = rlc_nearest_to(acts->name[k]);

            if (!is_act(draft, &nearest))
                refuse_unknown(&proof, acts->node[k], "act", &nearest);
        }
    }
    legal_draft_close(draft, &proof.reading);
}

void legal_draft_prove(struct draft *draft)
{
    prove_acts(draft);
    for (size_t i = 0; i < draft->procedure_count; i++) {
        struct proof proof = { .draft = draft, .procedure = &draft->procedure[i] };

        proof.reading = legal_draft_reading(draft, proof.procedure->path);
        prove_reached(&proof);
        for (size_t k = 0; k < proof.procedure->state_count; k++) {
            prove_recalled(&proof, &proof.procedure->state[k]);
            prove_approvable(&proof, &proof.procedure->state[k]);
            prove_template(&proof, &proof.procedure->state[k]);
        }
        legal_draft_close(draft, &proof.reading);
    }
}
