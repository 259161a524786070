/* SPDX-License-Identifier: Apache-2.0 */
/* The catalog of bundles as the notifier asks it. Looking for newer ones reads the topic from its
 * beginning, on the loop's thread: that is done once a second at most, however many contacts lack a
 * bundle. */
#ifndef NOTIFIER_CATALOG_H
#define NOTIFIER_CATALOG_H

#include "common/runtime/bundles.h"
#include "common/runtime/clock.h"

struct notifier_catalog {
    struct rlc_catalog inner;
    struct rlc_clock clock;
    uint64_t not_before_ns;
};

/* A catalog that asks `catalog->inner`; borrows it. */
struct rlc_catalog notifier_catalog_of(struct notifier_catalog *catalog);

#endif
