/* SPDX-License-Identifier: Apache-2.0 */
/* What the notifier decides: every request is written down, leads to one answer and is forgotten
 * with it; no mail without an attempt before it; what comes too late changes nothing. */
#include "core/notifier.h"

#include <string.h>

#include "tests/support/check.h"

#define NOW_MS    1700000000000
#define DEBTOR    "acme/C-1"
#define PARTS     3 /* of the request with an annex */
#define DEFER_MS  900000
#define MESSAGE   "<0102@creditor.example>"
#define WATERMARK 77

static const struct rlc_action_id ACTION = { { 1, 2, 3 } };
static const struct rlc_action_id OWNER = { { 9 } };
static const struct rlc_action_id NOBODY = { { 0 } };

struct bench {
    uint8_t memory[1 << 20];
    struct rlc_arena arena;
    struct rlc_overlay overlay;
    struct notifier_decision decision; /* the last one */
    struct rlc_contact_request request;
    struct rlc_recipient recipient;
    struct rlc_line line[PARTS];
};

static int open_bench(void **state)
{
    static struct bench bench;

    memset(&bench, 0, sizeof(bench));
    rlc_arena_init(&bench.arena, bench.memory, sizeof(bench.memory));
    assert_true(rlc_overlay_init(&bench.overlay, &bench.arena, 4));
    bench.recipient.number = 4;
    for (size_t i = 0; i < PARTS; i++) {
        bench.line[i] = (struct rlc_line){ .creditor = rlc_span_of("FR"),
                                           .document = rlc_span_from("F0F1F2" + 2 * i, 2),
                                           .open = { 100 * ((int64_t)i + 1), "EUR" } };
    }
    bench.request = (struct rlc_contact_request){
        .envelope = { .tenant = rlc_span_of("acme"), .debtor = rlc_span_of("C-1") },
        .body = { .action = ACTION,
                  .request_number = 2,
                  .part_count = 1,
                  .channel = RLC_CHANNEL_EMAIL,
                  .recipients = &bench.recipient,
                  .recipient_count = 1,
                  .lines = &bench.line[0],
                  .line_count = 1 },
    };
    *state = &bench;
    return 0;
}

static struct rlc_span key_of_contact(void)
{
    static struct notifier_key key;

    notifier_key_contact(rlc_span_of(DEBTOR), &ACTION, &key);
    return key.span;
}

static struct rlc_span key_of_annex(uint32_t part)
{
    static struct notifier_key key;

    notifier_key_annex(rlc_span_of(DEBTOR), &ACTION, part, &key);
    return key.span;
}

/* What the loop does for a core that names its records: nothing of them is in the store. */
static void read_wanted(struct bench *bench)
{
    for (struct rlc_slot *slot = bench->overlay.first; slot; slot = slot->next) {
        if (slot->state == RLC_SLOT_WANTED)
            rlc_overlay_found(&bench->overlay, slot, (struct rlc_span){ NULL, 0 }, NULL);
    }
}

static void take(struct bench *bench)
{
    struct notifier_arrival arrival = { .request = &bench->request,
                                        .at = { rlc_span_of("contact-requests"), 3, 40 },
                                        .record_hash = { { 5 } } };

    notifier_keys_of_request(&bench->request, &bench->overlay);
    read_wanted(bench);
    bench->decision = (struct notifier_decision){ .overlay = &bench->overlay, .now_ms = NOW_MS };
    notifier_take(&arrival, &bench->decision);
}

static void take_part(struct bench *bench, uint32_t part)
{
    bench->request.body.part = part;
    bench->request.body.lines = &bench->line[part];
    take(bench);
    bench->request.body.part = 0;
}

/* A request of several parts, all of them here. */
static void take_parts(struct bench *bench)
{
    bench->request.body.part_count = PARTS;
    for (uint32_t part = 0; part < PARTS; part++)
        take_part(bench, part);
}

