/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/legal_bench.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

#include "common/runtime/bundles.h"

#include "state.h"

#define OUTPUTS_MAX  512
#define MEMORY_BYTES ((size_t)32 << 20)
#define NOON_MS      (720 * RLC_MINUTE_MS)

static const char *const DOCUMENTS[] = { "F-1", "F-2" };
static const int64_t OWED[] = { 100000, 50000 };

const struct rlc_creditor_setting LEGAL_BENCH_LIVE = { .mode = RLC_CREDITOR_MODE_LIVE,
                                                       .ramp_ppm = 1000000 };

struct legal_bench {
    struct rlc_arena arena;
    struct rlc_overlay overlay;
    struct legal_world world;
    const struct legal_policy *policy;
    rlc_ms now_ms;
    const struct legal_output *output[OUTPUTS_MAX];
    size_t output_count;
    uint32_t commands;
    uint32_t said;
    int64_t sent; /* messages: each has a cause of its own */
    struct legal_key key;
    struct legal_key scope_key;
    uint8_t *memory;
};

static const struct legal_policy *policy_of(void *context, const struct rlc_hash *bundle_hash)
{
    const struct legal_bench *bench = context;

    (void)bundle_hash;
    return bench->policy;
}

/* Stands in for Ed25519: the core only asks whether it holds. */
static bool verify(const uint8_t public_key[LEGAL_PUBLIC_KEY_SIZE],
                   const struct rlc_envelope *envelope, const struct rlc_command *command)
{
    (void)envelope;
    return command->signature.size == 2 && command->signature.data[0] == LEGAL_BENCH_SEAL &&
           command->signature.data[1] == public_key[0];
}

struct legal_bench *legal_bench_new(const struct legal_policy *policy)
{
    struct legal_bench *bench = calloc(1, sizeof(*bench));

    assert_non_null(bench);
    bench->memory = malloc(MEMORY_BYTES);
    assert_non_null(bench->memory);
    rlc_arena_init(&bench->arena, bench->memory, MEMORY_BYTES);
    assert_true(rlc_overlay_init(&bench->overlay, &bench->arena, 4));
    bench->policy = policy;
    bench->world = (struct legal_world){
        .context = bench, .policy = policy_of, .sha256 = rlc_sha256, .verify = verify
    };
    bench->now_ms = legal_bench_day("2026-04-01") * RLC_DAY_MS + NOON_MS;
    legal_key_case(rlc_span_of("acme/C-1"), rlc_span_of(LEGAL_BENCH_CASE), &bench->key);
    legal_key_scope(rlc_span_of("acme"), &bench->scope_key);
    legal_bench_scope(
        bench,
        &(struct rlc_scope){ .revision = 1, .creditors = &LEGAL_BENCH_LIVE, .creditor_count = 1 });
    return bench;
}

void legal_bench_free(struct legal_bench *bench)
{
    free(bench->memory);
    free(bench);
}

rlc_day legal_bench_day(const char *text)
{
    rlc_day day = RLC_DAY_NONE;

    assert_true(rlc_day_parse(rlc_span_of(text), &day));
    return day;
}

struct rlc_case_record *legal_bench_case(struct legal_bench *bench)
{
    return rlc_overlay_find(&bench->overlay, bench->key.span)
               ? rlc_overlay_get(&bench->overlay, bench->key.span)
               : NULL;
}

/* A record as it is read back from its stored form. */
static void *stored_form(struct legal_bench *bench, struct rlc_span key, const void *record)
{
    struct rlc_span bytes = legal_state_encode(key, record, &bench->arena);
    void *stored;

    assert_non_null(bytes.data);
    stored = legal_state_decode(key, bytes, &bench->arena);
    assert_non_null(stored);
    assert_true(rlc_span_equal(bytes, legal_state_encode(key, stored, &bench->arena)));
    return stored;
}

/* What is decided next stands on what was written. */
static void store(struct legal_bench *bench)
{
    struct rlc_case_record *record = legal_bench_case(bench);

    if (record)
        *record = *(struct rlc_case_record *)stored_form(bench, bench->key.span, record);
}

/* The record of the key is known from now on. */
static void want(struct legal_bench *bench, struct rlc_span key)
{
    struct rlc_slot *slot;

    (void)rlc_overlay_want(&bench->overlay, key);
    slot = rlc_overlay_find(&bench->overlay, key);
    if (slot->state == RLC_SLOT_WANTED)
        rlc_overlay_found(&bench->overlay, slot, (struct rlc_span){ NULL, 0 }, NULL);
}

