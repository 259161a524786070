/* SPDX-License-Identifier: Apache-2.0 */
#include "core/proposal.h"

#include "core/ledger.h"
#include "core/litigation.h"
#include "core/store.h"

/* Place of the case's proposal, or where it belongs. */
static size_t place_of(const struct rlc_account_record *account, struct rlc_span case_id,
                       bool *ret_found)
{
    size_t i = 0;

    while (i < account->proposal_count &&
           rlc_span_compare(account->proposals[i].case_id, case_id) < 0)
        i++;
    *ret_found =
        i < account->proposal_count && rlc_span_equal(account->proposals[i].case_id, case_id);
    return i;
}

static struct rlc_proposal *find(struct rlc_account_record *account, struct rlc_span case_id)
{
    bool found;
    size_t place = place_of(account, case_id, &found);

    return found ? &account->proposals[place] : NULL;
}

void proposal_drop(struct rlc_account_record *account, struct rlc_span case_id)
{
    bool found;
    size_t place = place_of(account, case_id, &found);

    if (found)
        LIST_REMOVE(account->proposals, account->proposal_count, place);
}

/* ---- what legal-escalation hears ---- */

static void tell_answered(struct decision *decision, struct rlc_span creditor,
                          const struct rlc_proposal *proposal,
                          const struct rlc_contact_answered *what)
{
    struct rlc_legal_inbox message = { .kind = RLC_LEGAL_INBOX_KIND_CONTACT_ANSWERED,
                                       .contact_answered = *what };

    message.contact_answered.case_id = proposal->case_id;
    message.contact_answered.step = proposal->step;
    message.contact_answered.occurrence = proposal->occurrence;
    litigation_tell(decision, creditor, &message);
}

/* Nothing was said, and nothing will be. */
static void give_up(struct decision *decision, struct rlc_span creditor,
                    struct rlc_account_record *account, struct rlc_span case_id,
                    enum rlc_suppression reason)
{
    tell_answered(decision, creditor, find(account, case_id),
                  &(struct rlc_contact_answered){ .suppression = reason,
                                                  .answered_at_ms = decision->now_ms });
    proposal_drop(account, case_id);
}

/* ---- taking ---- */

static bool is_same(const struct rlc_proposal *known, const struct rlc_contact_proposed *proposed)
{
    return known->occurrence == proposed->occurrence && rlc_span_equal(known->step, proposed->step);
}

/* Why it cannot be taken; NULL if it can. */
static const char *refuse(const struct rlc_account_record *account,
                          const struct rlc_proposal *known,
                          const struct rlc_contact_proposed *proposed)
{
    if (!account || !litigation_knows(account, proposed->case_id))
        return "UNKNOWN_OBJECT";
    if (known && is_same(known, proposed))
        return "DUPLICATE";
    if (known && known->asked)
        return "WAITING_ANSWER";
    return proposed->document_count > CASE_LINES_MAX ? "LIMIT_DOCUMENTS" : NULL;
}

static void keep(struct decision *decision, struct rlc_account_record *account,
                 const struct rlc_contact_proposed *proposed)
{
    bool found;
    size_t place = place_of(account, proposed->case_id, &found);
    struct rlc_proposal *proposal = LIST_INSERT(
        decision, account->proposals, account->proposal_count, account->proposal_capacity, place);

    *proposal = (struct rlc_proposal){ .case_id = proposed->case_id,
                                       .step = proposed->step,
                                       .occurrence = proposed->occurrence,
                                       .channel = proposed->channel,
                                       .tone = proposed->tone,
                                       .template_name = proposed->template_name,
                                       .not_after_ms = proposed->not_after_ms };
    for (size_t i = 0; i < proposed->document_count; i++) {
        LIST_INSERT(decision, proposal->documents, proposal->document_count,
                    proposal->document_capacity, i)
            ->document = proposed->documents[i].document;
    }
}

