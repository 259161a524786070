/* SPDX-License-Identifier: Apache-2.0 */
/* The topic `dead-letters`: records that no worker could use, with the reason and the exact place.
 * Key: SHA-256 of the coordinates. Mirrors proto/relance/v1/dead_letter.proto. */
#ifndef RLC_WIRE_DEAD_LETTER_H
#define RLC_WIRE_DEAD_LETTER_H

#include "common/wire/envelope.h"

struct rlc_dead_letter {
    struct rlc_span worker;    /* who gave up: "ingest", "scenario" ... */
    struct rlc_coordinates at; /* of the record; required */
    struct rlc_span tenant;    /* where it could be read */
    struct rlc_span debtor;    /* where it could be read: this debtor is quarantined */
    struct rlc_span creditor;
    struct rlc_span source;
    struct rlc_span source_event_id;
    struct rlc_span code; /* published reason code, SCREAMING_CASE */
    /* Place inside the record, made of names of the schema or of upstream's contract, never of
     * bytes of the record, for example "data.lines[3].amount". */
    struct rlc_span path;
    struct rlc_span remedy;      /* one sentence for the sender, without the offending value */
    rlc_ms rejected_at_ms;       /* partition time */
    struct rlc_hash record_hash; /* of the record's value bytes */
    uint32_t record_bytes;       /* its size */
    struct rlc_span key;         /* the record's key, only where it holds no personal data */
    /* Ingest only: the raw value, sealed under the tenant's key of the month. */
    struct rlc_sealed raw;
    struct rlc_rules rules;
    /* A letter that holds no debtor is settled by being written again, with both of these. */
    rlc_ms settled_at_ms;
    struct rlc_span settled_by; /* the person */
};

/* As rlc_debtor_event_decode and _encode (common/wire/debtor_event.h). */
RLC_NODISCARD enum rlc_status rlc_dead_letter_decode(struct rlc_span bytes, struct rlc_arena *arena,
                                                     struct rlc_dead_letter *ret_letter,
                                                     struct rlc_fault *ret_fault);
struct rlc_span rlc_dead_letter_encode(const struct rlc_dead_letter *letter,
                                       struct rlc_arena *arena);

#endif
