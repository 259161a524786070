/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of the bundle's files as tables: a table says of each key what it is called, what it may
 * be, where it goes and what it means. The same tables read the files and print docs/POLICY.md. */
#ifndef RLC_POLICY_KEYS_H
#define RLC_POLICY_KEYS_H

#include "common/policy/yaml.h"
#include "common/pure/money.h"
#include "common/wire/words.h"

/* The type of the member a key fills. */
enum rlc_policy_type {
    RLC_POLICY_NAME,     /* struct rlc_span: 1 to 64 of a-z A-Z 0-9 . _ - */
    RLC_POLICY_ID,       /* struct rlc_span: an identifier of upstream (common/pure/text.h) */
    RLC_POLICY_ZONE,     /* struct rlc_span: a time zone's IANA name */
    RLC_POLICY_LANGUAGE, /* struct rlc_span: ISO 639-1, lower case */
    RLC_POLICY_EMAIL,    /* struct rlc_span: an address for the SMTP envelope */
    RLC_POLICY_SENTENCE, /* struct rlc_span: `min` to `max` bytes of clean text */
    RLC_POLICY_INTEGER,  /* int32_t or uint32_t, `min` to `max` */
    RLC_POLICY_OFFSET,   /* int32_t days: D+3, D-7; `min` to `max` */
    RLC_POLICY_TIME,     /* int32_t minute of the day: "10:00"; `min` to `max` */
    RLC_POLICY_MINUTES,  /* int32_t minutes: 30m, 4h, 2d; `min` to `max` */
    RLC_POLICY_PERCENT,  /* int64_t parts per million: a whole number of percent */
    RLC_POLICY_BOOLEAN,  /* bool: true or false */
    RLC_POLICY_CHOICE,   /* an enum: the place in `choices` */
    RLC_POLICY_WORD,     /* an enum of common/wire: a word of `vocabulary` */
    RLC_POLICY_WORDS,    /* struct rlc_policy_words: `min` to `max` different ones */
    RLC_POLICY_NAMES,    /* struct rlc_policy_names: `min` to `max` different ones */
    RLC_POLICY_ZONES,    /* struct rlc_policy_names */
    RLC_POLICY_AMOUNTS,  /* struct rlc_policy_amounts: currency -> amount >= 0 */
    RLC_POLICY_NODE,     /* const struct rlc_yaml *: whoever binds the table reads it further */
    RLC_POLICY_OWN,      /* whatever `read` of the key makes of a scalar */
    RLC_POLICY_TYPE_COUNT
};

enum {
    RLC_POLICY_REQUIRED = 1 /* flag: the key must be there */
};

enum {
    RLC_POLICY_NAME_MAX = 64,    /* as RLC_CODE_BYTES_MAX: the name of a step travels in records */
    RLC_POLICY_WORDS_MAX = 16,   /* words in one list: more than any vocabulary of a key has */
    RLC_POLICY_NAMES_MAX = 64,   /* names in one list, for example zones */
    RLC_POLICY_AMOUNTS_MAX = 16, /* currencies of one threshold: as many as a request has totals */
    RLC_POLICY_DAYS_MAX = 3650   /* ten years: longer than any limitation period of a claim */
};

struct rlc_policy_words {
    int32_t word[RLC_POLICY_WORDS_MAX];
    size_t count;
};

struct rlc_policy_names {
    struct rlc_span name[RLC_POLICY_NAMES_MAX];
    const struct rlc_yaml *node[RLC_POLICY_NAMES_MAX];
    size_t count;
};

/* Sorted by currency. */
struct rlc_policy_amounts {
    struct rlc_money amount[RLC_POLICY_AMOUNTS_MAX];
    size_t count;
    const struct rlc_yaml *node; /* where it stands; NULL: absent */
};

struct rlc_reading;
struct rlc_policy_key;

/* Reads a value into the key's member; where it is none, notes why and returns false. */
typedef bool rlc_policy_read_fn(struct rlc_reading *reading, const struct rlc_policy_key *key,
                                const struct rlc_yaml *node, void *member);

struct rlc_policy_key {
    const char *name;
    enum rlc_policy_type type;
    size_t offset; /* of the member */
    unsigned flags;
    const char *fallback; /* as one would write it; NULL: the member stays as it is */
    int64_t min;
    int64_t max;
    enum rlc_vocabulary vocabulary;
    const char *const *choices; /* of CHOICE, then NULL */
    rlc_policy_read_fn *read;   /* of OWN */
    const char *values;         /* for people, in place of what the type would say; may be NULL */
    const char *help;           /* one sentence, upper case first, full stop last */
};

/* What a mapping may hold. */
struct rlc_policy_table {
    const char *title; /* of the chapter of the documentation: "`choices.yaml`, one of `choices`" */
    const char *help;  /* a sentence or two below it */
    const struct rlc_policy_key *keys;
    size_t count;
};

/* Reading one file. */
struct rlc_reading {
    struct rlc_span path;
    struct rlc_arena *arena; /* of what stays */
    struct rlc_problems *problems;
    bool out_of_memory; /* the arena was too small: the result is not complete */
};

/* Notes an error at a node of the file. */
void rlc_reading_refuse(struct rlc_reading *reading, const struct rlc_yaml *node,
                        const char *remedy, const char *format, ...) RLC_PRINTF(4, 5);
/* Notes a warning. */
void rlc_reading_warn(struct rlc_reading *reading, const struct rlc_yaml *node, const char *remedy,
                      const char *format, ...) RLC_PRINTF(4, 5);

/* Memory that stays; NULL when the arena is full, which is noted. */
void *rlc_reading_array(struct rlc_reading *reading, size_t count, size_t size);
/* A copy that stays. */
struct rlc_span rlc_reading_copy(struct rlc_reading *reading, struct rlc_span text);

/* Whether a node has this kind; if not, an error that calls it `what` was noted. */
bool rlc_reading_expect(struct rlc_reading *reading, const struct rlc_yaml *node,
                        enum rlc_yaml_kind kind, const char *what);

/* Fills the members of `target` from the keys of `map`. Unknown keys, wrong values and missing
 * required keys are noted, with what was probably meant. With `fallbacks`, keys that are not there
 * get the fallback of the table; without, their members stay: for what overrides something. */
void rlc_policy_bind(struct rlc_reading *reading, const struct rlc_yaml *map,
                     const struct rlc_policy_table *table, void *target, bool fallbacks);

/* Reads one value of a key's type: "unknown tone 'frendly', did you mean 'friendly'?" is noted and
 * false returned where it is none. */
bool rlc_policy_read(struct rlc_reading *reading, const struct rlc_policy_key *key,
                     const struct rlc_yaml *node, void *member);

/* The values a key may have, for people: "D+3, D-7 (days from the due date)". Returns `buffer`. */
char *rlc_policy_values(const struct rlc_policy_key *key, char *buffer, size_t capacity);

/* Prints the chapter of a table as Markdown. */
void rlc_policy_document(const struct rlc_policy_table *table, FILE *out);

/* Notes that a value is not what it must be: "at must be a time of day, not 'noon'"; false. */
bool rlc_policy_refuse(struct rlc_reading *reading, const struct rlc_policy_key *key,
                       const struct rlc_yaml *node, const char *what);

/* Whether a text is a name as RLC_POLICY_NAME has it. */
bool rlc_policy_name_valid(struct rlc_span name);

#endif
