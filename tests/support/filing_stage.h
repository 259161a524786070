/* SPDX-License-Identifier: Apache-2.0 */
/* legal-escalation with its looks, in a world: a case is referred, approved, paid, held; what was
 * filed is read as the enterprise's legal systems read it. One stage at a time. */
#ifndef RLC_TESTS_FILING_STAGE_H
#define RLC_TESTS_FILING_STAGE_H

#include "services/legal_escalation/worker.h"
#include "tests/support/legal_bench.h"
#include "tests/support/world.h"

#define FILING_DEBTOR_KEY "acme/C-1"
#define FILING_TODAY      "2026-04-01"

/* Past every record that a test can write. */
#define FILING_ALL_SEEN (INT64_C(1) << 40)

enum { FILING_ROUNDS_MAX = 4000, FILING_ROUNDS_FEW = 200, FILING_EVENTS = 0, FILING_INBOX = 1 };

/* Scenario as a look sees it: only how far it has looked. */
struct filing_eye {
    struct rlc_view view;
    int64_t seen;
    uint8_t installation[RLC_UUID_SIZE];
};

struct filing_stage {
    struct world world;
    struct filing_eye scenario;
    struct rlc_service service;
    struct legal_looks_config looks;
    char key_path[32];
};

/* For what happens at a step of the worker: which one, and how many there were. */
struct filing_moment {
    uint64_t at;
    uint64_t steps;
};

extern struct filing_stage filing_stage;
extern struct legal_authority filing_head; /* may approve */

/* Scenario has looked as far as `seen`; batches of `batch_max`; the worker dies at the step number
 * `die_at` (0 = never). */
void filing_stage_open(int64_t seen, uint32_t batch_max, uint64_t die_at);
void filing_stage_close(void);

/* Writes a message to the inbox. */
void filing_stage_say(struct rlc_legal_inbox message);
/* The tenant's kill switch, by a scope of that revision. */
void filing_stage_switch(int64_t revision, bool on);
/* The one line of the claim, with so much of it open, in cents. */
struct rlc_claim_line filing_stage_line(int64_t principal);
/* Refers the case; the hash of its claim. */
struct rlc_hash filing_stage_refer(void);
void filing_stage_approve(struct rlc_hash claim_hash);
/* A payment leaves so much open. */
void filing_stage_pay(int64_t left);

/* What the enterprise's legal systems have read, in order. */
struct filings {
    struct rlc_legal_filing filing[4];
    size_t count;
};

struct filings filing_stage_filings(void);

#endif
