/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOTIFIER_CARRIER_SMTP_H
#define NOTIFIER_CARRIER_SMTP_H

#include "carrier.h"

/* Copies the settings; statuses are those of rlc_smtp_pool_open(). */
RLC_NODISCARD enum rlc_status carrier_smtp_open(const struct rlc_smtp_settings *settings,
                                                struct carrier **ret_carrier,
                                                struct rlc_error *reterr);

#endif
