/* SPDX-License-Identifier: Apache-2.0 */
/* Scenario on a table: its core, its codec and a map of records, without a loop. Events go through
 * their bytes; records are encoded after every batch and read again in the next, so that nothing
 * survives but what is stored. Ends the process on what must never happen: more than four rounds of
 * keys, a timer that is not later than now. */
#ifndef RLC_TESTS_SCENARIO_BENCH_H
#define RLC_TESTS_SCENARIO_BENCH_H

#include "common/wire/contact_request.h"
#include "common/wire/debtor_fact.h"
#include "common/wire/legal_inbox.h"

#include "core/scenario.h"

#define BENCH_TENANT   "acme"
#define BENCH_DEBTOR   "D1"
#define BENCH_CREDITOR "FR01"
#define BENCH_ZONE     "Europe/Paris"

enum { BENCH_POLICIES_MAX = 4 };

struct scenario_bench;

/* A bench in live mode whose tenant has followed policy 1 since 2018; its time is
 * 2025-01-01T00:00Z. Events are decided in batches of `batch` (1 = one at a time). `policies` are
 * borrowed; number n has a bundle hash of bytes n. */
struct scenario_bench *bench_new(const struct policy *const *policies, size_t count, size_t batch);
void bench_free(struct scenario_bench *bench);

/* Steps D+3 friendly, D+10 firm, D+40 formal, calendar days, 10:00, by e-mail, every day, no cap,
 * in UTC unless the debtor says otherwise. To be copied and changed. */
extern const struct policy BENCH_POLICY;
extern const struct policy_scenario BENCH_SCENARIO;
extern const struct policy_step BENCH_STEPS[3];

/* ---- time ---- */

rlc_day bench_day(const char *date);
rlc_ms bench_instant(const char *date, int hour, int minute);

/* The instant at which the following events are ingested. */
void bench_at(struct scenario_bench *bench, rlc_ms now_ms);

/* A tick: everything due by then is decided. */
void bench_tick(struct scenario_bench *bench, rlc_ms now_ms);

/* One tick a day at 10:00 UTC, from the day after the last one to `date` included. Requests are
 * answered `accepted` after each when `answers` is true. */
void bench_days_until(struct scenario_bench *bench, const char *date, bool answers);

/* ---- events ---- */

/* Sends an event. Absent parts of the envelope are filled in: tenant, debtor, creditor, source, a
 * new id, the time, the hash of the payload. */
void bench_send(struct scenario_bench *bench, const struct rlc_debtor_event *event);

/* Decides what is queued for the batch. Called by all that looks at results. */
void bench_flush(struct scenario_bench *bench);

void bench_debtor(struct scenario_bench *bench, const char *zone, const char *calendar);
void bench_contact(struct scenario_bench *bench, const char *contact, enum rlc_channel channel);
void bench_invoice(struct scenario_bench *bench, const char *document, int64_t minor,
                   const char *due);
void bench_payment(struct scenario_bench *bench, const char *payment, int64_t minor,
                   const char *document);
void bench_command(struct scenario_bench *bench, const struct rlc_command *command);

/* Answers the latest request. */
void bench_answer(struct scenario_bench *bench, enum rlc_outcome_result result);
void bench_return(struct scenario_bench *bench, enum rlc_return_reason reason);

/* ---- results ---- */

size_t bench_requests(struct scenario_bench *bench);
const struct rlc_contact_request *bench_request(struct scenario_bench *bench, size_t index);
const struct rlc_contact_request *bench_last_request(struct scenario_bench *bench);

size_t bench_facts(struct scenario_bench *bench);
const struct rlc_debtor_fact *bench_fact(struct scenario_bench *bench, size_t index);
size_t bench_count(struct scenario_bench *bench, enum rlc_fact_kind kind);
/* The latest of a kind; NULL if there is none. */
const struct rlc_debtor_fact *bench_last(struct scenario_bench *bench, enum rlc_fact_kind kind);
size_t bench_closed(struct scenario_bench *bench, enum rlc_step_result result);
size_t bench_silences(struct scenario_bench *bench, enum rlc_suppression reason);
/* What legal-escalation was told. */
size_t bench_legals(struct scenario_bench *bench);
const struct rlc_legal_inbox *bench_legal(struct scenario_bench *bench, size_t index);

/* How many scopes it was told. */
size_t bench_scopes_told(struct scenario_bench *bench);
/* Dead letters: what each says and about which record. */
struct bench_letter {
    struct rlc_fault fault;
    struct rlc_coordinates at;
};
size_t bench_letters(struct scenario_bench *bench);
const struct bench_letter *bench_letter(struct scenario_bench *bench, size_t index);

/* Forgets facts, requests and letters so far; nothing that was returned before is valid any more.
 */
void bench_forget(struct scenario_bench *bench);

/* A state record, decoded; NULL if there is none. Valid until the next call. */
const void *bench_record(struct scenario_bench *bench, const char *key);
const struct rlc_account_record *bench_account(struct scenario_bench *bench);
const struct rlc_receivable_record *bench_receivable(struct scenario_bench *bench,
                                                     const char *document);
const struct rlc_debtor_record *bench_debtor_record(struct scenario_bench *bench);

/* Number of records, and the key of each in byte order. */
size_t bench_records(struct scenario_bench *bench);
struct rlc_span bench_key(struct scenario_bench *bench, size_t index);

/* All facts, requests and records as bytes, hashed: equal iff everything is equal. */
uint64_t bench_digest(struct scenario_bench *bench);

/* Records read since the last call: what an event costs. */
size_t bench_reads(struct scenario_bench *bench);

#endif
