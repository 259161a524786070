/* SPDX-License-Identifier: Apache-2.0 */
/* A case before the core of legal-escalation, day by day: messages go in, outputs are kept. */
#ifndef RLC_TESTS_LEGAL_BENCH_H
#define RLC_TESTS_LEGAL_BENCH_H

#include "core/legal.h"

#define LEGAL_BENCH_CASE "case-1"
/* The mark of a signature that verifies, before the key's first byte. */
#define LEGAL_BENCH_SEAL 'S'

struct legal_bench;

/* legal_rules.c: the procedures `notice`, `order` and `claim`; `head`, `junior` and `lawyer` have
 * keys that begin with their first letter, and only the head may file. */
struct legal_policy legal_bench_rules(void);

/* Every creditor is live, for all its debtors. */
extern const struct rlc_creditor_setting LEGAL_BENCH_LIVE;

/* A debtor acme/C-1 of creditor FR. The policy is borrowed. */
struct legal_bench *legal_bench_new(const struct legal_policy *policy);
void legal_bench_free(struct legal_bench *bench);

/* Days as people write them. */
rlc_day legal_bench_day(const char *text);

/* Goes to noon of that day; every timer on the way fires in the minute it is set for. */
void legal_bench_until(struct legal_bench *bench, const char *day);

/* Refers two receivables of 1,000 and 500 EUR that were due on 2026-03-31, with a formal notice of
 * that day each (NULL: without). The debtor is French, its account of segment `large`. */
void legal_bench_refer(struct legal_bench *bench, const char *procedure, const char *notice_on);

/* How one of them stands now, in cents. */
void legal_bench_change(struct legal_bench *bench, const char *document, int64_t principal,
                        int64_t disputed, const char *reason);

/* Tells the tenant's scope as it is from now on. A new bench has every creditor live, nothing held.
 */
void legal_bench_scope(struct legal_bench *bench, const struct rlc_scope *scope);

/* Decides any message; the envelope is filled in. */
void legal_bench_send(struct legal_bench *bench, struct rlc_legal_inbox *message);

/* An approval of the claim as it is, signed with the key whose first byte is `key`. */
struct rlc_command legal_bench_approval(struct legal_bench *bench, const char *actor, char key,
                                        const char *act);
void legal_bench_command(struct legal_bench *bench, const struct rlc_command *command);
void legal_bench_record(struct legal_bench *bench, const char *act, const char *on);
void legal_bench_answer(struct legal_bench *bench, enum rlc_outcome_result result,
                        uint32_t occurrence);

/* A contact was handed over, and nobody kept what it said. */
void legal_bench_answer_unkept(struct legal_bench *bench, uint32_t occurrence);

/* A last look ends well for the claim as it is, or as it was. */
void legal_bench_file(struct legal_bench *bench);
void legal_bench_file_claim(struct legal_bench *bench, const struct rlc_hash *claim_hash);

/* NULL when the case is over. */
struct rlc_case_record *legal_bench_case(struct legal_bench *bench);

/* How many outputs there were of a kind, and the last of them (NULL: none). */
/* Messages so far; the cause of the latest is the place of this number. */
int64_t legal_bench_sent(const struct legal_bench *bench);

size_t legal_bench_count(struct legal_bench *bench, enum rlc_audit_kind kind);
const struct legal_output *legal_bench_last(struct legal_bench *bench, enum rlc_audit_kind kind);

/* How many milestones had this code. */
size_t legal_bench_milestones(struct legal_bench *bench, const char *code);

#endif
