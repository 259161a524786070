/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/post.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/runtime/error.h"
#include "tests/support/random.h"

#include "tests/support/check.h"

enum { CONNECTIONS = 4, CONNECTIONS_MAX = 64, BEGINS_AFTER = 1, ENDS_AFTER = 2 };

enum slot_state { SLOT_FREE, SLOT_CLAIMED, SLOT_SUBMITTED, SLOT_LEAVING, SLOT_DONE };

struct slot {
    enum slot_state state;
    struct rlc_smtp_mail mail; /* its message is lent until the result is collected */
    uint64_t turn;             /* in which it goes on */
    struct rlc_smtp_result result;
};

struct post_carrier {
    struct carrier carrier;
    struct post *post;
    uint64_t turn; /* the times it was asked */
    struct slot slots[CONNECTIONS_MAX];
};

static struct post_carrier *carrier_of(struct carrier *carrier)
{
    return (struct post_carrier *)carrier;
}

/* ---- arriving ---- */

static enum post_fate fate_of(const struct post *post, struct rlc_span to)
{
    for (size_t i = post->rule_count; i > 0; i--) {
        if (rlc_span_equal(rlc_span_of(post->rules[i - 1].to), to))
            return post->rules[i - 1].fate;
    }
    return POST_ACCEPTS;
}

static void read_message_id(struct rlc_span message, struct post_mail *mail)
{
    static const char NAME[] = "\r\nMessage-ID: ";
    size_t at = 0;
    size_t size = 0;

    while (at + strlen(NAME) < message.size && memcmp(message.data + at, NAME, strlen(NAME)) != 0)
        at++;
    at += strlen(NAME);
    while (at + size < message.size && message.data[at + size] != '\r')
        size++;
    assert_in_range(size, 3, sizeof(mail->message_id) - 1);
    memcpy(mail->message_id, message.data + at, size);
    mail->message_id[size] = '\0';
}

static void arrive(struct post *post, const struct rlc_smtp_mail *mail)
{
    struct post_mail *arrived;

    if (post->count == post->capacity) {
        post->capacity = post->capacity ? post->capacity * 2 : 64;
        post->mails = realloc(post->mails, post->capacity * sizeof(*post->mails));
        assert_non_null(post->mails);
    }
    arrived = &post->mails[post->count++];
    *arrived = (struct post_mail){ .content_hash = rlc_sha256(mail->message),
                                   .at_ms = rlc_clock_now_ms(&post->clock) };
    assert_true(mail->to.size < sizeof(arrived->to));
    memcpy(arrived->to, mail->to.data, mail->to.size);
    read_message_id(mail->message, arrived);
}

/* ---- going on ---- */

/* The result of each fate; the mail itself arrives or not. */
static const struct {
    bool arrives;
    struct rlc_smtp_result result;
} FATES[] = {
    [POST_ACCEPTS] = { true,
                       { .outcome = RLC_SMTP_ACCEPTED, .stage = RLC_SMTP_AT_END, .code = 250 } },
    [POST_REFUSES] = { false,
                       { .outcome = RLC_SMTP_REFUSED,
                         .stage = RLC_SMTP_AT_RECIPIENT,
                         .code = 550,
                         .enhanced = "5.1.1" } },
    [POST_DEFERS] = { false,
                      { .outcome = RLC_SMTP_DEFERRED,
                        .stage = RLC_SMTP_AT_RECIPIENT,
                        .code = 451,
                        .enhanced = "4.7.1" } },
    [POST_LOSES_ANSWER] = { true, { .outcome = RLC_SMTP_UNKNOWN, .stage = RLC_SMTP_AT_END } },
    [POST_LOSES_MAIL] = { false, { .outcome = RLC_SMTP_UNKNOWN, .stage = RLC_SMTP_AT_END } },
};

static bool may_begin(const struct post *post, const struct slot *slot)
{
    return rlc_clock_monotonic_ns(&post->clock) < slot->mail.start_before_ns;
}

static void begin(struct post_carrier *carrier, struct slot *slot)
{
    if (may_begin(carrier->post, slot)) {
        slot->state = SLOT_LEAVING;
        slot->turn = carrier->turn + carrier->post->ends_after;
        return;
    }
    carrier->post->too_late++;
    slot->state = SLOT_DONE;
    slot->result = (struct rlc_smtp_result){ .outcome = RLC_SMTP_TOO_LATE };
}

static void end(struct post_carrier *carrier, struct slot *slot)
{
    enum post_fate fate = fate_of(carrier->post, slot->mail.to);

    if (FATES[fate].arrives)
        arrive(carrier->post, &slot->mail);
    slot->state = SLOT_DONE;
    slot->result = FATES[fate].result;
}

