/* SPDX-License-Identifier: Apache-2.0 */
#include "common/mail/writer.h"

#include <assert.h>
#include <string.h>

void rlc_mail_put(struct rlc_mail_writer *writer, const void *bytes, size_t size)
{
    if (writer->bytes && size > 0) {
        assert(size <= writer->capacity - writer->used);
        memcpy(writer->bytes + writer->used, bytes, size);
    }
    writer->used += size;
    writer->column += size;
}

void rlc_mail_put_text(struct rlc_mail_writer *writer, const char *text)
{
    rlc_mail_put(writer, text, strlen(text));
}

void rlc_mail_end_line(struct rlc_mail_writer *writer)
{
    rlc_mail_put(writer, "\r\n", 2);
    writer->column = 0;
}
