/* SPDX-License-Identifier: Apache-2.0 */
/* Reading JSON by shapes (shape.h). The first fault ends it, but for whoever wants all of them;
 * values never appear in a fault. */
#ifndef INGEST_JSON_READER_H
#define INGEST_JSON_READER_H

#include <jansson.h>

#include "json/canonical.h"
#include "json/shape.h"

#define NO_INDEX SIZE_MAX

struct reader {
    struct rlc_arena *arena;
    struct rlc_fault *fault;
    struct canonical_faults *all; /* faults so far; NULL: the first ends it */
    const char *prefix;           /* of paths: "data", "data.payload"; NULL: none */
    const char *list;             /* the list whose element is being read; NULL: none */
    size_t index;                 /* of that element */
    rlc_ms time_ms;               /* of the event, for OR_TIME */
    char currency[RLC_CURRENCY_SIZE];
    struct personal **personal; /* where the next one is hung */
    struct alias **aliases;
};

/* Whether to go on behind a status: RLC_OK, also for a fault that was noted among all of them; else
 * the status. */
RLC_NODISCARD enum rlc_status go_on(const struct reader *reader, enum rlc_status status);

/* Reads the members of `json`, an object, into the struct of the shape at `base`, which is zeroed.
 */
RLC_NODISCARD enum rlc_status read_object(struct reader *reader, const struct shape *shape,
                                          json_t *json, void *base);

/* Reads one value that is not null by its form (forms.c). RLC_OK, RLC_REJECT or RLC_RETRY. */
RLC_NODISCARD enum rlc_status read_value(struct reader *reader, const struct member *member,
                                         json_t *value, void *base);

/* Refuses a member, or with an index one of its elements. RLC_REJECT. */
enum rlc_status refuse(const struct reader *reader, const struct member *member, size_t index,
                       const char *code, const char *remedy);

/* The number of elements of a list, if it is one and not too short or long. */
RLC_NODISCARD enum rlc_status read_count(const struct reader *reader, const struct member *member,
                                         json_t *value, size_t *ret_count);

/* An array in the arena for a list; pointer and count go to the struct. RLC_RETRY: no room. */
RLC_NODISCARD enum rlc_status make_list(const struct reader *reader, const struct member *member,
                                        void *base, size_t count, size_t size, void **ret_elements);

#endif
