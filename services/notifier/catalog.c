/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog.h"

#include "common/runtime/error.h"

#define AGAIN_NS (UINT64_C(1) * 1000000000u)

static enum rlc_status refresh(void *context, struct rlc_error *reterr)
{
    struct notifier_catalog *catalog = context;
    enum rlc_status status;

    if (rlc_clock_monotonic_ns(&catalog->clock) < catalog->not_before_ns)
        return rlc_error_set(reterr, RLC_RETRY, "bundles", 0, "read less than a second ago");
    status = catalog->inner.refresh(catalog->inner.context, reterr);
    catalog->not_before_ns = rlc_clock_monotonic_ns(&catalog->clock) + AGAIN_NS;
    return status;
}

struct rlc_catalog notifier_catalog_of(struct notifier_catalog *catalog)
{
    return (struct rlc_catalog){ catalog->inner.bundles, catalog->inner.refresh ? refresh : NULL,
                                 catalog };
}
