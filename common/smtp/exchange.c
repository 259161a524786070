/* SPDX-License-Identifier: Apache-2.0 */
#include "common/smtp/exchange.h"

#include <assert.h>

#define NS_PER_MS UINT64_C(1000000)

/* The commands that begin a stage. What is sent in a login looks like anything: a command without a
 * space in it counts only where the protocol has it. */
static const struct {
    const char *begins;
    enum rlc_smtp_stage stage;
    enum rlc_smtp_stage only_after; /* RLC_SMTP_AT_START: anywhere */
} COMMAND[] = {
    { "EHLO ", RLC_SMTP_AT_HELLO, RLC_SMTP_AT_START },
    { "HELO ", RLC_SMTP_AT_HELLO, RLC_SMTP_AT_START },
    { "STARTTLS", RLC_SMTP_AT_STARTTLS, RLC_SMTP_AT_HELLO },
    { "AUTH ", RLC_SMTP_AT_LOGIN, RLC_SMTP_AT_START },
    { "MAIL FROM:", RLC_SMTP_AT_SENDER, RLC_SMTP_AT_START },
    { "RCPT TO:", RLC_SMTP_AT_RECIPIENT, RLC_SMTP_AT_START },
    { "DATA", RLC_SMTP_AT_DATA, RLC_SMTP_AT_RECIPIENT },
};

static uint64_t now_ns(const struct rlc_smtp_exchange *exchange)
{
    return rlc_clock_monotonic_ns(exchange->clock);
}

/* What the relay said before is no answer to what is sent now. */
static void enter(struct rlc_smtp_exchange *exchange, enum rlc_smtp_stage stage)
{
    exchange->stage = stage;
    exchange->reply = (struct rlc_smtp_reply){ 0 };
}

struct rlc_smtp_exchange rlc_smtp_exchange_of(const struct rlc_smtp_settings *settings,
                                              const struct rlc_smtp_mail *mail)
{
    struct rlc_smtp_exchange exchange = { .clock = &settings->clock,
                                          .times = rlc_smtp_times_of(settings),
                                          .mail = mail,
                                          .stage = RLC_SMTP_AT_CONNECTION };

    exchange.since_ns = now_ns(&exchange);
    return exchange;
}

static bool begins_with(struct rlc_span text, struct rlc_span begin)
{
    return text.size >= begin.size && memcmp(text.data, begin.data, begin.size) == 0;
}

void rlc_smtp_exchange_sent(struct rlc_smtp_exchange *exchange, struct rlc_span command)
{
    exchange->since_ns = now_ns(exchange);
    /* No transaction has a command behind its message. */
    if (exchange->stage >= RLC_SMTP_AT_BODY || begins_with(command, rlc_span_of("QUIT\r\n")))
        exchange->over = true;
    for (size_t i = 0; i < RLC_COUNT(COMMAND); i++) {
        bool here =
            COMMAND[i].only_after == RLC_SMTP_AT_START || COMMAND[i].only_after == exchange->stage;

        if (here && !exchange->over && begins_with(command, rlc_span_of(COMMAND[i].begins))) {
            enter(exchange, COMMAND[i].stage);
            return;
        }
    }
}

bool rlc_smtp_exchange_heard(struct rlc_smtp_exchange *exchange, struct rlc_span line)
{
    return exchange->over || rlc_smtp_reply_add(&exchange->reply, line);
}

/* The last instant at which nothing has been sent. */
static bool begin_body(struct rlc_smtp_exchange *exchange)
{
    exchange->too_late = now_ns(exchange) >= exchange->mail->start_before_ns;
    if (!exchange->too_late)
        enter(exchange, RLC_SMTP_AT_BODY);
    return !exchange->too_late;
}

bool rlc_smtp_exchange_take(struct rlc_smtp_exchange *exchange, void *buffer, size_t size,
                            size_t *ret_size)
{
    struct rlc_span message = exchange->mail->message;
    size_t left = message.size - exchange->taken;
    size_t piece = left < size ? left : size;

    assert(size > 0);
    if (exchange->stage < RLC_SMTP_AT_BODY && !begin_body(exchange))
        return false;
    exchange->since_ns = now_ns(exchange);
    /* Whoever is told that there is no more sends the final dot: from here on the relay may have
     * the mail. It may be told more than once. */
    if (piece == 0 && exchange->stage == RLC_SMTP_AT_BODY)
        enter(exchange, RLC_SMTP_AT_END);
    if (piece > 0)
        memcpy(buffer, message.data + exchange->taken, piece);
    exchange->taken += piece;
    *ret_size = piece;
    return true;
}

static int32_t allowed_ms(const struct rlc_smtp_exchange *exchange)
{
    if (exchange->stage == RLC_SMTP_AT_CONNECTION)
        return exchange->times.connect_ms;
    if (exchange->stage < RLC_SMTP_AT_BODY)
        return exchange->times.reply_ms;
    return exchange->stage == RLC_SMTP_AT_BODY ? exchange->times.block_ms
                                               : exchange->times.accept_ms;
}

bool rlc_smtp_exchange_waited(struct rlc_smtp_exchange *exchange)
{
    uint64_t waited_ns = now_ns(exchange) - exchange->since_ns;

    if (exchange->over)
        return true;
    exchange->timed_out = waited_ns >= (uint64_t)allowed_ms(exchange) * NS_PER_MS;
    return exchange->timed_out;
}

struct rlc_smtp_facts rlc_smtp_exchange_facts(const struct rlc_smtp_exchange *exchange, bool trust)
{
    enum rlc_smtp_end end = trust ? RLC_SMTP_ENDED_TRUST : RLC_SMTP_ENDED_TALK;

    return (struct rlc_smtp_facts){ .end = exchange->too_late ? RLC_SMTP_ENDED_TOO_LATE : end,
                                    .stage = exchange->stage,
                                    .code = exchange->reply.code };
}
