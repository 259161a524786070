/* SPDX-License-Identifier: Apache-2.0 */
#include "common/postgres/walk.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/postgres/copy.h"

struct rlc_walk_row rlc_walk_row_of(const struct rlc_span fields[RLC_WALK_COLUMN_COUNT])
{
    return (struct rlc_walk_row){
        .seq = rlc_copy_field_i64(fields[0]),
        .off = rlc_copy_field_i64(fields[1]),
        .at_ms = rlc_copy_field_i64(fields[2]),
        .leaf = fields[3],
        .head = fields[4],
        .tenant = fields[5],
        .debtor = fields[6],
        .kind = fields[7],
        .flaw = fields[8],
        .raw = fields[9],
    };
}

static void find(struct rlc_walk *walk, enum rlc_trail_fault fault, int64_t seq, const char *format,
                 ...) RLC_PRINTF(4, 5);

static void find(struct rlc_walk *walk, enum rlc_trail_fault fault, int64_t seq, const char *format,
                 ...)
{
    struct rlc_trail_finding *finding = &walk->finding;
    va_list values;

    if (walk->found)
        return;
    walk->found = true;
    *finding = (struct rlc_trail_finding){
        .worker = walk->worker, .partition = walk->partition, .seq = seq, .fault = fault
    };
    va_start(values, format);
    (void)vsnprintf(finding->text, sizeof(finding->text), format, values);
    va_end(values);
}

static bool span_is_hash(struct rlc_span span, const struct rlc_hash *hash)
{
    return rlc_span_equal(span, rlc_span_from(hash->bytes, sizeof(hash->bytes)));
}

void rlc_walk_begin(struct rlc_walk *walk, const char *worker, int32_t partition,
                    const struct rlc_trail_anchor *anchor)
{
    *walk =
        (struct rlc_walk){ .worker = worker, .partition = partition, .anchor = anchor, .off = -1 };
    if (anchor)
        walk->head = anchor->genesis;
}

/* ---- a row by itself ---- */

/* Name of the first column that does not say what the record says; NULL if all do. */
static const char *odd_column(const struct rlc_walk *walk, const struct rlc_walk_row *row,
                              const struct rlc_link *link, const struct rlc_hash *head)
{
    char word[RLC_KIND_WORD_MAX];
    const char *kind = rlc_link_kind(rlc_span_of(walk->worker), link->kind, word);

    if (row->seq != link->chain.sequence)
        return "seq";
    if (!span_is_hash(row->head, head))
        return "head";
    if (row->at_ms != link->at_ms)
        return "at_ms";
    if (!rlc_span_equal(row->tenant, link->tenant))
        return "tenant";
    if (!rlc_span_equal(row->debtor, link->debtor))
        return "debtor";
    return rlc_span_equal(row->kind, rlc_span_of(kind)) ? NULL : "kind";
}

/* Checks the row's own hashes and columns; false: it was found at fault. */
static bool check_row(struct rlc_walk *walk, const struct rlc_walk_row *row,
                      struct rlc_link *ret_link, struct rlc_hash *ret_head)
{
    struct rlc_hash leaf = rlc_sha256(row->raw);
    const char *column;

    if (!span_is_hash(row->leaf, &leaf)) {
        find(walk, RLC_TRAIL_BYTES_CHANGED, walk->seq + 1,
             "its bytes are not those its leaf was made from");
        return false;
    }
    if (!rlc_link_read(row->raw, ret_link)) {
        find(walk, RLC_TRAIL_UNREADABLE, walk->seq + 1, "bytes without a link at offset %" PRId64,
             row->off);
        return false;
    }
    *ret_head = rlc_link_head(&ret_link->chain.previous, &leaf);
    column = odd_column(walk, row, ret_link, ret_head);
    if (!column)
        return true;
    find(walk, RLC_TRAIL_COLUMN_CHANGED, walk->seq + 1,
         "column %s does not say what the record says", column);
    return false;
}

bool rlc_walk_alone(const char *worker, int32_t partition, const struct rlc_walk_row *row,
                    struct rlc_trail_finding *ret_finding)
{
    /* The row says itself which sequence it is. */
    struct rlc_walk walk = { .worker = worker, .partition = partition, .seq = row->seq - 1 };
    struct rlc_link link;
    struct rlc_hash head;

    if (check_row(&walk, row, &link, &head))
        return true;
    *ret_finding = walk.finding;
    return false;
}

/* ---- a row behind another ---- */

