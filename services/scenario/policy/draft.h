/* SPDX-License-Identifier: Apache-2.0 */
/* A policy while it is read: the values, and where each stands. For the files of this folder. */
#ifndef SCENARIO_POLICY_DRAFT_H
#define SCENARIO_POLICY_DRAFT_H

#include "common/policy/keys.h"
#include "common/policy/tables.h"
#include "common/runtime/bundles.h"

#include "core/policy.h"

enum {
    DRAFT_FORMAT_MAX = 9,      /* a number that can be a format of ours at all */
    DRAFT_SCENARIOS_MAX = 256, /* a group of forty countries with six segments each */
    DRAFT_CHOICES_MAX = 1024,
    DRAFT_CREDITORS_MAX = 2048, /* legal entities of one group */
    DRAFT_CALENDARS_MAX = 256,
    DRAFT_STEPS_MAX = 1024 /* over all scenarios: as many as a partition can remember */
};

struct draft_step {
    struct policy_step step;
    struct rlc_policy_words channels;
    const struct rlc_yaml *node; /* the step as a whole */
    const struct rlc_yaml *when;
    const struct rlc_yaml *repeat;
    const struct rlc_yaml *answers;
    struct rlc_policy_amounts at_least;
    struct rlc_policy_amounts below;
    bool softer; /* the author means it: softer than a step before it */
};

struct draft_scenario {
    struct rlc_span path;
    struct rlc_span name;
    struct rlc_span title;
    const struct rlc_yaml *steps; /* the list */
    struct draft_step *step;
    size_t step_count;
};

struct draft_choice {
    struct policy_choice choice;
    const struct rlc_yaml *node;
};

struct draft_creditor {
    struct policy_creditor creditor;
    const struct rlc_yaml *sender_node;
    struct rlc_span path;
    struct rlc_span title;
};

struct draft {
    const struct rlc_bundle *bundle;
    struct rlc_arena *arena;  /* of the policy */
    struct rlc_arena scratch; /* of the draft and the trees */
    struct rlc_problems *problems;
    bool out_of_memory;
    struct policy *policy;
    const struct rlc_yaml *bundle_node; /* bundle.yaml */
    struct rlc_policy_names zones;      /* that debtors may name */
    struct draft_scenario *scenario;    /* sorted by name */
    size_t scenario_count;
    struct draft_choice *choice;
    size_t choice_count;
    struct draft_creditor *creditor; /* sorted by name */
    size_t creditor_count;
    struct rlc_span *sender; /* names of the files of senders/ */
    size_t sender_count;
};

/* bundle_file.c: `bundle.yaml` into the policy's general part. */
void draft_read_bundle(struct draft *draft);
/* answers_file.c: reads `answers` over what is there. */
void draft_read_answers(struct rlc_reading *reading, const struct rlc_yaml *node,
                        struct policy_answers *answers, bool fallbacks);
/* scenario_file.c: every `scenarios/<name>.yaml`. */
void draft_read_scenarios(struct draft *draft);
/* choice_file.c: `choices.yaml` and every `creditors/<name>.yaml`. */
void draft_read_choices(struct draft *draft);
void draft_read_creditors(struct draft *draft);
/* sender_files.c: every `senders/<name>.yaml`. */
void draft_read_senders(struct draft *draft);
/* table_files.c: calendars and zones. */
void draft_read_calendars(struct draft *draft);
void draft_read_zones(struct draft *draft);
/* references.c: names that lead nowhere. */
void draft_check_references(struct draft *draft);
/* prove.c: what is legal and cannot be meant. */
void draft_prove(struct draft *draft);
/* prove_steps.c: of one scenario, the order of its steps and their conditions. */
void draft_prove_steps(struct rlc_reading *reading, const struct draft_scenario *scenario);
/* prove_caps.c: of one scenario, that the caps leave room for each step. */
void draft_prove_caps(const struct policy *policy, struct rlc_reading *reading,
                      const struct draft_scenario *scenario);
/* prove_templates.c: of one scenario, that its messages are there. */
void draft_prove_templates(const struct draft *draft, struct rlc_reading *reading,
                           const struct draft_scenario *scenario);
/* prove_referrals.c: of one scenario, that the procedures of its referrals are there. */
void draft_prove_referrals(const struct draft *draft, struct rlc_reading *reading,
                           const struct draft_scenario *scenario);
/* Whether a text has this word. */
bool draft_contains(struct rlc_span text, const char *word);
/* prove_messages.c: what the messages say. */
void draft_prove_texts(struct draft *draft);

/* Days from the due date, as people write them: "D+3". */
#define DRAFT_OFFSET_SIZE 16
char *draft_offset(int32_t days, char buffer[DRAFT_OFFSET_SIZE]);

/* The value of a key of a step, or the step where it has no such key: where a message points. */
const struct rlc_yaml *draft_at(const struct draft_step *step, const char *key);

/* Reads a file of the bundle as YAML; NULL, noted, if it is missing or broken. */
const struct rlc_yaml *draft_open(struct draft *draft, struct rlc_span path,
                                  struct rlc_reading *ret_reading);
/* Begins reading of a file that is no YAML. */
struct rlc_reading draft_reading(struct draft *draft, struct rlc_span path);
/* Takes over what happened while a file was read. */
void draft_close(struct draft *draft, const struct rlc_reading *reading);
/* An array in the scratch memory; NULL, noted, when it is full. */
void *draft_array(struct draft *draft, size_t count, size_t size);
/* How many files are `<folder>/<name><ending>`, at most `max`; more are an error. */
size_t draft_count_files(struct draft *draft, const char *folder, const char *ending, size_t max);

/* The tables that say what a file may hold, for reading and for the documentation. */
extern const struct rlc_policy_table DRAFT_BUNDLE_TABLE;
extern const struct rlc_policy_table DRAFT_HOURS_TABLE;
extern const struct rlc_policy_table DRAFT_CAP_TABLE;
extern const struct rlc_policy_table DRAFT_STANDING_TABLE;
extern const struct rlc_policy_table DRAFT_RETENTION_TABLE;
extern const struct rlc_policy_table DRAFT_ANSWERS_TABLE;
extern const struct rlc_policy_table DRAFT_RETURNED_TABLE;
extern const struct rlc_policy_table DRAFT_SCENARIO_TABLE;
extern const struct rlc_policy_table DRAFT_STEP_TABLE;
extern const struct rlc_policy_table DRAFT_WHEN_TABLE;
extern const struct rlc_policy_table DRAFT_REPEAT_TABLE;
extern const struct rlc_policy_table DRAFT_CHOICES_TABLE;
extern const struct rlc_policy_table DRAFT_CHOICE_TABLE;
extern const struct rlc_policy_table DRAFT_CREDITOR_TABLE;

/* A map without keys, where a section is left out. */
extern const struct rlc_yaml DRAFT_NOTHING;

#endif
