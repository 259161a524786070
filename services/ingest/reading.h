/* SPDX-License-Identifier: Apache-2.0 */
/* Tells how far the live payment sources are read (common/runtime/freshness.h). */
#ifndef INGEST_READING_H
#define INGEST_READING_H

#include "intake.h"

struct watched;

/* Since when which partition is behind; NULL when memory is short. */
RLC_NODISCARD struct watched *reading_new(void);
void reading_free(struct watched *watched);

/* Publishes the lines of live sources. A store that is away is asked again the next time: what was
 * published grows old meanwhile, and those who wait for it keep waiting. */
void reading_publish(struct intake *intake, const struct rlc_reading *readings, size_t count);

#endif
