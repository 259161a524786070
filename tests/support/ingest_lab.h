/* SPDX-License-Identifier: Apache-2.0 */
/* An intake for tests: two sources, keys that follow from a seed, nothing outside. */
#ifndef RLC_TESTS_INGEST_LAB_H
#define RLC_TESTS_INGEST_LAB_H

#include "intake.h"

/* Its topics: both sources first. */
enum { LAB_BILLING, LAB_BANK, LAB_SOURCES };

struct ingest_lab {
    struct source sources[LAB_SOURCES]; /* billing: any tenant; bank: live, of "acme" */
    struct tenants tenants;             /* "acme" and "globex" */
    const char *topics[LAB_SOURCES + INTAKE_OUTPUTS];
    struct rlc_service service;
    struct rlc_bundles *bundles; /* none yet */
    struct intake intake;
    rlc_ms now_ms;
};

void ingest_lab_open(struct ingest_lab *lab);
void ingest_lab_close(struct ingest_lab *lab);

/* The worked examples of proto/README.md, in order: at most `max` texts, to be freed by the caller;
 * how many. */
size_t ingest_lab_examples(char **ret_texts, size_t max);

#endif
