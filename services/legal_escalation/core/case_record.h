/* SPDX-License-Identifier: Apache-2.0 */
/* What legal-escalation remembers: one record for each case that is open, and the scope of each
 * tenant. */
#ifndef LEGAL_CORE_CASE_RECORD_H
#define LEGAL_CORE_CASE_RECORD_H

#include "common/pure/key.h"
#include "common/wire/envelope.h"
#include "common/wire/legal.h"
#include "common/wire/party.h"
#include "common/wire/scope.h"

enum {
    LEGAL_FORMAT = 1,
    LEGAL_LINES_MAX = RLC_PROOFS_MAX, /* receivables of a case, as scenario refers them */
    LEGAL_DATES_MAX = 64,             /* kinds of acts with a date, in all procedures of a case */
    LEGAL_KEY_ROOM = RLC_TENANT_MAX + 2 * RLC_ID_MAX + 16 /* `l|`, D, a case */
};

/* When something happened last, by the word that moves a procedure. */
struct rlc_case_date {
    struct rlc_span word;
    rlc_day on;
};

/* Who approved the act that is about to be filed. */
struct rlc_case_approval {
    struct rlc_span command; /* empty: nobody yet */
    struct rlc_span actor;
    struct rlc_span signing_key;
    struct rlc_span signature;
    struct rlc_causation causation; /* of the command: it causes the filing, too */
};

struct rlc_case_record {
    uint32_t format;
    struct rlc_hash bundle_hash; /* of the last message about it: the rules it goes by */
    struct rlc_span tenant;
    struct rlc_span debtor;
    struct rlc_span creditor;
    struct rlc_span case_id;
    struct rlc_span procedure;
    struct rlc_span state;
    rlc_day since_on; /* legal date of the last act that moved it */

    /* Lines sorted by document. claim_hash is what an approval is bound to. */
    struct rlc_claim claim;
    enum rlc_party_status status; /* of the debtor */
    struct rlc_sealed debtor_name;
    struct rlc_sealed debtor_address;
    struct rlc_span country;       /* of the debtor */
    struct rlc_span segment;       /* of the account */
    enum rlc_suppression standing; /* what lies on debtor and account, as scenario told it */
    struct rlc_money on_account;   /* came in, and nobody has said yet for what */

    const struct rlc_case_date *dates;
    size_t date_count;   /* <= LEGAL_DATES_MAX */
    rlc_day deadline_on; /* of the state; absent = none */
    uint32_t warned;     /* warnings of it that were given */

    uint32_t occurrence; /* contacts proposed so far */
    bool proposed;       /* the state's contact was */

    struct rlc_hash asked; /* the claim for which the state's approval was asked; absent = not */
    struct rlc_case_approval approval;
    struct rlc_span blocked; /* rule that stands in the way of the act, as last said */
    struct rlc_span held;    /* rule of the scope that holds the approved act, as last said */
    rlc_ms held_until_ms;    /* that instant it may be different; RLC_MS_NONE = not by time alone */

    uint32_t filings;       /* so far */
    struct rlc_span filing; /* id of the one that stands; absent = none */

    uint32_t said;  /* outputs so far: each has a number of its own */
    rlc_ms wake_ms; /* when it wants to be looked at; RLC_MS_NONE = never */
};

/* The scope of a tenant, as it is in this partition. */
struct rlc_known_scope {
    uint32_t format;
    struct rlc_scope scope;
};

/* A state key with the room it is built in. */
struct legal_key {
    uint8_t room[LEGAL_KEY_ROOM];
    struct rlc_span span;
};

/* `debtor` is D. */
void legal_key_case(struct rlc_span debtor, struct rlc_span case_id, struct legal_key *ret_key);
void legal_key_scope(struct rlc_span tenant, struct legal_key *ret_key);

/* Whether a state key is that of a case. */
bool legal_key_is_case(struct rlc_span key);

#endif
