/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/build.h"

const char *rlc_build_version(void)
{
    return RLC_VERSION;
}

const char *rlc_build_commit(void)
{
    return RLC_COMMIT[0] ? RLC_COMMIT : "unknown";
}
