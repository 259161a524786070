/* SPDX-License-Identifier: Apache-2.0 */
/* Plays a story: the real scenario worker in the real loop, on the log and hot state in memory,
 * under a clock that jumps from one timer to the next. Somebody answers the contact requests, as
 * the script says. */
#ifndef RLC_SCENARIOS_SCN_STAGE_H
#define RLC_SCENARIOS_SCN_STAGE_H

#include "common/wire/contact_request.h"
#include "common/wire/dead_letter.h"
#include "common/wire/debtor_fact.h"
#include "tests/scenarios/scn_story.h"
#include "tests/support/world.h"

#include "worker.h"

enum { SCN_PARTITIONS = 3, SCN_FACTS_MAX = 20000, SCN_LETTERS_MAX = 200 };

/* What became true: the partitions' facts, in the order of time. */
struct scn_record {
    struct rlc_arena arena;
    const struct rlc_debtor_fact **facts;
    const char **lines; /* each fact for people, with a hash of all it says */
    size_t count;
    struct rlc_dead_letter *letters;
    size_t letter_count;
};

struct scn_stage {
    const struct scn_story *story;
    struct world world;
    struct scenario_worker *worker;
    struct rlc_service service;
    struct rlc_arena arena;
    int64_t answered[SCN_PARTITIONS]; /* contact requests looked at, by partition */
    struct scn_answer answer;         /* to all requests ... */
    struct scn_answer next;           /* ... but the next one, when `once` */
    uint64_t ticks;
    rlc_ms asleep_until_ms;    /* an outage */
    struct rlc_span again_key; /* of the latest event */
    struct rlc_span again_value;
};

/* Plays the story in batches of at most `batch_max` records and collects the facts. A story that
 * does not come to rest fails the test. */
void scn_play(const struct scn_story *story, uint32_t batch_max, struct scn_record *ret_record);
void scn_record_close(struct scn_record *record);

/* A fact in one line: "2026-02-07 10:00 D1 CONTACT_REQUESTED friendly F1 1200.00 EUR". */
const char *scn_tell(const struct scn_story *story, const struct rlc_debtor_fact *fact,
                     struct rlc_arena *arena);

#endif
