/* SPDX-License-Identifier: Apache-2.0 */
/* Enumerators as words: "EMAIL", "SOLE_TRADER", "PAID". The words are those of the schema without
 * their type's prefix; they are what JSON, policies, tables, logs and people use. */
#ifndef RLC_WIRE_WORDS_H
#define RLC_WIRE_WORDS_H

#include "common/pure/base.h"
#include "common/pure/span.h"

enum rlc_vocabulary {
    RLC_VOCABULARY_AGREEMENT_KIND,
    RLC_VOCABULARY_AGREEMENT_RESULT,
    RLC_VOCABULARY_AUDIT_KIND,
    RLC_VOCABULARY_BUNDLE_RECORD_KIND,
    RLC_VOCABULARY_CHANNEL,
    RLC_VOCABULARY_CLOCK_EFFECT,
    RLC_VOCABULARY_CLOCK_MODE,
    RLC_VOCABULARY_COMMAND_KIND,
    RLC_VOCABULARY_CONTACT_ROLE,
    RLC_VOCABULARY_CREDITOR_MODE,
    RLC_VOCABULARY_DISPUTE_REASON,
    RLC_VOCABULARY_DISPUTE_RESULT,
    RLC_VOCABULARY_DOCUMENT_TYPE,
    RLC_VOCABULARY_EVENT_KIND,
    RLC_VOCABULARY_FACT_KIND,
    RLC_VOCABULARY_FILING_KIND,
    RLC_VOCABULARY_HOLD_REASON,
    RLC_VOCABULARY_LEGAL_INBOX_KIND,
    RLC_VOCABULARY_LOCAL_EVENT_KIND,
    RLC_VOCABULARY_MERGE_PHASE,
    RLC_VOCABULARY_OUTCOME_RESULT,
    RLC_VOCABULARY_PARTY_KIND,
    RLC_VOCABULARY_PARTY_STATUS,
    RLC_VOCABULARY_PAYMENT_METHOD,
    RLC_VOCABULARY_PROOF_KIND,
    RLC_VOCABULARY_REACH,
    RLC_VOCABULARY_RECEIVABLE_CAUSE,
    RLC_VOCABULARY_REFERENCE_EVENT_KIND,
    RLC_VOCABULARY_REFERENCE_KIND,
    RLC_VOCABULARY_RETURN_REASON,
    RLC_VOCABULARY_STEP_RESULT,
    RLC_VOCABULARY_SUPPRESSION,
    RLC_VOCABULARY_TASK_KIND,
    RLC_VOCABULARY_TONE,
    RLC_VOCABULARY_UNKNOWN_POLICY,
    RLC_VOCABULARY_COUNT
};

/* The word for a number, static, upper case; NULL for a number that is none (0 is
 * "UNSPECIFIED"). */
const char *rlc_word(enum rlc_vocabulary vocabulary, int32_t number);

/* No vocabulary has a number of this or more; for tables indexed by number. */
#define RLC_WORD_NUMBERS 256

/* The number of a word, in upper or lower case; false, `ret_number` untouched, for anything else,
 * UNSPECIFIED included. */
RLC_NODISCARD bool rlc_word_parse(enum rlc_vocabulary vocabulary, struct rlc_span word,
                                  int32_t *ret_number);

#endif
