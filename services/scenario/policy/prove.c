/* SPDX-License-Identifier: Apache-2.0 */
/* What is legal and cannot be meant: choices that are never reached, and the rules of one scenario
 * applied to all. Every error says by which path it comes about. */
#include "policy/draft.h"

char *draft_offset(int32_t days, char buffer[DRAFT_OFFSET_SIZE])
{
    (void)snprintf(buffer, DRAFT_OFFSET_SIZE, "D%c%d", days < 0 ? '-' : '+',
                   days < 0 ? -days : days);
    return buffer;
}

const struct rlc_yaml *draft_at(const struct draft_step *step, const char *key)
{
    const struct rlc_yaml *value = rlc_yaml_get(step->node, key);

    return value ? value : step->node;
}

/* ---- choices ---- */

/* Whether every account that fits `narrow` also fits `wide`. */
static bool covers(const struct policy_choice *wide, const struct policy_choice *narrow)
{
    return (wide->creditor.size == 0 || rlc_span_equal(wide->creditor, narrow->creditor)) &&
           (wide->segment.size == 0 || rlc_span_equal(wide->segment, narrow->segment)) &&
           (wide->kind == RLC_PARTY_KIND_UNSPECIFIED || wide->kind == narrow->kind);
}

static bool fits_all(const struct policy_choice *choice)
{
    return choice->creditor.size == 0 && choice->segment.size == 0 &&
           choice->kind == RLC_PARTY_KIND_UNSPECIFIED;
}

static void prove_choice_order(struct draft *draft, struct rlc_reading *reading)
{
    bool all = false;

    for (size_t j = 0; j < draft->choice_count; j++) {
        size_t i = 0;

        while (i < j && !covers(&draft->choice[i].choice, &draft->choice[j].choice))
            i++;
        if (i < j) {
            rlc_reading_warn(reading, draft->choice[j].node,
                             "Put the special choices above the general ones.",
                             "never reached: the choice in line %d fits whatever this one fits",
                             draft->choice[i].node->line);
        }
        all = all || fits_all(&draft->choice[j].choice);
    }
    if (!all)
        rlc_reading_warn(reading, NULL, "Add a last choice that only names a scenario.",
                         "accounts that fit no choice are never reminded");
}

static void prove_reached(struct draft *draft, const struct draft_scenario *scenario)
{
    struct rlc_reading reading = draft_reading(draft, scenario->path);

    for (size_t i = 0; i < draft->choice_count; i++) {
        if (rlc_span_equal(draft->choice[i].choice.scenario, scenario->name))
            return;
    }
    rlc_reading_warn(&reading, NULL, NULL,
                     "no choice leads here: only accounts that ask for '%.*s' by name follow it",
                     (int)scenario->name.size, (const char *)scenario->name.data);
}

/* ---- the general part ---- */

static void prove_caps(const struct policy *policy, struct rlc_reading *reading,
                       const struct rlc_yaml *list)
{
    const struct rlc_yaml *node = list ? list->first : NULL;

    for (size_t j = 0; j < policy->cap_count && node; j++, node = node->next) {
        for (size_t i = 0; i < policy->cap_count; i++) {
            const struct policy_cap *wide = &policy->cap[i];
            bool equal =
                wide->contacts == policy->cap[j].contacts && wide->days == policy->cap[j].days;

            if (i == j || (equal && i > j) || wide->contacts > policy->cap[j].contacts ||
                wide->days < policy->cap[j].days)
                continue;
            rlc_reading_warn(reading, node, NULL,
                             "without effect: %u in %d days already forbids more", wide->contacts,
                             wide->days);
            break;
        }
    }
}

static void prove_general(struct draft *draft)
{
    struct rlc_reading reading = draft_reading(draft, rlc_span_of("bundle.yaml"));

    prove_caps(draft->policy, &reading, rlc_yaml_get(draft->bundle_node, "caps"));
    if (draft->creditor_count == 0)
        rlc_reading_warn(&reading, NULL, "Add a file creditors/<name>.yaml for each legal entity.",
                         "no creditors: nobody would ever be contacted");
}

void draft_prove(struct draft *draft)
{
    struct rlc_reading choices = draft_reading(draft, rlc_span_of("choices.yaml"));

    prove_general(draft);
    prove_choice_order(draft, &choices);
    for (size_t i = 0; i < draft->scenario_count; i++) {
        const struct draft_scenario *scenario = &draft->scenario[i];
        struct rlc_reading reading = draft_reading(draft, scenario->path);

        prove_reached(draft, scenario);
        draft_prove_steps(&reading, scenario);
        draft_prove_caps(draft->policy, &reading, scenario);
        draft_prove_templates(draft, &reading, scenario);
        draft_prove_referrals(draft, &reading, scenario);
    }
    draft_prove_texts(draft);
}
