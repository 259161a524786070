/* SPDX-License-Identifier: Apache-2.0 */
#include "core/book.h"

#include "core/account.h"
#include "core/evidence.h"
#include "core/litigation.h"
#include "core/quarantine.h"
#include "core/retention.h"
#include "core/speech.h"
#include "core/store.h"

static struct rlc_book_record *open_book(struct decision *decision)
{
    struct store_key key;

    store_key_book(decision->key, &key);
    return store_open(decision->overlay, &key, sizeof(struct rlc_book_record));
}

static const struct rlc_book_record *read_book(const struct decision *decision)
{
    static const struct rlc_book_record EMPTY;
    const struct rlc_book_record *book;
    struct store_key key;

    store_key_book(decision->key, &key);
    book = store_get(decision->overlay, &key);
    return book ? book : &EMPTY;
}

const struct rlc_debtor *book_debtor_of(const struct decision *decision)
{
    return &read_book(decision)->debtor;
}

/* What a case shows of its debtor, or what decides whether it may go on. Sealing is deterministic,
 * so equal names are equal. */
static bool shows_otherwise(const struct rlc_debtor *now, const struct rlc_debtor *upserted)
{
    return now->status != upserted->status || !rlc_span_equal(now->country, upserted->country) ||
           !rlc_span_equal(now->name.bytes, upserted->name.bytes) ||
           !rlc_span_equal(now->address.bytes, upserted->address.bytes);
}

void book_keys(struct rlc_span debtor_key, struct rlc_overlay *overlay)
{
    struct store_key key;

    store_key_book(debtor_key, &key);
    (void)rlc_overlay_want(overlay, key.span);
}

static bool is_erased(const struct rlc_book_record *book, struct rlc_span subject)
{
    for (size_t i = 0; i < book->erased_count; i++) {
        if (rlc_span_equal(book->erased[i].document, subject))
            return true;
    }
    return false;
}

/* ---- events ---- */

void book_debtor(struct decision *decision, const struct rlc_debtor *upserted)
{
    struct rlc_debtor_record *debtor = decision->debtor;
    struct rlc_book_record *book = open_book(decision);
    bool moved = !rlc_span_equal(debtor->zone, upserted->zone) ||
                 !rlc_span_equal(debtor->calendar, upserted->calendar) ||
                 debtor->kind != upserted->kind;
    bool shows = shows_otherwise(&book->debtor, upserted);

    if (!decision_accepts(decision, &debtor->version, decision->debtor_id))
        return;
    debtor->version = decision_version(decision);
    debtor->kind = upserted->kind;
    debtor->status = upserted->status;
    debtor->country = upserted->country;
    debtor->zone = upserted->zone;
    debtor->language = upserted->language;
    debtor->calendar = upserted->calendar;
    book->debtor = *upserted;
    if (is_erased(book, decision->debtor_id)) {
        book->debtor.name = (struct rlc_sealed){ 0 };
        book->debtor.address = (struct rlc_sealed){ 0 };
        book->debtor.tax_id = (struct rlc_sealed){ 0 };
    }
    decision_raise_debtor(decision);
    /* Another zone, calendar or kind may choose other days, hours and scenarios. */
    debtor_review(decision, moved ? RLC_REVIEW_ALL : RLC_REVIEW_READY);
    *(struct rlc_debtor *)decision_fact(decision, RLC_FACT_KIND_DEBTOR_CHANGED,
                                        (struct rlc_span){ 0 }, sizeof(*upserted)) = book->debtor;
    if (shows)
        litigation_debtor_changed(decision);
}

void book_account(struct decision *decision, const struct rlc_account *upserted)
{
    struct rlc_span creditor = decision->envelope->creditor;
    struct rlc_account_record *account = account_open(decision, creditor);
    bool other_segment;
    bool moved;

    if (!account || !decision_accepts(decision, &account->version, creditor))
        return;
    other_segment = !rlc_span_equal(account->terms.segment, upserted->segment);
    moved = other_segment || !rlc_span_equal(account->terms.scenario, upserted->scenario);
    account->version = decision_version(decision);
    account->terms = *upserted;
    decision_raise_account(decision, account);
    account_review(decision, creditor, account, moved ? RLC_REVIEW_ALL : RLC_REVIEW_READY);
    *(struct rlc_account *)decision_fact(decision, RLC_FACT_KIND_ACCOUNT_CHANGED, creditor,
                                         sizeof(*upserted)) = *upserted;
    if (other_segment)
        litigation_account_changed(decision, creditor, account);
}

