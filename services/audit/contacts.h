/* SPDX-License-Identifier: Apache-2.0 */
/* Never behind a known payment, checked from the trail alone.
 *
 * Each attempt of the notifier names a watermark: every record of the debtor's partition of
 * `debtor-events` below it had been looked at. Each fact of scenario names the record that caused
 * it. So whatever a fact with a cause below the watermark says was known when the message left: the
 * message may not ask for more than was open then, nor while a hold, dispute or promise was in
 * force (CashSuspected is a hold), nor with older epochs than the facts have. Besides, a contact
 * that ended was attempted before, and is not attempted again unless the attempt came to nothing or
 * its outcome is unknown.
 *
 * How: attempts are read in lots of bounded size, and for each lot the facts of its partition are
 * walked in the order of the log, up to the lot's last watermark. Attempts need no order of their
 * own this way (their watermarks have none: gates are shared), no index and no column is needed
 * that the trail does not have, nothing is trusted but records that `rlc_trail_verify` has checked,
 * and memory does not grow with the trail. The price: ten million records in 24 partitions make
 * one lot in each, so the facts are read once more; a hundred million make ten, and on average half
 * of the facts are read for each. A record takes 2 us.
 *
 * Not seen here: money on account that covers a line without being applied to it (the epoch tells
 * of its arrival), and a watermark that was asked on the wrong handle (it stands in the trail as it
 * was asked). */
#ifndef AUDIT_CONTACTS_H
#define AUDIT_CONTACTS_H

#include "common/postgres/connection.h"
#include "lot.h"

/* Judges all contacts of the trail in one snapshot, partition by partition. The connection should
 * have no statement time-out and needs to read audit_log only. RLC_OK: all were judged, whatever
 * was found; else the counts are worth nothing. */
RLC_NODISCARD enum rlc_status audit_contacts(struct rlc_postgres *postgres,
                                             struct lot_verdict *verdict, struct rlc_error *reterr);

#endif
