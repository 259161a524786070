/* SPDX-License-Identifier: Apache-2.0 */
#include "core/scoring.h"

#include <assert.h>

#include "common/pure/key.h"

#include "core/profile.h"

/* ---- records ---- */

/* `r`, D, creditor, document, and the bars between them. */
#define KEY_ROOM (RLC_TENANT_MAX + 3 * RLC_ID_MAX + 16)

struct state_key {
    uint8_t room[KEY_ROOM];
    struct rlc_span span;
};

static void build(char kind, const struct rlc_span *part, size_t count, struct state_key *ret_key)
{
    struct rlc_arena arena;

    rlc_arena_init(&arena, ret_key->room, sizeof(ret_key->room));
    ret_key->span = rlc_key_build(&arena, kind, part, count);
    assert(ret_key->span.data);
}

static void key_of_item(struct rlc_span debtor, struct rlc_span creditor, struct rlc_span document,
                        struct state_key *ret_key)
{
    struct rlc_span part[] = { debtor, creditor, document };

    build('r', part, RLC_COUNT(part), ret_key);
}

/* The profile to look at; NULL: there is none. */
static struct rlc_profile *find_profile(struct rlc_overlay *overlay, struct rlc_span debtor)
{
    struct state_key key;

    build('d', &debtor, 1, &key);
    return rlc_overlay_get(overlay, key.span);
}

/* The profile to change. */
static struct rlc_profile *open_profile(struct rlc_overlay *overlay, struct rlc_span debtor)
{
    struct state_key key;
    struct rlc_profile *profile;

    build('d', &debtor, 1, &key);
    profile = rlc_overlay_change(overlay, key.span);
    if (!profile) {
        profile = rlc_overlay_put(overlay, key.span, sizeof(*profile));
        profile->format = SCORING_FORMAT;
    }
    return profile;
}

/* ---- one fact ---- */

struct taking {
    const struct rlc_debtor_fact *fact;
    struct rlc_span debtor; /* D */
    struct scoring_decision *decision;
    struct rlc_arena *arena;
    struct rlc_profile *profile;
    rlc_day today;                         /* UTC, when scenario decided the fact */
    bool document_rated;                   /* the fact issued a document ... */
    struct scoring_rating document_rating; /* ... and this is what was known of it then */
};

static struct rlc_money bounded(const struct rlc_money *amount)
{
    struct rlc_money bounded = *amount;

    if (bounded.minor > SCORING_AMOUNT_MAX)
        bounded.minor = SCORING_AMOUNT_MAX;
    return bounded;
}

/* ---- receivables ---- */

/* Only what was known on the day of issue may rate a document: one that comes later than something
 * newer has no score of its own. */
static void rate_document(struct taking *taking, const struct rlc_receivable_fact *receivable)
{
    const struct scoring_document document = { .amount = bounded(&receivable->total),
                                               .issued_on = receivable->issued_on,
                                               .due_on = receivable->due_on };
    rlc_day on = receivable->issued_on < taking->today ? receivable->issued_on : taking->today;
    struct scoring_values values;

    if (!taking->decision->model || receivable->cause != RLC_RECEIVABLE_CAUSE_ISSUED ||
        taking->profile->known_on > receivable->issued_on)
        return;
    scoring_values(taking->profile, on, &document, &values);
    scoring_rate(taking->decision->model, &values, &taking->document_rating);
    taking->document_rated = true;
}

static void move_open(struct taking *taking, const struct rlc_receivable_fact *receivable)
{
    struct rlc_overlay *overlay = taking->decision->overlay;
    struct rlc_money open = bounded(&receivable->open);
    struct state_key key;
    struct rlc_open_item *item;
    bool known;

    key_of_item(taking->debtor, taking->fact->envelope.creditor, receivable->document, &key);
    known = rlc_overlay_get(overlay, key.span) != NULL;
    if (!known && open.minor <= 0)
        return;
    item = known ? rlc_overlay_change(overlay, key.span)
                 : rlc_overlay_put(overlay, key.span, sizeof(*item));
    profile_open(taking->profile, taking->arena, item, &open, receivable->due_on);
    if (open.minor <= 0)
        rlc_overlay_delete(overlay, key.span);
}

