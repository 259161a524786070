/* SPDX-License-Identifier: Apache-2.0 */
/* What a transaction's end means, what a reply says, and what a transaction remembers. */
#include "common/smtp/exchange.h"

#include "tests/support/check.h"

#define TALK  RLC_SMTP_ENDED_TALK
#define TRUST RLC_SMTP_ENDED_TRUST
#define LATE  RLC_SMTP_ENDED_TOO_LATE

static void each_end_has_its_outcome(void **state)
{
    static const struct {
        struct rlc_smtp_facts facts;
        enum rlc_smtp_outcome outcome;
        bool again;
    } rows[] = {
        { { TALK, RLC_SMTP_AT_CONNECTION, 0 }, RLC_SMTP_DEFERRED, true },
        { { TALK, RLC_SMTP_AT_CONNECTION, 554 }, RLC_SMTP_DEFERRED, false },
        { { TALK, RLC_SMTP_AT_HELLO, 550 }, RLC_SMTP_DEFERRED, false },
        { { TRUST, RLC_SMTP_AT_CONNECTION, 0 }, RLC_SMTP_BROKEN, false },
        { { TRUST, RLC_SMTP_AT_HELLO, 250 }, RLC_SMTP_BROKEN, false },
        { { TRUST, RLC_SMTP_AT_STARTTLS, 454 }, RLC_SMTP_DEFERRED, false },
        { { TRUST, RLC_SMTP_AT_LOGIN, 535 }, RLC_SMTP_BROKEN, false },
        { { TRUST, RLC_SMTP_AT_LOGIN, 454 }, RLC_SMTP_DEFERRED, false },
        { { TALK, RLC_SMTP_AT_LOGIN, 334 }, RLC_SMTP_DEFERRED, true },
        { { TALK, RLC_SMTP_AT_SENDER, 0 }, RLC_SMTP_DEFERRED, true },
        { { TALK, RLC_SMTP_AT_SENDER, 421 }, RLC_SMTP_DEFERRED, true },
        { { TALK, RLC_SMTP_AT_SENDER, 550 }, RLC_SMTP_REFUSED, true },
        { { TALK, RLC_SMTP_AT_SENDER, 530 }, RLC_SMTP_BROKEN, true },
        { { TALK, RLC_SMTP_AT_RECIPIENT, 450 }, RLC_SMTP_DEFERRED, false },
        { { TALK, RLC_SMTP_AT_RECIPIENT, 550 }, RLC_SMTP_REFUSED, false },
        { { TALK, RLC_SMTP_AT_RECIPIENT, 250 }, RLC_SMTP_DEFERRED, true },
        { { TALK, RLC_SMTP_AT_DATA, 554 }, RLC_SMTP_REFUSED, false },
        { { TALK, RLC_SMTP_AT_DATA, 250 }, RLC_SMTP_DEFERRED, true },
        { { LATE, RLC_SMTP_AT_DATA, 354 }, RLC_SMTP_TOO_LATE, false },
        { { TALK, RLC_SMTP_AT_BODY, 0 }, RLC_SMTP_DEFERRED, false },
        { { TALK, RLC_SMTP_AT_BODY, 552 }, RLC_SMTP_REFUSED, false },
        { { TALK, RLC_SMTP_AT_END, 0 }, RLC_SMTP_UNKNOWN, false },
        { { TALK, RLC_SMTP_AT_END, 250 }, RLC_SMTP_ACCEPTED, false },
        { { TALK, RLC_SMTP_AT_END, 421 }, RLC_SMTP_DEFERRED, false },
        { { TALK, RLC_SMTP_AT_END, 552 }, RLC_SMTP_REFUSED, false },
        { { TALK, RLC_SMTP_AT_END, 199 }, RLC_SMTP_UNKNOWN, false },
        { { TALK, RLC_SMTP_AT_END, 354 }, RLC_SMTP_UNKNOWN, false },
        { { TALK, RLC_SMTP_AT_END, 999 }, RLC_SMTP_UNKNOWN, false },
        { { TRUST, RLC_SMTP_AT_END, 0 }, RLC_SMTP_UNKNOWN, false },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(rows); i++) {
        enum rlc_smtp_outcome outcome = rlc_smtp_outcome_of(&rows[i].facts);

        if (outcome != rows[i].outcome || rlc_smtp_again(&rows[i].facts) != rows[i].again)
            fail_msg("row %zu: %s", i, rlc_smtp_outcome_name(outcome));
    }
}

