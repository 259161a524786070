/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle out of a folder: its files in the order of their paths, their hash, and the records that
 * publish it. The same folder gives the same bundle on every machine that has the same edition of
 * the time zones; a folder with a `zones.csv` of its own does so everywhere. */
#ifndef RLC_POLICY_BUNDLE_BUILD_H
#define RLC_POLICY_BUNDLE_BUILD_H

#include "common/policy/problems.h"
#include "common/runtime/bundles.h"

/* Bytes of all files of a bundle: scenarios are small, templates with pictures are not. */
#define RLC_BUNDLE_BYTES_MAX ((size_t)32 << 20)

/* Room for the key of a record with its NUL: 64 digits, a slash, an index. */
#define RLC_BUNDLE_KEY_SIZE 96

struct rlc_bundle_build;

/* Reads a folder. Line ends become LF, a byte order mark is dropped; hidden files and *.md are left
 * out. Zones that bundle.yaml names are taken from `zoneinfo` (NULL: the machine's) unless the
 * folder has a zones.csv. RLC_REJECT with `problems` (file names, encodings, unknown zones) or
 * `reterr` (no such folder); then there is no build. What the files say is not checked here. */
RLC_NODISCARD enum rlc_status rlc_bundle_build_folder(const char *folder, const char *zoneinfo,
                                                      struct rlc_problems *problems,
                                                      struct rlc_bundle_build **ret_build,
                                                      struct rlc_error *reterr);

/* Frees it with all that was borrowed from it; NULL is allowed. */
void rlc_bundle_build_free(struct rlc_bundle_build *build);

/* The bundle as workers will see it. Borrowed. */
const struct rlc_bundle *rlc_bundle_build_bundle(const struct rlc_bundle_build *build);

/* Its title in bundle.yaml; empty if it has none. */
struct rlc_span rlc_bundle_build_title(const struct rlc_bundle_build *build);

/* The edition of the time zones that were compiled in, "" when the folder brought its own. */
const char *rlc_bundle_build_tzdata(const struct rlc_bundle_build *build);

/* How many records publish it. */
size_t rlc_bundle_build_record_count(const struct rlc_bundle_build *build);

/* Record `index` (from 0) and its key: the chunks, last the manifest, so that whoever sees the
 * manifest on a log in order has all. Borrowed. */
void rlc_bundle_build_record(const struct rlc_bundle_build *build, size_t index,
                             struct rlc_bundle_record *ret_record,
                             char ret_key[RLC_BUNDLE_KEY_SIZE]);

/* 64 hexadecimal digits and a NUL. */
#define RLC_HASH_TEXT_SIZE 65
void rlc_hash_format(const struct rlc_hash *hash, char ret_text[RLC_HASH_TEXT_SIZE]);

#endif
