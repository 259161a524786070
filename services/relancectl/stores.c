/* SPDX-License-Identifier: Apache-2.0 */
#include "stores.h"

#include <string.h>

#include "common/postgres/keyring.h"
#include "common/redis/view_redis.h"

#define CONNECT_S       5
#define REDIS_ASK_MS    3000
#define APPLICATION     "relancectl"
#define SUBJECT_SQL     "select subject from data_key where key_id = '%s'"
#define SUBJECT_SQL_MAX (sizeof(SUBJECT_SQL) + RLC_KEY_ID_SIZE)

int ctl_fail_store(const struct ctl *ctl, const char *store, const struct rlc_error *error)
{
    bool away = error->status == RLC_RETRY || error->status == RLC_ABORT;

    return ctl_fail(ctl, away ? CTL_UNAVAILABLE : CTL_CONFIG, "%s: %s", store, error->text);
}

int ctl_postgres_open(struct ctl *ctl, int32_t statement_ms, struct rlc_postgres **ret_postgres)
{
    struct rlc_postgres_config config = { .dsn = ctl->settings.postgres.dsn,
                                          .application = APPLICATION,
                                          .connect_timeout_s = CONNECT_S,
                                          .statement_timeout_ms = statement_ms };
    struct rlc_error error = { .text = "" };

    *ret_postgres = NULL;
    if (config.dsn[0] == '\0') {
        return ctl_fail(ctl, CTL_CONFIG,
                        "postgres.dsn is not set: this command reads the trail in PostgreSQL "
                        "(RELANCE_POSTGRES_DSN)");
    }
    *ret_postgres = rlc_postgres_new(&config, &error);
    if (*ret_postgres && rlc_postgres_ensure(*ret_postgres, &error) == RLC_OK)
        return CTL_OK;
    return ctl_fail_store(ctl, "postgres", &error);
}

int ctl_view_open(struct ctl *ctl, const char *worker, struct rlc_view **ret_view)
{
    char prefix[RLC_REDIS_PREFIX_MAX];
    struct rlc_redis_settings redis = { .host = ctl->settings.redis.host,
                                        .port = (int32_t)ctl->settings.redis.port,
                                        .database = (int32_t)ctl->settings.redis.database,
                                        .username = ctl->settings.redis.username,
                                        .password = ctl->settings.redis.password,
                                        .tls = ctl->settings.redis.tls,
                                        .tls_ca = ctl->settings.redis.tls_ca,
                                        .connect_timeout_ms = REDIS_ASK_MS,
                                        .call_timeout_ms = REDIS_ASK_MS };
    struct rlc_error error = { .text = "" };

    (void)snprintf(prefix, sizeof(prefix), "%s.%s", ctl->settings.installation.topic_prefix,
                   worker);
    if (rlc_redis_view_open(&redis, prefix, ret_view, &error) == RLC_OK)
        return CTL_OK;
    return ctl_fail_store(ctl, "redis", &error);
}

/* ---- what was sealed ---- */

static const char ERASED[] = "its subject was erased";

bool ctl_why_erased(const char *why)
{
    return strcmp(why, ERASED) == 0;
}

static struct rlc_span open_with(const struct rlc_data_key *key, struct rlc_span tenant,
                                 const struct rlc_sealed *sealed, struct rlc_arena *arena,
                                 char why[CTL_WHY_SIZE])
{
    static const char *const WHY[] = {
        [RLC_KEY_MISSING] = "its data key is not in data_key",
        [RLC_KEY_ERASED] = ERASED,
        [RLC_KEY_NO_TENANT] = "the folder holds no key of this tenant",
        [RLC_KEY_UNREADABLE] = "the tenant's key in the folder is not the one it was sealed with",
    };
    struct rlc_span plain = { NULL, 0 };

    if (key->state != RLC_KEY_OPEN)
        (void)snprintf(why, CTL_WHY_SIZE, "%s", WHY[key->state]);
    else if (rlc_unseal(&key->key, tenant, sealed->key_id, sealed->bytes, arena, &plain) != RLC_OK)
        (void)snprintf(why, CTL_WHY_SIZE, "its bytes do not fit its key");
    return plain;
}

/* A sealed value names its key; the table knows whose it is. */
static bool find_subject(struct ctl *ctl, struct rlc_span key_id, char *subject, size_t size,
                         char why[CTL_WHY_SIZE])
{
    struct rlc_postgres_config config = { .dsn = ctl->settings.postgres.dsn,
                                          .application = APPLICATION,
                                          .connect_timeout_s = CONNECT_S };
    char sql[SUBJECT_SQL_MAX + 1];
    char id[RLC_KEY_ID_SIZE + 1] = "";
    struct rlc_error error = { .text = "" };
    struct rlc_postgres *postgres;
    enum rlc_status status = RLC_FATAL;

    if (key_id.size == RLC_KEY_ID_SIZE)
        memcpy(id, key_id.data, RLC_KEY_ID_SIZE);
    if (strspn(id, "0123456789abcdef") != RLC_KEY_ID_SIZE) {
        (void)snprintf(why, CTL_WHY_SIZE, "it names no data key");
        return false;
    }
    (void)snprintf(sql, sizeof(sql), SUBJECT_SQL, id);
    postgres = rlc_postgres_new(&config, &error);
    if (postgres)
        status = rlc_postgres_value(postgres, sql, subject, size, &error);
    rlc_postgres_free(postgres);
    if (status != RLC_OK)
        (void)snprintf(why, CTL_WHY_SIZE, "%s", error.text);
    else if (!subject[0])
        (void)snprintf(why, CTL_WHY_SIZE, "its data key is not in data_key");
    return status == RLC_OK && subject[0];
}

struct rlc_span ctl_unseal(struct ctl *ctl, const char *folder, struct rlc_span tenant,
                           const struct rlc_sealed *sealed, struct rlc_arena *arena,
                           char why[CTL_WHY_SIZE])
{
    struct rlc_keyring_config config = { .postgres = { .dsn = ctl->settings.postgres.dsn,
                                                       .application = APPLICATION,
                                                       .connect_timeout_s = CONNECT_S },
                                         .tenant_keys = folder,
                                         .clock = rlc_clock_system() };
    char subject[1024] = "";
    struct rlc_data_key key = { .state = RLC_KEY_MISSING };
    struct rlc_error error = { .text = "" };
    struct rlc_span plain = { NULL, 0 };
    struct rlc_keyring *keyring;
    struct rlc_key_want want;

    why[0] = '\0';
    if (!folder || config.postgres.dsn[0] == '\0') {
        (void)snprintf(why, CTL_WHY_SIZE, "%s",
                       folder ? "postgres.dsn is not set"
                              : "name the tenants' keys: --tenant-keys");
        return plain;
    }
    if (!find_subject(ctl, sealed->key_id, subject, sizeof(subject), why))
        return plain;
    want = (struct rlc_key_want){ tenant, rlc_span_of(subject) };
    keyring = rlc_keyring_postgres_new(&config, &error);
    if (keyring && keyring->ops->open(keyring, &want, 1, false, &key, &error) == RLC_OK)
        plain = open_with(&key, tenant, sealed, arena, why);
    else
        (void)snprintf(why, CTL_WHY_SIZE, "%s", error.text);
    rlc_data_keys_forget(&key, 1);
    if (keyring)
        keyring->ops->close(keyring);
    return plain;
}
