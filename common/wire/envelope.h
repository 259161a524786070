/* SPDX-License-Identifier: Apache-2.0 */
/* What every record carries: whose it is, where it came from, what caused it, under which rules it
 * was decided. Mirrors proto/relance/v1/envelope.proto field by field.
 *
 * Conventions of all wire structs: spans are borrowed from the decode arena; an empty span, a zero
 * number, an all-zero hash and an empty currency mean "absent"; lists are a pointer and a count;
 * instants are UTC milliseconds, dates civil days, money int64 minor units plus ISO 4217 code. */
#ifndef RLC_WIRE_ENVELOPE_H
#define RLC_WIRE_ENVELOPE_H

#include "common/pure/arena.h"
#include "common/pure/base.h"
#include "common/pure/money.h"
#include "common/pure/span.h"
#include "common/pure/status.h"
#include "common/wire/limits.h"

/* SHA-256. All zero means absent. */
struct rlc_hash {
    uint8_t bytes[32];
};

/* First 16 bytes of SHA-256 over (tenant, debtor, creditor, scenario, step name, occurrence,
 * channel ordinal): the identity of one act, the same in every replay. */
struct rlc_action_id {
    uint8_t bytes[16];
};

/* Personal data: AES-256-SIV ciphertext and the subject's data key. Absent when key_id is empty. */
struct rlc_sealed {
    struct rlc_span key_id; /* <= RLC_ID_MAX */
    struct rlc_span bytes;  /* <= RLC_SEALED_BYTES_MAX */
};

/* The place of a record in the log. Absent when topic is empty. */
struct rlc_coordinates {
    struct rlc_span topic;
    int32_t partition;
    int64_t offset;
};

/* An event as its source calls it. Absent when source_event_id is empty. */
struct rlc_event_reference {
    struct rlc_span source;
    struct rlc_span source_event_id;
};

/* The record that caused this one; kept unchanged when an event is forwarded. */
struct rlc_causation {
    struct rlc_coordinates at;
    struct rlc_hash record_hash; /* of the causing record's value bytes */
};

/* The state of the debtor that a decision saw. */
struct rlc_epochs {
    int64_t debtor;
    int64_t account;
    int64_t scope_revision;
};

/* The rules a decision was taken under. */
struct rlc_rules {
    struct rlc_hash bundle_hash; /* content hash of the bundle */
    uint32_t rules_version;      /* raised by every change of a core's decisions */
};

struct rlc_envelope {
    struct rlc_span tenant;   /* the platform's customer; absent only in a tick */
    struct rlc_span debtor;   /* id inside the tenant: the second half of the key */
    struct rlc_span creditor; /* the legal entity that issued; absent = the debtor as a whole */

    struct rlc_span source;          /* which system said so, for example "sap-fr" or "scenario" */
    struct rlc_span source_event_id; /* unique inside the source */
    int64_t entity_revision;         /* upstream's revision of the entity; 0 = it has none */
    struct rlc_hash body_hash;       /* of the canonical payload: same id, other hash = conflict */

    rlc_ms occurred_at_ms; /* business time, as the source says */
    rlc_ms ingested_at_ms; /* when Relance first wrote it down */

    struct rlc_causation causation;
    struct rlc_epochs epochs; /* set by scenario; zero in events from outside */
    struct rlc_rules rules;   /* set by whoever decides */
    struct rlc_span actor;    /* who ordered it: the command's actor; absent = no person */
    /* The debtor it was first addressed to, when a merge forwarded it; absent otherwise. */
    struct rlc_span redirected_from;
};

/* A worker's audit records of one partition form a chain. The leaf of a record is SHA-256 of its
 * value bytes; the head after it is SHA-256(previous head, leaf). The caller sets both fields. */
struct rlc_chain {
    int64_t sequence;         /* 1, 2, 3 ... without a gap */
    struct rlc_hash previous; /* the head before this record; the genesis head for sequence 1 */
};

#endif
