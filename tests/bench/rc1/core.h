/* SPDX-License-Identifier: Apache-2.0 */
/* RC-1's decisions: a small collections core that every contender of the benchmark has, and that
 * gives the same bytes in each of them. An event moves amounts between age buckets of its debtor,
 * is scored by a card of twenty features, and takes one step of a dunning table; what came of it
 * leaves as a fact, a command and an audit record. Amounts are integers in minor units, days are
 * counted from 1970, instants are UTC milliseconds. No clock, no I/O, no allocation. */
#ifndef RC1_CORE_H
#define RC1_CORE_H

#include "common/pure/span.h"

enum {
    RC1_BUCKETS = 6, /* not due, then 1 to 30, 31 to 60, 61 to 90, 91 to 120 and more days late */
    RC1_KINDS = 4,
    RC1_HISTORY = 8, /* delays that are remembered */
    RC1_FEATURES = 20,
    RC1_BINS = 16,
    RC1_STEPS = 8,
    RC1_BANDS = 4,
    RC1_NAME_MAX = 64,    /* bytes of a debtor's key, of a document: what a record has room for */
    RC1_RECORD_MAX = 512, /* the longest record with names of that length */
    RC1_EVENT_SIZE = 167, /* of an event, filler included */
    RC1_OUTPUT_SIZE = 200 /* of each output, filler included, where its fields need less */
};

enum rc1_kind { RC1_INVOICE = 1, RC1_PAYMENT, RC1_AGEING, RC1_DISPUTE };

/* What happened. The spans are borrowed from the record. */
struct rc1_event {
    struct rlc_span debtor; /* the partition key */
    struct rlc_span document;
    struct rlc_span filler; /* goes on into the outputs */
    int64_t kind;           /* enum rc1_kind */
    int64_t amount_minor;
    int64_t due_day;
    int64_t at_ms;
    int64_t sequence; /* of its debtor, from 1 without a gap */
};

/* A debtor. These bytes, little-endian as they lie in memory, are the record of the changelog. */
struct rc1_state {
    int64_t last_sequence;
    int64_t bucket_minor[RC1_BUCKETS];
    int64_t open_minor;
    int64_t overdue_minor;
    int64_t paid_minor;
    int64_t disputed_minor;
    int64_t last_ms;
    int64_t last_amount_minor;
    int32_t step;
    int32_t score;
    int32_t count[RC1_KINDS];
    int32_t next_due_day;
    int32_t epoch; /* events so far */
    int32_t delay_days[RC1_HISTORY];
};

_Static_assert(sizeof(struct rc1_state) == 168, "the changelog's record of all contenders");

/* How an event was decided, beside the new state. */
struct rc1_decision {
    uint8_t bin[RC1_FEATURES];
    int32_t channel; /* 0 to 3 */
};

/* The score card and the dunning table, drawn from a fixed seed. */
struct rc1_tables {
    int16_t points[RC1_FEATURES][RC1_BINS];
    uint8_t next[RC1_STEPS][RC1_KINDS][RC1_BANDS]; /* step in bits 0 to 2, channel above */
};

void rc1_tables_fill(struct rc1_tables *ret_tables);

/* False for bytes that are no event: cut off, of an unknown kind, without debtor or filler, or with
 * a name beyond RC1_NAME_MAX. */
RLC_NODISCARD bool rc1_event_decode(struct rlc_span bytes, struct rc1_event *ret_event);

/* Each encodes into `bytes` and returns how many there are. */
size_t rc1_event_encode(const struct rc1_event *event, uint8_t bytes[RC1_RECORD_MAX]);

/* Decides an event. False when it was decided before (its sequence is not behind the last one):
 * then nothing has changed, and nothing is to be written. */
RLC_NODISCARD bool rc1_decide(const struct rc1_tables *tables, const struct rc1_event *event,
                              struct rc1_state *state, struct rc1_decision *ret_decision);

/* A decided event with what it made of its debtor, for the outputs. */
struct rc1_outcome {
    const struct rc1_event *event;
    const struct rc1_state *state;
    const struct rc1_decision *decision;
    int32_t partition; /* of the event's record */
    int64_t offset;
};

size_t rc1_fact(const struct rc1_outcome *outcome, uint8_t bytes[RC1_RECORD_MAX]);
size_t rc1_command(const struct rc1_outcome *outcome, uint8_t bytes[RC1_RECORD_MAX]);

/* The audit record without its link, see rc1_audit() in audit.h. */
size_t rc1_audit_body(const struct rc1_outcome *outcome, uint8_t bytes[RC1_RECORD_MAX]);

/* Appends a field of 32 bytes, number 15, to a record of `size` bytes; the new size. */
size_t rc1_append_link(uint8_t bytes[RC1_RECORD_MAX], size_t size, const uint8_t link[32]);

/* FNV-1a over some bytes, going on from `hash`. */
#define RC1_FNV_BASE UINT64_C(14695981039346656037)
uint64_t rc1_fnv(uint64_t hash, struct rlc_span bytes);

#endif
