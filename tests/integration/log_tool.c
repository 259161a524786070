/* SPDX-License-Identifier: Apache-2.0 */
/* What tests do to a log from outside.
 *
 *   log-tool forget GROUP TOPIC PARTITIONS   deletes the group's committed offsets of a topic
 *   log-tool empty TOPIC PARTITION           deletes every record of a partition
 *
 * Uses the broker that RELANCE_KAFKA_BOOTSTRAP_SERVERS names. */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/kafka/admin.h"

#define WAIT_MS 10000

static int complain(const char *what, const char *why)
{
    (void)fprintf(stderr, "log-tool: %s: %s\n", what, why);
    return 1;
}

static int forget(const char *servers, char **words)
{
    int32_t partitions = (int32_t)strtol(words[2], NULL, 10);
    struct rlc_kafka_settings kafka;
    struct rlc_kafka_admin *admin = NULL;
    struct rlc_error error = { .text = "" };
    enum rlc_status status;

    rlc_kafka_settings_init(&kafka);
    kafka.bootstrap_servers = servers;
    status = rlc_kafka_admin_open(&kafka, &admin, &error);
    for (int32_t p = 0; status == RLC_OK && p < partitions; p++)
        status = rlc_kafka_group_forget(admin, words[0], words[1], p, &error);
    rlc_kafka_admin_close(admin);
    return status == RLC_OK ? 0 : complain("forget", error.text);
}

static int judge_empty(rd_kafka_event_t *event)
{
    const rd_kafka_topic_partition_list_t *list;

    if (!event || rd_kafka_event_error(event))
        return complain("empty", event ? rd_kafka_event_error_string(event) : "no answer");
    list = rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event));
    return list->elems[0].err ? complain("empty", rd_kafka_err2str(list->elems[0].err)) : 0;
}

static int empty(const char *servers, char **words)
{
    char text[256] = "";
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_DeleteRecords_t *request;
    rd_kafka_queue_t *queue;
    rd_kafka_event_t *event;
    rd_kafka_t *rk;
    int code;

    (void)rd_kafka_conf_set(conf, "bootstrap.servers", servers, text, sizeof(text));
    rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof(text));
    if (!rk)
        return complain("empty", text);
    rd_kafka_topic_partition_list_add(list, words[0], (int32_t)strtol(words[1], NULL, 10))->offset =
        RD_KAFKA_OFFSET_END;
    request = rd_kafka_DeleteRecords_new(list);
    queue = rd_kafka_queue_new(rk);
    rd_kafka_DeleteRecords(rk, &request, 1, NULL, queue);
    event = rd_kafka_queue_poll(queue, WAIT_MS);
    code = judge_empty(event);
    if (event)
        rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_DeleteRecords_destroy(request);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(rk);
    return code;
}

int main(int argc, char **argv)
{
    const char *servers = getenv("RELANCE_KAFKA_BOOTSTRAP_SERVERS");

    if (servers && argc == 5 && strcmp(argv[1], "forget") == 0)
        return forget(servers, argv + 2);
    if (servers && argc == 4 && strcmp(argv[1], "empty") == 0)
        return empty(servers, argv + 2);
    return complain("usage", "log-tool forget GROUP TOPIC PARTITIONS | empty TOPIC PARTITION");
}
