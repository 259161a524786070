/* SPDX-License-Identifier: Apache-2.0 */
/* A lot held against the facts: what was open, what lay on it, which epochs had passed, each as of
 * the watermark of the attempt that asks. */
#include "lot_inner.h"

#include <string.h>

#include "common/wire/words.h"

static bool write_text(struct lot *lot, struct text *text, struct rlc_span value)
{
    if (value.size > text->room) {
        text->data = rlc_arena_alloc(&lot->arena, value.size);
        text->room = text->data ? value.size : 0;
        if (!text->data)
            return false;
    }
    text->size = value.size;
    if (value.size > 0)
        memcpy(text->data, value.data, value.size);
    return true;
}

static struct rlc_span span_of(const struct text *text)
{
    return rlc_span_from(text->data, text->size);
}

/* ---- who asks ---- */

/* Attempts towards the fact's debtor. */
static struct entry **attempts_of(struct lot *lot, const struct rlc_envelope *envelope,
                                  size_t *ret_count)
{
    struct entry wanted = { .tenant = envelope->tenant, .debtor = envelope->debtor };
    const struct entry *key = &wanted;
    size_t first = lot_first_from(lot->by_debtor, lot->attempt_count, key, lot_by_debtor);
    size_t end = first;

    while (end < lot->attempt_count && lot_by_debtor(&lot->by_debtor[end], &key) == 0)
        end++;
    *ret_count = end - first;
    return &lot->by_debtor[first];
}

/* Where the record that caused a fact stands in the debtor's partition. One that was forwarded
 * names another partition: its fact stands where the one before it stood. */
static int64_t place_of(const struct lot *lot, const struct rlc_envelope *envelope)
{
    const struct rlc_coordinates *at = &envelope->causation.at;

    return at->partition == lot->partition && at->offset > lot->facts_at ? at->offset
                                                                         : lot->facts_at;
}

/* ---- epochs ---- */

static bool is_newer(const struct rlc_epochs *fact, const struct rlc_epochs *seen,
                     bool same_account)
{
    return fact->debtor > seen->debtor || fact->scope_revision > seen->scope_revision ||
           (same_account && fact->account > seen->account);
}

static void note_change(struct entry *attempt, const struct rlc_envelope *envelope, int64_t at)
{
    bool same_account =
        attempt->creditor.size > 0 && rlc_span_equal(attempt->creditor, envelope->creditor);

    if (attempt->changed_off < 0 && is_newer(&envelope->epochs, &attempt->epochs, same_account))
        attempt->changed_off = at;
}

/* ---- what is open ---- */

static bool take_receivable(struct lot *lot, const struct rlc_debtor_fact *fact, int64_t at)
{
    /* The three kinds share one place in the union. */
    const struct rlc_receivable_fact *receivable = &fact->receivable_changed;
    struct entry debtor = { .tenant = fact->envelope.tenant, .debtor = fact->envelope.debtor };
    struct line wanted = { .attempt = &debtor,
                           .creditor = fact->envelope.creditor,
                           .document = receivable->document };
    const struct line *key = &wanted;
    size_t i = lot_first_from(lot->by_document, lot->line_count, key, lot_by_document);

    for (; i < lot->line_count && lot_by_document(&lot->by_document[i], &key) == 0; i++) {
        struct line *line = lot->by_document[i];

        if (at >= line->attempt->watermark)
            continue;
        line->known = true;
        line->known_off = at;
        line->open = receivable->open;
        line->cause = receivable->cause;
        if (!write_text(lot, &line->cause_id, receivable->cause_id))
            return false;
    }
    return true;
}

/* ---- what lies on it ---- */

/* Takes the agreement off a list. One that reaches the whole debtor has no creditor. */
static void lift(struct lot *lot, struct block **list, const struct rlc_debtor_fact *fact)
{
    const struct rlc_agreement_fact *agreement = &fact->agreement_changed;
    struct rlc_span creditor = fact->envelope.creditor;

    while (*list) {
        struct block *block = *list;
        bool same = block->kind == agreement->kind &&
                    rlc_span_equal(span_of(&block->id), agreement->agreement) &&
                    (creditor.size == 0 || block->creditor.size == 0 ||
                     rlc_span_equal(span_of(&block->creditor), creditor));

        if (!same) {
            list = &block->next;
            continue;
        }
        *list = block->next;
        block->next = lot->spare;
        lot->spare = block;
    }
}

static struct block *spare_block(struct lot *lot)
{
    struct block *block = lot->spare;

    if (!block)
        return rlc_arena_alloc(&lot->arena, sizeof(*block));
    lot->spare = block->next;
    return block;
}