static void move(struct bench *bench, struct notifier_local local)
{
    local.debtor = rlc_span_of(DEBTOR);
    local.action = ACTION;
    if (!local.request_number)
        local.request_number = 2;
    notifier_keys_of_local(&local, &bench->overlay);
    read_wanted(bench);
    notifier_keys_of_local(&local, &bench->overlay);
    assert_int_equal(bench->overlay.wanted, 0);
    bench->decision =
        (struct notifier_decision){ .overlay = &bench->overlay, .now_ms = NOW_MS + 500 };
    notifier_move(&local, &bench->decision);
}

static void look_says_send(struct bench *bench)
{
    move(bench, (struct notifier_local){ .kind = RLC_LOCAL_EVENT_KIND_LOOK_FINISHED,
                                         .look = { .watermark = WATERMARK, .asked_at_ms = NOW_MS },
                                         .owner = OWNER,
                                         .message_id = rlc_span_of(MESSAGE),
                                         .content_hash = { { 6 } },
                                         .address_digest = { { 7 } } });
}

static void look_returns(struct bench *bench, enum rlc_return_reason reason)
{
    move(bench, (struct notifier_local){ .kind = RLC_LOCAL_EVENT_KIND_LOOK_FINISHED,
                                         .reason = reason,
                                         .contact_number = 4,
                                         .look = { .watermark = WATERMARK },
                                         .detail = rlc_span_of("why") });
}

static void transfer_ends(struct bench *bench, enum rlc_outcome_result result)
{
    move(bench, (struct notifier_local){ .kind = RLC_LOCAL_EVENT_KIND_TRANSFER_FINISHED,
                                         .result = result,
                                         .defer_ms = DEFER_MS,
                                         .contact_number = 4,
                                         .code = rlc_span_of("250 2.0.0") });
}

static void owner_changes(struct bench *bench)
{
    move(bench, (struct notifier_local){ .kind = RLC_LOCAL_EVENT_KIND_OWNER_CHANGED });
}

static const struct rlc_waiting_contact *contact(struct bench *bench)
{
    return rlc_overlay_get(&bench->overlay, key_of_contact());
}

static const struct notifier_output *only_output(struct bench *bench, enum rlc_audit_kind kind)
{
    assert_int_equal(bench->decision.output_count, 1);
    assert_int_equal(bench->decision.output[0].kind, kind);
    return &bench->decision.output[0];
}

static void assert_no_effect(struct bench *bench)
{
    assert_false(bench->decision.decided);
    assert_false(bench->decision.stays);
    assert_int_equal(bench->decision.output_count, 0);
}

/* Nothing is left of the contact, nor of its annex. */
static void assert_forgotten(struct bench *bench)
{
    for (struct rlc_slot *slot = bench->overlay.first; slot; slot = slot->next)
        assert_int_not_equal(slot->state, RLC_SLOT_PRESENT);
}

