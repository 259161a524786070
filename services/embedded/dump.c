/* SPDX-License-Identifier: Apache-2.0 */
#include "dump.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/runtime/error.h"

#define PATH_SIZE 4096

/* A year of a small portfolio has thirty million digits. */
static void write_hex(FILE *file, struct rlc_span bytes)
{
    static const char DIGITS[] = "0123456789abcdef";

    for (size_t i = 0; i < bytes.size; i++) {
        (void)putc_unlocked(DIGITS[bytes.data[i] >> 4], file);
        (void)putc_unlocked(DIGITS[bytes.data[i] & 15], file);
    }
}

static void write_value(FILE *file, struct rlc_span value)
{
    if (!value.data) {
        (void)fputs("null", file);
        return;
    }
    (void)fputc('"', file);
    write_hex(file, value);
    (void)fputc('"', file);
}

/* Keys are identifiers, '|' and '/', which JSON takes as they are; that of a dead letter is a hash.
 */
static void write_key(FILE *file, struct rlc_span key)
{
    bool plain = true;

    for (size_t i = 0; i < key.size; i++)
        plain = plain && key.data[i] > ' ' && key.data[i] < 0x7f && !strchr("\"\\", key.data[i]);
    if (plain) {
        (void)fprintf(file, "\"%.*s\"", (int)key.size, (const char *)key.data);
        return;
    }
    write_value(file, key);
}

static void write_record(void *context, const struct rlc_record *record)
{
    FILE *file = context;

    (void)fprintf(file,
                  "{\"partition\":%" PRId32 ",\"offset\":%" PRId64 ",\"key\":", record->partition,
                  record->offset);
    write_key(file, record->key);
    (void)fputs(",\"value\":", file);
    write_value(file, record->value);
    (void)fputs("}\n", file);
}

static enum rlc_status open_file(const char *folder, const char *name, FILE **ret_file,
                                 struct rlc_error *reterr)
{
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof(path), "%s/%s.jsonl", folder, name);
    *ret_file = fopen(path, "wb");
    if (*ret_file)
        return RLC_OK;
    return rlc_error_set(reterr, RLC_REJECT, "out", errno, "cannot write '%.200s': %s", path,
                         strerror(errno));
}

/* `written`: all of it was, so far. */
static enum rlc_status close_file(FILE *file, bool written, const char *name,
                                  struct rlc_error *reterr)
{
    written = written && !ferror(file);
    if (fclose(file) == 0 && written)
        return RLC_OK;
    return rlc_error_set(reterr, RLC_REJECT, "out", errno, "'%s.jsonl' could not be written", name);
}

static enum rlc_status dump_topic(const struct rlc_memory_installation *installation, int32_t topic,
                                  const char *folder, struct rlc_error *reterr)
{
    const char *name = installation->topics[topic];
    FILE *file;
    enum rlc_status status = open_file(folder, name, &file, reterr);

    if (status != RLC_OK)
        return status;
    return close_file(file, rlc_memory_installation_each(installation, topic, write_record, file),
                      name, reterr);
}

enum rlc_status dump_topics(const struct rlc_memory_installation *installation, const char *folder,
                            struct rlc_error *reterr)
{
    enum rlc_status status = RLC_OK;

    for (size_t i = 0; status == RLC_OK && i < installation->topic_count; i++)
        status = dump_topic(installation, (int32_t)i, folder, reterr);
    return status;
}

enum rlc_status dump_hashes(const struct state_hashes *hashes, const char *folder,
                            struct rlc_error *reterr)
{
    static const char NAME[] = "state-hashes";
    struct state_hash hash;
    FILE *file;
    enum rlc_status status = open_file(folder, NAME, &file, reterr);

    if (status != RLC_OK)
        return status;
    for (size_t i = 0; state_hashes_get(hashes, i, &hash); i++) {
        (void)fprintf(file, "{\"debtor\":\"%.*s\",\"records\":%zu,\"hash\":", (int)hash.debtor.size,
                      (const char *)hash.debtor.data, hash.records);
        write_value(file, rlc_span_from(hash.hash.bytes, sizeof(hash.hash.bytes)));
        (void)fputs("}\n", file);
    }
    return close_file(file, true, NAME, reterr);
}
