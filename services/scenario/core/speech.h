/* SPDX-License-Identifier: Apache-2.0 */
/* What an account would say now: its ready receivables, the step that leads, and to whom. Gates say
 * whether it may be said; the message says it. */
#ifndef SCENARIO_CORE_SPEECH_H
#define SCENARIO_CORE_SPEECH_H

#include "core/account.h"
#include "core/steps.h"

/* A receivable that is ready to be spoken about. */
struct candidate {
    struct holding holding;
    struct rlc_page_item *item;
    struct rlc_step_state *state; /* the open instance */
    const struct policy_step *step;
    struct rlc_money amount;   /* to remind of */
    struct rlc_money disputed; /* held back; 0 = nothing */
};

struct speech {
    struct rlc_span creditor;
    struct rlc_account_record *account;
    const struct policy_scenario *scenario;
    struct candidate *candidates; /* by document on arrival, by due day in a message */
    size_t count;
    const struct policy_step *lead; /* of the highest tone */
    rlc_ms not_after_ms;            /* the latest it may be said; 0 = today */

    /* Chosen by the address gate. */
    uint32_t channel_ordinal;
    enum rlc_channel channel;
    const struct rlc_person *person; /* NULL: the debtor's own address */
    const struct rlc_contact_channel *address;
};

/* Chooses what leads: the highest tone, then the step furthest up the ladder. */
void speech_choose_lead(struct speech *speech);

/* ---- gates ---- */

/* The first rule that says no, in a fixed order; false when the speech, or the referral, may be
 * made. Chooses channel and person of a message on the way. */
bool gate_refuses(const struct decision *decision, struct speech *speech,
                  struct refusal *ret_refusal);

/* When the hours of today end: the latest a message may leave. */
rlc_ms gate_hours_end(const struct decision *decision);

/* ---- addresses (book.c) ---- */

/* Chooses the first channel of the leading step with an address that may be used. */
bool book_choose(const struct decision *decision, struct speech *speech,
                 struct refusal *ret_refusal);

/* ---- the message ---- */

/* The message that would be asked for again: it has no final answer yet. NULL for a new one. */
const struct rlc_act *message_again(const struct speech *speech);

/* Notes that the leading step has referred once more; what it did is named by the result. */
struct rlc_action_id message_refer(struct decision *decision, const struct speech *speech);

/* Forgets how often the steps of a scenario, or of a case, have spoken: it is over. */
void message_forget(struct rlc_account_record *account, struct rlc_span scenario);

/* Whether the account can remember one more step that speaks. */
bool message_has_room(const struct speech *speech);

/* Asks for the contact: request, fact, records; the instances wait for the answer. */
void message_ask(struct decision *decision, struct speech *speech);

#endif
