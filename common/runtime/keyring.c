/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/keyring.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "common/pure/text.h"
#include "common/runtime/error.h"

static const char HEX_DIGITS[] = "0123456789abcdef";
static const char ID_DOMAIN[] = "relance-data-key"; /* hashed with its NUL */

void rlc_data_key_id(struct rlc_span tenant, struct rlc_span subject,
                     char ret_id[RLC_KEY_ID_SIZE + 1])
{
    uint8_t bytes[sizeof(ID_DOMAIN) + RLC_TENANT_MAX + 1 + RLC_ID_MAX];
    uint8_t digest[EVP_MAX_MD_SIZE];
    size_t size = sizeof(ID_DOMAIN);
    int done;

    assert(tenant.size > 0 && tenant.size <= RLC_TENANT_MAX);
    assert(subject.size > 0 && subject.size <= RLC_ID_MAX);
    memcpy(bytes, ID_DOMAIN, sizeof(ID_DOMAIN));
    memcpy(bytes + size, tenant.data, tenant.size);
    size += tenant.size;
    bytes[size++] = 0;
    memcpy(bytes + size, subject.data, subject.size);
    size += subject.size;
    done = EVP_Digest(bytes, size, digest, NULL, EVP_sha256(), NULL);
    assert(done == 1);
    (void)done;
    for (size_t i = 0; i < RLC_KEY_ID_SIZE / 2; i++) {
        ret_id[2 * i] = HEX_DIGITS[digest[i] >> 4];
        ret_id[2 * i + 1] = HEX_DIGITS[digest[i] & 15];
    }
    ret_id[RLC_KEY_ID_SIZE] = '\0';
}

void rlc_data_keys_forget(struct rlc_data_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        rlc_seal_key_forget(&keys[i].key);
}

/* ---- wrapping ---- */

struct rlc_span rlc_data_key_wrap(const struct rlc_seal_key *tenant_key, struct rlc_span tenant,
                                  const struct rlc_data_key *data_key, struct rlc_arena *arena)
{
    return rlc_seal(tenant_key, tenant, rlc_span_of(data_key->id),
                    rlc_span_from(data_key->key.bytes, sizeof(data_key->key.bytes)), arena);
}

void rlc_data_key_unwrap(const struct rlc_seal_key *tenant_key, struct rlc_span tenant,
                         struct rlc_span wrapped, struct rlc_data_key *data_key)
{
    _Alignas(16) uint8_t opened[2 * RLC_SEAL_KEY_SIZE];
    struct rlc_arena arena;
    struct rlc_span plain = { NULL, 0 };

    rlc_arena_init(&arena, opened, sizeof(opened));
    data_key->state = RLC_KEY_UNREADABLE;
    if (wrapped.size == RLC_WRAPPED_KEY_SIZE &&
        rlc_unseal(tenant_key, tenant, rlc_span_of(data_key->id), wrapped, &arena, &plain) ==
            RLC_OK) {
        memcpy(data_key->key.bytes, plain.data, RLC_SEAL_KEY_SIZE);
        data_key->state = RLC_KEY_OPEN;
    }
    OPENSSL_cleanse(opened, sizeof(opened));
}

/* ---- tenants' keys ---- */

/* Digits, and some white space around them. */
#define KEY_FILE_MAX ((size_t)4 * RLC_SEAL_KEY_SIZE)
#define KEY_PATH_MAX 4096

static int nibble(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

static bool is_space(char letter)
{
    return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

static bool parse_hex(const char *text, size_t size, struct rlc_seal_key *ret_key)
{
    size_t first = 0;

    while (first < size && is_space(text[first]))
        first++;
    while (size > first && is_space(text[size - 1]))
        size--;
    if (size - first != (size_t)2 * RLC_SEAL_KEY_SIZE)
        return false;
    for (size_t i = 0; i < RLC_SEAL_KEY_SIZE; i++) {
        int high = nibble(text[first + 2 * i]);
        int low = nibble(text[first + 2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        ret_key->bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static enum rlc_status unusable(const char *path, const char *why, struct rlc_error *reterr)
{
    return rlc_error_set(reterr, RLC_FATAL, "tenant_key", errno, "%s %s", path, why);
}

static enum rlc_status read_key(int file, const char *path, struct rlc_seal_key *ret_key,
                                struct rlc_error *reterr)
{
    char text[KEY_FILE_MAX];
    struct stat facts;
    ssize_t size;
    bool good;

    if (fstat(file, &facts) != 0)
        return unusable(path, "cannot be read", reterr);
    /* Whoever can read a tenant's key can read its customers' names. */
    if (facts.st_mode & S_IRWXO)
        return unusable(path, "may be read by everybody; take these rights away", reterr);
    size = read(file, text, sizeof(text));
    if (size < 0)
        return unusable(path, "cannot be read", reterr);
    good = parse_hex(text, (size_t)size, ret_key);
    OPENSSL_cleanse(text, sizeof(text));
    errno = 0;
    return good ? RLC_OK : unusable(path, "does not hold 128 hexadecimal digits", reterr);
}

enum rlc_status rlc_tenant_key_read(const char *folder, struct rlc_span tenant,
                                    struct rlc_seal_key *ret_key, struct rlc_error *reterr)
{
    char path[KEY_PATH_MAX];
    enum rlc_status status;
    int size, file;

    /* A tenant's name has no '/', so it stays inside the folder. */
    if (!rlc_tenant_valid(tenant) || tenant.data[0] == '.')
        return rlc_error_set(reterr, RLC_REJECT, "tenant_key", 0, "not a tenant's name");
    size = snprintf(path, sizeof(path), "%s/%.*s.key", folder, (int)tenant.size,
                    (const char *)tenant.data);
    if (size < 0 || (size_t)size >= sizeof(path))
        return rlc_error_set(reterr, RLC_FATAL, "tenant_key", 0, "the folder's name is too long");
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 && errno == ENOENT)
        return rlc_error_set(reterr, RLC_REJECT, "tenant_key", 0, "%s is missing", path);
    if (file < 0)
        return unusable(path, "cannot be read", reterr);
    status = read_key(file, path, ret_key, reterr);
    (void)close(file);
    if (status != RLC_OK)
        rlc_seal_key_forget(ret_key);
    return status;
}
