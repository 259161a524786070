/* SPDX-License-Identifier: Apache-2.0 */
/* The topic `legal-filings`: acts for the enterprise's legal systems, and their recall on the same
 * key, after them, always. Mirrors proto/relance/v1/legal_filing.proto. */
#ifndef RLC_WIRE_LEGAL_FILING_H
#define RLC_WIRE_LEGAL_FILING_H

#include "common/wire/legal.h"

enum rlc_filing_kind {
    RLC_FILING_KIND_UNSPECIFIED = 0,
    RLC_FILING_KIND_FILED = 1,
    RLC_FILING_KIND_RECALLED = 2
};

struct rlc_filed {
    struct rlc_span filing; /* id */
    struct rlc_span case_id;
    struct rlc_span procedure;
    struct rlc_span act;   /* for example "FILE_PAYMENT_ORDER" */
    struct rlc_span court; /* code in the bundle's table; absent where there is none */
    struct rlc_claim claim;
    rlc_ms filed_at_ms;
    rlc_day answer_by_on;     /* statutory deadline that starts with it; absent = none */
    struct rlc_span approver; /* actor of the approval */
    struct rlc_span approval; /* command id of the approval */
    struct rlc_span signing_key;
    struct rlc_span signature; /* the approver's, over the claim hash */
    struct rlc_sealed debtor_name;
    struct rlc_sealed debtor_address;
    struct rlc_look_taken look;
};

struct rlc_recalled {
    struct rlc_span filing;
    struct rlc_span case_id;
    struct rlc_span reason;   /* "PAID", "DISPUTED", "COMMAND", "INSOLVENT" */
    struct rlc_span document; /* what changed */
    rlc_ms recalled_at_ms;
    struct rlc_money open; /* principal left; zero = settled */
};

struct rlc_legal_filing {
    struct rlc_envelope envelope;
    enum rlc_filing_kind kind;
    union { /* the member named like the kind */
        struct rlc_filed filed;
        struct rlc_recalled recalled;
    };
};

/* As rlc_debtor_event_decode and _encode (common/wire/debtor_event.h). */
RLC_NODISCARD enum rlc_status rlc_legal_filing_decode(struct rlc_span bytes,
                                                      struct rlc_arena *arena,
                                                      struct rlc_legal_filing *ret_filing,
                                                      struct rlc_fault *ret_fault);
struct rlc_span rlc_legal_filing_encode(const struct rlc_legal_filing *filing,
                                        struct rlc_arena *arena);

#endif
