/* SPDX-License-Identifier: Apache-2.0 */
/* What decides, by content hash: the bundles of the topic `bundles`, put together from their chunks
 * and verified, and the installation's own record. Filled from the log, read by services. */
#ifndef RLC_RUNTIME_BUNDLES_H
#define RLC_RUNTIME_BUNDLES_H

#include "common/runtime/bus.h"
#include "common/runtime/view.h"
#include "common/wire/bundle_record.h"

struct rlc_bundles;

/* Where a worker finds bundles. */
struct rlc_catalog {
    const struct rlc_bundles *bundles;
    /* Looks for newer bundles; blocks. NULL: there are no others. */
    enum rlc_status (*refresh)(void *context, struct rlc_error *reterr);
    void *context;
};

/* A complete, verified bundle. Owned by the catalog, valid until it is freed. */
struct rlc_bundle {
    struct rlc_hash hash;
    uint32_t format;
    const struct rlc_bundle_file *files; /* sorted by path */
    const struct rlc_span *contents;     /* of files[i] */
    size_t file_count;
};

/* What an installation is, once its record was read. */
struct rlc_installation_facts {
    uint8_t uuid[RLC_UUID_SIZE];
    int32_t partitions; /* P */
    bool stepped;       /* its clock mode */
};

RLC_NODISCARD struct rlc_bundles *rlc_bundles_new(void);
void rlc_bundles_free(struct rlc_bundles *bundles);

/* Takes one record of the topic. RLC_OK also for records of no interest; RLC_REJECT with a fault
 * for one that cannot be read or contradicts its hash (it is ignored); RLC_FATAL if memory is
 * short. */
RLC_NODISCARD enum rlc_status rlc_bundles_feed(struct rlc_bundles *bundles,
                                               const struct rlc_record *record,
                                               struct rlc_fault *ret_fault);

/* The installation, if its record was fed. */
bool rlc_bundles_installation(const struct rlc_bundles *bundles,
                              struct rlc_installation_facts *ret_facts);

/* A bundle, or NULL while a part of it is missing. */
const struct rlc_bundle *rlc_bundles_find(const struct rlc_bundles *bundles,
                                          const struct rlc_hash *hash);

/* A file of a bundle, {NULL, 0} if it has none of that path. */
struct rlc_span rlc_bundle_content(const struct rlc_bundle *bundle, struct rlc_span path);

/* SHA-256 over every file's (path, NUL, size big-endian, content hash), files sorted by path. */
struct rlc_hash rlc_bundle_hash(const struct rlc_bundle_file *files, size_t count);

/* SHA-256 of some bytes. */
struct rlc_hash rlc_sha256(struct rlc_span bytes);

#endif
