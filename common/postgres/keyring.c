/* SPDX-License-Identifier: Apache-2.0 */
#include "common/postgres/keyring.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "common/postgres/buffer.h"
#include "common/postgres/internal.h"
#include "common/pure/text.h"
#include "common/runtime/error.h"
#include "common/runtime/memory.h"

/* Wrapped keys and lists of one call: RLC_KEY_WANTS_MAX of each. */
#define SCRATCH_SIZE ((size_t)32 << 20)
/* Tenants whose keys are at hand during one call; with more, some files are read twice. */
#define TENANTS_AT_HAND 64

static const char READ_KEYS[] =
    "SELECT key_id, tenant, wrapped FROM data_key WHERE key_id = ANY ($1)";

static const char MAKE_KEYS[] =
    "INSERT INTO data_key (key_id, tenant, subject, wrapped) "
    "SELECT * FROM unnest($1, $2, $3, $4) ON CONFLICT (key_id) DO NOTHING";

/* What the log-in lacks, as the end of a sentence; empty if nothing. Rights on a column count, too.
 */
static const char MISSING_TO_READ[] =
    "SELECT CASE WHEN to_regclass('data_key') IS NULL THEN "
    "'database ' || current_database() || ' has no table data_key: apply deploy/sql, or correct' "
    "WHEN NOT has_column_privilege('data_key', 'wrapped', 'SELECT') THEN "
    "'role ' || current_user || ' may not read data_key: "
    "log in as relance_keys (people as relance_people) by' END";
static const char MISSING_TO_ADD[] =
    "SELECT CASE WHEN NOT has_column_privilege('data_key', 'wrapped', 'INSERT') THEN "
    "'role ' || current_user || ' may not add to data_key: log in as relance_keys by' END";
/* Names of PostgreSQL have 63 bytes. */
#define MISSING_SIZE 256

/* An opened or erased key that is kept. uthash keeps them in the order in which they were added, so
 * the first one is the oldest. */
struct kept {
    UT_hash_handle hh;
    uint64_t until_ns;
    uint64_t call; /* in which it was found */
    struct rlc_data_key key;
};

struct tenant {
    char name[RLC_TENANT_MAX + 1];
    size_t name_size; /* 0 = unused */
    enum rlc_status status;
    struct rlc_seal_key key;
};

struct postgres_keyring {
    struct rlc_keyring base;
    struct rlc_postgres *postgres;
    const char *tenant_keys;
    struct rlc_clock clock;
    struct rlc_arena scratch;
    struct kept *kept;
    uint64_t calls; /* so far; the one under way */
    struct tenant tenants[TENANTS_AT_HAND];
    size_t tenant_next; /* the slot that is used next */
};

/* What one call is about. */
struct call {
    struct postgres_keyring *keyring;
    const struct rlc_key_want *wants;
    struct rlc_data_key *keys;
    size_t *asked; /* numbers of the wants that are not settled yet */
    size_t asked_count;
    struct rlc_error *reterr;
};

/* ---- what is kept ---- */

/* NOLINTBEGIN(readability-function-size,clang-analyzer-*): what the macros of uthash expand to */

static void drop_kept(struct postgres_keyring *keyring, struct kept *kept)
{
    HASH_DEL(keyring->kept, kept);
    rlc_seal_key_forget(&kept->key.key);
    free(kept);
}

static void drop_all(struct postgres_keyring *keyring)
{
    while (keyring->kept)
        drop_kept(keyring, keyring->kept);
}

static struct kept *find_kept(struct postgres_keyring *keyring, const char *id)
{
    struct kept *kept = NULL;

    HASH_FIND(hh, keyring->kept, id, RLC_KEY_ID_SIZE, kept);
    return kept;
}

static bool add_kept(struct postgres_keyring *keyring, struct kept *kept)
{
    HASH_ADD(hh, keyring->kept, key.id, RLC_KEY_ID_SIZE, kept);
    return kept->hh.tbl != NULL;
}

/* NOLINTEND(readability-function-size,clang-analyzer-*) */

static void expire(struct rlc_keyring *base)
{
    struct postgres_keyring *keyring = (struct postgres_keyring *)base;
    uint64_t now_ns = rlc_clock_monotonic_ns(&keyring->clock);

    while (keyring->kept && keyring->kept->until_ns <= now_ns)
        drop_kept(keyring, keyring->kept);
}

/* What a missing or wrong file of a tenant led to counts for one call: it may be mended by now. */
static bool counts(const struct postgres_keyring *keyring, const struct kept *kept)
{
    return kept->key.state == RLC_KEY_OPEN || kept->key.state == RLC_KEY_ERASED ||
           kept->call == keyring->calls;
}

