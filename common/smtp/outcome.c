/* SPDX-License-Identifier: Apache-2.0 */
#include "common/smtp/outcome.h"

#include <assert.h>

#define CODE_CLOSING     421 /* service not available, closing: RFC 5321 4.2.2 */
#define CODE_LOGIN_FIRST 530 /* authentication or STARTTLS required: RFC 4954 6, RFC 3207 4 */

static const char *const OUTCOME[RLC_SMTP_OUTCOME_COUNT] = {
    [RLC_SMTP_ACCEPTED] = "accepted", [RLC_SMTP_REFUSED] = "refused",
    [RLC_SMTP_DEFERRED] = "deferred", [RLC_SMTP_UNKNOWN] = "unknown",
    [RLC_SMTP_TOO_LATE] = "too_late", [RLC_SMTP_BROKEN] = "broken",
};

static const char *const STAGE[RLC_SMTP_STAGE_COUNT] = {
    [RLC_SMTP_AT_START] = "start",         [RLC_SMTP_AT_CONNECTION] = "connection",
    [RLC_SMTP_AT_HELLO] = "hello",         [RLC_SMTP_AT_STARTTLS] = "starttls",
    [RLC_SMTP_AT_LOGIN] = "login",         [RLC_SMTP_AT_SENDER] = "sender",
    [RLC_SMTP_AT_RECIPIENT] = "recipient", [RLC_SMTP_AT_DATA] = "data",
    [RLC_SMTP_AT_BODY] = "body",           [RLC_SMTP_AT_END] = "end",
};

/* By the first digit of the reply to a complete message. Anything that RFC 5321 4.3.2 does not
 * know there leaves us in doubt. */
static const enum rlc_smtp_outcome AFTER_END[10] = {
    RLC_SMTP_UNKNOWN, RLC_SMTP_UNKNOWN, RLC_SMTP_ACCEPTED, RLC_SMTP_UNKNOWN, RLC_SMTP_DEFERRED,
    RLC_SMTP_REFUSED, RLC_SMTP_UNKNOWN, RLC_SMTP_UNKNOWN,  RLC_SMTP_UNKNOWN, RLC_SMTP_UNKNOWN,
};

const char *rlc_smtp_outcome_name(enum rlc_smtp_outcome outcome)
{
    assert(outcome < RLC_SMTP_OUTCOME_COUNT);
    return OUTCOME[outcome];
}

const char *rlc_smtp_stage_name(enum rlc_smtp_stage stage)
{
    assert(stage < RLC_SMTP_STAGE_COUNT);
    return STAGE[stage];
}

static bool permanent(int32_t code)
{
    return code / 100 == 5;
}

static bool transient(int32_t code)
{
    return code / 100 == 4;
}

/* Before the transaction a 5xx is about the relay and us, not about the mail. */
static enum rlc_smtp_outcome before_sender(const struct rlc_smtp_facts *facts)
{
    return facts->end == RLC_SMTP_ENDED_TRUST && !transient(facts->code) ? RLC_SMTP_BROKEN
                                                                         : RLC_SMTP_DEFERRED;
}

enum rlc_smtp_outcome rlc_smtp_outcome_of(const struct rlc_smtp_facts *facts)
{
    assert(facts->code >= 0 && facts->code <= 999);
    if (facts->stage == RLC_SMTP_AT_END)
        return AFTER_END[facts->code / 100];
    if (facts->end == RLC_SMTP_ENDED_TOO_LATE)
        return RLC_SMTP_TOO_LATE;
    if (facts->stage < RLC_SMTP_AT_SENDER)
        return before_sender(facts);
    if (facts->code == CODE_LOGIN_FIRST)
        return RLC_SMTP_BROKEN;
    return permanent(facts->code) ? RLC_SMTP_REFUSED : RLC_SMTP_DEFERRED;
}

bool rlc_smtp_again(const struct rlc_smtp_facts *facts)
{
    if (facts->end != RLC_SMTP_ENDED_TALK || facts->stage >= RLC_SMTP_AT_BODY)
        return false;
    return facts->code < 400 || facts->code == CODE_CLOSING || facts->stage == RLC_SMTP_AT_SENDER;
}

enum rlc_smtp_sign rlc_smtp_sign_of(const struct rlc_smtp_result *result)
{
    if (result->stage == RLC_SMTP_AT_START)
        return RLC_SMTP_SIGN_NONE;
    if (result->outcome == RLC_SMTP_TOO_LATE)
        return RLC_SMTP_SIGN_ALIVE;
    if (result->outcome == RLC_SMTP_BROKEN || result->stage < RLC_SMTP_AT_SENDER)
        return RLC_SMTP_SIGN_AWAY;
    return result->code == 0 || result->code == CODE_CLOSING ? RLC_SMTP_SIGN_AWAY
                                                             : RLC_SMTP_SIGN_ALIVE;
}
