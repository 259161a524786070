/* SPDX-License-Identifier: Apache-2.0 */
/* Between sample_life.c and its parts. */
#ifndef RELANCECTL_SAMPLE_DEBTOR_H
#define RELANCECTL_SAMPLE_DEBTOR_H

#include "common/pure/money.h"
#include "sample_life.h"

struct sample_debtor {
    struct sample_book *book;
    const struct sample_story *story;
    const struct sample_seller *seller;
    uint64_t luck; /* state of the debtor's own stream of numbers */
    char name[SAMPLE_NAME_SIZE];
    bool key_account;
    rlc_day issues_until_on; /* an insolvent debtor buys and pays no longer */
    rlc_day acts_until_on;
};

struct sample_invoice {
    const struct sample_seller *seller;
    char document[SAMPLE_NAME_SIZE];
    rlc_day issued_on;
    rlc_day due_on;
    int64_t total_minor;
    int64_t open_minor;
    json_t *event;
    char payment[SAMPLE_NAME_SIZE]; /* the latest, with its amount */
    int64_t paid_minor;
    char dispute[SAMPLE_NAME_SIZE]; /* the latest, with its amount */
    int64_t disputed_minor;
    char hold[SAMPLE_NAME_SIZE];
};

/* A number between `least` and `most`, both included, from the debtor's stream. */
int64_t sample_draw(struct sample_debtor *debtor, int64_t least, int64_t most);

/* An amount in the seller's currency. */
struct rlc_money sample_money(const struct sample_seller *seller, int64_t minor);

/* A new event of the debtor: `type` as in "invoice.issued"; `seller` NULL for one that belongs to
 * no account. Takes over `data`. NULL when memory is out. */
json_t *sample_event(struct sample_debtor *debtor, const char *type, const char *source,
                     const struct sample_seller *seller, rlc_day on, json_t *data);

/* Puts an event into the book (borrowed), as delivered on that day at the hour of its `time`. */
void sample_deliver(struct sample_debtor *debtor, rlc_day delivered_on, json_t *event);

/* An event that is delivered on its own day. Takes over `data`. */
void sample_tell(struct sample_debtor *debtor, const char *type, const char *source,
                 const struct sample_seller *seller, rlc_day on, json_t *data);

/* One act about an invoice, on the day it falls on. */
void sample_act(struct sample_debtor *debtor, struct sample_invoice *invoice,
                const struct sample_act *act, rlc_day on);

/* A record that cannot be understood, made out of that invoice. */
void sample_spoil(struct sample_debtor *debtor, const struct sample_invoice *invoice);

#endif