static bool keep(struct postgres_keyring *keyring, const struct rlc_data_key *key)
{
    struct kept *kept = find_kept(keyring, key->id);

    if (kept)
        drop_kept(keyring, kept);
    if (HASH_COUNT(keyring->kept) >= RLC_KEY_KEPT_MAX)
        drop_kept(keyring, keyring->kept);
    kept = calloc(1, sizeof(*kept));
    if (!kept)
        return false;
    kept->key = *key;
    kept->call = keyring->calls;
    kept->until_ns =
        rlc_clock_monotonic_ns(&keyring->clock) + (uint64_t)RLC_KEY_KEPT_MS * UINT64_C(1000000);
    if (add_kept(keyring, kept))
        return true;
    rlc_seal_key_forget(&kept->key.key);
    free(kept);
    return false;
}

/* ---- tenants' keys ---- */

static struct tenant *find_tenant(struct postgres_keyring *keyring, struct rlc_span name,
                                  struct rlc_error *reterr)
{
    struct tenant *tenant;

    for (size_t i = 0; i < TENANTS_AT_HAND; i++) {
        tenant = &keyring->tenants[i];
        if (tenant->name_size &&
            rlc_span_equal(name, rlc_span_from(tenant->name, tenant->name_size)))
            return tenant;
    }
    tenant = &keyring->tenants[keyring->tenant_next];
    keyring->tenant_next = (keyring->tenant_next + 1) % TENANTS_AT_HAND;
    tenant->name_size = name.size <= RLC_TENANT_MAX ? name.size : 0;
    memcpy(tenant->name, name.data, tenant->name_size);
    tenant->status = rlc_tenant_key_read(keyring->tenant_keys, name, &tenant->key, reterr);
    return tenant;
}

/* They are read anew for each call that needs them: files are cheap, keys in memory are not. */
static void forget_tenants(struct postgres_keyring *keyring)
{
    for (size_t i = 0; i < TENANTS_AT_HAND; i++) {
        keyring->tenants[i].name_size = 0;
        rlc_seal_key_forget(&keyring->tenants[i].key);
    }
    keyring->tenant_next = 0;
}

/* ---- reading ---- */

/* Takes over what is kept; the rest stays asked for. */
static void settle(struct call *call)
{
    size_t left = 0;

    for (size_t i = 0; i < call->asked_count; i++) {
        size_t number = call->asked[i];
        const struct kept *kept = find_kept(call->keyring, call->keys[number].id);

        if (kept && counts(call->keyring, kept))
            call->keys[number] = kept->key;
        else if (call->keys[number].state != RLC_KEY_NO_TENANT)
            call->asked[left++] = number;
    }
    call->asked_count = left;
}

static void put_text_array(struct call *call, struct rlc_buffer *buffer)
{
    rlc_buffer_array(buffer, RLC_OID_TEXT, call->asked_count);
    for (size_t i = 0; i < call->asked_count; i++)
        rlc_buffer_field(buffer, rlc_span_of(call->keys[call->asked[i]].id));
}

static enum rlc_status take_row(struct call *call, const PGresult *result, int row)
{
    struct rlc_data_key key = { .state = RLC_KEY_ERASED };
    struct rlc_span id = rlc_result_span(result, row, 0);
    struct rlc_span name = rlc_result_span(result, row, 1);
    struct rlc_span wrapped = rlc_result_span(result, row, 2);
    enum rlc_status status = RLC_OK;

    if (id.size != RLC_KEY_ID_SIZE)
        return RLC_OK;
    memcpy(key.id, id.data, id.size);
    if (wrapped.data) {
        struct tenant *tenant = find_tenant(call->keyring, name, call->reterr);

        status = tenant->status;
        key.state = RLC_KEY_NO_TENANT;
        if (status == RLC_OK)
            rlc_data_key_unwrap(&tenant->key, name, wrapped, &key);
    }
    if (status != RLC_OK && status != RLC_REJECT)
        return status;
    if (!keep(call->keyring, &key))
        status = rlc_error_set(call->reterr, RLC_RETRY, "keyring", 0, "out of memory");
    else
        status = RLC_OK;
    rlc_seal_key_forget(&key.key);
    return status;
}

static enum rlc_status read_keys(struct call *call)
{
    RLC_CLEANUP(rlc_result_clear) PGresult *result = NULL;
    RLC_CLEANUP(rlc_buffer_clear) struct rlc_buffer ids = { 0 };
    struct rlc_query query = { .sql = READ_KEYS };
    enum rlc_status status;

