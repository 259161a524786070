/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/filing_stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "common/memory/freshness_memory.h"
#include "common/runtime/approval.h"

#include "tests/support/check.h"

enum { MEMORY_SIZE = 1 << 22 };

static enum rlc_status look(struct rlc_view *view, int32_t partition, struct rlc_look *ret_look,
                            struct rlc_error *reterr)
{
    const struct filing_eye *eye = (struct filing_eye *)view;

    (void)partition;
    (void)reterr;
    *ret_look = (struct rlc_look){ .fence_present = true,
                                   .seen_present = true,
                                   .seen = { .seen = eye->seen } };
    memcpy(ret_look->fence.installation, eye->installation, RLC_UUID_SIZE);
    return RLC_OK;
}

static const struct rlc_view_ops EYE_OPS = { .look = look };

struct filing_stage filing_stage;
struct legal_authority filing_head;
static uint8_t memory[MEMORY_SIZE];
static struct rlc_arena arena;
static struct legal_policy policy;

/* ---- the stage ---- */

static const struct legal_policy *policy_of(void *context, const struct rlc_hash *bundle_hash)
{
    (void)context;
    (void)bundle_hash;
    return &policy;
}

static void *make(void *context)
{
    const struct rlc_catalog none = { .bundles = NULL };
    const struct filing_stage *made = context;
    struct legal_worker *worker = malloc(sizeof(*worker));

    assert_non_null(worker);
    assert_true(legal_worker_open(worker, &none, &made->looks));
    worker->shell.world.policy = policy_of;
    return worker;
}

static void unmake(void *context, void *self)
{
    (void)context;
    legal_worker_close(self);
    free(self);
}

/* The head's key, in a file as openssl writes it. */
static void make_key(void)
{
    const uint8_t seed[32] = { 5 };
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof(seed));
    size_t size = sizeof(filing_head.public_key);
    FILE *file;

    (void)strcpy(filing_stage.key_path, "/tmp/filing-XXXXXX");
    file = fdopen(mkstemp(filing_stage.key_path), "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(fclose(file), 0);
    filing_head = policy.authority[0];
    assert_int_equal(EVP_PKEY_get_raw_public_key(key, filing_head.public_key, &size), 1);
    EVP_PKEY_free(key);
    policy.authority = &filing_head;
    policy.authority_count = 1;
}

static void open_looks(void)
{
    static const char *const TOPICS[] = {
        [FILING_EVENTS] = "debtor-events", [FILING_INBOX] = "legal-inbox"
    };
    static const struct rlc_bus_config config = { .topics = TOPICS, .topic_count = 2 };
    struct legal_looks_config *looks = &filing_stage.looks;
    struct rlc_error error = { .text = "" };

    *looks = (struct legal_looks_config){ .events_topic = FILING_EVENTS,
                                          .inbox_topic = FILING_INBOX,
                                          .scenario = &filing_stage.scenario.view,
                                          .clock = filing_stage.world.clock,
                                          .partitions = filing_stage.world.partitions,
                                          .stepped = true };
    memcpy(looks->installation, filing_stage.world.facts.uuid, RLC_UUID_SIZE);
    memcpy(filing_stage.scenario.installation, filing_stage.world.facts.uuid, RLC_UUID_SIZE);
    assert_int_equal(rlc_memory_bus_open(filing_stage.world.broker, &config, &looks->bus, &error),
                     RLC_OK);
    assert_int_equal(rlc_memory_view_open(filing_stage.world.store, filing_stage.service.name,
                                          &looks->own, &error),
                     RLC_OK);
    looks->freshness = rlc_memory_freshness_open(filing_stage.world.store);
    assert_non_null(looks->freshness);
    assert_int_equal(looks->freshness->ops->expect(looks->freshness, NULL, 0, &error), RLC_OK);
}

void filing_stage_open(int64_t seen, uint32_t batch_max, uint64_t die_at)
{
    struct world_role role = { .service = &filing_stage.service,
                               .make = make,
                               .unmake = unmake,
                               .context = &filing_stage,
                               .processes = 1 };

    rlc_arena_init(&arena, memory, sizeof(memory));
    policy = legal_bench_rules();
    make_key();
    filing_stage.service = legal_worker_service();
    filing_stage.scenario = (struct filing_eye){ .view = { &EYE_OPS }, .seen = seen };
    world_open_roles(&filing_stage.world, &role, 1, 1);
    filing_stage.world.batch_max = batch_max;
    filing_stage.world.stepped = true;
    filing_stage.world.die_at = die_at;
    open_looks();
    world_start(&filing_stage.world, 0);
}

void filing_stage_close(void)
{
    for (size_t i = 0; i < filing_stage.world.process_count; i++)
        world_kill(&filing_stage.world, i);
    filing_stage.looks.freshness->ops->close(filing_stage.looks.freshness);
    filing_stage.looks.own->ops->close(filing_stage.looks.own);
    filing_stage.looks.bus->ops->close(filing_stage.looks.bus, true);
    world_close(&filing_stage.world);
    assert_int_equal(unlink(filing_stage.key_path), 0);
}

/* ---- what happens ---- */