void legal_bench_scope(struct legal_bench *bench, const struct rlc_scope *scope)
{
    struct rlc_legal_inbox message = { .kind = RLC_LEGAL_INBOX_KIND_SCOPE_CHANGED,
                                       .envelope.tenant = rlc_span_of("acme"),
                                       .scope_changed = *scope };
    struct legal_outputs outputs;
    struct rlc_known_scope *known;

    want(bench, bench->scope_key.span);
    legal_decide(&bench->world, &message, bench->now_ms, &bench->overlay, &outputs);
    assert_null(outputs.first);
    known = rlc_overlay_get(&bench->overlay, bench->scope_key.span);
    *known = *(struct rlc_known_scope *)stored_form(bench, bench->scope_key.span, known);
}

static void keep(struct legal_bench *bench, const struct legal_outputs *outputs)
{
    for (const struct legal_output *output = outputs->first; output; output = output->next) {
        assert_true(bench->output_count < OUTPUTS_MAX);
        assert_int_equal(output->number, output->number ? ++bench->said : 0);
        bench->output[bench->output_count++] = output;
    }
    store(bench);
}

void legal_bench_until(struct legal_bench *bench, const char *day)
{
    rlc_ms end_ms = legal_bench_day(day) * RLC_DAY_MS + NOON_MS;
    const struct rlc_case_record *record = legal_bench_case(bench);

    while (record && record->wake_ms != RLC_MS_NONE && record->wake_ms <= end_ms) {
        struct legal_outputs outputs;

        assert_true(record->wake_ms > bench->now_ms);
        bench->now_ms = record->wake_ms;
        legal_due(&bench->world, bench->key.span, bench->now_ms, &bench->overlay, &outputs);
        keep(bench, &outputs);
        record = legal_bench_case(bench);
    }
    bench->now_ms = end_ms;
}

void legal_bench_send(struct legal_bench *bench, struct rlc_legal_inbox *message)
{
    struct legal_outputs outputs;

    message->envelope.tenant = rlc_span_of("acme");
    message->envelope.debtor = rlc_span_of("C-1");
    message->envelope.creditor = rlc_span_of("FR");
    message->envelope.causation.at =
        (struct rlc_coordinates){ rlc_span_of("debtor-events"), 1, ++bench->sent };
    want(bench, bench->key.span);
    legal_decide(&bench->world, message, bench->now_ms, &bench->overlay, &outputs);
    keep(bench, &outputs);
}

static struct rlc_claim_line line_of(const char *document, int64_t principal, int64_t disputed)
{
    struct rlc_claim_line line = { .document = rlc_span_of(document),
                                   .number = rlc_span_of(document),
                                   .due_on = legal_bench_day("2026-03-31"),
                                   .principal = { .minor = principal, .currency = "EUR" },
                                   .terms_version = rlc_span_of("2026") };

    if (disputed > 0)
        line.disputed = (struct rlc_money){ .minor = disputed, .currency = "EUR" };
    return line;
}

/* The later document first: the core sorts. */
void legal_bench_refer(struct legal_bench *bench, const char *procedure, const char *notice_on)
{
    struct rlc_claim_line lines[RLC_COUNT(DOCUMENTS)];
    struct rlc_proof proofs[RLC_COUNT(DOCUMENTS)];
    struct rlc_legal_inbox message = { .kind = RLC_LEGAL_INBOX_KIND_CASE_REFERRED };

    for (size_t i = 0; i < RLC_COUNT(DOCUMENTS); i++) {
        size_t from = RLC_COUNT(DOCUMENTS) - 1 - i;

        lines[i] = line_of(DOCUMENTS[from], OWED[from], 0);
        proofs[i] =
            (struct rlc_proof){ .kind = RLC_PROOF_KIND_FORMAL_NOTICE,
                                .document = lines[i].document,
                                .content_hash = { { 7, (uint8_t)from } },
                                .dated_on = notice_on ? legal_bench_day(notice_on) : RLC_DAY_NONE };
    }
    message.case_referred =
        (struct rlc_case_referred){ .case_id = rlc_span_of(LEGAL_BENCH_CASE),
                                    .procedure = rlc_span_of(procedure),
                                    .claim = { .computed_on = (rlc_day)(bench->now_ms / RLC_DAY_MS),
                                               .lines = lines,
                                               .line_count = RLC_COUNT(lines),
                                               .proofs = proofs,
                                               .proof_count = notice_on ? RLC_COUNT(proofs) : 0 },
                                    .debtor = { .status = RLC_PARTY_STATUS_ACTIVE,
                                                .country = rlc_span_of("FR") },
                                    .segment = rlc_span_of("large") };
    legal_bench_send(bench, &message);
}