static void opened(struct taking *taking)
{
    const struct rlc_receivable_fact *receivable = &taking->fact->receivable_opened;
    struct rlc_money total = bounded(&receivable->total);

    rate_document(taking, receivable);
    if (total.minor > 0)
        profile_issue(taking->profile, taking->arena, &total);
    move_open(taking, receivable);
}

static void changed(struct taking *taking)
{
    move_open(taking, &taking->fact->receivable_changed);
}

/* What was credited, cancelled or written off says nothing of when the debtor pays. */
static void closed(struct taking *taking)
{
    const struct rlc_receivable_fact *receivable = &taking->fact->receivable_closed;
    struct rlc_money total = bounded(&receivable->total);

    move_open(taking, receivable);
    if (receivable->cause == RLC_RECEIVABLE_CAUSE_PAID ||
        receivable->cause == RLC_RECEIVABLE_CAUSE_REALLOCATED)
        profile_settle(taking->profile, taking->arena, &total, receivable->due_on,
                       receivable->value_on);
}

/* ---- behaviour ---- */

static void paid(struct taking *taking)
{
    profile_react(taking->profile, taking->today);
}

static void undone(struct taking *taking)
{
    profile_mark(taking->profile, taking->arena, RLC_MARK_KIND_RETURNED_PAYMENT, taking->today);
}

static void agreed(struct taking *taking)
{
    enum rlc_agreement_kind kind = taking->fact->agreement_opened.kind;

    if (kind == RLC_AGREEMENT_KIND_HOLD)
        return;
    profile_react(taking->profile, taking->today);
    if (kind == RLC_AGREEMENT_KIND_DISPUTE)
        profile_mark(taking->profile, taking->arena, RLC_MARK_KIND_DISPUTE, taking->today);
}

static void ended(struct taking *taking)
{
    const struct rlc_agreement_fact *agreement = &taking->fact->agreement_closed;

    if (agreement->kind == RLC_AGREEMENT_KIND_PROMISE &&
        agreement->result == RLC_AGREEMENT_RESULT_BROKEN)
        profile_mark(taking->profile, taking->arena, RLC_MARK_KIND_BROKEN_PROMISE, taking->today);
}

static void contacted(struct taking *taking)
{
    if (taking->fact->contact_outcome.result == RLC_OUTCOME_RESULT_ACCEPTED)
        profile_contact(taking->profile, taking->today);
}

static void (*const TAKERS[])(struct taking *taking) = {
    [RLC_FACT_KIND_RECEIVABLE_OPENED] = opened, [RLC_FACT_KIND_RECEIVABLE_CHANGED] = changed,
    [RLC_FACT_KIND_RECEIVABLE_CLOSED] = closed, [RLC_FACT_KIND_PAYMENT_RECORDED] = paid,
    [RLC_FACT_KIND_PAYMENT_UNDONE] = undone,    [RLC_FACT_KIND_AGREEMENT_OPENED] = agreed,
    [RLC_FACT_KIND_AGREEMENT_CLOSED] = ended,   [RLC_FACT_KIND_CONTACT_OUTCOME] = contacted,
};

static bool moves_profile(const struct rlc_debtor_fact *fact)
{
    return (size_t)fact->kind < RLC_COUNT(TAKERS) && TAKERS[fact->kind];
}

static bool is_erased(const struct rlc_debtor_fact *fact)
{
    return fact->kind == RLC_FACT_KIND_SUBJECT_ERASED &&
           rlc_span_equal(fact->subject_erased.subject, fact->envelope.debtor);
}

bool scoring_counts(const struct rlc_debtor_fact *fact)
{
    return moves_profile(fact) || fact->kind == RLC_FACT_KIND_STEP_OPENED || is_erased(fact);
}

/* ---- what is said ---- */

static void say(struct scoring_decision *decision, const struct scoring_rating *rating, size_t band,
                struct scoring_output *ret_output)
{
    const struct scoring_model *model = decision->model;
    struct rlc_score_reason *reasons =
        rlc_arena_array(decision->overlay->arena, SCORING_REASONS, sizeof(*reasons));

