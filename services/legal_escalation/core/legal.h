/* SPDX-License-Identifier: Apache-2.0 */
/* The pure core of legal-escalation: (policy, record of the case, event, time) -> (record,
 * outputs).
 *
 * A case is referred with its claim and goes through the states of its procedure, a table of the
 * bundle. A state may ask scenario for a contact, ask for the approval of an act, or wait for a
 * time that the law gives. Words move a case from state to state: some the engine says itself (an
 * act was filed, a deadline is over), the others people record (an order was granted, served,
 * opposed).
 *
 *   approval asked --APPROVE, bound to the claim--> waits for a last look --look--> filed
 *         ^                                              |                          |
 *         +---------- the claim is another one ----------+     less is claimed: recalled
 */
#ifndef LEGAL_CORE_LEGAL_H
#define LEGAL_CORE_LEGAL_H

#include "common/pure/overlay.h"
#include "common/wire/audit_record.h"
#include "common/wire/legal_inbox.h"

#include "core/claim.h"

/* Functions of content only: the core has neither a parser nor any cryptography. */
struct legal_world {
    void *context;
    /* The policy of a bundle; never NULL, an all-zero hash is the empty one. */
    const struct legal_policy *(*policy)(void *context, const struct rlc_hash *bundle_hash);
    legal_sha256_fn *sha256;
    /* Whether the approval was signed with this key (Ed25519). */
    bool (*verify)(const uint8_t public_key[LEGAL_PUBLIC_KEY_SIZE],
                   const struct rlc_envelope *envelope, const struct rlc_command *command);
};

/* Something to be written about a case. Milestones and proposals go to scenario, filings and
 * recalls to the enterprise's legal systems, and all of them into the audit stream. */
struct legal_output {
    enum rlc_audit_kind kind;
    struct rlc_span tenant;
    struct rlc_span debtor;
    struct rlc_span creditor;
    struct rlc_hash bundle_hash;
    uint32_t number;                /* 1, 2 ... within the case; 0: nothing is known of it */
    struct rlc_causation causation; /* without a topic: the record that is decided */
    union {                         /* the member of struct rlc_audit_record that the kind names */
        struct rlc_case_opened case_opened;
        struct rlc_milestone case_moved;
        struct rlc_filed filed;
        struct rlc_recalled recalled;
        struct rlc_contact_proposed contact_proposed;
        struct rlc_act_refused act_refused;
    };
    struct legal_output *next;
};

/* In the order in which they are to be written. */
struct legal_outputs {
    struct legal_output *first;
    struct legal_output **tail;
    size_t count;
};

/* The key of the record that a message is about: of its case, or of the tenant's scope. False if it
 * is about none. */
bool legal_key_of(const struct rlc_legal_inbox *message, struct legal_key *ret_key);

/* Decides a message; the record that it is about is known. `now_ms` is the partition's time and
 * never goes back. Outputs live in the overlay's arena. Total: what cannot be done is refused by an
 * output that says why. */
void legal_decide(const struct legal_world *world, const struct rlc_legal_inbox *message,
                  rlc_ms now_ms, struct rlc_overlay *overlay, struct legal_outputs *ret_outputs);

/* A case is due: its timers fire. `key` is that of its record. */
void legal_due(const struct legal_world *world, struct rlc_span key, rlc_ms now_ms,
               struct rlc_overlay *overlay, struct legal_outputs *ret_outputs);

/* Whether an act of the case is approved and may be filed as soon as a last look allows it. */
bool legal_is_ready(const struct rlc_case_record *record);

/* Whether what is ready was found held: another look finds the same until the scope is another one,
 * or `held_until_ms` has come. */
bool legal_is_held(const struct rlc_case_record *record);

/* A last look has found nothing that the case does not know: the act is filed, or the case says by
 * which rule the tenant's scope holds it. The records of case and scope are known. Without effect
 * if the case has changed since: `claim_hash` is that of the case when the look began. */
void legal_file(const struct legal_world *world, struct rlc_span key,
                const struct rlc_hash *claim_hash, const struct rlc_look_taken *look, rlc_ms now_ms,
                struct rlc_overlay *overlay, struct legal_outputs *ret_outputs);

#endif
