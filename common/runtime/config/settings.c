/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/config/settings.h"

#include <string.h>

#include "common/runtime/address.h"
#include "common/runtime/error.h"
#include "common/runtime/log.h"

#define TEXT_MAX(member) ((int64_t)sizeof(((struct rlc_settings *)NULL)->member) - 1)
#define MEMBER(member)   offsetof(struct rlc_settings, member)

const char *const RLC_SETTINGS_IGNORED[] = {
    "RELANCE_CONFIG",
    "RELANCE_KAFKA_CONTROLLER_PORT",
    "RELANCE_KAFKA_HEAP",
    "RELANCE_KAFKA_JARS",
    "RELANCE_KAFKA_PORT",
    "RELANCE_LOCAL_DIR",
    "RELANCE_POSTGRES_KEYS_DSN",
    "RELANCE_POSTGRES_OWNER_DSN",
    "RELANCE_POSTGRES_PORT",
    "RELANCE_POSTGRES_READ_DSN",
    "RELANCE_POSTGRES_SUPERUSER_DSN",
    "RELANCE_READY_LIMIT_S",
    "RELANCE_SMTP_PORT",
    "RELANCE_TEST_JOBS",
    NULL,
};

/* These carry guarantees, or have a setting of their own. */
static const struct {
    const char *key;
    const char *reason;
} DENIED[] = {
    { "acks", "transactions need all" },
    { "auto.commit.enable", "offsets are committed inside transactions only" },
    { "auto.offset.reset", "positions come from the log, never from a default" },
    { "bootstrap.servers", "set kafka.bootstrap_servers" },
    { "enable.auto.commit", "offsets are committed inside transactions only" },
    { "enable.auto.offset.store", "offsets are committed inside transactions only" },
    { "enable.idempotence", "transactions need it" },
    { "group.id", "it follows from installation.name" },
    { "group.instance.id", "it follows from worker.ordinal" },
    { "group.protocol", "fencing was proven with the classic protocol" },
    { "isolation.level", "what is read uncommitted is decided in the code" },
    { "metadata.broker.list", "set kafka.bootstrap_servers" },
    { "partition.assignment.strategy", "fencing was proven with range" },
    { "request.required.acks", "transactions need all" },
    { "session.timeout.ms", "set kafka.session_timeout_ms" },
    { "transaction.timeout.ms", "set kafka.transaction_timeout_ms" },
    { "transactional.id", "it follows from installation.name and worker.ordinal" },
};

static const char *refuse_property(const char *key)
{
    for (size_t i = 0; i < RLC_COUNT(DENIED); i++) {
        if (strcmp(DENIED[i].key, key) == 0)
            return DENIED[i].reason;
    }
    return NULL;
}

static const char *refuse_name(const char *text)
{
    size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_.");

    return text[size] ? "made of a to z, 0 to 9, '-', '_' and '.'" : NULL;
}

static const char *refuse_listen(const char *text)
{
    struct sockaddr_storage address;
    socklen_t size;

    return rlc_address_parse(text, &address, &size)
               ? NULL
               : "a numeric address and port such as 0.0.0.0:9464 or [::]:9464";
}

