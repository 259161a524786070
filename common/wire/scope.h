/* SPDX-License-Identifier: Apache-2.0 */
/* What is wider than a debtor: one record per tenant, decided once, written whole to every
 * partition. Mirrors proto/relance/v1/scope.proto. */
#ifndef RLC_WIRE_SCOPE_H
#define RLC_WIRE_SCOPE_H

#include "common/wire/envelope.h"
#include "common/wire/vocabulary.h"

struct rlc_creditor_setting {
    struct rlc_span creditor; /* absent = every creditor without an entry of its own */
    enum rlc_creditor_mode mode;
    uint32_t ramp_ppm; /* with LIVE: share of debtors, by stable hash; 1000000 = all */
    rlc_ms since_ms;
};

/* Holds back a part of the tenant's debtors: by creditor, segment or country. */
struct rlc_scope_hold {
    struct rlc_span hold;     /* id */
    struct rlc_span creditor; /* absent = all */
    struct rlc_span segment;  /* absent = all */
    struct rlc_span country;  /* absent = all */
    enum rlc_hold_reason reason;
    enum rlc_clock_effect clock;
    rlc_ms from_ms;
    rlc_ms until_ms; /* 0 = until lifted */
};

/* No contact on these channels in this interval, for example a month's closing. */
struct rlc_scope_freeze {
    struct rlc_span freeze;   /* id */
    struct rlc_span creditor; /* absent = all */
    enum rlc_channel channel; /* absent = all */
    rlc_ms from_ms;
    rlc_ms until_ms;
};

/* A payment feed that is silent: the reminders of its creditor wait. */
struct rlc_stale_source {
    struct rlc_span source;
    struct rlc_span creditor; /* absent = all */
    rlc_ms since_ms;
};

struct rlc_scope {
    int64_t revision;            /* 1, 2 ...: applied iff newer */
    struct rlc_hash bundle_hash; /* active bundle; absent = the built-in empty one */
    rlc_ms bundle_since_ms;      /* activation: new steps open only for what reaches them later */
    bool kill_switch;
    const struct rlc_creditor_setting *creditors;
    size_t creditor_count; /* each list <= RLC_SCOPE_ENTRIES_MAX */
    const struct rlc_scope_hold *holds;
    size_t hold_count;
    const struct rlc_scope_freeze *freezes;
    size_t freeze_count;
    const struct rlc_stale_source *stale_sources;
    size_t stale_source_count;
};

#endif
