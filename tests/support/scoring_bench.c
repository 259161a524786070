/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/scoring_bench.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define MEMORY_BYTES ((size_t)64 << 20)

static const struct scoring_point OVERDUE[] = { { 0, -1000000, -2000 }, { 4, 3000000, 20000 } };
static const struct scoring_point LATE[] = { { 0, -1000000, 0 }, { 1000, 1000000, 0 } };
static const struct scoring_point WEEKDAY[] = { { 4, 0, 0 }, { 5, 4000000, 2000 } };
static const struct scoring_band BANDS[] = { { { (const uint8_t *)"A", 1 }, 250000 },
                                             { { (const uint8_t *)"B", 1 }, 600000 },
                                             { { (const uint8_t *)"C", 1 }, SCORING_PPM } };

const struct scoring_model BENCH_MODEL = {
    .name = { (const uint8_t *)"bench-1", 7 },
    .odds = 0,
    .delay = 1000,
    .margin_ppm = 20000,
    .band = BANDS,
    .band_count = RLC_COUNT(BANDS),
    .curve = { [SCORING_OVERDUE] = { OVERDUE, RLC_COUNT(OVERDUE) },
               [SCORING_LATE_SHARE] = { LATE, RLC_COUNT(LATE) },
               [SCORING_DUE_WEEKDAY] = { WEEKDAY, RLC_COUNT(WEEKDAY) } },
};

void bench_open(struct bench *bench, const struct scoring_model *model, rlc_day today)
{
    bool ready;

    *bench = (struct bench){ .memory = malloc(MEMORY_BYTES), .model = model, .today = today };
    assert(bench->memory);
    rlc_arena_init(&bench->arena, bench->memory, MEMORY_BYTES);
    ready = rlc_overlay_init(&bench->overlay, &bench->arena, 8);
    assert(ready);
    (void)ready;
}

void bench_close(struct bench *bench)
{
    free(bench->memory);
}

static struct rlc_span debtor_key(void)
{
    return rlc_span_of(BENCH_TENANT "/" BENCH_DEBTOR);
}

/* Nothing is stored: what is named for the first time is not there. */
static void read_named(struct rlc_overlay *overlay)
{
    for (struct rlc_slot *slot = overlay->first; slot; slot = slot->next) {
        if (slot->state == RLC_SLOT_WANTED)
            rlc_overlay_found(overlay, slot, (struct rlc_span){ 0 }, NULL);
    }
}

void bench_take(struct bench *bench, struct rlc_debtor_fact *fact)
{
    fact->envelope.tenant = rlc_span_of(BENCH_TENANT);
    fact->envelope.debtor = rlc_span_of(BENCH_DEBTOR);
    fact->envelope.creditor = rlc_span_of(BENCH_CREDITOR);
    fact->decided_at_ms = (rlc_ms)bench->today * RLC_DAY_MS + RLC_DAY_MS / 2;
    scoring_keys(fact, debtor_key(), &bench->overlay);
    read_named(&bench->overlay);
    bench->last = (struct scoring_decision){ .overlay = &bench->overlay, .model = bench->model };
    scoring_take(fact, debtor_key(), &bench->last);
    bench->said += bench->last.output_count;
}

static struct rlc_money money(int64_t minor)
{
    return (struct rlc_money){ .minor = minor, .currency = BENCH_CURRENCY };
}

static struct rlc_receivable_fact receivable(const struct bench *bench, const char *document,
                                             enum rlc_receivable_cause cause, int64_t minor,
                                             int64_t open)
{
    return (struct rlc_receivable_fact){ .document = rlc_span_of(document),
                                         .cause = cause,
                                         .total = money(minor),
                                         .open = money(open),
                                         .issued_on = bench->today,
                                         .value_on = bench->today };
}

static void take(struct bench *bench, enum rlc_fact_kind kind, struct rlc_receivable_fact body,
                 rlc_day due_on)
{
    struct rlc_debtor_fact fact = { .kind = kind, .receivable_opened = body };

    fact.receivable_opened.due_on = due_on;
    bench_take(bench, &fact);
}

void bench_issue(struct bench *bench, const char *document, int64_t minor, rlc_day due_on)
{
    take(bench, RLC_FACT_KIND_RECEIVABLE_OPENED,
         receivable(bench, document, RLC_RECEIVABLE_CAUSE_ISSUED, minor, minor), due_on);
}

void bench_pay(struct bench *bench, const char *document, int64_t minor, rlc_day due_on)
{
    take(bench, RLC_FACT_KIND_RECEIVABLE_CLOSED,
         receivable(bench, document, RLC_RECEIVABLE_CAUSE_PAID, minor, 0), due_on);
}

void bench_part(struct bench *bench, const char *document, int64_t minor, int64_t open,
                rlc_day due_on)
{
    take(bench, RLC_FACT_KIND_RECEIVABLE_CHANGED,
         receivable(bench, document, RLC_RECEIVABLE_CAUSE_PAID, minor, open), due_on);
}

void bench_credit(struct bench *bench, const char *document, int64_t minor, rlc_day due_on)
{
    take(bench, RLC_FACT_KIND_RECEIVABLE_CLOSED,
         receivable(bench, document, RLC_RECEIVABLE_CAUSE_CREDITED, minor, 0), due_on);
}

static void *find(struct bench *bench, const char *key)
{
    if (!rlc_overlay_find(&bench->overlay, rlc_span_of(key)))
        return NULL;
    return rlc_overlay_get(&bench->overlay, rlc_span_of(key));
}

const struct rlc_profile *bench_profile(struct bench *bench)
{
    return find(bench, "d|" BENCH_TENANT "/" BENCH_DEBTOR);
}

struct scoring_values bench_values(struct bench *bench)
{
    struct scoring_values values;

    scoring_values(bench_profile(bench), bench->today, NULL, &values);
    return values;
}

const struct rlc_open_item *bench_item(struct bench *bench, const char *document)
{
    char key[256];

    (void)snprintf(key, sizeof(key), "r|%s/%s|%s|%s", BENCH_TENANT, BENCH_DEBTOR, BENCH_CREDITOR,
                   document);
    return find(bench, key);
}
