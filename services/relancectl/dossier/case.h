/* SPDX-License-Identifier: Apache-2.0 */
/* One case at law, put together from the records about its debtor. Pure: records in, structs out.
 */
#ifndef RELANCECTL_DOSSIER_CASE_H
#define RELANCECTL_DOSSIER_CASE_H

#include "dossier/trail.h"
#include "past.h"
#include "remake.h"

/* The cases of a debtor, as objects in the order of their referral: case, creditor, referred_at,
 * state (the last word said of it). The caller owns the array. */
json_t *dossier_cases(struct dossier_trail *trail);

/* What happened to a receivable: to its open amount, or to a dispute of it. Oldest first. Facts of
 * one subject share one shape. */
struct dossier_move {
    struct dossier_move *next;
    const struct dossier_record *record;
    const struct rlc_debtor_fact *fact;
};

/* A receivable of the case, as a message shows it. */
struct dossier_line {
    struct dossier_line *next;
    struct rlc_span document;
    struct rlc_span terms_version; /* of sale; may be absent */
};

/* A contact: one request, and what became of it. */
struct dossier_message {
    struct dossier_message *next;
    struct rlc_action_id action;
    uint32_t number;
    struct dossier_line *lines;                  /* of the case; NULL: it is about others */
    const struct rlc_debtor_fact *request;       /* part 0 */
    struct rlc_span parts[CTL_REMAKE_PARTS_MAX]; /* facts, whole */
    size_t part_count;
    const struct dossier_record *attempt;  /* where the attempt stands; NULL: there was none */
    const struct rlc_attempted *attempted; /* before its first byte left */
    const struct dossier_record *answered; /* where the outcome stands; NULL: none yet */
    const struct rlc_outcome *outcome;     /* what became of it */
};

/* Something that was done, asked or refused at law. */
struct dossier_act {
    struct dossier_act *next;
    const struct dossier_record *record;
    const struct rlc_debtor_fact *fact;   /* of scenario: the referral; else NULL */
    const struct rlc_audit_record *audit; /* of legal-escalation; else NULL */
};

struct dossier_case {
    struct dossier_trail *trail;
    struct rlc_span case_id;
    struct rlc_span creditor;
    struct rlc_span procedure;           /* the one it went through last */
    struct rlc_span state;               /* the last word said of it */
    rlc_day deadline_on;                 /* that runs; absent = none */
    struct rlc_hash claim_hash;          /* of the claim, as last said */
    struct rlc_hash bundle_hash;         /* of the rules it went by last */
    const struct rlc_referred *referred; /* with the receivables of the case */
    const struct dossier_record *referral;
    const struct rlc_audit_record *filed;    /* the latest filing; NULL: none */
    const struct rlc_audit_record *recalled; /* its recall; NULL: it stands */
    /* The filing whose claim the case is about: the latest, unless it was recalled and the case
     * goes on with another claim. NULL: the claim stands in no filing. */
    const struct rlc_audit_record *claimed;
    const struct rlc_debtor *debtor; /* as known last; NULL: never */
    struct ctl_zone zone;            /* the debtor's */
    struct dossier_move *moves;      /* of amounts */
    struct dossier_move *disputes;
    struct dossier_message *messages; /* all of the debtor; see `lines` */
    struct dossier_act *acts;
    json_t *actors; /* who ordered it, by id of the command */
};

/* Puts the case together and marks the records that say something of it. False: there is no such
 * case, or memory is short. Borrows from the trail. */
bool dossier_case_init(struct dossier_case *found, struct dossier_trail *trail,
                       struct rlc_span case_id);
void dossier_case_clear(struct dossier_case *found);

/* Whether the receivable is one of the case. */
bool dossier_case_has(const struct dossier_case *found, struct rlc_span creditor,
                      struct rlc_span document);

/* Whether the move was known when the claim was made: its filing names the place in the log up to
 * which everything was taken into account. True where the claim stands in no filing. */
bool dossier_was_known(const struct dossier_case *found, const struct dossier_move *move);

/* Whether the message left, so that there is a document of it. */
bool dossier_has_left(const struct dossier_message *message);

/* Whether that is what left: its hash is the one recorded with the attempt, and with the outcome.
 */
bool dossier_is_as_sent(const struct dossier_message *message, const struct rlc_hash *hash);

/* The hash of what left: of the attempt, or else of the outcome. NULL: nothing did. */
const struct rlc_hash *dossier_sent_hash(const struct dossier_message *message);

#endif
