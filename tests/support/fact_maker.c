/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/fact_maker.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/runtime/genesis.h"
#include "common/runtime/link.h"
#include "tests/support/check.h"

const uint8_t FACT_MAKER_INSTALLATION[RLC_UUID_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8 };

const enum rlc_fact_kind FACT_LIFE_KINDS[FACT_LIFE] = {
    RLC_FACT_KIND_RECEIVABLE_OPENED,  RLC_FACT_KIND_STEP_OPENED,       RLC_FACT_KIND_SUPPRESSED,
    RLC_FACT_KIND_CONTACT_REQUESTED,  RLC_FACT_KIND_CONTACT_OUTCOME,   RLC_FACT_KIND_STEP_CLOSED,
    RLC_FACT_KIND_RECEIVABLE_CHANGED, RLC_FACT_KIND_RECEIVABLE_CLOSED,
};

/* One hour between two facts, from 2026-01-05 on. */
#define FIRST_MS INT64_C(1767571200000)
#define STEP_MS  INT64_C(3600000)
#define FIRST_ON ((rlc_day)(FIRST_MS / RLC_DAY_MS))

void fact_maker_init(struct fact_maker *maker, int32_t partition)
{
    *maker = (struct fact_maker){ .partition = partition, .chain = { .sequence = 1 } };
    maker->chain.previous = rlc_genesis_head(FACT_MAKER_INSTALLATION, "scenario", partition);
}

struct rlc_span fact_maker_link(struct fact_maker *maker, struct rlc_debtor_fact *fact)
{
    struct rlc_arena arena;
    struct rlc_span bytes;
    struct rlc_hash leaf;

    rlc_arena_init(&arena, maker->memory, sizeof(maker->memory));
    fact->chain = maker->chain;
    bytes = rlc_debtor_fact_encode(fact, &arena);
    assert_non_null(bytes.data);
    leaf = rlc_sha256(bytes);
    maker->chain.previous = rlc_link_head(&maker->chain.previous, &leaf);
    maker->chain.sequence++;
    return bytes;
}

/* ---- a receivable's life ---- */

struct life {
    char debtor[32];
    char document[32];
    struct rlc_money total;
    struct rlc_money part;
    struct rlc_step_instance instance;
    struct rlc_action_id action;
    struct rlc_line line;
    struct rlc_total sum;
    struct rlc_account_part account;
};

static struct rlc_money euro(int64_t minor)
{
    return (struct rlc_money){ .minor = minor, .currency = "EUR" };
}

static void life_begin(struct life *life, const struct fact_maker *maker, uint64_t number)
{
    memset(life, 0, sizeof(*life));
    (void)snprintf(life->debtor, sizeof(life->debtor), "D%d-%" PRIu64, maker->partition,
                   number / 4);
    (void)snprintf(life->document, sizeof(life->document), "F%" PRIu64, number);
    life->total = euro(10000 + (int64_t)number % 9000);
    life->part = euro(2500);
    life->instance = (struct rlc_step_instance){ rlc_span_of(life->document),
                                                 rlc_span_of("standard"), rlc_span_of("d3"), 1 };
    memcpy(life->action.bytes, &number, sizeof(number));
    life->action.bytes[15] = (uint8_t)(1 + maker->partition);
    life->line = (struct rlc_line){ .document = rlc_span_of(life->document),
                                    .number = rlc_span_of(life->document),
                                    .issued_on = FIRST_ON,
                                    .due_on = FIRST_ON + 30,
                                    .total = life->total,
                                    .open = life->total,
                                    .instance = life->instance };
    life->sum = (struct rlc_total){ .open = life->total, .line_count = 1 };
    life->account = (struct rlc_account_part){ rlc_span_of("ACME-FR"), 1 };
}

static struct rlc_receivable_fact receivable(const struct life *life, struct rlc_money before,
                                             struct rlc_money open, enum rlc_receivable_cause cause)
{
    return (struct rlc_receivable_fact){
        .document = rlc_span_of(life->document),
        /* The last fact does not repeat it: what it leaves out must be gone. */
        .number = open.minor > 0 ? rlc_span_of(life->document) : (struct rlc_span){ NULL, 0 },
        .type = RLC_DOCUMENT_TYPE_INVOICE,
        .cause = cause,
        .total = life->total,
        .open_before = before,
        .open = open,
        .issued_on = FIRST_ON,
        .due_on = FIRST_ON + 30,
        .value_on = cause == RLC_RECEIVABLE_CAUSE_ISSUED ? FIRST_ON + 1
                    : open.minor > 0                     ? FIRST_ON + 40
                                                         : FIRST_ON + 50,
        .revision = 1,
    };
}

