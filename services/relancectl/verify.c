/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl audit verify: every record of the trail against its own hashes, its chain, and the
 * heads that stand in the log beside the state that the records explain; and what the records say
 * of contacts against what they say of payments. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/postgres/verify.h"
#include "common/runtime/genesis.h"
#include "common/runtime/topics.h"
#include "common/wire/checkpoint.h"
#include "scan.h"
#include "stores.h"
#include "text.h"
#include "verify_contacts.h"

/* Transactions end with a checkpoint, so the newest is among the last records; a transaction may
 * write a batch of 10,000 records and more. */
#define TAIL_FIRST   2000
#define TAIL_SECOND  200000
#define SCRATCH_SIZE ((size_t)64 << 10) /* a checkpoint lists at most a thousand inputs */
#define WAIT_DEFAULT 5
#define WAIT_MAX     3600
#define LOOK_NS      200000000L
#define LOOKS_PER_S  5

const struct ctl_option CTL_AUDIT_VERIFY_OPTIONS[] = {
    { "at-rest", NULL, "nothing is being written: the trail must end where the log ends" },
    { "wait", "SECONDS", "how long the audit worker may take to catch up (default 5)" },
    { NULL, NULL, NULL },
};

struct verification {
    struct ctl *ctl;
    struct rlc_installation_facts facts;
    struct rlc_trail_anchor *anchors; /* of all chains */
    bool *known;                      /* whether its checkpoint was found */
    size_t count;
    size_t first; /* its anchors begin here */
    json_t *parts;
    int64_t bad;
};

/* ---- the heads in the log ---- */

static bool take_checkpoint(void *context, const struct rlc_record *record)
{
    struct verification *verification = context;
    size_t place = verification->first + (size_t)record->partition;
    uint8_t scratch[SCRATCH_SIZE];
    struct rlc_arena arena;
    struct rlc_checkpoint checkpoint;
    struct rlc_fault fault;

    if (record->partition >= verification->facts.partitions || !record->value.data ||
        !rlc_span_equal(record->key, rlc_span_of(RLC_CHECKPOINT_KEY)))
        return true;
    rlc_arena_init(&arena, scratch, sizeof(scratch));
    if (rlc_checkpoint_decode(record->value, &arena, &checkpoint, &fault) != RLC_OK)
        return true;
    verification->anchors[place].seq = checkpoint.audit_seq;
    verification->anchors[place].head = checkpoint.audit_head;
    verification->known[place] = true;
    return true;
}

static size_t unknown(const struct verification *verification)
{
    size_t count = 0;

    for (int32_t i = 0; i < verification->facts.partitions; i++)
        count += !verification->known[verification->first + (size_t)i];
    return count;
}

static int read_worker(struct verification *verification, const struct rlc_topic_row *row)
{
    static const int64_t TAILS[] = { TAIL_FIRST, TAIL_SECOND, 0 };
    char topic[RLC_TOPIC_NAME_MAX];
    struct ctl_scan scan = { .topic = topic,
                             .partition = RLC_PARTITION_NONE,
                             .take = take_checkpoint,
                             .context = verification };
    int code = CTL_OK;

    if (!ctl_topic(verification->ctl, row->suffix, topic))
        return CTL_CONFIG;
    verification->first = verification->count;
    verification->count += (size_t)verification->facts.partitions;
    for (int32_t i = 0; i < verification->facts.partitions; i++) {
        verification->anchors[verification->first + (size_t)i] = (struct rlc_trail_anchor){
            .worker = row->state_of,
            .partition = i,
            .genesis = rlc_genesis_head(verification->facts.uuid, row->state_of, i),
        };
    }
    for (size_t i = 0; code == CTL_OK && i < RLC_COUNT(TAILS) && unknown(verification); i++) {
        scan.tail = TAILS[i];
        code = ctl_scan(verification->ctl, &scan);
    }
    if (code == CTL_OK && unknown(verification)) {
        code = ctl_fail(verification->ctl, CTL_NOT_THERE,
                        "%zu partitions of '%s' have no checkpoint: run 'relancectl topics "
                        "create', or find out who deleted them",
                        unknown(verification), topic);
    }
    return code;
}