void filing_stage_say(struct rlc_legal_inbox message)
{
    struct rlc_outgoing outgoing = { .topic = LEGAL_INBOX, .key = rlc_span_of(FILING_DEBTOR_KEY) };
    struct rlc_bus *tool = filing_stage.world.tool;
    struct rlc_error error = { .text = "" };

    message.envelope = (struct rlc_envelope){
        .tenant = rlc_span_of("acme"),
        .debtor = rlc_span_of("C-1"),
        .creditor = rlc_span_of("FR"),
        .source = rlc_span_of("scenario"),
        .occurred_at_ms = legal_bench_day(FILING_TODAY) * RLC_DAY_MS,
        .ingested_at_ms = legal_bench_day(FILING_TODAY) * RLC_DAY_MS,
    };
    if (message.kind == RLC_LEGAL_INBOX_KIND_SCOPE_CHANGED) {
        message.envelope.debtor = (struct rlc_span){ NULL, 0 };
        outgoing.key = message.envelope.tenant;
    }
    outgoing.value = rlc_legal_inbox_encode(&message, &arena);
    assert_non_null(outgoing.value.data);
    assert_int_equal(tool->ops->produce(tool, &outgoing, &error), RLC_OK);
}

/* The tenant's scope: every creditor live, and the switch. */
void filing_stage_switch(int64_t revision, bool on)
{
    filing_stage_say((struct rlc_legal_inbox){ .kind = RLC_LEGAL_INBOX_KIND_SCOPE_CHANGED,
                                               .scope_changed = { .revision = revision,
                                                                  .creditors = &LEGAL_BENCH_LIVE,
                                                                  .creditor_count = 1,
                                                                  .kill_switch = on } });
}

struct rlc_claim_line filing_stage_line(int64_t principal)
{
    return (struct rlc_claim_line){ .document = rlc_span_of("F-1"),
                                    .due_on = legal_bench_day("2026-03-01"),
                                    .principal = { .minor = principal, .currency = "EUR" } };
}

/* The claim as it is referred; its hash is that of the case. */
struct rlc_hash filing_stage_refer(void)
{
    const struct rlc_claim_line line = filing_stage_line(100000);
    const struct rlc_proof proof = { .kind = RLC_PROOF_KIND_FORMAL_NOTICE,
                                     .document = rlc_span_of("F-1"),
                                     .content_hash = { { 7 } },
                                     .dated_on = legal_bench_day("2026-03-10") };
    const struct rlc_claim claim = { .computed_on = legal_bench_day(FILING_TODAY),
                                     .lines = &line,
                                     .line_count = 1,
                                     .proofs = &proof,
                                     .proof_count = 1 };
    struct rlc_claim taken;

    filing_stage_switch(1, false);
    filing_stage_say((struct rlc_legal_inbox){
        .kind = RLC_LEGAL_INBOX_KIND_CASE_REFERRED,
        .case_referred = { .case_id = rlc_span_of(LEGAL_BENCH_CASE),
                           .procedure = rlc_span_of("order"),
                           .claim = claim,
                           .debtor = { .kind = RLC_PARTY_KIND_COMPANY,
                                       .status = RLC_PARTY_STATUS_ACTIVE,
                                       .country = rlc_span_of("FR"),
                                       .zone = rlc_span_of("Europe/Paris"),
                                       .language = rlc_span_of("fr") } } });
    claim_take(&claim, rlc_sha256, &arena, &taken);
    return taken.claim_hash;
}

void filing_stage_approve(struct rlc_hash claim_hash)
{
    const struct rlc_approval approval = { .kind = RLC_COMMAND_KIND_APPROVE,
                                           .tenant = rlc_span_of("acme"),
                                           .case_id = rlc_span_of(LEGAL_BENCH_CASE),
                                           .act = rlc_span_of("FILE"),
                                           .command = rlc_span_of("c1"),
                                           .actor = rlc_span_of("head"),
                                           .claim_hash = claim_hash };
    uint8_t signature[RLC_SIGNATURE_SIZE];
    struct rlc_error error = { .text = "" };

    assert_int_equal(rlc_approval_sign(&approval, filing_stage.key_path, signature, &error),
                     RLC_OK);
    filing_stage_say((struct rlc_legal_inbox){
        .kind = RLC_LEGAL_INBOX_KIND_COMMAND_ROUTED,
        .command_routed = { .command = approval.command,
                            .kind = RLC_COMMAND_KIND_APPROVE,
                            .actor = approval.actor,
                            .issued_at_ms = 1,
                            .signing_key = rlc_span_of("k1"),
                            .signature = rlc_span_from(signature, sizeof(signature)),
                            .approve = { .case_id = approval.case_id,
                                         .act = approval.act,
                                         .claim_hash = claim_hash } } });
}

void filing_stage_pay(int64_t left)
{
    const struct rlc_claim_line line = filing_stage_line(left);

    filing_stage_say((struct rlc_legal_inbox){
        .kind = RLC_LEGAL_INBOX_KIND_CLAIM_CHANGED,
        .claim_changed = { .case_id = rlc_span_of(LEGAL_BENCH_CASE),
                           .claim = { .computed_on = legal_bench_day(FILING_TODAY),
                                      .lines = &line,
                                      .line_count = 1 },
                           .document = line.document,
                           .reason = rlc_span_of("PAID") } });
}

static void see(void *context, const struct rlc_record *record)
{
    struct filings *filings = context;
    struct rlc_fault fault;

    assert_true(filings->count < RLC_COUNT(filings->filing));
    assert_true(rlc_span_equal(record->key, rlc_span_of(FILING_DEBTOR_KEY)));
    assert_int_equal(
        rlc_legal_filing_decode(record->value, &arena, &filings->filing[filings->count++], &fault),
        RLC_OK);
}

struct filings filing_stage_filings(void)
{
    struct filings filings = { .count = 0 };

    world_each(&filing_stage.world, world_topic(&filing_stage.world, "legal-filings"), see,
               &filings);
    return filings;
}
