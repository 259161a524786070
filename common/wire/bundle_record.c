/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/bundle_record.h"

#include "common/wire/rows.h"
#include "relance/v1/bundle.pb-c.h"

static const struct rlc_wire_field INSTALLATION_ROWS[] = {
    RLC_CODE(installation, name, RLC_REQUIRED),
    RLC_UUID(installation, uuid, RLC_REQUIRED),
    RLC_U32(installation, partitions, 1, RLC_PARTITIONS_MAX),
    RLC_ENUM(installation, clock, clock_mode, RLC_REQUIRED),
    RLC_INSTANT(installation, created_at_ms, RLC_REQUIRED),
};
RLC_TYPE(installation, INSTALLATION_ROWS);

static const struct rlc_wire_field BUNDLE_FILE_ROWS[] = {
    RLC_TEXT(bundle_file, path, RLC_PATH_BYTES_MAX, RLC_REQUIRED),
    RLC_U32(bundle_file, size, 0, UINT32_MAX),
    RLC_HASH(bundle_file, content_hash, RLC_REQUIRED),
};
RLC_TYPE(bundle_file, BUNDLE_FILE_ROWS);

static const struct rlc_wire_field BUNDLE_MANIFEST_ROWS[] = {
    RLC_HASH(bundle_manifest, bundle_hash, RLC_REQUIRED),
    RLC_TEXT(bundle_manifest, title, RLC_TEXT_BYTES_MAX, RLC_OPTIONAL),
    RLC_U32(bundle_manifest, chunk_count, 1, RLC_BUNDLE_CHUNKS_MAX),
    RLC_U32(bundle_manifest, total_bytes, 0, UINT32_MAX),
    RLC_U32(bundle_manifest, format, 0, UINT32_MAX),
    RLC_MANY(bundle_manifest, files, file_count, bundle_file, 1, RLC_BUNDLE_FILES_MAX),
};
RLC_TYPE(bundle_manifest, BUNDLE_MANIFEST_ROWS);

static const struct rlc_wire_field BUNDLE_CHUNK_ROWS[] = {
    RLC_HASH(bundle_chunk, bundle_hash, RLC_REQUIRED),
    RLC_U32(bundle_chunk, index, 0, UINT32_MAX),
    RLC_BYTES(bundle_chunk, bytes, RLC_CHUNK_BYTES_MAX, RLC_REQUIRED),
};
RLC_TYPE(bundle_chunk, BUNDLE_CHUNK_ROWS);

static const struct rlc_wire_field BUNDLE_RECORD_ROWS[] = {
    RLC_ENUM(bundle_record, kind, bundle_record_kind, RLC_REQUIRED),
    RLC_WHEN(bundle_record, installation, installation, RLC_BUNDLE_RECORD_KIND_INSTALLATION,
             RLC_OF_DEBTOR),
    RLC_WHEN(bundle_record, manifest, bundle_manifest, RLC_BUNDLE_RECORD_KIND_MANIFEST,
             RLC_OF_DEBTOR),
    RLC_WHEN(bundle_record, chunk, bundle_chunk, RLC_BUNDLE_RECORD_KIND_CHUNK, RLC_OF_DEBTOR),
};
RLC_TYPE_OF_KINDS(bundle_record, BUNDLE_RECORD_ROWS);

enum rlc_status rlc_bundle_record_decode(struct rlc_span bytes, struct rlc_arena *arena,
                                         struct rlc_bundle_record *ret_record,
                                         struct rlc_fault *ret_fault)
{
    return rlc_wire_decode(&rlc_bundle_record_type, bytes, arena, ret_record, ret_fault);
}

struct rlc_span rlc_bundle_record_encode(const struct rlc_bundle_record *record,
                                         struct rlc_arena *arena)
{
    return rlc_wire_encode(&rlc_bundle_record_type, record, arena);
}