    if (call->asked_count == 0)
        return RLC_OK;
    put_text_array(call, &ids);
    if (ids.full)
        return rlc_error_set(call->reterr, RLC_RETRY, "keyring", 0, "out of memory");
    rlc_query_span(&query, RLC_OID_TEXT_ARRAY, rlc_buffer_span(&ids));
    status = rlc_query_run(call->keyring->postgres, &query, &result, call->reterr);
    for (int row = 0; status == RLC_OK && row < PQntuples(result); row++)
        status = take_row(call, result, row);
    if (status == RLC_OK)
        settle(call);
    return status;
}

/* ---- making ---- */

static enum rlc_status wrap_new(struct call *call, size_t number, struct rlc_span *ret_wrapped)
{
    struct rlc_data_key *key = &call->keys[number];
    struct rlc_span name = call->wants[number].tenant;
    struct tenant *tenant = find_tenant(call->keyring, name, call->reterr);
    enum rlc_status status = tenant->status;

    if (status == RLC_REJECT) {
        key->state = RLC_KEY_NO_TENANT;
        return RLC_OK;
    }
    if (status == RLC_OK)
        status = rlc_seal_key_new(&key->key);
    if (status != RLC_OK)
        return status;
    *ret_wrapped = rlc_data_key_wrap(&tenant->key, name, key, &call->keyring->scratch);
    /* What counts is what the table holds afterwards: another process may be quicker. */
    rlc_seal_key_forget(&key->key);
    return ret_wrapped->data
               ? RLC_OK
               : rlc_error_set(call->reterr, RLC_RETRY, "keyring", 0, "out of memory");
}

struct columns {
    struct rlc_buffer ids, tenants, subjects, wrapped;
};

static void clear_columns(struct columns *columns)
{
    rlc_buffer_clear(&columns->ids);
    rlc_buffer_clear(&columns->tenants);
    rlc_buffer_clear(&columns->subjects);
    rlc_buffer_clear(&columns->wrapped);
}

static void put_columns(struct call *call, const struct rlc_span *wrapped, struct columns *columns)
{
    put_text_array(call, &columns->ids);
    rlc_buffer_array(&columns->tenants, RLC_OID_TEXT, call->asked_count);
    rlc_buffer_array(&columns->subjects, RLC_OID_TEXT, call->asked_count);
    rlc_buffer_array(&columns->wrapped, RLC_OID_BYTEA, call->asked_count);
    for (size_t i = 0; i < call->asked_count; i++) {
        const struct rlc_key_want *want = &call->wants[call->asked[i]];

        rlc_buffer_field(&columns->tenants, want->tenant);
        rlc_buffer_field(&columns->subjects, want->subject);
        rlc_buffer_field(&columns->wrapped, wrapped[call->asked[i]]);
    }
}

static enum rlc_status insert_keys(struct call *call, const struct rlc_span *wrapped)
{
    RLC_CLEANUP(clear_columns) struct columns columns = { 0 };
    struct rlc_query query = { .sql = MAKE_KEYS };

    put_columns(call, wrapped, &columns);
    if (columns.ids.full || columns.tenants.full || columns.subjects.full || columns.wrapped.full)
        return rlc_error_set(call->reterr, RLC_RETRY, "keyring", 0, "out of memory");
    rlc_query_span(&query, RLC_OID_TEXT_ARRAY, rlc_buffer_span(&columns.ids));
    rlc_query_span(&query, RLC_OID_TEXT_ARRAY, rlc_buffer_span(&columns.tenants));
    rlc_query_span(&query, RLC_OID_TEXT_ARRAY, rlc_buffer_span(&columns.subjects));
    rlc_query_span(&query, RLC_OID_BYTEA_ARRAY, rlc_buffer_span(&columns.wrapped));
    return rlc_query_run(call->keyring->postgres, &query, NULL, call->reterr);
}

static enum rlc_status make_keys(struct call *call, size_t count)
{
    struct rlc_span *wrapped = rlc_arena_array(&call->keyring->scratch, count, sizeof(*wrapped));
    enum rlc_status status = RLC_OK;

    if (!wrapped)
        return rlc_error_set(call->reterr, RLC_RETRY, "keyring", 0, "out of memory");
    for (size_t i = 0; status == RLC_OK && i < call->asked_count; i++)
        status = wrap_new(call, call->asked[i], &wrapped[call->asked[i]]);
    if (status != RLC_OK)
        return status;
    settle(call); /* leaves out those whose tenant is unknown */
    if (call->asked_count == 0)
        return RLC_OK;
    status = insert_keys(call, wrapped);
    return status == RLC_OK ? read_keys(call) : status;
}