/* A score of one document, from the day it was issued, is for people: nothing here depends on it.
 */
static bool adopt_score(struct decision *decision, const struct rlc_score_changed *changed)
{
    struct rlc_score *score = &decision->debtor->score;
    bool moved = !rlc_span_equal(score->band, changed->band);

    if (!decision_accepts(decision, &score->version, decision->debtor_id))
        return false;
    *score = (struct rlc_score){ .version = decision_version(decision),
                                 .model = changed->model,
                                 .band = changed->band,
                                 .late_ppm = changed->late_ppm,
                                 .delay_days = changed->delay_days };
    decision_debtor_changed(decision);
    if (moved)
        debtor_review(decision, RLC_REVIEW_ALL);
    return true;
}

void book_score(struct decision *decision, const struct rlc_score_changed *changed)
{
    if (is_erased(read_book(decision), decision->debtor_id)) {
        decision_ignored(decision, "ERASED_SUBJECT", decision->debtor_id);
        return;
    }
    if (changed->document.size == 0 && !adopt_score(decision, changed))
        return;
    *(struct rlc_score_changed *)decision_fact(decision, RLC_FACT_KIND_SCORE_APPLIED,
                                               (struct rlc_span){ 0 }, sizeof(*changed)) = *changed;
}

static struct rlc_person *person_of(struct decision *decision, struct rlc_book_record *book,
                                    struct rlc_span contact)
{
    size_t i = 0;

    while (i < book->person_count &&
           rlc_span_compare(book->persons[i].contact.contact, contact) < 0)
        i++;
    if (i < book->person_count && rlc_span_equal(book->persons[i].contact.contact, contact))
        return &book->persons[i];
    if (book->person_count == PERSONS_MAX) {
        quarantine_limit(decision, "LIMIT_CONTACTS", contact, "data.contact");
        return NULL;
    }
    LIST_INSERT(decision, book->persons, book->person_count, book->person_capacity, i)
        ->contact.number = ++book->last_number;
    book->persons[i].contact.contact = contact;
    return &book->persons[i];
}

void book_contact(struct decision *decision, const struct rlc_contact *upserted)
{
    struct rlc_book_record *book = open_book(decision);
    struct rlc_person *person;
    uint32_t number;

    if (is_erased(book, upserted->subject)) {
        decision_ignored(decision, "ERASED_SUBJECT", upserted->contact);
        return;
    }
    person = person_of(decision, book, upserted->contact);
    if (!person || !decision_accepts(decision, &person->version, upserted->contact))
        return;
    number = person->contact.number;
    person->contact = *upserted;
    person->contact.number = number;
    person->version = decision_version(decision);
    person->bad_channels = 0;
    decision_raise_debtor(decision);
    debtor_review(decision, RLC_REVIEW_READY);
    *(struct rlc_contact *)decision_fact(decision, RLC_FACT_KIND_CONTACT_CHANGED,
                                         (struct rlc_span){ 0 }, sizeof(person->contact)) =
        person->contact;
}

static void forget(struct rlc_book_record *book, const struct decision *decision,
                   struct rlc_span subject)
{
    if (rlc_span_equal(subject, decision->debtor_id)) {
        decision->debtor->score = (struct rlc_score){ 0 };
        book->debtor.name = (struct rlc_sealed){ 0 };
        book->debtor.address = (struct rlc_sealed){ 0 };
        book->debtor.tax_id = (struct rlc_sealed){ 0 };
    }
    for (size_t i = 0; i < book->person_count; i++) {
        struct rlc_contact *contact = &book->persons[i].contact;

        if (!rlc_span_equal(contact->subject, subject))
            continue;
        contact->closed = true;
        contact->name = (struct rlc_sealed){ 0 };
        contact->channels = NULL;
        contact->channel_count = 0;
    }
}

