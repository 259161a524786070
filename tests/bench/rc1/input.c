/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/rc1/input.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SEED      UINT64_C(88172645463325252)
#define FIRST_MS  INT64_C(1760000000000)
#define EXPONENT  0.99
#define UNIT_BITS 53 /* of a double's mantissa */

enum {
    STEP_MS = 1000, /* between two events */
    DAY_MS = 86400000,
    SPREAD = 7919, /* a prime: heavy debtors lie far from each other */
    DUE_AHEAD_DAYS = 30,
    DUE_RANGE_DAYS = 180,
    LEAST_MINOR = 1000,
    RANGE_MINOR = 500000,
    DOCUMENTS = 100000000,
    DIGITS_OF_DRAW = 16
};

/* Kinds by their share of a hundred. */
static const struct {
    uint64_t below;
    enum rc1_kind kind;
} SHARES[] = { { 60, RC1_INVOICE }, { 85, RC1_PAYMENT }, { 95, RC1_AGEING }, { 100, RC1_DISPUTE } };

/* Marsaglia's xorshift with the shifts 13, 7, 17. */
static uint64_t draw(struct rc1_input *input)
{
    input->random ^= input->random << 13;
    input->random ^= input->random >> 7;
    input->random ^= input->random << 17;
    return input->random;
}

bool rc1_input_open(struct rc1_input *ret_input, int64_t debtors)
{
    double sum = 0;

    *ret_input = (struct rc1_input){
        .random = SEED,
        .debtors = debtors,
        .cumulative = calloc((size_t)debtors, sizeof(*ret_input->cumulative)),
        .sequence = calloc((size_t)debtors, sizeof(*ret_input->sequence)),
    };
    if (!ret_input->cumulative || !ret_input->sequence)
        return false;
    for (int64_t i = 0; i < debtors; i++) {
        sum += 1 / pow((double)(i + 1), EXPONENT);
        ret_input->cumulative[i] = sum;
    }
    return true;
}

void rc1_input_close(struct rc1_input *input)
{
    free(input->cumulative);
    free(input->sequence);
    *input = (struct rc1_input){ .debtors = 0 };
}

static int64_t draw_debtor(struct rc1_input *input)
{
    double unit = (double)(draw(input) >> (64 - UNIT_BITS)) / (double)(UINT64_C(1) << UNIT_BITS);
    double at = unit * input->cumulative[input->debtors - 1];
    int64_t low = 0, high = input->debtors - 1;

    while (low < high) {
        int64_t middle = (low + high) / 2;

        if (input->cumulative[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low * SPREAD % input->debtors;
}

static enum rc1_kind draw_kind(struct rc1_input *input)
{
    uint64_t drawn = draw(input) % 100;
    size_t i = 0;

    while (drawn >= SHARES[i].below)
        i++;
    return SHARES[i].kind;
}

static void draw_filler(struct rc1_input *input)
{
    for (size_t i = 0; i < RC1_FILLER_SIZE; i += DIGITS_OF_DRAW) {
        uint64_t drawn = draw(input);

        for (size_t digit = 0; digit < DIGITS_OF_DRAW; digit++)
            input->filler[i + digit] = (uint8_t) "0123456789abcdef"[drawn >> digit * 4 & 15];
    }
}

void rc1_input_next(struct rc1_input *input, struct rc1_event *ret_event)
{
    input->debtor = draw_debtor(input);
    (void)snprintf(input->key, sizeof(input->key), RC1_DEBTOR_FORM, input->debtor);
    (void)snprintf(input->document, sizeof(input->document), "INV-%08" PRId64,
                   input->count % DOCUMENTS);
    *ret_event = (struct rc1_event){
        .debtor = rlc_span_of(input->key),
        .document = rlc_span_of(input->document),
        .filler = rlc_span_from(input->filler, RC1_FILLER_SIZE),
        .at_ms = FIRST_MS + input->count * STEP_MS,
        .sequence = ++input->sequence[input->debtor],
    };
    /* What is drawn is part of the input: so is the order. */
    ret_event->kind = draw_kind(input);
    ret_event->due_day =
        ret_event->at_ms / DAY_MS + DUE_AHEAD_DAYS - (int64_t)(draw(input) % DUE_RANGE_DAYS);
    draw_filler(input);
    ret_event->amount_minor = LEAST_MINOR + (int64_t)(draw(input) % RANGE_MINOR);
    input->count++;
}
