/* SPDX-License-Identifier: Apache-2.0 */
/* The line with debtors of whom each owes one overdue invoice, up to the moment at which their
 * reminders are asked for; and what the notifier has said of them. */
#ifndef RLC_SIM_NOTIFIER_STAGE_H
#define RLC_SIM_NOTIFIER_STAGE_H

#include "common/wire/audit_record.h"
#include "tests/support/line.h"

#define STAGE_TENANT "acme"

enum { STAGE_RESULTS = 8, STAGE_REASONS = 32 };

struct stage_setup {
    int32_t partitions;
    size_t processes; /* of each worker; only the first is started */
    bool all;         /* all are */
    uint32_t batch_max;
    uint64_t post_seed;
    size_t connections; /* as line_setup's */
};

struct stage {
    struct line line;
    struct rlc_keyring *keyring;
    int debtors;  /* numbers tried so far */
    int events;   /* of upstream so far */
    size_t asked; /* reminders to come */
    int hour;     /* of the day of the reminders */
    /* It stops there when it comes there for the so-manieth time; 0 = it does not. */
    enum rlc_step stop_step;
    int stop_time;
};

/* What the log says that the notifier did. */
struct stage_sum {
    size_t attempts;
    size_t attempted_parts;
    size_t attempted_lines;
    size_t outcomes[STAGE_RESULTS];
    size_t returned[STAGE_REASONS];
    size_t all_returned;
    size_t not_started;
    size_t owner_changed;
    char last_attempted[32]; /* the debtor */
    int64_t last_watermark;
};

void stage_open(struct stage *stage, const struct stage_setup *setup);
/* Finishes first: everybody goes on, and until everything is answered whoever is due on this day is
 * woken. Checks trail, offsets and mails, and that each look covers what its request follows from.
 */
void stage_finish(struct stage *stage);
void stage_close(struct stage *stage);

/* A new debtor of that partition, with a contact person and `invoices` overdue invoices. */
void stage_debtor(struct stage *stage, int32_t partition, int invoices, char ret_id[16]);
/* The debtor pays its first invoice. */
void stage_pay(struct stage *stage, const char *debtor);

void stage_freeze(struct stage *stage, int role, size_t process);
void stage_thaw(struct stage *stage, int role, size_t process);
/* The notifier's first process goes on, up to that step of the attempt of its first contact, whose
 * request it has not read yet. */
void stage_stop_attempt(struct stage *stage, enum rlc_step step);
/* Which of the worker's processes, all of which run, has the partition. */
size_t stage_owner(struct stage *stage, int role, int32_t partition);
void stage_rounds(struct stage *stage, int count);

/* The reminders are asked for while the notifier's first process stands still. */
void stage_ask(struct stage *stage);
/* The same for debtors that came since, at a later time of the log but not of the clocks. */
void stage_ask_again(struct stage *stage);
/* Rounds until so many attempts are in the log. */
void stage_until_attempts(struct stage *stage, size_t attempts);

struct stage_sum stage_sum(struct stage *stage);

/* For cmocka. */
int stage_set_up(void **state);
int stage_tear_down(void **state);

#endif
