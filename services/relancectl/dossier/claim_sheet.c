/* SPDX-License-Identifier: Apache-2.0 */
/* The claim as tables: receivables, interest by stretches, movements, proofs. */
#include <inttypes.h>
#include <stdarg.h>

#include "dossier/claim.h"
#include "text.h"

#define RATE_SIZE   32
#define SOURCE_SIZE 256
#define REMARK_SIZE 512
#define PPM_PERCENT 10000 /* 1 % */

/* Sums over the lines, in the currency of the first. */
struct sums {
    struct rlc_money principal;
    struct rlc_money disputed;
    struct rlc_money interest;       /* up to the day of the computation */
    struct rlc_money interest_until; /* up to the filing */
    struct rlc_money interest_filed; /* as the filing shows it */
    struct rlc_money indemnity;
    bool lost; /* one does not fit, or is in another currency */
};

/* What is being told. */
struct telling {
    const struct dossier_case *found;
    const struct dossier_claim *claim;
    json_t *interest;
    json_t *remarks;
    struct sums sums;
};

static void remark(struct telling *telling, const char *format, ...) RLC_PRINTF(2, 3);

static void remark(struct telling *telling, const char *format, ...)
{
    char text[REMARK_SIZE];
    va_list values;

    va_start(values, format);
    (void)vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    (void)json_array_append_new(telling->remarks, json_string(text));
}

static const char *money_text(struct rlc_money money, char text[RLC_MONEY_SIZE])
{
    if (!rlc_money_format(money, RLC_MONEY_CANONICAL, text, RLC_MONEY_SIZE))
        text[0] = '\0';
    return text;
}

static void add(struct telling *telling, struct rlc_money *sum, struct rlc_money amount)
{
    if (amount.currency[0] == '\0')
        return;
    if (sum->currency[0] == '\0')
        *sum = amount;
    else if (!rlc_money_add(*sum, amount, sum))
        telling->sums.lost = true;
}

/* ---- interest ---- */

/* Which rate that is: the index of its half-year and what the law adds. */
static void source_of(const struct rlc_late_law *law, rlc_day start_on, rlc_day from_on,
                      char text[SOURCE_SIZE])
{
    static const char *const INDEXES[RLC_LATE_INDEX_COUNT] = {
        [RLC_LATE_ECB_MRO] = "ECB main refinancing rate",
        [RLC_LATE_BASISZINS] = "Basiszinssatz (BGB 247)",
        [RLC_LATE_BOE_BASE] = "Bank of England base rate",
    };
    struct rlc_date date = rlc_day_date(law->mode == RLC_LATE_FIXED_AT_START ? start_on : from_on);

    (void)snprintf(text, SOURCE_SIZE, "%s of %d/%d + %d.%02d points (%s)", INDEXES[law->index],
                   (int)date.year, date.month > 6 ? 2 : 1, (int)(law->margin_ppm / PPM_PERCENT),
                   (int)(law->margin_ppm % PPM_PERCENT / 100), law->basis);
}

static const char *rate_text(int64_t rate_ppm, char text[RATE_SIZE])
{
    (void)snprintf(text, RATE_SIZE, "%" PRId64 ".%04" PRId64, rate_ppm / PPM_PERCENT,
                   rate_ppm % PPM_PERCENT);
    return text;
}

static void tell_stretch(struct telling *telling, const struct rlc_claim_line *line,
                         const struct dossier_stretch *stretch)
{
    const struct dossier_claim *claim = telling->claim;
    bool counted = stretch->to_on <= claim->claim.computed_on;
    json_t *row = json_object();
    char source[SOURCE_SIZE];
    char rate[RATE_SIZE];

    ctl_put_span(row, "document", line->document);
    ctl_put_day(row, "from", stretch->from_on);
    ctl_put_day(row, "to", stretch->to_on);
    ctl_put(row, "days", json_integer(stretch->to_on - stretch->from_on + 1));
    ctl_put_money(row, "base", stretch->base);
    if (stretch->known) {
        source_of(claim->law, line->due_on + 1, stretch->from_on, source);
        ctl_put_text(row, "rate_percent", rate_text(stretch->rate_ppm, rate));
        ctl_put_text(row, "rate_source", source);
        ctl_put_money(row, "interest", stretch->interest);
    }
    ctl_put_text(row, "runs_to", counted ? "COMPUTATION" : "FILING");
    (void)json_array_append_new(telling->interest, row);
}

