/* SPDX-License-Identifier: Apache-2.0 */
/* What every worker can be told. A worker's own settings are a second table beside this one. */
#ifndef RLC_RUNTIME_SETTINGS_H
#define RLC_RUNTIME_SETTINGS_H

#include "common/runtime/config/config.h"

#define RLC_ORDINAL_MAX 999 /* more workers of one kind than partitions would be idle */

/* Text members are NUL-terminated and empty when not given. */
struct rlc_settings {
    struct {
        char name[65];
        char topic_prefix[65];
    } installation;
    struct {
        int64_t ordinal;
        int64_t batch_max;    /* records per transaction */
        char crash_file[256]; /* empty: crashes are not remembered */
    } worker;
    struct {
        char bootstrap_servers[1024];
        int64_t session_timeout_ms;
        int64_t transaction_timeout_ms;
        struct rlc_config_map properties; /* for librdkafka, those that Relance sets excluded */
    } kafka;
    struct {
        char host[256];
        int64_t port;
        int64_t database;
        char username[129];
        char password[513];
        bool tls;
        char tls_ca[256]; /* path of a PEM file; empty: the system's */
    } redis;
    struct {
        char dsn[1024]; /* libpq connection string */
    } postgres;
    struct {
        char listen[64]; /* for rlc_address_parse(); empty: no HTTP server */
    } http;
    struct {
        int32_t level; /* enum rlc_log_level */
    } log;
};

/* The table of all members; `target` is `settings`. */
struct rlc_config_table rlc_settings_table(struct rlc_settings *settings);

/* RELANCE_ variables of the local stack, the tests and the command line, then NULL: no settings. */
extern const char *const RLC_SETTINGS_IGNORED[];

/* Finds what the fallbacks leave open: the ordinal is the number at the end of POD_NAME, else of
 * HOSTNAME ("relance-scenario-2"), else 0. `environment` as in rlc_config_source. RLC_FATAL when
 * that number is beyond RLC_ORDINAL_MAX: the pod does not belong to a StatefulSet. */
RLC_NODISCARD enum rlc_status rlc_settings_complete(struct rlc_settings *settings,
                                                    char *const *environment,
                                                    struct rlc_error *reterr);

#endif
