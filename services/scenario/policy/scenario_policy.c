/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/scenario_policy.h"

#include <stdlib.h>

#include "common/runtime/error.h"
#include "common/runtime/memory.h"

#include "policy/draft.h"

/* Trees and drafts: a few hundred bytes for each line of YAML. */
#define SCRATCH_BYTES ((size_t)256 << 20)

/* The order of reading: what is inherited comes first. */
static void (*const READERS[])(struct draft *draft) = {
    draft_read_bundle,    draft_read_calendars, draft_read_zones,   draft_read_senders,
    draft_read_creditors, draft_read_scenarios, draft_read_choices, draft_check_references,
};

static enum rlc_status finish(const struct draft *draft, struct rlc_error *reterr)
{
    if (draft->out_of_memory)
        return rlc_error_set(reterr, RLC_FATAL, "scenario_policy", 0,
                             "the bundle needs more memory than a policy may take");
    return rlc_problems_status(draft->problems, "scenario_policy", reterr);
}

static enum rlc_status read_bundle(struct draft *draft, bool prove, struct rlc_error *reterr)
{
    if (rlc_arena_map(&draft->scratch, SCRATCH_BYTES) != RLC_OK)
        return rlc_error_set(reterr, RLC_FATAL, "scenario_policy", 0, "no memory for the files");
    draft->policy = rlc_arena_alloc(draft->arena, sizeof(*draft->policy));
    draft->out_of_memory = !draft->policy;
    for (size_t i = 0; i < RLC_COUNT(READERS) && !draft->out_of_memory; i++)
        READERS[i](draft);
    if (draft->policy)
        draft->policy->bundle_hash = draft->bundle->hash;
    if (prove && !draft->out_of_memory && draft->problems->error_count == 0)
        draft_prove(draft);
    rlc_arena_unmap(&draft->scratch);
    return finish(draft, reterr);
}

enum rlc_status scenario_policy_load(const struct rlc_bundle *bundle, struct rlc_arena *arena,
                                     const struct policy **ret_policy, struct rlc_error *reterr)
{
    struct rlc_problems *problems = calloc(1, sizeof(*problems));
    struct draft draft = { .bundle = bundle, .arena = arena, .problems = problems };
    enum rlc_status status;

    if (!problems)
        return rlc_error_set(reterr, RLC_FATAL, "scenario_policy", 0, "no memory");
    status = read_bundle(&draft, false, reterr);
    if (status == RLC_OK)
        *ret_policy = draft.policy;
    free(problems);
    return status;
}

enum rlc_status scenario_policy_check(const struct rlc_bundle *bundle,
                                      struct rlc_problems *problems, struct rlc_error *reterr)
{
    struct rlc_arena arena;
    struct draft draft = { .bundle = bundle, .arena = &arena, .problems = problems };
    enum rlc_status status;

    if (rlc_arena_map(&arena, SCENARIO_POLICY_BYTES) != RLC_OK)
        return rlc_error_set(reterr, RLC_FATAL, "scenario_policy", 0, "no memory for the policy");
    status = read_bundle(&draft, true, reterr);
    rlc_arena_unmap(&arena);
    return status;
}
