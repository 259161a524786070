/* SPDX-License-Identifier: Apache-2.0 */
#include "core/claim.h"

#include <assert.h>
#include <string.h>

/* Room for one line of the hashed bytes: its fixed parts, and three lengths. */
#define LINE_BYTES (RLC_ID_MAX + RLC_CODE_BYTES_MAX + 80)
#define HEAD_BYTES (2 * RLC_CODE_BYTES_MAX + 80)
/* A proof: kind, hash, date. */
#define PROOF_BYTES 40

/* ---- canonical bytes ---- */

struct writer {
    uint8_t *data;
    size_t size;
    size_t room;
};

static struct writer writer_new(struct rlc_arena *arena, size_t room)
{
    struct writer writer = { .data = rlc_arena_alloc(arena, room), .room = room };

    assert(writer.data);
    return writer;
}

static void put(struct writer *writer, const void *data, size_t size)
{
    assert(size <= writer->room - writer->size);
    if (size > 0)
        memcpy(writer->data + writer->size, data, size);
    writer->size += size;
}

static void put_number(struct writer *writer, uint64_t value, size_t size)
{
    uint8_t bytes[sizeof(value)];

    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
    put(writer, bytes, size);
}

static void put_text(struct writer *writer, struct rlc_span text)
{
    put_number(writer, text.size, 4);
    put(writer, text.data, text.size);
}

static struct rlc_hash finish(const struct writer *writer, legal_sha256_fn *sha256)
{
    return sha256(rlc_span_from(writer->data, writer->size));
}

struct rlc_hash claim_hash_of(const struct rlc_claim *claim, legal_sha256_fn *sha256,
                              struct rlc_arena *arena)
{
    static const char DOMAIN[] = "relance-claim-v1";
    struct writer writer = writer_new(arena, HEAD_BYTES + claim->line_count * LINE_BYTES);
    size_t owed = 0;

    for (size_t i = 0; i < claim->line_count; i++)
        owed += claim->lines[i].principal.minor > 0;
    put(&writer, DOMAIN, sizeof(DOMAIN));
    put_number(&writer, owed, 4);
    for (size_t i = 0; i < claim->line_count; i++) {
        const struct rlc_claim_line *line = &claim->lines[i];

        if (line->principal.minor <= 0)
            continue;
        put_text(&writer, line->document);
        put_text(&writer, rlc_span_of(line->principal.currency));
        put_number(&writer, (uint64_t)line->principal.minor, 8);
        put_text(&writer, line->terms_version);
        put(&writer, line->evidence_hash.bytes, sizeof(line->evidence_hash.bytes));
    }
    put_text(&writer, claim->interest_rule);
    put_number(&writer, (uint32_t)claim->computed_on, 4);
    return finish(&writer, sha256);
}

/* ---- proofs ---- */

/* Whether the proof says something about the document. */
static bool proves(const struct rlc_proof *proof, struct rlc_span document)
{
    return proof->document.size == 0 || rlc_span_equal(proof->document, document);
}

static int proof_order(const struct rlc_proof *a, const struct rlc_proof *b)
{
    int order = rlc_span_compare(a->document, b->document);

    if (order == 0 && a->kind != b->kind)
        order = a->kind < b->kind ? -1 : 1;
    if (order == 0 && a->dated_on != b->dated_on)
        order = a->dated_on < b->dated_on ? -1 : 1;
    return order ? order : memcmp(&a->content_hash, &b->content_hash, sizeof(a->content_hash));
}

