/* SPDX-License-Identifier: Apache-2.0 */
/* What the bundle says to legal-escalation: plain, constant, complete. Built once per bundle hash
 * by the reader of the policy files, which also checks it; the core never checks it again. */
#ifndef LEGAL_CORE_PROCEDURE_H
#define LEGAL_CORE_PROCEDURE_H

#include "common/pure/deadline.h"
#include "common/pure/late_payment.h"
#include "common/pure/zone.h"
#include "common/wire/legal.h"

enum {
    LEGAL_STATES_MAX = 32,     /* of one procedure: a lawsuit through three courts has fewer */
    LEGAL_MOVES_MAX = 16,      /* out of one state */
    LEGAL_WARNINGS_MAX = 8,    /* before one deadline */
    LEGAL_ACTS_MAX = 32,       /* that one person may approve */
    LEGAL_PUBLIC_KEY_SIZE = 32 /* Ed25519, RFC 8032 5.1.5 */
};

/* Words that the engine itself says; all others are recorded by people. */
#define LEGAL_WORD_ACCEPTED  "ACCEPTED"  /* the proposed contact was handed over */
#define LEGAL_WORD_FAILED    "FAILED"    /* ... it was not, and will not be */
#define LEGAL_WORD_FILED     "FILED"     /* the act was filed */
#define LEGAL_WORD_REFUSED   "REFUSED"   /* who may approve the act said no */
#define LEGAL_WORD_REDUCED   "REDUCED"   /* less is claimed than was filed */
#define LEGAL_WORD_DEADLINE  "DEADLINE"  /* the state's deadline is over */
#define LEGAL_WORD_TOO_SMALL "TOO_SMALL" /* the claim is too small for the act */

struct legal_move {
    struct rlc_span on; /* word */
    struct rlc_span to; /* state of the same procedure */
};

/* A contact that scenario is asked for when the state begins. */
struct legal_contact {
    enum rlc_channel channel; /* UNSPECIFIED: none */
    enum rlc_tone tone;
    struct rlc_span template_name;
    int32_t within_days; /* calendar days in which it must leave, >= 1 */
};

/* A time that the law gives, counted from a date of the case. */
struct legal_time {
    struct rlc_span rule;                  /* code of a deadline rule; empty: none */
    struct rlc_span from;                  /* word: the date it begins with */
    struct rlc_span law_of;                /* word: the date whose law counts; empty: as `from` */
    int32_t warn_days[LEGAL_WARNINGS_MAX]; /* calendar days before its end, descending */
    size_t warn_count;
    /* Calendar days after its end in which people may still record what was done in time; only then
     * is it over for the case. */
    int32_t grace_days;
};

struct legal_state {
    struct rlc_span name;
    struct legal_contact contact;
    struct rlc_span act; /* filed once it is approved; empty: none */
    struct legal_time time;
    struct rlc_span procedure; /* the case goes on there, from its beginning; empty: no */
    struct rlc_span end;       /* the case is over, under this code; empty: no */
    const struct legal_move *move;
    size_t move_count; /* <= LEGAL_MOVES_MAX */
};

/* What a claim must show before an act is asked for. */
struct legal_needs {
    uint32_t proofs;     /* bit 1 << kind: each line has one, or the case as a whole */
    int32_t notice_days; /* calendar days since the formal notice of each line */
    /* Principal, by currency, one of each: below it no act is asked for. A currency that is not
     * listed: none is, where any is. */
    const struct rlc_money *at_least;
    size_t at_least_count;
};

struct legal_procedure {
    struct rlc_span name;
    const struct rlc_calendar *calendar; /* holidays that move a deadline */
    const struct rlc_late_law *interest; /* NULL: none is claimed */
    struct legal_needs needs;
    /* What it costs the creditor to get a title, by currency: a claim that is not more than that is
     * not worth it. A currency that is not listed: nobody knows, and nothing is weighed. */
    const struct rlc_money *cost;
    size_t cost_count;
    const struct legal_state *state; /* the first is where a case begins */
    size_t state_count;              /* >= 1 */
};

/* Who may approve what. */
struct legal_authority {
    struct rlc_span actor;
    struct rlc_span key; /* id of the signing key */
    uint8_t public_key[LEGAL_PUBLIC_KEY_SIZE];
    const struct rlc_span *act;
    size_t act_count;
    const struct rlc_money *up_to; /* principal, by currency; one that is not listed: nothing */
    size_t up_to_count;
};

struct legal_policy {
    struct rlc_hash bundle_hash;
    struct rlc_zone zone;                    /* in which a day begins and ends */
    const struct legal_procedure *procedure; /* sorted by name */
    size_t procedure_count;
    const struct rlc_deadline_rule *rule;
    size_t rule_count;
    const struct legal_authority *authority; /* sorted by actor; one actor, one key */
    size_t authority_count;
};

/* That of a bundle without procedures. */
extern const struct legal_policy LEGAL_POLICY_EMPTY;

/* The amount of that currency in a list; NULL where there is none. */
const struct rlc_money *legal_amount_in(const struct rlc_money *amounts, size_t count,
                                        struct rlc_money like);

/* NULL where there is none of that name. */
const struct legal_procedure *legal_procedure_find(const struct legal_policy *policy,
                                                   struct rlc_span name);
const struct legal_state *legal_state_find(const struct legal_procedure *procedure,
                                           struct rlc_span name);
const struct legal_move *legal_move_find(const struct legal_state *state, struct rlc_span word);
const struct legal_authority *legal_authority_find(const struct legal_policy *policy,
                                                   struct rlc_span actor);

/* Whether the engine says this word itself, so that nobody may record it. */
bool legal_word_is_own(struct rlc_span word);

#endif