/* Up to the day of the computation, and up to the filing. */
static void sum_stretches(const struct dossier_claim *claim,
                          const struct dossier_stretch *stretches, size_t count,
                          struct rlc_money *interest, struct rlc_money *interest_until)
{
    for (size_t i = 0; i < count; i++) {
        interest_until->minor += stretches[i].interest.minor;
        if (stretches[i].to_on <= claim->claim.computed_on)
            interest->minor += stretches[i].interest.minor;
    }
}

static void tell_unknown(struct telling *telling, const struct rlc_claim_line *line,
                         const struct dossier_stretch *stretches, size_t count)
{
    char day[RLC_DAY_SIZE] = "";

    for (size_t i = 0; i < count; i++) {
        if (stretches[i].known || !rlc_day_format(stretches[i].from_on, day, sizeof(day)))
            continue;
        remark(telling,
               "%.*s: no reference rate is known from %s on; no interest is counted there.",
               (int)line->document.size, (const char *)line->document.data, day);
        return;
    }
}

/* A filing claims no interest on what was paid before it, and so less than is owed where a part was
 * paid after its due date. */
static void compare_interest(struct telling *telling, const struct rlc_claim_line *line,
                             struct rlc_money by_stretches)
{
    char filed[RLC_MONEY_SIZE];
    char counted[RLC_MONEY_SIZE];

    if (!telling->claim->filed || line->interest.minor == by_stretches.minor)
        return;
    remark(telling,
           "%.*s: the filing claims interest of %s %s, on what was still open; on what was owed in "
           "each stretch it is %s.",
           (int)line->document.size, (const char *)line->document.data,
           money_text(line->interest, filed), by_stretches.currency,
           money_text(by_stretches, counted));
}

static void tell_interest(struct telling *telling, const struct rlc_claim_line *line, json_t *row)
{
    const struct dossier_claim *claim = telling->claim;
    struct dossier_stretch stretches[DOSSIER_STRETCHES_MAX];
    struct dossier_payment payments[DOSSIER_PAYMENTS_MAX];
    struct dossier_debt debt = { .principal = line->principal,
                                 .due_on = line->due_on,
                                 .payments = payments,
                                 .computed_on = claim->claim.computed_on,
                                 .until_on = claim->until_on };
    struct rlc_money interest = line->principal;
    struct rlc_money interest_until = line->principal;
    size_t count;

    if (!claim->law || line->principal.minor <= 0 || line->due_on == RLC_DAY_NONE)
        return;
    if (!dossier_payments(telling->found, line->document, payments, &debt.payment_count) ||
        !dossier_interest(claim->law, &debt, stretches, &count)) {
        remark(telling, "%.*s: its interest is too long to be counted here.",
               (int)line->document.size, (const char *)line->document.data);
        return;
    }
    interest.minor = 0;
    interest_until.minor = 0;
    for (size_t i = 0; i < count; i++)
        tell_stretch(telling, line, &stretches[i]);
    sum_stretches(claim, stretches, count, &interest, &interest_until);
    ctl_put_money(row, "interest", interest);
    add(telling, &telling->sums.interest, interest);
    add(telling, &telling->sums.interest_until, interest_until);
    if (claim->filed)
        ctl_put_money(row, "interest_to_filing", interest_until);
    tell_unknown(telling, line, stretches, count);
    compare_interest(telling, line, interest_until);
}