/* SHA-256 over "relance-evidence-v1" NUL, and of each proof in order: kind, content hash, date. */
static struct rlc_hash evidence_of(const struct rlc_claim *claim, struct rlc_span document,
                                   legal_sha256_fn *sha256, struct rlc_arena *arena)
{
    static const char DOMAIN[] = "relance-evidence-v1";
    struct writer writer = writer_new(arena, HEAD_BYTES + claim->proof_count * PROOF_BYTES);

    put(&writer, DOMAIN, sizeof(DOMAIN));
    for (size_t i = 0; i < claim->proof_count; i++) {
        const struct rlc_proof *proof = &claim->proofs[i];

        if (!proves(proof, document))
            continue;
        put_number(&writer, (uint32_t)proof->kind, 4);
        put(&writer, proof->content_hash.bytes, sizeof(proof->content_hash.bytes));
        put_number(&writer, (uint32_t)proof->dated_on, 4);
    }
    return finish(&writer, sha256);
}

static void *copy_of(struct rlc_arena *arena, const void *items, size_t count, size_t size,
                     size_t room)
{
    void *copy = rlc_arena_array(arena, room ? room : 1, size);

    assert(copy && count <= room);
    if (count > 0)
        memcpy(copy, items, count * size);
    return copy;
}

/* Gives every line the hash of its proofs, and the claim its own. */
static void seal(struct rlc_claim *claim, legal_sha256_fn *sha256, struct rlc_arena *arena)
{
    struct rlc_claim_line *lines =
        copy_of(arena, claim->lines, claim->line_count, sizeof(*lines), claim->line_count);

    for (size_t i = 0; i < claim->line_count; i++)
        lines[i].evidence_hash = evidence_of(claim, lines[i].document, sha256, arena);
    claim->lines = lines;
    claim->claim_hash = claim_hash_of(claim, sha256, arena);
}

/* Where the proof goes in a full list: to the oldest of its own kind; past the end if there is
 * none. */
static size_t oldest_alike(const struct rlc_claim *claim, const struct rlc_proof *proof)
{
    for (size_t i = 0; i < claim->proof_count; i++) {
        if (claim->proofs[i].kind == proof->kind &&
            rlc_span_equal(claim->proofs[i].document, proof->document))
            return i;
    }
    return claim->proof_count;
}

/* A proof that is there already stays once. */
static void insert_proof(struct rlc_proof *proofs, size_t *count, const struct rlc_proof *proof)
{
    size_t place = 0;

    while (place < *count && proof_order(&proofs[place], proof) < 0)
        place++;
    if (place < *count && proof_order(&proofs[place], proof) == 0)
        return;
    memmove(&proofs[place + 1], &proofs[place], (*count - place) * sizeof(*proofs));
    proofs[place] = *proof;
    (*count)++;
}

static void add_proof(struct rlc_claim *claim, struct rlc_proof *proofs,
                      const struct rlc_proof *proof)
{
    size_t place;

    if (claim->proof_count == RLC_PROOFS_MAX) {
        place = oldest_alike(claim, proof);
        if (place == claim->proof_count)
            return;
        memmove(&proofs[place], &proofs[place + 1],
                (claim->proof_count - place - 1) * sizeof(*proofs));
        claim->proof_count--;
    }
    insert_proof(proofs, &claim->proof_count, proof);
}

void claim_prove(struct rlc_claim *claim, const struct rlc_proof *proofs, size_t count,
                 legal_sha256_fn *sha256, struct rlc_arena *arena)
{
    struct rlc_proof *kept = copy_of(arena, claim->proofs, claim->proof_count, sizeof(*kept),
                                     claim->proof_count + count);

    claim->proofs = kept;
    for (size_t i = 0; i < count; i++)
        add_proof(claim, kept, &proofs[i]);
    seal(claim, sha256, arena);
}

/* ---- lines ---- */

/* The line of that document, or where it belongs. */
static size_t line_place(const struct rlc_claim_line *lines, size_t count, struct rlc_span document,
                         bool *ret_found)
{
    size_t i = 0;

    while (i < count && rlc_span_compare(lines[i].document, document) < 0)
        i++;
    *ret_found = i < count && rlc_span_equal(lines[i].document, document);
    return i;
}

