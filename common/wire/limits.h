/* SPDX-License-Identifier: Apache-2.0 */
/* The bounds of every record. A decoder refuses what is beyond them, an encoder asserts them. */
#ifndef RLC_WIRE_LIMITS_H
#define RLC_WIRE_LIMITS_H

#include "common/pure/base.h"
#include "common/pure/text.h"

enum {
    /* Largest record on any topic: below Kafka's default of 1,048,576 with room for headers. */
    RLC_RECORD_BYTES_MAX = 900 * 1000,
    /* Memory one decode may take from the arena: a copy of the record and its lists. The most
     * costly honest record, a claim full of interest segments, takes 3 MiB. */
    RLC_DECODE_BYTES_MAX = 8 * 1024 * 1024,
    RLC_CODE_BYTES_MAX = 64,       /* reason codes, rule names, step names, template names */
    RLC_TOPIC_BYTES_MAX = 249,     /* Kafka's own bound on topic names */
    RLC_NUMBER_BYTES_MAX = 64,     /* an invoice number as printed */
    RLC_REFERENCE_BYTES_MAX = 140, /* remittance references: the ISO 20022 line */
    RLC_TEXT_BYTES_MAX = 512,      /* one sentence for people, never personal data */
    RLC_URI_BYTES_MAX = 1024,
    RLC_PATH_BYTES_MAX = 255,    /* a place inside a record, a path inside a bundle */
    RLC_SEALED_BYTES_MAX = 4096, /* a name, a postal address or a note, sealed (tag included) */
    RLC_SIGNATURE_BYTES_MAX = 512,
    /* A raw record kept in a dead letter; longer ones are cut (its true size stands beside it). */
    RLC_RAW_BYTES_MAX = 800 * 1000,

    RLC_REQUEST_LINES_MAX = 500,   /* a message longer than that is not read; the rest is annex */
    RLC_REQUEST_CONTACTS_MAX = 8,  /* To and Cc of one message */
    RLC_REQUEST_TOTALS_MAX = 16,   /* currencies in one message */
    RLC_REQUEST_ACCOUNTS_MAX = 16, /* accounts of one sender group in one message */
    RLC_SEGMENTS_MAX = 64,         /* interest segments of a claim line: 32 years of half-years */
    RLC_ALLOCATIONS_MAX = 2000,    /* documents one settlement may pay; beyond: several payments */
    RLC_REFERENCES_MAX = 16,       /* references a document carries */
    RLC_DOCUMENTS_MAX = 500,       /* documents a promise, plan or claim may name */
    RLC_CHANNELS_MAX = 8,          /* addresses of one contact person */
    RLC_INSTALMENTS_MAX = 60,      /* five years of monthly instalments */
    RLC_EVIDENCE_MAX = 16,         /* records, and events, that support one reason for silence */
    RLC_ON_ACCOUNT_MAX = 4,        /* currencies in which one document was given too much */
    RLC_REASONS_MAX = 8,           /* reason codes of a score */
    RLC_SCOPE_ENTRIES_MAX = 256,   /* holds, freezes and creditor modes of a tenant, each */
    RLC_ALIASES_MAX = 8,           /* debtors merged into one */
    RLC_PROOFS_MAX = 64,           /* documents attached to a referral or filing */
    RLC_CHUNK_BYTES_MAX = 800 * 1000, /* bytes of a bundle in one record */
    RLC_BUNDLE_FILES_MAX = 4096,      /* files of a bundle */
    RLC_BUNDLE_CHUNKS_MAX = 1024,     /* chunks of a bundle */
    RLC_INPUT_PARTITIONS_MAX = 1024,  /* inputs a stateless worker may list in its checkpoint */
    RLC_PARTITIONS_MAX = 1024         /* P, and the fan-out of an upstream topic */
};

#endif
