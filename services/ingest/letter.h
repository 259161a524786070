/* SPDX-License-Identifier: Apache-2.0 */
/* Records that are refused: the dead letter, the sealed raw record, the debtor's quarantine. */
#ifndef INGEST_LETTER_H
#define INGEST_LETTER_H

#include "intake.h"
#include "shelf.h"
#include "json/salvage.h"

/* The subject whose key seals the raw records of a month: "@raw-2026-11". */
#define RAW_SUBJECT_SIZE 13
void raw_subject(rlc_ms at_ms, char ret_subject[RAW_SUBJECT_SIZE]);

/* Whom a refused record of a source is about. The tenant is one that the source may speak for; a
 * record that names another tells neither tenant nor debtor. A natural person's id is already its
 * pseudonym. */
struct whom letter_whom(const struct intake *intake, const struct rlc_record *record,
                        struct rlc_arena *arena);

/* Emits the dead letter and, where the debtor is known, its quarantine. `raw_key` seals the raw
 * record; NULL: only its hash is kept. */
void letter_emit(const struct intake *intake, const struct rlc_record *record,
                 const struct rlc_fault *fault, const struct whom *whom,
                 const struct rlc_data_key *raw_key, struct rlc_turn *turn);

#endif
