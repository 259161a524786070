/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/legal_filing.h"

#include "common/wire/rows.h"
#include "relance/v1/legal_filing.pb-c.h"

static const struct rlc_wire_field FILED_ROWS[] = {
    RLC_ID(filed, filing, RLC_REQUIRED),
    RLC_ID(filed, case_id, RLC_REQUIRED),
    RLC_CODE(filed, procedure, RLC_REQUIRED),
    RLC_CODE(filed, act, RLC_REQUIRED),
    RLC_CODE(filed, court, RLC_OPTIONAL),
    RLC_ONE(filed, claim, claim, RLC_REQUIRED),
    RLC_INSTANT(filed, filed_at_ms, RLC_REQUIRED),
    RLC_DAY(filed, answer_by_on, RLC_OPTIONAL),
    RLC_ID(filed, approver, RLC_OPTIONAL),
    RLC_ID(filed, approval, RLC_OPTIONAL),
    RLC_ID(filed, signing_key, RLC_OPTIONAL),
    RLC_BYTES(filed, signature, RLC_SIGNATURE_BYTES_MAX, RLC_OPTIONAL),
    RLC_ONE(filed, debtor_name, sealed, RLC_OPTIONAL),
    RLC_ONE(filed, debtor_address, sealed, RLC_OPTIONAL),
    RLC_ONE(filed, look, look_taken, RLC_OPTIONAL),
};
RLC_TYPE(filed, FILED_ROWS);

static const struct rlc_wire_field RECALLED_ROWS[] = {
    RLC_ID(recalled, filing, RLC_REQUIRED),
    RLC_ID(recalled, case_id, RLC_REQUIRED),
    RLC_CODE(recalled, reason, RLC_REQUIRED),
    RLC_ID(recalled, document, RLC_OPTIONAL),
    RLC_INSTANT(recalled, recalled_at_ms, RLC_REQUIRED),
    RLC_ONE(recalled, open, money, RLC_NOT_NEGATIVE),
};
RLC_TYPE(recalled, RECALLED_ROWS);

static const struct rlc_wire_field LEGAL_FILING_ROWS[] = {
    RLC_ONE(legal_filing, envelope, envelope, RLC_OPTIONAL),
    RLC_ENUM(legal_filing, kind, filing_kind, RLC_REQUIRED),
    RLC_WHEN(legal_filing, filed, filed, RLC_FILING_KIND_FILED, RLC_OF_ACCOUNT),
    RLC_WHEN(legal_filing, recalled, recalled, RLC_FILING_KIND_RECALLED, RLC_OF_ACCOUNT),
};
RLC_TYPE_OF_KINDS(legal_filing, LEGAL_FILING_ROWS);

enum rlc_status rlc_legal_filing_decode(struct rlc_span bytes, struct rlc_arena *arena,
                                        struct rlc_legal_filing *ret_filing,
                                        struct rlc_fault *ret_fault)
{
    return rlc_wire_decode(&rlc_legal_filing_type, bytes, arena, ret_filing, ret_fault);
}

struct rlc_span rlc_legal_filing_encode(const struct rlc_legal_filing *filing,
                                        struct rlc_arena *arena)
{
    return rlc_wire_encode(&rlc_legal_filing_type, filing, arena);
}
