/* SPDX-License-Identifier: Apache-2.0 */
/* How the rows of an enterprise's ledger, CSV or JSON lines, become events: a YAML file that names
 * columns, formats, values and events. tests/ledger/mapping.yaml is a worked example, and
 * deploy/try/erp-mapping.yaml one of JSON; docs/IMPORT.md explains it.
 *
 *   format:  { delimiter: ";", decimal: ",", grouping: ".", date: "DD/MM/YYYY" }, or json
 *   columns: which hold dates or amounts
 *   values:  named texts: a template, or a column with a map and an otherwise
 *   events:  for each row, or those that `when` names, what to publish; every text is a template:
 *            "INV-{row_id}"
 *
 * Of JSON a column is the path of a member: "customer.id", "items[].amount". A path through a list
 * stands in an entry of a list of an event, which then comes once for each element.
 *
 * A member whose text comes out empty is left out. "true" and "false" become booleans. Amounts lose
 * their grouping signs, which stand between groups of three digits and nowhere else. */
#ifndef RELANCECTL_MAPPING_H
#define RELANCECTL_MAPPING_H

#include <jansson.h>

#include "common/policy/yaml.h"
#include "csv.h"

#define MAPPING_NAMES_MAX  (CSV_FIELDS_MAX + 64) /* columns and values that templates may use */
#define MAPPING_VALUES_MAX 64
#define MAPPING_EVENTS_MAX 32
#define MAPPING_TEXT_MAX   2048 /* bytes of one text once its template is filled in */
#define MAPPING_DATE_SIZE  32   /* "YYYY-MM-DDT00:00:00.000Z" and its NUL, with room */

enum mapping_kind { MAPPING_TEXT, MAPPING_DATE, MAPPING_AMOUNT };

struct mapping_column {
    struct rlc_span name;
    enum mapping_kind kind;
    char date_format[MAPPING_DATE_SIZE];
    size_t index; /* in the ledger */
    const struct rlc_yaml *node;
};

struct mapping_value {
    struct rlc_span name;
    struct rlc_span column;        /* with a map; else empty */
    struct rlc_span template_text; /* else */
    const struct rlc_yaml *map;    /* NULL: none */
    struct rlc_span otherwise;
    bool has_otherwise;
    const struct rlc_yaml *node;
};

struct mapping {
    struct rlc_span path; /* of the mapping file, for messages */
    bool json;            /* JSON lines; else CSV */
    char delimiter;
    char decimal;
    char grouping; /* 0: none */
    struct mapping_column columns[CSV_FIELDS_MAX];
    size_t column_count; /* those that need converting */
    struct mapping_value values[MAPPING_VALUES_MAX];
    size_t value_count;
    const struct rlc_yaml *events[MAPPING_EVENTS_MAX]; /* each a map */
    size_t event_count;
    struct rlc_arena *arena; /* holds the tree */
};

/* Reads and checks a mapping; false with at least one problem when it is wrong. The content and the
 * arena outlive the mapping. */
RLC_NODISCARD bool mapping_load(struct mapping *mapping, struct rlc_span path,
                                struct rlc_span content, struct rlc_arena *arena,
                                struct rlc_problems *problems);

/* The header that JSON lines do not have: every path that the mapping names, once, in `ret_header`.
 * False with a problem where a path is none, or goes through a list where none can be. Texts live
 * as long as the mapping. */
RLC_NODISCARD bool mapping_paths(const struct mapping *mapping, struct csv *ret_header,
                                 struct rlc_problems *problems);

/* The list that an entry's templates go through, its "[]" included: "items[]"; empty if none. */
struct rlc_span mapping_list(const struct rlc_yaml *entry);

/* Ties the mapping to the header record of a ledger: every column it names must be there, once, and
 * every name in a template must be a column or a value above it. */
RLC_NODISCARD bool mapping_bind(struct mapping *mapping, const struct csv *header,
                                struct rlc_problems *problems);

struct mapping_row;

/* What a row says more than once. */
struct mapping_elements {
    size_t (*count)(void *context, struct rlc_span list); /* "items[]" */
    /* The row as it reads with one element of each list; valid until the next one is asked for. */
    enum rlc_status (*row)(void *context, size_t index, const struct mapping_row **ret_row,
                           struct rlc_fault *ret_fault);
    void *context;
};

/* A row's texts by name, converted. */
struct mapping_row {
    struct rlc_span names[MAPPING_NAMES_MAX];
    struct rlc_span texts[MAPPING_NAMES_MAX];
    size_t count;
    const struct mapping_elements *elements; /* NULL: none, as in CSV */
};

/* Converts a record: dates become ISO, amounts plain decimals, values are looked up. RLC_REJECT
 * with path "line N, column 'x'" when a text is not what its column holds. Texts live in `arena`.
 */
RLC_NODISCARD enum rlc_status mapping_convert(const struct mapping *mapping,
                                              const struct csv *header_names,
                                              const struct csv *record, struct rlc_arena *arena,
                                              struct mapping_row *ret_row,
                                              struct rlc_fault *ret_fault);

/* Whether event number `event` is for this row: it has no `when`, or all that it names are so. */
bool mapping_wants(const struct mapping *mapping, size_t event, const struct mapping_row *row);

/* Event number `event` of a row as JSON; NULL with a fault when a template names what is not there.
 * `*ret_once` is the filled-in "once" (empty: one event per row). The caller owns the JSON. */
json_t *mapping_event(const struct mapping *mapping, size_t event, const struct mapping_row *row,
                      char ret_once[MAPPING_TEXT_MAX], struct rlc_fault *ret_fault);

/* The template behind a member of an event, by its path ("data.allocations[0].amount"); empty if
 * the mapping has none there. */
struct rlc_span mapping_template(const struct mapping *mapping, size_t event, const char *path);

#endif