static void suspect(struct rlc_walk *walk, const struct rlc_link *link, bool jumped)
{
    walk->suspects = true;
    walk->suspect_jumped = jumped;
    walk->suspect_seq = walk->seq + 1;
    walk->suspect_got = link->chain.sequence;
}

/* What the suspicion was about, once it is known whether the record under suspicion is itself
 * confirmed by what follows it. */
static void convict(struct rlc_walk *walk, bool confirmed, bool went_back)
{
    int64_t seq = walk->suspect_seq;

    walk->suspects = false;
    if (walk->suspect_jumped && went_back) {
        find(walk, RLC_TRAIL_SWAPPED, seq, "record %" PRId64 " stands in its place",
             walk->suspect_got);
    } else if (walk->suspect_jumped) {
        find(walk, RLC_TRAIL_MISSING, seq, "records %" PRId64 " to %" PRId64 " are missing", seq,
             walk->suspect_got - 1);
    } else if (confirmed && seq > 1) {
        find(walk, RLC_TRAIL_RECORD_CHANGED, seq - 1,
             "the next record names another head than this one's");
    } else {
        find(walk, RLC_TRAIL_RECORD_CHANGED, seq, "it names another head than that before it");
    }
}

static void check_link(struct rlc_walk *walk, const struct rlc_walk_row *row,
                       const struct rlc_link *link)
{
    bool noted = row->flaw.data != NULL;
    bool next = link->chain.sequence == walk->seq + 1;
    bool continues = rlc_hash_equal(&link->chain.previous, &walk->head);

    if (walk->suspects) {
        convict(walk, next && continues, link->chain.sequence <= walk->seq);
    } else if (link->chain.sequence > walk->seq + 1) {
        suspect(walk, link, true);
    } else if (!next) {
        find(walk, noted ? RLC_TRAIL_REPEATED : RLC_TRAIL_SWAPPED, walk->seq + 1,
             "record %" PRId64 " stands in its place", link->chain.sequence);
    } else if (!continues) {
        suspect(walk, link, false);
    } else if (noted) {
        find(walk, RLC_TRAIL_COLUMN_CHANGED, walk->seq + 1, "column flaw tells of none there is");
    }
}

static void check_anchor(struct rlc_walk *walk)
{
    const struct rlc_trail_anchor *anchor = walk->anchor;

    if (!anchor || anchor->seq != walk->seq)
        return;
    if (walk->suspects && walk->suspect_jumped)
        return; /* what comes next tells a missing record from a misplaced one */
    if (walk->suspects)
        convict(walk, rlc_hash_equal(&anchor->head, &walk->head), false);
    if (!rlc_hash_equal(&anchor->head, &walk->head))
        find(walk, RLC_TRAIL_HEAD_DIFFERS, walk->seq, "the log has another head here");
}

void rlc_walk_row(struct rlc_walk *walk, const struct rlc_walk_row *row)
{
    struct rlc_link link;
    struct rlc_hash head;

    walk->records++;
    if (walk->found || !check_row(walk, row, &link, &head))
        return;
    check_link(walk, row, &link);
    walk->seq = link.chain.sequence;
    walk->off = row->off;
    walk->head = head;
    check_anchor(walk);
}

/* ---- behind the last row ---- */

static void check_position(struct rlc_walk *walk, const struct rlc_walk_end *end)
{
    bool right = end->there ? end->seq == walk->seq && span_is_hash(end->head, &walk->head) &&
                                  end->next_off == (walk->records ? walk->off + 1 : -1)
                            : walk->records == 0;

    if (!right)
        find(walk, RLC_TRAIL_POSITION, walk->seq, "audit_part does not say where the trail ends");
}

static void check_end(struct rlc_walk *walk, bool at_rest)
{
    const struct rlc_trail_anchor *anchor = walk->anchor;

    if (!anchor) {
        find(walk, RLC_TRAIL_UNKNOWN, walk->seq, "the log does not know this chain");
    } else if (walk->seq < anchor->seq) {
        find(walk, RLC_TRAIL_TAIL_MISSING, walk->seq + 1,
             "the trail ends at %" PRId64 ", the log at %" PRId64, walk->seq, anchor->seq);
    } else if (at_rest && walk->seq > anchor->seq) {
        find(walk, RLC_TRAIL_BEYOND, anchor->seq + 1,
             "the trail ends at %" PRId64 ", the log at %" PRId64, walk->seq, anchor->seq);
    }
}

void rlc_walk_finish(struct rlc_walk *walk, const struct rlc_walk_end *end, bool at_rest)
{
    if (walk->suspects)
        convict(walk, false, false);
    check_end(walk, at_rest);
    check_position(walk, end);
}