static bool same(const struct rlc_action_id *a, const struct rlc_action_id *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

/* ---- requests ---- */

static void a_request_is_written_down_and_waits_for_its_look(void **state)
{
    struct bench *bench = *state;

    take(bench);
    assert_true(bench->decision.stays);
    assert_null(bench->decision.fault);
    assert_int_equal(bench->decision.output_count, 0);
    assert_int_equal(contact(bench)->format, NOTIFIER_FORMAT);
    assert_int_equal(contact(bench)->phase, RLC_CONTACT_PHASE_WAITING);
    assert_int_equal(contact(bench)->parts, 1);
    assert_int_equal(contact(bench)->at.offset, 40);
    assert_int_equal(contact(bench)->record_hash.bytes[0], 5);
    assert_int_equal(contact(bench)->request.body.request_number, 2);
    assert_true(rlc_overlay_find(&bench->overlay, key_of_contact())->dirty);
}

static void a_request_for_another_channel_is_returned_at_once(void **state)
{
    struct bench *bench = *state;
    const struct rlc_returned *returned;

    bench->request.body.channel = RLC_CHANNEL_SMS;
    take(bench);
    returned = &only_output(bench, RLC_AUDIT_KIND_CONTACT_RETURNED)->returned;
    assert_int_equal(returned->reason, RLC_RETURN_REASON_NO_CHANNEL);
    assert_int_equal(returned->request_number, 2);
    assert_true(same(&returned->action, &ACTION));
    assert_int_equal(returned->contact_number, 0);
    assert_false(bench->decision.stays);
    assert_forgotten(bench);
}

static void a_request_to_nobody_is_returned_at_once(void **state)
{
    struct bench *bench = *state;

    bench->request.body.recipient_count = 0;
    take(bench);
    assert_int_equal(only_output(bench, RLC_AUDIT_KIND_CONTACT_RETURNED)->returned.reason,
                     RLC_RETURN_REASON_BAD_ADDRESS);
    assert_forgotten(bench);
}

static void what_was_returned_at_once_has_no_annex(void **state)
{
    struct bench *bench = *state;

    bench->request.body.channel = RLC_CHANNEL_SMS;
    bench->request.body.part_count = 2;
    take_part(bench, 0);
    assert_int_equal(bench->decision.output_count, 1);
    take_part(bench, 1);
    assert_null(bench->decision.fault);
    assert_no_effect(bench);
    assert_forgotten(bench);
}

static void a_contact_that_is_under_way_is_not_asked_for_again(void **state)
{
    struct bench *bench = *state;

    take(bench);
    bench->request.body.request_number = 3;
    take(bench);
    assert_non_null(bench->decision.fault);
    assert_no_effect(bench);
    assert_int_equal(contact(bench)->request.body.request_number, 2);
}

static void the_look_waits_for_the_last_part(void **state)
{
    struct bench *bench = *state;

    bench->request.body.part_count = PARTS;
    for (uint32_t part = 0; part < PARTS; part++) {
        take_part(bench, part);
        assert_null(bench->decision.fault);
        assert_int_equal(bench->decision.stays, part == PARTS - 1);
        assert_int_equal(bench->decision.output_count, 0);
        assert_int_equal(contact(bench)->parts, part + 1);
    }
    for (uint32_t part = 1; part < PARTS; part++) {
        const struct rlc_waiting_annex *annex =
            rlc_overlay_get(&bench->overlay, key_of_annex(part));

        assert_int_equal(annex->format, NOTIFIER_FORMAT);
        assert_int_equal(annex->line_count, 1);
        assert_int_equal(annex->lines->open.minor, 100 * (part + 1));
    }
}

static void a_part_out_of_order_is_refused_and_changes_nothing(void **state)
{
    static const uint32_t wrong[] = { 2, 3, 9 };
    struct bench *bench = *state;

    bench->request.body.part_count = PARTS;
    take_part(bench, 0);
    for (size_t i = 0; i < RLC_COUNT(wrong); i++) {
        bench->line[2].document = rlc_span_of("F9");
        bench->request.body.part = wrong[i];
        take(bench);
        assert_non_null(bench->decision.fault);
        assert_no_effect(bench);
        assert_int_equal(contact(bench)->parts, 1);
        assert_null(rlc_overlay_find(&bench->overlay, key_of_annex(wrong[i])));
    }
    take_part(bench, 1);
    assert_null(bench->decision.fault);
    take_part(bench, 1);
    assert_non_null(bench->decision.fault);
    assert_int_equal(contact(bench)->parts, 2);
}

static void a_part_beyond_the_last_is_refused(void **state)
{
    struct bench *bench = *state;

    take(bench);
    take_part(bench, 1);
    assert_non_null(bench->decision.fault);
    assert_no_effect(bench);
    assert_int_equal(contact(bench)->parts, 1);
}

static void a_part_of_another_request_is_passed_over(void **state)
{
    struct bench *bench = *state;

    bench->request.body.part_count = PARTS;
    take_part(bench, 0);
    bench->request.body.request_number = 1;
    take_part(bench, 1);
    assert_null(bench->decision.fault);
    assert_no_effect(bench);
    assert_int_equal(contact(bench)->parts, 1);
}

static void a_request_of_too_many_parts_is_refused(void **state)
{
    struct bench *bench = *state;

    bench->request.body.part_count = NOTIFIER_PARTS_MAX + 1;
    take(bench);
    assert_non_null(bench->decision.fault);
    assert_no_effect(bench);
    assert_forgotten(bench);
    bench->request.body.part_count = NOTIFIER_PARTS_MAX;
    take(bench);
    assert_null(bench->decision.fault);
    assert_non_null(contact(bench));
}

/* ---- the look ---- */

static void a_look_that_says_send_writes_the_attempt_down(void **state)
{
    struct bench *bench = *state;
    const struct rlc_attempted *attempted;

    take(bench);
    look_says_send(bench);
    assert_true(bench->decision.decided);
    attempted = &only_output(bench, RLC_AUDIT_KIND_ATTEMPTED)->attempted;
    assert_true(same(&attempted->action, &ACTION));
    assert_int_equal(attempted->request_number, 2);
    assert_int_equal(attempted->part, 0);
    assert_int_equal(attempted->channel, RLC_CHANNEL_EMAIL);
    assert_true(rlc_span_equal(attempted->message_id, rlc_span_of(MESSAGE)));
    assert_int_equal(attempted->content_hash.bytes[0], 6);
    assert_int_equal(attempted->recipient_digest.bytes[0], 7);
    assert_int_equal(attempted->attempted_at_ms, NOW_MS + 500);
    assert_int_equal(attempted->look.watermark, WATERMARK);
    assert_int_equal(attempted->line_count, 1);
    assert_true(rlc_span_equal(attempted->lines->creditor, rlc_span_of("FR")));
    assert_true(rlc_span_equal(attempted->lines->document, rlc_span_of("F0")));
    assert_int_equal(attempted->lines->open.minor, 100);
    assert_int_equal(contact(bench)->phase, RLC_CONTACT_PHASE_ATTEMPTED);
    assert_true(same(&contact(bench)->owner, &OWNER));
    assert_int_equal(contact(bench)->attempted_at_ms, NOW_MS + 500);
}

static void an_attempt_speaks_once_for_each_part_of_its_request(void **state)
{
    struct bench *bench = *state;

    take_parts(bench);
    look_says_send(bench);
    assert_int_equal(bench->decision.output_count, PARTS);
    for (uint32_t part = 0; part < PARTS; part++) {
        const struct rlc_attempted *attempted = &bench->decision.output[part].attempted;

        assert_int_equal(bench->decision.output[part].kind, RLC_AUDIT_KIND_ATTEMPTED);
        assert_int_equal(attempted->part, part);
        assert_int_equal(attempted->line_count, 1);
        assert_int_equal(attempted->lines->open.minor, 100 * (part + 1));
        assert_int_equal(attempted->content_hash.bytes[0], 6);
    }
}

static void a_look_with_a_reason_returns_the_request_and_forgets_it(void **state)
{
    struct bench *bench = *state;
    const struct rlc_returned *returned;

    take_parts(bench);
    look_returns(bench, RLC_RETURN_REASON_ACCOUNT_CHANGED);
    assert_true(bench->decision.decided);
    returned = &only_output(bench, RLC_AUDIT_KIND_CONTACT_RETURNED)->returned;
    assert_true(same(&returned->action, &ACTION));
    assert_int_equal(returned->request_number, 2);
    assert_int_equal(returned->reason, RLC_RETURN_REASON_ACCOUNT_CHANGED);
    assert_int_equal(returned->contact_number, 4);
    assert_int_equal(returned->look.watermark, WATERMARK);
    assert_true(rlc_span_equal(returned->detail, rlc_span_of("why")));
    assert_forgotten(bench);
}

/* ---- the transfer ---- */

static void every_result_of_a_transfer_is_the_outcome(void **state)
{
    static const enum rlc_outcome_result results[] = { RLC_OUTCOME_RESULT_ACCEPTED,
                                                       RLC_OUTCOME_RESULT_REFUSED,
                                                       RLC_OUTCOME_RESULT_DEFERRED,
                                                       RLC_OUTCOME_RESULT_UNKNOWN };
    struct bench *bench = *state;

    for (size_t i = 0; i < RLC_COUNT(results); i++) {
        const struct rlc_outcome *ended;

        take_parts(bench);
        look_says_send(bench);
        transfer_ends(bench, results[i]);
        assert_true(bench->decision.decided);
        ended = &only_output(bench, RLC_AUDIT_KIND_CONTACT_ENDED)->ended;
        assert_true(same(&ended->action, &ACTION));
        assert_int_equal(ended->request_number, 2);
        assert_int_equal(ended->result, results[i]);
        assert_int_equal(ended->until_ms, results[i] == RLC_OUTCOME_RESULT_DEFERRED
                                              ? NOW_MS + 500 + DEFER_MS
                                              : RLC_MS_NONE);
        assert_int_equal(ended->attempted_at_ms, NOW_MS + 500);
        assert_int_equal(ended->contact_number, 4);
        assert_true(rlc_span_equal(ended->code, rlc_span_of("250 2.0.0")));
        assert_true(rlc_span_equal(ended->message_id, rlc_span_of(MESSAGE)));
        assert_int_equal(ended->content_hash.bytes[0], 6);
        assert_int_equal(ended->look.watermark, WATERMARK);
        assert_forgotten(bench);
    }
}

static void an_attempt_of_which_nothing_left_waits_for_another_look(void **state)
{
    struct bench *bench = *state;
    const struct rlc_local_event *local;

    take_parts(bench);
    look_says_send(bench);
    transfer_ends(bench, RLC_OUTCOME_RESULT_UNSPECIFIED);
    assert_true(bench->decision.decided);
    assert_true(bench->decision.stays);
    local = &only_output(bench, RLC_AUDIT_KIND_LOCAL_EVENT)->local;
    assert_int_equal(local->event, RLC_LOCAL_EVENT_KIND_TRANSFER_FINISHED);
    assert_int_equal(local->result, RLC_OUTCOME_RESULT_UNSPECIFIED);
    assert_int_equal(local->at_ms, NOW_MS + 500);
    assert_int_equal(contact(bench)->phase, RLC_CONTACT_PHASE_WAITING);
    assert_true(same(&contact(bench)->owner, &NOBODY));
    assert_int_equal(contact(bench)->attempted_at_ms, RLC_MS_NONE);
    assert_int_equal(contact(bench)->message_id.size, 0);
    assert_int_equal(contact(bench)->content_hash.bytes[0], 0);
    assert_int_equal(contact(bench)->look.watermark, 0);
    look_says_send(bench);
    assert_int_equal(bench->decision.output_count, PARTS);
}

static void a_change_of_owner_leaves_the_outcome_unknown(void **state)
{
    struct bench *bench = *state;

    take_parts(bench);
    look_says_send(bench);
    owner_changes(bench);
    assert_true(bench->decision.decided);
    assert_int_equal(bench->decision.output_count, 2);
    assert_int_equal(bench->decision.output[0].kind, RLC_AUDIT_KIND_LOCAL_EVENT);
    assert_int_equal(bench->decision.output[0].local.event, RLC_LOCAL_EVENT_KIND_OWNER_CHANGED);
    assert_int_equal(bench->decision.output[1].kind, RLC_AUDIT_KIND_CONTACT_ENDED);
    assert_int_equal(bench->decision.output[1].ended.result, RLC_OUTCOME_RESULT_UNKNOWN);
    assert_true(rlc_span_equal(bench->decision.output[1].ended.message_id, rlc_span_of(MESSAGE)));
    assert_forgotten(bench);
}

/* ---- too late ---- */

static void a_contact_that_waits_is_moved_by_its_look_alone(void **state)
{
    struct bench *bench = *state;

    take(bench);
    transfer_ends(bench, RLC_OUTCOME_RESULT_ACCEPTED);
    assert_no_effect(bench);
    owner_changes(bench);
    assert_no_effect(bench);
    assert_int_equal(contact(bench)->phase, RLC_CONTACT_PHASE_WAITING);
}

static void a_look_at_a_contact_that_was_attempted_is_too_late(void **state)
{
    struct bench *bench = *state;

    take(bench);
    look_says_send(bench);
    look_says_send(bench);
    assert_no_effect(bench);
    look_returns(bench, RLC_RETURN_REASON_TOO_LATE);
    assert_no_effect(bench);
    assert_int_equal(contact(bench)->phase, RLC_CONTACT_PHASE_ATTEMPTED);
}

static void nothing_moves_a_contact_that_was_answered(void **state)
{
    struct bench *bench = *state;

    take(bench);
    look_returns(bench, RLC_RETURN_REASON_TOO_LATE);
    look_says_send(bench);
    assert_no_effect(bench);
    look_returns(bench, RLC_RETURN_REASON_TOO_LATE);
    assert_no_effect(bench);
    transfer_ends(bench, RLC_OUTCOME_RESULT_ACCEPTED);
    assert_no_effect(bench);
    owner_changes(bench);
    assert_no_effect(bench);
    assert_forgotten(bench);
}

static void an_event_of_an_earlier_request_moves_nothing(void **state)
{
    static const enum rlc_local_event_kind kinds[] = { RLC_LOCAL_EVENT_KIND_LOOK_FINISHED,
                                                       RLC_LOCAL_EVENT_KIND_TRANSFER_FINISHED,
                                                       RLC_LOCAL_EVENT_KIND_OWNER_CHANGED };
    struct bench *bench = *state;

    take(bench);
    for (size_t i = 0; i < RLC_COUNT(kinds); i++) {
        move(bench, (struct notifier_local){ .kind = kinds[i],
                                             .request_number = 1,
                                             .reason = RLC_RETURN_REASON_TOO_LATE,
                                             .result = RLC_OUTCOME_RESULT_ACCEPTED });
        assert_no_effect(bench);
        look_says_send(bench);
    }
    assert_int_equal(contact(bench)->phase, RLC_CONTACT_PHASE_ATTEMPTED);
}

/* ---- keys ---- */

static void a_local_event_names_the_contact_and_each_part_of_its_annex(void **state)
{
    struct bench *bench = *state;
    struct notifier_local local = { .debtor = rlc_span_of(DEBTOR), .action = ACTION };

    take_parts(bench);
    assert_true(rlc_overlay_init(&bench->overlay, &bench->arena, 4));
    notifier_keys_of_local(&local, &bench->overlay);
    assert_int_equal(bench->overlay.wanted, 1);
    rlc_overlay_found(&bench->overlay, rlc_overlay_find(&bench->overlay, key_of_contact()),
                      rlc_span_of("bytes"), &(struct rlc_waiting_contact){ .parts = PARTS });
    notifier_keys_of_local(&local, &bench->overlay);
    assert_int_equal(bench->overlay.wanted, PARTS - 1);
    assert_non_null(rlc_overlay_find(&bench->overlay, key_of_annex(1)));
    assert_non_null(rlc_overlay_find(&bench->overlay, key_of_annex(2)));
}

#define TEST(function) cmocka_unit_test_setup(function, open_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_request_is_written_down_and_waits_for_its_look),
        TEST(a_request_for_another_channel_is_returned_at_once),
        TEST(a_request_to_nobody_is_returned_at_once),
        TEST(what_was_returned_at_once_has_no_annex),
        TEST(a_contact_that_is_under_way_is_not_asked_for_again),
        TEST(the_look_waits_for_the_last_part),
        TEST(a_part_out_of_order_is_refused_and_changes_nothing),
        TEST(a_part_beyond_the_last_is_refused),
        TEST(a_part_of_another_request_is_passed_over),
        TEST(a_request_of_too_many_parts_is_refused),
        TEST(a_look_that_says_send_writes_the_attempt_down),
        TEST(an_attempt_speaks_once_for_each_part_of_its_request),
        TEST(a_look_with_a_reason_returns_the_request_and_forgets_it),
        TEST(every_result_of_a_transfer_is_the_outcome),
        TEST(an_attempt_of_which_nothing_left_waits_for_another_look),
        TEST(a_change_of_owner_leaves_the_outcome_unknown),
        TEST(a_contact_that_waits_is_moved_by_its_look_alone),
        TEST(a_look_at_a_contact_that_was_attempted_is_too_late),
        TEST(nothing_moves_a_contact_that_was_answered),
        TEST(an_event_of_an_earlier_request_moves_nothing),
        TEST(a_local_event_names_the_contact_and_each_part_of_its_annex),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
