/* SPDX-License-Identifier: Apache-2.0 */
/* What the trail holds about one debtor, whole: the records of all workers that say something of
 * its cases, each checked by itself, in the order in which they were decided. */
#ifndef RELANCECTL_DOSSIER_TRAIL_H
#define RELANCECTL_DOSSIER_TRAIL_H

#include "cli.h"
#include "common/postgres/history.h"
#include "common/wire/audit_record.h"
#include "common/wire/debtor_fact.h"

/* Workers whose records are read: what became true comes before what was done because of it. */
extern const char *const DOSSIER_WORKERS[];
extern const size_t DOSSIER_WORKER_COUNT;

/* The topic a worker's records stood in, without the installation's prefix. */
const char *dossier_topic(const char *worker);

struct dossier_record {
    const char *worker;
    int32_t partition;
    int64_t off;
    int64_t seq;
    rlc_ms at_ms;
    struct rlc_hash previous; /* the head before it */
    struct rlc_hash leaf;
    struct rlc_hash head;
    char kind[RLC_KIND_WORD_MAX];
    struct rlc_span raw;
    bool chosen; /* the dossier says something because of it */
};

struct dossier_trail {
    struct rlc_span tenant; /* of the command line */
    struct rlc_span debtor;
    struct rlc_arena arena;   /* bytes of the records, and what is kept of them */
    struct rlc_arena scratch; /* one record, decoded */
    struct dossier_record *records;
    size_t count;
    size_t room;
    size_t unreadable; /* of kinds that this version does not know */
    bool flawed; /* the last record is not whole: `finding` says why, and nothing else counts */
    struct rlc_trail_finding finding;
    bool crowded; /* memory was short: records are missing */
};

/* False: no memory. */
bool dossier_trail_init(struct dossier_trail *trail, struct rlc_span tenant,
                        struct rlc_span debtor);
void dossier_trail_clear(struct dossier_trail *trail);

/* Takes a row over. False: memory is short, or the row is flawed. */
bool dossier_trail_add(struct dossier_trail *trail, const struct rlc_history_row *row);

/* Reads it all. CTL_OK, or the exit code after a message: CTL_NOT_THERE where the trail knows no
 * such debtor, CTL_FOUND where a record is not whole. */
int dossier_trail_read(struct ctl *ctl, struct dossier_trail *trail);

/* Puts the records into their order: by time, worker, and place in the log. */
void dossier_trail_sort(struct dossier_trail *trail);

/* One record, decoded; borrowed during the call. */
struct dossier_seen {
    struct dossier_record *record;
    const struct rlc_debtor_fact *fact;   /* of scenario; else NULL */
    const struct rlc_audit_record *audit; /* of the others; else NULL */
};

/* Shows every record, in order. */
void dossier_trail_each(struct dossier_trail *trail,
                        void (*take)(void *context, const struct dossier_seen *seen),
                        void *context);

/* A record that was shown, decoded once more to be kept: lives as long as the trail. NULL: no
 * memory. */
const struct rlc_debtor_fact *dossier_keep_fact(struct dossier_trail *trail,
                                                const struct dossier_record *record);
const struct rlc_audit_record *dossier_keep_audit(struct dossier_trail *trail,
                                                  const struct dossier_record *record);

#endif
