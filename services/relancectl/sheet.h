/* SPDX-License-Identifier: Apache-2.0 */
/* What there is to say about one debtor, put together from the hot state or from the trail, printed
 * the same way. */
#ifndef RELANCECTL_SHEET_H
#define RELANCECTL_SHEET_H

#include "past.h"

/* Lists whose entries come, change and go by a key. */
enum ctl_sheet_list {
    CTL_SHEET_ACCOUNTS,
    CTL_SHEET_RECEIVABLES,
    CTL_SHEET_STEPS,
    CTL_SHEET_AGREEMENTS,
    CTL_SHEET_REQUESTS,
    CTL_SHEET_QUARANTINE,
    CTL_SHEET_TASKS,
    CTL_SHEET_CREDITS, /* money on account; of the trail by settlement and document */
    CTL_SHEET_LIST_COUNT
};

#define CTL_SHEET_KEY_SIZE 1024

struct ctl_sheet {
    json_t *head; /* what it is and what the debtor is */
    json_t *lists[CTL_SHEET_LIST_COUNT];
};

void ctl_sheet_init(struct ctl_sheet *sheet);
void ctl_sheet_clear(struct ctl_sheet *sheet);

/* A key out of `count` texts. */
const char *ctl_sheet_key(char key[CTL_SHEET_KEY_SIZE], const struct rlc_span *parts, size_t count);

/* The entry of a key, made empty if it is new. */
json_t *ctl_sheet_entry(struct ctl_sheet *sheet, enum ctl_sheet_list list, const char *key);
void ctl_sheet_drop(struct ctl_sheet *sheet, enum ctl_sheet_list list, const char *key);

/* An amount: "open": "12.00", "open_minor": 1200, "currency": "EUR". */
void ctl_sheet_money(json_t *entry, const char *name, struct rlc_money money);

/* The whole as one object, new: the head, `balances` per creditor and currency, and each list as an
 * array; empty arrays included. */
json_t *ctl_sheet_result(struct ctl_sheet *sheet);

/* Prints such an object for people. */
void ctl_sheet_print(FILE *out, json_t *result);

/* Takes the next fact into the sheet: a `take` of struct ctl_past. */
void ctl_sheet_take(void *context, const struct ctl_past_fact *taken);

/* Reads the hot state of a debtor ("TENANT/ID") and how fresh it is; CTL_OK, or the exit code after
 * a message. */
int ctl_sheet_read_hot(struct ctl *ctl, struct rlc_span debtor, struct ctl_sheet *sheet);

#endif