void proposal_take(struct decision *decision, const struct rlc_contact_proposed *proposed)
{
    struct rlc_span creditor = decision->envelope->creditor;
    struct rlc_account_record *account = account_change(decision, creditor);
    struct rlc_proposal *known = account ? find(account, proposed->case_id) : NULL;
    const char *rule = refuse(account, known, proposed);

    if (rule) {
        decision_ignored(decision, rule, proposed->case_id);
        return;
    }
    if (known)
        give_up(decision, creditor, account, proposed->case_id, RLC_SUPPRESSION_STEP_GONE);
    keep(decision, account, proposed);
    account_review(decision, creditor, account, RLC_REVIEW_READY);
}

/* ---- speaking ---- */

const struct policy_answers *proposal_answers(const struct decision *decision,
                                              const struct rlc_account_record *account,
                                              const struct rlc_contact_record *contact)
{
    struct policy_answers *answers;

    if (!account || !litigation_knows(account, contact->scenario))
        return NULL;
    answers = decision_alloc(decision, sizeof(*answers));
    *answers = decision->policy->answers;
    answers->unknown = RLC_UNKNOWN_POLICY_WAIT_FOR_HUMAN;
    return answers;
}

/* A proposal about to be said: to all that follows it is the only step of a scenario. */
struct saying {
    struct policy_step step;
    struct policy_scenario scenario;
    struct policy_answers answers;
    struct speech speech;
};

static void begin(const struct decision *decision, const struct rlc_proposal *proposal,
                  struct rlc_span creditor, struct rlc_account_record *account,
                  struct saying *ret_saying)
{
    ret_saying->answers = decision->policy->answers;
    ret_saying->answers.unknown = RLC_UNKNOWN_POLICY_WAIT_FOR_HUMAN;
    ret_saying->step = (struct policy_step){ .name = proposal->step,
                                             .tone = proposal->tone,
                                             .channel = { proposal->channel },
                                             .channel_count = 1,
                                             .template_name = proposal->template_name,
                                             .age_days_min = INT32_MIN,
                                             .repeat_max = 1,
                                             .answers = &ret_saying->answers };
    ret_saying->scenario = (struct policy_scenario){ .name = proposal->case_id,
                                                     .step = &ret_saying->step,
                                                     .step_count = 1 };
    ret_saying->speech = (struct speech){ .creditor = creditor,
                                          .account = account,
                                          .scenario = &ret_saying->scenario,
                                          .lead = &ret_saying->step,
                                          .not_after_ms = proposal->not_after_ms };
}

/* A receivable of the case has no step instance and no place on its page for this: what the message
 * notes there is not kept. */
static void add_candidate(const struct decision *decision, const struct rlc_proposal *proposal,
                          const struct holding *holding, struct speech *speech)
{
    struct rlc_step_state *state = decision_alloc(decision, sizeof(*state));
    struct rlc_page_item *item = decision_alloc(decision, sizeof(*item));

    *state = (struct rlc_step_state){ .scenario = proposal->case_id,
                                      .step = proposal->step,
                                      .occurrence = proposal->occurrence,
                                      .reason = proposal->reason,
                                      .next_at_ms = proposal->next_at_ms };
    *item = (struct rlc_page_item){ .document = holding->document };
    speech->candidates[speech->count++] =
        (struct candidate){ .holding = *holding,
                            .item = item,
                            .state = state,
                            .step = speech->lead,
                            .amount = litigation_principal(decision, holding->receivable),
                            .disputed = { .minor = 0 } };
}

static void collect(struct decision *decision, const struct rlc_proposal *proposal,
                    struct speech *speech)
{
    speech->candidates =
        decision_alloc(decision, (proposal->document_count + 1) * sizeof(*speech->candidates));
    for (size_t i = 0; i < proposal->document_count; i++) {
        struct holding holding = { .creditor = speech->creditor,
                                   .document = proposal->documents[i].document,
                                   .account = speech->account };
        struct store_key key;

        store_key_receivable(decision->key, holding.creditor, holding.document, &key);
        holding.receivable = store_change(decision->overlay, &key);
        if (holding.receivable && rlc_span_equal(holding.receivable->case_id, proposal->case_id) &&
            litigation_principal(decision, holding.receivable).minor > 0)
            add_candidate(decision, proposal, &holding, speech);
    }
}

