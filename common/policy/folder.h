/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a folder, for bundle_build.c. */
#ifndef RLC_POLICY_FOLDER_H
#define RLC_POLICY_FOLDER_H

#include "common/policy/problems.h"
#include "common/pure/arena.h"

/* One file: its path below the folder, and its text with LF line ends. */
struct rlc_folder_file {
    struct rlc_span path;
    struct rlc_span content;
};

struct rlc_folder {
    struct rlc_folder_file *files;
    size_t count;
};

/* Reads the files of a bundle's folder into the arena, in no particular order. Files that belong to
 * no bundle, links and devices, and what is not UTF-8 are noted; RLC_REJECT with `reterr` when the
 * folder cannot be read, RLC_FATAL when the arena is full. */
RLC_NODISCARD enum rlc_status rlc_folder_read(const char *path, struct rlc_arena *arena,
                                              struct rlc_problems *problems,
                                              struct rlc_folder *ret_folder,
                                              struct rlc_error *reterr);

#endif