static void put_line(struct rlc_claim_line *lines, size_t *count, const struct rlc_claim_line *line)
{
    bool found;
    size_t place = line_place(lines, *count, line->document, &found);

    if (!found) {
        if (*count == LEGAL_LINES_MAX)
            return;
        memmove(&lines[place + 1], &lines[place], (*count - place) * sizeof(*lines));
        (*count)++;
    }
    lines[place] = *line;
}

static void put_lines(struct rlc_claim *claim, const struct rlc_claim *changed,
                      struct rlc_arena *arena)
{
    struct rlc_claim_line *lines = copy_of(arena, claim->lines, claim->line_count, sizeof(*lines),
                                           claim->line_count + changed->line_count);

    for (size_t i = 0; i < changed->line_count; i++)
        put_line(lines, &claim->line_count, &changed->lines[i]);
    claim->lines = lines;
}

void claim_take(const struct rlc_claim *referred, legal_sha256_fn *sha256, struct rlc_arena *arena,
                struct rlc_claim *ret_claim)
{
    struct rlc_proof *proofs = rlc_arena_array(arena, referred->proof_count + 1, sizeof(*proofs));

    assert(proofs);
    *ret_claim = (struct rlc_claim){ .interest_rule = referred->interest_rule,
                                     .computed_on = referred->computed_on,
                                     .proofs = proofs };
    for (size_t i = 0; i < referred->proof_count; i++)
        insert_proof(proofs, &ret_claim->proof_count, &referred->proofs[i]);
    put_lines(ret_claim, referred, arena);
    seal(ret_claim, sha256, arena);
}

bool claim_merge(struct rlc_claim *claim, const struct rlc_claim *changed, legal_sha256_fn *sha256,
                 struct rlc_arena *arena)
{
    struct rlc_hash before = claim->claim_hash;

    put_lines(claim, changed, arena);
    seal(claim, sha256, arena);
    if (memcmp(&before, &claim->claim_hash, sizeof(before)) == 0)
        return false;
    if (changed->computed_on > claim->computed_on)
        claim->computed_on = changed->computed_on;
    claim->claim_hash = claim_hash_of(claim, sha256, arena);
    return true;
}

/* ---- sums ---- */

static struct rlc_money nothing(const struct rlc_claim *claim)
{
    struct rlc_money sum = { .minor = 0 };

    if (claim->line_count > 0)
        sum = claim->lines[0].principal;
    sum.minor = 0;
    return sum;
}

/* What does not fit is more than anybody may approve. */
static void add_to(struct rlc_money *sum, struct rlc_money amount)
{
    if (amount.minor > 0 && !rlc_money_add(*sum, amount, sum))
        sum->minor = INT64_MAX;
}

struct rlc_money claim_principal(const struct rlc_claim *claim)
{
    struct rlc_money sum = nothing(claim);

    for (size_t i = 0; i < claim->line_count; i++)
        add_to(&sum, claim->lines[i].principal);
    return sum;
}

struct rlc_money claim_disputed(const struct rlc_claim *claim)
{
    struct rlc_money sum = nothing(claim);

    for (size_t i = 0; i < claim->line_count; i++)
        add_to(&sum, claim->lines[i].disputed);
    return sum;
}

/* ---- certain, liquid, due ---- */

/* One look at one line; false: `ret_gap` says what is missing. */
typedef bool check_fn(const struct rlc_claim *claim, const struct rlc_claim_line *line,
                      const struct legal_procedure *procedure, rlc_day today,
                      struct legal_gap *ret_gap);

static bool is_undisputed(const struct rlc_claim *claim, const struct rlc_claim_line *line,
                          const struct legal_procedure *procedure, rlc_day today,
                          struct legal_gap *ret_gap)
{
    (void)claim;
    (void)procedure;
    (void)today;
    ret_gap->rule = "CERTAIN_DISPUTED";
    return line->disputed.minor <= 0;
}

static bool is_proved(const struct rlc_claim *claim, const struct rlc_claim_line *line,
                      const struct legal_procedure *procedure, rlc_day today,
                      struct legal_gap *ret_gap)
{
    uint32_t found = 0;

