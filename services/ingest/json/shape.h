/* SPDX-License-Identifier: Apache-2.0 */
/* How a JSON object becomes a struct of common/wire: one row per member. A new event type is a new
 * table and no new code. proto/README.md section 3 is the source of every row. */
#ifndef INGEST_JSON_SHAPE_H
#define INGEST_JSON_SHAPE_H

#include "common/pure/base.h"
#include "common/wire/words.h"

/* What a member is written as (proto/README.md, "Values"), and what it becomes. */
enum form {
    FORM_ID,        /* struct rlc_span; `high` bytes */
    FORM_TENANT,    /* struct rlc_span */
    FORM_TEXT,      /* struct rlc_span; `high` bytes; "" is absent */
    FORM_CODE,      /* struct rlc_span; 1 to `high` bytes */
    FORM_COUNTRY,   /* struct rlc_span: two capital letters */
    FORM_LANGUAGE,  /* struct rlc_span: two small letters */
    FORM_ZONE,      /* struct rlc_span: looks like an IANA name */
    FORM_WORD,      /* an enum; its numbers are `words` */
    FORM_ROLES,     /* uint32_t: a list of words, one bit each */
    FORM_CURRENCY,  /* none: the currency of all amounts of the object and of its lists */
    FORM_AMOUNT,    /* struct rlc_money */
    FORM_DATE,      /* rlc_day */
    FORM_INSTANT,   /* rlc_ms */
    FORM_COUNTER,   /* int64_t, `low` to `high` */
    FORM_NUMBER,    /* uint32_t or int32_t, `low` to `high` */
    FORM_FLAG,      /* bool */
    FORM_HASH,      /* bytes from hexadecimal digits; `high` bytes */
    FORM_SIGNATURE, /* struct rlc_span: `high` bytes, in base64 */
    FORM_PERSONAL,  /* struct rlc_sealed: clear in `bytes` until it is sealed; `high` bytes */
    FORM_LINES,     /* the same: a list of 1 to `high` postal lines, joined by a line feed */
    FORM_ADDRESS,   /* the same: the address of a struct rlc_contact_channel, by its channel */
    FORM_IDS,       /* pointer and count of struct rlc_document_ref: a list of identifiers */
    FORM_LIST,      /* pointer and count: a list of objects of shape `of`, which has no lists */
    FORM_OBJECT     /* none: the object is there, and read later, by what else its parent says */
};

enum {
    REQUIRED = 1,
    POSITIVE = 2,  /* an amount: zero is refused too */
    OR_TIME = 4,   /* an instant: the event's `time` where it is absent */
    OR_PLACE = 8,  /* a number: the place in the list, from 1, where it is absent */
    A_DEBTOR = 16, /* an identifier of a debtor: hashed with the event's own */
    A_SUBJECT =
        32 /* an identifier of a subject: hashed where it is, or begins with, the debtor's */
};

struct shape;

struct member {
    const char *name;
    enum form form;
    unsigned flags;
    size_t offset;       /* in the struct of the shape */
    size_t count_offset; /* of lists */
    int64_t low;
    int64_t high;
    int32_t fallback; /* of words and numbers that are absent; 0: none */
    enum rlc_vocabulary words;
    const struct shape *of;
};

struct shape {
    const struct member *members;
    size_t count;
    size_t size;              /* of the struct */
    const struct shape *base; /* its members belong here too; its struct is our struct's first */
    bool open;                /* members it does not know are read over */
};

/* Most rows of a shape, those of its base included. */
#define SHAPE_MEMBERS_MAX 24

/* The shape of an array of rows. */
#define SHAPE(rows, type)                                                                          \
    {                                                                                              \
        .members = (rows), .count = RLC_COUNT(rows), .size = sizeof(type)                          \
    }

/* Rows. `owner` is the struct without `rlc_`; the member's name in JSON is given where it differs.
 */
#define AS(json, owner, member) .name = (json), .offset = offsetof(struct rlc_##owner, member)
#define AT(owner, member)       AS(#member, owner, member)

#define ID_AS(json, owner, member) AS(json, owner, member), .form = FORM_ID, .high = RLC_ID_MAX
#define ID(owner, member)          ID_AS(#member, owner, member)
#define TEXT(owner, member, most)  AT(owner, member), .form = FORM_TEXT, .high = (most)
#define CODE(owner, member)        AT(owner, member), .form = FORM_CODE, .high = RLC_CODE_BYTES_MAX
#define WORD_AS(json, owner, member, vocabulary)                                                   \
    AS(json, owner, member), .form = FORM_WORD, .words = RLC_VOCABULARY_##vocabulary
#define WORD(owner, member, vocabulary) WORD_AS(#member, owner, member, vocabulary)
#define CURRENCY                        .name = "currency", .form = FORM_CURRENCY
#define AMOUNT(owner, member)           AT(owner, member), .form = FORM_AMOUNT
#define DATE(owner, member)             AT(owner, member), .form = FORM_DATE
#define INSTANT(json, owner, member)    AS(json, owner, member), .form = FORM_INSTANT
#define NUMBER(owner, member, least, most)                                                         \
    AT(owner, member), .form = FORM_NUMBER, .low = (least), .high = (most)
#define COUNTER(json, owner, member, least)                                                        \
    AS(json, owner, member), .form = FORM_COUNTER, .low = (least), .high = COUNTER_MAX
#define FLAG(owner, member)     AT(owner, member), .form = FORM_FLAG
#define HASH(owner, member)     AT(owner, member), .form = FORM_HASH, .high = HASH_BYTES
#define PERSONAL(owner, member) AT(owner, member), .form = FORM_PERSONAL, .high = PERSONAL_BYTES_MAX
#define LIST(owner, member, count_member, shape, most)                                             \
    AT(owner, member), .form = FORM_LIST,                                                          \
                       .count_offset = offsetof(struct rlc_##owner, count_member), .of = &(shape), \
                       .high = (most)
#define DOCUMENTS(owner)                                                                           \
    AT(owner, documents), .form = FORM_IDS,                                                        \
                          .count_offset = offsetof(struct rlc_##owner, document_count),            \
                          .high = RLC_DOCUMENTS_MAX

/* Below 2^53: numbers pass through readers that keep them as doubles. */
#define COUNTER_MAX INT64_C(9007199254740991)
/* A sealed value has at most 4,096 bytes; names and notes are far shorter. */
#define PERSONAL_BYTES_MAX 1000
#define ADDRESS_LINES_MAX  6
#define HASH_BYTES         32 /* SHA-256 */

#endif
