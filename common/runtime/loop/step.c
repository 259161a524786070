/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/loop/step.h"

#include <assert.h>

static const struct rlc_step_row ROWS[RLC_STEP_COUNT] = {
#define RLC_STEP_ROW(name, may_block, text) [RLC_STEP_##name] = { #name, may_block, text },
    RLC_STEPS(RLC_STEP_ROW)
#undef RLC_STEP_ROW
};

const struct rlc_step_row *rlc_step_row(enum rlc_step step)
{
    assert(step >= 0 && step < RLC_STEP_COUNT);
    return &ROWS[step];
}