    (void)today;
    for (size_t i = 0; i < claim->proof_count; i++) {
        if (proves(&claim->proofs[i], line->document))
            found |= UINT32_C(1) << claim->proofs[i].kind;
    }
    ret_gap->rule = "CERTAIN_PROOF";
    return (procedure->needs.proofs & ~found) == 0;
}

static bool is_liquid(const struct rlc_claim *claim, const struct rlc_claim_line *line,
                      const struct legal_procedure *procedure, rlc_day today,
                      struct legal_gap *ret_gap)
{
    (void)procedure;
    (void)today;
    ret_gap->rule = "LIQUID_CURRENCY";
    return rlc_money_same_currency(line->principal, claim->lines[0].principal);
}

/* The interest of one line, stretch by stretch. */
struct accrual {
    struct rlc_late_stretch stretch[RLC_LATE_STRETCHES_MAX];
    size_t count;
};

_Static_assert(RLC_LATE_STRETCHES_MAX <= RLC_SEGMENTS_MAX, "a line has room for each stretch");

/* On what is still open, from its due date on: interest on what was paid before is not claimed.
 * False where a day has no rate, or an amount does not fit. */
static bool accrue(const struct rlc_claim_line *line, const struct rlc_late_law *law,
                   rlc_day as_of_on, struct accrual *ret_accrual)
{
    if (!rlc_late_stretches(law, line->principal, line->due_on, as_of_on, ret_accrual->stretch,
                            &ret_accrual->count))
        return false;
    for (size_t i = 0; i < ret_accrual->count; i++) {
        if (!ret_accrual->stretch[i].known)
            return false;
    }
    return true;
}

static bool has_rates(const struct rlc_claim *claim, const struct rlc_claim_line *line,
                      const struct legal_procedure *procedure, rlc_day today,
                      struct legal_gap *ret_gap)
{
    struct accrual accrual;

    (void)claim;
    ret_gap->rule = "LIQUID_RATE_MISSING";
    return !procedure->interest || accrue(line, procedure->interest, today, &accrual);
}

static bool is_due(const struct rlc_claim *claim, const struct rlc_claim_line *line,
                   const struct legal_procedure *procedure, rlc_day today,
                   struct legal_gap *ret_gap)
{
    (void)claim;
    (void)procedure;
    ret_gap->rule = "NOT_DUE";
    if (line->due_on == RLC_DAY_NONE)
        return false;
    ret_gap->until_on = line->due_on + 1;
    return today > line->due_on;
}

/* The day of the latest formal notice of a document; absent = none. */
static rlc_day noticed_on(const struct rlc_claim *claim, struct rlc_span document)
{
    rlc_day latest = RLC_DAY_NONE;

    for (size_t i = 0; i < claim->proof_count; i++) {
        const struct rlc_proof *proof = &claim->proofs[i];

        if (proof->kind == RLC_PROOF_KIND_FORMAL_NOTICE && proves(proof, document) &&
            proof->dated_on > latest)
            latest = proof->dated_on;
    }
    return latest;
}

static bool had_its_time(const struct rlc_claim *claim, const struct rlc_claim_line *line,
                         const struct legal_procedure *procedure, rlc_day today,
                         struct legal_gap *ret_gap)
{
    rlc_day notice_on = noticed_on(claim, line->document);

    if (procedure->needs.notice_days == 0)
        return true;
    ret_gap->rule = "NOTICE_DELAY";
    ret_gap->until_on = notice_on ? notice_on + procedure->needs.notice_days : RLC_DAY_NONE;
    return notice_on && today >= ret_gap->until_on;
}