static void erase(struct decision *decision, struct rlc_book_record *book,
                  const struct rlc_subject_erased *erased)
{
    LIST_INSERT(decision, book->erased, book->erased_count, book->erased_capacity,
                book->erased_count)
        ->document = erased->subject;
    forget(book, decision, erased->subject);
    decision_raise_debtor(decision);
    debtor_review(decision, RLC_REVIEW_READY);
    *(struct rlc_subject_erased *)decision_fact(decision, RLC_FACT_KIND_SUBJECT_ERASED,
                                                (struct rlc_span){ 0 }, sizeof(*erased)) = *erased;
}

void book_erase(struct decision *decision, const struct rlc_subject_erased *erased)
{
    struct rlc_book_record *book = open_book(decision);

    if (is_erased(book, erased->subject)) {
        decision_ignored(decision, "DUPLICATE", erased->subject);
        return;
    }
    if (book->erased_count == ERASED_MAX) {
        quarantine_limit(decision, "LIMIT_ERASED", erased->subject, "data.subject");
        return;
    }
    erase(decision, book, erased);
}

/* A debtor that nobody has told of has a wrong id: of a natural person, the one that a pseudonym
 * took the place of. That it is erased would be a false comfort. */
static bool knows_debtor(const struct rlc_book_record *book, const struct decision *decision)
{
    return version_known(&decision->debtor->version) || decision->debtor->account_count > 0 ||
           book->person_count > 0;
}

/* A subject is the debtor itself or one of its contact persons. */
static bool knows(const struct rlc_book_record *book, const struct decision *decision,
                  struct rlc_span subject)
{
    bool known = rlc_span_equal(subject, decision->debtor_id) && knows_debtor(book, decision);

    for (size_t i = 0; !known && i < book->person_count; i++)
        known = rlc_span_equal(subject, book->persons[i].contact.subject);
    return known;
}

const char *book_erase_by_order(struct decision *decision, struct rlc_span subject)
{
    struct rlc_book_record *book = open_book(decision);

    if (is_erased(book, subject))
        return "ALREADY_ERASED";
    if (!knows(book, decision, subject))
        return "UNKNOWN_OBJECT";
    if (retention_keeps(decision, subject))
        return "RETENTION";
    if (book->erased_count == ERASED_MAX)
        return "LIMIT_ERASED";
    erase(decision, book, &(struct rlc_subject_erased){ .subject = subject });
    return NULL;
}

/* ---- opt-outs ---- */

static size_t find_opt_out(const struct rlc_book_record *book, const struct rlc_command_opt *opt)
{
    size_t i = 0;

    while (i < book->opt_out_count && (book->opt_outs[i].channel != opt->channel ||
                                       !rlc_span_equal(book->opt_outs[i].contact, opt->contact)))
        i++;
    return i;
}

const char *book_opt(struct decision *decision, const struct rlc_command_opt *opt, bool out)
{
    struct rlc_book_record *book = open_book(decision);
    size_t index = find_opt_out(book, opt);

    if (out == (index < book->opt_out_count))
        return out ? "ALREADY_OPTED_OUT" : "NOT_OPTED_OUT";
    if (out && book->opt_out_count == OPT_OUTS_MAX)
        return "LIMIT_OPT_OUTS";
    if (out) {
        struct rlc_opt_out *entry = LIST_INSERT(decision, book->opt_outs, book->opt_out_count,
                                                book->opt_out_capacity, index);

        *entry = (struct rlc_opt_out){ .contact = opt->contact,
                                       .channel = opt->channel,
                                       .said = decision_said(decision) };
    } else {
        LIST_REMOVE(book->opt_outs, book->opt_out_count, index);
    }
    decision_raise_debtor(decision);
    debtor_review(decision, RLC_REVIEW_READY);
    return NULL;
}

static const struct rlc_opt_out *opted_out(const struct rlc_book_record *book,
                                           struct rlc_span contact, enum rlc_channel channel)
{
    for (size_t i = 0; i < book->opt_out_count; i++) {
        const struct rlc_opt_out *opt = &book->opt_outs[i];

        if ((opt->contact.size == 0 || rlc_span_equal(opt->contact, contact)) &&
            (opt->channel == RLC_CHANNEL_UNSPECIFIED || opt->channel == channel))
            return opt;
    }
    return NULL;
}

void book_set_aside(struct decision *decision, uint32_t contact_number, enum rlc_channel channel)
{
    struct rlc_book_record *book = open_book(decision);

    for (size_t i = 0; i < book->person_count; i++) {
        if (book->persons[i].contact.number == contact_number)
            book->persons[i].bad_channels |= 1u << channel;
    }
    decision_raise_debtor(decision);
}

