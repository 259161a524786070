/* SPDX-License-Identifier: Apache-2.0 */
/* Made-up facts of scenario and records of the notifier about one debtor, told event by event: what
 * happened at which offset of debtor-events, and which contact was attempted with which watermark.
 * Documents belong to creditor FR unless they are told otherwise; amounts are euros. */
#ifndef RLC_TESTS_TALE_H
#define RLC_TESTS_TALE_H

#include "common/wire/audit_record.h"
#include "common/wire/debtor_fact.h"

#define TALE_MAX 64
/* When everything is decided; agreements begin then. */
#define TALE_MS INT64_C(1767571200000)

struct tale {
    int32_t partition;
    const char *debtor;
    struct rlc_epochs epochs; /* after whatever is told next */
    struct rlc_debtor_fact facts[TALE_MAX];
    size_t fact_count;
    struct rlc_audit_record records[TALE_MAX];
    size_t record_count;
    struct rlc_attempt_line lines[TALE_MAX];
    struct rlc_document_ref documents[TALE_MAX]; /* of the fact with that number */
};

/* Nothing has happened to debtor D1; epochs are 1, 1, 1. */
void tale_begin(struct tale *tale, int32_t partition);

/* ---- facts, each caused by the record at offset `at` of debtor-events ---- */

struct rlc_debtor_fact *tale_fact(struct tale *tale, int64_t at, enum rlc_fact_kind kind);
void tale_issued(struct tale *tale, int64_t at, const char *document, int64_t open_minor);
/* What is open after `cause`; the debtor's account has changed. */
void tale_moved(struct tale *tale, int64_t at, const char *document, int64_t open_minor,
                enum rlc_receivable_cause cause, const char *cause_id);
/* An agreement on `document`, or without one on the debtor; the debtor has changed. The caller may
 * change what it returns. */
struct rlc_agreement_fact *tale_agreement(struct tale *tale, int64_t at, enum rlc_fact_kind fact,
                                          enum rlc_agreement_kind kind, const char *id,
                                          const char *document);

/* ---- the notifier ---- */

/* Request 1 of action `action` asks for one document, with the epochs as they are now. */
struct rlc_audit_record *tale_attempt(struct tale *tale, uint8_t action, int64_t watermark,
                                      const char *document, int64_t minor);
void tale_ended(struct tale *tale, uint8_t action, enum rlc_outcome_result result);
/* UNSPECIFIED: the transfer had not begun. */
void tale_transfer(struct tale *tale, uint8_t action, enum rlc_outcome_result result);

#endif
