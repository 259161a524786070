/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/view.h"

#include <string.h>

bool rlc_look_is_whole(const struct rlc_look *look, const uint8_t installation[RLC_UUID_SIZE])
{
    const struct rlc_fence *fence = &look->fence;

    return look->fence_present && fence->building == 0 && fence->off != RLC_OFFSET_NONE &&
           look->records == fence->count &&
           memcmp(fence->installation, installation, RLC_UUID_SIZE) == 0;
}
