/* SPDX-License-Identifier: Apache-2.0 */
#include "dossier/chain.h"

#include <inttypes.h>
#include <string.h>

#include "common/runtime/topics.h"
#include "stores.h"
#include "text.h"

#define PATH_SIZE 256
#define READ_MS   600000 /* a chain of a busy partition has millions of links */

/* ---- records ---- */

static int tell_record(const struct ctl *ctl, const struct dossier_record *record, json_t *rows,
                       struct dossier_folder *folder)
{
    char topic[RLC_TOPIC_NAME_MAX];
    char path[PATH_SIZE];
    json_t *row;

    if (!ctl_topic(ctl, dossier_topic(record->worker), topic))
        return CTL_CONFIG;
    row = json_object();
    (void)snprintf(path, sizeof(path), "chain/records/%s-%d-%012" PRId64 ".bin", record->worker,
                   (int)record->partition, record->off);
    ctl_put_text(row, "file", path);
    ctl_put_text(row, "worker", record->worker);
    ctl_put_text(row, "topic", topic);
    ctl_put(row, "partition", json_integer(record->partition));
    ctl_put(row, "offset", json_integer(record->off));
    ctl_put(row, "sequence", json_integer(record->seq));
    ctl_put_text(row, "kind", record->kind);
    ctl_put_ms(row, "at", record->at_ms);
    ctl_put_hash(row, "previous", &record->previous);
    ctl_put_hash(row, "leaf", &record->leaf);
    ctl_put_hash(row, "head", &record->head);
    (void)json_array_append_new(rows, row);
    dossier_folder_add(folder, path, record->raw);
    return CTL_OK;
}

/* ---- links ---- */

/* One chain, link by link. */
struct walk {
    const struct dossier_record *first;
    const struct dossier_record *last;
    FILE *out;
    int64_t seq;
    struct rlc_hash head; /* behind `seq` */
    bool broken;
};

static bool take_link(void *context, const struct rlc_history_link *link)
{
    struct walk *walk = context;
    struct rlc_hash leaf;
    char text[2 * sizeof(leaf.bytes) + 1];

    walk->broken = link->seq != walk->seq + 1 || link->leaf.size != sizeof(leaf.bytes);
    if (walk->broken)
        return false;
    memcpy(leaf.bytes, link->leaf.data, sizeof(leaf.bytes));
    walk->head = rlc_link_head(&walk->head, &leaf);
    walk->seq = link->seq;
    walk->broken =
        !rlc_span_equal(link->head, rlc_span_from(walk->head.bytes, sizeof(walk->head.bytes)));
    ctl_hex(leaf.bytes, sizeof(leaf.bytes), text);
    (void)fprintf(walk->out, "%" PRId64 ",%" PRId64 ",%s\n", link->seq, link->off, text);
    return !walk->broken;
}

static json_t *row_of(const struct walk *walk, const char *path)
{
    json_t *row = json_object();

    ctl_put_text(row, "file", path);
    ctl_put_text(row, "worker", walk->first->worker);
    ctl_put(row, "partition", json_integer(walk->first->partition));
    ctl_put(row, "first", json_integer(walk->first->seq));
    ctl_put(row, "last", json_integer(walk->last->seq));
    ctl_put_hash(row, "previous", &walk->first->previous);
    ctl_put_hash(row, "head", &walk->last->head);
    return row;
}

static int fail_broken(const struct ctl *ctl, const struct walk *walk)
{
    return ctl_fail(ctl, CTL_FOUND,
                    "the chain of %s, partition %d, is broken at record %" PRId64
                    "; nothing is written. See 'relancectl audit verify'",
                    walk->first->worker, (int)walk->first->partition, walk->seq);
}

static int read_links(const struct ctl *ctl, struct rlc_postgres *postgres, struct walk *walk)
{
    const struct rlc_history_stretch stretch = { .worker = walk->first->worker,
                                                 .partition = walk->first->partition,
                                                 .first_off = walk->first->off,
                                                 .last_off = walk->last->off,
                                                 .on_link = take_link,
                                                 .context = walk };
    struct rlc_error error = { .text = "" };
    enum rlc_status status;

    walk->seq = walk->first->seq - 1;
    walk->head = walk->first->previous;
    (void)fputs("sequence,offset,leaf\n", walk->out);
    status = rlc_history_links(postgres, &stretch, &error);
    if (walk->broken || (status == RLC_OK && walk->seq != walk->last->seq))
        return fail_broken(ctl, walk);
    return status == RLC_OK ? CTL_OK : ctl_fail_store(ctl, "postgres", &error);
}

static int add_links(const struct ctl *ctl, struct rlc_postgres *postgres, struct walk *walk,
                     json_t *rows, struct dossier_folder *folder)
{
    struct dossier_stream stream;
    char path[PATH_SIZE];
    int code;

    if (!dossier_folder_open(folder, &stream))
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    walk->out = stream.out;
    code = read_links(ctl, postgres, walk);
    (void)snprintf(path, sizeof(path), "chain/links/%s-%d.csv", walk->first->worker,
                   (int)walk->first->partition);
    dossier_folder_close(folder, &stream, path);
    if (code == CTL_OK)
        (void)json_array_append_new(rows, row_of(walk, path));
    return code;
}

/* ---- chains ---- */

static bool is_of(const struct dossier_record *record, const struct walk *walk)
{
    return record->worker == walk->first->worker && record->partition == walk->first->partition;
}

/* The stretch of the chain that `first` begins; false if an earlier record has its chain. */
static bool stretch_of(const struct dossier_trail *trail, size_t first, struct walk *ret_walk)
{
    *ret_walk = (struct walk){ .first = &trail->records[first], .last = &trail->records[first] };
    for (size_t i = 0; i < trail->count; i++) {
        const struct dossier_record *record = &trail->records[i];

        if (!record->chosen || !is_of(record, ret_walk))
            continue;
        if (i < first)
            return false;
        if (record->off < ret_walk->first->off)
            ret_walk->first = record;
        if (record->off > ret_walk->last->off)
            ret_walk->last = record;
    }
    return true;
}

static int add_chains(const struct ctl *ctl, struct rlc_postgres *postgres,
                      const struct dossier_trail *trail, json_t *rows,
                      struct dossier_folder *folder)
{
    int code = CTL_OK;

    for (size_t i = 0; code == CTL_OK && i < trail->count; i++) {
        struct walk walk;

        if (trail->records[i].chosen && stretch_of(trail, i, &walk))
            code = add_links(ctl, postgres, &walk, rows, folder);
    }
    return code;
}

int dossier_chain_add(struct ctl *ctl, const struct dossier_trail *trail, json_t *sheet,
                      struct dossier_folder *folder)
{
    json_t *records = json_array();
    json_t *links = json_array();
    struct rlc_postgres *postgres = NULL;
    int code = CTL_OK;

    ctl_put(sheet, "records", records);
    ctl_put(sheet, "links", links);
    for (size_t i = 0; code == CTL_OK && i < trail->count; i++) {
        if (trail->records[i].chosen)
            code = tell_record(ctl, &trail->records[i], records, folder);
    }
    if (code == CTL_OK)
        code = ctl_postgres_open(ctl, READ_MS, &postgres);
    if (code == CTL_OK)
        code = add_chains(ctl, postgres, trail, links, folder);
    rlc_postgres_free(postgres);
    return code;
}
