/* SPDX-License-Identifier: Apache-2.0 */
/* What the notifier has in hand: the contacts of its partitions that wait for an answer, and the
 * mails that are on their way. In memory only; rebuilt from the records when a partition is
 * adopted. */
#ifndef NOTIFIER_CONTACTS_H
#define NOTIFIER_CONTACTS_H

#include <uthash.h>

#include "common/smtp/pool.h"

#include "prepare.h"
#include "shell.h"

enum contact_state {
    CONTACT_WAITING,   /* for its turn */
    CONTACT_READY,     /* prepared; waits for its look */
    CONTACT_LOOKED,    /* may be sent, and has a connection: the attempt is being written down */
    CONTACT_UNDER_WAY, /* handed over */
    CONTACT_ENDED      /* its event is to be decided */
};

struct contact;

/* A mail that was handed over. It outlives its contact when the partition is dropped meanwhile. */
struct transfer {
    struct transfer *prev, *next;
    struct contact *contact; /* NULL: its partition was dropped */
    uint64_t id;
    int32_t partition;
    uint32_t request_number;
    uint32_t contact_number;
    struct prepared *prepared; /* lent to the carrier until it has finished */
    bool finished;
    bool forgotten; /* nobody waits for its result any more */
    struct rlc_smtp_result result;
    size_t key_size;
    uint8_t key[]; /* of the contact's record */
};

struct contact {
    UT_hash_handle hh;
    struct contact *prev, *next; /* in the list of its state */
    enum contact_state state;
    enum notifier_wait wait; /* WAITING and READY: for what, as last seen */
    int32_t partition;
    struct rlc_action_id action;
    uint32_t request_number;
    rlc_ms decided_at_ms;
    rlc_ms not_after_ms;
    uint64_t not_before_ns;  /* it is left alone until then */
    uint32_t contact_number; /* whom its mail is for, once it is prepared */
    uint32_t late;           /* attempts for whose look the relay was too slow */

    /* READY and LOOKED. */
    uint64_t ready_ns; /* since when */
    struct prepared *prepared;
    struct rlc_span record; /* its record's bytes, owned */
    /* LOOKED. */
    struct rlc_smtp_claim claim;
    uint64_t start_before_ns;
    /* LOOKED and ENDED. */
    struct notifier_local_event event;
    char code[RLC_CODE_BYTES_MAX + 1]; /* the event's */
    char detail[256];                  /* the event's */
    /* UNDER_WAY, and ENDED by it. */
    struct transfer *transfer;

    size_t key_size;
    uint8_t key[]; /* of its record */
};

struct contacts {
    struct contact *all;     /* by key */
    struct contact *waiting; /* in the order they were asked for */
    struct contact *ready;   /* READY and LOOKED */
    struct contact *ended;
    size_t ready_count;
    struct transfer *transfers;
    size_t unfinished; /* transfers */
    uint64_t next_id;
    int64_t busy[RLC_PARTITIONS_MAX];
};

/* Its key, and the debtor's D in it. */
static inline struct rlc_span contact_key(const struct contact *contact)
{
    return rlc_span_from(contact->key, contact->key_size);
}

/* A contact that waits, last in the line; there is none of that key yet. NULL when memory is short.
 */
struct contact *contacts_add(struct contacts *contacts, int32_t partition, struct rlc_span key,
                             const struct rlc_contact_body *body);
/* Forgets it, with what is prepared; a transfer stays. It must not hold a claim. */
void contacts_remove(struct contacts *contacts, struct contact *contact);
/* Puts it where contacts of that state are, last in their line. */
void contacts_move(struct contacts *contacts, struct contact *contact, enum contact_state state);
/* Ends its time in hand by an event about it; the rest of the event is the caller's. */
struct notifier_local *contacts_end(struct contacts *contacts, struct contact *contact,
                                    enum rlc_local_event_kind kind);
/* Gives up what was prepared. */
void contacts_unprepare(struct contact *contact);
/* How many wait, by what they wait for. */
void contacts_count(const struct contacts *contacts, size_t ret_count[NOTIFIER_WAITS]);
/* Sorts who waits by when they were asked for. */
void contacts_sort(struct contacts *contacts);

/* The contact's mail is handed over under a new id; takes over what is prepared. NULL when memory
 * is short. */
struct transfer *contacts_begin(struct contacts *contacts, struct contact *contact);
/* The transfer of an id that is not finished. */
struct transfer *contacts_transfer(struct contacts *contacts, uint64_t id);
/* Finds the transfer of a contact that was under way when its partition was dropped. */
struct transfer *contacts_orphan(struct contacts *contacts, struct rlc_span key,
                                 uint32_t request_number);
/* The transfer has finished: what was lent is freed. */
void contacts_finish(struct contacts *contacts, struct transfer *transfer,
                     const struct rlc_smtp_result *result);
/* Forgets a finished transfer. */
void contacts_forget(struct contacts *contacts, struct transfer *transfer);

/* Forgets everything; nothing may be under way any more. */
void contacts_clear(struct contacts *contacts);

#endif