static bool lay(struct lot *lot, struct block **list, const struct rlc_debtor_fact *fact,
                int64_t at)
{
    const struct rlc_agreement_fact *agreement = &fact->agreement_changed;
    struct block *block = spare_block(lot);

    if (!block || !write_text(lot, &block->id, agreement->agreement) ||
        !write_text(lot, &block->creditor, fact->envelope.creditor) ||
        !write_text(lot, &block->reason, agreement->reason))
        return false;
    block->kind = agreement->kind;
    /* A promise holds back all of what it is about, whatever was promised. */
    block->amount =
        agreement->kind == RLC_AGREEMENT_KIND_PROMISE ? (struct rlc_money){ 0 } : agreement->amount;
    block->until_ms = agreement->until_ms;
    block->known_off = at;
    block->next = *list;
    *list = block;
    return true;
}

/* The fact's agreement on one list; `covered`: it is about what the list belongs to. What begins
 * later than it became known is left out: no record of the log marks that moment. */
static bool put(struct lot *lot, struct block **list, const struct rlc_debtor_fact *fact,
                bool covered, int64_t at)
{
    bool begins = fact->kind != RLC_FACT_KIND_AGREEMENT_CLOSED &&
                  fact->agreement_changed.from_ms <= fact->decided_at_ms;

    if (covered || fact->kind == RLC_FACT_KIND_AGREEMENT_CHANGED)
        lift(lot, list, fact);
    return !covered || !begins || lay(lot, list, fact, at);
}

static bool covers_attempt(const struct rlc_debtor_fact *fact, const struct entry *attempt)
{
    enum rlc_reach reach = fact->agreement_changed.reach;
    bool found = reach == RLC_REACH_DEBTOR;

    for (size_t i = 0; reach == RLC_REACH_ACCOUNT && !found && i < attempt->line_count; i++)
        found = rlc_span_equal(attempt->lines[i].creditor, fact->envelope.creditor);
    return found;
}

static bool covers_line(const struct rlc_debtor_fact *fact, const struct line *line)
{
    const struct rlc_agreement_fact *agreement = &fact->agreement_changed;
    bool found = false;

    if (agreement->reach != RLC_REACH_DOCUMENT ||
        !rlc_span_equal(line->creditor, fact->envelope.creditor))
        return false;
    for (size_t i = 0; !found && i < agreement->document_count; i++)
        found = rlc_span_equal(agreement->documents[i].document, line->document);
    return found;
}

static bool take_agreement(struct lot *lot, const struct rlc_debtor_fact *fact,
                           struct entry *attempt, int64_t at)
{
    bool fine = put(lot, &attempt->blocks, fact, covers_attempt(fact, attempt), at);

    for (size_t i = 0; fine && i < attempt->line_count; i++)
        fine = put(lot, &attempt->lines[i].blocks, fact, covers_line(fact, &attempt->lines[i]), at);
    return fine;
}

/* ---- the facts ---- */

static bool is_receivable(enum rlc_fact_kind kind)
{
    return kind == RLC_FACT_KIND_RECEIVABLE_OPENED || kind == RLC_FACT_KIND_RECEIVABLE_CHANGED ||
           kind == RLC_FACT_KIND_RECEIVABLE_CLOSED;
}

/* An offer asks for an answer; it holds nothing back. */
static bool is_agreement(const struct rlc_debtor_fact *fact)
{
    return (fact->kind == RLC_FACT_KIND_AGREEMENT_OPENED ||
            fact->kind == RLC_FACT_KIND_AGREEMENT_CHANGED ||
            fact->kind == RLC_FACT_KIND_AGREEMENT_CLOSED) &&
           fact->agreement_changed.kind != RLC_AGREEMENT_KIND_OFFER;
}

bool lot_take_fact(struct lot *lot, const struct rlc_debtor_fact *fact)
{
    int64_t at = place_of(lot, &fact->envelope);
    bool fine = true;
    size_t count;
    struct entry **attempts = attempts_of(lot, &fact->envelope, &count);

    lot->facts_at = at;
    if (count > 0 && is_receivable(fact->kind))
        fine = take_receivable(lot, fact, at);
    for (size_t i = 0; fine && i < count; i++) {
        if (at >= attempts[i]->watermark)
            continue;
        note_change(attempts[i], &fact->envelope, at);
        fine = !is_agreement(fact) || take_agreement(lot, fact, attempts[i], at);
    }
    return fine;
}

bool lot_has_passed_facts(const struct lot *lot)
{
    return lot->facts_at >= lot->watermark;
}

/* ---- the verdict ---- */