/* Every combination, whether the table above thought of it or not. */
static void nothing_is_unknown_before_the_end_nor_accepted_without_a_reply(void **state)
{
    (void)state;
    for (int stage = 0; stage < RLC_SMTP_STAGE_COUNT; stage++) {
        for (int code = 0; code <= 999; code++) {
            for (int end = TALK; end <= LATE; end++) {
                struct rlc_smtp_facts facts = { (enum rlc_smtp_end)end, (enum rlc_smtp_stage)stage,
                                                code };
                enum rlc_smtp_outcome outcome = rlc_smtp_outcome_of(&facts);

                if (stage < RLC_SMTP_AT_END)
                    assert_int_not_equal(outcome, RLC_SMTP_UNKNOWN);
                if (outcome == RLC_SMTP_ACCEPTED)
                    assert_true(stage == RLC_SMTP_AT_END && code / 100 == 2);
                if (stage == RLC_SMTP_AT_END && (code < 200 || code > 599))
                    assert_int_equal(outcome, RLC_SMTP_UNKNOWN);
                if (stage >= RLC_SMTP_AT_BODY)
                    assert_false(rlc_smtp_again(&facts));
            }
        }
    }
}

static void a_relay_is_away_when_it_does_not_answer_the_transaction(void **state)
{
    static const struct {
        struct rlc_smtp_result result;
        enum rlc_smtp_sign sign;
    } rows[] = {
        { { .outcome = RLC_SMTP_TOO_LATE, .stage = RLC_SMTP_AT_START }, RLC_SMTP_SIGN_NONE },
        { { .outcome = RLC_SMTP_TOO_LATE, .stage = RLC_SMTP_AT_DATA }, RLC_SMTP_SIGN_ALIVE },
        { { .outcome = RLC_SMTP_DEFERRED, .stage = RLC_SMTP_AT_CONNECTION }, RLC_SMTP_SIGN_AWAY },
        { { .outcome = RLC_SMTP_DEFERRED, .stage = RLC_SMTP_AT_HELLO, .code = 450 },
          RLC_SMTP_SIGN_AWAY },
        { { .outcome = RLC_SMTP_BROKEN, .stage = RLC_SMTP_AT_SENDER, .code = 530 },
          RLC_SMTP_SIGN_AWAY },
        { { .outcome = RLC_SMTP_DEFERRED, .stage = RLC_SMTP_AT_SENDER, .code = 421 },
          RLC_SMTP_SIGN_AWAY },
        { { .outcome = RLC_SMTP_REFUSED, .stage = RLC_SMTP_AT_RECIPIENT, .code = 550 },
          RLC_SMTP_SIGN_ALIVE },
        { { .outcome = RLC_SMTP_UNKNOWN, .stage = RLC_SMTP_AT_END }, RLC_SMTP_SIGN_AWAY },
        { { .outcome = RLC_SMTP_ACCEPTED, .stage = RLC_SMTP_AT_END, .code = 250 },
          RLC_SMTP_SIGN_ALIVE },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(rows); i++) {
        if (rlc_smtp_sign_of(&rows[i].result) != rows[i].sign)
            fail_msg("row %zu", i);
    }
}

static struct rlc_smtp_reply reply_of(const char *const *lines)
{
    struct rlc_smtp_reply reply = { 0 };

    for (; *lines; lines++)
        assert_true(rlc_smtp_reply_add(&reply, rlc_span_of(*lines)));
    return reply;
}

