/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones of this machine as data for a bundle. */
#ifndef RLC_POLICY_TZIF_H
#define RLC_POLICY_TZIF_H

#include <stdio.h>

#include "common/pure/status.h"
#include "common/pure/zone.h"

#define RLC_ZONEINFO "/usr/share/zoneinfo"

enum {
    /* The years a table tells of. Before the first its first offset holds, after the last its last:
     * no receivable of ours is older or due later. */
    RLC_ZONE_YEAR_FIRST = 1970,
    RLC_ZONE_YEAR_LAST = 2100,
    RLC_TZIF_TRANSITIONS_MAX = 1024, /* as many as a bundle may hold of one zone */
    RLC_TZDATA_SIZE = 32             /* "2025b" and a NUL */
};

/* The transitions of one zone, from the first year to the last. */
struct rlc_tzif {
    int32_t first_offset_s;
    size_t count;
    rlc_ms transition_ms[RLC_TZIF_TRANSITIONS_MAX];
    int32_t offset_s[RLC_TZIF_TRANSITIONS_MAX];
};

/* Reads a zone of `folder` (RLC_ZONEINFO), RFC 8536: its 64-bit transitions, and where they end the
 * rule of its footer, year by year. RLC_REJECT when there is no such zone or its file is not
 * understood. */
RLC_NODISCARD enum rlc_status rlc_tzif_read(const char *folder, const char *zone,
                                            struct rlc_tzif *ret_tzif, struct rlc_error *reterr);

/* The same from the bytes of a file. */
RLC_NODISCARD enum rlc_status rlc_tzif_parse(const uint8_t *data, size_t size,
                                             struct rlc_tzif *ret_tzif, struct rlc_error *reterr);

/* Prints a zone's lines of zones.csv. */
void rlc_tzif_print(const struct rlc_tzif *tzif, const char *zone, FILE *out);

/* Which edition of the tz database `folder` holds: "2025b", or "unknown". */
void rlc_tzif_edition(const char *folder, char ret_edition[RLC_TZDATA_SIZE]);

#endif