    assert(reasons);
    ret_output->score.model = model->name;
    ret_output->score.band = model->band[band].name;
    ret_output->score.late_ppm = rating->late_ppm;
    ret_output->score.delay_days = rating->delay_days;
    ret_output->score.reason_count = scoring_reasons(rating, SCORING_REASONS, reasons);
    ret_output->score.reasons = reasons;
}

static void say_debtor(struct taking *taking)
{
    struct scoring_decision *decision = taking->decision;
    struct rlc_said *said = &taking->profile->said;
    struct scoring_output *output = &decision->output[decision->output_count];
    struct scoring_values values;
    struct scoring_rating rating;
    size_t band;

    scoring_values(taking->profile, taking->today, NULL, &values);
    scoring_rate(decision->model, &values, &rating);
    band = scoring_band_of(decision->model, rating.late_ppm, said->band);
    if (said->revision > 0 && rlc_span_equal(said->band, decision->model->band[band].name) &&
        !scoring_bucket_left(decision->model, rating.late_ppm, said->late_ppm))
        return;
    said = &open_profile(decision->overlay, taking->debtor)->said;
    *said = (struct rlc_said){ .revision = said->revision + 1,
                               .band = decision->model->band[band].name,
                               .late_ppm = rating.late_ppm };
    *output = (struct scoring_output){ .revision = said->revision };
    say(decision, &rating, band, output);
    decision->output_count++;
}

static void say_document(struct taking *taking)
{
    struct scoring_decision *decision = taking->decision;
    struct scoring_output *output = &decision->output[decision->output_count];
    size_t band =
        scoring_band_of(decision->model, taking->document_rating.late_ppm, (struct rlc_span){ 0 });

    if (rlc_span_equal(decision->model->band[band].name, taking->profile->said.band))
        return;
    *output = (struct scoring_output){ .score.document = taking->fact->receivable_opened.document };
    say(decision, &taking->document_rating, band, output);
    decision->output_count++;
}

/* ---- entry points ---- */

static struct rlc_span document_of(const struct rlc_debtor_fact *fact)
{
    if (fact->kind < RLC_FACT_KIND_RECEIVABLE_OPENED ||
        fact->kind > RLC_FACT_KIND_RECEIVABLE_CLOSED)
        return (struct rlc_span){ 0 };
    return fact->receivable_opened.document; /* one shape: see the union */
}

void scoring_keys(const struct rlc_debtor_fact *fact, struct rlc_span debtor,
                  struct rlc_overlay *overlay)
{
    struct rlc_span document = document_of(fact);
    struct state_key key;

    if (!scoring_counts(fact))
        return;
    build('d', &debtor, 1, &key);
    (void)rlc_overlay_want(overlay, key.span);
    if (document.size == 0)
        return;
    key_of_item(debtor, fact->envelope.creditor, document, &key);
    (void)rlc_overlay_want(overlay, key.span);
}

static void forget(struct rlc_overlay *overlay, struct rlc_span debtor)
{
    struct state_key key;

    build('d', &debtor, 1, &key);
    if (rlc_overlay_get(overlay, key.span))
        rlc_overlay_delete(overlay, key.span);
}

static void move(struct taking *taking)
{
    taking->profile = open_profile(taking->decision->overlay, taking->debtor);
    TAKERS[taking->fact->kind](taking);
    profile_know(taking->profile, taking->today);
}

static void speak(struct taking *taking)
{
    if (!taking->decision->model || !taking->profile)
        return;
    say_debtor(taking);
    if (taking->document_rated)
        say_document(taking);
}

void scoring_take(const struct rlc_debtor_fact *fact, struct rlc_span debtor,
                  struct scoring_decision *decision)
{
    struct taking taking = { .fact = fact,
                             .debtor = debtor,
                             .decision = decision,
                             .arena = decision->overlay->arena,
                             .today = (rlc_day)(fact->decided_at_ms / RLC_DAY_MS) };

    if (!scoring_counts(fact))
        return;
    if (is_erased(fact)) {
        forget(decision->overlay, debtor);
        return;
    }
    /* When a step opens, nothing but time has passed: what is overdue is older. */
    if (moves_profile(fact))
        move(&taking);
    else
        taking.profile = find_profile(decision->overlay, debtor);
    speak(&taking);
}