const char *claim_worth(const struct rlc_claim *claim, const struct legal_procedure *procedure)
{
    const struct legal_needs *needs = &procedure->needs;
    struct rlc_money owed = claim_principal(claim);
    const struct rlc_money *least;
    const struct rlc_money *cost;

    /* What is disputed may be owed after all. */
    add_to(&owed, claim_disputed(claim));
    least = legal_amount_in(needs->at_least, needs->at_least_count, owed);
    cost = legal_amount_in(procedure->cost, procedure->cost_count, owed);
    if (needs->at_least_count > 0 && (!least || owed.minor < least->minor))
        return "BELOW_LEAST";
    return cost && owed.minor <= cost->minor ? "BELOW_COST" : NULL;
}

struct legal_gap claim_gap(const struct rlc_claim *claim, const struct legal_procedure *procedure,
                           rlc_day today)
{
    static check_fn *const CHECKS[] = { is_undisputed, is_proved, is_liquid,
                                        has_rates,     is_due,    had_its_time };
    const char *worth = claim_worth(claim, procedure);

    if (worth)
        return (struct legal_gap){ .rule = worth, .until_on = RLC_DAY_NONE };
    for (size_t check = 0; check < RLC_COUNT(CHECKS); check++) {
        for (size_t i = 0; i < claim->line_count; i++) {
            const struct rlc_claim_line *line = &claim->lines[i];
            struct legal_gap gap = { .document = line->document };

            if ((line->principal.minor > 0 || line->disputed.minor > 0) &&
                !CHECKS[check](claim, line, procedure, today, &gap))
                return gap;
        }
    }
    return (struct legal_gap){ .rule = NULL };
}

/* ---- what is shown ---- */

static void show_interest(struct rlc_claim_line *line, const struct accrual *accrual,
                          struct rlc_arena *arena)
{
    struct rlc_interest_segment *segments =
        rlc_arena_array(arena, accrual->count + 1, sizeof(*segments));

    assert(segments);
    line->interest = line->principal;
    line->interest.minor = 0;
    for (size_t i = 0; i < accrual->count; i++) {
        const struct rlc_late_stretch *stretch = &accrual->stretch[i];

        segments[i] = (struct rlc_interest_segment){ .from_on = stretch->from_on,
                                                     .to_on = stretch->to_on,
                                                     .rate_ppm = stretch->rate_ppm,
                                                     .principal = line->principal,
                                                     .interest = stretch->interest };
        line->interest.minor += stretch->interest.minor;
    }
    line->segments = segments;
    line->segment_count = accrual->count;
}

static void show_line(struct rlc_claim_line *line, const struct rlc_late_law *law, rlc_day as_of_on,
                      struct rlc_arena *arena)
{
    struct accrual accrual;

    if (line->principal.minor <= 0 || line->due_on >= as_of_on)
        return;
    if (accrue(line, law, as_of_on, &accrual))
        show_interest(line, &accrual, arena);
    if (!rlc_late_indemnity(law, line->principal, &line->indemnity))
        line->indemnity = (struct rlc_money){ .minor = 0 };
}

struct rlc_claim claim_shown(const struct rlc_claim *claim, const struct rlc_late_law *law,
                             rlc_day as_of_on, struct rlc_arena *arena)
{
    struct rlc_claim shown = *claim;
    struct rlc_claim_line *lines =
        copy_of(arena, claim->lines, claim->line_count, sizeof(*lines), claim->line_count);
    struct rlc_total *total = rlc_arena_alloc(arena, sizeof(*total));

    assert(total);
    *total = (struct rlc_total){ .open = nothing(claim),
                                 .interest = nothing(claim),
                                 .indemnity = nothing(claim) };
    for (size_t i = 0; i < claim->line_count; i++) {
        if (law)
            show_line(&lines[i], law, as_of_on, arena);
        total->line_count += lines[i].principal.minor > 0;
        add_to(&total->open, lines[i].principal);
        add_to(&total->interest, lines[i].interest);
        add_to(&total->indemnity, lines[i].indemnity);
    }
    shown.lines = lines;
    shown.totals = total;
    shown.total_count = claim->line_count > 0;
    return shown;
}