static void replies_are_read_and_cleaned(void **state)
{
    static const struct {
        const char *lines[4];
        int32_t code;
        const char *enhanced;
        const char *text;
    } rows[] = {
        { { "250 2.0.0 Ok: queued as 4711\r\n" }, 250, "2.0.0", "Ok: queued as 4711" },
        { { "250\r\n" }, 250, "", "" },
        { { "250 \n" }, 250, "", "" },
        { { "550-5.1.1 The account\r\n", "550-5.1.1  is\r\n", "550 5.1.1 gone\r\n" },
          550,
          "5.1.1",
          "The account is gone" },
        { { "550-first\r\n" }, 0, "", "first" },
        { { "550 4.1.1 of another class\r\n" }, 550, "", "4.1.1 of another class" },
        { { "550 5.1.1234 no code\r\n" }, 550, "", "5.1.1234 no code" },
        { { "550 5.1 no code\r\n" }, 550, "", "5.1 no code" },
        { { "550 5.1.1\r\n" }, 550, "5.1.1", "" },
        { { "550 <anna@kunde.example>... unknown\r\n" }, 550, "", "[address] unknown" },
        { { "550 a\033[1m\xc3\xa4 b\tc\r\n" }, 550, "", "a?[1m?? b?c" },
        { { "5x0 what\r\n", "2500 what\r\n", "25\r\n", "\r\n" }, 0, "", "" },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(rows); i++) {
        const char *lines[5] = { rows[i].lines[0], rows[i].lines[1], rows[i].lines[2],
                                 rows[i].lines[3] };
        struct rlc_smtp_reply reply = reply_of(lines);

        assert_int_equal(reply.code, rows[i].code);
        assert_string_equal(reply.enhanced, rows[i].enhanced);
        assert_string_equal(reply.text, rows[i].text);
    }
}

static void a_long_reply_is_cut_and_then_refused(void **state)
{
    struct rlc_smtp_reply reply = { 0 };
    char line[1000] = "250-";
    size_t count = 0;

    (void)state;
    memset(line + 4, 'x', sizeof(line) - 4);
    while (rlc_smtp_reply_add(&reply, rlc_span_from(line, sizeof(line))))
        count++;
    assert_int_equal(count, RLC_SMTP_REPLY_MAX / sizeof(line));
    assert_int_equal(strlen(reply.text), RLC_SMTP_TEXT_MAX - 1);
}

/* ---- a transaction, step by step ---- */

static rlc_ms now_ms = 1000;
static struct rlc_smtp_settings settings;
static const struct rlc_smtp_mail MAIL = { .message = { (const uint8_t *)"abcdef\r\n", 8 },
                                           .start_before_ns = UINT64_C(2000000000) };

static struct rlc_smtp_exchange at_data(void)
{
    static const char *const commands[] = { "EHLO us\r\n",       "STARTTLS\r\n",   "EHLO us\r\n",
                                            "AUTH PLAIN\r\n",    "DATA\r\n",       "STARTTLS\r\n",
                                            "MAIL FROM:<a>\r\n", "RCPT TO:<b>\r\n" };
    struct rlc_smtp_exchange exchange;

    now_ms = 1000;
    settings.clock = rlc_clock_virtual(&now_ms);
    exchange = rlc_smtp_exchange_of(&settings, &MAIL);
    assert_int_equal(exchange.stage, RLC_SMTP_AT_CONNECTION);
    for (size_t i = 0; i < RLC_COUNT(commands); i++) {
        rlc_smtp_exchange_sent(&exchange, rlc_span_of(commands[i]));
        if (i >= 3 && i <= 5)
            assert_int_equal(exchange.stage, RLC_SMTP_AT_LOGIN);
        assert_true(rlc_smtp_exchange_heard(&exchange, rlc_span_of("250 ok\r\n")));
    }
    assert_int_equal(exchange.stage, RLC_SMTP_AT_RECIPIENT);
    rlc_smtp_exchange_sent(&exchange, rlc_span_of("DATA\r\n"));
    assert_int_equal(exchange.stage, RLC_SMTP_AT_DATA);
    assert_int_equal(exchange.reply.code, 0);
    return exchange;
}

