/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/integration/postgres/trail_writer.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/runtime/genesis.h"
#include "tests/support/check.h"

enum { ROWS_MAX = 1024, TOPICS_MAX = 16, FAILURES_MAX = 20000 };

struct trail_topic trail_topic_make(int32_t partition, size_t count)
{
    struct fact_maker *maker = malloc(sizeof(*maker));
    struct trail_topic topic = { .partition = partition, .count = count };

    assert_non_null(maker);
    fact_maker_init(maker, partition);
    topic.genesis = maker->chain.previous;
    topic.records = calloc(count ? count : 1, sizeof(*topic.records));
    topic.bytes = calloc(count ? count : 1, sizeof(*topic.bytes));
    assert_true(topic.records && topic.bytes);
    for (size_t i = 0; i < count; i++) {
        struct rlc_span record = fact_maker_next(maker);
        uint8_t *copy = malloc(record.size);

        assert_non_null(copy);
        memcpy(copy, record.data, record.size);
        topic.bytes[i] = copy;
        topic.records[i] = rlc_span_from(copy, record.size);
    }
    topic.end = maker->chain;
    free(maker);
    return topic;
}

void trail_topic_free(struct trail_topic *topic)
{
    for (size_t i = 0; i < topic->count; i++)
        free(topic->bytes[i]);
    free(topic->bytes);
    free(topic->records);
}

static void fill_row(struct rlc_trail_row *row, const struct trail_topic *topic, size_t offset,
                     struct rlc_trail_end *end)
{
    static char words[ROWS_MAX][RLC_KIND_WORD_MAX];
    struct rlc_link link;

    assert_true(rlc_link_read(topic->records[offset], &link));
    *row = (struct rlc_trail_row){ .worker = "scenario",
                                   .partition = topic->partition,
                                   .seq = link.chain.sequence,
                                   .off = (int64_t)offset,
                                   .at_ms = link.at_ms,
                                   .leaf = rlc_sha256(topic->records[offset]),
                                   .tenant = link.tenant,
                                   .debtor = link.debtor,
                                   .raw = topic->records[offset] };
    row->kind =
        rlc_span_of(rlc_link_kind(rlc_span_of("scenario"), link.kind, words[offset % ROWS_MAX]));
    row->head = rlc_link_head(&end->head, &row->leaf);
    end->next_off = (int64_t)offset + 1;
    end->seq = link.chain.sequence;
    end->head = row->head;
}

enum rlc_status trail_write(struct rlc_postgres *postgres, const struct trail_topic *topic,
                            struct rlc_trail_end *end, size_t max, struct rlc_error *reterr)
{
    static struct rlc_trail_row rows[ROWS_MAX];
    size_t first = end->next_off < 0 ? 0 : (size_t)end->next_off;
    size_t count = topic->count - first < max ? topic->count - first : max;
    struct rlc_trail_move move = { .worker = "scenario", .partition = topic->partition };
    struct rlc_trail_batch batch = {
        .moves = &move, .move_count = 1, .rows = rows, .row_count = count
    };
    enum rlc_status status;

    assert_true(max <= ROWS_MAX);
    move.from = *end;
    move.to = *end;
    for (size_t i = 0; i < count; i++)
        fill_row(&rows[i], topic, first + i, &move.to);
    status = rlc_trail_store(postgres, &batch, reterr);
    if (status == RLC_OK)
        *end = move.to;
    return status;
}

static void pause_10_ms(void)
{
    struct timespec delay = { .tv_nsec = 10000000 };

    (void)nanosleep(&delay, NULL);
}

size_t trail_write_all(struct rlc_postgres *postgres, const struct trail_topic *topic, size_t max)
{
    struct rlc_trail_end end = { .next_off = 0 };
    size_t failures = 0;
    bool known = false;

    while (!known || end.next_off < (int64_t)topic->count) {
        struct rlc_error error = { .text = "" };
        enum rlc_status status;

        if (known)
            status = trail_write(postgres, topic, &end, max, &error);
        else
            status = rlc_trail_end(postgres, "scenario", topic->partition, &topic->genesis, &end,
                                   &error);
        known = status == RLC_OK;
        if (known)
            continue;
        if (status == RLC_FATAL || status == RLC_REJECT)
            print_error("%s\n", error.text);
        assert_true(status == RLC_RETRY || status == RLC_ABORT);
        assert_true(++failures < FAILURES_MAX);
        pause_10_ms();
    }
    return failures;
}

struct rlc_trail_anchor trail_anchor(const struct trail_topic *topic)
{
    return (struct rlc_trail_anchor){ .worker = "scenario",
                                      .partition = topic->partition,
                                      .seq = topic->end.sequence - 1,
                                      .head = topic->end.previous,
                                      .genesis = topic->genesis };
}

struct first_finding {
    bool found;
    struct rlc_trail_finding finding;
};

static void on_finding(void *context, const struct rlc_trail_finding *finding)
{
    struct first_finding *first = context;

    if (first->found)
        return;
    first->found = true;
    first->finding = *finding;
    first->finding.worker = strcmp(finding->worker, "scenario") == 0 ? "scenario" : "?";
}

int64_t trail_verify(struct rlc_postgres *postgres, const struct trail_topic *topics, size_t count,
                     struct rlc_trail_finding *ret_first)
{
    struct rlc_trail_anchor anchors[TOPICS_MAX];
    struct first_finding first = { .found = false };
    struct rlc_verify verify = { .anchors = anchors,
                                 .anchor_count = count,
                                 .at_rest = true,
                                 .on_finding = on_finding,
                                 .context = &first };
    struct rlc_verified verified;
    struct rlc_error error = { .text = "" };
    enum rlc_status status;

    assert_true(count <= TOPICS_MAX);
    for (size_t i = 0; i < count; i++)
        anchors[i] = trail_anchor(&topics[i]);
    status = rlc_trail_verify(postgres, &verify, &verified, &error);
    if (status != RLC_OK)
        print_error("%s\n", error.text);
    assert_int_equal(status, RLC_OK);
    if (ret_first)
        *ret_first = first.finding;
    return verified.findings;
}
