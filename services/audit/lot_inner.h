/* SPDX-License-Identifier: Apache-2.0 */
/* What a lot consists of; for lot.c, which fills it, and lot_facts.c, which holds it against the
 * facts. */
#ifndef AUDIT_LOT_INNER_H
#define AUDIT_LOT_INNER_H

#include "lot.h"

/* A text that is written anew; its memory is used again. */
struct text {
    uint8_t *data;
    size_t size;
    size_t room;
};

/* An agreement that stands in the way. */
struct block {
    struct block *next;
    enum rlc_agreement_kind kind;
    struct text id;
    struct text creditor; /* empty: the debtor as a whole */
    struct text reason;
    struct rlc_money amount; /* without a currency: all of it */
    rlc_ms until_ms;
    int64_t known_off;
};

/* An attempt, or the end of a contact. */
struct entry {
    enum rlc_audit_kind kind;
    int64_t off;
    struct rlc_action_id action;
    uint32_t request_number;
    struct rlc_span tenant;
    struct rlc_span debtor;
    struct rlc_span creditor;
    enum lot_fault order_fault;
    /* Of the first entry of a request, for all of them: */
    bool tried;
    bool busy; /* an attempt that may have arrived */
    /* Of an attempt: */
    rlc_ms decided_at_ms;
    int64_t watermark;
    struct rlc_epochs epochs;
    int64_t changed_off; /* of the first change it had not seen; -1 = none */
    struct block *blocks;
    struct line *lines;
    size_t line_count;
};

/* A line of an attempt, and its receivable as known below the attempt's watermark. */
struct line {
    const struct entry *attempt;
    struct rlc_span creditor;
    struct rlc_span document;
    struct rlc_money asked;
    bool known;
    int64_t known_off;
    struct rlc_money open;
    enum rlc_receivable_cause cause;
    struct text cause_id;
    struct block *blocks;
};

struct lot {
    struct rlc_arena arena;
    int32_t partition;     /* of debtor-events, and of both audited topics */
    struct entry *entries; /* in the order of the log */
    size_t entry_count;
    struct line *lines;
    size_t line_count;
    struct entry **by_request; /* request, offset */
    struct entry **by_debtor;  /* attempts only */
    size_t attempt_count;
    struct line **by_document;
    struct block *spare;
    int64_t watermark;    /* the highest */
    int64_t contacts_off; /* of the last record of the notifier that was taken */
    int64_t facts_at;     /* offset in debtor-events that caused the last fact */
};

/* Place of the first of `count` sorted pointers that is not before `wanted`. */
size_t lot_first_from(const void *sorted, size_t count, const void *wanted,
                      int (*order)(const void *, const void *));

/* Orders of by_debtor and by_document, for pointers to pointers as qsort has them. */
int lot_by_debtor(const void *left, const void *right);
int lot_by_document(const void *left, const void *right);

#endif