static void say_why_not(struct decision *decision, struct rlc_proposal *proposal,
                        const struct speech *speech, const struct refusal *refusal)
{
    for (size_t i = 0; i < speech->count; i++)
        steps_refuse(decision, &speech->candidates[i].holding, speech->candidates[i].state,
                     refusal);
    proposal->reason = refusal->reason;
    proposal->next_at_ms = refusal->next_at_ms;
    speech->account->wake_ms = timer_min(speech->account->wake_ms, refusal->next_at_ms);
}

static void speak(struct decision *decision, struct rlc_proposal *proposal, struct speech *speech)
{
    struct refusal refusal;

    if (gate_refuses(decision, speech, &refusal)) {
        say_why_not(decision, proposal, speech, &refusal);
        return;
    }
    proposal->asked = true;
    proposal->reason = RLC_SUPPRESSION_UNSPECIFIED;
    proposal->next_at_ms = RLC_MS_NONE;
    message_ask(decision, speech);
}

/* False when it is answered without a word. */
static bool consider(struct decision *decision, struct rlc_span creditor,
                     struct rlc_account_record *account, struct rlc_proposal *proposal)
{
    struct saying saying;

    if (proposal->not_after_ms <= decision->now_ms) {
        give_up(decision, creditor, account, proposal->case_id, RLC_SUPPRESSION_EXPIRED);
        return false;
    }
    begin(decision, proposal, creditor, account, &saying);
    collect(decision, proposal, &saying.speech);
    if (saying.speech.count == 0) {
        give_up(decision, creditor, account, proposal->case_id, RLC_SUPPRESSION_PAID);
        return false;
    }
    speak(decision, proposal, &saying.speech);
    if (!proposal->asked)
        account->wake_ms = timer_min(account->wake_ms, proposal->not_after_ms);
    return true;
}

void proposal_speak(struct decision *decision, struct rlc_span creditor,
                    struct rlc_account_record *account)
{
    for (size_t i = 0; i < account->proposal_count;) {
        struct rlc_proposal *proposal = &account->proposals[i];

        if (proposal->asked || consider(decision, creditor, account, proposal))
            i++;
    }
}

/* ---- answers ---- */

static bool is_final(const struct rlc_contact_record *contact)
{
    return contact->state == RLC_CONTACT_STATE_CLOSED ||
           contact->state == RLC_CONTACT_STATE_DOUBTFUL;
}

void proposal_answered(struct decision *decision, struct rlc_account_record *account,
                       const struct rlc_contact_record *contact, const struct rlc_outcome *outcome)
{
    struct rlc_proposal *proposal = account ? find(account, contact->scenario) : NULL;

    if (!proposal || !proposal->asked || !rlc_span_equal(proposal->step, contact->step))
        return;
    if (is_final(contact)) {
        tell_answered(
            decision, contact->creditor, proposal,
            &(struct rlc_contact_answered){ .result = contact->outcome,
                                            .content_hash = outcome ? outcome->content_hash
                                                                    : (struct rlc_hash){ { 0 } },
                                            .answered_at_ms = decision->now_ms });
        /* A person will say what became of it. */
        if (contact->state == RLC_CONTACT_STATE_CLOSED)
            proposal_drop(account, proposal->case_id);
        return;
    }
    proposal->asked = false;
    account_review(decision, contact->creditor, account, RLC_REVIEW_READY);
}

/* ---- keys ---- */

void proposal_keys(struct rlc_span debtor_key, struct rlc_span creditor,
                   const struct rlc_account_record *account, struct rlc_overlay *overlay)
{
    for (size_t i = 0; i < account->proposal_count; i++) {
        const struct rlc_proposal *proposal = &account->proposals[i];

        for (size_t k = 0; !proposal->asked && k < proposal->document_count; k++) {
            struct store_key key;

            store_key_receivable(debtor_key, creditor, proposal->documents[k].document, &key);
            (void)rlc_overlay_want(overlay, key.span);
        }
    }
}
