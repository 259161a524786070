/* SPDX-License-Identifier: Apache-2.0 */
/* The events of RC-1: the same for the same numbers, on every machine. Few debtors have most of the
 * events (Zipf, exponent 0.99); 60 % are invoices, 25 % payments, 10 % ageing, 5 % disputes. */
#ifndef RC1_INPUT_H
#define RC1_INPUT_H

#include <inttypes.h>

#include "tests/bench/rc1/core.h"

enum { RC1_FILLER_SIZE = 128 };

/* The key of debtor number int64_t, for printf(). */
#define RC1_DEBTOR_FORM "acme/%" PRId64

struct rc1_input {
    uint64_t random;
    int64_t debtors;
    int64_t count;      /* events so far */
    double *cumulative; /* of the debtors' weights, the heaviest first */
    int64_t *sequence;  /* last of each debtor */
    int64_t debtor;     /* whom the last event is about: 0 to debtors - 1 */
    char key[RC1_NAME_MAX];
    char document[RC1_NAME_MAX];
    uint8_t filler[RC1_FILLER_SIZE];
};

/* False if memory is short. Pair with rc1_input_close(). */
RLC_NODISCARD bool rc1_input_open(struct rc1_input *ret_input, int64_t debtors);

/* The next event; its spans are valid until the one after it. */
void rc1_input_next(struct rc1_input *input, struct rc1_event *ret_event);

void rc1_input_close(struct rc1_input *input);

#endif
