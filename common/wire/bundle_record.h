/* SPDX-License-Identifier: Apache-2.0 */
/* The topic `bundles`: what decides, stored by content hash, and the installation's own record.
 * Keys: hex of the bundle hash (manifest), hex + "/" + index (chunk), "installation". Mirrors
 * proto/relance/v1/bundle.proto. */
#ifndef RLC_WIRE_BUNDLE_RECORD_H
#define RLC_WIRE_BUNDLE_RECORD_H

#include "common/wire/envelope.h"

#define RLC_INSTALLATION_KEY "installation"

enum rlc_bundle_record_kind {
    RLC_BUNDLE_RECORD_KIND_UNSPECIFIED = 0,
    RLC_BUNDLE_RECORD_KIND_INSTALLATION = 1,
    RLC_BUNDLE_RECORD_KIND_MANIFEST = 2,
    RLC_BUNDLE_RECORD_KIND_CHUNK = 3
};

enum rlc_clock_mode {
    RLC_CLOCK_MODE_UNSPECIFIED = 0,
    RLC_CLOCK_MODE_SYSTEM = 1,
    RLC_CLOCK_MODE_STEPPED = 2 /* replays, demos, tests: time comes from `relancectl replay` */
};

/* Written last by `topics create`; workers wait for it. */
struct rlc_installation {
    struct rlc_span name;
    uint8_t uuid[16];    /* required */
    uint32_t partitions; /* of every debtor-keyed topic, fixed for life: 1..RLC_PARTITIONS_MAX */
    enum rlc_clock_mode clock;
    rlc_ms created_at_ms;
};

/* One file of the bundle: its bytes are cut out of the concatenated chunks, in manifest order. */
struct rlc_bundle_file {
    struct rlc_span path; /* relative, '/' between parts, for example "creditors/acme-fr.yaml" */
    uint32_t size;        /* bytes */
    struct rlc_hash content_hash;
};

/* bundle_hash = SHA-256 over every file's (path, NUL, size as 4 bytes big-endian, content hash) in
 * byte order of the paths. It names no tenant: the same files are the same bundle. */
struct rlc_bundle_manifest {
    struct rlc_hash bundle_hash;
    struct rlc_span title; /* for people */
    uint32_t chunk_count;  /* 1..RLC_BUNDLE_CHUNKS_MAX */
    uint32_t total_bytes;
    uint32_t format; /* of the policy language: refused by workers that know only older ones */
    const struct rlc_bundle_file *files;
    size_t file_count; /* 1..RLC_BUNDLE_FILES_MAX, sorted by path */
};

struct rlc_bundle_chunk {
    struct rlc_hash bundle_hash;
    uint32_t index;        /* 0 .. chunk_count - 1 */
    struct rlc_span bytes; /* <= RLC_CHUNK_BYTES_MAX */
};

struct rlc_bundle_record {
    enum rlc_bundle_record_kind kind;
    union { /* the member named like the kind */
        struct rlc_installation installation;
        struct rlc_bundle_manifest manifest;
        struct rlc_bundle_chunk chunk;
    };
};

/* As rlc_debtor_event_decode and _encode (common/wire/debtor_event.h). */
RLC_NODISCARD enum rlc_status rlc_bundle_record_decode(struct rlc_span bytes,
                                                       struct rlc_arena *arena,
                                                       struct rlc_bundle_record *ret_record,
                                                       struct rlc_fault *ret_fault);
struct rlc_span rlc_bundle_record_encode(const struct rlc_bundle_record *record,
                                         struct rlc_arena *arena);

#endif