static void blame_block(struct lot_finding *finding, const struct block *block)
{
    finding->fault = LOT_BEHIND_SUSPENSION;
    finding->known_off = block->known_off;
    finding->cause = rlc_word(RLC_VOCABULARY_AGREEMENT_KIND, (int32_t)block->kind);
    finding->object = span_of(&block->id);
    finding->reason = span_of(&block->reason);
}

static bool in_force(const struct block *block, const struct entry *attempt)
{
    return block->until_ms == RLC_MS_NONE || attempt->decided_at_ms < block->until_ms;
}

/* A part in the currency of the line leaves the rest to be asked for. */
static bool holds_part(const struct block *block, const struct line *line)
{
    return block->amount.currency[0] != '\0' && rlc_money_same_currency(block->amount, line->asked);
}

static bool judge_blocks(const struct entry *attempt, const struct line *line,
                         struct lot_finding *finding)
{
    int64_t left = line->open.minor;

    for (const struct block *block = line->blocks; block; block = block->next) {
        if (!in_force(block, attempt))
            continue;
        if (holds_part(block, line))
            left -= block->amount.minor;
        if (!holds_part(block, line) || line->asked.minor > left) {
            blame_block(finding, block);
            return false;
        }
    }
    return true;
}

static bool judge_line(const struct entry *attempt, const struct line *line,
                       struct lot_finding *finding)
{
    if (line->asked.minor <= 0)
        return true;
    finding->creditor = line->creditor;
    finding->document = line->document;
    finding->asked = line->asked;
    finding->open = line->open;
    if (line->known && rlc_money_same_currency(line->asked, line->open) &&
        line->asked.minor <= line->open.minor)
        return judge_blocks(attempt, line, finding);
    finding->fault = LOT_BEHIND_PAYMENT;
    finding->known_off = line->known_off;
    finding->object = span_of(&line->cause_id);
    if (line->known)
        finding->cause = rlc_word(RLC_VOCABULARY_RECEIVABLE_CAUSE, (int32_t)line->cause);
    return false;
}

static struct lot_finding finding_of(const struct lot *lot, const struct entry *entry)
{
    return (struct lot_finding){ .worker = "notifier",
                                 .partition = lot->partition,
                                 .off = entry->off,
                                 .tenant = entry->tenant,
                                 .debtor = entry->debtor,
                                 .creditor = entry->creditor,
                                 .action = entry->action,
                                 .request_number = entry->request_number,
                                 .watermark = entry->watermark,
                                 .known_off = -1 };
}

/* The weightiest thing wrong with an attempt. */
static bool judge_attempt(const struct lot *lot, const struct entry *attempt,
                          struct lot_finding *finding)
{
    for (size_t i = 0; i < attempt->line_count; i++) {
        *finding = finding_of(lot, attempt);
        if (!judge_line(attempt, &attempt->lines[i], finding))
            return false;
    }
    *finding = finding_of(lot, attempt);
    for (const struct block *block = attempt->blocks; block; block = block->next) {
        if (!in_force(block, attempt))
            continue;
        blame_block(finding, block);
        return false;
    }
    if (attempt->changed_off < 0)
        return true;
    finding->fault = LOT_BEHIND_CHANGE;
    finding->known_off = attempt->changed_off;
    return false;
}

void lot_tell(struct lot_verdict *verdict, const struct lot_finding *finding)
{
    verdict->behind += lot_fault_is_behind(finding->fault);
    verdict->out_of_order += !lot_fault_is_behind(finding->fault);
    if (verdict->on_finding)
        verdict->on_finding(verdict->context, finding);
}

static void judge_order(const struct lot *lot, const struct entry *entry,
                        struct lot_verdict *verdict)
{
    struct lot_finding finding = finding_of(lot, entry);

    if (entry->order_fault == LOT_NONE)
        return;
    finding.fault = entry->order_fault;
    lot_tell(verdict, &finding);
}

void lot_judge(const struct lot *lot, struct lot_verdict *verdict)
{
    for (size_t i = 0; i < lot->entry_count; i++) {
        const struct entry *entry = &lot->entries[i];
        struct lot_finding finding;

        judge_order(lot, entry, verdict);
        if (entry->kind != RLC_AUDIT_KIND_ATTEMPTED)
            continue;
        /* Of the last record that caused facts, some of them may still be on their way. */
        if (!verdict->at_rest && lot->facts_at < entry->watermark) {
            verdict->under_way++;
            continue;
        }
        verdict->attempts++;
        if (!judge_attempt(lot, entry, &finding))
            lot_tell(verdict, &finding);
    }
}
