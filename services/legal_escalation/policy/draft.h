/* SPDX-License-Identifier: Apache-2.0 */
/* A policy while it is read: the values, and where each stands. For the files of this folder. */
#ifndef LEGAL_POLICY_DRAFT_H
#define LEGAL_POLICY_DRAFT_H

#include "common/policy/keys.h"
#include "common/policy/tables.h"
#include "common/runtime/bundles.h"

#include "core/procedure.h"

enum {
    DRAFT_PROCEDURES_MAX = 64, /* a dozen procedures in five countries */
    DRAFT_AUTHORITIES_MAX = 256
};

struct draft_state {
    struct legal_state state;
    const struct rlc_yaml *node; /* the state as a whole */
    const struct rlc_yaml *contact;
    const struct rlc_yaml *deadline;
    const struct rlc_yaml *moves;
};

struct draft_procedure {
    struct rlc_span path;
    struct rlc_span name;
    struct rlc_span title;
    struct rlc_span calendar;
    struct rlc_span interest;
    const struct rlc_yaml *root;
    struct rlc_policy_amounts cost;
    const struct rlc_yaml *needs;
    const struct rlc_yaml *states;
    struct draft_state *state;
    size_t state_count;
    struct legal_procedure procedure;
};

struct draft_authority {
    struct legal_authority authority;
    struct rlc_policy_names acts;
    struct rlc_policy_amounts up_to;
    const struct rlc_yaml *node;
};

struct draft {
    const struct rlc_bundle *bundle;
    struct rlc_arena *arena;  /* of the policy */
    struct rlc_arena scratch; /* of the draft and the trees */
    struct rlc_problems *problems;
    bool out_of_memory;
    struct legal_policy *policy;
    struct draft_procedure *procedure;
    size_t procedure_count;
    struct draft_authority *authority;
    size_t authority_count;
};

/* procedure_file.c: every `procedures/<name>.yaml`. */
void legal_draft_read_procedures(struct draft *draft);
/* authority_file.c: `authorities.yaml`. */
void legal_draft_read_authorities(struct draft *draft);
/* prove.c: names that lead nowhere, and what is legal and cannot be meant. */
void legal_draft_check(struct draft *draft);
void legal_draft_prove(struct draft *draft);

/* Reads a file of the bundle as YAML; NULL, noted, if it is broken. */
const struct rlc_yaml *legal_draft_open(struct draft *draft, struct rlc_span path,
                                        struct rlc_reading *ret_reading);
/* Begins reading of a file, or notes what concerns it. */
struct rlc_reading legal_draft_reading(struct draft *draft, struct rlc_span path);
/* Takes over what happened while a file was read. */
void legal_draft_close(struct draft *draft, const struct rlc_reading *reading);
/* An array in the scratch memory; NULL, noted, when it is full. */
void *legal_draft_array(struct draft *draft, size_t count, size_t size);

/* The amounts, kept with the policy; NULL when there are none. */
const struct rlc_money *legal_draft_amounts(struct rlc_reading *reading,
                                            const struct rlc_policy_amounts *amounts);

bool legal_draft_has_file(const struct draft *draft, struct rlc_span path);

extern const struct rlc_policy_table LEGAL_PROCEDURE_TABLE;
extern const struct rlc_policy_table LEGAL_NEEDS_TABLE;
extern const struct rlc_policy_table LEGAL_STATE_TABLE;
extern const struct rlc_policy_table LEGAL_CONTACT_TABLE;
extern const struct rlc_policy_table LEGAL_DEADLINE_TABLE;
extern const struct rlc_policy_table LEGAL_AUTHORITIES_TABLE;
extern const struct rlc_policy_table LEGAL_AUTHORITY_TABLE;

#endif
