/* SPDX-License-Identifier: Apache-2.0 */
/* What an installation has come to, counted from its topics: the numbers that the reporting tables
 * give where there is a database. */
#ifndef EMBEDDED_TALLY_H
#define EMBEDDED_TALLY_H

#include "common/memory/installation.h"
#include "counts.h"

/* Of a step instance. */
enum { TALLY_STEP_CLOSED, TALLY_STEP_SILENT, TALLY_STEP_OPEN };
/* Of a request. */
enum { TALLY_ANSWERED, TALLY_ASKED };

struct tally {
    struct counts receivables; /* debtor|creditor|document: what is open, minor units */
    struct counts open;        /* currency: what is open, minor units */
    struct counts debtors;     /* with a receivable */
    struct counts requests;    /* debtor|action|number: TALLY_ANSWERED or _ASKED */
    struct counts asked;       /* scenario/step: requests */
    struct counts outcomes;    /* "ACCEPTED" ...: requests */
    struct counts silences;    /* reason: facts */
    struct counts steps;       /* debtor|creditor|document|scenario|step|occurrence: as above */
    struct counts results;     /* "ACTED" ...: step instances that are closed */
    struct counts letters;     /* code: dead letters */
    struct counts quarantined; /* debtors that ever were */
    struct counts scored;      /* debtor: scores said */
    int64_t conflicts;
    int64_t facts;
    bool broken; /* a record could not be read, or memory is short: nothing here counts */
};

/* Counts into a zeroed tally. False when it is broken. */
RLC_NODISCARD bool tally_take(struct tally *tally,
                              const struct rlc_memory_installation *installation);
void tally_free(struct tally *tally);

#endif