/* ---- rights ---- */

static enum rlc_status ask_missing(struct postgres_keyring *keyring, const char *sql,
                                   struct rlc_error *reterr)
{
    char missing[MISSING_SIZE];
    enum rlc_status status =
        rlc_postgres_value(keyring->postgres, sql, missing, sizeof(missing), reterr);

    if (status != RLC_OK || !missing[0])
        return status;
    return rlc_error_set(reterr, RLC_FATAL, "keyring", 0, "%s postgres.dsn (RELANCE_POSTGRES_DSN)",
                         missing);
}

enum rlc_status rlc_keyring_postgres_check(struct rlc_keyring *base, bool create,
                                           struct rlc_error *reterr)
{
    struct postgres_keyring *keyring = (struct postgres_keyring *)base;
    enum rlc_status status = ask_missing(keyring, MISSING_TO_READ, reterr);

    return status == RLC_OK && create ? ask_missing(keyring, MISSING_TO_ADD, reterr) : status;
}

/* The server's own words name a table, not what to do about it. */
static void explain(struct rlc_keyring *keyring, bool create, struct rlc_error *reterr)
{
    struct rlc_error why;

    if (rlc_keyring_postgres_check(keyring, create, &why) == RLC_FATAL && reterr)
        *reterr = why;
}

/* ---- the vtable ---- */

static enum rlc_status begin_call(struct call *call, size_t count)
{
    struct rlc_arena *scratch = &call->keyring->scratch;

    rlc_arena_reset(scratch);
    call->asked = rlc_arena_array(scratch, count ? count : 1, sizeof(*call->asked));
    if (!call->asked)
        return rlc_error_set(call->reterr, RLC_RETRY, "keyring", 0, "out of memory");
    for (size_t i = 0; i < count; i++) {
        call->keys[i] = (struct rlc_data_key){ .state = RLC_KEY_MISSING };
        rlc_data_key_id(call->wants[i].tenant, call->wants[i].subject, call->keys[i].id);
        call->asked[i] = i;
    }
    call->asked_count = count;
    settle(call);
    return RLC_OK;
}

static enum rlc_status open_keys(struct rlc_keyring *base, const struct rlc_key_want *wants,
                                 size_t count, bool create_missing, struct rlc_data_key *ret_keys,
                                 struct rlc_error *reterr)
{
    struct call call = { .keyring = (struct postgres_keyring *)base,
                         .wants = wants,
                         .keys = ret_keys,
                         .reterr = reterr };
    enum rlc_status status;

    assert(count <= RLC_KEY_WANTS_MAX);
    expire(base);
    call.keyring->calls++;
    status = begin_call(&call, count);
    if (status == RLC_OK)
        status = read_keys(&call);
    if (status == RLC_OK && create_missing && call.asked_count)
        status = make_keys(&call, count);
    forget_tenants(call.keyring);
    if (status == RLC_OK)
        return RLC_OK;
    rlc_data_keys_forget(ret_keys, count);
    if (status == RLC_FATAL)
        explain(base, create_missing, reterr);
    /* A transaction in the way, a value refused: none of this lasts. */
    return status == RLC_FATAL ? RLC_FATAL : RLC_RETRY;
}

static void close_keyring(struct rlc_keyring *base)
{
    struct postgres_keyring *keyring = (struct postgres_keyring *)base;

    drop_all(keyring);
    forget_tenants(keyring);
    rlc_arena_unmap(&keyring->scratch);
    rlc_postgres_free(keyring->postgres);
    free(keyring);
}

static const struct rlc_keyring_ops OPS = { open_keys, expire, close_keyring };

struct rlc_keyring *rlc_keyring_postgres_new(const struct rlc_keyring_config *config,
                                             struct rlc_error *reterr)
{
    struct postgres_keyring *keyring = calloc(1, sizeof(*keyring));

    if (!keyring || rlc_arena_map(&keyring->scratch, SCRATCH_SIZE) != RLC_OK) {
        (void)rlc_error_set(reterr, RLC_FATAL, "keyring", 0, "out of memory");
        free(keyring);
        return NULL;
    }
    keyring->base.ops = &OPS;
    keyring->tenant_keys = config->tenant_keys;
    keyring->clock = config->clock;
    keyring->postgres = rlc_postgres_new(&config->postgres, reterr);
    if (keyring->postgres)
        return &keyring->base;
    close_keyring(&keyring->base);
    return NULL;
}