static void take_turn(struct post_carrier *carrier)
{
    carrier->turn++;
    for (size_t i = 0; i < carrier->carrier.connections; i++) {
        struct slot *slot = &carrier->slots[i];

        if (slot->state == SLOT_SUBMITTED && carrier->turn >= slot->turn)
            begin(carrier, slot);
        if (slot->state == SLOT_LEAVING && carrier->turn >= slot->turn)
            end(carrier, slot);
    }
}

/* ---- the carrier ---- */

static struct slot *slot_in(struct post_carrier *carrier, enum slot_state state)
{
    for (size_t i = 0; i < carrier->carrier.connections; i++) {
        if (carrier->slots[i].state == state)
            return &carrier->slots[i];
    }
    return NULL;
}

static struct slot *claimed(struct post_carrier *carrier, struct rlc_smtp_claim claim)
{
    assert_in_range(claim.slot, 0, carrier->carrier.connections - 1);
    assert_int_equal(carrier->slots[claim.slot].state, SLOT_CLAIMED);
    return &carrier->slots[claim.slot];
}

static enum rlc_status claim(struct carrier *base, struct rlc_span to,
                             struct rlc_smtp_claim *ret_claim, int64_t *ret_wait_ms,
                             struct rlc_error *reterr)
{
    struct post_carrier *carrier = carrier_of(base);
    struct slot *slot = slot_in(carrier, SLOT_FREE);

    (void)to;
    if (!slot) {
        *ret_wait_ms = RLC_SMTP_WAIT_FOR_RESULT;
        return rlc_error_set(reterr, RLC_RETRY, "post", 0, "no connection is free");
    }
    slot->state = SLOT_CLAIMED;
    ret_claim->slot = (int32_t)(slot - carrier->slots);
    return RLC_OK;
}

static void release(struct carrier *base, struct rlc_smtp_claim claim)
{
    claimed(carrier_of(base), claim)->state = SLOT_FREE;
}

static enum rlc_status submit(struct carrier *base, struct rlc_smtp_claim claim,
                              const struct rlc_smtp_mail *mail, struct rlc_error *reterr)
{
    struct post_carrier *carrier = carrier_of(base);
    struct slot *slot = claimed(carrier, claim);
    enum rlc_status status = rlc_smtp_mail_check(mail, reterr);

    slot->state = status == RLC_OK ? SLOT_SUBMITTED : SLOT_FREE;
    slot->mail = *mail;
    slot->turn = carrier->turn + carrier->post->begins_after;
    return status;
}

/* Who asks takes all results there are; then the next turn begins. */
static bool collect(struct carrier *base, struct rlc_smtp_result *ret_result)
{
    struct post_carrier *carrier = carrier_of(base);
    struct slot *slot = slot_in(carrier, SLOT_DONE);

    if (!slot) {
        take_turn(carrier);
        return false;
    }
    *ret_result = slot->result;
    ret_result->id = slot->mail.id;
    slot->state = SLOT_FREE;
    return true;
}

static void close_carrier(struct carrier *base)
{
    struct post_carrier *carrier = carrier_of(base);
    struct post *post = carrier->post;
    struct random random = { post->random };

    for (size_t i = 0; i < base->connections; i++) {
        struct slot *slot = &carrier->slots[i];

        if (slot->state != SLOT_SUBMITTED && slot->state != SLOT_LEAVING)
            continue;
        if (random_below(&random, 2) && (slot->state == SLOT_LEAVING || may_begin(post, slot)) &&
            FATES[fate_of(post, slot->mail.to)].arrives) {
            arrive(post, &slot->mail);
            post->orphans_arrived++;
        } else {
            post->orphans_lost++;
        }
    }
    post->random = random.state;
    free(carrier);
}

struct carrier *post_carrier(struct post *post)
{
    static const struct carrier_ops OPS = { claim, release, submit, collect, close_carrier };
    struct post_carrier *carrier = calloc(1, sizeof(*carrier));

    assert_non_null(carrier);
    assert_true(post->connections <= CONNECTIONS_MAX);
    carrier->carrier = (struct carrier){ &OPS, post->connections };
    carrier->post = post;
    return &carrier->carrier;
}

/* ---- the post ---- */

void post_open(struct post *post, struct rlc_clock clock, uint64_t seed)
{
    *post = (struct post){ .clock = clock,
                           .random = seed,
                           .connections = CONNECTIONS,
                           .begins_after = BEGINS_AFTER,
                           .ends_after = ENDS_AFTER };
}

void post_close(struct post *post)
{
    free(post->mails);
    post->mails = NULL;
}

void post_rule(struct post *post, const char *to, enum post_fate fate)
{
    struct post_rule *rule = &post->rules[post->rule_count++];

    assert_true(post->rule_count <= RLC_COUNT(post->rules));
    assert_true(strlen(to) < sizeof(rule->to));
    (void)snprintf(rule->to, sizeof(rule->to), "%s", to);
    rule->fate = fate;
}
