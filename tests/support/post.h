/* SPDX-License-Identifier: Apache-2.0 */
/* The post of a world in memory: keeps every mail that arrived. A process hands its mails over by a
 * carrier of its own (services/notifier/carrier.h), which dies with it; the post stays.
 *
 * Deterministic. A carrier works whenever it is asked for results: a mail begins to leave so many
 * askings after it was submitted, and its result comes so many later. Who does not ask because it
 * is stopped has a carrier that is stopped, too. */
#ifndef RLC_TESTS_POST_H
#define RLC_TESTS_POST_H

#include "common/runtime/bundles.h"
#include "common/runtime/clock.h"
#include "services/notifier/carrier.h"

/* What becomes of a mail. */
enum post_fate {
    POST_ACCEPTS,      /* it arrives */
    POST_REFUSES,      /* "550 5.1.1" to the recipient */
    POST_DEFERS,       /* "451 4.7.1" to the recipient */
    POST_LOSES_ANSWER, /* it arrives, and nobody learns of it */
    POST_LOSES_MAIL    /* it does not, and nobody learns of it */
};

struct post_mail {
    char to[64];
    char message_id[128]; /* with its angle brackets */
    struct rlc_hash content_hash;
    rlc_ms at_ms;
};

struct post_rule {
    char to[64];
    enum post_fate fate;
};

struct post {
    struct rlc_clock clock;
    uint64_t random;    /* the state of tests/support/random.h */
    size_t connections; /* of each carrier */
    /* Askings: until a mail begins to leave, and from there to its result. */
    uint32_t begins_after;
    uint32_t ends_after;
    struct post_rule rules[8];
    size_t rule_count;

    struct post_mail *mails; /* in the order of their arrival */
    size_t count;
    size_t capacity;
    /* Mails of carriers that died in between. */
    size_t orphans_arrived;
    size_t orphans_lost;
    size_t too_late;
};

/* An empty post that accepts everything. The clock's context is borrowed. */
void post_open(struct post *post, struct rlc_clock clock, uint64_t seed);
void post_close(struct post *post);

/* From now on the mails to this address end like that. */
void post_rule(struct post *post, const char *to, enum post_fate fate);

/* A process' hand on the post, which must outlive it. At its close() each mail that is under way
 * arrives or is lost, as the seed will have it. */
struct carrier *post_carrier(struct post *post);

#endif
