/* SPDX-License-Identifier: Apache-2.0 */
/* Writing events of the contract to a source topic, as an upstream system would. */
#ifndef RELANCECTL_PUBLISH_H
#define RELANCECTL_PUBLISH_H

#include "cli.h"

#define CTL_SOURCE_DEFAULT "billing.events"

struct ctl_publisher {
    struct ctl *ctl;
    const char *topics[1];
    struct rlc_bus_config config;
    struct rlc_bus *bus;
    int32_t partitions;
    const int32_t *partition; /* where all of it goes; NULL: that of its debtor */
    int32_t last_partition;   /* where the latest event went */
    const char *label;        /* CTL_LINE_HEADER of the next events; NULL: none */
    int64_t published;
};

/* Opens the source topic; CTL_OK, or the exit code after a message. `topic` outlives it. */
int ctl_publisher_open(struct ctl_publisher *publisher, struct ctl *ctl, const char *topic);

/* Adds one event, to the partition of its debtor (or tenant), with the ingest time `now_ms` for a
 * stepped clock (0: none). */
int ctl_publish(struct ctl_publisher *publisher, struct rlc_span json, rlc_ms now_ms);

/* The same for a record as it is, to this partition. */
int ctl_publish_record(struct ctl_publisher *publisher, int32_t partition, struct rlc_span key,
                       struct rlc_span value, rlc_ms now_ms);

/* Waits until all is acknowledged. */
int ctl_publisher_flush(struct ctl_publisher *publisher);
void ctl_publisher_close(struct ctl_publisher *publisher);

#endif
