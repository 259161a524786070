/* SPDX-License-Identifier: Apache-2.0 */
/* The worked examples of the contract and an arena to read them into, for unit tests of ingest. */
#ifndef RLC_TESTS_INGEST_SHOP_H
#define RLC_TESTS_INGEST_SHOP_H

#include "json/canonical.h"

#define INGEST_EXAMPLES_MAX 40

struct ingest_shop {
    struct rlc_arena arena;
    char *example[INGEST_EXAMPLES_MAX];
    size_t count;
    struct rlc_span tenants[2]; /* "acme" and "globex" */
};

/* Group fixtures of cmocka: the state is a struct ingest_shop. */
int ingest_shop_open(void **state);
int ingest_shop_close(void **state);

/* canonical_decode() for a source with the tenant `fixed`, or none (""). */
enum rlc_status ingest_shop_decode(struct ingest_shop *shop, const char *text, size_t size,
                                   const char *fixed, struct intake_event **ret_event,
                                   struct rlc_fault *ret_fault);
/* canonical_faults() for a source without a tenant of its own. */
enum rlc_status ingest_shop_faults(struct ingest_shop *shop, const char *text, size_t size,
                                   struct canonical_faults *ret_faults);
/* Fails the test unless the text is understood. */
struct intake_event *ingest_shop_accept(struct ingest_shop *shop, const char *text);

/* The first example with these bytes in it. */
const char *ingest_shop_example(const struct ingest_shop *shop, const char *what);
/* The same with members of `data` (and, with "^", of the top) replaced; the caller frees it. */
char *ingest_shop_patched(const struct ingest_shop *shop, const char *what, const char *patch);

/* Fails the test unless the span is that text. */
void assert_span(struct rlc_span span, const char *text);

#endif