void legal_bench_change(struct legal_bench *bench, const char *document, int64_t principal,
                        int64_t disputed, const char *reason)
{
    struct rlc_claim_line line = line_of(document, principal, disputed);
    struct rlc_legal_inbox message = {
        .kind = RLC_LEGAL_INBOX_KIND_CLAIM_CHANGED,
        .claim_changed = { .case_id = rlc_span_of(LEGAL_BENCH_CASE),
                           .claim = { .computed_on = (rlc_day)(bench->now_ms / RLC_DAY_MS),
                                      .lines = &line,
                                      .line_count = 1 },
                           .document = rlc_span_of(document),
                           .reason = rlc_span_of(reason) }
    };

    legal_bench_send(bench, &message);
}

struct rlc_command legal_bench_approval(struct legal_bench *bench, const char *actor, char key,
                                        const char *act)
{
    char *seal = rlc_arena_alloc(&bench->arena, 2);

    assert_non_null(seal);
    seal[0] = LEGAL_BENCH_SEAL;
    seal[1] = key;
    return (struct rlc_command){ .kind = RLC_COMMAND_KIND_APPROVE,
                                 .actor = rlc_span_of(actor),
                                 .signing_key = rlc_span_of("k1"),
                                 .signature = rlc_span_from(seal, 2),
                                 .approve = { .case_id = rlc_span_of(LEGAL_BENCH_CASE),
                                              .act = rlc_span_of(act),
                                              .claim_hash =
                                                  legal_bench_case(bench)->claim.claim_hash } };
}

void legal_bench_command(struct legal_bench *bench, const struct rlc_command *command)
{
    static const char *const IDS[] = { "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9" };
    struct rlc_legal_inbox message = { .kind = RLC_LEGAL_INBOX_KIND_COMMAND_ROUTED,
                                       .command_routed = *command };

    message.command_routed.command = rlc_span_of(IDS[bench->commands++ % RLC_COUNT(IDS)]);
    legal_bench_send(bench, &message);
}

void legal_bench_record(struct legal_bench *bench, const char *act, const char *on)
{
    legal_bench_command(
        bench, &(struct rlc_command){ .kind = RLC_COMMAND_KIND_RECORD_ACT,
                                      .actor = rlc_span_of("clerk"),
                                      .record_act = { .case_id = rlc_span_of(LEGAL_BENCH_CASE),
                                                      .act = rlc_span_of(act),
                                                      .on = legal_bench_day(on) } });
}

static void answer(struct legal_bench *bench, enum rlc_outcome_result result, uint32_t occurrence,
                   struct rlc_hash content_hash)
{
    struct rlc_legal_inbox message = { .kind = RLC_LEGAL_INBOX_KIND_CONTACT_ANSWERED,
                                       .contact_answered = { .case_id =
                                                                 rlc_span_of(LEGAL_BENCH_CASE),
                                                             .occurrence = occurrence,
                                                             .result = result,
                                                             .content_hash = content_hash,
                                                             .answered_at_ms = bench->now_ms } };

    legal_bench_send(bench, &message);
}

void legal_bench_answer(struct legal_bench *bench, enum rlc_outcome_result result,
                        uint32_t occurrence)
{
    answer(bench, result, occurrence, (struct rlc_hash){ { 8 } });
}

void legal_bench_answer_unkept(struct legal_bench *bench, uint32_t occurrence)
{
    answer(bench, RLC_OUTCOME_RESULT_ACCEPTED, occurrence, (struct rlc_hash){ { 0 } });
}

void legal_bench_file_claim(struct legal_bench *bench, const struct rlc_hash *claim_hash)
{
    struct rlc_look_taken look = { .watermark = 41 };
    struct legal_outputs outputs;

    legal_file(&bench->world, bench->key.span, claim_hash, &look, bench->now_ms, &bench->overlay,
               &outputs);
    keep(bench, &outputs);
}

void legal_bench_file(struct legal_bench *bench)
{
    struct rlc_hash hash = legal_bench_case(bench)->claim.claim_hash;

    legal_bench_file_claim(bench, &hash);
}

int64_t legal_bench_sent(const struct legal_bench *bench)
{
    return bench->sent;
}

size_t legal_bench_count(struct legal_bench *bench, enum rlc_audit_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < bench->output_count; i++)
        count += bench->output[i]->kind == kind;
    return count;
}

const struct legal_output *legal_bench_last(struct legal_bench *bench, enum rlc_audit_kind kind)
{
    for (size_t i = bench->output_count; i > 0; i--) {
        if (bench->output[i - 1]->kind == kind)
            return bench->output[i - 1];
    }
    return NULL;
}

size_t legal_bench_milestones(struct legal_bench *bench, const char *code)
{
    size_t count = 0;

    for (size_t i = 0; i < bench->output_count; i++)
        count += bench->output[i]->kind == RLC_AUDIT_KIND_CASE_MOVED &&
                 rlc_span_equal(bench->output[i]->case_moved.code, rlc_span_of(code));
    return count;
}