/* Ingest decides nothing and has no chain: `debtor-events` is its record. */
static bool has_chain(const struct rlc_topic_row *row)
{
    return row->state_of && strcmp(row->state_of, "ingest") != 0;
}

static int read_anchors(struct verification *verification)
{
    size_t most = (size_t)verification->facts.partitions * RLC_TOPIC_USE_COUNT;
    int code = CTL_OK;

    verification->anchors = calloc(most, sizeof(*verification->anchors));
    verification->known = calloc(most, sizeof(*verification->known));
    if (!verification->anchors || !verification->known)
        return ctl_fail(verification->ctl, CTL_INTERNAL, "out of memory");
    for (int use = 0; code == CTL_OK && use < RLC_TOPIC_USE_COUNT; use++) {
        if (has_chain(rlc_topic_row((enum rlc_topic_use)use)))
            code = read_worker(verification, rlc_topic_row((enum rlc_topic_use)use));
    }
    return code;
}

/* ---- the audit worker may be a little behind ---- */

static enum rlc_status is_behind(const struct verification *verification,
                                 struct rlc_postgres *postgres, bool *ret_behind,
                                 struct rlc_error *error)
{
    enum rlc_status status = RLC_OK;

    *ret_behind = false;
    for (size_t i = 0; status == RLC_OK && !*ret_behind && i < verification->count; i++) {
        const struct rlc_trail_anchor *anchor = &verification->anchors[i];
        char sql[160];
        char seq[32] = "";

        if (anchor->seq == 0)
            continue;
        (void)snprintf(sql, sizeof(sql),
                       "select seq from audit_part where worker = '%s' and partition = %d",
                       anchor->worker, (int)anchor->partition);
        status = rlc_postgres_value(postgres, sql, seq, sizeof(seq), error);
        *ret_behind = strtoll(seq, NULL, 10) < anchor->seq;
    }
    return status;
}

static enum rlc_status await_trail(const struct verification *verification,
                                   struct rlc_postgres *postgres, int64_t wait_s,
                                   struct rlc_error *error)
{
    bool behind = true;
    enum rlc_status status = is_behind(verification, postgres, &behind, error);

    for (int64_t i = 0; status == RLC_OK && behind && i < wait_s * LOOKS_PER_S; i++) {
        struct timespec pause = { 0, LOOK_NS };

        (void)nanosleep(&pause, NULL);
        status = is_behind(verification, postgres, &behind, error);
    }
    return status;
}

/* ---- the answer ---- */

static json_t *part_of(const char *worker, int32_t partition, int64_t seq)
{
    json_t *part = json_object();

    ctl_put_text(part, "worker", worker);
    ctl_put(part, "partition", json_integer(partition));
    ctl_put(part, "log_sequence", json_integer(seq));
    ctl_put_text(part, "result", "clean");
    return part;
}

static void on_finding(void *context, const struct rlc_trail_finding *finding)
{
    struct verification *verification = context;
    json_t *part = NULL;

    for (size_t i = 0; !part && i < verification->count; i++) {
        if (verification->anchors[i].partition == finding->partition &&
            strcmp(verification->anchors[i].worker, finding->worker) == 0)
            part = json_array_get(verification->parts, i);
    }
    if (!part) {
        part = part_of(finding->worker, finding->partition, 0);
        (void)json_array_append_new(verification->parts, part);
    }
    ctl_put_text(part, "result", rlc_trail_fault_name(finding->fault));
    ctl_put(part, "sequence", json_integer(finding->seq));
    ctl_put_text(part, "reason", finding->text);
}

/* For people: chains with records, and whatever is wrong. */
static json_t *said_parts(const json_t *parts)
{
    json_t *said = json_array();
    size_t index;
    json_t *part;

    json_array_foreach(parts, index, part)
    {
        if (json_object_get(part, "reason") ||
            json_integer_value(json_object_get(part, "log_sequence")) > 0)
            (void)json_array_append(said, part);
    }
    return said;
}