/* ---- whom to write to ---- */

/* What was found on the way, to say why there is nobody. */
struct search {
    struct speech *speech;
    bool opted_out;
    struct rlc_event_reference said; /* whose word that is */
    bool erased;
};

/* Whoever handles invoices comes before the others; then the rank of the address, then the id. */
static bool is_better(const struct rlc_person *person, const struct rlc_contact_channel *address,
                      const struct speech *speech)
{
    const uint32_t HANDLES = RLC_CONTACT_ROLE_BILLING | RLC_CONTACT_ROLE_ACCOUNTS_PAYABLE;
    bool handles = (person->contact.roles & HANDLES) != 0;
    bool chosen_handles;

    if (!speech->person)
        return true;
    chosen_handles = (speech->person->contact.roles & HANDLES) != 0;
    if (handles != chosen_handles)
        return handles;
    return address->rank < speech->address->rank;
}

static void note_opt_out(struct search *search, struct rlc_event_reference said)
{
    search->opted_out = true;
    search->said = said;
}

/* Whether this address must not be used because somebody said so. */
static bool is_unwanted(struct search *search, const struct rlc_book_record *book,
                        const struct rlc_person *person, const struct rlc_contact_channel *address)
{
    const struct rlc_opt_out *opt = opted_out(book, person->contact.contact, address->channel);

    if (opt)
        note_opt_out(search, opt->said);
    else if (address->opted_out)
        note_opt_out(search, (struct rlc_event_reference){ person->version.source,
                                                           person->version.event_id });
    return opt || address->opted_out;
}

static void search_person(struct search *search, const struct rlc_book_record *book,
                          const struct rlc_person *person, enum rlc_channel channel)
{
    for (size_t i = 0; i < person->contact.channel_count; i++) {
        const struct rlc_contact_channel *address = &person->contact.channels[i];

        if (address->channel != channel || (person->bad_channels & (1u << channel)) != 0)
            continue;
        if (is_unwanted(search, book, person, address))
            continue;
        if (is_better(person, address, search->speech)) {
            search->speech->person = person;
            search->speech->address = address;
        }
    }
}

static bool is_letter(enum rlc_channel channel)
{
    return channel == RLC_CHANNEL_LETTER || channel == RLC_CHANNEL_REGISTERED_LETTER;
}

static bool search_channel(struct search *search, const struct rlc_book_record *book,
                           enum rlc_channel channel)
{
    struct speech *speech = search->speech;
    const struct rlc_opt_out *opt;

    speech->person = NULL;
    speech->address = NULL;
    for (size_t i = 0; i < book->person_count; i++) {
        search->erased = search->erased || is_erased(book, book->persons[i].contact.subject);
        if (!book->persons[i].contact.closed)
            search_person(search, book, &book->persons[i], channel);
    }
    if (speech->person)
        return true;
    if (!is_letter(channel) || book->debtor.address.key_id.size == 0)
        return false;
    opt = opted_out(book, (struct rlc_span){ 0 }, channel);
    if (opt)
        note_opt_out(search, opt->said);
    return !opt;
}

static struct refusal nobody(const struct search *search)
{
    if (search->opted_out)
        return (struct refusal){ .reason = RLC_SUPPRESSION_OPTED_OUT, .rule = "address.opted_out" };
    if (search->erased)
        return (struct refusal){ .reason = RLC_SUPPRESSION_ERASED, .rule = "address.erased" };
    return (struct refusal){ .reason = RLC_SUPPRESSION_NO_ADDRESS, .rule = "address.none" };
}

bool book_choose(const struct decision *decision, struct speech *speech,
                 struct refusal *ret_refusal)
{
    const struct rlc_book_record *book = read_book(decision);
    struct search search = { .speech = speech };

    for (size_t i = 0; i < speech->lead->channel_count; i++) {
        speech->channel_ordinal = (uint32_t)i;
        speech->channel = speech->lead->channel[i];
        if (search_channel(&search, book, speech->channel))
            return true;
    }
    search.erased = search.erased || is_erased(book, decision->debtor_id);
    *ret_refusal = nobody(&search);
    if (search.opted_out)
        evidence_event(decision, ret_refusal, &search.said);
    return false;
}
