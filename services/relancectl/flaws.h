/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with the rows of an aged balance: where, what, and what to do about it. */
#ifndef RELANCECTL_FLAWS_H
#define RELANCECTL_FLAWS_H

#include <jansson.h>

#include "common/pure/status.h"
#include "mapping.h"

enum ctl_flaw {
    CTL_FLAW_ROW, /* the record itself */
    CTL_FLAW_DATE,
    CTL_FLAW_AMOUNT,
    CTL_FLAW_CURRENCY,
    CTL_FLAW_NEGATIVE,
    CTL_FLAW_NO_DEBTOR,
    CTL_FLAW_NO_NUMBER,
    CTL_FLAW_NO_DUE_DATE,
    CTL_FLAW_NO_ISSUE_DATE,
    CTL_FLAW_DUPLICATE,
    CTL_FLAW_DUE_BEFORE_ISSUE,
    CTL_FLAW_FUTURE,
    CTL_FLAW_NO_NAME,
    CTL_FLAW_NO_EMAIL,
    CTL_FLAW_EMAIL,
    CTL_FLAW_NATURAL, /* a natural person that is not said to be one */
    CTL_FLAW_OTHER,
    CTL_FLAW_COUNT
};

struct ctl_flaws {
    json_t *rows; /* {"line", "column", "kind", "what", "remedy"} each */
    long count[CTL_FLAW_COUNT];
};

/* "NO_DUE_DATE". */
const char *ctl_flaw_word(enum ctl_flaw flaw);

/* Where a flaw lies: its column is that of a member's template, or has a name. */
struct ctl_flaw_place {
    long line;
    struct rlc_span column; /* its name, a template such as "{due}"; may be empty, and a text
                               without a column in it tells no place */
};

/* Notes a flaw; `what` NULL: the kind's own sentence, the same for `remedy`. */
void ctl_flaw_note(struct ctl_flaws *flaws, enum ctl_flaw flaw, const struct ctl_flaw_place *place,
                   const char *what, const char *remedy);

/* Notes what the mapping or the contract refused about a record. Where `place` names no column,
 * that of a fault of the mapping is in its path; else the contract's member stands for it. Returns
 * its kind. */
enum ctl_flaw ctl_flaw_refused(struct ctl_flaws *flaws, const struct ctl_flaw_place *place,
                               const struct rlc_fault *fault);

#endif
