/* SPDX-License-Identifier: Apache-2.0 */
/* Small files, read whole. */
#ifndef RLC_RUNTIME_FILE_H
#define RLC_RUNTIME_FILE_H

#include "common/pure/status.h"

/* Reads the whole file into `buffer` and puts a NUL behind it, so `buffer` has `size_max` + 1
 * bytes. RLC_FATAL when it cannot be read or is larger; the text of `reterr` names the file and the
 * cause. */
RLC_NODISCARD enum rlc_status rlc_file_read(const char *path, char *buffer, size_t size_max,
                                            size_t *ret_size, struct rlc_error *reterr);

#endif
