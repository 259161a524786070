/* SPDX-License-Identifier: Apache-2.0 */
/* What this binary was built from. Static texts. */
#ifndef RLC_RUNTIME_BUILD_H
#define RLC_RUNTIME_BUILD_H

/* "0.1.0" */
const char *rlc_build_version(void);

/* The abbreviated git commit when the build folder was configured; "unknown" without git. */
const char *rlc_build_commit(void);

#endif