static struct rlc_contact_body request(const struct life *life, rlc_ms at_ms)
{
    return (struct rlc_contact_body){
        .action = life->action,
        .request_number = 1,
        .part_count = 1,
        .scenario = rlc_span_of("standard"),
        .step = rlc_span_of("d3"),
        .occurrence = 1,
        .channel_ordinal = 1,
        .channel = RLC_CHANNEL_EMAIL,
        .tone = RLC_TONE_FRIENDLY,
        .template_name = rlc_span_of("reminder"),
        .sender = rlc_span_of("acme"),
        .language = rlc_span_of("fr"),
        .zone = rlc_span_of("Europe/Paris"),
        .unknown_policy = RLC_UNKNOWN_POLICY_ASK_AGAIN,
        .decided_at_ms = at_ms,
        .not_after_ms = at_ms + RLC_DAY_MS,
        .as_of_on = FIRST_ON + 33,
        .accounts = &life->account,
        .account_count = 1,
        .lines = &life->line,
        .line_count = 1,
        .totals = &life->sum,
        .total_count = 1,
    };
}

static void fill(struct rlc_debtor_fact *fact, const struct life *life)
{
    switch ((int)fact->kind) {
    case RLC_FACT_KIND_RECEIVABLE_OPENED:
        fact->receivable_opened =
            receivable(life, (struct rlc_money){ 0 }, life->total, RLC_RECEIVABLE_CAUSE_ISSUED);
        break;
    case RLC_FACT_KIND_STEP_OPENED:
        fact->step_opened = (struct rlc_step_opened){ life->instance, FIRST_ON + 33, life->total };
        break;
    case RLC_FACT_KIND_SUPPRESSED:
        fact->suppressed = (struct rlc_suppressed){ .instance = life->instance,
                                                    .reason = RLC_SUPPRESSION_CAP,
                                                    .rule = rlc_span_of("cap.week"),
                                                    .next_at_ms = fact->decided_at_ms + 1 };
        break;
    case RLC_FACT_KIND_CONTACT_REQUESTED:
        fact->contact_requested = request(life, fact->decided_at_ms);
        break;
    case RLC_FACT_KIND_CONTACT_OUTCOME:
        fact->contact_outcome = (struct rlc_outcome){ .action = life->action,
                                                      .request_number = 1,
                                                      .result = RLC_OUTCOME_RESULT_ACCEPTED,
                                                      .attempted_at_ms = fact->decided_at_ms,
                                                      .assumed = true };
        break;
    case RLC_FACT_KIND_STEP_CLOSED:
        fact->step_closed = (struct rlc_step_closed){ .instance = life->instance,
                                                      .result = RLC_STEP_RESULT_ACTED,
                                                      .action = life->action,
                                                      .outcome = RLC_OUTCOME_RESULT_ACCEPTED };
        break;
    case RLC_FACT_KIND_RECEIVABLE_CHANGED:
        fact->receivable_changed =
            receivable(life, life->total, life->part, RLC_RECEIVABLE_CAUSE_PAID);
        break;
    default:
        fact->receivable_closed = receivable(life, life->part, euro(0), RLC_RECEIVABLE_CAUSE_PAID);
        break;
    }
}

struct rlc_span fact_maker_next(struct fact_maker *maker)
{
    struct life life;
    struct rlc_debtor_fact fact = {
        .kind = FACT_LIFE_KINDS[maker->count % FACT_LIFE],
        .decided_at_ms = FIRST_MS + (rlc_ms)maker->count * STEP_MS / 1000,
    };

    life_begin(&life, maker, maker->count / FACT_LIFE);
    fact.envelope = (struct rlc_envelope){
        .tenant = rlc_span_of("acme"),
        .debtor = rlc_span_of(life.debtor),
        .creditor = rlc_span_of("ACME-FR"),
        .source = rlc_span_of("scenario"),
        .ingested_at_ms = fact.decided_at_ms,
        .causation = { { rlc_span_of("relance.debtor-events"), maker->partition,
                         (int64_t)maker->count },
                       { { 1 } } },
        .epochs = { 1, 1, 1 },
        .rules = { { { 2 } }, 1 },
    };
    fill(&fact, &life);
    maker->count++;
    return fact_maker_link(maker, &fact);
}