static void the_message_is_handed_out_in_pieces_up_to_its_end(void **state)
{
    struct rlc_smtp_exchange exchange = at_data();
    char piece[5];
    size_t size;

    (void)state;
    assert_true(rlc_smtp_exchange_take(&exchange, piece, sizeof(piece), &size));
    assert_memory_equal(piece, "abcde", size);
    now_ms = 5000; /* what has begun in time goes on */
    assert_true(rlc_smtp_exchange_take(&exchange, piece, sizeof(piece), &size));
    assert_int_equal(size, 3);
    assert_int_equal(exchange.stage, RLC_SMTP_AT_BODY);
    assert_true(rlc_smtp_exchange_take(&exchange, piece, sizeof(piece), &size));
    assert_int_equal(size, 0);
    assert_int_equal(exchange.stage, RLC_SMTP_AT_END);
    assert_true(rlc_smtp_exchange_heard(&exchange, rlc_span_of("250 ok\r\n")));
    assert_true(rlc_smtp_exchange_take(&exchange, piece, sizeof(piece), &size));
    assert_int_equal(exchange.reply.code, 250);
}

static void at_its_time_the_message_does_not_begin(void **state)
{
    struct rlc_smtp_exchange exchange = at_data();
    char piece[8] = "";
    struct rlc_smtp_facts facts;
    size_t size;

    (void)state;
    now_ms = 2000;
    assert_false(rlc_smtp_exchange_take(&exchange, piece, sizeof(piece), &size));
    assert_string_equal(piece, "");
    facts = rlc_smtp_exchange_facts(&exchange, false);
    assert_int_equal(rlc_smtp_outcome_of(&facts), RLC_SMTP_TOO_LATE);
    exchange = at_data();
    now_ms = 1999;
    assert_true(rlc_smtp_exchange_take(&exchange, piece, sizeof(piece), &size));
}

static void the_answer_to_a_goodbye_is_no_answer_to_the_mail(void **state)
{
    struct rlc_smtp_exchange exchange = at_data();
    char piece[100];
    size_t size;

    (void)state;
    assert_true(rlc_smtp_exchange_heard(&exchange, rlc_span_of("550 no\r\n")));
    rlc_smtp_exchange_sent(&exchange, rlc_span_of("QUIT\r\n"));
    assert_true(rlc_smtp_exchange_heard(&exchange, rlc_span_of("221 bye\r\n")));
    assert_int_equal(exchange.reply.code, 550);
    assert_true(rlc_smtp_exchange_waited(&exchange));
    exchange = at_data();
    for (int i = 0; i < 2; i++)
        assert_true(rlc_smtp_exchange_take(&exchange, piece, sizeof(piece), &size));
    rlc_smtp_exchange_sent(&exchange, rlc_span_of("QU")); /* the socket took no more */
    assert_true(rlc_smtp_exchange_heard(&exchange, rlc_span_of("221 bye\r\n")));
    assert_int_equal(exchange.reply.code, 0);
}

static void each_stage_waits_as_long_as_it_may(void **state)
{
    struct rlc_smtp_exchange exchange = at_data();
    char piece[100];
    size_t size;

    (void)state;
    now_ms += RLC_SMTP_REPLY_MS - 1;
    assert_false(rlc_smtp_exchange_waited(&exchange));
    now_ms += 1;
    assert_true(rlc_smtp_exchange_waited(&exchange));
    exchange = at_data();
    assert_true(rlc_smtp_exchange_take(&exchange, piece, sizeof(piece), &size));
    now_ms += RLC_SMTP_BLOCK_MS - 1;
    assert_false(rlc_smtp_exchange_waited(&exchange));
    assert_true(rlc_smtp_exchange_take(&exchange, piece, sizeof(piece), &size));
    now_ms += RLC_SMTP_ACCEPT_MS - 1;
    assert_false(rlc_smtp_exchange_waited(&exchange));
    now_ms += 1;
    assert_true(rlc_smtp_exchange_waited(&exchange));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_end_has_its_outcome),
        cmocka_unit_test(nothing_is_unknown_before_the_end_nor_accepted_without_a_reply),
        cmocka_unit_test(a_relay_is_away_when_it_does_not_answer_the_transaction),
        cmocka_unit_test(replies_are_read_and_cleaned),
        cmocka_unit_test(a_long_reply_is_cut_and_then_refused),
        cmocka_unit_test(the_message_is_handed_out_in_pieces_up_to_its_end),
        cmocka_unit_test(at_its_time_the_message_does_not_begin),
        cmocka_unit_test(the_answer_to_a_goodbye_is_no_answer_to_the_mail),
        cmocka_unit_test(each_stage_waits_as_long_as_it_may),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
