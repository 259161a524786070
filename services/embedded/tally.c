/* SPDX-License-Identifier: Apache-2.0 */
#include "tally.h"

#include <stdio.h>
#include <string.h>

#include "common/runtime/memory.h"
#include "common/wire/audit_record.h"
#include "common/wire/dead_letter.h"
#include "common/wire/debtor_fact.h"
#include "common/wire/words.h"

/* The two arguments that "%.*s" takes. */
#define SPAN(span) (int)(span).size, (const char *)(span).data

struct taking {
    struct tally *tally;
    struct rlc_arena arena;
};

static void set(struct count *count, int64_t number)
{
    if (count)
        count->number = number;
}

/* ---- facts ---- */

/* The last fact about a receivable says what is open. */
static void take_receivable(struct tally *tally, const struct rlc_debtor_fact *fact)
{
    const struct rlc_receivable_fact *receivable = &fact->receivable_changed;
    struct count *count =
        counts_named(&tally->receivables, "%.*s|%.*s|%.*s", SPAN(fact->envelope.debtor),
                     SPAN(fact->envelope.creditor), SPAN(receivable->document));

    (void)counts_named(&tally->debtors, "%.*s", SPAN(fact->envelope.debtor));
    if (!count)
        return;
    count->number = receivable->open.minor;
    (void)snprintf(count->word, sizeof(count->word), "%s", receivable->open.currency);
}

static struct count *step_of(struct tally *tally, const struct rlc_debtor_fact *fact,
                             const struct rlc_step_instance *instance)
{
    return counts_named(&tally->steps, "%.*s|%.*s|%.*s|%.*s|%.*s|%u", SPAN(fact->envelope.debtor),
                        SPAN(fact->envelope.creditor), SPAN(instance->document),
                        SPAN(instance->scenario), SPAN(instance->step), instance->occurrence);
}

static void take_opened(struct tally *tally, const struct rlc_debtor_fact *fact)
{
    set(step_of(tally, fact, &fact->step_opened.instance), TALLY_STEP_OPEN);
}

static void take_suppressed(struct tally *tally, const struct rlc_debtor_fact *fact)
{
    set(step_of(tally, fact, &fact->suppressed.instance), TALLY_STEP_SILENT);
    counts_add(&tally->silences,
               rlc_word(RLC_VOCABULARY_SUPPRESSION, (int32_t)fact->suppressed.reason), 1);
}

static void take_closed(struct tally *tally, const struct rlc_debtor_fact *fact)
{
    set(step_of(tally, fact, &fact->step_closed.instance), TALLY_STEP_CLOSED);
    counts_add(&tally->results,
               rlc_word(RLC_VOCABULARY_STEP_RESULT, (int32_t)fact->step_closed.result), 1);
}

