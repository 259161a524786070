/* SPDX-License-Identifier: Apache-2.0 */
/* A debtor's records of scenario's hot state, as read, on their way onto the sheet. Shared by hot.c
 * (reading) and hot_sheet.c. */
#ifndef RELANCECTL_HOT_H
#define RELANCECTL_HOT_H

#include "common/runtime/view.h"
#include "core/records.h"
#include "sheet.h"

struct hot {
    struct ctl *ctl;
    struct ctl_sheet *sheet;
    struct rlc_span debtor;
    struct rlc_installation_facts facts;
    int32_t partition;
    struct rlc_view *view;
    struct rlc_arena arena;
    struct rlc_look look; /* of the first read */
    bool moved;           /* a later read saw another instant */
    rlc_ms time_ms;       /* partition time of that instant; RLC_MS_NONE = not known */
    int code;
};

/* Records of one round. */
struct round {
    struct rlc_span *keys;
    struct rlc_span *values;
    const void **records;       /* NULL where there is none */
    struct rlc_span *creditors; /* whose each is */
    size_t count;
    size_t capacity;
};

/* What the rounds brought. */
struct rounds {
    const struct rlc_debtor_record *debtor;
    struct round accounts;
    struct round pages;
    struct round receivables;
    struct round agreements;
    struct round contacts;
    struct round tasks;
};

/* Puts what was read onto the sheet. */
void ctl_hot_fill(struct hot *hot, const struct rounds *rounds);

#endif