/* Without --json. */
static void say_records(const struct verification *verification,
                        const struct rlc_verified *verified)
{
    static const struct ctl_column COLUMNS[] = {
        { "WORKER", "worker", false },      { "PARTITION", "partition", true },
        { "LOG AT", "log_sequence", true }, { "RESULT", "result", false },
        { "SEQUENCE", "sequence", true },   { "REASON", "reason", false },
    };
    json_t *said = said_parts(verification->parts);

    ctl_table(stdout, said, COLUMNS, RLC_COUNT(COLUMNS));
    json_decref(said);
    (void)printf("%lld records in %lld chains: %s\n", (long long)verified->records,
                 (long long)verified->chains,
                 verified->findings == 0
                     ? "clean"
                     : "NOT CLEAN, see the table for the first bad record of each");
}

static int report(const struct verification *verification, const struct rlc_verified *verified,
                  const struct ctl_contacts *contacts)
{
    bool clean = verified->findings == 0 && ctl_contacts_clean(contacts);

    if (!ctl_json(verification->ctl,
                  json_pack("{s:b, s:I, s:I, s:I, s:O, s:o}", "clean", clean, "records",
                            (json_int_t)verified->records, "chains", (json_int_t)verified->chains,
                            "findings", (json_int_t)verified->findings, "parts",
                            verification->parts, "contacts", ctl_contacts_json(contacts)))) {
        say_records(verification, verified);
        ctl_contacts_say(contacts);
    }
    return clean ? CTL_OK : CTL_FOUND;
}

/* The heads first: what the contacts are judged by must be the trail that was written. */
static enum rlc_status check(struct verification *verification, struct rlc_postgres *postgres,
                             int64_t wait_s, struct rlc_verified *verified,
                             struct ctl_contacts *contacts, struct rlc_error *error)
{
    struct rlc_verify wanted = { .anchors = verification->anchors,
                                 .anchor_count = verification->count,
                                 .at_rest = ctl_option(verification->ctl, "at-rest") != NULL,
                                 .on_finding = on_finding,
                                 .context = verification };
    enum rlc_status status = await_trail(verification, postgres, wait_s, error);

    if (status == RLC_OK)
        status = rlc_trail_verify(postgres, &wanted, verified, error);
    return status == RLC_OK ? ctl_contacts_check(contacts, postgres, wanted.at_rest, error)
                            : status;
}

static int verify(struct verification *verification, int64_t wait_s)
{
    struct rlc_verified verified = { 0 };
    struct ctl_contacts contacts = { 0 };
    struct rlc_error error = { .text = "" };
    struct rlc_postgres *postgres;
    int code = ctl_postgres_open(verification->ctl, -1, &postgres);

    verification->parts = json_array();
    for (size_t i = 0; i < verification->count; i++) {
        (void)json_array_append_new(verification->parts, part_of(verification->anchors[i].worker,
                                                                 verification->anchors[i].partition,
                                                                 verification->anchors[i].seq));
    }
    if (code == CTL_OK &&
        check(verification, postgres, wait_s, &verified, &contacts, &error) != RLC_OK)
        code = ctl_fail_store(verification->ctl, "postgres", &error);
    if (code == CTL_OK)
        code = report(verification, &verified, &contacts);
    json_decref(verification->parts);
    ctl_contacts_clear(&contacts);
    rlc_postgres_free(postgres);
    return code;
}

int ctl_audit_verify(struct ctl *ctl)
{
    struct verification verification = { .ctl = ctl };
    int64_t wait_s;
    int code;

    if (!ctl_option_number(ctl, "wait", WAIT_DEFAULT, 0, WAIT_MAX, &wait_s))
        return CTL_USAGE;
    code = ctl_installation(ctl, &verification.facts);
    if (code == CTL_OK)
        code = read_anchors(&verification);
    if (code == CTL_OK)
        code = verify(&verification, wait_s);
    free(verification.anchors);
    free(verification.known);
    return code;
}
