/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/legal.h"

#include "common/wire/rows.h"
#include "relance/v1/legal.pb-c.h"

static const struct rlc_wire_field PROOF_ROWS[] = {
    RLC_ENUM(proof, kind, proof_kind, RLC_REQUIRED),
    RLC_ID(proof, document, RLC_OPTIONAL),
    RLC_HASH(proof, content_hash, RLC_REQUIRED),
    RLC_TEXT(proof, uri, RLC_URI_BYTES_MAX, RLC_OPTIONAL),
    RLC_DAY(proof, dated_on, RLC_OPTIONAL),
};
RLC_TYPE(proof, PROOF_ROWS);

static const struct rlc_wire_field CLAIM_LINE_ROWS[] = {
    RLC_ID(claim_line, document, RLC_REQUIRED),
    RLC_TEXT(claim_line, number, RLC_NUMBER_BYTES_MAX, RLC_OPTIONAL),
    RLC_DAY(claim_line, issued_on, RLC_OPTIONAL),
    RLC_DAY(claim_line, due_on, RLC_OPTIONAL),
    RLC_ONE(claim_line, total, money, RLC_NOT_NEGATIVE),
    RLC_ONE(claim_line, principal, money, RLC_REQUIRED | RLC_NOT_NEGATIVE),
    RLC_ONE(claim_line, interest, money, RLC_NOT_NEGATIVE),
    RLC_ONE(claim_line, indemnity, money, RLC_NOT_NEGATIVE),
    RLC_CODE(claim_line, terms_version, RLC_OPTIONAL),
    RLC_HASH(claim_line, evidence_hash, RLC_OPTIONAL),
    RLC_MANY(claim_line, segments, segment_count, interest_segment, 0, RLC_SEGMENTS_MAX),
    RLC_ONE(claim_line, disputed, money, RLC_NOT_NEGATIVE),
    RLC_ENUM(claim_line, held, suppression, RLC_OPTIONAL),
};
RLC_TYPE(claim_line, CLAIM_LINE_ROWS);

static const struct rlc_wire_field CLAIM_ROWS[] = {
    RLC_HASH(claim, claim_hash, RLC_OPTIONAL),
    RLC_CODE(claim, interest_rule, RLC_OPTIONAL),
    RLC_DAY(claim, computed_on, RLC_REQUIRED),
    RLC_MANY(claim, lines, line_count, claim_line, 0, RLC_DOCUMENTS_MAX),
    RLC_MANY(claim, totals, total_count, total, 0, RLC_REQUEST_TOTALS_MAX),
    RLC_MANY(claim, proofs, proof_count, proof, 0, RLC_PROOFS_MAX),
};
RLC_TYPE(claim, CLAIM_ROWS);
