/* SPDX-License-Identifier: Apache-2.0 */
#include "common/redis/tls.h"

#include "common/runtime/error.h"

#ifdef RLC_REDIS_TLS

#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

bool rlc_redis_has_tls(void)
{
    return true;
}

static bool trust(SSL_CTX *context, const char *authorities)
{
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
        return false;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    if (authorities && authorities[0])
        return SSL_CTX_load_verify_locations(context, authorities, NULL) == 1;
    return SSL_CTX_set_default_verify_paths(context) == 1;
}

/* hiredis itself would accept any certificate of a trusted authority, whatever its name. */
static bool expect_host(SSL *session, const char *host)
{
    X509_VERIFY_PARAM *parameters = SSL_get0_param(session);

    if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1)
        return true;
    return SSL_set1_host(session, host) == 1 && SSL_set_tlsext_host_name(session, host) == 1;
}

static SSL *new_session(const struct rlc_redis_settings *settings)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *session = NULL;

    if (context && trust(context, settings->tls_ca))
        session = SSL_new(context);
    SSL_CTX_free(context);
    if (session && !expect_host(session, settings->host)) {
        SSL_free(session);
        return NULL;
    }
    return session;
}

enum rlc_status rlc_redis_tls_start(redisContext *context,
                                    const struct rlc_redis_settings *settings,
                                    struct rlc_error *reterr)
{
    char reason[128] = "out of memory";
    SSL *session;

    ERR_clear_error();
    session = new_session(settings);
    if (!session) {
        unsigned long code = ERR_peek_error();

        if (code)
            ERR_error_string_n(code, reason, sizeof(reason));
        return rlc_error_set(reterr, RLC_RETRY, "redis", 0, "cannot prepare TLS: %s", reason);
    }
    if (redisInitiateSSL(context, session) == REDIS_OK)
        return RLC_OK;
    /* The session is ours again when the handshake failed. */
    SSL_free(session);
    return rlc_error_set(reterr, RLC_RETRY, "redis", context->err, "TLS with %s failed: %s",
                         settings->host, context->errstr);
}

#else

bool rlc_redis_has_tls(void)
{
    return false;
}

enum rlc_status rlc_redis_tls_start(redisContext *context,
                                    const struct rlc_redis_settings *settings,
                                    struct rlc_error *reterr)
{
    (void)context;
    (void)settings;
    return rlc_error_set(reterr, RLC_FATAL, "redis", 0, "this build has no TLS for Redis");
}

#endif