/* As the filing breaks it down itself. */
static void tell_segments(const struct rlc_claim_line *line, json_t *rows)
{
    for (size_t i = 0; i < line->segment_count; i++) {
        const struct rlc_interest_segment *segment = &line->segments[i];
        json_t *row = json_object();
        char rate[RATE_SIZE];

        ctl_put_span(row, "document", line->document);
        ctl_put_day(row, "from", segment->from_on);
        ctl_put_day(row, "to", segment->to_on);
        ctl_put(row, "days", json_integer(segment->to_on - segment->from_on + 1));
        ctl_put_money(row, "base", segment->principal);
        ctl_put_text(row, "rate_percent", rate_text(segment->rate_ppm, rate));
        ctl_put_money(row, "interest", segment->interest);
        (void)json_array_append_new(rows, row);
    }
}

/* ---- receivables ---- */

static struct rlc_money indemnity_of(const struct dossier_claim *claim,
                                     const struct rlc_claim_line *line)
{
    struct rlc_money indemnity = line->indemnity;

    if (claim->filed || !claim->law || line->principal.minor <= 0 ||
        line->due_on >= claim->until_on)
        return indemnity;
    if (!rlc_late_indemnity(claim->law, line->principal, &indemnity))
        indemnity = (struct rlc_money){ .minor = 0 };
    return indemnity;
}

/* What the ledger says of it: as it was when the claim was made, and as it is now. */
static void compare_ledger(struct telling *telling, const struct rlc_claim_line *line, json_t *row)
{
    struct rlc_money then = { .minor = 0 };
    struct rlc_money now = { .minor = 0 };
    struct rlc_money claimed = line->principal;
    char open[RLC_MONEY_SIZE];
    char said[RLC_MONEY_SIZE];

    for (const struct dossier_move *move = telling->found->moves; move; move = move->next) {
        const struct rlc_receivable_fact *fact = &move->fact->receivable_opened;

        if (!rlc_span_equal(fact->document, line->document))
            continue;
        now = fact->open;
        if (dossier_was_known(telling->found, move))
            then = fact->open;
    }
    ctl_put_money(row, "open_now", now);
    claimed.minor += line->disputed.minor;
    if (claimed.minor != then.minor) {
        remark(telling, "%.*s: the claim says %s, its ledger said %s when the claim was made.",
               (int)line->document.size, (const char *)line->document.data,
               money_text(claimed, said), money_text(then, open));
    }
}

static json_t *tell_line(struct telling *telling, const struct rlc_claim_line *line)
{
    struct rlc_money indemnity = indemnity_of(telling->claim, line);
    struct sums *sums = &telling->sums;
    json_t *row = json_object();

    ctl_put_span(row, "document", line->document);
    ctl_put_span(row, "number", line->number.size ? line->number : line->document);
    ctl_put_day(row, "issued_on", line->issued_on);
    ctl_put_day(row, "due_on", line->due_on);
    ctl_put_money(row, "indemnity", indemnity);
    ctl_put_text(row, "indemnity_currency", indemnity.currency);
    ctl_put_money(row, "total", line->total);
    ctl_put_money(row, "disputed", line->disputed);
    tell_interest(telling, line, row);
    if (telling->claim->filed)
        ctl_put_money(row, "interest_as_filed", line->interest);
    compare_ledger(telling, line, row);
    ctl_put_money(row, "principal", line->principal);
    ctl_put_span(row, "terms_version", line->terms_version);
    ctl_put_hash(row, "evidence_hash", &line->evidence_hash);
    add(telling, &sums->principal, line->principal);
    add(telling, &sums->disputed, line->disputed);
    add(telling, &sums->interest_filed, line->interest);
    add(telling, &sums->indemnity, indemnity);
    return row;
}

/* ---- movements ---- */

static json_t *tell_moves(const struct dossier_case *found)
{
    json_t *rows = json_array();

    for (const struct dossier_move *move = found->moves; move; move = move->next) {
        const struct rlc_receivable_fact *fact = &move->fact->receivable_opened;
        json_t *row = json_object();

        ctl_put_span(row, "document", fact->document);
        ctl_put_ms(row, "at", move->record->at_ms);
        ctl_put_day(row, "value_on", fact->value_on);
        ctl_put_word(row, "cause", RLC_VOCABULARY_RECEIVABLE_CAUSE, (int32_t)fact->cause);
        ctl_put_span(row, "cause_id", fact->cause_id);
        ctl_put_money(row, "open_before", fact->open_before);
        ctl_put_money(row, "open", fact->open);
        ctl_put_text(row, "in_claim", dossier_was_known(found, move) ? "yes" : "no");
        ctl_put(row, "partition", json_integer(move->record->partition));
        ctl_put(row, "offset", json_integer(move->record->off));
        (void)json_array_append_new(rows, row);
    }
    return rows;
}

