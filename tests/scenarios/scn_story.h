/* SPDX-License-Identifier: Apache-2.0 */
/* A script as data: what happens when, and what is expected of it. The language is described in
 * README.md beside this file. */
#ifndef RLC_SCENARIOS_SCN_STORY_H
#define RLC_SCENARIOS_SCN_STORY_H

#include "common/pure/zone.h"
#include "common/wire/debtor_event.h"
#include "common/wire/words.h"
#include "tests/scenarios/scn_bundles.h"
#include "tests/scenarios/scn_line.h"

#define SCN_TENANT "tenant"

enum { SCN_HAPPENINGS_MAX = 400, SCN_EXPECTS_MAX = 200, SCN_NAMES_MAX = 64, SCN_LINES_MAX = 16 };

/* How contact requests are answered. */
enum scn_answer_kind {
    SCN_ACCEPTED,
    SCN_REFUSED,
    SCN_DEFERRED,
    SCN_UNKNOWN,
    SCN_RETURNED,
    SCN_NO_ANSWER
};

struct scn_answer {
    enum scn_answer_kind kind;
    enum rlc_return_reason reason; /* with RETURNED */
    rlc_ms until_ms;               /* with DEFERRED */
    bool once;                     /* only the next request */
};

enum scn_action {
    SCN_PUBLISH, /* an event */
    SCN_AGAIN,   /* the latest event once more, byte for byte */
    SCN_GARBAGE, /* a record about `debtor` that nobody can read */
    SCN_RELEASE, /* what is in quarantine about `debtor` */
    SCN_ANSWERS, /* requests are answered otherwise from now on */
    SCN_OUTAGE   /* nothing is read and no timer rings until `until_ms` */
};

struct scn_happening {
    rlc_ms at_ms;
    int line;
    enum scn_action action;
    struct rlc_debtor_event event;
    struct rlc_span debtor;
    struct scn_answer answer;
    rlc_ms until_ms;
};

enum scn_subject {
    SCN_REMINDER,  /* a contact request; `word` = step */
    SCN_BALANCE,   /* what debtor or account owes; `money` */
    SCN_OPEN,      /* what one document is open for */
    SCN_CREDIT,    /* money on account */
    SCN_SILENCE,   /* a document and its reason */
    SCN_STEP,      /* a step of a document and how it stands */
    SCN_AGREEMENT, /* dispute, promise or hold `word` and how it stands */
    SCN_FACT,      /* a fact of a kind */
    SCN_LETTER     /* a dead letter: `word` = code, `state` = place */
};

struct scn_expected_line {
    struct rlc_span document;
    struct rlc_money amount; /* no currency = any amount */
};

struct scn_expect {
    int line;
    const char *text;
    enum scn_subject subject;
    int32_t count; /* -1 = exactly one, unless the subject is a state */
    rlc_day from_on;
    rlc_day to_on; /* last day; a state is as of its end */
    bool whole;    /* nothing was said about days */
    struct rlc_span debtor;
    struct rlc_span creditor;
    struct rlc_span word;  /* step, agreement id, detail of a fact */
    struct rlc_span state; /* reason, result, place */
    struct rlc_money money;
    struct scn_expected_line lines[SCN_LINES_MAX];
    size_t line_count;
    int32_t kind;      /* of a fact */
    int32_t at_minute; /* -1 = any */
    rlc_day until_on;  /* 0 = any */
    int32_t until_minute;
    int32_t channel; /* 0 = any */
    bool again;      /* asked for once more */
};

/* Who is meant when a line does not say. */
struct scn_story {
    const char *name; /* file name */
    struct rlc_arena arena;
    struct scn_bundles *bundles;
    const struct rlc_zone *zone; /* of the first policy: all times of the script */
    struct scn_happening happenings[SCN_HAPPENINGS_MAX];
    size_t happening_count;
    struct scn_expect expects[SCN_EXPECTS_MAX];
    size_t expect_count;
    struct rlc_span debtor;   /* first one declared */
    struct rlc_span creditor; /* first one declared */
    rlc_ms now_ms;            /* of the line that is read */
    rlc_day today;
    bool dated;     /* a day was named */
    rlc_day end_on; /* UNTIL */
    int line;
    char mistake[400]; /* file:line: sentence; empty = none */
};

/* Reads a script. False with `mistake`. Close it in any case. */
bool scn_story_read(struct scn_story *story, const char *path, struct scn_bundles *bundles);
void scn_story_close(struct scn_story *story);

/* ---- between the parts of the reader ---- */

/* A copy that lives as long as the story. */
struct rlc_span scn_keep(struct scn_story *story, const char *text);
/* The next word, kept; `what` says what it should be. */
struct rlc_span scn_span(struct scn_story *story, struct scn_line *line, const char *what);
/* The number of the next word, which is one of a vocabulary. */
int32_t scn_vocable(struct scn_line *line, enum rlc_vocabulary vocabulary, const char *what);
/* Midnight (or another minute) of the script's zone. */
rlc_ms scn_instant(const struct scn_story *story, rlc_day day, int32_t minute);
/* Adds a happening at the line's instant. */
struct scn_happening *scn_happen(struct scn_story *story, struct scn_line *line,
                                 enum scn_action action);
/* Reads the statement of a line that is no expectation; false if its verb is unknown. */
bool scn_read_event(struct scn_story *story, struct scn_line *line);
/* The same for what is not said by anybody, but done to the play. */
bool scn_read_direction(struct scn_story *story, struct scn_line *line);
/* Reads what follows EXPECT; the days are set already. */
void scn_read_expect(struct scn_story *story, struct scn_line *line, struct scn_expect *expect);

#endif