static const struct rlc_config_field FIELD[] = {
    {
        .name = "installation.name",
        .offset = MEMBER(installation.name),
        .fallback = "relance",
        .min = 1,
        .max = TEXT_MAX(installation.name),
        .refuse = refuse_name,
        .help = "Name of the installation: part of group names and transactional ids.",
    },
    {
        .name = "installation.topic_prefix",
        .offset = MEMBER(installation.topic_prefix),
        .fallback = "relance",
        .min = 1,
        .max = TEXT_MAX(installation.topic_prefix),
        .refuse = refuse_name,
        .help = "What every topic's name begins with; a dot follows.",
    },
    {
        .name = "worker.ordinal",
        .type = RLC_CONFIG_INTEGER,
        .offset = MEMBER(worker.ordinal),
        .fallback = "-1",
        .min = -1,
        .max = RLC_ORDINAL_MAX,
        .help = "Number of this process among those of its kind. -1 takes the number at the end of "
                "POD_NAME or HOSTNAME, else 0.",
    },
    {
        .name = "worker.batch_max",
        .type = RLC_CONFIG_INTEGER,
        .offset = MEMBER(worker.batch_max),
        .fallback = "10000",
        .min = 1,
        .max = 10000,
        .help = "Most input records of one transaction.",
    },
    {
        .name = "worker.crash_file",
        .type = RLC_CONFIG_TEXT,
        .offset = MEMBER(worker.crash_file),
        .fallback = "",
        .max = sizeof(((struct rlc_settings *)NULL)->worker.crash_file) - 1,
        .help =
            "File that remembers records that ended the process, on a disk that outlives it (an "
            "emptyDir); a record noted three times becomes a dead letter. Empty: none.",
    },
    {
        .name = "kafka.bootstrap_servers",
        .offset = MEMBER(kafka.bootstrap_servers),
        .fallback = NULL,
        .min = 1,
        .max = TEXT_MAX(kafka.bootstrap_servers),
        .help = "Brokers to ask first, as host:port, separated by commas.",
    },
    {
        .name = "kafka.session_timeout_ms",
        .type = RLC_CONFIG_DURATION,
        .offset = MEMBER(kafka.session_timeout_ms),
        .fallback = "10s",
        .min = 6000,
        .max = 300000,
        .help = "How long the partitions of a lost worker stay with it.",
    },
    {
        .name = "kafka.transaction_timeout_ms",
        .type = RLC_CONFIG_DURATION,
        .offset = MEMBER(kafka.transaction_timeout_ms),
        .fallback = "10s",
        .min = 1000,
        .max = 900000,
        .help = "When the broker aborts the transaction of a lost worker.",
    },
    {
        .name = "kafka.properties",
        .type = RLC_CONFIG_MAP,
        .offset = MEMBER(kafka.properties),
        .fallback = "",
        .refuse = refuse_property,
        .help = "Properties of librdkafka (security, tuning), except those that carry guarantees. "
                "`name_file` reads the value of `name` from a file.",
    },
    {
        .name = "redis.host",
        .offset = MEMBER(redis.host),
        .fallback = "127.0.0.1",
        .min = 1,
        .max = TEXT_MAX(redis.host),
        .help = "Name or address of the Redis server.",
    },
    {
        .name = "redis.port",
        .type = RLC_CONFIG_INTEGER,
        .offset = MEMBER(redis.port),
        .fallback = "6379",
        .min = 1,
        .max = 65535,
        .help = "Port of the Redis server.",
    },
    {
        .name = "redis.database",
        .type = RLC_CONFIG_INTEGER,
        .offset = MEMBER(redis.database),
        .fallback = "0",
        .max = 65535,
        .help = "Number of the Redis database.",
    },
    {
        .name = "redis.username",
        .offset = MEMBER(redis.username),
        .fallback = "",
        .max = TEXT_MAX(redis.username),
        .help = "User of Redis; empty is its default user.",
    },
    {
        .name = "redis.password",
        .offset = MEMBER(redis.password),
        .fallback = "",
        .max = TEXT_MAX(redis.password),
        .flags = RLC_CONFIG_SECRET,
        .help = "Password of that user; empty sends none.",
    },
    {
        .name = "redis.tls",
        .type = RLC_CONFIG_BOOLEAN,
        .offset = MEMBER(redis.tls),
        .fallback = "false",
        .help = "Connect by TLS; refused by a build that cannot (see --version).",
    },
    {
        .name = "redis.tls_ca",
        .offset = MEMBER(redis.tls_ca),
        .fallback = "",
        .max = TEXT_MAX(redis.tls_ca),
        .help = "PEM file with the authorities that sign the server's certificate; empty takes the "
                "system's.",
    },
    {
        .name = "postgres.dsn",
        .offset = MEMBER(postgres.dsn),
        .fallback = "",
        .min = 1,
        .max = TEXT_MAX(postgres.dsn),
        .flags = RLC_CONFIG_SECRET | RLC_CONFIG_URI,
        .help = "Connection string of PostgreSQL, for workers that use it.",
    },
    {
        .name = "http.listen",
        .offset = MEMBER(http.listen),
        .fallback = "0.0.0.0:9464",
        .max = TEXT_MAX(http.listen),
        .refuse = refuse_listen,
        .help = "Where /livez, /readyz and /metrics are served; empty serves nothing.",
    },
    {
        .name = "log.level",
        .type = RLC_CONFIG_CHOICE,
        .offset = MEMBER(log.level),
        .fallback = "info",
        .choices = RLC_LOG_LEVEL_NAMES,
        .help = "Least important lines that are still written.",
    },
};

struct rlc_config_table rlc_settings_table(struct rlc_settings *settings)
{
    return (struct rlc_config_table){
        .fields = FIELD,
        .count = RLC_COUNT(FIELD),
        .target = settings,
    };
}

/* The value of a variable; NULL when it is not there. */
static const char *variable_value(char *const *environment, const char *name)
{
    size_t size = strlen(name);

    for (; environment && *environment; environment++) {
        if (strncmp(*environment, name, size) == 0 && (*environment)[size] == '=')
            return *environment + size + 1;
    }
    return NULL;
}

/* The number behind the last '-' of a host's name; -1 when there is none. */
static int64_t trailing_number(const char *host)
{
    const char *dash = host ? strrchr(host, '-') : NULL;
    int64_t number = 0;

    if (!dash || dash[1] == '\0' || dash[1 + strspn(dash + 1, "0123456789")] != '\0')
        return -1;
    for (const char *digit = dash + 1; *digit && number <= RLC_ORDINAL_MAX; digit++)
        number = number * 10 + (*digit - '0');
    return number;
}

enum rlc_status rlc_settings_complete(struct rlc_settings *settings, char *const *environment,
                                      struct rlc_error *reterr)
{
    const char *host = variable_value(environment, "POD_NAME");
    int64_t number;

    if (settings->worker.ordinal >= 0)
        return RLC_OK;
    if (!host)
        host = variable_value(environment, "HOSTNAME");
    number = trailing_number(host);
    if (number > RLC_ORDINAL_MAX) {
        return rlc_error_set(
            reterr, RLC_FATAL, "config", 0,
            "no ordinal at the end of '%.64s': run workers as a StatefulSet or set "
            "RELANCE_WORKER_ORDINAL",
            host);
    }
    settings->worker.ordinal = number < 0 ? 0 : number;
    return RLC_OK;
}