/* ---- proofs ---- */

static json_t *tell_proofs(const struct rlc_claim *claim)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < claim->proof_count; i++) {
        const struct rlc_proof *proof = &claim->proofs[i];
        json_t *row = json_object();

        ctl_put_word(row, "kind", RLC_VOCABULARY_PROOF_KIND, (int32_t)proof->kind);
        ctl_put(row, "kind_number", json_integer(proof->kind));
        ctl_put_span(row, "document", proof->document);
        ctl_put_day(row, "dated_on", proof->dated_on);
        ctl_put_hash(row, "content_hash", &proof->content_hash);
        ctl_put_span(row, "uri", proof->uri);
        (void)json_array_append_new(rows, row);
    }
    return rows;
}

/* ---- the claim ---- */

static void tell_hash(struct telling *telling)
{
    const struct dossier_claim *claim = telling->claim;

    if (dossier_claim_agrees(claim))
        return;
    remark(telling, claim->filed
                        ? "The claim of the filing does not give the hash that was approved."
                        : "The trail holds the hash of this claim, not its lines. The lines shown "
                          "are those of the ledger, and they give another hash: they are not "
                          "proved to be what was, or will be, approved.");
}

static json_t *tell_claim(struct telling *telling)
{
    const struct dossier_claim *claim = telling->claim;
    const struct sums *sums = &telling->sums;
    json_t *object = json_object();

    ctl_put_text(object, "source", claim->filed ? "FILING" : "LEDGER");
    ctl_put_hash(object, "claim_hash", &claim->said);
    ctl_put_hash(object, "computed_hash", &claim->hash);
    ctl_put(object, "agrees", json_boolean(dossier_claim_agrees(claim)));
    ctl_put_day(object, "computed_on", claim->claim.computed_on);
    ctl_put_day(object, "interest_until", claim->until_on);
    ctl_put_span(object, "interest_rule", claim->claim.interest_rule);
    if (claim->law)
        ctl_put_text(object, "interest_basis", claim->law->basis);
    ctl_put_money(object, "indemnity", sums->indemnity);
    ctl_put_text(object, "indemnity_currency", sums->indemnity.currency);
    ctl_put_money(object, "disputed", sums->disputed);
    ctl_put_money(object, "interest", sums->interest);
    if (claim->filed) {
        ctl_put_money(object, "interest_to_filing", sums->interest_until);
        ctl_put_money(object, "interest_as_filed", sums->interest_filed);
    }
    ctl_put_money(object, "principal", sums->principal);
    return object;
}

void dossier_claim_tell(const struct dossier_case *found, const struct dossier_claim *claim,
                        json_t *sheet)
{
    struct telling telling = { .found = found,
                               .claim = claim,
                               .interest = json_array(),
                               .remarks = json_object_get(sheet, "remarks") };
    json_t *rows = json_array();
    json_t *segments = json_array();

    tell_hash(&telling);
    for (size_t i = 0; i < claim->claim.line_count; i++) {
        (void)json_array_append_new(rows, tell_line(&telling, &claim->claim.lines[i]));
        tell_segments(&claim->claim.lines[i], segments);
    }
    if (telling.sums.lost)
        remark(&telling, "The amounts are in several currencies, or too large: a sum is missing.");
    ctl_put(sheet, "claim", tell_claim(&telling));
    ctl_put(sheet, "receivables", rows);
    ctl_put(sheet, "interest", telling.interest);
    ctl_put(sheet, "interest_filed", segments);
    ctl_put(sheet, "ledger", tell_moves(found));
    ctl_put(sheet, "proofs", tell_proofs(&claim->claim));
}