static struct count *request_of(struct tally *tally, const struct rlc_debtor_fact *fact,
                                const struct rlc_action_id *action, uint32_t number)
{
    char hex[2 * sizeof(action->bytes) + 1];

    for (size_t i = 0; i < sizeof(action->bytes); i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", action->bytes[i]);
    return counts_named(&tally->requests, "%.*s|%s|%u", SPAN(fact->envelope.debtor), hex, number);
}

/* Part 0 is the request; the others are its annex. */
static void take_requested(struct tally *tally, const struct rlc_debtor_fact *fact)
{
    const struct rlc_contact_body *body = &fact->contact_requested;
    struct count *step;

    if (body->part > 0)
        return;
    set(request_of(tally, fact, &body->action, body->request_number), TALLY_ASKED);
    step = counts_named(&tally->asked, "%.*s/%.*s", SPAN(body->scenario), SPAN(body->step));
    if (step)
        step->number++;
}

static void take_returned(struct tally *tally, const struct rlc_debtor_fact *fact)
{
    const struct rlc_returned *returned = &fact->contact_returned;

    set(request_of(tally, fact, &returned->action, returned->request_number), TALLY_ANSWERED);
    counts_add(&tally->outcomes, "RETURNED", 1);
}

static void take_outcome(struct tally *tally, const struct rlc_debtor_fact *fact)
{
    const struct rlc_outcome *outcome = &fact->contact_outcome;

    set(request_of(tally, fact, &outcome->action, outcome->request_number), TALLY_ANSWERED);
    counts_add(&tally->outcomes, rlc_word(RLC_VOCABULARY_OUTCOME_RESULT, (int32_t)outcome->result),
               1);
}

static void take_quarantine(struct tally *tally, const struct rlc_debtor_fact *fact)
{
    (void)counts_named(&tally->quarantined, "%.*s", SPAN(fact->envelope.debtor));
}

static void take_conflict(struct tally *tally, const struct rlc_debtor_fact *fact)
{
    (void)fact;
    tally->conflicts++;
}

static const struct {
    enum rlc_fact_kind kind;
    void (*take)(struct tally *tally, const struct rlc_debtor_fact *fact);
} FACTS[] = {
    { RLC_FACT_KIND_RECEIVABLE_OPENED, take_receivable },
    { RLC_FACT_KIND_RECEIVABLE_CHANGED, take_receivable },
    { RLC_FACT_KIND_RECEIVABLE_CLOSED, take_receivable },
    { RLC_FACT_KIND_STEP_OPENED, take_opened },
    { RLC_FACT_KIND_STEP_CLOSED, take_closed },
    { RLC_FACT_KIND_SUPPRESSED, take_suppressed },
    { RLC_FACT_KIND_CONTACT_REQUESTED, take_requested },
    { RLC_FACT_KIND_CONTACT_RETURNED, take_returned },
    { RLC_FACT_KIND_CONTACT_OUTCOME, take_outcome },
    { RLC_FACT_KIND_QUARANTINE_CHANGED, take_quarantine },
    { RLC_FACT_KIND_CONFLICT_FOUND, take_conflict },
};

static void take_fact(void *context, const struct rlc_record *record)
{
    struct taking *taking = context;
    struct rlc_debtor_fact fact;
    struct rlc_fault fault;

    rlc_arena_reset(&taking->arena);
    if (rlc_debtor_fact_decode(record->value, &taking->arena, &fact, &fault) != RLC_OK) {
        taking->tally->broken = true;
        return;
    }
    taking->tally->facts++;
    for (size_t i = 0; i < RLC_COUNT(FACTS); i++) {
        if (FACTS[i].kind == fact.kind)
            FACTS[i].take(taking->tally, &fact);
    }
}

static void take_letter(void *context, const struct rlc_record *record)
{
    struct taking *taking = context;
    struct rlc_dead_letter letter;
    struct rlc_fault fault;
    struct count *count;

    rlc_arena_reset(&taking->arena);
    if (rlc_dead_letter_decode(record->value, &taking->arena, &letter, &fault) != RLC_OK) {
        taking->tally->broken = true;
        return;
    }
    count = counts_named(&taking->tally->letters, "%.*s", SPAN(letter.code));
    if (count)
        count->number++;
}

static void take_score(void *context, const struct rlc_record *record)
{
    struct taking *taking = context;
    struct rlc_audit_record audit;
    struct rlc_fault fault;
    struct count *count;

    rlc_arena_reset(&taking->arena);
    if (rlc_audit_record_decode(record->value, &taking->arena, &audit, &fault) != RLC_OK) {
        taking->tally->broken = true;
        return;
    }
    if (audit.kind != RLC_AUDIT_KIND_SCORED)
        return;
    count = counts_named(&taking->tally->scored, "%.*s", SPAN(audit.envelope.debtor));
    if (count)
        count->number++;
}

/* ---- all ---- */

static void sum_open(struct tally *tally)
{
    for (const struct count *one = tally->receivables.first; one; one = one->hh.next)
        counts_add(&tally->open, one->word, one->number);
}

/* Every list of it. */
static struct counts *list_of(struct tally *tally, size_t number)
{
    struct counts *const lists[] = { &tally->receivables, &tally->open,        &tally->debtors,
                                     &tally->requests,    &tally->asked,       &tally->outcomes,
                                     &tally->silences,    &tally->steps,       &tally->results,
                                     &tally->letters,     &tally->quarantined, &tally->scored };

    return number < RLC_COUNT(lists) ? lists[number] : NULL;
}

static const struct {
    const char *name;
    void (*take)(void *context, const struct rlc_record *record);
} TOPICS[] = {
    { "debtor-facts", take_fact },
    { "dead-letters", take_letter },
    { "scoring.audit", take_score },
};

bool tally_take(struct tally *tally, const struct rlc_memory_installation *installation)
{
    struct taking taking = { .tally = tally };
    struct counts *list;

    if (rlc_arena_map(&taking.arena, RLC_DECODE_BYTES_MAX) != RLC_OK)
        tally->broken = true;
    for (size_t i = 0; !tally->broken && i < RLC_COUNT(TOPICS); i++) {
        int32_t topic = rlc_memory_installation_topic(installation, TOPICS[i].name);

        if (!rlc_memory_installation_each(installation, topic, TOPICS[i].take, &taking))
            tally->broken = true;
    }
    rlc_arena_unmap(&taking.arena);
    sum_open(tally);
    for (size_t i = 0; (list = list_of(tally, i)); i++)
        tally->broken = tally->broken || list->no_memory;
    counts_sort(&tally->asked);
    counts_sort(&tally->silences);
    counts_sort(&tally->letters);
    return !tally->broken;
}

void tally_free(struct tally *tally)
{
    struct counts *list;

    for (size_t i = 0; (list = list_of(tally, i)); i++)
        counts_free(list);
}
