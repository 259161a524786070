/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with the files of a bundle: each with its place, in the order they were found, so
 * that a person repairs them in one go. */
#ifndef RLC_POLICY_PROBLEMS_H
#define RLC_POLICY_PROBLEMS_H

#include <stdio.h>

#include "common/pure/span.h"
#include "common/pure/status.h"

/* More than a person repairs before the next try; the rest is counted. */
#define RLC_PROBLEMS_MAX 20

enum rlc_severity {
    RLC_SEVERITY_ERROR,  /* the bundle is refused */
    RLC_SEVERITY_WARNING /* legal, and probably not meant */
};

/* A place in a file of the bundle. Line and column count from 1; 0 = the file as a whole. */
struct rlc_place {
    struct rlc_span path; /* empty: the bundle as a whole */
    int32_t line;
    int32_t column;
};

struct rlc_problem {
    enum rlc_severity severity;
    char path[256];
    int32_t line;
    int32_t column;
    char text[320];   /* what is wrong, lower case, no full stop */
    char remedy[320]; /* what to do; may be empty */
};

/* All zero: nothing is wrong. */
struct rlc_problems {
    size_t error_count;
    size_t warning_count;
    size_t count; /* of those that are kept */
    struct rlc_problem problem[RLC_PROBLEMS_MAX];
};

/* Notes a problem, unless it is noted already: several workers read the same file. `remedy` may be
 * NULL. Beyond RLC_PROBLEMS_MAX an error takes the place of a warning, else it is only counted. */
void rlc_problems_add(struct rlc_problems *problems, enum rlc_severity severity,
                      const struct rlc_place *place, const char *remedy, const char *format, ...)
    RLC_PRINTF(5, 6);

/* "scenarios/standard.yaml:12:9: unknown key 'ofset', did you mean 'offset'?", warnings with
 * "warning: " before the text; cut to `capacity` - 1 bytes. Returns `buffer`. */
char *rlc_problem_format(const struct rlc_problem *problem, char *buffer, size_t capacity);

/* One line a problem, remedies indented below, and a last line that counts what was not kept. */
void rlc_problems_print(const struct rlc_problems *problems, FILE *out);

/* RLC_OK if there is no error, else RLC_REJECT with the first error in `reterr` (may be NULL). */
RLC_NODISCARD enum rlc_status rlc_problems_status(const struct rlc_problems *problems,
                                                  const char *origin, struct rlc_error *reterr);

#endif
