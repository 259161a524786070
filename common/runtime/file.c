/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/runtime/error.h"

/* Reads until the end or until `capacity` bytes; -1 with errno on failure. */
static ssize_t read_all(int file, char *buffer, size_t capacity)
{
    size_t size = 0;
    ssize_t got = 1;

    while (got > 0 && size < capacity) {
        got = read(file, buffer + size, capacity - size);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            size += (size_t)got;
    }
    return got < 0 ? -1 : (ssize_t)size;
}

enum rlc_status rlc_file_read(const char *path, char *buffer, size_t size_max, size_t *ret_size,
                              struct rlc_error *reterr)
{
    /* Without O_NONBLOCK a named pipe would block a start for ever. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t size = file < 0 ? -1 : read_all(file, buffer, size_max + 1);
    int cause = errno;

    if (file >= 0)
        (void)close(file);
    if (size < 0)
        return rlc_error_set(reterr, RLC_FATAL, "read", cause, "cannot read '%s': %s", path,
                             strerror(cause));
    if ((size_t)size > size_max)
        return rlc_error_set(reterr, RLC_FATAL, "read", EFBIG, "'%s' is larger than %zu bytes",
                             path, size_max);
    buffer[size] = '\0';
    *ret_size = (size_t)size;
    return RLC_OK;
}
