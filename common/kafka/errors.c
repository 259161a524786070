/* SPDX-License-Identifier: Apache-2.0 */
#include "common/kafka/internal.h"
#include "common/runtime/error.h"

/* Codes that end a producer although the library's flags may say "abort" or nothing at all: its
 * epoch is over, or the coordinator decided the transaction without it. An abort would be refused
 * too; neither proves that a second instance runs. */
static const rd_kafka_resp_err_t fencing_codes[] = {
    RD_KAFKA_RESP_ERR__FENCED,
    RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
    RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
    RD_KAFKA_RESP_ERR_INVALID_TXN_STATE,
};

bool rlc_kafka_code_is_fencing(rd_kafka_resp_err_t code)
{
    for (size_t i = 0; i < RLC_COUNT(fencing_codes); i++) {
        if (fencing_codes[i] == code)
            return true;
    }
    return false;
}

static enum rlc_status reaction(const rd_kafka_error_t *error)
{
    if (rlc_kafka_code_is_fencing(rd_kafka_error_code(error)) || rd_kafka_error_is_fatal(error))
        return RLC_FATAL;
    if (rd_kafka_error_txn_requires_abort(error))
        return RLC_ABORT;
    return rd_kafka_error_is_retriable(error) ? RLC_RETRY : RLC_FATAL;
}

enum rlc_status rlc_kafka_txn_error(rd_kafka_error_t *error, const char *origin,
                                    struct rlc_error *reterr)
{
    enum rlc_status status;

    if (!error)
        return RLC_OK;
    status = rlc_error_set(reterr, reaction(error), origin, rd_kafka_error_code(error), "%s: %s",
                           rd_kafka_error_name(error), rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    return status;
}

/* Questions that no repetition answers: somebody has to change a configuration. */
static const rd_kafka_resp_err_t hopeless_codes[] = {
    RD_KAFKA_RESP_ERR__INVALID_ARG,
    RD_KAFKA_RESP_ERR__AUTHENTICATION,
    RD_KAFKA_RESP_ERR__UNKNOWN_GROUP,
    RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
    RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION,
};

enum rlc_status rlc_kafka_ask_error(rd_kafka_resp_err_t code, const char *origin,
                                    struct rlc_error *reterr)
{
    enum rlc_status status = RLC_RETRY;

    for (size_t i = 0; i < RLC_COUNT(hopeless_codes); i++) {
        if (hopeless_codes[i] == code)
            status = RLC_FATAL;
    }
    return rlc_error_set(reterr, status, origin, code, "%s: %s", rd_kafka_err2name(code),
                         rd_kafka_err2str(code));
}
