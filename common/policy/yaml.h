/* SPDX-License-Identifier: Apache-2.0 */
/* A YAML document as a tree that remembers where everything stands. A plain subset: mappings,
 * lists, scalars; no anchors, aliases, tags or second documents, which only hide what a file says.
 * Scalars are text, whatever they look like: `10:00` and `no` mean what a key's type says. */
#ifndef RLC_POLICY_YAML_H
#define RLC_POLICY_YAML_H

#include "common/policy/problems.h"
#include "common/pure/arena.h"

enum {
    RLC_YAML_DEPTH_MAX = 12,   /* deeper than any file of a bundle */
    RLC_YAML_NODES_MAX = 20000 /* of one file */
};

enum rlc_yaml_kind { RLC_YAML_SCALAR, RLC_YAML_LIST, RLC_YAML_MAP };

struct rlc_yaml {
    enum rlc_yaml_kind kind;
    int32_t line; /* from 1 */
    int32_t column;
    struct rlc_span text;         /* of a scalar */
    const struct rlc_yaml *first; /* of a list: its first item; of a map: its first key */
    const struct rlc_yaml *next;  /* the next item or key beside this one */
    const struct rlc_yaml *value; /* of a key */
    size_t count;                 /* items or keys */
};

/* Reads a file's content into nodes in the arena. NULL with at least one problem when it cannot be
 * read: broken YAML, too deep, too large, empty. A duplicate key is a problem, and both stay. */
const struct rlc_yaml *rlc_yaml_parse(struct rlc_span path, struct rlc_span content,
                                      struct rlc_arena *arena, struct rlc_problems *problems);

/* The value of a key of a map, or NULL. */
const struct rlc_yaml *rlc_yaml_get(const struct rlc_yaml *map, const char *key);

/* Where a node stands. */
struct rlc_place rlc_yaml_place(struct rlc_span path, const struct rlc_yaml *node);

#endif
